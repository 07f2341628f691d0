"""Facts and former work."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse_lazy

from contacts.folding import fold
from contacts.forms.fields import KeyField, LineField, year_field
from contacts.forms.piece import PieceForm
from contacts.models import Contact, Fact, Job
from contacts.rows import group_of
from contacts.teams import find_teams
from crm.models import User

TEAM_ATTRS = {
    "list": "team-names",
    "autocomplete": "off",
    "hx-get": reverse_lazy("contacts:team_names"),
    "hx-trigger": "input changed delay:150ms",
    "hx-target": "#team-names",
}


class FactForm(PieceForm):
    heading = "Worth remembering"
    removed_as = "facts"
    columns = ["kind", "text", "team_key"]

    text = LineField(label="In a few words", max_length=500)
    kind = forms.ChoiceField(label="What it is", choices=Fact.Kind.choices)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        kind: Any = self.fields["kind"]
        chosen = self["kind"].value()
        if self.piece.pk is None:
            kind.choices = [each for each in kind.choices if each[0] in _beside(chosen)]
            if len(kind.choices) == 1:
                kind.widget = forms.HiddenInput()
        if chosen == Fact.Kind.TEAM:
            self.fields["text"].label = "Team"
            self.fields["text"].widget.attrs |= TEAM_ATTRS

    @classmethod
    def stored(cls, keeper: User) -> QuerySet[Fact]:
        return Fact.objects.visible_to(keeper).present()

    @classmethod
    def blank(cls, contact: Contact, keeper: User, today: date) -> Fact:
        return Fact(contact=contact, author=keeper, noted_on=today)

    @property
    def group(self) -> str:
        return group_of(self.piece.kind).key if self.piece.kind else ""

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        data["team_key"] = ""
        if data.get("kind") == Fact.Kind.TEAM and data.get("text"):
            data["team_key"], data["text"] = _known_team(data["text"])
        if data.get("text") and data.get("kind"):
            same = {"author": self.piece.author, "kind": data["kind"], "text": data["text"]}
            self._refuse_twin("text", "You have noted this already.", **same)
        return data


def _beside(kind: str | None) -> set[str]:
    """The kinds that stand in one group with `kind`; all of them for one unknown."""
    return set(group_of(kind).kinds if kind in Fact.Kind.values else Fact.Kind.values)


def _known_team(text: str) -> tuple[str, str]:
    """Key and full name of the one team that is called so; else no key, and the text as typed."""
    called = [
        team
        for team in find_teams(text)
        if fold(text) in {fold(name) for name in (team.name, *team.aliases)}
    ]
    return (called[0].key, called[0].name) if len(called) == 1 else ("", text)


class JobForm(PieceForm):
    heading = "Worked before"
    removed_as = "jobs"
    columns = ["company", "title", "from_year", "to_year"]

    company = LineField(label="Where", max_length=200, required=False)
    title = LineField(label="As what", max_length=200, required=False)
    from_year = year_field("From")
    to_year = year_field("Until")
    key = KeyField()

    @classmethod
    def stored(cls, keeper: User) -> QuerySet[Job]:
        return Job.objects.visible_to(keeper).present()

    @classmethod
    def blank(cls, contact: Contact, keeper: User, today: date) -> Job:
        return Job(contact=contact, author=keeper)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if not data.get("company") and not data.get("title") and not self.errors:
            self.add_error("company", "Say where they worked, or as what.")
        first, last = data.get("from_year"), data.get("to_year")
        if first and last and first > last:
            self.add_error("to_year", "This is before they began.")
        if first and first > self.today.year:
            self.add_error("from_year", "This year is still to come.")
        return data
