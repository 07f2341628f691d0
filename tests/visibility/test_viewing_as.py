"""Whoever looks at Kept as another role hears no more than that role, and changes nothing."""

from collections.abc import Iterator

import pytest

from crm.middleware import ViewingAs
from crm.policy import Role
from tests.visibility.asking import Ask, address, asks, send
from tests.visibility.belongings import fingerprint
from tests.visibility.canaries import TEAM_OF, Audience, Canary
from tests.visibility.table import TABLE
from tests.visibility.walking import songs_in, watched_writes
from tests.visibility.world import World

pytestmark = pytest.mark.once

VIEWERS = [("owner", Role.MANAGER), ("owner", Role.SELLER), ("manager", Role.SELLER)]


@pytest.fixture(params=VIEWERS, ids=lambda viewer: f"{viewer[0]}-as-{viewer[1]}")
def viewer(request: pytest.FixtureRequest, world: World) -> Iterator[tuple[str, Role]]:
    """Somebody who looks as another, in the browser that they have."""
    who, role = request.param
    session = world.clients[who].session
    session[ViewingAs.SESSION_KEY] = role
    session.save()
    yield who, role
    del session[ViewingAs.SESSION_KEY]
    session.save()


def may_hear(canary: Canary, who: str, role: Role) -> bool:
    """By the table of product.md: one’s own, what is shared, and what the role may see."""
    if canary.who == who or canary.audience is Audience.HANDED:
        return canary.may_be_seen_by(who)
    is_in_team = TEAM_OF[canary.who] == TEAM_OF[who]
    coaches = role is Role.MANAGER and canary.audience is Audience.COACHES
    return is_in_team and (coaches or canary.audience is Audience.TEAM)


def asked(world: World, who: str, method: str) -> Iterator[Ask]:
    yield from (ask for ask in asks(world, who, TABLE) if ask.method == method)


@pytest.mark.long
def test_nothing_is_heard_that_the_role_may_not_hear(
    viewer: tuple[str, Role], world: World
) -> None:
    who, role = viewer
    leaks, heard = [], set()
    for ask in asked(world, who, "GET"):
        songs = songs_in(world, send(world, ask))
        heard |= songs
        songs -= world.aviary.songs_in(address(world, ask))  # an answer may say what it was told
        leaks += [
            f"{ask}: {sorted(map(str, song))}"
            for song in songs
            if not any(may_hear(canary, who, role) for canary in song)
        ]
    assert leaks == []
    assert len(heard) > 50


def test_nothing_can_be_changed(viewer: tuple[str, Role], world: World) -> None:
    who, _ = viewer
    before, answered = fingerprint(), {}
    for ask in asked(world, who, "POST"):
        if ask.name in ViewingAs.STILL_SENT or not ask.is_let_in:
            continue
        with watched_writes() as written:
            answered[str(ask)] = (send(world, ask).status_code, sorted(written))
    assert {each for each in map(str, answered.values()) if each != "(403, [])"} == set()
    assert len(answered) > 80
    assert fingerprint() == before
