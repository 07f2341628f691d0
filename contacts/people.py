"""Acts on a contact: adding one, and changing what stands on it, each in one transaction."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from contacts.folding import fold, sort_key
from contacts.models import Company, Contact, Detail, LifeEvent, LifeEventKind
from contacts.partial_dates import PartialDate
from contacts.searching import index_contacts
from contacts.tags import tag, untag
from crm.models import User

MOST_TWINS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDetail:
    """A way to reach somebody who is not stored yet; `value` is normalised."""

    kind: str
    value: str
    label: str = Detail.Label.WORK


@transaction.atomic
def add_contact(
    *,
    keeper: User,
    now: datetime,
    name: str,
    company: str = "",
    details: Iterable[NewDetail] = (),
    birthday: PartialDate | None = None,
    tags: Collection[str] = (),
    **card: Any,
) -> Contact:
    """Somebody new in `keeper`'s book; on a circle, they are due from today.

    `company` is a name, found in the team or made; `card` has further columns of the contact.
    """
    today = keeper.today(now)
    contact = Contact(
        keeper=keeper, team=keeper.member.team, created_at=now, first_due_on=today, **card
    )
    contact.rename(name)
    contact.company = find_company(company, team_id=contact.team_id)
    contact.plan()
    contact.save()
    rows = {(each.kind, each.value): each for each in details}
    Detail.objects.bulk_create(
        Detail(contact=contact, kind=d.kind, value=d.value, label=d.label) for d in rows.values()
    )
    if birthday is not None:
        _add_birthday(contact, birthday, today)
    if tags:
        tag([contact], tags, keeper)
    index_contacts([contact])
    return contact


def _add_birthday(contact: Contact, when: PartialDate, today: date) -> None:
    event = LifeEvent(
        contact=contact,
        author=contact.keeper,
        kind=LifeEventKind.BIRTHDAY,
        yearly=True,
        noted_on=today,
    )
    event.when = when
    event.plan(today)
    event.save()


def find_company(name: str, *, team_id: int) -> Company | None:
    """The team's company called `name`, made if new, brought back if removed; None for ""."""
    if not name:
        return None
    company = Company.objects.named(name, team_id=team_id)
    if company.is_trashed:
        company.restore()
    return company


def find_twins(
    user: User, *, name: str, ways: Collection[str] = (), but: Contact | None = None
) -> list[Contact]:
    """Up to three whom `user` keeps under that name, email or phone (`ways`, normalised)."""
    same = Q(sort_name=sort_key(name)[:250]) if name else Q(pk__in=[])
    if ways:
        details = Detail.objects.in_use().filter(contact__keeper=user, value__in=ways)
        same |= Q(pk__in=details.values("contact"))
    found = Contact.objects.kept_by(user).present().filter(same)
    if but is not None:
        found = found.exclude(pk=but.pk)
    return list(found.select_related("company").with_face(user).in_order()[:MOST_TWINS])


@transaction.atomic
def change_card(contact: Contact, *, seen: int, name: str, company: str, **card: Any) -> None:
    """Change name, company and other columns of the card.

    Raises `Conflict`, and changes nothing, where the stored version is no longer `seen`.
    """
    contact.rename(name)
    contact.company = find_company(company, team_id=contact.team_id)
    for column, value in card.items():
        setattr(contact, column, value)
    contact.save_over(seen, fields=["name", "sort_name", "company", *card])
    index_contacts([contact])


@transaction.atomic
def change_circle(
    contact: Contact, *, seen: int, circle: str, cadence_days: int | None, today: date
) -> None:
    """Put `contact` into another circle (or none), with a cadence of their own or the circle's.

    Raises `Conflict` as `change_card` does.
    """
    was_on_one = contact.cadence is not None
    contact.circle, contact.cadence_days = circle, cadence_days
    if not was_on_one and contact.restarted_on is None:
        contact.first_due_on = today
    contact.plan()
    contact.save_over(seen, fields=["circle", "cadence_days", "first_due_on", "due_on", "wake_on"])
    _wake_events(contact, today)


def _wake_events(contact: Contact, today: date) -> None:
    """A circle decides about what has to be prepared: the scheduler is to look at it again."""
    LifeEvent.objects.present().filter(contact=contact).wake(today)


@transaction.atomic
def change_story(contact: Contact, *, seen: int, how_met: str, customer_since: int | None) -> None:
    """Change how they met and since when it is a customer (a year); raises `Conflict`."""
    contact.how_met, contact.customer_since = how_met, customer_since
    contact.plan()
    contact.save_over(seen, fields=["how_met", "customer_since", "due_on", "wake_on"])
    index_contacts([contact])


@transaction.atomic
def change_tags(contact: Contact, *, seen: int, names: Collection[str]) -> None:
    """Leave `contact` with exactly the keeper's tags called `names`; raises `Conflict`."""
    contact.save_over(seen, fields=[])
    wanted = {fold(name)[:80] for name in names}
    untag([contact], contact.tags.filter(author=contact.keeper).exclude(folded__in=wanted))
    tag([contact], names, contact.keeper)
