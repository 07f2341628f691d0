"""Issues: opening one, changing it, the steps to make it right, and settling it."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import forms
from django.db import IntegrityError

from contacts.forms.contact import company_field
from contacts.forms.fields import KeyField, LineField, TextField, key_of
from contacts.models import Company, Contact, Feeling
from contacts.models.company import folded
from contacts.picking import PeopleField
from crm.models import Member, User
from followups.forms.fields import DueField, serve_day, serve_people
from followups.mending import CHECK_IN, Planned, Step
from followups.models import Issue, IssueEvent

NOBODY = ("", "Nobody yet")
# As it is asked, the gravest last.
HOW_BAD = Issue.Severity.choices
NOT_ASKED = "unsaid"
FEELINGS = [*((each, label) for each, label in Feeling.choices if each), (NOT_ASKED, "Not asked")]


def what_field() -> TextField:
    return TextField(
        label="What went wrong?",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "data-autosize": True}),
        error_messages={"required": "What went wrong? A few words do."},
    )


def severity_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label="How bad is it?",
        choices=HOW_BAD,
        widget=forms.RadioSelect,
        initial=Issue.Severity.SERIOUS,
        error_messages={"required": "How bad is it?"},
    )


def members_of(user: User) -> dict[str, User]:
    """Who may be on something, oneself first, by the key of their choice."""
    members = Member.objects.visible_to(user).filter(user__is_active=True)
    others = members.exclude(user=user).select_related("user").order_by("user__name", "user_id")
    return {str(each.pk): each for each in [user, *(member.user for member in others)]}


class AssigneeForm(forms.Form):
    """Who is on it."""

    assignee = forms.ChoiceField(label="Who is on it?", required=False)

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user, self.members = user, members_of(user)
        names = [(pk, str(each) if each != user else "I am") for pk, each in self.members.items()]
        choose(self, "assignee", [*names, NOBODY])

    @property
    def member(self) -> User | None:
        """The chosen one; None for nobody."""
        return self.members.get(self.cleaned_data["assignee"])


def choose(form: forms.Form, name: str, choices: Iterable[tuple[str, str]]) -> None:
    """Give the field `name` of `form` its choices."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(choices)


