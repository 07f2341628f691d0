"""Ways to reach somebody, each as it is kept."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import QuerySet

from contacts.forms.fields import TextField, WebField
from contacts.forms.piece import PieceForm
from contacts.models import Contact, Detail
from contacts.phones import normal_phone, region_of_zone
from crm.models import User


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
