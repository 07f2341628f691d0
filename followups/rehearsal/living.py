"""The years: irregular ticks, and everything that may go wrong with them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from time import perf_counter
from typing import Any

from django.db import connection
from django.db.models import Min

from crm.models import User
from followups import ticking
from followups.models import Delivery
from followups.rehearsal.journal import CADENCE, WORD, Journal, Verdict
from followups.rehearsal.keepers import Lives
from followups.rehearsal.letters import Letters, Post
from followups.rehearsal.plain_calendar import DAY
from followups.rehearsal.trouble import Broker, Crash, PostOffice, Saboteur, carry_out

BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
# So often a day nothing runs for hours or for weeks, or the clock jumps; it is soon put right.
HOURS_OUT, WEEKS_OUT, CLOCK_JUMPS = 1 / 14, 1 / 200, 1 / 60
MENDED = 0.2
WRONG_BY = [HOUR, -HOUR, DAY, -DAY]
BY_WORKERS = 0.5


@dataclass(slots=True)
class Outcome:
    """What a rehearsal lived through, and how it compares."""

    database: str
    people: int
    years: float
    seed: int
    keepers: int = 0
    zones: int = 0
    ticks: int = 0
    outages: int = 0
    longest_outage_days: float = 0
    crashes: int = 0
    clock_jumps: int = 0
    tasks: dict[str, int] = field(default_factory=dict)
    acts: dict[str, int] = field(default_factory=dict)
    minutes: float = 0
    occasions: Verdict = field(default_factory=Verdict)
    promises: Verdict = field(default_factory=Verdict)
    cadences: Verdict = field(default_factory=Verdict)
    mails: Post = field(default_factory=Post)

    @property
    def judged(self) -> list[Verdict | Post]:
        return [self.occasions, self.promises, self.cadences, self.mails]

    @property
    def faults(self) -> int:
        return sum(each.faults for each in self.judged)

    @property
    def examples(self) -> list[str]:
        return [example for each in self.judged for example in each.examples]


class Rehearsal:
    """One run; `tell` is told of each year that has passed."""

    def __init__(self, *, people: int, years: float, seed: int, tell: Callable[[str], Any]) -> None:
        self.rng = Random(seed)  # noqa: S311 - nothing secret is drawn
        self.people, self.tell = people, tell
        self.end = BEGIN + years * 365.25 * DAY
        self.journal = Journal()
        self.lives = Lives(self.rng, self.journal, (self.end + 400 * DAY).date())
        self.saboteur = Saboteur(self.rng)
        self.office = PostOffice(self.rng, self.saboteur)
        self.broker = Broker(self.rng)
        self.letters = Letters(self.journal, self.lives, self.office)
        self.wrong_by = timedelta(0)
        self._began = perf_counter()
        self.outcome = Outcome(connection.vendor, people, years, seed)

    def run(self) -> Outcome:
        now, year = BEGIN, BEGIN.year
        self.lives.settle(self.people, (self.end - now) / DAY, now)
        with connection.execute_wrapper(self.saboteur):
            while now < self.end:
                self._live_through(now)
                now = self._next(now)
                if now.year > year:
                    self._say(year)
                    year = now.year
            self._come_to_rest(now)
        self._compare()
        return self.outcome

    def _live_through(self, true_now: datetime) -> None:
        now = true_now + self.wrong_by
        self._note_the_day(now)
        is_whole = self._tick(now)
        self.lives.look(now)
        self.letters.read(now)
        if is_whole:
            self.lives.live(now)
            self.lives.look(now)

    def _note_the_day(self, now: datetime) -> None:
        for keeper in self.lives.keepers.values():
            keeper.reached = max(keeper.reached, keeper.today(now))

    # --- A tick ---

    def _tick(self, now: datetime) -> bool:
        """Whether all days were turned afterwards; what was not, the next tick finds."""
        self.outcome.ticks += 1
        hand = self.broker.hand if self.rng.random() < BY_WORKERS else ticking.act_here
        self._survive(lambda: ticking.tick(now, hand=hand))
        for task in self.broker.deliver():
            self._survive(partial(carry_out, task, now))
        return not ticking.find_days(now)

    def _survive(self, work: Callable[[], object]) -> None:
        """Do it in a process that may die meanwhile; the next one has a connection of its own."""
        self.saboteur.arm()
        try:
            work()
        except Crash:
            connection.close()
        finally:
            self.saboteur.disarm()

    # --- Time ---

    def _next(self, now: datetime) -> datetime:
        """When it ticks next: some time after something is due, unless nothing runs for long."""
        late = self.rng.randint(1, self.rng.choice([5, 90, 180])) * MINUTE
        due = self._due_next()
        after = max(now + late, due + late - self.wrong_by if due else now)
        days = (after - now) / DAY
        self._change_clock(days)
        chance = self.rng.random() / days
        if chance < WEEKS_OUT:
            return after + self._outage(self.rng.uniform(3, 35) * DAY)
        if chance < WEEKS_OUT + HOURS_OUT:
            return after + self._outage(self.rng.uniform(2, 60) * HOUR)
        return after

    def _outage(self, length: timedelta) -> timedelta:
        length = timedelta(minutes=length // MINUTE)
        self.outcome.outages += 1
        days = round(length / DAY, 1)
        self.outcome.longest_outage_days = max(self.outcome.longest_outage_days, days)
        return length

    def _due_next(self) -> datetime | None:
        users = User.objects.aggregate(day=Min("day_turns_at"), digest=Min("digest_due_at"))
        waiting = Delivery.objects.waiting().order_by()
        rows = waiting.aggregate(due=Min("next_try_at"), lease=Min("claimed_until"))
        return min(filter(None, [*users.values(), *rows.values()]), default=None)

    def _change_clock(self, days: float) -> None:
        if self.wrong_by and self.rng.random() < MENDED:
            self.wrong_by = timedelta(0)
        elif not self.wrong_by and self.rng.random() < days * CLOCK_JUMPS:
            self.wrong_by = self.rng.choice(WRONG_BY)
            self.outcome.clock_jumps += 1

    def _come_to_rest(self, now: datetime) -> None:
        """Some ticks of peace, that nothing is left which only lacked one."""
        self.wrong_by = timedelta(0)
        self.saboteur.retire()
        for _ in range(12):
            self._live_through(now)
            now += timedelta(minutes=11)

    # --- In the end ---

    def _say(self, year: int) -> None:
        """What can be said when a year is over."""
        self._judge()
        so_far, office = self.outcome.occasions, self.office
        self.tell(
            f"{year} is over after {self.outcome.minutes} minutes: {so_far.due:,} occasions due so "
            f"far, {so_far.missed} missed, {so_far.doubled} doubled; "
            f"{office.taken.total():,} mails, {office.twice} twice."
        )

    def _judge(self) -> None:
        outcome = self.outcome
        until = {keeper.pk: keeper.lived_on for keeper in self.lives.keepers.values()}
        outcome.occasions = self.journal.compare(until, ["occasion", "prepare"])
        outcome.promises = self.journal.compare(until, WORD)
        outcome.cadences = self.journal.compare(until, [CADENCE])
        outcome.minutes = round((perf_counter() - self._began) / 60, 1)

    def _compare(self) -> None:
        self._judge()
        outcome, acts = self.outcome, self.lives.acts
        outcome.mails = self.letters.close()
        outcome.keepers, outcome.zones = len(self.lives.keepers), len(self.lives.lived_in)
        outcome.acts = dict(sorted(acts.items()))
        outcome.crashes = self.saboteur.crashes
        broker = self.broker
        outcome.tasks = {"twice": broker.twice, "late": broker.delayed, "lost": broker.lost}
