"""Fields that clean what is typed, and say in a sentence what is wrong with it."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4, uuid5

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, URLValidator

from contacts.folding import clean_line, clean_text
from contacts.models import Contact, Tag
from contacts.partial_dates import HOW_TO_WRITE, PartialDate, PartialDateError
from crm.models import User

MOST_TAGS = 20


class ShortEnough(MaxLengthValidator):
    message = "This is %(show_value)d characters long; %(limit_value)d fit."


EMPTY = "This cannot be empty."


class LineField(forms.CharField):
    """One line; control characters and whatever turns the direction of writing are left out."""

    default_error_messages = {"required": EMPTY}

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.validators = [
            ShortEnough(v.limit_value) if isinstance(v, MaxLengthValidator) else v
            for v in self.validators
        ]

    def to_python(self, value: Any) -> str:
        return clean_line(super().to_python(value) or "")


class TextField(LineField):
    """Several lines, cleaned like one."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        return clean_text(forms.CharField.to_python(self, value) or "")


class PartialDateField(LineField):
    """A date of which parts may be unknown, typed in one box, in the user's order.

    `past` refuses what lies ahead, with the sentence `ahead`; it also decides how a year of two
    digits is read.
    """

    default_error_messages = {"required": "When is it? " + HOW_TO_WRITE}
    ahead = "This day is still to come."

    def __init__(self, *, past: bool = False, ahead: str = "", **options: Any) -> None:
        super().__init__(max_length=100, help_text=HOW_TO_WRITE, **options)
        self.past = past
        self.ahead = ahead or self.ahead
        self.today = date.min
        self.day_first = True

    def read_as(self, user: User, today: date) -> None:
        self.today, self.day_first = today, user.day_first

    def prepare_value(self, value: Any) -> Any:
        return str(value) if isinstance(value, PartialDate) else value

    def clean(self, value: Any) -> PartialDate | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            when = PartialDate.parse_words(
                text, day_first=self.day_first, today=self.today, past=self.past
            )
        except PartialDateError as problem:
            raise ValidationError(str(problem)) from problem
        if self.past and is_ahead(when, self.today):
            raise ValidationError(self.ahead)
        return when


def is_ahead(when: PartialDate, today: date) -> bool:
    """Whether all of `when` lies after `today`; what has no year never does."""
    if when.year is None:
        return False
    first = (when.year, when.month or 1, when.day or 1)
    return first > (today.year, today.month, today.day)


class WebField(LineField):
    """An http or https address; "example.com" means https."""

    default_error_messages = {"invalid": "This is not a web address, like https://example.com."}

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        if text and "://" not in text and not text.lower().startswith(("javascript:", "data:")):
            text = f"https://{text}"
        return text

    def run_validators(self, value: Any) -> None:
        super().run_validators(value)
        if value:
            URLValidator(["http", "https"], message=self.error_messages["invalid"])(value)


class TagsField(LineField):
    """Words separated by commas; each once, in the order typed."""

    def clean(self, value: Any) -> list[str]:
        parts = (clean_line(part) for part in super().clean(value).replace("#", " ").split(","))
        names = list(dict.fromkeys(filter(None, parts)))
        longest = Tag._meta.get_field("name").max_length or 0
        if any(len(name) > longest for name in names):
            raise ValidationError(f"A tag has at most {longest} letters. Put commas between tags.")
        if len(names) > MOST_TAGS:
            raise ValidationError(f"That is more than {MOST_TAGS} tags: keep the ones you use.")
        return names


def year_field(label: str, **options: Any) -> forms.IntegerField:
    """A year of four digits that may be left empty."""
    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
    wrong = "Write a year with four digits, like 2019."
    messages = {"invalid": wrong, "min_value": wrong, "max_value": wrong}
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=1900,
        max_value=2200,
        widget=widget,
        error_messages=messages,
        **options,
    )


def line_of(column: str, *, label: str = "", **options: Any) -> LineField:
    """A field for a one-line column of the contact, as long as the column."""
    of: Any = Contact._meta.get_field(column)
    return LineField(
        label=label or str(of.verbose_name).capitalize(),
        max_length=of.max_length,
        required=not of.blank,
        **options,
    )


class KeyField(forms.UUIDField):
    """What tells a form that is sent twice from two that are alike; None for one without."""

    def __init__(self) -> None:
        super().__init__(required=False, initial=uuid4, widget=forms.HiddenInput)

    def clean(self, value: Any) -> UUID | None:
        try:
            key: UUID | None = super().clean(value)
        except ValidationError:
            return None
        return key


def key_of(form: forms.Form) -> UUID | None:
    """By this what `form` was sent for is known again, if the same is sent once more.

    Something else that was typed into it meanwhile is something new, and must not be lost. None for
    a form that came without its `KeyField`.
    """
    key: UUID | None = form.cleaned_data["key"]
    return uuid5(key, repr([(bound.name, bound.data) for bound in form])) if key else None
