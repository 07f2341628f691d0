"""Inventing a keeper's book in bulk, believable enough to measure by.

The same seed, sizes and instant make the same people. About three hundred of them, or all of a
smaller book, are on a cadence; the rest are acquaintances whom only birthdays bring up.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import batched
from random import Random
from uuid import UUID

from django.db import models, transaction

from contacts.folding import fold
from contacts.models import (
    Channel,
    Company,
    Contact,
    Detail,
    Fact,
    Feeling,
    LifeEvent,
    LifeEventKind,
    Note,
    Relative,
    Tag,
)
from contacts.models.note import TOUCHING
from contacts.partial_dates import PartialDate
from contacts.searching import index_contacts, index_notes
from crm.local_time import instant_of
from crm.models import User
from followups import invented_words as words
from followups.models import Promise, PromiseEvent
from followups.occasions import next_moment_on, rule_of

BATCH = 1000
ON_CADENCE = 300
OPEN_PROMISES = 40
_DAY = timedelta(days=1)
_TWO_YEARS = 730


def invent_book(keeper: User, *, contacts: int, notes: int, rng: Random, at: datetime) -> None:
    """Fill `keeper`'s book with that many contacts and notes as of the instant `at`."""
    _Inventor(keeper, rng, at).fill(contacts, notes)


