"""What had to be in the mails, and whether each came once, on its date and at its hour."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from followups.models import Delivery, Nudge
from followups.rehearsal.books import Keeper
from followups.rehearsal.journal import CADENCE, Journal
from followups.rehearsal.keepers import Lives
from followups.rehearsal.plain_calendar import DAY
from followups.rehearsal.trouble import PostOffice

# Of longer outages the last so many dates are written down.
REMEMBERED = 31
OUTAGE = "outage"
# Clocks that go back show an hour twice, and those that go forward leave up to two out.
CLOCK_CHANGE = timedelta(hours=3)
SETTLED = timedelta(days=3)


@dataclass(slots=True)
class Post:
    """The mails of a rehearsal; the last five must be 0.

    Of the `dates` on which one was due became what `states` counts; in those that were written
    stood all of `items`, else `absent`.
    """

    dates: int = 0
    states: dict[str, int] = field(default_factory=dict)
    items: int = 0
    told_again: int = 0
    twice: int = 0
    absent: int = 0
    forgotten: int = 0
    left_hanging: int = 0
    at_wrong_time: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def faults(self) -> int:
        wrong = self.forgotten + self.left_hanging + self.at_wrong_time
        return self.twice + self.absent + wrong

    def blame(self, fault: str, what: object) -> None:
        setattr(self, fault, getattr(self, fault) + 1)
        if len(self.examples) < 20:
            self.examples.append(f"{fault}: {what}")


class Letters:
    """Reads along."""

    def __init__(self, journal: Journal, lives: Lives, office: PostOffice) -> None:
        self.journal, self.lives, self.office = journal, lives, office
        self.post = Post()
        self._doubtful: dict[int, list[tuple[date, list[int]]]] = defaultdict(list)

    def read(self, now: datetime) -> None:
        """Look into the mails that were spoken of with the mail server since the last look."""
        spoken_of, self.office.spoken_of = self.office.spoken_of, []
        if not spoken_of:
            return
        for row in Delivery.objects.filter(message_id__in=spoken_of).order_by("pk"):
            keeper = self.lives.keepers[row.user_id]
            items = set(row.items)
            self._look_for_what_is_due(keeper, row, items)
            self._look_for_what_was_in_doubt(keeper, row, items)
            self._look_at_the_hour(keeper, row, now)

    def _look_for_what_is_due(self, keeper: Keeper, row: Delivery, items: set[int]) -> None:
        wanted = self._due(keeper, row.local_date) | self._woken(keeper, row.local_date)
        self.post.items += len(wanted)
        for pk in wanted - items:
            self.post.blame("absent", (row.user_id, row.local_date, keeper.waiting.get(pk, pk)))

    def _due(self, keeper: Keeper, on: date) -> set[int]:
        """What comes up on that day and nobody has answered: the days of others, and one's word."""
        wanted = set()
        for entry, due in self.journal.coming_up(keeper.pk, on):
            rows = self.journal.seen.get(entry.key(due), [])
            pk = rows[-1].pk if rows else 0
            is_answered = bool(rows) and pk not in keeper.waiting
            is_asleep = keeper.asleep.get(pk, on) > on
            if due.kind != CADENCE and not is_answered and not is_asleep:
                wanted.add(pk)
        return {pk for pk in wanted if not self._is_hushed(keeper, pk)}

    def _woken(self, keeper: Keeper, on: date) -> set[int]:
        """What was put off until that day; on a day off it may wait for the next working one."""
        if keeper.rests(on):
            return set()
        back = {pk for pk, until in keeper.asleep.items() if until == on and pk in keeper.waiting}
        return {
            pk
            for pk in back
            if keeper.waiting[pk][2] != CADENCE and not self._is_hushed(keeper, pk)
        }

    def _is_hushed(self, keeper: Keeper, pk: int) -> bool:
        """Whether a sorrow may have changed what is said."""
        key = keeper.waiting.get(pk)
        if key is None:
            return False
        person = keeper.people[key[1]]
        return person.has_sorrow or person.is_dead

    def _look_for_what_was_in_doubt(self, keeper: Keeper, row: Delivery, items: set[int]) -> None:
        """What a mail told of that may not have arrived must be told again."""
        doubtful = self._doubtful[keeper.pk]
        for on, told in doubtful:
            if on >= row.local_date or on < row.local_date - REMEMBERED * DAY:
                continue
            for pk in self._still_true(told, row.local_date) - items:
                self.post.blame("absent", (row.user_id, row.local_date, f"in doubt on {on}", pk))
            self.post.told_again += 1
        if row.state == Delivery.State.SENT:
            self._doubtful[keeper.pk] = [one for one in doubtful if one[0] > row.local_date]
        elif (row.local_date, row.items) not in doubtful:
            doubtful.append((row.local_date, row.items))

    def _still_true(self, told: list[int], on: date) -> set[int]:
        rows = Nudge.objects.standing(on).filter(pk__in=told)
        return set(rows.exclude(kind__in=Nudge.BY_CONTACT).values_list("pk", flat=True))

    def _look_at_the_hour(self, keeper: Keeper, row: Delivery, now: datetime) -> None:
        if keeper.moved_at is not None and abs(now - keeper.moved_at) < SETTLED:
            return
        here = now.astimezone(ZoneInfo(keeper.zone)).replace(tzinfo=None)
        wished = datetime.combine(row.local_date, keeper.digest_at)
        noon = datetime.combine(row.local_date, datetime.min.time()) + timedelta(hours=12)
        latest = max(noon, wished + timedelta(hours=2)) + CLOCK_CHANGE
        if not wished - CLOCK_CHANGE <= here <= latest:
            self.post.blame("at_wrong_time", (row.user_id, row.local_date, here))

    def close(self) -> Post:
        """Count what became of all of them."""
        self.post.twice = self.office.twice
        states = Counter(
            f"{state}: {why}" if why else state
            for state, why in Delivery.objects.values_list("state", "why")
        )
        self.post.states = dict(states.most_common())
        self.post.dates = sum(states.values())
        self.post.left_hanging = Delivery.objects.filter(state__in=Delivery.WAITING).count()
        for keeper in self.lives.keepers.values():
            self._count_dates(keeper)
        return self.post

    def _count_dates(self, keeper: Keeper) -> None:
        """Every date in between has its row, but before the last month of a longer outage."""
        if not keeper.takes_mail:
            return
        rows = Delivery.objects.filter(user=keeper.pk).order_by("local_date")
        dates = list(rows.values_list("local_date", "why"))
        for number, ((before, _), (after, _)) in enumerate(pairwise(dates), 1):
            following = dates[number : number + REMEMBERED - 1]
            was_out = len(following) == REMEMBERED - 1 and {why for _, why in following} == {OUTAGE}
            if after - before > DAY and not was_out:
                self.post.blame("forgotten", (keeper.pk, before, after))
        if not dates or dates[-1][0] < keeper.reached - 2 * DAY:
            self.post.blame("forgotten", (keeper.pk, "the last days"))
