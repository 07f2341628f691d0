"""Rows to test with: each `make_…` returns one saved row, sensible where nothing is said.

What a row computes (sort name, when it wakes, the cadence after a touch) is computed as in real
life, as of `NOW`. Search entries are not written: a test of search calls `contacts.searching`.
"""

from datetime import UTC, date, datetime
from itertools import count

from django.test import Client

from contacts.folding import fold
from contacts.models import (
    Company,
    Contact,
    Detail,
    Fact,
    Job,
    LifeEvent,
    LifeEventKind,
    Note,
    Relative,
    Tag,
)
from contacts.models.note import TOUCHING
from crm.accounts import vouch_for
from crm.models import Invitation, Member, Team, User
from crm.policy import Role
from followups.models import Issue, Nudge, Promise

NOW = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)  # a Wednesday

_numbers = count(1)


def make_team(name: str = "Fairview Motors") -> Team:
    return Team.objects.create(name=name)


def make_user(
    *,
    email: str = "",
    name: str = "Ada Seller",
    password: str | None = None,
    team: Team | None = None,
    role: Role = Role.SELLER,
    **fields: object,
) -> User:
    """A member of `team`, or of a new one of their own; cannot log in by password without one."""
    email = email or f"user{next(_numbers)}@example.com"
    user = User.objects.create_user(email, password, name=name, **fields)
    Member.objects.create(user=user, team=team or make_team(f"{name}’s team"), role=role)
    if password is not None:
        vouch_for(user)
    return user


def client_of(user: User) -> Client:
    """A browser in which `user` has logged in."""
    client = Client()
    client.force_login(user)
    return client


def make_invitation(*, by: User, email: str = "", role: Role = Role.SELLER) -> Invitation:
    email = email or f"invited{next(_numbers)}@example.com"
    return Invitation.objects.create(
        team_id=by.team_id, email=email, role=role, invited_by=by, sent_at=NOW
    )


def make_company(name: str = "Harbour Bakery", *, team: Team, **fields: object) -> Company:
    return Company.objects.create(team=team, name=name, folded=fold(name), **fields)


def make_contact(
    *,
    keeper: User,
    name: str = "Maria Lindqvist",
    company: str = "",
    created_at: datetime = NOW,
    **fields: object,
) -> Contact:
    """Somebody in `keeper`'s book; `company` is a name, found in the team or made."""
    contact = Contact(
        keeper=keeper,
        team=keeper.member.team,
        created_at=created_at,
        first_due_on=keeper.today(created_at),
        **fields,
    )
    contact.rename(name)
    if company:
        contact.company = Company.objects.named(company, team_id=contact.team_id)
    contact.plan()
    contact.save()
    return contact


def make_tag(name: str = "golf", *, author: User, contacts: list[Contact] | None = None) -> Tag:
    tag = Tag.objects.create(author=author, name=name, folded=fold(name))
    tag.contacts.set(contacts or [])
    return tag


def make_detail(
    contact: Contact,
    *,
    kind: str = Detail.Kind.EMAIL,
    value: str = "",
    label: str = Detail.Label.WORK,
    position: int = 0,
) -> Detail:
    value = value or f"contact{next(_numbers)}@example.com"
    return Detail.objects.create(
        contact=contact, kind=kind, value=value, label=label, position=position
    )


def make_relative(
    contact: Contact, *, relation: str = "daughter", name: str = "Emma", **fields: object
) -> Relative:
    return Relative.objects.create(
        contact=contact, author=contact.keeper, relation=relation, name=name, **fields
    )


def make_life_event(
    contact: Contact,
    *,
    kind: str = LifeEventKind.BIRTHDAY,
    year: int | None = None,
    month: int | None = None,
    day: int | None = None,
    relative: Relative | None = None,
    noted_on: date | None = None,
    **fields: object,
) -> LifeEvent:
    """By default a birthday on 26 March, year unknown; `yearly` as the kind is."""
    if year is None and month is None:
        month, day = 3, 26
    today = contact.keeper.today(NOW)
    event = LifeEvent(
        contact=contact,
        author=contact.keeper,
        relative=relative,
        kind=kind,
        year=year,
        month=month,
        day=day,
        noted_on=noted_on or today,
        **{"yearly": LifeEventKind(kind).nature.yearly} | fields,
    )
    event.plan(today)
    event.save()
    return event


def make_fact(
    contact: Contact,
    *,
    kind: str = Fact.Kind.INTEREST,
    text: str = "sailing",
    noted_on: date | None = None,
    **fields: object,
) -> Fact:
    keeper = contact.keeper
    noted_on = noted_on or keeper.today(NOW)
    return Fact.objects.create(
        contact=contact, author=keeper, kind=kind, text=text, noted_on=noted_on, **fields
    )


def make_job(contact: Contact, *, company: str = "Northern Freight", **fields: object) -> Job:
    return Job.objects.create(contact=contact, author=contact.keeper, company=company, **fields)


def make_note(
    *contacts: Contact,
    text: str = "Talked about the delivery in spring.",
    at: datetime = NOW,
    author: User | None = None,
    channel: str = "meeting",
    **fields: object,
) -> Note:
    """A note on `contacts` by the first one's keeper; a touch also moves their cadence."""
    author = author or contacts[0].keeper
    note = Note.objects.create(
        team=contacts[0].team,
        author=author,
        text=text,
        at=at,
        channel=channel,
        is_touch=channel in TOUCHING,
        created_at=at,
        **fields,
    )
    note.contacts.set(contacts)
    for contact in contacts:
        contact.recount_touches()
    return note


def make_promise(
    contact: Contact,
    *,
    text: str = "Send the brochure",
    owner: User | None = None,
    at: datetime = NOW,
    **fields: object,
) -> Promise:
    """An open promise of the keeper's, without a date where no `due_on` is given."""
    owner = owner or contact.keeper
    return Promise.make(contact=contact, owner=owner, text=text, at=at, **fields)


def make_issue(
    contact: Contact | None = None,
    *,
    company: Company | None = None,
    by: User | None = None,
    text: str = "The delivery came in broken.",
    severity: str = Issue.Severity.SERIOUS,
    at: datetime = NOW,
    **fields: object,
) -> Issue:
    """An open issue for a contact, by their keeper where nobody else is said, or for a company."""
    by = by or (contact.keeper if contact else None)
    return Issue.open(
        contact=contact, company=company, by=by, text=text, severity=severity, at=at, **fields
    )


def make_nudge(
    contact: Contact,
    *,
    kind: str = Nudge.Kind.CADENCE,
    source: str = "",
    occurrence_on: date | None = None,
    **fields: object,
) -> Nudge:
    """A reason for `contact`'s keeper, showing from the day of its occurrence (today)."""
    on = occurrence_on or contact.keeper.today(NOW)
    return Nudge.objects.create(
        **{
            "keeper": contact.keeper,
            "contact": contact,
            "kind": kind,
            "source": source or f"contact:{contact.pk}",
            "occurrence_on": on,
            "show_on": on,
            "latest_on": on,
            "made_at": NOW,
        }
        | fields
    )
