"""Making something right: the steps that it takes as a rule, each of which becomes a promise."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.db.models import Case, Value, When

from contacts.models import Contact
from crm.models import User
from followups.models import Issue, Promise

# Of a large company one's own people and the first of the others are offered.
MOST_PEOPLE = 60


@dataclass(frozen=True, slots=True)
class Step:
    """One step as it is suggested: what it is, the words of its promise, and by when."""

    name: str
    label: str
    text: str
    due: str


STEPS = (
    Step("apology", "Apologise", "Apologise in person", "tomorrow"),
    Step("remedy", "Remedy", "Put it right", "in a week"),
    Step("card", "Handwritten note", "Write a note by hand", "in three days"),
    Step("check-in", "Check in", "Ask how things are now", "in two weeks"),
)
CHECK_IN = STEPS[-1]


# Under this the keys of promised steps are made.
_STEPS = UUID("5b1f7a52-9f0e-4c36-8a77-1f0c9a4f6d21")


@dataclass(frozen=True, slots=True)
class Planned:
    """A step that somebody means to take, in their words and by their date."""

    step: Step
    text: str
    due_on: date


def steps_left(issue: Issue) -> list[Step]:
    """The steps that nobody has promised yet; one query."""
    promised = set(issue.promises.values_list("key", flat=True))
    return [step for step in STEPS if _key(issue, step) not in promised]


def people_of(issue: Issue, user: User) -> list[Contact]:
    """To whom a promise can be made about it: the contact, or the company's people, own first."""
    people = Contact.objects.visible_to(user).present()
    own_first = Case(When(keeper=user, then=Value(0)), default=Value(1))
    if issue.contact_id:
        return list(people.filter(pk=issue.contact_id))
    there = people.filter(company=issue.company_id).order_by(own_first, "sort_name", "pk")
    return list(there[:MOST_PEOPLE])


@transaction.atomic
def promise_steps(
    issue: Issue, planned: Iterable[Planned], *, to: Contact, by: User, at: datetime
) -> list[Promise]:
    """Promise each step, once however often it is sent: whoever does so is on it from now on."""
    issue.assign(by, by=by, at=at)
    return [_promise(issue, each, to=to, by=by, at=at) for each in planned]


@transaction.atomic
def settle(
    issue: Issue,
    *,
    by: User,
    at: datetime,
    feeling: str,
    comment: str = "",
    check_in: Planned | None = None,
    to: Contact | None = None,
) -> None:
    """Settle it, and promise `to` somebody to `check_in` with them later if that is planned.

    Raises `IssueSettled` where somebody was quicker.
    """
    issue.settle(by=by, at=at, feeling=feeling, comment=comment)
    if check_in and to:
        _promise(issue, check_in, to=to, by=by, at=at)


def _promise(issue: Issue, planned: Planned, *, to: Contact, by: User, at: datetime) -> Promise:
    key = _key(issue, planned.step)
    try:
        return Promise.make(
            contact=to,
            owner=by,
            text=planned.text,
            at=at,
            due_on=planned.due_on,
            sharing=Promise.Sharing.TEAM,
            issue=issue,
            key=key,
        )
    except IntegrityError:
        there = Promise.objects.filter(owner=by, key=key).first()
        if there is None:
            raise
        return there


def _key(issue: Issue, step: Step) -> UUID:
    """By this a step of an issue is known again."""
    return uuid5(_STEPS, f"{issue.pk} {step.name}")
