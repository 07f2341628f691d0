"""Which people are asked for: the filters of the list, as they stand in its address."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.db.models import Q
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from contacts.models import Circle, Contact, LifeEvent
from contacts.models.contact import ContactQuerySet
from contacts.paging import Order
from contacts.partial_dates import MONTHS
from crm.models import User

BY_NAME = Order("name", ("sort_name", "pk"))
BY_SILENCE = Order("silence", ("last_touch_at", "sort_name", "pk"), nullable=True)
ANY_CIRCLE = ("", "Any circle")
ANY_TAG = ("", "Any tag")
SILENCES = {
    "never": "Never spoken",
    "30": "Not for 30 days",
    "90": "Not for 90 days",
    "180": "Not for half a year",
}
NO_CIRCLE = "none"
THIS_MONTH = "this"
SELECTED = SafeString(" selected")
_LARGEST_KEY = 2**63 - 1

type Choices = list[tuple[Any, str]]


class QuickSelect(forms.Select):
    """A select drawn without a template, which would take longer than reading the people."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        options: Iterable[tuple[Any, Any]] = self.choices
        chosen = str(value or "")
        rows = ((key, SELECTED if str(key) == chosen else "", label) for key, label in options)
        drawn = format_html_join("", '<option value="{}"{}>{}</option>', rows)
        all_attrs = self.build_attrs(self.attrs, {"name": name, **(attrs or {})})
        return format_html("<select{}>{}</select>", flatatt(all_attrs), drawn)


class PeopleFilters(forms.Form):
    """Reads an address; what makes no sense in it is as if it were not there.

    With `whose` "team" everybody's cards are looked through, and nothing that only a keeper knows
    can be asked.
    """

    ONLY_OWN = ("circle", "tag", "spoken", "birthday", "sort")

    q = forms.CharField(required=False, max_length=200)
    whose = forms.ChoiceField(required=False, choices=[("", "Mine"), ("team", "The team’s")])
    circle = forms.ChoiceField(
        required=False,
        widget=QuickSelect,
        choices=[ANY_CIRCLE, *Circle.choices, (NO_CIRCLE, "No circle")],
    )
    tag = forms.IntegerField(
        required=False, min_value=1, max_value=_LARGEST_KEY, widget=QuickSelect
    )
    spoken = forms.ChoiceField(
        required=False,
        widget=QuickSelect,
        choices=[("", "Spoken at any time"), *SILENCES.items()],
    )
    birthday = forms.ChoiceField(
        required=False,
        widget=QuickSelect,
        choices=[
            ("", "Any birthday"),
            (THIS_MONTH, "Birthday this month"),
            *((str(number), f"In {month}") for number, month in enumerate(MONTHS, 1)),
        ],
    )
    company = forms.IntegerField(
        required=False, min_value=1, max_value=_LARGEST_KEY, widget=forms.HiddenInput
    )
    sort = forms.ChoiceField(
        required=False,
        widget=QuickSelect,
        choices=[("", "By name"), ("silence", "Longest not spoken to")],
    )

    @cached_property
    def asked(self) -> dict[str, Any]:
        """The filters that are set, with what they are set to."""
        self.is_valid()
        asked = {name: value for name, value in self.cleaned_data.items() if value}
        if "whose" in asked:
            asked = {name: value for name, value in asked.items() if name not in self.ONLY_OWN}
        return asked

    @property
    def is_narrow(self) -> bool:
        """Whether anybody at all is left out."""
        return bool(self.asked.keys() - {"sort", "whose"})

    @property
    def order(self) -> Order:
        return BY_SILENCE if "sort" in self.asked else BY_NAME

    def address(self, **changed: str) -> str:
        """The query of the list's address, with some of the filters set otherwise."""
        asked = {**self.asked, **changed}
        query = urlencode({name: value for name, value in asked.items() if value})
        return f"?{query}" if query else ""

    def with_counts(self, **choices: Choices) -> "PeopleFilters":
        """The same, set to what was understood; each select named offers these choices."""
        settled = PeopleFilters(self.asked)
        for name, offered in choices.items():
            cast(forms.Select, settled.fields[name].widget).choices = offered
        return settled

    def pick(self, user: User, now: datetime) -> ContactQuerySet:
        """The people asked for, of those that `user` may see."""
        asked = self.asked
        contacts = Contact.objects
        people = contacts.visible_to(user) if "whose" in asked else contacts.kept_by(user)
        people = people.present().filter(*self._conditions(user, now))
        return people.search(user, asked["q"]) if "q" in asked else people

    def _conditions(self, user: User, now: datetime) -> Iterable[Q]:
        asked = self.asked
        if circle := asked.get("circle"):
            yield Q(circle="" if circle == NO_CIRCLE else circle)
        if tag := asked.get("tag"):
            yield Q(tags=tag, tags__author=user)
        if spoken := asked.get("spoken"):
            yield silent_for(spoken, now)
        if month := asked.get("birthday"):
            number = user.today(now).month if month == THIS_MONTH else int(month)
            yield Q(pk__in=_born_in(number, user))
        if company := asked.get("company"):
            yield Q(company=company)


def silent_for(spoken: str, now: datetime) -> Q:
    """Those never spoken to, or not for as many days; "never" is longer than any."""
    never = Q(last_touch_at=None)
    if spoken == "never":
        return never
    return never | Q(last_touch_at__lt=now - timedelta(days=int(spoken)))


def _born_in(month: int, user: User) -> Any:
    birthdays = LifeEvent.objects.visible_to(user).present().birthdays()
    return birthdays.filter(relative=None, month=month).values("contact")
