"""Forms of today and promises."""

from datetime import date
from typing import Any

from django import forms

from followups.due_words import DueWordsError, read_due, say_due


class DueField(forms.CharField):
    """A day in words or as a date: "Friday", "in two weeks", "15/8" in the user's order."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=100, **options)
        self.today = date.min
        self.day_first = True

    def clean(self, value: Any) -> date | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return read_due(text, today=self.today, day_first=self.day_first)
        except DueWordsError as problem:
            raise forms.ValidationError(str(problem)) from problem


class DayForm(forms.Form):
    """One day from tomorrow on."""

    on = DueField(label="When", help_text="For example Friday, in two weeks, or 15/8.")

    def __init__(self, *args: Any, today: date, day_first: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["on"]
        field.today, field.day_first = today, day_first
        self.today = today

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if on <= self.today:
            raise forms.ValidationError("Please choose a day after today.")
        return on

    @property
    def said(self) -> str:
        """The chosen day as it is said."""
        return say_due(self.cleaned_data["on"], self.today)
