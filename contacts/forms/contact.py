"""Forms of the contact itself: a new one, the card, the circle, the story, the tags."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.urls import reverse_lazy

from contacts import people
from contacts.cadence import CIRCLE_DAYS, say_cadence
from contacts.forms.base import KeeperForm, VersionedForm
from contacts.forms.dates import BORN_AHEAD
from contacts.forms.details import normal_email, normal_number
from contacts.forms.fields import (
    KeyField,
    LineField,
    PartialDateField,
    TagsField,
    TextField,
    WebField,
    key_of,
    line_of,
    year_field,
)
from contacts.models import Circle, Contact, Detail
from contacts.models.contact import new_uid
from contacts.trash import restore
from crm.models import User

COMPANY_ATTRS = {
    "list": "company-names",
    "autocomplete": "off",
    "hx-get": reverse_lazy("contacts:company_names"),
    "hx-trigger": "input changed delay:150ms",
    "hx-target": "#company-names",
}
CIRCLES = [
    ("", "None"),
    *((each.value, f"{each.label}, {say_cadence(CIRCLE_DAYS[each.value])}") for each in Circle),
]


def company_field() -> LineField:
    return LineField(
        label="Company", max_length=200, required=False, widget=forms.TextInput(attrs=COMPANY_ATTRS)
    )


def circle_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label="Circle",
        choices=CIRCLES,
        required=False,
        widget=forms.RadioSelect,
        help_text="How often you mean to be in touch.",
    )


def story_field() -> TextField:
    return TextField(
        label="How you met",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "data-autosize": True}),
    )


def pronouns_field() -> forms.ChoiceField:
    return forms.ChoiceField(label="Pronouns", choices=Contact.Pronouns.choices, required=False)


class NewContactForm(KeeperForm):
    """Somebody new: what one has at hand first, the rest on demand (`more`)."""

    FIRST: ClassVar[list[str]] = ["name", "company", "title", "email", "phone", "circle"]

    name = line_of(
        "name",
        label="Name",
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
        error_messages={"required": "What are they called?"},
    )
    company = company_field()
    title = line_of("title", label="What they do")
    email = LineField(
        label="Email",
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    phone = LineField(
        label="Phone",
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    circle = circle_field()
    nickname = line_of("nickname")
    pronunciation = line_of("pronunciation", help_text="Like BOH-mont.")
    pronouns = pronouns_field()
    birthday = PartialDateField(label="Birthday", required=False, past=True, ahead=BORN_AHEAD)
    address = TextField(
        label="Address",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "data-autosize": True}),
    )
    link = WebField(label="Website or profile", max_length=500, required=False)
    how_met = story_field()
    customer_since = year_field("Customer since")
    tags = TagsField(
        label="Tags", max_length=500, required=False, help_text="With commas between them."
    )
    key = KeyField()

    def clean_email(self) -> str:
        email = self.cleaned_data["email"]
        return normal_email(email) if email else ""

    def clean_phone(self) -> str:
        phone = self.cleaned_data["phone"]
        return normal_number(phone, self.keeper) if phone else ""

    @property
    def first(self) -> list[forms.BoundField]:
        return [self[name] for name in self.FIRST]

    @property
    def more(self) -> list[forms.BoundField]:
        return [bound for bound in self.visible_fields() if bound.name not in self.FIRST]

    @property
    def has_more_errors(self) -> bool:
        """Whether something among the rest asks to be mended, and so to be seen."""
        return any(bound.errors for bound in self.more)

    def twins(self) -> list[Contact]:
        """Who is kept already under this name, email or phone, as far as they can be read."""
        data = self.cleaned_data
        ways = [way for way in (data.get("email"), data.get("phone")) if way]
        return people.find_twins(self.keeper, name=data.get("name", ""), ways=ways)

    def save(self, now: datetime) -> Contact:
        """Add them, once however often the same is sent: the form's key becomes their uid.

        Whoever was removed meanwhile is back.
        """
        key = key_of(self)
        uid = key.urn if key else new_uid()
        try:
            return self._add(now, uid)
        except IntegrityError:
            there = Contact.objects.kept_by(self.keeper).filter(uid=uid).first()
            if there is None:
                raise
        if there.is_trashed:
            restore(there)
        return there

    def _add(self, now: datetime, uid: str) -> Contact:
        data = {name: value for name, value in self.cleaned_data.items() if name != "key"}
        kinds = {"email": "email", "phone": "phone", "address": "address", "link": "url"}
        details = [
            people.NewDetail(kind=Detail.Kind(kind), value=value)
            for field, kind in kinds.items()
            if (value := data.pop(field))
        ]
        return people.add_contact(keeper=self.keeper, now=now, details=details, uid=uid, **data)


class ContactForm(VersionedForm):
    """A form over columns of a stored contact."""

    columns: ClassVar[list[str]] = []

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        contact: Contact,
        keeper: User,
        today: date,
    ) -> None:
        stored = {"version": contact.version, **self.read(contact)}
        super().__init__(data, keeper=keeper, today=today, initial=stored)
        self.contact = contact

    def read(self, contact: Contact) -> dict[str, Any]:
        return {column: getattr(contact, column) for column in self.columns}

    @property
    def typed(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}

    def save(self) -> None:
        """Write what was typed; raises `Conflict`, and writes nothing, if somebody else has."""
        raise NotImplementedError


class CardForm(ContactForm):
    columns = ["name", "company", "title", "nickname", "pronunciation", "pronouns"]

    name = line_of("name", label="Name")
    company = company_field()
    title = line_of("title", label="What they do")
    nickname = line_of("nickname", help_text="What you call them.")
    pronunciation = line_of("pronunciation", help_text="Like BOH-mont.")
    pronouns = pronouns_field()

    def read(self, contact: Contact) -> dict[str, Any]:
        return super().read(contact) | {"company": str(contact.company or "")}

    def save(self) -> None:
        people.change_card(self.contact, seen=self.seen, **self.typed)


class CircleForm(ContactForm):
    columns = ["circle", "cadence_days"]

    circle = circle_field()
    cadence_days = forms.IntegerField(
        label="Or every so many days",
        required=False,
        min_value=1,
        max_value=3660,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text="Leave it empty to go by the circle.",
        error_messages={
            "invalid": "Write a number of days, like 30.",
            "min_value": "At least one day.",
            "max_value": "At most 3660 days, ten years.",
        },
    )

    def save(self) -> None:
        people.change_circle(self.contact, seen=self.seen, today=self.today, **self.typed)


class StoryForm(ContactForm):
    columns = ["how_met", "customer_since"]

    how_met = story_field()
    customer_since = year_field("Customer since")

    def clean_customer_since(self) -> int | None:
        year: int | None = self.cleaned_data["customer_since"]
        if year and year > self.today.year:
            raise ValidationError("This year is still to come.")
        return year

    def save(self) -> None:
        people.change_story(self.contact, seen=self.seen, **self.typed)


class TagsForm(ContactForm):
    names = TagsField(
        label="Tags",
        max_length=1500,
        required=False,
        help_text="With commas between them, like golf, referrals.",
    )

    def read(self, contact: Contact) -> dict[str, Any]:
        tags = contact.tags.visible_to(contact.keeper)
        return {"names": ", ".join(tag.name for tag in tags)}

    def save(self) -> None:
        people.change_tags(self.contact, seen=self.seen, **self.typed)
