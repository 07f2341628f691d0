"""Reads the demo's books: TOML in, people with real days and instants out.

Pure but for reading the files. The format stands in the package's own words; whatever does not
follow it raises `BookError` with the name of the person it is about.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from contacts.models import LifeEventKind
from contacts.partial_dates import PartialDate
from crm.local_time import instant_of
from followups.demo.days import Days

HERE = Path(__file__).parent
PORTRAITS = HERE / "portraits"

type Raw = Mapping[str, Any]


class BookError(ValueError):
    """What is wrong with a book, and where."""


@dataclass(frozen=True, slots=True)
class Keeper:
    """Somebody who logs in; `book` names the folder of their people, empty for none."""

    email: str
    name: str
    team: str
    role: str
    time_zone: str
    day_first: bool
    people_a_day: int
    working_days: list[int]
    book: str = ""


@dataclass(frozen=True, slots=True)
class Kin:
    """A relative or a pet."""

    relation: str
    name: str
    about: str
    born: PartialDate | None


@dataclass(frozen=True, slots=True)
class Event:
    kind: str
    who: str
    when: PartialDate
    title: str
    noted_on: date


@dataclass(frozen=True, slots=True)
class Known:
    """A fact."""

    kind: str
    text: str
    noted_on: date


@dataclass(frozen=True, slots=True)
class FormerJob:
    company: str
    title: str
    from_year: int
    to_year: int


@dataclass(frozen=True, slots=True)
class Said:
    """A note; `also` names whom it is about besides."""

    at: datetime
    channel: str
    feeling: str
    shared: bool
    began: str
    text: str
    also: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    at: datetime
    to: date
    told: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """How a promise ended: kept, kept late, released or broken."""

    how: str
    at: datetime
    comment: str


@dataclass(frozen=True, slots=True)
class Context:
    """What its owner says of how a promise came to be missed."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Word:
    """A promise; `mends` says that it is to make the person's issue right."""

    by: str
    text: str
    made_at: datetime
    due_on: date | None
    moved: Moved | None
    ended: Ended | None
    private: bool
    mends: bool
    snoozed_until: date | None
    context: Context | None

    @property
    def told_due_on(self) -> date | None:
        """The date the other side knows of."""
        return self.moved.to if self.moved and self.moved.told else self.due_on


@dataclass(frozen=True, slots=True)
class Wrong:
    """An issue: answered and settled after so many hours, if it was."""

    text: str
    severity: str
    opened_at: datetime
    answered_at: datetime | None
    settled_at: datetime | None
    feeling: str
    comment: str


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    nickname: str
    pronunciation: str
    pronouns: str
    company: str
    title: str
    ways: list[tuple[str, str]]
    personal_details: bool
    how_met: str
    circle: str
    cadence_days: int | None
    first_due_on: date | None
    tags: list[str]
    customer_since: int | None
    birthday: PartialDate | None
    portrait: str
    relatives: list[Kin]
    events: list[Event]
    facts: list[Known]
    jobs: list[FormerJob]
    notes: list[Said]
    promises: list[Word]
    issues: list[Wrong]


def read_keepers() -> list[Keeper]:
    """Who logs in, in the order of the file."""
    return [Keeper(**row) for row in read_file("keepers.toml")["keepers"]]


def read_colleagues() -> list[Keeper]:
    """The other sellers of their team."""
    return [Keeper(**row) for row in read_file("keepers.toml")["colleagues"]]


def read_file(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))


def read_book(keeper: Keeper, at: datetime) -> list[Person]:
    """The people of `keeper`'s book, with all days reckoned from their date at the instant `at`."""
    if not keeper.book:
        return []
    zone = ZoneInfo(keeper.time_zone)
    reader = _Reader(Days(at.astimezone(zone).date(), keeper.day_first), zone)
    return [reader.person(raw) for raw in read_rows(keeper.book)]


def read_rows(book: str) -> Iterator[Raw]:
    """The people of a book as they are written."""
    for path in sorted((HERE / "books" / book).glob("*.toml")):
        yield from tomllib.loads(path.read_text(encoding="utf-8"))["people"]


