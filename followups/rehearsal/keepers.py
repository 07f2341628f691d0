"""Keepers and how they live with their books, by the acts that the pages call.

Whatever they write down goes into the journal as well, in the journal's own terms.
"""

from collections.abc import Iterator
from datetime import date, datetime, time
from random import Random
from zoneinfo import ZoneInfo

from contacts.people import add_contact
from crm.local_time import zone_names
from crm.models import Away, User
from crm.teams import found_team
from followups import answering, queue
from followups.invented_words import ENGLISH
from followups.models import Answer, Nudge, Promise
from followups.rehearsal.books import Keeper, Person
from followups.rehearsal.fates import ONE_OFFS, Fates, source_of
from followups.rehearsal.journal import WORD, Entry, Journal
from followups.rehearsal.plain_calendar import DAY, Due

PEOPLE_EACH = 250
CIRCLE_DAYS = {"inner": 21, "close": 45, "wide": 120}
CIRCLES = ["inner", "close", "wide", *[""] * 15]
DIGEST_HOURS = [
    *(time(0), time(0, 30), time(1, 30), time(2), time(2, 30), time(3), time(6, 30)),
    *[time(7)] * 5,
    *(time(23, 30), time(23, 59)),
]
# What a keeper does on a day of theirs, and how often.
OPENS_TODAY, ANSWERS, GOES_AWAY = 0.1, 0.4, 1 / 90
MOVES_AT_LEAST, MOVES_AT_MOST = 1 / 70, 1 / 14
NOTES_DOWN, CORRECTS, MOURNS, PROMISES = 1 / 40, 1 / 100, 1 / 300, 1 / 25


class Lives:
    """All keepers of a rehearsal, and the zones that they will live in, one after another."""

    def __init__(self, rng: Random, journal: Journal, last: date) -> None:
        self.rng, self.journal = rng, journal
        self.fates = Fates(rng, journal, last)
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

    def look(self, now: datetime) -> None:
        """Take in the nudges that are new, each as of its keeper's date."""
        zones = {keeper.pk: keeper.zone for keeper in self.keepers.values()}
        for key, seen in self.journal.look(zones, now):
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
            self.fates.await_touch(keeper, person, due=today, since=today)
        kinds = ["birthday"] * (self.rng.random() < 0.9)
        kinds += ["anniversary"] * (self.rng.random() < 0.2)
        kinds += self.rng.choices(ONE_OFFS, k=self.rng.choice([0, 0, 1, 2]))
        for kind in kinds:
            self.fates.write_event(keeper, person, kind, now)
        if self.rng.random() < 0.3:
            self.fates.add_relative(keeper, person, now)

    # --- A day ---

    def _live_a_day(self, keeper: Keeper, now: datetime) -> None:
        self._look_for_the_vanished(keeper)
        self._answer(keeper, now)
        self._see_to_promises(keeper, now)
        has_written = False
        for chance, act in (
            (NOTES_DOWN, self.fates.note_down),
            (CORRECTS, self.fates.correct),
            (MOURNS, self.fates.mourn),
            (PROMISES, self._promise),
            (GOES_AWAY, self._go_away),
        ):
            if self.rng.random() < chance:
                self._count(act.__name__.strip("_"))
                act(keeper, now)
                has_written = True
        for _ in range(self.fates.take_mistakes_back(keeper, now)):
            self._count("alive_after_all")
            has_written = True
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
        entry = self.journal.latest(source_of(person.contact))
        if person.cadence is None or entry is None or entry.dues[0].on > today:
            return
        self.journal.close(entry.source, on=today, reached=keeper.reached)
        # One that was put off has had its answer, too.
        for pk, key in list(keeper.waiting.items()):
            if key[3] == entry.source:
                del keeper.waiting[pk]
        self.fates.await_touch(keeper, person, due=today + person.cadence * DAY, since=today)

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
        today, person = keeper.today(now), keeper.somebody(self.rng)
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
        self._count("move")
        self.look(now)  # what came up here came up on this zone's date
        user = keeper.user()
        user.time_zone = keeper.zone = self._next_zone()
        user.stop_clocks()
        user.save(update_fields=["time_zone", "day_turns_at", "digest_due_at"])
        keeper.moved_at = now
