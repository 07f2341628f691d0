"""What happens to the people in the books: dates to come, births, deaths, and mistakes about them.

Whatever is written down goes into the journal as well, in the journal's own terms.
"""

from datetime import date, datetime
from random import Random

from contacts import pieces, trash
from contacts.models import Contact, LifeEvent, LifeEventKind, Relative
from contacts.partial_dates import PartialDate, PartialDateError
from followups.invented_words import ENGLISH
from followups.rehearsal.books import Keeper, Person
from followups.rehearsal.journal import CADENCE, Entry, Journal
from followups.rehearsal.plain_calendar import DAY, Due, Written, due_of

ONE_OFFS = [
    kind for kind in LifeEventKind if not kind.nature.yearly and kind != LifeEventKind.DEATH
]
SORROWS = {"surgery", "illness", "separation", "bereavement", "death"}
WAS_MISTAKEN = 0.3


class Fates:
    """Each verb writes something down by the acts that the pages call; dates until `last` count."""

    def __init__(self, rng: Random, journal: Journal, last: date) -> None:
        self.rng, self.journal, self.last = rng, journal, last

    def note_down(self, keeper: Keeper, now: datetime) -> None:
        person = keeper.somebody(self.rng)
        if self.rng.random() < 0.3:
            self.add_relative(keeper, person, now)
        else:
            self.write_event(keeper, person, self.rng.choice(ONE_OFFS), now)

    def write_event(
        self,
        keeper: Keeper,
        person: Person,
        kind: str,
        now: datetime,
        *,
        relative: Relative | None = None,
        when: PartialDate | None = None,
    ) -> LifeEvent:
        yearly = LifeEventKind(kind).nature.yearly
        event = LifeEvent(
            contact=person.contact,
            author_id=keeper.pk,
            relative=relative,
            kind=kind,
            yearly=yearly,
            march_first=self.rng.random() < 0.5,
            noted_on=keeper.today(now),
        )
        event.when = when or self._some_date(keeper.today(now), yearly=yearly)
        pieces.save_event(event, seen=event.version, today=keeper.today(now))
        self._expect(keeper, person, event, keeper.today(now))
        return event

    def _expect(self, keeper: Keeper, person: Person, event: LifeEvent, since: date) -> None:
        person.events[f"life_event:{event.pk}"] = event
        person.has_sorrow |= event.kind in SORROWS
        is_own = event.relative_id is None
        written = Written(
            kind=event.kind,
            year=event.year,
            month=event.month,
            day=event.day,
            yearly=event.yearly,
            noted_on=event.noted_on,
            march_first=event.march_first,
            card=is_own and event.yearly and person.contact.circle == "inner",
        )
        dues = due_of(written, self.last)
        source = f"life_event:{event.pk}"
        self.journal.write(Entry(keeper.pk, person.contact.pk, source, dues, event.noted_on, since))

    def _some_date(self, today: date, *, yearly: bool) -> PartialDate:
        """Every kind of partial date: of the past where it comes every year, else of any time."""
        year = self.rng.randint(1930, today.year) if yearly else None
        if not yearly:
            year = self.rng.randint(today.year - 1, max(self.last.year, today.year + 2))
        month, day = self.rng.randint(1, 12), self.rng.randint(1, 31)
        if self.rng.random() < 0.08:
            month, day = 2, 29
        shape = self.rng.choices(["ymd", "md", "ym", "m", "y"], weights=[40, 40, 8, 6, 6])[0]
        try:
            return PartialDate(
                year if "y" in shape else None,
                month if "m" in shape else None,
                day if "d" in shape else None,
            )
        except PartialDateError:  # no such day: another
            return self._some_date(today, yearly=yearly)

    def add_relative(self, keeper: Keeper, person: Person, now: datetime) -> None:
        """A relative with a birthday; at times one who was born today."""
        today = keeper.today(now)
        relative = Relative(
            contact=person.contact,
            author=keeper.user(),
            relation=self.rng.choice(["daughter", "son", "wife", "pet"]),
            name=self.rng.choice(ENGLISH.given),
        )
        is_born = self.rng.random() < 0.3
        born = (
            PartialDate(today.year, today.month, today.day)
            if is_born
            else self._some_date(today, yearly=True)
        )
        pieces.save_relative(relative, seen=relative.version, born=born, now=now)
        person.relatives.append(relative)
        self._expect(keeper, person, relative.life_events.get(), today)
        if is_born:
            self.write_event(keeper, person, "birth", now, when=born)

    def correct(self, keeper: Keeper, now: datetime) -> None:
        """A date was wrong."""
        person, today = keeper.somebody(self.rng), keeper.today(now)
        sources = [s for s in person.events if self._holds(s)]
        if not sources:
            return
        source = self.rng.choice(sources)
        event = LifeEvent.objects.select_related("contact").get(pk=person.events[source].pk)
        if event.kind in SORROWS:
            return
        self._forget(keeper, [source], today)
        event.when = self._some_date(today, yearly=event.yearly)
        pieces.save_event(event, seen=event.version, today=today)
        self._expect(keeper, person, event, today)

    def _holds(self, source: str) -> bool:
        entry = self.journal.latest(source)
        return entry is not None and entry.until == date.max

    def _forget(self, keeper: Keeper, sources: list[str], today: date) -> None:
        for source in sources:
            self.journal.close(source, on=today, reached=keeper.reached)
        for pk, key in list(keeper.waiting.items()):
            if key[3] in sources:
                del keeper.waiting[pk]

    def mourn(self, keeper: Keeper, now: datetime) -> None:
        """Somebody has died: a contact, or a relative of theirs; at times it was not true."""
        person, today = keeper.somebody(self.rng), keeper.today(now)
        on = PartialDate(today.year, today.month, today.day)
        relative = self.rng.choice([None, *person.relatives])
        if relative is not None:
            theirs = [
                source
                for source, event in person.events.items()
                if event.relative_id == relative.pk and event.kind not in SORROWS
            ]
            self._forget(keeper, theirs, today)
            kind = self.rng.choice(["bereavement", "death"])
            self.write_event(keeper, person, kind, now, relative=relative, when=on)
            person.relatives.remove(relative)
            return
        sources = [source for source in person.events if self._holds(source)]
        self._forget(keeper, [*sources, source_of(person.contact)], today)
        person.is_dead = True
        death = LifeEvent(contact=person.contact, author_id=keeper.pk, kind="death", noted_on=today)
        death.when = on
        pieces.save_event(death, seen=death.version, today=today)
        if self.rng.random() < WAS_MISTAKEN:
            back_on = today + self.rng.randint(1, 500) * DAY
            keeper.mistakes.append((back_on, person, death))

    def take_mistakes_back(self, keeper: Keeper, now: datetime) -> int:
        """Whoever was mourned by mistake is alive; returns how many are."""
        today = keeper.today(now)
        mistakes = [one for one in keeper.mistakes if one[0] <= today]
        for mistake in mistakes:
            keeper.mistakes.remove(mistake)
            _, person, death = mistake
            trash.remove(LifeEvent.objects.select_related("contact").get(pk=death.pk), at=now)
            person.is_dead = False
            self._revive(keeper, person, today)
        return len(mistakes)

    def _revive(self, keeper: Keeper, person: Person, today: date) -> None:
        gone = {event.relative_id for event in person.events.values() if event.kind in SORROWS}
        for event in list(person.events.values()):
            is_of_the_dead = event.relative_id in gone - {None} and event.kind not in SORROWS
            if not is_of_the_dead:
                event = LifeEvent.objects.select_related("contact").get(pk=event.pk)
                self._expect(keeper, person, event, today)
        entry = self.journal.latest(source_of(person.contact))
        if entry is not None:
            self.await_touch(keeper, person, due=entry.dues[0].on, since=today)

    def await_touch(self, keeper: Keeper, person: Person, *, due: date, since: date) -> None:
        dues = [Due(due, CADENCE, due, date.max)]
        source = source_of(person.contact)
        self.journal.write(Entry(keeper.pk, person.contact.pk, source, dues, date.min, since))


def source_of(contact: Contact) -> str:
    return f"contact:{contact.pk}"
