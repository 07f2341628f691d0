"""One small form for each kind of thing that is known of a contact."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Model, QuerySet
from django.urls import reverse_lazy

from contacts.folding import fold
from contacts.forms.base import VersionedForm
from contacts.forms.fields import (
    LineField,
    PartialDateField,
    TextField,
    WebField,
    year_field,
)
from contacts.known import is_birthday
from contacts.models import (
    Contact,
    Detail,
    Fact,
    Job,
    LifeEvent,
    LifeEventKind,
    Relation,
    Relative,
)
from contacts.partial_dates import PartialDate
from contacts.phones import normal_phone, region_of_zone
from contacts.pieces import Piece, save_event, save_piece, save_relative
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
BORN_AHEAD = "A birthday cannot be in the future."


class PieceForm(VersionedForm):
    """The form of one piece, new or stored.

    `columns` are those that it fills by the same name; `removed_as` is the name of its kind in the
    trash.
    """

    heading: ClassVar[str]
    removed_as: ClassVar[str]
    columns: ClassVar[list[str]] = []

    @classmethod
    def stored(cls, keeper: User) -> QuerySet[Any]:
        """What it can change, as far as `keeper` may see it."""
        raise NotImplementedError

    @classmethod
    def blank(cls, contact: Contact, keeper: User, today: date) -> Piece:
        """A new piece, not stored yet."""
        raise NotImplementedError

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        piece: Any,
        keeper: User,
        today: date,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        stored = {"version": piece.version, **self.read(piece)} if piece.pk else {}
        super().__init__(data, keeper=keeper, today=today, initial={**(initial or {}), **stored})
        self.piece = piece

    def read(self, piece: Any) -> dict[str, Any]:
        """The values of a stored piece, by field."""
        return {column: getattr(piece, column) for column in self.columns}

    def fill(self) -> None:
        """Put what was typed on the piece."""
        for column in self.columns:
            setattr(self.piece, column, self.cleaned_data[column])

    def save(self, now: datetime) -> None:
        """Add or change the piece; raises `Conflict`, and writes nothing, if somebody else has."""
        self.fill()
        save_piece(self.piece, seen=self.seen, fields=self.columns)

    @property
    def group(self) -> str:
        """Where on the page the piece stands, if that can change."""
        return ""

    def _refuse_twin(self, field: str, sentence: str, **same: object) -> None:
        """`same` says what else there may not be twice on one contact."""
        model: type[Model] = type(self.piece)
        others = model._default_manager.filter(contact=self.piece.contact, trashed_at=None, **same)
        if others.exclude(pk=self.piece.pk).exists():
            self.add_error(field, sentence)


# --- Ways to reach somebody ------------------------------------------------------------------


class DetailForm(PieceForm):
    heading = "How to reach them"
    removed_as = "details"
    columns = ["kind", "value", "label"]

    kind = forms.ChoiceField(choices=Detail.Kind.choices, widget=forms.HiddenInput)
    value = TextField(max_length=500)
    label = forms.ChoiceField(
        label="Whose",
        choices=Detail.Label.choices,
        initial=Detail.Label.WORK,
        help_text="Your team sees what is not personal.",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        kind = self["kind"].value()
        value = self.fields["value"]
        value.label = dict(Detail.Kind.choices).get(kind, "Address")
        value.widget = _BOXES.get(kind, _BOXES[Detail.Kind.ADDRESS])

    @classmethod
    def stored(cls, keeper: User) -> QuerySet[Detail]:
        return Detail.objects.visible_to(keeper).present()

    @classmethod
    def blank(cls, contact: Contact, keeper: User, today: date) -> Detail:
        return Detail(contact=contact)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        kind, value = data.get("kind"), data.get("value")
        if not kind or not value:
            return data
        try:
            data["value"] = normal_detail(kind, value, self.keeper)
        except ValidationError as problem:
            self.add_error("value", problem)
            return data
        sentence = "This is there already."
        self._refuse_twin("value", sentence, kind=kind, value=data["value"])
        return data


_BOXES: dict[str, forms.Widget] = {
    Detail.Kind.PHONE: forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    Detail.Kind.EMAIL: forms.EmailInput(attrs={"autocomplete": "off"}),
    Detail.Kind.URL: forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    Detail.Kind.ADDRESS: forms.Textarea(attrs={"rows": 2, "data-autosize": True}),
}


def normal_detail(kind: str, value: str, keeper: User) -> str:
    """A detail as it is kept, or a sentence (`ValidationError`) where it cannot be one."""
    if kind == Detail.Kind.EMAIL:
        return normal_email(value)
    if kind == Detail.Kind.URL:
        return str(WebField(max_length=500).clean(value))
    line = " ".join(value.split())
    if kind == Detail.Kind.PHONE:
        return normal_number(line, keeper)
    return value


def normal_email(value: str) -> str:
    address = value.strip().removeprefix("mailto:")
    if len(address) > 254:
        raise ValidationError("This is too long for an email address.")
    try:
        validate_email(address)
    except ValidationError:
        raise ValidationError("This is not an email address, like anna@example.com.") from None
    return address.lower()


def normal_number(value: str, keeper: User) -> str:
    """A phone number as E.164; kept as given where it has digits but cannot be understood."""
    number = normal_phone(value, region_of_zone(keeper.time_zone))
    if number is None and sum(char.isdecimal() for char in value) < 3:
        raise ValidationError("This is not a phone number, like +44 20 7946 0000.")
    return number or value


# --- Dates -----------------------------------------------------------------------------------


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


# --- Family, facts, jobs ---------------------------------------------------------------------


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


# By the name that stands in addresses.
PIECE_FORMS: dict[str, type[PieceForm]] = {
    "details": DetailForm,
    "birthdays": BirthdayForm,
    "life-events": LifeEventForm,
    "relatives": RelativeForm,
    "facts": FactForm,
    "jobs": JobForm,
}
