"""The walk fails where any one filter is gone: a walk that never fails would prove nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import QuerySet

from contacts.models.base import PrivateQuerySet
from contacts.models.company import CompanyQuerySet
from contacts.models.contact import ContactQuerySet
from contacts.models.detail import DetailQuerySet
from contacts.models.import_record import ImportRecordQuerySet
from contacts.models.note import NoteQuerySet
from contacts.models.photo import PhotoQuerySet
from crm.models import InvitationQuerySet, MemberQuerySet, User
from crm.policy import SEES, Role, Thing
from followups.models.answer import AnswerQuerySet
from followups.models.promise import PromiseQuerySet
from tests.visibility.table import TABLE
from tests.visibility.walking import walk
from tests.visibility.world import World

pytestmark = pytest.mark.once

# The word of a QuerySet, who gains by its loss, and the address at which they do.
WORDS: list[tuple[type[QuerySet[Any]], str, str, str]] = [
    (ContactQuerySet, "visible_to", "stranger", "contacts:detail"),
    (ContactQuerySet, "kept_by", "teammate", "contacts:card"),
    (CompanyQuerySet, "visible_to", "stranger", "contacts:company"),
    (DetailQuerySet, "visible_to", "teammate", "contacts:detail"),
    (PrivateQuerySet, "visible_to", "teammate", "contacts:face"),
    (NoteQuerySet, "visible_to", "manager", "contacts:detail"),
    (ImportRecordQuerySet, "visible_to", "manager", "contacts:import"),
    (PromiseQuerySet, "visible_to", "teammate", "followups:promise"),
    (PromiseQuerySet, "owned_by", "manager", "followups:promise_keeping"),
    (AnswerQuerySet, "visible_to", "manager", "followups:answer_undoing"),
    (MemberQuerySet, "visible_to", "stranger", "team"),
    (InvitationQuerySet, "visible_to", "stranger", "team"),
]


def faults_at(world: World, role: str, name: str) -> list[str]:
    return walk(world, role, {name: TABLE[name]}).faults


def everything(rows: QuerySet[Any], user: User) -> QuerySet[Any]:
    return rows.all()


@pytest.mark.parametrize(("words", "word", "role", "name"), WORDS)
def test_walk_finds_a_word_that_filters_nothing(
    words: type[QuerySet[Any]],
    word: str,
    role: str,
    name: str,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(words, word, everything)

    assert faults_at(world, role, name) != []


@pytest.mark.parametrize(
    ("thing", "roles", "role", "name", "leak"),
    [
        (Thing.PRIVATE, set(Role), "manager", "contacts:detail", "keeper-privatenote-text"),
        (Thing.PROMISE, set(Role), "teammate", "followups:promise", "managerspromise-text"),
        (Thing.PRIVATE, {Role.OWNER}, "owner", "contacts:brief", "keeper-fact-preference"),
    ],
)
def test_walk_finds_a_rule_that_says_too_much(
    thing: Thing,
    roles: set[Role],
    role: str,
    name: str,
    leak: str,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(SEES, thing, roles)

    assert any("LEAKS" in fault and leak in fault for fault in faults_at(world, role, name))


def within_team(rows: QuerySet[Any], user: User) -> QuerySet[Any]:
    return rows.filter(team=user.team_id)


# Three filters by name: whose it is, what becomes of it, who gains, where, and what they hear then.
FILTERS: dict[str, tuple[type[QuerySet[Any]], Any, str, str, str]] = {
    "notes": (NoteQuerySet, within_team, "teammate", "contacts:detail", "privatenote-text"),
    "sharing of promises": (
        *(PromiseQuerySet, within_team, "manager"),
        *("followups:promise", "privatepromise-text"),
    ),
    "photos": (PhotoQuerySet, everything, "teammate", "contacts:face", "photo-pixels"),
}


@pytest.mark.parametrize("name", FILTERS)
def test_walk_hears_what_leaks_without_the_filter_of(
    name: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    words, instead, role, address, leak = FILTERS[name]
    assert faults_at(world, role, address) == []

    monkeypatch.setattr(words, "visible_to", instead)

    found = faults_at(world, role, address)
    assert any("LEAKS" in fault and f"keeper-{leak}" in fault for fault in found)


def test_walk_finds_what_is_written_for_somebody_else(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PromiseQuerySet, "owned_by", PromiseQuerySet.visible_to)

    found = faults_at(world, "manager", "followups:promise_ending")

    post = "manager: POST followups:promise_ending of keeper’s ('promise_team',)?"
    tables = "followups_nudge, followups_promise, followups_promiseevent"
    assert f"{post}: is 303, not 404" in found
    assert f"{post}: writes to {tables}" in found


def test_walk_finds_a_page_for_which_nobody_logs_in(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs_none: Callable[..., None] = lambda *_: None  # noqa: E731
    monkeypatch.setattr("crm.middleware.LogInFirst.process_view", needs_none)

    assert faults_at(world, "anonymous", "contacts:export") != []
