"""Follow-through of a thousand histories: the database against a plain computation."""

import random
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta

import pytest

from contacts.models import Contact, LifeEvent
from crm.models import Member, Team, User
from crm.policy import Role
from followups.follow_through import reviewing
from followups.follow_through.scope import Period, Scope
from followups.follow_through.sums import Ratio
from followups.follow_through.word import own_word
from followups.models import Nudge, Promise, PromiseEvent
from tests.factories import NOW, make_team, make_user

DAY = timedelta(days=1)
TODAY = NOW.date()
PERIOD = Period.until(TODAY)
HISTORIES = 1000


def at(day: date, hour: int = 9) -> datetime:
    return datetime.combine(day, time(hour, 17), UTC)


def ago(days: int) -> date:
    return TODAY - days * DAY


pytestmark = pytest.mark.django_db


class Life:
    """One seller's history, lived through the promises' own verbs by a seeded hand."""

    WORDS = [
        *("Send the quote", "send  the QUOTE", "Call her back", "Book the room", "Ask Ed"),
        *("Find the contract", "Read the offer", "Fetch the keys", "Mend the gate", "Write to Jo"),
    ]

    def __init__(self, user: User, contacts: list[Contact], seed: int) -> None:
        self.user, self.contacts, self.rng = user, contacts, random.Random(seed)
        self.promises: list[Promise] = []

    def live(self) -> None:
        day = ago(self.rng.randint(60, 160))
        for _ in range(self.rng.randint(4, 10)):
            self.act(day)
            if self.rng.random() < 0.8:
                day = min(day + self.rng.randint(0, 30) * DAY, TODAY)

    def act(self, day: date) -> None:
        waiting = [promise for promise in self.promises if promise.is_open]
        ended = [promise for promise in self.promises if not promise.is_open]
        dice = self.rng.random()
        if not waiting or dice < 0.35:
            self.make(day)
        elif dice < 0.4 and ended:
            self.rng.choice(ended).reopen(by=self.user, at=at(day))
        elif dice < 0.6:
            due_on = self.rng.choice([None, day + self.rng.randint(-3, 30) * DAY])
            told = self.rng.random() < 0.5
            self.rng.choice(waiting).renegotiate(due_on=due_on, told=told, by=self.user, at=at(day))
        else:
            promise = self.rng.choice(waiting)
            verbs = [promise.keep, promise.keep, promise.keep, promise.release, promise.break_]
            self.rng.choice(verbs)(by=self.user, at=at(day))

    def make(self, day: date) -> None:
        due_on = self.rng.choice([None, *(day + self.rng.randint(-2, 35) * DAY for _ in range(5))])
        promise = Promise.make(
            contact=self.rng.choice(self.contacts[:2]),
            owner=self.user,
            text=self.rng.choice(self.WORDS),
            at=at(day),
            made_by=self.rng.choice(["me", "me", "me", "them"]),
            made_on=day - self.rng.choice([0, 0, 0, 20, 80]) * DAY,
            due_on=due_on,
            sharing=self.rng.choice(["managers", "managers", "team", "private"]),
        )
        self.promises.append(promise)


