"""Forms of today and promises."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms

from contacts.folding import clean_line, clean_text
from contacts.models import Channel, Contact, Feeling
from contacts.notes import MOST_TEXT
from contacts.picking import PeopleField
from crm.local_time import instant_of
from crm.models import User
from followups.composing import Said
from followups.due_words import DueWordsError, read_due, say_due
from followups.models import Promise

# A phone's clock may run ahead of the server's.
CLOCK_SLACK = timedelta(minutes=5)


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


class PromiseForm(forms.Form):
    """A promise by hand: to or from whom, what, by when, who sees it."""

    contact = PeopleField(most=1, label="Who")
    made_by = forms.ChoiceField(
        choices=Promise.By.choices, widget=forms.RadioSelect, label="Who promised?", initial="me"
    )
    text = forms.CharField(max_length=500, label="What was promised")
    due_on = DueField(
        required=False, label="By when", help_text="Friday, in two weeks, 15/8, or nothing."
    )
    sharing = forms.ChoiceField(
        choices=Promise.Sharing.choices, label="Who sees it", initial=Promise.Sharing.MANAGERS
    )

    def __init__(
        self, *args: Any, user: User, today: date, chosen: list[Contact], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.user = user
        serve_day(self, "due_on", user, today)
        serve_people(self, "contact", user, chosen)

    def make(self, *, at: datetime) -> Promise:
        """Write the promise down as the user's own."""
        data = self.cleaned_data
        return Promise.make(
            contact=data["contact"][0],
            owner=self.user,
            text=clean_line(data["text"]),
            at=at,
            made_by=data["made_by"],
            due_on=data["due_on"],
            sharing=data["sharing"],
        )


class PromiseLine(forms.Form):
    """A promise noted with a note; an empty line is none."""

    made_by = forms.ChoiceField(
        choices=Promise.By.choices, label="Who promised?", initial="me", required=False
    )
    text = forms.CharField(max_length=500, label="What was promised", required=False)
    due_on = DueField(required=False, label="By when")

    def __init__(self, *args: Any, user: User, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        serve_day(self, "due_on", user, today)

    def said(self) -> Said | None:
        data = self.cleaned_data
        text = clean_line(data["text"])
        return Said(data["made_by"] or "me", text, data["due_on"]) if text else None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("due_on") and not data.get("text"):
            self.add_error("text", "What was promised for that day?")
        return data


PROMISE_LINES = 2


class NoteForm(forms.Form):
    """The composer: whom, what, when, how, how they left it, and who may read it."""

    WHO = [("only-me", "Only me"), ("team", "The team")]

    people = PeopleField(label="Whom")
    text = forms.CharField(
        required=False,
        max_length=MOST_TEXT,
        label="Note",
        widget=forms.Textarea(attrs={"rows": 4, "data-autosize": ""}),
        error_messages={"max_length": "A note holds at most 100,000 letters; this has more."},
    )
    at = forms.CharField(
        required=False,
        label="When",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    channel = forms.ChoiceField(choices=Channel.choices, label="How", initial=Channel.MEETING)
    feeling = forms.ChoiceField(choices=Feeling.choices, required=False, label="They left it")
    reader = forms.ChoiceField(choices=WHO, label="Who may read it", initial="only-me")

    def __init__(
        self, *args: Any, user: User, now: datetime, chosen: list[Contact], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.user, self.now = user, now
        self.fields["people"].widget.attrs["remember"] = "yes"
        serve_people(self, "people", user, chosen)
        self.lines = [
            PromiseLine(
                self.data if self.is_bound else None,
                prefix=f"promise-{number}",
                user=user,
                today=user.today(now),
            )
            for number in range(PROMISE_LINES)
        ]

    def is_valid(self) -> bool:
        # Every line is looked at, so that all that is wrong is said at once.
        return all([super().is_valid(), *(line.is_valid() for line in self.lines)])

    def clean_at(self) -> datetime:
        typed = self.cleaned_data["at"].strip()
        if not typed:
            return self.now
        try:
            wall = datetime.fromisoformat(typed).replace(tzinfo=None)
            at = instant_of(wall.date(), wall.time(), self.user.zone)
        except (ValueError, OverflowError) as problem:
            raise forms.ValidationError(
                "Please write day and time as 2026-11-18 16:05, or leave it empty for now."
            ) from problem
        if at > self.now + CLOCK_SLACK:
            raise forms.ValidationError("This is still to come. A note is about what has been.")
        if at.year < 1900:
            raise forms.ValidationError("That is too long ago to be right.")
        return min(at, self.now)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        is_empty = not clean_text(data.get("text", ""))
        if is_empty and data.get("channel") == Channel.OTHER:
            self.add_error("text", "Please say in a few words what there is to know.")
        return data

    @property
    def what(self) -> dict[str, Any]:
        """The note's own part, as the acts take it."""
        data = self.cleaned_data
        return {
            "contacts": data["people"],
            "text": data["text"],
            "at": data["at"],
            "channel": data["channel"],
            "feeling": data["feeling"],
            "private": data["reader"] == "only-me",
        }

    def promises(self) -> list[Said]:
        return [said for line in self.lines if (said := line.said())]


class MovingForm(forms.Form):
    """Another date for a promise, and whether the other side knows."""

    TOLD = [("yes", "Yes, they know"), ("no", "Not yet")]

    due_on = DueField(label="New date", help_text="Friday, in two weeks, or 15/8.")
    told = forms.ChoiceField(choices=TOLD, widget=forms.RadioSelect, label="Did you tell them?")
    comment = forms.CharField(max_length=500, required=False, label="Why")

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
            comment=clean_line(data["comment"]),
        )


class EndingForm(forms.Form):
    """How a promise ended that was not kept."""

    HOW = [
        ("released", "They no longer want it, or it was never promised"),
        ("broken", "It will not be kept"),
    ]

    how = forms.ChoiceField(choices=HOW, widget=forms.RadioSelect, label="What happened?")
    comment = forms.CharField(
        max_length=500, required=False, label="A word of context", help_text="For you to remember."
    )

    def end(self, promise: Promise, *, by: User, at: datetime) -> None:
        comment = clean_line(self.cleaned_data["comment"])
        if self.cleaned_data["how"] == "released":
            promise.release(by=by, at=at, comment=comment)
        else:
            promise.break_(by=by, at=at, comment=comment)


def serve_day(form: forms.Form, name: str, user: User, today: date) -> None:
    """Tell a day's field what today is, and the user's order of day and month."""
    field = form.fields[name]
    assert isinstance(field, DueField)
    field.today, field.day_first = today, user.day_first


def serve_people(form: forms.Form, name: str, user: User, chosen: list[Contact]) -> None:
    """Tell a people's field whose people these are, and who is chosen at first."""
    field = form.fields[name]
    assert isinstance(field, PeopleField)
    field.serve(user, chosen)
