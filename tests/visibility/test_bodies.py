"""Keys and names of others’ things in what a form sends, and columns that no form has."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest
from django import forms
from django.db import models, transaction
from django.http import HttpResponseBase

from contacts.models.contact import ContactQuerySet
from contacts.picking import PeopleField
from crm.forms import MeForm
from tests.visibility.asking import Ask, asks, filled, send
from tests.visibility.belongings import (
    WHOSE,
    changed_of_others,
    stored,
    stray_links,
)
from tests.visibility.belongings import models as all_models
from tests.visibility.table import A_NOTE, A_PROMISE, AN_ISSUE, TABLE, Row
from tests.visibility.walking import songs_in, watched_writes
from tests.visibility.world import World

pytestmark = pytest.mark.once

# Further ways to name somebody in a form: by name, by line of a composer, by a composer’s own key.
MORE = {
    "followups:note_new": [
        Row(post=303, data=A_NOTE | {"people": [], "people_named": "{contact.name}"}),
        Row(post=303, data=A_NOTE | {"key": "{note_private.key}"}),
        Row(
            post=303,
            data=A_NOTE
            | {"people": ["{contact}", "{quiet}"]}
            | {"promise-0-text": "Call", "promise-0-contact": "{contact}"},
        ),
    ],
    "followups:promise_new": [
        Row(post=303, data=A_PROMISE | {"contact": [], "contact_named": "{contact.name}"}),
        Row(post=303, data=A_PROMISE | {"key": "{promise_private.key}"}),
    ],
    "followups:issue_new": [
        Row(post=303, data=AN_ISSUE | {"contact": [], "contact_named": "{contact.name}"}),
        Row(post=303, data=AN_ISSUE | {"contact": [], "company": "{company.name}"}),
        Row(post=303, data=AN_ISSUE | {"assignee": "{member.user_id}", "key": "{issue.key}"}),
    ],
}
# Fields that take the key of something, and those that take a number or a choice that is none.
KEYS = {
    *("HandoverForm.to", "LeavingForm.to"),
    *("GroupingForm.remove_tag", "IssueForm.contact", "LifeEventForm.relative", "NoteForm.people"),
    *("PeopleFilters.company", "PeopleFilters.tag", "PromiseForm.contact", "PromiseLine.contact"),
    *("PeriodForm.who", "TakingForm.to"),
}
NUMBERS = {
    *("CircleForm.cadence_days", "DaysForm.people_a_day", "DaysForm.working_days"),
    *("NewContactForm.customer_since", "StoryForm.customer_since"),
    *("JobForm.from_year", "JobForm.to_year", "PhotoForm.focus_x", "PhotoForm.focus_y"),
}
# Whoever settles an issue ends what reminds everybody of it, and brings it back by reopening.
FOR_ALL = {
    "followups:issue_settling": {"followups.Nudge"},
    "followups:issue_reopening": {"followups.Nudge"},
}
# What one hands over becomes somebody else’s, or comes back from them.
BETWEEN_TWO = {"followups:handover_new", "followups:handover_undoing"}
_PLACE = re.compile(r"\{(\w+)(?:\.(\w+))?\}")


def posts(world: World, role: str = "keeper") -> list[Ask]:
    """Everything that `role` can do with things of their own."""
    table = {name: [*rows, *MORE.get(name, [])] for name, rows in TABLE.items()}
    return [
        ask
        for ask in asks(world, role, table)
        if ask.method == "POST" and ask.row.post == 303 and not ask.is_htmx and ask.is_let_in
    ]


def data_of(world: World, ask: Ask, whose: str) -> list[tuple[str, str]]:
    """What `ask` sends, with the things of `whose` in it; versions stay, so that it fits."""

    def value(place: re.Match[str]) -> str:
        theirs = whose if place[2] != "version" and place[1] in world.things[whose] else ask.whose
        return filled(world, theirs, place[0])

    return [
        (name, _PLACE.sub(value, each))
        for name, values in ask.row.data.items()
        for each in ([values] if isinstance(values, str) else values)
    ]


# --- Keys ------------------------------------------------------------------------------------


def test_every_model_says_whose_its_rows_are() -> None:
    assert sorted(all_models()) == sorted(WHOSE)


def test_every_field_that_takes_a_key_is_known() -> None:
    numbers = {name for name, field in _fields() if _takes_numbers(field)}
    assert {name for name in numbers if not name.endswith(".version")} == KEYS | NUMBERS


def _fields() -> Iterator[tuple[str, forms.Field]]:
    for form in _forms(forms.BaseForm):
        if form.__module__.split(".")[0] in {"crm", "contacts", "followups"}:
            for name, field in getattr(form, "base_fields", {}).items():
                yield f"{form.__name__}.{name}", field


def _forms(form: type) -> Iterator[type]:
    for each in form.__subclasses__():
        yield each
        yield from _forms(each)


def _takes_numbers(field: forms.Field) -> bool:
    is_number = getattr(field, "coerce", None) is int
    return is_number or isinstance(field, forms.IntegerField | PeopleField | forms.ModelChoiceField)


def test_nothing_in_the_world_is_tied_to_what_is_not_its_own(world: World) -> None:
    assert stray_links() == []


def wrongs_by_keys(world: World, whose: str) -> dict[str, list[object]]:
    """What goes wrong where the keeper sends what they may, but with the things of `whose`."""
    before, keeper = stored(), world.users["keeper"]
    wrongs = {}
    for ask in posts(world):
        if whose != "keeper" and not _PLACE.search(str(ask.row.data)):
            continue
        with transaction.atomic():
            response = send(world, ask, urlencode(data_of(world, ask, whose)))
            wrongs[f"{ask} {ask.row.data}"] = [
                response.status_code if response.status_code >= 500 else None,
                _overheard(world, response, said=whose),
                stray_links(),
                set()
                if ask.name in BETWEEN_TWO and whose == "keeper"
                else changed_of_others(before, stored(), keeper.pk) - FOR_ALL.get(ask.name, set()),
            ]
            transaction.set_rollback(True)
    assert len(wrongs) > 10
    return {ask: wrong for ask, wrong in wrongs.items() if any(wrong)}


def _overheard(world: World, response: HttpResponseBase, *, said: str) -> set[str]:
    """Canaries not meant for the keeper; those of names that they sent themself are no news."""
    heard = {canary for song in songs_in(world, response) for canary in song}
    told = {canary for canary in heard if canary.who == said and canary.field == "name"}
    return {str(canary) for canary in heard - told if not canary.may_be_seen_by("keeper")}


@pytest.mark.parametrize("whose", ["keeper", "teammate", "stranger"])
def test_keys_in_forms_lead_to_nothing_of_others(whose: str, world: World) -> None:
    assert wrongs_by_keys(world, whose) == {}


def test_this_test_finds_a_form_that_takes_everybody(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ContactQuerySet, "visible_to", lambda rows, _: rows.all())

    [found] = [w for ask, w in wrongs_by_keys(world, "stranger").items() if "promise_new" in ask][
        :1
    ]

    assert "a promise about another team’s contact" in str(found)


# --- Columns ---------------------------------------------------------------------------------

# Made anew each time, whatever is sent.
_RANDOM = {"uid", "stamp", "whole", "large", "small", "token", "password", "last_login"}
# What a form takes though no page shows it: it has none, or asks only about 29 February.
TAKEN = {
    "contacts:grouping": {"circle"},
    "contacts:piece": {"march_first"},
    "contacts:piece_new": {"march_first"},
}
_FIELD = re.compile(rb'name="([\w-]+)"')


def hostile_columns(world: World) -> dict[str, str]:
    """Every column of every model, set to what would do the most harm."""
    return {
        name: value
        for model in all_models().values()
        for column in model._meta.concrete_fields
        for name, value in _attempts(world, column).items()
    }


def _attempts(world: World, column: models.Field) -> dict[str, str]:
    if column.is_relation:
        stranger = world.users["stranger"].pk
        return {column.name: str(stranger), column.attname: str(stranger)}
    if isinstance(column, models.BooleanField):
        return {column.name: "" if column.default else "on"}
    if isinstance(column, models.DateField | models.DateTimeField):
        return {column.name: "2001-02-03"}
    if column.choices:
        return {column.name: str(column.choices[-1][0])}
    return {column.name: "7"}


type Known = dict[type[models.Model], set[Any]]


def known_keys() -> Known:
    """The keys of all rows there are, by model; of those that go to and fro with sessions, none."""
    return {
        model: set(model._base_manager.values_list("pk", flat=True))
        for label, model in all_models().items()
        if label not in {"sessions.Session", "usersessions.UserSession"}
    }


def outcome(world: World, ask: Ask, sent: list[tuple[str, str]], known: Known) -> Counter[str]:
    """All that `sent` leaves in the tables that are written to for it; then it is taken back.

    Keys of new rows, which a database does not give twice, stand as "new".
    """
    with transaction.atomic():
        with watched_writes() as written:
            send(world, ask, urlencode(sent))
        told = [
            f"{model._meta.label}.{name} {key} {value}"
            for model in known
            if model._meta.db_table in written
            for row in model._base_manager.values("pk", *_columns(model))
            for key in [row["pk"] if row["pk"] in known[model] else "new"]
            for name, value in _without_new_keys(model, row, known)
        ]
        transaction.set_rollback(True)
    return Counter(told)


def _columns(model: type[models.Model]) -> list[str]:
    return [c.attname for c in model._meta.concrete_fields if c.name not in _RANDOM]


def _without_new_keys(
    model: type[models.Model], row: dict[str, object], known: Known
) -> Iterator[tuple[str, object]]:
    for column in model._meta.concrete_fields:
        value = row.get(column.attname)
        to = column.related_model if column.is_relation else model
        is_key = (column.is_relation or column.primary_key) and value is not None
        yield column.attname, "new" if is_key and value not in known[to] else value


def taken_by_forms(world: World) -> dict[str, set[str]]:
    """Where a form takes a column that it does not have, the columns that came out otherwise."""
    hostile, known = hostile_columns(world), known_keys()
    assert len(hostile) > 80
    taken = {}
    for ask in posts(world):
        sent = data_of(world, ask, ask.whose)
        page = send(world, replace(ask, method="GET")) if ask.row.get else None
        takes = {name.decode() for name in _FIELD.findall(page.content)} if page else set()
        takes |= {name for name, _ in sent} | TAKEN.get(ask.name, set())
        extra = [(name, value) for name, value in hostile.items() if name not in takes]
        plain = outcome(world, ask, sent, known)
        with_more = outcome(world, ask, sent + extra, known)
        differing = (plain - with_more) + (with_more - plain)
        taken[str(ask)] = {each.split()[0] for each in differing}
    return {ask: columns for ask, columns in taken.items() if columns}


def test_columns_that_no_form_has_change_nothing(world: World) -> None:
    assert taken_by_forms(world) == {}


class CarelessForm(MeForm):
    """A form that takes whatever its model has."""

    class Meta(MeForm.Meta):
        fields = ["name", "time_zone", "day_first", "people_a_day"]


def test_this_test_finds_a_form_that_takes_too_much(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm.views.settings.MeForm", CarelessForm)
    only = {"settings_me": TABLE["settings_me"]}
    monkeypatch.setattr("tests.visibility.test_bodies.TABLE", only)
    monkeypatch.setattr("tests.visibility.test_bodies.MORE", {})

    assert "crm.User.people_a_day" in taken_by_forms(world)["keeper: POST settings_me?"]