class Plain:
    """What the figures of one owner are, read from the objects and their events one by one."""

    def __init__(self, promises: list[Promise], *, also_private: bool) -> None:
        self.seen = {
            promise.pk: promise
            for promise in promises
            if promise.made_by == "me" and (also_private or promise.sharing != "private")
        }
        self.all = {promise.pk: promise for promise in promises}
        self.told: dict[int, date | None] = {}
        self.written: dict[int, date] = {}
        self.end: dict[int, tuple[str, date] | None] = {}
        self.again: dict[int, int] = {}
        self.moves: Counter[int] = Counter()
        events = [(e.at, e.pk, e) for p in promises for e in p.events.all()]
        for _, _, event in sorted(events, key=lambda each: each[:2]):
            self.follow(event)

    def follow(self, event: PromiseEvent) -> None:
        pk, day = event.promise_id, event.at.date()
        if event.kind == "made":
            self.told[pk], self.written[pk], self.end[pk] = event.due_after, day, None
            same = [o for o in self.likes(pk) if o in self.end and self.is_unkept(o, since=day)]
            if same:
                self.again[pk] = same[0]
        elif event.kind == "renegotiated":
            if event.told and (self.told[pk] is None or day <= self.told[pk]):
                self.told[pk] = event.due_after
                self.moves[pk] += 1
        elif event.kind == "reopened":
            self.end[pk] = None
        else:
            self.end[pk] = (event.kind, day)
            if event.kind in ("released", "broken"):
                for other in self.likes(pk):
                    is_later = other > pk and other in self.written and other not in self.again
                    was_a_slip = event.kind == "released" and day == self.written[pk]
                    if is_later and self.written[other] >= day - 90 * DAY and not was_a_slip:
                        self.again[other] = pk

    def likes(self, pk: int) -> list[int]:
        def said(promise: Promise) -> tuple[object, ...]:
            words = " ".join(promise.text.lower().split())
            return words, promise.contact_id, promise.made_by

        return [o for o, p in self.all.items() if o != pk and said(p) == said(self.all[pk])]

    def is_unkept(self, pk: int, *, since: date) -> bool:
        kind, day = self.end[pk] or ("open", since)
        was_a_slip = kind == "released" and day == self.written[pk]
        return kind in ("released", "broken") and day >= since - 90 * DAY and not was_a_slip

    def outcome(self, pk: int) -> str | None:
        """How it counts: kept, late or not kept; None if it does not."""
        told, ended = self.told[pk], self.end[pk]
        if told is None or pk in self.again:
            return None
        if ended is None:
            return "not" if told < TODAY else None
        kind, day = ended
        if kind == "broken":
            return "not"
        if day == self.written[pk]:
            return None
        if kind == "released":
            return "not" if day > told or pk in self.again.values() else None
        return "kept" if day <= told else "late"

    def word(self, period: Period) -> tuple[int, int]:
        counted = [self.outcome(pk) for pk in self.due(period)]
        return counted.count("kept"), len([each for each in counted if each])

    def due(self, period: Period) -> list[int]:
        def is_due(pk: int) -> bool:
            told = self.told[pk]
            return told is not None and period.first <= told <= period.last

        return [pk for pk in self.seen if is_due(pk)]

    def late(self, period: Period) -> Counter[str]:
        late = [pk for pk in self.due(period) if self.outcome(pk) == "late"]
        days = [(self.end[pk][1] - self.told[pk]).days for pk in late]
        return Counter(
            "day" if n <= 1 else "week" if n <= 7 else "month" if n <= 30 else "longer"
            for n in days
        )

    def open(self) -> Counter[str]:
        found: Counter[str] = Counter()
        for pk, promise in self.seen.items():
            if self.end[pk] is None and not promise.contact.is_trashed:
                age = (TODAY - promise.made_on).days
                band = "week" if age < 7 else "month" if age < 30 else "quarter"
                found[band if age < 90 else "older"] += 1
                found["overdue"] += self.told[pk] is not None and self.told[pk] < TODAY
        return found

    def moved(self, period: Period) -> int:
        return sum(self.moves[pk] for pk in self.due(period))

    def ended(self, kind: str, period: Period) -> int:
        ends = [self.end[pk] for pk in self.seen if self.end[pk]]
        return sum(k == kind and period.first <= day <= period.last for k, day in ends)


def plain_cadence(contacts: list[Contact], dead: set[int]) -> Counter[str]:
    found: Counter[str] = Counter()
    for contact in contacts:
        days = contact.cadence_days or {"inner": 21, "close": 45, "wide": 120}.get(contact.circle)
        if contact.is_trashed or contact.pk in dead or days is None:
            continue
        name = contact.circle or "other"
        touch = contact.last_touch_at
        due_on = touch.date() + days * DAY if touch else contact.first_due_on
        found[name] += 1
        found[f"{name}_within"] += due_on >= TODAY
    return found


def plain_loyal(contacts: list[Contact], dead: set[int]) -> tuple[int, int]:
    loyal = [
        (contact.last_touch_at or contact.created_at).date()
        for contact in contacts
        if (contact.customer_since or 9999) <= TODAY.year - 2
        and not contact.is_trashed
        and contact.pk not in dead
    ]
    return sum(heard < ago(180) for heard in loyal), len(loyal)


def plain_occasions(nudges: list[Nudge], period: Period) -> tuple[int, int]:
    states = [
        nudge.state
        for nudge in nudges
        if nudge.kind == "occasion" and period.first <= nudge.occurrence_on <= period.last
    ]
    return states.count("done"), states.count("expired")


def make_sellers(team: Team, number: int) -> list[User]:
    users = User.objects.bulk_create(
        User(email=f"s{n}@example.com", name=f"Seller {n:04}", time_zone="UTC")
        for n in range(number)
    )
    Member.objects.bulk_create(Member(user=user, team=team, role=Role.SELLER) for user in users)
    return list(User.objects.filter(pk__in=[u.pk for u in users]).select_related("member"))


def make_people(users: list[User], team: Team, rng: random.Random) -> dict[int, list[Contact]]:
    def one(user: User, number: int) -> Contact:
        heard = rng.choice([None, at(ago(rng.randint(0, 300)), rng.randrange(24))])
        return Contact(
            keeper=user,
            team=team,
            name=f"Person {number}",
            sort_name=f"person {number}",
            circle=rng.choice(["", "inner", "close", "wide"]),
            cadence_days=rng.choice([None, None, rng.randint(1, 200)]),
            customer_since=rng.choice([None, rng.randint(2015, 2026)]),
            last_touch_at=heard,
            first_due_on=ago(rng.randint(-20, 20)),
            created_at=at(ago(rng.randint(0, 400))),
            trashed_at=NOW if number == 1 and rng.random() < 0.1 else None,
        )

    people = Contact.objects.bulk_create(one(user, n) for user in users for n in range(3))
    LifeEvent.objects.bulk_create(
        LifeEvent(
            contact=person,
            author=person.keeper,
            kind="death",
            year=2026,
            noted_on=TODAY,
            trashed_at=rng.choice([None, None, NOW]),
        )
        for person in people
        if rng.random() < 0.1
    )
    found: dict[int, list[Contact]] = {user.pk: [] for user in users}
    for person in people:
        found[person.keeper_id].append(person)
    return found