class IssueForm(AssigneeForm):
    """A new issue, for one contact or for a company: given, or asked for."""

    contact = PeopleField(most=1, required=False, label="Whom did it happen to?")
    company = company_field()
    about = forms.ChoiceField(
        widget=forms.RadioSelect, required=False, label="Whom does it concern?"
    )
    text = what_field()
    severity = severity_field()
    key = KeyField()
    field_order = ("contact", "company", "about", "text", "severity", "assignee")

    def __init__(
        self, *args: Any, contact: Contact | None, company: Company | None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.given = contact or company
        self.fields["assignee"].initial = str(self.user.pk)
        if self.given is None:
            del self.fields["about"]
            serve_people(self, "contact", self.user, [])
            self.fields["company"].label = "Or a whole company"
            return
        del self.fields["contact"], self.fields["company"]
        if contact and contact.company:
            whole = f"All of {contact.company}"
            choose(self, "about", [("contact", contact.name), ("company", whole)])
            self.fields["about"].initial = "contact"
        else:
            del self.fields["about"]

    def clean_company(self) -> Company | None:
        name = self.cleaned_data["company"]
        if not name:
            return None
        companies = Company.objects.visible_to(self.user).present()
        found = companies.filter(folded=folded(name)).first()
        if found is None:
            raise forms.ValidationError(f"Nobody of your team works with a company “{name}”.")
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.given is None and not {"contact", "company"} & self.errors.keys():
            if not data.get("contact") and not data.get("company"):
                self.add_error("contact", "Whom did it happen to? A person, or a whole company.")
            elif data.get("contact") and data.get("company"):
                self.add_error("company", "One of the two: the person, or the whole company.")
        return data

    def open(self, *, at: datetime) -> Issue:
        """Open it, once however often the same is sent."""
        data, key = self.cleaned_data, key_of(self)
        contact, company = self._about()
        try:
            return Issue.open(
                by=self.user,
                at=at,
                text=data["text"],
                severity=data["severity"],
                contact=contact,
                company=company,
                assignee=self.member,
                key=key,
            )
        except IntegrityError:
            there = Issue.objects.filter(opened_by=self.user, key=key).first()
            if key is None or there is None:
                raise
            return there

    def _about(self) -> tuple[Contact | None, Company | None]:
        data, given = self.cleaned_data, self.given
        if isinstance(given, Company):
            return None, given
        if given is None:
            return next(iter(data["contact"]), None), data["company"]
        return (None, given.company) if data.get("about") == "company" else (given, None)


class IssueChangeForm(forms.Form):
    """How an issue is written down, and how bad it is."""

    text = what_field()
    severity = severity_field()
    version = forms.IntegerField(widget=forms.HiddenInput)

    def change(self, issue: Issue, *, by: User, at: datetime) -> IssueEvent | None:
        """What can be undone of it; raises `Conflict` where somebody changed it meanwhile."""
        data = self.cleaned_data
        text, severity = data["text"], data["severity"]
        return issue.reword(text=text, severity=severity, seen=data["version"], by=by, at=at)


class StepLine(forms.Form):
    """One step: whether to take it, in which words, and by when."""

    ticked = forms.BooleanField(required=False)
    text = LineField(max_length=500, required=False)
    due_on = DueField(required=False)

    def __init__(self, data: Any, *, step: Step, user: User, today: date) -> None:
        initial = {"text": step.text, "due_on": step.due}
        super().__init__(data, prefix=step.name, initial=initial)
        self.step, self.today = step, today
        self.fields["ticked"].label = step.label
        self.fields["text"].label = f"{step.label}: what you promise"
        self.fields["due_on"].label = f"{step.label}: by when"
        serve_day(self, "due_on", user, today)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("ticked"):
            self.errors.clear()
            return data
        if not data.get("text") and "text" not in self.errors:
            self.add_error("text", "What do you promise them?")
        due_on = data.get("due_on")
        if "due_on" not in self.errors and (due_on is None or due_on < self.today):
            self.add_error("due_on", "By when? Today, tomorrow, in a week …")
        return data

    @property
    def planned(self) -> Planned | None:
        data = self.cleaned_data
        if not data["ticked"]:
            return None
        return Planned(self.step, data["text"], data["due_on"])


class ToWhomForm(forms.Form):
    """Of several people, to whom a promise is made."""

    to = forms.ChoiceField(label="Whom do you promise it?")

    def __init__(
        self, *args: Any, user: User, today: date, people: list[Contact], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.user, self.today = user, today
        self.people = {str(contact.pk): contact for contact in people}
        choose(self, "to", ((pk, str(contact)) for pk, contact in self.people.items()))
        if len(people) < 2:
            del self.fields["to"]

    @property
    def whom(self) -> Contact | None:
        """The chosen one, or the only one; None where there is nobody."""
        chosen = self.cleaned_data.get("to") or next(iter(self.people), "")
        return self.people.get(chosen)


class MendingForm(ToWhomForm):
    """The steps to make it right that are still left."""

    def __init__(self, *args: Any, steps: list[Step], **options: Any) -> None:
        super().__init__(*args, **options)
        data = self.data if self.is_bound else None
        self.lines = [StepLine(data, step=step, user=self.user, today=self.today) for step in steps]

    def is_valid(self) -> bool:
        # Every line is looked at, so that all that is wrong is said at once.
        if not all([super().is_valid(), *(line.is_valid() for line in self.lines)]):
            return False
        if not self.planned:
            self.add_error(None, "Tick at least one step, or go back.")
        return not self.errors

    @property
    def planned(self) -> list[Planned]:
        return [planned for line in self.lines if (planned := line.planned)]


class SettlingForm(ToWhomForm):
    """How they feel about it now, and whether to check in with them later."""

    feeling = forms.ChoiceField(
        label="How do they feel about it now?",
        choices=FEELINGS,
        widget=forms.RadioSelect,
        error_messages={"required": "How do they feel about it now? Say so if nobody asked."},
    )
    comment = TextField(
        label="How was it put right?",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "data-autosize": True}),
    )

    def __init__(self, *args: Any, offers_check_in: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.line = None
        if offers_check_in and self.people:
            data = self.data if self.is_bound else None
            self.line = StepLine(data, step=CHECK_IN, user=self.user, today=self.today)
        else:
            self.fields.pop("to", None)

    def is_valid(self) -> bool:
        line_is_valid = self.line is None or self.line.is_valid()
        return super().is_valid() and line_is_valid

    @property
    def felt(self) -> str:
        """As it is stored: empty where nobody asked."""
        said: str = self.cleaned_data["feeling"]
        return "" if said == NOT_ASKED else said

    @property
    def check_in(self) -> Planned | None:
        return self.line.planned if self.line else None
