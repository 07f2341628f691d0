"""A day to come back to somebody."""

from datetime import date
from typing import Any

from django import forms

from crm.models import User
from followups.due_words import say_due
from followups.forms.fields import DueField, serve_day


class DayForm(forms.Form):
    """One day from tomorrow on."""

    on = DueField(label="When")

    def __init__(self, *args: Any, user: User, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        serve_day(self, "on", user, today)
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
