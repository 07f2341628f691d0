"""One world for all tests of a file: each leaves it as it was."""

from collections.abc import Iterator

import pytest
import time_machine
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from tests.factories import NOW
from tests.visibility.world import World, make_world


@pytest.fixture(scope="module")
def lasting_world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with (
        django_db_blocker.unblock(),
        time_machine.travel(NOW, tick=False),
        transaction.atomic(),
    ):
        yield make_world()
        transaction.set_rollback(True)


@pytest.fixture
def world(lasting_world: World, db: None) -> World:
    """The world, on the day on which it was made; what happens to it is taken back."""
    return lasting_world
