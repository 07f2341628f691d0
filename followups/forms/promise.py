"""Promises by hand, and every way in which one can go."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.db import IntegrityError

from contacts.forms.fields import KeyField, LineField, key_of
from contacts.models import Contact
from contacts.picking import PeopleField
from crm.models import User
from followups.forms.fields import DueField, serve_day, serve_people
from followups.models import Promise

BY = [(Promise.By.ME, "I promised"), (Promise.By.THEM, "They promised")]


class PromiseForm(forms.Form):
    """A promise by hand: to or from whom, what, by when, who sees it."""

    contact = PeopleField(most=1, label="Who")
    made_by = forms.ChoiceField(
        choices=BY, widget=forms.RadioSelect, label="Who promised?", initial=Promise.By.ME
    )
    text = LineField(
        max_length=500,
        label="What was promised",
        widget=forms.TextInput(attrs={"placeholder": "Send the revised quote"}),
        error_messages={"required": "What was promised?"},
    )
    due_on = DueField(required=False, label="By when", help_text="Or nothing: then in a week.")
    sharing = forms.ChoiceField(
        choices=Promise.Sharing.choices, label="Who sees it", initial=Promise.Sharing.MANAGERS
    )
    key = KeyField()

    def __init__(
        self, *args: Any, user: User, today: date, chosen: list[Contact], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.user = user
        self.fields["text" if chosen else "contact"].widget.attrs["autofocus"] = True
        serve_day(self, "due_on", user, today)
        serve_people(self, "contact", user, chosen)

    def make(self, *, at: datetime) -> Promise:
        """Write the promise down as the user's own, once however often the same is sent."""
        data, key = self.cleaned_data, key_of(self)
        try:
            return Promise.make(
                contact=data["contact"][0],
                owner=self.user,
                text=data["text"],
                at=at,
                made_by=data["made_by"],
                due_on=data["due_on"],
                sharing=data["sharing"],
                key=key,
            )
        except IntegrityError:
            there = Promise.objects.filter(owner=self.user, key=key).first()
            if key is None or there is None:
                raise
            return there


class WordingForm(forms.Form):
    """How a promise is written down, and who sees it."""

    text = LineField(
        max_length=500, label="What was promised", error_messages={"required": "What was promised?"}
    )
    sharing = forms.ChoiceField(choices=Promise.Sharing.choices, label="Who sees it")

    def __init__(self, data: Any, *, promise: Promise, today: date) -> None:
        super().__init__(data, initial={"text": promise.text, "sharing": promise.sharing})
        self.promise, self.today = promise, today

    def clean_sharing(self) -> str:
        """One that slipped is not hidden from the figures of those who saw it."""
        sharing: str = self.cleaned_data["sharing"]
        if not self.promise.may_be_shared(sharing, self.today):
            raise forms.ValidationError(
                "It was not kept in time, and that stays known. If it says too much, reword it."
            )
        return sharing

    def change(self, *, by: User, at: datetime) -> None:
        self.promise.reword(self.cleaned_data["text"], by=by, at=at)
        self.promise.share(self.cleaned_data["sharing"])


class MovingForm(forms.Form):
    """Another date for a promise, and whether the other side knows."""

    TOLD = [("yes", "Yes, they know"), ("no", "Not yet")]

    due_on = DueField(label="New date")
    told = forms.ChoiceField(
        choices=TOLD,
        widget=forms.RadioSelect,
        label="Did you tell them?",
        error_messages={"required": "Do they know of the new date?"},
    )
    comment = LineField(max_length=500, required=False, label="Why")

    def __init__(self, *args: Any, user: User, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user
        serve_day(self, "due_on", user, today)

    def move(self, promise: Promise, *, at: datetime) -> None:
        data = self.cleaned_data
        promise.renegotiate(
            due_on=data["due_on"],
            told=data["told"] == "yes",
            by=self.user,
            at=at,
            comment=data["comment"],
        )


class EndingForm(forms.Form):
    """How a promise ended that was not kept."""

    HOW = [
        ("released", "It is no longer wanted, or was never promised"),
        ("broken", "It was not kept, and will not be"),
    ]

    how = forms.ChoiceField(
        choices=HOW,
        widget=forms.RadioSelect,
        label="What happened?",
        error_messages={"required": "Which of the two is it?"},
    )
    comment = LineField(max_length=500, required=False, label="A word of context")

    def end(self, promise: Promise, *, by: User, at: datetime) -> None:
        comment = self.cleaned_data["comment"]
        if self.cleaned_data["how"] == "released":
            promise.release(by=by, at=at, comment=comment)
        else:
            promise.break_(by=by, at=at, comment=comment)
