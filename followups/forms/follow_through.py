"""Which stretch of days, and whose, somebody looks at; and what is said about a promise there."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet

from contacts.forms.fields import LineField
from crm.forms import DayField
from crm.models import Member, User
from crm.policy import Reach, Thing, reach
from followups.follow_through.scope import Period, Scope

LONGEST = timedelta(days=3660)
EARLIEST = date(1900, 1, 1)


class MemberField(forms.ModelChoiceField):  # type: ignore[type-arg]  # no generic when it runs
    """One of the members that the form says."""

    viewer: User | None = None

    def __init__(self, **options: Any) -> None:
        super().__init__(Member.objects.none(), **options)

    def label_from_instance(self, obj: Member) -> str:
        return f"{obj.user} (you)" if obj.user == self.viewer else str(obj.user)

    def serve(self, members: QuerySet[Member], viewer: User) -> None:
        self.queryset, self.viewer = members, viewer


class PeriodForm(forms.Form):
    """A period by name or by its days, and the member; all of it lives in the address bar."""

    LAST_90 = "90"
    PERIODS = [
        ("30", "Last 30 days"),
        (LAST_90, "Last 90 days"),
        ("quarter", "This quarter"),
        ("year", "This year"),
        ("own", "Own dates"),
    ]

    period = forms.ChoiceField(choices=PERIODS, required=False, label="Period")
    first = DayField(required=False, label="From")
    last = DayField(required=False, label="To")
    who = MemberField(required=False, label="Who", empty_label="The whole team")

    def __init__(self, data: Any, *, user: User, today: date) -> None:
        super().__init__(data)
        self.user, self.today = user, today
        who = self.fields["who"]
        assert isinstance(who, MemberField)
        who.serve(Scope(user, today).members(), user)

    @property
    def is_team_s(self) -> bool:
        """Whether there is more to see than one's own."""
        return reach(self.user.role, Thing.COUNTS) is Reach.TEAM

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        is_asked = self.data.get("first") or self.data.get("last")
        if data.get("period") == "own" and is_asked:
            self._clean_own(data.get("first"), data.get("last"))
        return data

    def full_clean(self) -> None:
        """Somebody who is not there to be seen is not there to be chosen either."""
        super().full_clean()
        self.errors.pop("who", None)

    def _clean_own(self, first: date | None, last: date | None) -> None:
        if first is None and "first" not in self.errors:
            self.add_error("first", "From which day?")
        if first is None:
            return
        if first > (last := min(last or self.today, self.today)):
            self.add_error("first", "Choose a day before the last one, and before today.")
        elif first < EARLIEST:
            self.add_error("first", "That is too long ago to be right.")
        elif last - first > LONGEST:
            self.add_error("first", "That is more than ten years. Choose a shorter stretch.")

    def read_period(self) -> Period:
        """The wished period, 90 days where none is; it never ends after today."""
        name = self.cleaned_data.get("period") or self.LAST_90
        if name == "own":
            first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
            if first and self.is_valid():
                return Period(first, min(last or self.today, self.today))
            name = self.LAST_90
        if name == "quarter":
            month = (self.today.month - 1) // 3 * 3 + 1
            return Period(date(self.today.year, month, 1), self.today)
        if name == "year":
            return Period(date(self.today.year, 1, 1), self.today)
        return Period.until(self.today, timedelta(days=int(name)))

    def read_scope(self) -> Scope:
        """Whose figures are wished: a seller's own, whatever the address says."""
        member = self.cleaned_data.get("who")
        owner = member.user_id if member else None
        return Scope(self.user, self.today, owner if self.is_team_s else self.user.pk)

    @property
    def dates(self) -> list[forms.BoundField]:
        return [self["first"], self["last"]]

    @property
    def query(self) -> str:
        """The same wish, for the address of another page."""
        wished = {name: self.data.get(name, "") for name in ("period", "first", "last")}
        member = self.cleaned_data.get("who")
        wished["who"] = str(member.pk) if member else ""
        return urlencode({name: value for name, value in wished.items() if value})


class WordForm(forms.Form):
    """A few words about a promise."""

    text = LineField(
        max_length=500,
        label="In a few words",
        error_messages={"required": "Write a few words."},
    )


class TakingForm(forms.Form):
    """Who owes a promise from now on."""

    to = MemberField(
        label="Who owes it from now on",
        empty_label=None,
        error_messages={"required": "Who?", "invalid_choice": "Choose somebody of the team."},
    )
    comment = LineField(max_length=400, required=False, label="A word to both of them")

    def __init__(self, *args: Any, user: User, owner: User, **options: Any) -> None:
        super().__init__(*args, **options)
        to = self.fields["to"]
        assert isinstance(to, MemberField)
        members = Member.objects.visible_to(user).filter(user__is_active=True)
        members = members.exclude(user=owner.pk).select_related("user")
        to.serve(members.order_by("user__name", "pk"), user)
        self.initial.setdefault("to", user.member.pk)