def make_occasions(people: list[Contact], rng: random.Random) -> None:
    Nudge.objects.bulk_create(
        Nudge(
            keeper=person.keeper,
            contact=person,
            kind=rng.choice(["occasion", "occasion", "prepare"]),
            source=f"life_event:{number}",
            occurrence_on=(on := ago(rng.randint(-5, 200))),
            show_on=on,
            latest_on=on,
            state=rng.choice(["open", "done", "done", "expired", "skipped", "snoozed"]),
            made_at=NOW,
        )
        for person in people
        for number in range(2)
    )


@pytest.mark.long
def test_figures_of_a_thousand_histories_are_those_of_a_plain_computation(now):
    rng = random.Random(1907)
    team = make_team()
    manager = make_user(team=team, role=Role.MANAGER, time_zone="UTC")
    users = make_sellers(team, HISTORIES)
    people = make_people(users, team, rng)
    make_occasions([person for several in people.values() for person in several], rng)
    lives = [Life(user, people[user.pk], seed) for seed, user in enumerate(users)]
    for life in lives:
        life.live()

    period = Period(ago(61), TODAY)
    review = reviewing.review(Scope(manager, TODAY), period)

    of = {line.user.pk: line.figures for line in review.lines if line.user}
    promises = _by(Promise.objects.prefetch_related("events").select_related("contact"), "owner_id")
    nudges, dead = _by(Nudge.objects.all(), "keeper_id"), _the_dead()
    wrong = [
        (user.name, name, said, right)
        for user in users
        for name, said, right in _compare(
            of[user.pk],
            Plain(promises.get(user.pk, []), also_private=False),
            people[user.pk],
            nudges[user.pk],
            dead,
            period,
        )
    ]
    assert wrong == []
    counted = review.total
    assert (counted.word.due > 500, counted.late.whole > 50, counted.moved.moved > 20) == (
        True,
    ) * 3
    assert review.total.word.now == sum((step.word for step in review.trend), Ratio())
    assert next(s.period.first for s in review.trend) == period.first
    some = users[::100]
    own = [own_word(user, TODAY) for user in some]
    plain = [Plain(promises.get(user.pk, []), also_private=True) for user in some]
    assert [(w.now.part, w.now.whole) for w in own] == [p.word(PERIOD) for p in plain]
    assert [(w.before.part, w.before.whole) for w in own] == [p.word(PERIOD.before) for p in plain]


def _by(rows, key: str) -> dict[int, list]:
    found: dict[int, list] = {}
    for row in rows:
        found.setdefault(getattr(row, key), []).append(row)
    return found


def _the_dead() -> set[int]:
    deaths = LifeEvent.objects.filter(kind="death", trashed_at=None, relative=None)
    return set(deaths.values_list("contact", flat=True))


def _compare(figures, plain, people, nudges, dead, period):
    """Each figure that the database and the plain computation tell differently."""
    before = period.before
    word, open_, late = figures.word, figures.open, figures.late
    plain_late, plain_open = plain.late(period), plain.open()
    circles = plain_cadence(people, dead)
    pairs = {
        "word": ((word.kept, word.due), plain.word(period)),
        "word before": ((word.kept_before, word.due_before), plain.word(before)),
        "open": (
            [open_.week, open_.month, open_.quarter, open_.older, open_.overdue],
            [plain_open[band] for band in ("week", "month", "quarter", "older", "overdue")],
        ),
        "late": (
            [late.day, late.week, late.month, late.longer, late.before],
            [
                *(plain_late[band] for band in ("day", "week", "month", "longer")),
                plain.late(before).total(),
            ],
        ),
        "moved": (
            (figures.moved.moved, figures.moved.moved_before),
            (plain.moved(period), plain.moved(before)),
        ),
        "broken": (
            [figures.broken.broken, figures.broken.broken_before],
            [plain.ended("broken", period), plain.ended("broken", before)],
        ),
        "released": (
            [figures.broken.released, figures.broken.released_before],
            [plain.ended("released", period), plain.ended("released", before)],
        ),
        "occasions": (
            (figures.occasions.marked, figures.occasions.missed),
            plain_occasions(nudges, period),
        ),
        "occasions before": (
            (figures.occasions.marked_before, figures.occasions.missed_before),
            plain_occasions(nudges, before),
        ),
        "cadence": (
            {name: number for name, number in _fields(figures.cadence) if number},
            {name: number for name, number in circles.items() if number},
        ),
        "loyal": (
            (figures.loyal.unheard, figures.loyal.customers),
            plain_loyal(people, dead),
        ),
    }
    return [(name, said, right) for name, (said, right) in pairs.items() if said != right]


def _fields(sums) -> list[tuple[str, int]]:
    return [(name, getattr(sums, name)) for name in sums.__dataclass_fields__]
