"""Fifty people at once in one process: nobody gets a bit of somebody else's answer."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import chain, repeat

import pytest
from django.db import connections
from django.test import Client

from tests.visibility.walking import content_of
from tests.visibility.world import KEEPERS, World, make_world

PEOPLE, THREADS = 50, 16
_FLEETING = re.compile(rb"[A-Za-z0-9]{64}|[0-9a-f]{8}-[0-9a-f-]{27}")


def visits(world: World, role: str) -> list[tuple[str, dict[str, str]]]:
    """Pages that show much, whole and in parts, and some that are refused."""
    own, keepers = world.things[role]["contact"].pk, world.things["keeper"]["contact"].pk
    htmx = {"HX-Request": "true"}
    pages = ["/", f"/contacts/{own}/", f"/contacts/{keepers}/card/"]
    parts = ["/contacts/?whose=team", "/contacts/suggestions/?people_named=cnry", "/notes/new/"]
    return [(url, {}) for url in pages] + [(url, htmx) for url in parts]


def answers(world: World, role: str) -> list[bytes]:
    """What a browser of `role`'s gets, visit by visit."""
    client = Client()
    client.cookies["sessionid"] = world.clients[role].cookies["sessionid"].value
    try:
        return [
            _FLEETING.sub(b"", content_of(client.get(url, headers=headers)))
            for url, headers in visits(world, role)
        ]
    finally:
        connections.close_all()


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_fifty_people_at_once_get_the_answers_that_each_gets_alone(now: datetime) -> None:
    world = make_world()
    alone = {role: answers(world, role) for role in KEEPERS}
    roles = list(chain.from_iterable(repeat(KEEPERS, PEOPLE // len(KEEPERS) + 1)))[:PEOPLE]

    with ThreadPoolExecutor(THREADS) as pool:
        together = list(pool.map(lambda role: answers(world, role), roles))

    mixed = [role for role, heard in zip(roles, together, strict=True) if heard != alone[role]]
    assert mixed == []
    assert len({answer for role in KEEPERS for answer in alone[role]}) > 15
