"""Keepers and how they live with their books, by the acts that the pages call.

Whatever they write down goes into the journal as well, in the journal's own terms.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from random import Random
from zoneinfo import ZoneInfo

from contacts import pieces, trash
from contacts.models import Contact, LifeEvent, LifeEventKind, Relative
from contacts.partial_dates import PartialDate, PartialDateError
from contacts.people import add_contact
from crm.local_time import zone_names
from crm.models import Away, User
from crm.teams import found_team
from followups import answering, queue
from followups.invented_words import ENGLISH
from followups.models import Answer, Nudge, Promise
from followups.rehearsal.journal import CADENCE, WORD, Entry, Journal, Key, Seen
from followups.rehearsal.plain_calendar import DAY, Due, Written, due_of

PEOPLE_EACH = 250
CIRCLE_DAYS = {"inner": 21, "close": 45, "wide": 120}
CIRCLES = ["inner", "close", "wide", *[""] * 15]
DIGEST_HOURS = [
    *(time(0), time(0, 30), time(1, 30), time(2), time(2, 30), time(3), time(6, 30)),
    *[time(7)] * 5,
    *(time(23, 30), time(23, 59)),
]
ONE_OFFS = [
    kind for kind in LifeEventKind if not kind.nature.yearly and kind != LifeEventKind.DEATH
]
SORROWS = {"surgery", "illness", "separation", "bereavement", "death"}
# What a keeper does on a day of theirs, and how often.
OPENS_TODAY, ANSWERS, GOES_AWAY = 0.1, 0.4, 1 / 90
MOVES_AT_LEAST, MOVES_AT_MOST = 1 / 70, 1 / 14
NOTES_DOWN, CORRECTS, MOURNS, PROMISES = 1 / 40, 1 / 100, 1 / 300, 1 / 25
WAS_MISTAKEN = 0.3


@dataclass(slots=True)
class Person:
    """A contact, with their life events by source."""

    contact: Contact
    cadence: int | None
    events: dict[str, LifeEvent] = field(default_factory=dict)
    relatives: list[Relative] = field(default_factory=list)
    is_dead: bool = False
    has_sorrow: bool = False


@dataclass(slots=True)
class Keeper:
    """A user with their book; `reached` is the latest date that it ever was for them.

    `waiting` are the nudges that nobody has answered, `asleep` those that come back on a day.
    """

    pk: int
    zone: str
    digest_at: time
    rests_on: set[int]
    takes_mail: bool
    reached: date = date.min
    lived_on: date = date.min
    moved_at: datetime | None = None
    away: list[tuple[date, date]] = field(default_factory=list)
    people: dict[int, Person] = field(default_factory=dict)
    promises: list[Promise] = field(default_factory=list)
    waiting: dict[int, Key] = field(default_factory=dict)
    asleep: dict[int, date] = field(default_factory=dict)
    mistakes: list[tuple[date, Person, LifeEvent]] = field(default_factory=list)

    def today(self, now: datetime) -> date:
        return now.astimezone(ZoneInfo(self.zone)).date()

    def rests(self, day: date) -> bool:
        is_away = any(first <= day <= last for first, last in self.away)
        return is_away or day.isoweekday() in self.rests_on

    def user(self) -> User:
        return User.objects.select_related("member__team").get(pk=self.pk)


class Lives:
    """All keepers of a rehearsal, and the zones that they will live in, one after another."""

    def __init__(self, rng: Random, journal: Journal, last: date) -> None:
        self.rng, self.journal, self.last = rng, journal, last
        self.keepers: dict[int, Keeper] = {}
        self.lived_in: set[str] = set()
        self._zones = self._deal_zones()
        self._moves = 0.0
        self.acts: dict[str, int] = {}

    def settle(self, people: int, days: float, now: datetime) -> None:
        """So many people, spread over keepers who live in all zones within `days`, if they can."""
        for number in range(max(2, people // PEOPLE_EACH)):
            self._add_keeper(number)
        keepers = list(self.keepers.values())
        enough = 1.2 * len(zone_names()) / len(keepers) / days
        self._moves = min(max(enough, MOVES_AT_LEAST), MOVES_AT_MOST)
        users = {keeper.pk: keeper.user() for keeper in keepers}
        for number in range(people):
            keeper = keepers[number % len(keepers)]
            self._add_person(keeper, users[keeper.pk], now)

    def live(self, now: datetime) -> None:
        """A day in the life of everybody whose morning has come, and who has not lived it yet."""
        for keeper in self.keepers.values():
            here = now.astimezone(ZoneInfo(keeper.zone))
            if here.hour >= 8 and here.date() > keeper.lived_on:
                keeper.lived_on = here.date()
                self._live_a_day(keeper, now)

    def take_in(self, found: list[tuple[Key, Seen]]) -> None:
        """These nudges are new."""
        for key, seen in found:
            if not seen.is_over:
                self.keepers[key[0]].waiting[seen.pk] = key

    # --- Settling ---

    def _deal_zones(self) -> Iterator[str]:
        while True:
            names = sorted(zone_names())
            self.rng.shuffle(names)
            yield from names

    def _next_zone(self) -> str:
        zone = next(self._zones)
        self.lived_in.add(zone)
        return zone

    def _add_keeper(self, number: int) -> None:
        rests_on = self.rng.choice([set(), {6, 7}, {5, 6}, {7}])
        user = User.objects.create(
            email=f"rehearsal{number}@kept.example",
            name=f"Keeper {number}",
            time_zone=self._next_zone(),
            digest_at=self.rng.choice(DIGEST_HOURS),
            working_days=sorted({1, 2, 3, 4, 5, 6, 7} - rests_on),
            people_a_day=50,
            digest_wanted=number == 0 or self.rng.random() < 0.7,
        )
        found_team(user)
        self.keepers[user.pk] = Keeper(
            user.pk, user.time_zone, user.digest_at, rests_on, user.digest_wanted
        )

    def _add_person(self, keeper: Keeper, user: User, now: datetime) -> None:
        circle = self.rng.choice(CIRCLES)
        name = f"{self.rng.choice(ENGLISH.given)} {self.rng.choice(ENGLISH.family)}"
        contact = add_contact(keeper=user, now=now, name=name, circle=circle)
        person = keeper.people[contact.pk] = Person(contact, CIRCLE_DAYS.get(circle))
        today = keeper.today(now)
        if person.cadence is not None:
            self._await_touch(keeper, person, due=today, since=today)
        kinds = ["birthday"] * (self.rng.random() < 0.9)
        kinds += ["anniversary"] * (self.rng.random() < 0.2)
        kinds += self.rng.choices(ONE_OFFS, k=self.rng.choice([0, 0, 1, 2]))
        for kind in kinds:
            self._write_event(keeper, person, kind, now)
        if self.rng.random() < 0.3:
            self._add_relative(keeper, person, now)

    # --- A day ---

    def _live_a_day(self, keeper: Keeper, now: datetime) -> None:
        self._look_for_the_vanished(keeper)
        self._answer(keeper, now)
        self._see_to_promises(keeper, now)
        has_written = False
        for chance, act in (
            (NOTES_DOWN, self._note_down),
            (CORRECTS, self._correct),
            (MOURNS, self._mourn),
            (PROMISES, self._promise),
            (GOES_AWAY, self._go_away),
        ):
            if self.rng.random() < chance:
                self._count(act.__name__)
                act(keeper, now)
                has_written = True
        has_written |= self._take_mistakes_back(keeper, now)
        if has_written or self.rng.random() < OPENS_TODAY:
            queue.build(keeper.user(), today=keeper.today(now), now=now)
        if self.rng.random() < self._moves:
            self._move(keeper, now)

    def _look_for_the_vanished(self, keeper: Keeper) -> None:
        """What waits for an answer must not end by itself before its time."""
        rows = Nudge.objects.filter(keeper=keeper.pk, state__in=Nudge.WAITING)
        still = set(rows.values_list("pk", flat=True))
        for pk, key in list(keeper.waiting.items()):
            if pk in still:
                continue
            del keeper.waiting[pk]
            ends = max(self.journal.ends(key), keeper.asleep.get(pk, date.min) + DAY)
            if keeper.reached < ends:
                self.journal.vanished.append(key)

    def _count(self, what: str) -> None:
        self.acts[what] = self.acts.get(what, 0) + 1

    def _answer(self, keeper: Keeper, now: datetime) -> None:
        """Some of those who wait are called, put off or passed over."""
        today = keeper.today(now)
        waiting: dict[int, list[int]] = {}
        for pk, (_, contact, kind, _, _) in keeper.waiting.items():
            if kind not in WORD and keeper.asleep.get(pk, today) <= today:
                waiting.setdefault(contact, []).append(pk)
        for contact in waiting:
            if self.rng.random() < ANSWERS:
                self._answer_one(keeper, keeper.people[contact], today, now)

    def _answer_one(self, keeper: Keeper, person: Person, today: date, now: datetime) -> None:
        user = keeper.user()
        how = self.rng.choices(["done", "skip", "snooze", "talk"], weights=[5, 2, 2, 1])[0]
        asked = {"keeper": user, "contact": person.contact, "today": today, "at": now}
        answer: Answer | None
        if how == "snooze":
            until = today + self.rng.randint(1, 10) * DAY
            answer = answering.snooze(until=until, **asked)  # type: ignore[arg-type]
        elif how == "talk" and person.cadence is None:
            answer = answering.talked(**asked)  # type: ignore[arg-type]
        elif how == "skip":
            answer = answering.skip(**asked)  # type: ignore[arg-type]
        else:
            answer = answering.done(**asked)  # type: ignore[arg-type]
        if answer is None or answer.at != now:
            return
        self._count(how)
        pks = [int(pk) for pk in answer.before["nudges"]]
        if how == "snooze":
            keeper.asleep |= dict.fromkeys(pks, until)
            return
        for pk in pks:
            keeper.waiting.pop(pk, None)
        self._restart(keeper, person, today)

    def _restart(self, keeper: Keeper, person: Person, today: date) -> None:
        """Whoever was due for a touch has had one, and is due again a cadence later."""
        entry = self.journal.latest(_source(person.contact))
        if person.cadence is None or entry is None or entry.dues[0].on > today:
            return
        self.journal.close(entry.source, on=today, reached=keeper.reached)
        # One that was put off has had its answer, too.
        for pk, key in list(keeper.waiting.items()):
            if key[3] == entry.source:
                del keeper.waiting[pk]
        self._await_touch(keeper, person, due=today + person.cadence * DAY, since=today)

    def _await_touch(self, keeper: Keeper, person: Person, *, due: date, since: date) -> None:
        dues = [Due(due, CADENCE, due, date.max)]
        source = _source(person.contact)
        self.journal.write(Entry(keeper.pk, person.contact.pk, source, dues, date.min, since))

    def _see_to_promises(self, keeper: Keeper, now: datetime) -> None:
        today = keeper.today(now)
        for promise in list(keeper.promises):
            chance = 0.2 if promise.asked_on <= today else 0.01
            if self.rng.random() < chance:
                self._see_to(keeper, promise, today, now)

    def _see_to(self, keeper: Keeper, promise: Promise, today: date, now: datetime) -> None:
        user = promise.owner = keeper.user()
        if promise.due_on is not None and self.rng.random() < 0.1:
            self._waver(promise, user, now)
            return
        self.journal.close(f"promise:{promise.pk}", on=today, reached=keeper.reached)
        for pk, key in list(keeper.waiting.items()):
            if key[3] == f"promise:{promise.pk}":
                del keeper.waiting[pk]
        if self.rng.random() < 0.3:
            later = max(promise.asked_on, today) + self.rng.randint(1, 30) * DAY
            promise.renegotiate(due_on=later, told=True, by=user, at=now)
            self._expect_word(keeper, promise, today)
            return
        promise.keep(by=user, at=now)
        keeper.promises.remove(promise)

    def _waver(self, promise: Promise, user: User, now: datetime) -> None:
        """Moved, and moved back at once: it is due as before."""
        self._count("waver")
        before = promise.due_on
        promise.renegotiate(due_on=user.today(now) + 30 * DAY, told=False, by=user, at=now)
        promise.renegotiate(due_on=before, told=False, by=user, at=now)

    def _promise(self, keeper: Keeper, now: datetime) -> None:
        today, person = keeper.today(now), self._somebody(keeper)
        due_on = today + self.rng.randint(0, 60) * DAY if self.rng.random() < 0.9 else None
        promise = Promise.make(
            contact=person.contact,
            owner=keeper.user(),
            text="Send the brochure",
            at=now,
            made_by=self.rng.choice(["me", "them"]),
            due_on=due_on,
        )
        keeper.promises.append(promise)
        self._expect_word(keeper, promise, today)

    def _expect_word(self, keeper: Keeper, promise: Promise, today: date) -> None:
        on = promise.due_on or today + 7 * DAY
        due = Due(on, "promise" if promise.made_by == "me" else "owed", on, date.max)
        source = f"promise:{promise.pk}"
        self.journal.write(Entry(keeper.pk, promise.contact_id, source, [due], today, today))

    def _go_away(self, keeper: Keeper, now: datetime) -> None:
        first = keeper.today(now) + self.rng.randint(0, 20) * DAY
        last = first + self.rng.randint(0, 20) * DAY
        Away.objects.create(user_id=keeper.pk, starts_on=first, ends_on=last)
        keeper.away.append((first, last))

    def _move(self, keeper: Keeper, now: datetime) -> None:
        """As the page of settings does it."""
        self._count("_move")
        user = keeper.user()
        user.time_zone = keeper.zone = self._next_zone()
        user.stop_clocks()
        user.save(update_fields=["time_zone", "day_turns_at", "digest_due_at"])
        keeper.moved_at = now

    # --- Lives of others ---

    def _somebody(self, keeper: Keeper) -> Person:
        return self.rng.choice([one for one in keeper.people.values() if not one.is_dead])

    def _note_down(self, keeper: Keeper, now: datetime) -> None:
        person = self._somebody(keeper)
        if self.rng.random() < 0.3:
            self._add_relative(keeper, person, now)
        else:
            self._write_event(keeper, person, self.rng.choice(ONE_OFFS), now)

    def _write_event(
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

    def _add_relative(self, keeper: Keeper, person: Person, now: datetime) -> None:
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
            self._write_event(keeper, person, "birth", now, when=born)

    def _correct(self, keeper: Keeper, now: datetime) -> None:
        """A date was wrong."""
        person, today = self._somebody(keeper), keeper.today(now)
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

    def _mourn(self, keeper: Keeper, now: datetime) -> None:
        """Somebody has died: a contact, or a relative of theirs; at times it was not true."""
        person, today = self._somebody(keeper), keeper.today(now)
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
            self._write_event(keeper, person, kind, now, relative=relative, when=on)
            person.relatives.remove(relative)
            return
        sources = [source for source in person.events if self._holds(source)]
        self._forget(keeper, [*sources, _source(person.contact)], today)
        person.is_dead = True
        death = LifeEvent(contact=person.contact, author_id=keeper.pk, kind="death", noted_on=today)
        death.when = on
        pieces.save_event(death, seen=death.version, today=today)
        if self.rng.random() < WAS_MISTAKEN:
            back_on = today + self.rng.randint(1, 500) * DAY
            keeper.mistakes.append((back_on, person, death))

    def _take_mistakes_back(self, keeper: Keeper, now: datetime) -> bool:
        today = keeper.today(now)
        mistakes = [one for one in keeper.mistakes if one[0] <= today]
        for mistake in mistakes:
            keeper.mistakes.remove(mistake)
            _, person, death = mistake
            self._count("alive_after_all")
            trash.remove(LifeEvent.objects.select_related("contact").get(pk=death.pk), at=now)
            person.is_dead = False
            self._revive(keeper, person, today)
        return bool(mistakes)

    def _revive(self, keeper: Keeper, person: Person, today: date) -> None:
        gone = {event.relative_id for event in person.events.values() if event.kind in SORROWS}
        for event in list(person.events.values()):
            is_of_the_dead = event.relative_id in gone - {None} and event.kind not in SORROWS
            if not is_of_the_dead:
                event = LifeEvent.objects.select_related("contact").get(pk=event.pk)
                self._expect(keeper, person, event, today)
        entry = self.journal.latest(_source(person.contact))
        if entry is not None:
            self._await_touch(keeper, person, due=entry.dues[0].on, since=today)


def _source(contact: Contact) -> str:
    return f"contact:{contact.pk}"
