"""What keepers wrote down, what was seen of it, and how the two compare."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from followups.models import Nudge
from followups.rehearsal.plain_calendar import Due

# keeper, contact, kind, source, day
type Key = tuple[int, int, str, str, date]

WORD = {"promise", "owed"}
CADENCE = "cadence"
# What is still asked for after its day: it comes up as soon as it is known.
STANDING = {*WORD, CADENCE, "prepare"}


@dataclass(slots=True)
class Entry:
    """Something written down, and from when to when it holds, both days included.

    What the scheduler may have made by the time it was taken back lies before `reached`.
    """

    keeper: int
    contact: int
    source: str
    dues: list[Due]
    noted_on: date
    since: date
    until: date = date.max
    reached: date = date.max

    def shows(self, due: Due) -> date:
        """The day from which it says that it is to be shown: none before it was known."""
        return max(due.shows, self.noted_on)

    def first_day(self, due: Due) -> date | None:
        """The day on which `due` should come up; None if it never should."""
        day = due.shows
        if day < self.since < due.ends and due.kind in STANDING:
            day = self.since
        return day if self.since <= day <= self.until else None

    def allows(self, due: Due) -> bool:
        return self.first_day(due) is not None or self.until < due.shows <= self.reached

    def key(self, due: Due) -> Key:
        return self.keeper, self.contact, due.kind, self.source, due.on


@dataclass(frozen=True, slots=True)
class Seen:
    """A nudge as it was first seen; `made_on` is the keeper's date then."""

    pk: int
    made_on: date
    show_on: date
    is_marked: bool
    is_over: bool


@dataclass(slots=True)
class Verdict:
    """How the calendar and what was seen compare; the last six must be 0.

    `due` things came up `on_the_day`, or `late` after an outage (`too_late` to be of use), and
    marked so, else `unmarked`; `early` ones came before their day or for another; `uncalled_for`
    ones nobody had written down; `vanished` ones ended by themselves before their time.
    """

    due: int = 0
    on_the_day: int = 0
    late: int = 0
    too_late: int = 0
    missed: int = 0
    doubled: int = 0
    unmarked: int = 0
    early: int = 0
    uncalled_for: int = 0
    vanished: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def faults(self) -> int:
        wrong = self.unmarked + self.early + self.uncalled_for + self.vanished
        return self.missed + self.doubled + wrong

    def blame(self, fault: str, what: object) -> None:
        setattr(self, fault, getattr(self, fault) + 1)
        if len(self.examples) < 20:
            self.examples.append(f"{fault}: {what}")


class Journal:
    """Everything that was written down in a rehearsal, and every nudge that was ever seen."""

    def __init__(self) -> None:
        self.entries: dict[str, list[Entry]] = defaultdict(list)
        self.seen: dict[Key, list[Seen]] = defaultdict(list)
        self._by_day: dict[tuple[int, date], list[tuple[Entry, Due]]] = defaultdict(list)
        self.vanished: list[Key] = []
        self._ends: dict[Key, date] = {}
        self._last_pk = 0

    def write(self, entry: Entry) -> None:
        self.entries[entry.source].append(entry)
        for due in entry.dues:
            day = entry.first_day(due)
            self._ends[entry.key(due)] = due.ends
            if day is not None:
                self._by_day[entry.keeper, day].append((entry, due))

    def close(self, source: str, *, on: date, reached: date) -> None:
        """From the day after `on` it holds no more; the scheduler had got to `reached`."""
        entry = self.latest(source)
        if entry is not None and entry.until == date.max:
            entry.until, entry.reached = on, reached

    def latest(self, source: str) -> Entry | None:
        entries = self.entries.get(source)
        return entries[-1] if entries else None

    def ends(self, key: Key) -> date:
        """From when on what `key` names is of no use any more."""
        return self._ends.get(key, date.min)

    def coming_up(self, keeper: int, day: date) -> Iterator[tuple[Entry, Due]]:
        """What should come up for `keeper` on `day`."""
        for entry, due in self._by_day.get((keeper, day), []):
            if entry.first_day(due) == day:
                yield entry, due

    def look(self, zones: dict[int, str], now: datetime) -> list[tuple[Key, Seen]]:
        """Read the nudges made since the last look, at the instant `now`."""
        rows = Nudge.objects.filter(pk__gt=self._last_pk).order_by("pk").values_list(*_COLUMNS)
        found = []
        for pk, keeper, contact, kind, source, on, show_on, late, state in rows:
            made_on = now.astimezone(ZoneInfo(zones[keeper])).date()
            seen = Seen(pk, made_on, show_on, late, state == "expired")
            key = (keeper, contact, kind, source, on)
            self.seen[key].append(seen)
            found.append((key, seen))
            self._last_pk = pk
        return found

    def compare(self, until: dict[int, date], kinds: Iterable[str]) -> Verdict:
        """Everything that should have come up by each keeper's day in `until`, and what did."""
        verdict, wanted = Verdict(), set(kinds)
        for key in self.vanished:
            if key[2] in wanted:
                verdict.blame("vanished", key)
        called_for = set()
        for entry, due in self._all():
            if due.kind not in wanted:
                continue
            if entry.allows(due):
                called_for.add(entry.key(due))
            first = entry.first_day(due)
            if first is not None and first <= until[entry.keeper]:
                verdict.due += 1
                _judge(verdict, entry, due, first, self.seen.get(entry.key(due), []))
        for key, rows in self.seen.items():
            if key[2] in wanted and key not in called_for:
                verdict.blame("uncalled_for", (key, rows))
        return verdict

    def _all(self) -> Iterator[tuple[Entry, Due]]:
        """Each thing due once, though it may have been written down again."""
        for entries in self.entries.values():
            told: set[Key] = set()
            for entry in entries:
                for due in entry.dues:
                    if entry.key(due) in told:
                        continue
                    if entry.first_day(due) is not None:
                        told.add(entry.key(due))
                    yield entry, due


_COLUMNS = (
    *("pk", "keeper_id", "contact_id", "kind", "source"),
    *("occurrence_on", "show_on", "late", "state"),
)


def _judge(verdict: Verdict, entry: Entry, due: Due, first: date, rows: list[Seen]) -> None:
    if not rows:
        verdict.blame("missed", entry.key(due))
        return
    if len(rows) > 1:
        verdict.blame("doubled", (entry.key(due), rows))
    seen = rows[0]
    is_over = due.ends <= seen.made_on
    if seen.made_on < first or seen.show_on != entry.shows(due):
        verdict.blame("early", (entry.key(due), seen))
    elif seen.is_marked != (seen.made_on > entry.shows(due)) or seen.is_over != is_over:
        verdict.blame("unmarked", (entry.key(due), seen))
    elif seen.made_on == first:
        verdict.on_the_day += 1
    elif is_over:
        verdict.too_late += 1
    else:
        verdict.late += 1