@dataclass(frozen=True, slots=True)
class _Reader:
    days: Days
    zone: ZoneInfo

    def person(self, raw: Raw) -> Person:
        """One person of a book; raises `BookError`."""
        try:
            _check_keys(raw, _PERSON)
            return self._person(raw)
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise BookError(f"{raw.get('name')}: {error!r}") from error

    def _person(self, raw: Raw) -> Person:
        since, first = raw.get("customer_for_years"), raw.get("first_due")
        notes = [self._said(row) for row in raw.get("notes", [])]
        return Person(
            name=raw["name"],
            nickname=raw.get("nickname", ""),
            pronunciation=raw.get("pronunciation", ""),
            pronouns=raw["pronouns"],
            company=raw.get("company", ""),
            title=raw.get("title", ""),
            ways=[(kind, value) for kind, key in _WAYS for value in raw.get(key, [])],
            personal_details=raw.get("personal_details", False),
            how_met=raw["how_met"],
            circle=raw.get("circle", ""),
            cadence_days=raw.get("cadence_days"),
            first_due_on=self.days.on(first) if first else None,
            tags=raw["tags"],
            customer_since=None if since is None else self.days.today.year - since,
            birthday=self._born(raw.get("birthday")),
            portrait=raw.get("portrait", ""),
            relatives=[self._kin(row) for row in raw.get("relatives", [])],
            events=[self._event(row) for row in raw.get("life_events", [])],
            facts=[self._known(row) for row in raw.get("facts", [])],
            jobs=[self._job(row) for row in raw.get("jobs", [])],
            notes=notes,
            promises=[self._word(row, notes) for row in raw.get("promises", [])],
            issues=[self._wrong(row) for row in raw.get("issues", [])],
        )

    def _kin(self, raw: Raw) -> Kin:
        _check_keys(raw, {"relation", "name", "born", "about"})
        return Kin(raw["relation"], raw["name"], raw.get("about", ""), self._born(raw.get("born")))

    def _born(self, raw: Raw | None) -> PartialDate | None:
        return self.days.partial(raw, yearly=True) if raw else None

    def _event(self, raw: Raw) -> Event:
        _check_keys(raw, {"kind", "who", "when", "title", "noted"})
        return Event(
            kind=raw["kind"],
            who=raw.get("who", ""),
            when=self.days.partial(raw["when"], yearly=LifeEventKind(raw["kind"]).nature.yearly),
            title=raw["title"],
            noted_on=self.days.worked_on(raw["noted"]),
        )

    def _known(self, raw: Raw) -> Known:
        _check_keys(raw, {"kind", "text", "noted"})
        return Known(raw["kind"], self.days.say(raw["text"]), self.days.worked_on(raw["noted"]))

    def _job(self, raw: Raw) -> FormerJob:
        _check_keys(raw, {"company", "title", "from_years_ago", "to_years_ago"})
        year = self.days.today.year
        return FormerJob(
            company=raw["company"],
            title=raw["title"],
            from_year=year - raw["from_years_ago"],
            to_year=year - raw["to_years_ago"],
        )

    def _said(self, raw: Raw) -> Said:
        _check_keys(
            raw, {"days_ago", "on", "at", "channel", "feeling", "shared", "began", "text", "also"}
        )
        day = self.days.worked_on(raw.get("on", raw))
        return Said(
            at=instant_of(day, time.fromisoformat(raw["at"]), self.zone),
            channel=raw["channel"],
            feeling=raw.get("feeling", ""),
            began=raw.get("began", "me"),
            shared=raw.get("shared", False),
            text=self.days.say(raw["text"]),
            also=tuple(raw.get("also", [])),
        )

    def _word(self, raw: Raw, notes: list[Said]) -> Word:
        _check_keys(
            raw,
            {
                *("by", "text", "made_days_ago", "due", "moved", "ended", "private"),
                *("mends", "snoozed_for", "context"),
            },
        )
        due, moved, ended = raw.get("due"), raw.get("moved"), raw.get("ended")
        context = raw.get("context")
        made_at = self._made_at(raw["made_days_ago"], notes)
        return Word(
            by=raw["by"],
            text=self.days.say(raw["text"]),
            made_at=made_at,
            due_on=self.days.worked_on(due) if due else None,
            moved=self._moved(moved) if moved else None,
            ended=self._ended(ended, after=made_at) if ended else None,
            private=raw.get("private", False),
            mends=raw.get("mends", False),
            snoozed_until=self.days.away(raw["snoozed_for"]) if "snoozed_for" in raw else None,
            context=self._context(context) if context else None,
        )

    def _wrong(self, raw: Raw) -> Wrong:
        _check_keys(
            raw,
            {"text", "severity", "days_ago", "at", "answered_after_hours", "settled"},
        )
        opened_at = self._at(raw, time.fromisoformat(raw["at"]))
        hours, settled = raw.get("answered_after_hours"), raw.get("settled", {})
        return Wrong(
            text=self.days.say(raw["text"]),
            severity=raw["severity"],
            opened_at=opened_at,
            answered_at=None if hours is None else opened_at + timedelta(hours=hours),
            settled_at=self._at(settled, time(16, 30)) if settled else None,
            feeling=settled.get("feeling", ""),
            comment=settled.get("comment", ""),
        )

    def _made_at(self, days_ago: int, notes: list[Said]) -> datetime:
        """When the note of that day was written; noon where there is none."""
        noon = self._at({"days_ago": days_ago}, time(12))
        day = noon.astimezone(self.zone).date()
        written = [note.at for note in notes if note.at.astimezone(self.zone).date() == day]
        return min(written, default=noon)

    def _moved(self, raw: Raw) -> Moved:
        _check_keys(raw, {"days_ago", "to", "told"})
        return Moved(self._at(raw, time(12)), self.days.worked_on(raw["to"]), raw["told"])

    def _ended(self, raw: Raw, *, after: datetime) -> Ended:
        _check_keys(raw, {"how", "days_ago", "comment"})
        at = max(self._at(raw, time(17, 30)), after + timedelta(minutes=10))
        return Ended(raw["how"], at, raw.get("comment", ""))

    def _context(self, raw: Raw) -> Context:
        _check_keys(raw, {"days_ago", "text"})
        return Context(self._at(raw, time(18)), raw["text"])

    def _at(self, raw: Raw, wall: time) -> datetime:
        return instant_of(self.days.worked_on(raw), wall, self.zone)


_WAYS = [("email", "emails"), ("phone", "phones"), ("address", "addresses"), ("url", "urls")]
_PERSON = {key for _, key in _WAYS} | {
    *("name", "nickname", "pronunciation", "pronouns", "company", "title", "how_met", "portrait"),
    *("personal_details", "circle", "cadence_days", "first_due", "tags", "customer_for_years"),
    *("birthday", "relatives", "life_events", "facts", "jobs", "notes", "promises", "issues"),
}


def _check_keys(raw: Raw, known: set[str]) -> None:
    if unknown := set(raw) - known:
        raise BookError(f"unknown {', '.join(sorted(unknown))}")
