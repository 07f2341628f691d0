"""The composer: whom, what, when, how, how they left it, who may read it, and the promises made."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms

from contacts.forms.fields import KeyField, LineField, TextField
from contacts.models import Began, Channel, Contact, Feeling
from contacts.notes import MOST_TEXT
from contacts.picking import PeopleField
from crm.local_time import instant_of
from crm.models import User
from followups.composing import Said, Told
from followups.forms.fields import DueField, serve_day, serve_people
from followups.forms.promise import BY
from followups.models import Promise

# A phone's clock may run ahead of the server's.
CLOCK_SLACK = timedelta(minutes=5)
EARLIER = timedelta(hours=3)
NOON = time(12)
FIRST_YEAR = 1900
PROMISE_LINES = 2


class PromiseLine(forms.Form):
    """A promise made in the conversation; an empty line is none.

    `contact` is asked for only where the note is about several people.
    """

    made_by = forms.ChoiceField(choices=BY, initial=Promise.By.ME, required=False)
    text = LineField(max_length=500, required=False)
    due_on = DueField(required=False)
    sharing = forms.ChoiceField(
        choices=Promise.Sharing.choices, initial=Promise.Sharing.MANAGERS, required=False
    )
    contact = forms.IntegerField(required=False)

    def __init__(self, *args: Any, user: User, now: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        serve_day(self, "due_on", user, user.today(now))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("due_on") and not data.get("text") and "text" not in self.errors:
            self.add_error("text", "What was promised for that day?")
        return data

    def said(self, people: list[Contact]) -> Said | None:
        """The promise, if this line holds one, to or by one of `people`.

        Complains, and says nothing, where there are several and none of them was named.
        """
        data = self.cleaned_data
        if not data.get("text"):
            return None
        named = [contact for contact in people if contact.pk == data.get("contact")]
        meant = named or people
        if len(meant) > 1:
            self.add_error("contact", "Whose promise is it? The note is about several people.")
            return None
        sharing = data.get("sharing") or Promise.Sharing.MANAGERS
        return Said(
            meant[0], data.get("made_by") or "me", data["text"], data.get("due_on"), sharing
        )


class NoteForm(forms.Form):
    """The composer as a form; `told` and `said` are what it holds once it is valid."""

    WHO = [("only-me", "Only me"), ("team", "The team")]
    WHEN = [
        ("now", "Now"),
        ("earlier", "Earlier today"),
        ("yesterday", "Yesterday"),
        ("at", "Another time"),
    ]

    people = PeopleField(label="Whom")
    text = TextField(
        required=False,
        max_length=MOST_TEXT,
        label="Note",
        error_messages={"max_length": f"A note holds {MOST_TEXT:,} letters; this has more."},
    )
    when = forms.ChoiceField(
        choices=WHEN,
        required=False,
        label="When",
        initial="now",
        widget=forms.Select(attrs={"data-only": "at"}),
    )
    at = forms.CharField(required=False, label="Day and time")
    channel = forms.ChoiceField(choices=Channel.choices, label="How", initial=Channel.MEETING)
    began = forms.ChoiceField(
        choices=Began.choices, required=False, label="Who got in touch", initial=Began.ME
    )
    feeling = forms.ChoiceField(choices=Feeling.choices, required=False, label="They left it")
    reader = forms.ChoiceField(choices=WHO, label="Who may read it", initial="only-me")
    key = KeyField()

    def __init__(
        self, *args: Any, user: User, now: datetime, chosen: list[Contact], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.user, self.now = user, now
        self.fields["people"].widget.attrs |= {"remember": "yes", "aria-label": "Whom"}
        if not chosen:
            self.fields["people"].widget.attrs["autofocus"] = True
        serve_people(self, "people", user, chosen)
        data = self.data if self.is_bound else None
        prefixes = [f"promise-{number}" for number in range(PROMISE_LINES)]
        self.lines = [PromiseLine(data, prefix=name, user=user, now=now) for name in prefixes]
        self.said: list[Said] = []

    @property
    def chosen(self) -> list[Contact]:
        """Whom the composer shows as chosen."""
        field = self.fields["people"]
        assert isinstance(field, PeopleField)
        return field.input.chosen

    def is_valid(self) -> bool:
        # Every line is looked at, so that all that is wrong is said at once.
        if not all([super().is_valid(), *(line.is_valid() for line in self.lines)]):
            return False
        found = [line.said(self.cleaned_data["people"]) for line in self.lines]
        self.said = [said for said in found if said]
        return all(line.is_valid() for line in self.lines)

    def clean_at(self) -> datetime:
        typed = self.cleaned_data["at"].strip()
        when = self.cleaned_data.get("when", "")
        if when in ("earlier", "yesterday"):
            return self._around(when)
        if not typed:
            if when == "at":
                raise forms.ValidationError("Which day, and at what time?")
            return self.now
        try:
            wall = datetime.fromisoformat(typed).replace(tzinfo=None)
            at = instant_of(wall.date(), wall.time(), self.user.zone)
        except (ValueError, OverflowError) as problem:
            raise forms.ValidationError(
                "Please write day and time as 2026-11-18 16:05, or choose Now."
            ) from problem
        if at > self.now + CLOCK_SLACK:
            raise forms.ValidationError("This is still to come. A note is about what has been.")
        if at.year < FIRST_YEAR:
            raise forms.ValidationError("That is too long ago to be right.")
        return min(at, self.now)

    def _around(self, when: str) -> datetime:
        """About when it was, for those who do not know to the minute."""
        zone = self.user.zone
        today = self.user.today(self.now)
        if when == "yesterday":
            return instant_of(today - timedelta(days=1), NOON, zone)
        return max(instant_of(today, time(), zone), self.now - EARLIER)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("text") or "text" in self.errors:
            return data
        if data.get("channel") == Channel.OTHER:
            self.add_error("text", "Please say in a few words what there is to know.")
        elif not data.get("feeling") and not any(line["text"].value() for line in self.lines):
            self.add_error("text", "What was said? A few words do, or how they left it.")
        return data

    @property
    def told(self) -> Told:
        data = self.cleaned_data
        return Told(
            contacts=data["people"],
            text=data["text"],
            at=data["at"],
            channel=data["channel"],
            feeling=data["feeling"],
            private=data["reader"] == "only-me",
            began=data["began"] or Began.ME,
        )
