"""Whom people go to, what becomes of each open promise, and the words for a start."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet

from contacts.forms.fields import TextField
from contacts.partial_dates import PartialDate
from crm.models import User
from followups.forms.fields import DueField, serve_day
from followups.handing import Choice
from followups.introducing import SUGGESTED
from followups.models import Promise


class ColleagueField(forms.ModelChoiceField):  # type: ignore[type-arg]  # no generic when it runs
    """Somebody in the team who can keep people."""

    def __init__(self) -> None:
        super().__init__(
            User.objects.none(),
            label="Who looks after them from now on",
            empty_label="Choose a colleague",
            error_messages={
                "required": "Choose who looks after them from now on.",
                "invalid_choice": "Choose somebody in your team.",
            },
        )


def colleagues(keeper: User) -> QuerySet[User]:
    """Those in `keeper`'s team to whom people can be handed over."""
    others = User.objects.filter(member__team=keeper.team_id, is_active=True)
    others = others.exclude(pk=keeper.pk).select_related("member__team")
    return others.order_by("name", "email")


class AgreedField(DueField):
    """The day that was agreed, in words; it may be left as it is, even where it has passed."""

    agreed: date | None = None
    # What stood there when the page was opened: it may have been moved since.
    shown: str | None = None

    @property
    def words(self) -> str:
        day = self.agreed
        return str(PartialDate(day.year, day.month, day.day)) if day else ""

    def clean(self, value: Any) -> date | None:
        is_left = value in (self.words, self.shown)
        return self.agreed if is_left else super().clean(value)


class PromiseLine(forms.Form):
    """One open promise: who owes it from now on, and by when."""

    NEW, FORMER = "new", "former"

    owner = forms.ChoiceField()
    due_on = AgreedField(required=False, label="By when")
    shown = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: Any, *, promise: Promise, keeper: User, user: User, today: date
    ) -> None:
        prefix = f"promise-{promise.pk}"
        # One that was made while the page was open has no line on it.
        sent = data if data is not None and f"{prefix}-owner" in data else None
        super().__init__(sent, prefix=prefix, initial={"owner": self.NEW})
        self.promise = promise
        stays = "Still I" if keeper.pk == user.pk else f"Still {keeper}"
        verb = ("owes it", "owe it") if promise.is_mine else ("is owed it", "am owed it")
        self.fields["owner"].label = "Who owes it" if promise.is_mine else "To whom it is owed"
        own_verb = verb[1] if keeper.pk == user.pk else verb[0]
        choices = [(self.NEW, f"The new keeper {verb[0]}"), (self.FORMER, f"{stays} {own_verb}")]
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ChoiceField)
        owner.choices = choices
        serve_day(self, "due_on", user, today)
        due_on = self.fields["due_on"]
        assert isinstance(due_on, AgreedField)
        due_on.agreed = promise.due_on
        due_on.initial = self.fields["shown"].initial = due_on.words
        due_on.shown = sent.get(f"{prefix}-shown") if sent is not None else None

    def choice(self) -> Choice:
        if not self.is_bound:
            return Choice(stays=False, due_on=self.promise.due_on)
        data = self.cleaned_data
        return Choice(stays=data["owner"] == self.FORMER, due_on=data["due_on"])


class HandoverForm(forms.Form):
    """`lines` are its open promises, each a small form of its own."""

    to = ColleagueField()
    introduction = TextField(
        required=False,
        max_length=2000,
        label="Suggested words for a start",
        initial=SUGGESTED,
        help_text="Names come into the brackets. Kept never sends it.",
        widget=forms.Textarea(attrs={"rows": 7, "data-autosize": True}),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        keeper: User,
        user: User,
        today: date,
        promises: Collection[Promise],
    ) -> None:
        super().__init__(data)
        to = self.fields["to"]
        assert isinstance(to, forms.ModelChoiceField)
        to.queryset = colleagues(keeper)
        self.lines = [
            PromiseLine(data, promise=promise, keeper=keeper, user=user, today=today)
            for promise in promises
        ]

    def is_valid(self) -> bool:
        lines = [line.is_valid() for line in self.lines if line.is_bound]
        return all([super().is_valid(), *lines])

    def choices(self) -> dict[int, Choice]:
        """What was decided about each promise, by its key."""
        return {line.promise.pk: line.choice() for line in self.lines}


class LeavingForm(forms.Form):
    """To whom people and promises of somebody who leaves go; not asked where there are none."""

    to = ColleagueField()

    def __init__(self, data: Any = None, *, keeper: User, has_to_hand_over: bool) -> None:
        super().__init__(data)
        to = self.fields["to"]
        assert isinstance(to, forms.ModelChoiceField)
        to.queryset = colleagues(keeper)
        if not has_to_hand_over:
            del self.fields["to"]

    @property
    def new_keeper(self) -> User | None:
        return self.cleaned_data.get("to")
