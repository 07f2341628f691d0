"""Fills an installation with the demo: who logs in, their books, and what is due in them.

Everything goes through the models' own verbs where they decide something (how a promise ended, when
a contact is next due), so that the demo can only hold what the application itself can write.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import transaction

from contacts.models import Contact, Detail, Fact, Job, LifeEvent, LifeEventKind, Note, Relative
from contacts.models.note import TOUCHING
from contacts.people import find_company
from contacts.phones import normal_phone
from contacts.photos import set_photo
from contacts.searching import index_contacts, index_notes
from contacts.tags import tag
from contacts.teams import find_teams
from crm.local_time import instant_of
from crm.models import Member, Team, User
from followups import answering, scheduling
from followups.demo.between import pass_between
from followups.demo.book import (
    PORTRAITS,
    Keeper,
    Kin,
    Person,
    Said,
    Word,
    read_book,
    read_colleagues,
    read_keepers,
)
from followups.models import Issue, Promise

PASSWORD = "kept-demo"  # noqa: S105 - of invented people, and printed for everybody

# So many days of occasions are made up for: the latest are belated, the first have been missed.
_LOOKS_BACK = timedelta(days=10)
_NEW_TO_THE_BOOK = timedelta(days=8)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DemoReport:
    """What was loaded; nothing where the demo was there already."""

    contacts: int = 0
    notes: int = 0
    promises: int = 0


def fill_demo(*, at: datetime) -> DemoReport:
    """Load the demo as of the instant `at`, all of it or nothing, unless Rosa’s book is there."""
    keepers = read_keepers()
    if Contact.objects.filter(keeper__email=keepers[0].email).exists():
        return DemoReport()
    members = [*keepers, *read_colleagues()]
    hashed = make_password(PASSWORD)  # once: it is slow by design
    with transaction.atomic():
        loaders = [_Loader(_member(each, hashed), read_book(each, at), at) for each in members]
        for loader in loaders:
            loader.load()
        pass_between({loader.user.email: loader.user for loader in loaders}, at)
        for loader in loaders:
            loader.answer_yesterday()
    people = [person for loader in loaders for person in loader.people]
    return DemoReport(
        contacts=len(people),
        notes=sum(len(person.notes) for person in people),
        promises=sum(len(person.promises) for person in people),
    )


def _member(keeper: Keeper, hashed: str) -> User:
    """The user of a log-in, as member of their team; whoever is there already is left alone."""
    user = User.objects.filter(email=keeper.email).select_related("member").first()
    if user is None:
        user = User(
            email=keeper.email,
            password=hashed,
            name=keeper.name,
            time_zone=keeper.time_zone,
            day_first=keeper.day_first,
            people_a_day=keeper.people_a_day,
            working_days=keeper.working_days,
        )
        user.full_clean()
        user.save()
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    if user.role is None:
        team = Team.objects.filter(name=keeper.team, members__user__email__endswith=_DEMO).first()
        team = team or Team.objects.create(name=keeper.team)
        Member.objects.create(user=user, team=team, role=keeper.role)
    return User.objects.select_related("member__team").get(pk=user.pk)


_DEMO = "@kept.example"


class _Loader:
    """Writes one keeper's book."""

    def __init__(self, user: User, people: list[Person], at: datetime) -> None:
        self.user, self.people, self.at = user, people, at
        self.team_id = user.member.team_id
        self.today = user.today(at)
        self.contacts: dict[str, Contact] = {}

    def load(self) -> None:
        for person in self.people:
            self.contacts[person.name] = self.add_contact(person)
        for person in self.people:
            contact = self.contacts[person.name]
            self.add_details(contact, person)
            self.add_family(contact, person)
            self.add_facts(contact, person)
            notes = self.add_notes(contact, person)
            self.add_issues(contact, person)
            self.add_promises(contact, person, notes)
            if person.portrait:
                self.add_photo(contact, person.portrait)
        for contact in self.contacts.values():
            contact.recount_touches()
        Note.objects.filter(author=self.user).recount_answers()
        index_contacts(self.contacts.values())

    def add_contact(self, person: Person) -> Contact:
        contact = Contact(
            team_id=self.team_id,
            keeper=self.user,
            nickname=person.nickname,
            pronunciation=person.pronunciation,
            pronouns=person.pronouns,
            company=find_company(person.company, team_id=self.team_id),
            title=person.title,
            how_met=person.how_met,
            customer_since=person.customer_since,
            circle=person.circle,
            cadence_days=person.cadence_days,
            created_at=self.first_heard_of(person),
            first_due_on=person.first_due_on or self.today,
        )
        contact.rename(person.name)
        contact.plan()
        contact.full_clean(exclude=["tags"])
        contact.save()
        tag([contact], person.tags, self.user)
        return contact

    def first_heard_of(self, person: Person) -> datetime:
        """When somebody came into the book: with the first thing that was written down."""
        noted = [fact.noted_on for fact in person.facts]
        noted += [event.noted_on for event in person.events]
        moments = [each.at for each in person.notes] + [each.made_at for each in person.promises]
        moments += [instant_of(day, time(9), self.user.zone) for day in noted]
        return min(moments, default=self.at - _NEW_TO_THE_BOOK)

    def add_details(self, contact: Contact, person: Person) -> None:
        label = Detail.Label.PERSONAL if person.personal_details else Detail.Label.WORK
        Detail.objects.bulk_create(
            Detail(
                contact=contact,
                kind=kind,
                label=label,
                value=(kind == "phone" and normal_phone(value, None)) or value,
                position=position,
            )
            for position, (kind, value) in enumerate(person.ways)
        )

    def add_family(self, contact: Contact, person: Person) -> None:
        """Relatives, and all that is dated in their lives and the contact's own."""
        known_on = self.user.today(contact.created_at)
        relatives = {kin.name: self.add_relative(contact, kin) for kin in person.relatives}
        events = [
            self.birthday(contact, kin, relatives[kin.name], known_on)
            for kin in person.relatives
            if kin.born
        ]
        if person.birthday:
            own = LifeEvent(kind=LifeEventKind.BIRTHDAY, yearly=True, noted_on=known_on)
            own.when = person.birthday
            events.append(own)
        for each in person.events:
            event = LifeEvent(kind=each.kind, title=each.title, noted_on=each.noted_on)
            event.when, event.relative = each.when, relatives.get(each.who)
            event.yearly = event.nature.yearly
            events.append(event)
        for event in events:
            event.contact, event.author = contact, self.user
            event.plan(self.today - _LOOKS_BACK)
        LifeEvent.objects.bulk_create(events)

    def add_relative(self, contact: Contact, kin: Kin) -> Relative:
        return Relative.objects.create(
            contact=contact,
            author=self.user,
            relation=kin.relation,
            name=kin.name,
            about=kin.about,
        )

    def birthday(self, contact: Contact, kin: Kin, relative: Relative, known_on: date) -> LifeEvent:
        """A birth of which only the year is known says an age and comes round on no day."""
        event = LifeEvent(kind=LifeEventKind.BIRTHDAY, relative=relative, noted_on=known_on)
        if kin.born:
            event.when, event.yearly = kin.born, kin.born.month is not None
        return event

    def add_facts(self, contact: Contact, person: Person) -> None:
        Fact.objects.bulk_create(
            Fact(
                contact=contact,
                author=self.user,
                kind=known.kind,
                text=known.text,
                team_key=_team_key(known.text) if known.kind == Fact.Kind.TEAM else "",
                noted_on=known.noted_on,
            )
            for known in person.facts
        )
        Job.objects.bulk_create(
            Job(
                contact=contact,
                author=self.user,
                company=job.company,
                title=job.title,
                from_year=job.from_year,
                to_year=job.to_year,
            )
            for job in person.jobs
        )

    def add_notes(self, contact: Contact, person: Person) -> list[Note]:
        notes = Note.objects.bulk_create(self.note(said) for said in person.notes)
        Note.contacts.through.objects.bulk_create(
            Note.contacts.through(note_id=note.pk, contact_id=one.pk)
            for note, said in zip(notes, person.notes, strict=True)
            for one in (contact, *(self.contacts[name] for name in said.also))
        )
        index_notes(notes)
        return notes

    def note(self, said: Said) -> Note:
        note = Note(
            team_id=self.team_id,
            author=self.user,
            text=said.text,
            at=said.at,
            created_at=said.at,
            channel=said.channel,
            feeling=said.feeling,
            private=not said.shared,
            began=said.began,
            is_touch=said.channel in TOUCHING,
        )
        note.answered_at = note.answered_in_it(note.created_at)
        return note

    def add_promises(self, contact: Contact, person: Person, notes: list[Note]) -> None:
        for word in person.promises:
            note = next((note for note in notes if note.at == word.made_at), None)
            self.add_promise(contact, word, note)

    def add_promise(self, contact: Contact, word: Word, note: Note | None) -> None:
        """A promise with everything that has happened to it since."""
        sharing = Promise.Sharing.PRIVATE if word.private else Promise.Sharing.MANAGERS
        if note and not note.private:
            sharing = Promise.Sharing.TEAM
        promise = Promise.make(
            contact=contact,
            owner=self.user,
            made_by=word.by,
            text=word.text,
            at=word.made_at,
            due_on=word.due_on,
            sharing=sharing,
            note=note,
            issue=contact.issues.first() if word.mends else None,
        )
        if moved := word.moved:
            promise.renegotiate(due_on=moved.to, told=moved.told, by=self.user, at=moved.at)
        if ended := word.ended:
            if ended.how == "released":
                promise.release(by=self.user, at=ended.at, comment=ended.comment)
            elif ended.how == "broken":
                promise.break_(by=self.user, at=ended.at, comment=ended.comment)
            else:
                promise.keep(by=self.user, at=ended.at)
        if word.context:
            promise.add_context(word.context.text, by=self.user, at=word.context.at)

    def add_issues(self, contact: Contact, person: Person) -> None:
        """What went wrong: the keeper is on it, and settles it where it was settled."""
        for wrong in person.issues:
            issue = Issue.open(
                contact=contact,
                by=self.user,
                at=wrong.opened_at,
                text=wrong.text,
                severity=wrong.severity,
                assignee=self.user,
            )
            if wrong.answered_at:
                issue.answer(by=self.user, at=wrong.answered_at)
            if wrong.settled_at:
                issue.settle(
                    by=self.user, at=wrong.settled_at, feeling=wrong.feeling, comment=wrong.comment
                )

    def add_photo(self, contact: Contact, portrait: str) -> None:
        set_photo(contact, author=self.user, data=(PORTRAITS / portrait).read_bytes())

    def answer_yesterday(self) -> None:
        """What came up until yesterday, of which some was put off until tomorrow; then today's."""
        yesterday = self.today - _DAY
        evening = instant_of(yesterday, time(17, 45), self.user.zone)
        scheduling.sweep_keeper(self.user, today=yesterday, now=evening)
        for contact, until in self.put_off():
            answering.snooze(
                keeper=self.user, contact=contact, until=until, today=yesterday, at=evening
            )
        scheduling.sweep_keeper(self.user, today=self.today, now=self.at)

    def put_off(self) -> Iterator[tuple[Contact, date]]:
        for person in self.people:
            for word in person.promises:
                if word.snoozed_until:
                    yield self.contacts[person.name], word.snoozed_until


def _team_key(name: str) -> str:
    """The key of the team of that full name; empty where the reference list has none."""
    return next((team.key for team in find_teams(name, limit=1) if team.name == name), "")
