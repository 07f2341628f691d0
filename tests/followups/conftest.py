"""What tests of mail share: a server that can be ill, and deliveries to it."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.sink import Sink


@pytest.fixture
def sink(settings: Settings) -> Iterator[Sink]:
    """The mail server to which everything goes."""
    with Sink(wait=0.6) as server:
        settings.MAILERS = {
            "default": {
                "BACKEND": "crm.smtp.EmailBackend",
                "OPTIONS": {"host": "127.0.0.1", "port": server.port, "timeout": 5},
            }
        }
        yield server
