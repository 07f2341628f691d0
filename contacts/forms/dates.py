"""Birthdays, life events, and the people whose they are."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.db.models import QuerySet

from contacts.forms.fields import KeyField, LineField, PartialDateField, is_ahead
from contacts.forms.piece import PieceForm
from contacts.known import is_birthday
from contacts.models import Contact, LifeEvent, LifeEventKind, Relation, Relative
from contacts.partial_dates import PartialDate
from contacts.pieces import save_event, save_relative
from crm.models import User

BORN_AHEAD = "A birthday cannot be in the future."


def leap_field() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label="In years without 29 February",
        choices=[("", "Kept on 28 February"), ("1", "Kept on 1 March")],
        coerce=bool,
        empty_value="",
        required=False,
    )


class BirthdayForm(PieceForm):
    """The contact's own birthday."""

    heading = "Birthday"
    removed_as = "life-events"

    when = PartialDateField(label="Birthday", past=True, ahead=BORN_AHEAD)
    march_first = leap_field()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if not _is_leap_day(self):
            del self.fields["march_first"]

    @classmethod
    def stored(cls, keeper: User) -> QuerySet[LifeEvent]:
        events = LifeEvent.objects.visible_to(keeper).present()
        return events.birthdays().filter(relative=None)

    @classmethod
    def blank(cls, contact: Contact, keeper: User, today: date) -> LifeEvent:
        return LifeEvent(contact=contact, author=keeper, noted_on=today)

    def read(self, piece: LifeEvent) -> dict[str, Any]:
        return {"when": piece.when, "march_first": "1" if piece.march_first else ""}

    def clean(self) -> dict[str, Any]:
        self._refuse_twin(
            "when", "There is a birthday already.", kind=LifeEventKind.BIRTHDAY, relative=None
        )
        return self.cleaned_data

    def fill(self) -> None:
        event: LifeEvent = self.piece
        event.kind, event.yearly, event.relative = LifeEventKind.BIRTHDAY, True, None
        event.when = self.cleaned_data["when"]
        event.march_first = bool(self.cleaned_data.get("march_first"))

    def save(self, now: datetime) -> None:
        self.fill()
        save_event(self.piece, seen=self.seen, today=self.today)


class LifeEventForm(PieceForm):
    """Anything dated but a birthday, which stands with the one whose it is."""

    heading = "Life event"
    removed_as = "life-events"

    kind = forms.ChoiceField(
        label="What",
        choices=[choice for choice in LifeEventKind.choices if choice[0] != "birthday"],
        initial=LifeEventKind.OTHER,
    )
    title = LineField(
        label="In your words",
        max_length=200,
        required=False,
        help_text="If the kind is not enough.",
    )
    relative = forms.TypedChoiceField(
        label="Whose", coerce=int, empty_value=None, required=False, choices=[]
    )
    when = PartialDateField(label="When")
    yearly = forms.BooleanField(label="Comes every year", required=False)
    march_first = leap_field()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        contact = self.piece.contact
        relatives = Relative.objects.visible_to(self.keeper).present().filter(contact=contact)
        self.relatives = {relative.pk: relative for relative in relatives}
        whose: Any = self.fields["relative"]
        names = [(pk, str(relative)) for pk, relative in self.relatives.items()]
        whose.choices = [("", contact.first_name), *names]
        if not self.relatives:
            del self.fields["relative"]
        if not _is_leap_day(self):
            del self.fields["march_first"]

    @classmethod
    def stored(cls, keeper: User) -> QuerySet[LifeEvent]:
        events = LifeEvent.objects.visible_to(keeper).present()
        return events.exclude(kind=LifeEventKind.BIRTHDAY).select_related("relative")

    @classmethod
    def blank(cls, contact: Contact, keeper: User, today: date) -> LifeEvent:
        return LifeEvent(contact=contact, author=keeper, noted_on=today)

    def read(self, piece: LifeEvent) -> dict[str, Any]:
        return {
            "kind": piece.kind,
            "title": piece.title,
            "relative": piece.relative_id or "",
            "when": piece.when,
            "yearly": piece.yearly,
            "march_first": "1" if piece.march_first else "",
        }

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        when: PartialDate | None = data.get("when")
        yearly = data.get("yearly") or _is_yearly(data.get("kind"))
        if when and yearly and when.month is None:
            self.add_error("when", "What comes every year needs a month, like 12 June 2010.")
        if when and data.get("kind") == LifeEventKind.DEATH and is_ahead(when, self.today):
            self.add_error("when", "This day is still to come.")
        if data.get("kind") == LifeEventKind.OTHER and not data.get("title"):
            self.add_error("title", "Say in a few words what it is.")
        return data

    def fill(self) -> None:
        event, data = self.piece, self.cleaned_data
        event.kind, event.title, event.when = data["kind"], data["title"], data["when"]
        event.yearly = data["yearly"] or _is_yearly(data["kind"])
        event.relative = self.relatives.get(data.get("relative") or 0)
        event.march_first = bool(data.get("march_first"))

    def save(self, now: datetime) -> None:
        self.fill()
        save_event(self.piece, seen=self.seen, today=self.today)


def _is_yearly(kind: str | None) -> bool:
    """Whether every one of this kind comes back each year."""
    return kind in LifeEventKind.values and LifeEventKind(kind).nature.yearly


def _is_leap_day(form: PieceForm) -> bool:
    """Whether the form is about a 29 February, whose day in common years can be chosen."""
    if form.is_bound:
        return "march_first" in form.data
    when = form.initial.get("when") or form.initial.get("born")
    return when is not None and (when.month, when.day) == (2, 29)


class RelativeForm(PieceForm):
    heading = "Family"
    removed_as = "relatives"
    columns = ["relation", "name", "about"]

    relation = forms.ChoiceField(label="Who", choices=Relation.choices)
    name = LineField(label="Name", max_length=120, required=False)
    born = PartialDateField(
        label="Birthday or year of birth", required=False, past=True, ahead=BORN_AHEAD
    )
    march_first = leap_field()
    about = LineField(
        label="Worth knowing",
        max_length=500,
        required=False,
        help_text="School, work, what they are going through.",
    )
    key = KeyField()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if not _is_leap_day(self):
            del self.fields["march_first"]

    @classmethod
    def stored(cls, keeper: User) -> QuerySet[Relative]:
        return Relative.objects.visible_to(keeper).present()

    @classmethod
    def blank(cls, contact: Contact, keeper: User, today: date) -> Relative:
        return Relative(contact=contact, author=keeper)

    def read(self, piece: Relative) -> dict[str, Any]:
        birthday = next(filter(is_birthday, piece.life_events.present()), None)
        return super().read(piece) | {
            "born": birthday and birthday.when,
            "march_first": "1" if birthday and birthday.march_first else "",
        }

    def save(self, now: datetime) -> None:
        self.fill()
        save_relative(
            self.piece,
            seen=self.seen,
            born=self.cleaned_data["born"],
            march_first=bool(self.cleaned_data.get("march_first")),
            now=now,
        )
