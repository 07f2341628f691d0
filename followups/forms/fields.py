"""Fields that promises, notes and the queue share."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from contacts.forms.fields import LineField
from contacts.models import Contact
from contacts.picking import PeopleField
from crm.models import User
from followups.due_words import DueWordsError, read_due

DAY_EXAMPLE = "Friday, in two weeks, {}"


class DueField(LineField):
    """A day in words or as a date: "Friday", "in two weeks", "15/8" in the user's order."""

    default_error_messages = {"required": "Which day? For example Friday, or in two weeks."}

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=100, **options)
        self.today = date.min
        self.day_first = True

    def read_as(self, user: User, today: date) -> None:
        """Take what today is, and the user's order of day and month."""
        self.today, self.day_first = today, user.day_first
        example = DAY_EXAMPLE.format("15/8" if user.day_first else "8/15")
        self.widget.attrs["placeholder"] = example

    def clean(self, value: Any) -> date | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return read_due(text, today=self.today, day_first=self.day_first)
        except DueWordsError as problem:
            raise ValidationError(str(problem)) from problem


def serve_day(form: forms.Form, name: str, user: User, today: date) -> None:
    """Tell the day's field `name` of `form` whose it is, and what today is."""
    field = form.fields[name]
    assert isinstance(field, DueField)
    field.read_as(user, today)


def serve_people(form: forms.Form, name: str, user: User, chosen: list[Contact]) -> None:
    """Tell the people's field `name` of `form` whose people these are, and who is chosen."""
    field = form.fields[name]
    assert isinstance(field, PeopleField)
    field.serve(user, chosen)
