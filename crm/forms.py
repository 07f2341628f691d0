"""Forms of settings and team."""

import re
import unicodedata
from copy import copy
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import QueryDict

from crm.local_time import cities, find_zone
from crm.models import Away, Member, Team, User
from crm.policy import Reach, Role, Thing, reach

WEEKDAYS = list(enumerate(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), start=1))
LONGEST_AWAY = timedelta(days=366)
FILL_IN = "Please fill this in."


class LineField(forms.CharField):
    """A name: one line, no controls, nothing that turns the writing round or leads elsewhere.

    Names stand in mails to people who never asked for any: no place for a link.
    """

    default_error_messages = {"required": FILL_IN, "link": "A name, please, without a link."}

    def __init__(self, *, max_length: int, **options: Any) -> None:
        super().__init__(max_length=max_length, **options)
        self.longest = max_length

    def to_python(self, value: Any) -> str:
        text = (super().to_python(value) or "")[: 10 * self.longest]
        shown = (char if _may_be_stored(char) else " " for char in text)
        return " ".join("".join(shown).split())

    def validate(self, value: Any) -> None:
        super().validate(value)
        if _LINK.search(value):
            raise forms.ValidationError(self.error_messages["link"])


def _may_be_stored(char: str) -> bool:
    turns = unicodedata.bidirectional(char) in _TURNING
    return not turns and unicodedata.category(char) not in {"Cc", "Cs", "Cn", "Zl", "Zp"}


_LINK = re.compile(r"://|\bwww\.", re.IGNORECASE)
_TURNING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


class ZoneField(forms.CharField):
    """A time zone, by its name or its city."""

    default_error_messages = {"required": "Choose the city nearest to you."}

    def __init__(self, **options: Any) -> None:
        attrs = {"list": "zones", "autocomplete": "off", "spellcheck": "false"}
        super().__init__(max_length=64, widget=forms.TextInput(attrs=attrs), **options)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        zone = find_zone(text)
        if not zone:
            raise forms.ValidationError(
                f"Kept does not know “{text}”. Choose the city nearest to you that keeps your time."
            )
        return zone


class UserForm(forms.ModelForm):  # type: ignore[type-arg]  # no generic when it runs
    """A part of a user's settings. What is refused leaves the request's own user as they are."""

    instance: User

    def __init__(self, data: QueryDict | None = None, *, user: User) -> None:
        super().__init__(data, instance=copy(user))

    def save_part(self) -> None:
        """Save this form's columns and no others: another tab may be saving those."""
        columns = list(self.fields)
        if {"time_zone", "digest_at"} & set(self.changed_data):
            self.instance.stop_clocks()
            columns += ["day_turns_at", "digest_due_at"]
        self.instance.save(update_fields=columns)


class MeForm(UserForm):
    name = LineField(
        max_length=120,
        label="Your name",
        help_text="As your team and the people you invite know you.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    time_zone = ZoneField(label="Time zone", help_text="A city near you. Your days begin there.")
    day_first = forms.TypedChoiceField(
        choices=[(True, "15/8, day first"), (False, "8/15, month first")],
        coerce=lambda value: value == "True",
        widget=forms.RadioSelect,
        label="How you write 15 August",
    )

    class Meta:
        model = User
        fields = ["name", "time_zone", "day_first"]

    @property
    def cities(self) -> tuple[str, ...]:
        return cities()


class DaysForm(UserForm):
    people_a_day = forms.IntegerField(
        label="People a day",
        help_text="So many at most. Promises and occasions of the day always show.",
        error_messages={"required": "How many?", "invalid": "A whole number, please."},
        validators=[
            MinValueValidator(1, "At least one person a day."),
            MaxValueValidator(50, "At most 50: a longer list is one that nobody reads."),
        ],
        widget=forms.NumberInput(attrs={"min": 1, "max": 50, "inputmode": "numeric"}),
    )
    working_days = forms.TypedMultipleChoiceField(
        choices=WEEKDAYS,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        label="Working days",
        error_messages={"required": "Choose at least one day."},
    )
    digest_at = forms.TimeField(
        label="Morning mail",
        help_text="When the list of the day is sent, by your own clock.",
        error_messages={"required": "At what time?", "invalid": "Write the time as 07:30."},
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )

    class Meta:
        model = User
        fields = ["people_a_day", "working_days", "digest_at"]


class MailForm(UserForm):
    class Meta:
        model = User
        fields = ["digest_wanted", "digest_when_empty", "weekly_wanted"]

    def __init__(self, data: QueryDict | None = None, *, user: User) -> None:
        super().__init__(data, user=user)
        if reach(user.role, Thing.COUNTS) is not Reach.TEAM:
            del self.fields["weekly_wanted"]


class LookForm(UserForm):
    class Meta:
        model = User
        fields = ["theme", "keys_on"]
        widgets = {"theme": forms.RadioSelect(attrs={"data-theme-choice": ""})}
        labels = {"theme": "Colours", "keys_on": "Keys: one letter does what a button does"}


class DayField(forms.DateField):
    """A date from the browser's own calendar."""

    widget = forms.DateInput(attrs={"type": "date"})
    default_error_messages = {
        "required": "Which day?",
        "invalid": "Write the day as 2026-12-24.",
    }


class AwayForm(forms.Form):
    """A stretch of days, both included, on which nobody waits for the user."""

    starts_on = DayField(label="From")
    ends_on = DayField(label="To")

    def __init__(self, *args: Any, user: User, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user, self.today = user, today

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("starts_on"), data.get("ends_on")
        if first is None or last is None:
            return data
        if last < first:
            self.add_error("ends_on", "This is before the first day.")
        elif last < self.today:
            self.add_error("ends_on", "This is over already.")
        elif last - first > LONGEST_AWAY:
            self.add_error("ends_on", "That is more than a year. Name a shorter stretch.")
        elif self.user.away.filter(starts_on__lte=last, ends_on__gte=first).exists():
            self.add_error("starts_on", "You are away then already, for some of these days.")
        return data

    def add(self) -> Away:
        data = self.cleaned_data
        return self.user.away.create(starts_on=data["starts_on"], ends_on=data["ends_on"])


class TeamForm(forms.ModelForm):  # type: ignore[type-arg]  # no generic when it runs
    name = LineField(max_length=120, label="Name")

    class Meta:
        model = Team
        fields = ["name"]


class InvitationForm(forms.Form):
    email = forms.EmailField(
        max_length=254,
        label="Email",
        error_messages={"required": FILL_IN},
        widget=forms.EmailInput(attrs={"autocomplete": "off", "placeholder": "name@example.com"}),
    )
    role = forms.TypedChoiceField(
        choices=Member.ROLES, coerce=Role, initial=Role.SELLER, label="Role"
    )


class RoleForm(forms.Form):
    role = forms.TypedChoiceField(choices=Member.ROLES, coerce=Role, label="Role")