class _Inventor:
    def __init__(self, keeper: User, rng: Random, at: datetime) -> None:
        self.keeper, self.rng, self.at = keeper, rng, at
        self.team_id = keeper.member.team_id
        self.today = keeper.today(at)
        self.one_of = rng.choice
        self.dialling: dict[str, str] = {}

    @transaction.atomic
    def fill(self, contacts: int, notes: int) -> None:
        self.companies = self.make_companies(max(1, contacts // 6))
        people = self.make_people(contacts)
        self.make_details(people)
        self.make_tags(people)
        relatives = self.make_relatives(people)
        self.make_life_events(people, relatives)
        self.make_facts(people)
        self.make_notes(people, relatives, notes)
        self.make_promises(people)
        index_contacts(people)

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def make_companies(self, number: int) -> list[Company]:
        names = {f"{self.one_of(words.PLACES)} {self.one_of(words.TRADES)}" for _ in range(number)}
        rows = [
            Company(team_id=self.team_id, name=name, folded=fold(name)) for name in sorted(names)
        ]
        Company.objects.bulk_create(rows, ignore_conflicts=True)
        return list(Company.objects.filter(team=self.team_id, folded__in=[r.folded for r in rows]))

    def make_people(self, number: int) -> list[Contact]:
        peoples = self.rng.choices(
            list(words.PEOPLES), weights=list(words.PEOPLES.values()), k=number
        )
        circles = self.circles(number)
        people = [self.make_person(*each) for each in zip(peoples, circles, strict=True)]
        return _insert(people)

    def circles(self, number: int) -> list[str]:
        """Which circle each is in: a handful close, most of a large book in none."""
        on_cadence = min(number, ON_CADENCE)
        inner, close = on_cadence // 8, on_cadence * 3 // 8
        wide = on_cadence - inner - close
        circles = ["inner"] * inner + ["close"] * close + ["wide"] * wide
        circles += [""] * (number - on_cadence)
        self.rng.shuffle(circles)
        return circles

    def make_person(self, people: words.People, circle: str) -> Contact:
        parts = [self.one_of(people.given), self.one_of(people.family)]
        if people.family_first:
            parts.reverse()
        company = self.one_of(self.companies) if self.chance(0.8) else None
        made_on = self.today - self.rng.randrange(_TWO_YEARS) * _DAY
        is_customer = bool(circle) and self.chance(0.4)
        contact = Contact(
            team_id=self.team_id,
            keeper=self.keeper,
            uid=f"urn:uuid:{UUID(int=self.rng.getrandbits(128), version=4)}",
            company=company,
            title=self.one_of(words.TITLES) if company else "",
            how_met=self.one_of(words.HOW_MET) if self.chance(0.2) else "",
            customer_since=self.today.year - self.rng.randrange(12) if is_customer else None,
            created_at=self.moment(made_on),
            first_due_on=made_on,
            circle=circle,
        )
        contact.rename(people.joint.join(parts))
        self.dialling[contact.uid] = people.dialling
        return contact

    def make_details(self, people: Sequence[Contact]) -> None:
        rows: list[Detail] = []
        for contact in people:
            number = f"{self.dialling[contact.uid]}{self.rng.randrange(10_000):04}"
            rows.append(Detail(contact=contact, kind=Detail.Kind.PHONE, value=number))
            name = fold(contact.name).replace(" ", ".")
            if name.isascii():
                value = f"{name}@{fold(str(contact.company or 'post')).replace(' ', '')}.example"
                rows.append(Detail(contact=contact, kind=Detail.Kind.EMAIL, value=value))
        _insert(rows)

    def make_tags(self, people: Sequence[Contact]) -> None:
        named = [Tag(author=self.keeper, name=name, folded=fold(name)) for name in words.TAGS]
        Tag.objects.bulk_create(named, ignore_conflicts=True)
        tags = list(Tag.objects.filter(author=self.keeper))
        through = Contact.tags.through
        _insert(
            [
                through(contact_id=contact.pk, tag_id=tag.pk)
                for contact in people
                for tag in self.rng.sample(tags, self.rng.choice([0, 0, 1, 1, 2]))
            ]
        )

    def make_relatives(self, people: Sequence[Contact]) -> list[Relative]:
        return _insert(
            [
                Relative(
                    contact=contact,
                    author=self.keeper,
                    relation=self.one_of(words.RELATIONS),
                    name=self.one_of(words.ENGLISH.given),
                )
                for contact in people
                for _ in range(self.rng.choice([0, 0, 0, 1, 2]))
            ]
        )

    def make_life_events(self, people: Sequence[Contact], relatives: Sequence[Relative]) -> None:
        rows = [
            self.life_event(one, "birthday", years=(20, 75)) for one in people if self.chance(0.8)
        ]
        rows += [
            self.life_event(one.contact, "birthday", years=(1, 60), relative=one)
            for one in relatives
            if self.chance(0.6)
        ]
        kinds = ["graduation", "move", "new_job", "trip", "surgery", "wedding", "bereavement"]
        for contact in people:
            if self.chance(0.08):
                rows.append(self.life_event(contact, self.one_of(kinds), years=(-1, 2)))
        _insert(rows)

    def life_event(
        self,
        contact: Contact,
        kind: str,
        *,
        years: tuple[int, int],
        relative: Relative | None = None,
    ) -> LifeEvent:
        """An event that many years before this one; of some birthdays nobody knows the year."""
        on = date(self.today.year - self.rng.randint(*years), 1, 1) + self.rng.randrange(365) * _DAY
        event = LifeEvent(
            contact=contact,
            author=self.keeper,
            relative=relative,
            kind=kind,
            yearly=LifeEventKind(kind).nature.yearly,
            noted_on=self.keeper.today(contact.created_at),
        )
        has_year = not event.yearly or self.chance(0.6)
        event.when = PartialDate(on.year if has_year else None, on.month, on.day)
        event.plan(self.today)
        rule = rule_of(event, sends_card=contact.circle == "inner" and event.yearly)
        event.wake_on = next_moment_on(rule, self.today - _DAY)
        return event

    def make_facts(self, people: Sequence[Contact]) -> None:
        kinds = [
            (Fact.Kind.INTEREST, words.INTERESTS),
            (Fact.Kind.PREFERENCE, words.PREFERENCES),
            (Fact.Kind.NEED, words.NEEDS),
        ]
        _insert(
            [
                Fact(
                    contact=contact,
                    author=self.keeper,
                    kind=kind,
                    text=self.one_of(texts),
                    noted_on=self.keeper.today(contact.created_at),
                )
                for contact in people
                for kind, texts in self.rng.sample(kinds, self.rng.choice([0, 1, 1, 2]))
            ]
        )

    def make_notes(
        self, people: Sequence[Contact], relatives: Sequence[Relative], number: int
    ) -> None:
        names: dict[int, str] = {one.contact_id: one.name for one in relatives}
        last: dict[int, Note] = {}
        for numbers in batched(range(number), BATCH):
            chosen = [people[n % len(people)] for n in numbers]
            notes = _insert([self.note(one, names.get(one.pk, "")) for one in chosen])
            through = Note.contacts.through
            pairs = list(zip(notes, chosen, strict=True))
            _insert([through(note_id=note.pk, contact_id=one.pk) for note, one in pairs])
            index_notes(notes)
            for note, one in pairs:
                if note.is_touch and (one.pk not in last or last[one.pk].at < note.at):
                    last[one.pk] = note
        self.settle_touches(people, last)

    def note(self, contact: Contact, relative: str) -> Note:
        reach = contact.cadence or _TWO_YEARS
        days = int(reach * self.rng.triangular(0, 1.4, 0.3)) if contact.cadence else None
        at = self.moment(self.today - (days or self.rng.randrange(1, _TWO_YEARS)) * _DAY)
        channel = self.rng.choices(list(Channel), weights=[4, 6, 2, 4, 3, 1, 1, 1])[0]
        return Note(
            team_id=self.team_id,
            author=self.keeper,
            text=self.said(relative),
            at=at,
            created_at=at,
            channel=channel,
            feeling=self.rng.choices(list(Feeling), weights=[6, 4, 2, 1])[0],
            private=self.chance(0.8),
            is_touch=channel in TOUCHING,
        )

    def said(self, relative: str) -> str:
        parts = [self.one_of(words.OPENINGS), *self.rng.sample(words.MIDDLES, 2)]
        if relative:
            parts.append(self.one_of(words.FAMILY_NEWS).format(name=relative))
        return " ".join([*parts, self.one_of(words.CLOSINGS)])

    def settle_touches(self, people: Sequence[Contact], last: dict[int, Note]) -> None:
        for contact in people:
            if note := last.get(contact.pk):
                contact.last_touch_at, contact.last_feeling = note.at, note.feeling
            contact.plan()
        Contact.objects.bulk_update(people, Contact.PLANNED, batch_size=BATCH)

    def make_promises(self, people: Sequence[Contact]) -> None:
        """A few dozen open ones spread round today, and twice as many with their end."""
        close = [contact for contact in people if contact.circle] or list(people)
        open_now = min(OPEN_PROMISES, len(people) // 2 + 1)
        promises = [self.promise(self.one_of(close), ended=False) for _ in range(open_now)]
        promises += [self.promise(self.one_of(close), ended=True) for _ in range(2 * open_now)]
        events = [event for promise in _insert(promises) for event in self.history(promise)]
        _insert(events)

    def promise(self, contact: Contact, *, ended: bool) -> Promise:
        mine = self.chance(0.8)
        made_on = self.today - self.rng.randint(1, 10) * _DAY
        due_on = self.today + self.rng.randint(-2, 20) * _DAY
        if ended:
            made_on, due_on = (day - self.rng.randint(20, 300) * _DAY for day in (made_on, due_on))
        state = self.rng.choices(["kept", "kept_late", "released", "broken"], [85, 8, 4, 3])[0]
        return Promise(
            contact=contact,
            team_id=self.team_id,
            owner=self.keeper,
            made_by=Promise.By.ME if mine else Promise.By.THEM,
            text=self.one_of(words.PROMISES if mine else words.THEIR_PROMISES),
            made_on=made_on,
            written_on=made_on,
            due_on=due_on,
            told_due_on=due_on,
            state=state if ended else Promise.State.OPEN,
            ended_on=due_on + (state == "kept_late") * 3 * _DAY if ended else None,
            wake_on=None if ended else due_on,
        )

    def history(self, promise: Promise) -> list[PromiseEvent]:
        steps = [("made", promise.made_on)]
        if promise.ended_on:
            steps.append((promise.state, promise.ended_on))
        return [
            PromiseEvent(promise=promise, kind=kind, by=self.keeper, at=self.moment(on))
            for kind, on in steps
        ]

    def moment(self, on: date) -> datetime:
        """Some time of that working day, never after now."""
        wall = time(self.rng.randrange(8, 18), self.rng.randrange(60))
        return min(instant_of(on, wall, self.keeper.zone), self.at)


def _insert[M: models.Model](rows: list[M]) -> list[M]:
    if not rows:
        return rows
    return type(rows[0])._default_manager.bulk_create(rows, batch_size=BATCH)
