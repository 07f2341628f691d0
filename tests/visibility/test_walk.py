"""Every address, as every role and as a stranger: nobody hears what is not for them."""

import logging

import pytest
from django.core import mail
from django.urls import URLPattern, URLResolver, get_resolver

from tests.visibility.asking import TRIES
from tests.visibility.belongings import fingerprint
from tests.visibility.canaries import Canary, Song, painted_by
from tests.visibility.table import TABLE
from tests.visibility.walking import walk
from tests.visibility.world import ROLES, World

pytestmark = pytest.mark.once

# Who is invited is told by whom and into which team.
MAILED = {"user", "team", "invitation"}


def test_every_address_is_in_the_table() -> None:
    assert sorted(TABLE) == sorted(_names(get_resolver()))


def _names(resolver: URLResolver, namespace: str = "") -> list[str]:
    names: list[str] = []
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            names.append(f"{namespace}{pattern.name}")
        else:
            within = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            names += _names(pattern, within)
    return list(dict.fromkeys(names))


@pytest.mark.long
@pytest.mark.parametrize("role", ROLES)
def test_nobody_hears_or_changes_what_is_not_theirs(
    role: str, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    mail.outbox.clear()
    before = fingerprint()

    walked = walk(world, role, TABLE)

    assert walked.faults == []
    assert fingerprint() == before
    assert world.aviary.songs_in(caplog.text) == set()
    assert _leaked_by_mail(world, role) == []
    assert sorted(map(str, _ought_to_be_heard(world, role) - walked.heard)) == []


def _leaked_by_mail(world: World, role: str) -> list[str]:
    """What a mail says that its reader may not hear: `role` may read their own, face and all."""
    leaks = []
    for message in mail.outbox:
        is_own = role in world.users and message.to == [world.users[role].email]
        for part in message.message().walk():
            if part.get_content_maintype() == "text":
                songs = world.aviary.songs_in(part.get_content())
                leaks += [str(song) for song in songs if not _may_read(song, role, is_own)]
            elif part.get_content_maintype() == "image":
                painter = painted_by(part.get_content())
                leaks += [] if is_own and painter == role else [f"a face of {painter}"]
    return leaks


def _may_read(song: Song, role: str, is_own: bool) -> bool:
    if is_own:
        return any(canary.may_be_seen_by(role) for canary in song)
    return all(canary.thing in MAILED for canary in song)


def _ought_to_be_heard(world: World, role: str) -> set[Canary]:
    """If what `role` may see were not found either, nothing would be proven."""
    theirs = {canary for canary in world.aviary if canary.who in TRIES[role]}
    return {canary for canary in theirs if canary.may_be_seen_by(role)}
