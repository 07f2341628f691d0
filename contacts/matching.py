"""Whom of a keeper's book an imported card means.

In this order:

1. Whoever has the card's UID. A card without one is given one made of what it says, so that the
   same card means the same contact.
2. The one contact that has an email of the card's, unless their names have no word in common: a
   couple, or a shop, may share one.
3. A contact of the same name, in any case and with or without accents, who also has a phone, the
   birthday or the company in common.

Two people whose cards bring UIDs of their own, and not the same, are never one; neither are two
with different birthdays, but by UID. Those in the trash are known, too: an import does not bring
them back.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from contacts.folding import sort_key
from contacts.intake import Intake
from contacts.models import Contact, Detail, LifeEvent
from contacts.models.company import folded
from contacts.partial_dates import PartialDate
from crm.models import User


@dataclass(slots=True, eq=False)
class Person:
    """What somebody is recognised by; `pk` is None until they are stored.

    `is_named` says that the file being read has a card with this very UID.
    """

    pk: int | None
    uid: str
    name: str
    company: str = ""
    is_trashed: bool = False
    is_named: bool = False
    emails: set[str] = field(default_factory=set)
    phones: set[str] = field(default_factory=set)
    birthday: PartialDate | None = None


class Book:
    """Everybody in a keeper's book, and whoever an import adds; four queries."""

    def __init__(self, keeper: User) -> None:
        self._by_uid: dict[str, Person] = {}
        self._by_email: dict[str, list[Person]] = defaultdict(list)
        self._by_name: dict[str, list[Person]] = defaultdict(list)
        for person in _stored(keeper):
            self._remember(person)

    def find(self, intake: Intake) -> Person | None:
        """Whom the card means, if they are known."""
        if person := self._by_uid.get(intake.uid):
            return person
        candidates = [*self._with_email(intake), *self._with_name(intake)]
        return next((person for person in candidates if _may_be(person, intake)), None)

    def add(self, intake: Intake) -> Person:
        """Somebody new, known from now on."""
        person = Person(pk=None, uid=intake.uid, name=sort_key(intake.name))
        self.learn(person, intake)
        self._remember(person)
        return person

    def learn(self, person: Person, intake: Intake) -> None:
        """Recognise `person` by what the card says from now on, too."""
        person.is_named = person.is_named or (intake.has_own_uid and person.uid == intake.uid)
        person.company = person.company or folded(intake.company)
        person.birthday = person.birthday or intake.birthday
        person.phones |= intake.values(Detail.Kind.PHONE)
        new = intake.values(Detail.Kind.EMAIL) - person.emails
        person.emails |= new
        if person.uid in self._by_uid:
            for email in new:
                self._by_email[email].append(person)
        if intake.has_own_uid:  # another card of this UID means them, too
            self._by_uid.setdefault(intake.uid, person)

    def _remember(self, person: Person) -> None:
        self._by_uid[person.uid] = person
        self._by_name[person.name].append(person)
        for email in person.emails:
            self._by_email[email].append(person)

    def _with_email(self, intake: Intake) -> Iterator[Person]:
        words = set(sort_key(intake.name).split())
        for email in intake.values(Detail.Kind.EMAIL):
            found = self._by_email.get(email, [])
            if len(found) == 1 and (words & set(found[0].name.split()) or "@" in intake.name):
                yield found[0]

    def _with_name(self, intake: Intake) -> Iterator[Person]:
        company, phones = folded(intake.company), intake.values(Detail.Kind.PHONE)
        for person in self._by_name.get(sort_key(intake.name), []):
            if (
                phones & person.phones
                or (company and company == person.company)
                or (intake.birthday and person.birthday and _agree(intake, person))
            ):
                yield person


def _may_be(person: Person, intake: Intake) -> bool:
    if person.is_named and intake.has_own_uid:
        return False
    return _agree(intake, person)


def _agree(intake: Intake, person: Person) -> bool:
    """Whether the birthdays may be the same, as far as they are known."""
    ours, theirs = intake.birthday, person.birthday
    if ours is None or theirs is None:
        return True
    parts = ((ours.year, theirs.year), (ours.month, theirs.month), (ours.day, theirs.day))
    return all(one is None or other is None or one == other for one, other in parts)


def _stored(keeper: User) -> Iterator[Person]:
    contacts = Contact.objects.kept_by(keeper)
    emails, phones = (_details(keeper, kind) for kind in (Detail.Kind.EMAIL, Detail.Kind.PHONE))
    own = LifeEvent.objects.visible_to(keeper).present().birthdays().filter(relative=None)
    birthdays = {
        pk: PartialDate(*parts) for pk, *parts in own.values_list("contact", "year", "month", "day")
    }
    rows = contacts.values_list("pk", "uid", "sort_name", "company__folded", "trashed_at")
    for pk, uid, name, company, trashed_at in rows.order_by("pk"):
        yield Person(
            pk=pk,
            uid=uid,
            name=name,
            company=company or "",
            is_trashed=trashed_at is not None,
            emails=emails.get(pk, set()),
            phones=phones.get(pk, set()),
            birthday=birthdays.get(pk),
        )


def _details(keeper: User, kind: Detail.Kind) -> dict[int, set[str]]:
    rows = Detail.objects.in_use().filter(contact__in=Contact.objects.kept_by(keeper), kind=kind)
    found: dict[int, set[str]] = defaultdict(set)
    for pk, value in rows.values_list("contact", "value"):
        found[pk].add(value)
    return found
