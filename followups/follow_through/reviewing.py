"""Follow-through as it is looked at: every figure of a team, or of one, in a stretch of days."""

from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass, field, fields
from functools import reduce
from typing import Any

from crm.models import User
from followups.follow_through.answers import Answers, answers
from followups.follow_through.issues import Issues, issues
from followups.follow_through.people import Cadence, Loyal, Occasions, cadence, loyal, occasions
from followups.follow_through.promises import (
    Broken,
    Late,
    Moved,
    Open,
    broken,
    late,
    moved,
    oldest,
    open_,
)
from followups.follow_through.scope import Period, Scope
from followups.follow_through.word import Step, Tally, Word, tally, trend, word
from followups.models import Promise


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of one owner, or of several together."""

    word: Word = field(default_factory=Word)
    open: Open = field(default_factory=Open)
    late: Late = field(default_factory=Late)
    moved: Moved = field(default_factory=Moved)
    broken: Broken = field(default_factory=Broken)
    occasions: Occasions = field(default_factory=Occasions)
    cadence: Cadence = field(default_factory=Cadence)
    loyal: Loyal = field(default_factory=Loyal)
    issues: Issues = field(default_factory=Issues)
    answers: Answers = field(default_factory=Answers)

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(
            *(getattr(self, each.name) + getattr(other, each.name) for each in fields(self))
        )

    @property
    def is_empty(self) -> bool:
        return self == Figures()


@dataclass(frozen=True, slots=True)
class Line:
    """One member's; without one, those of who has left the team."""

    user: User | None
    figures: Figures


@dataclass(frozen=True, slots=True)
class Review:
    """What there is to see of a scope; `lines` in the order of the alphabet."""

    scope: Scope
    period: Period
    total: Figures
    lines: list[Line]
    trend: list[Step]
    oldest: list[Promise]

    @property
    def is_of_one(self) -> bool:
        return len(self.lines) == 1


def review(scope: Scope, period: Period) -> Review:
    """Thirteen queries, however many promises, people and members there are."""
    tallies = tally(scope, period)
    rows = read(scope, period, tallies)
    members = [member.user for member in scope.members()]
    lines = [Line(user, rows.pop(user.pk, Figures())) for user in members]
    if rows:
        lines.append(Line(None, reduce(Figures.__add__, rows.values())))
    return Review(
        scope=scope,
        period=period,
        total=reduce(Figures.__add__, (line.figures for line in lines), Figures()),
        lines=lines,
        trend=trend(tallies, period),
        oldest=oldest(scope),
    )


def read(scope: Scope, period: Period, tallies: list[Tally]) -> dict[int, Figures]:
    """The figures of each owner who has any; ten queries."""
    columns: dict[str, Mapping[int, Any]] = {
        "word": word(tallies),
        "open": open_(scope),
        "late": late(scope, period),
        "moved": moved(scope, period),
        "broken": broken(scope, period),
        "occasions": occasions(scope, period),
        "cadence": cadence(scope),
        "loyal": loyal(scope),
        "issues": issues(scope, period),
        "answers": answers(scope, period),
    }
    owners = {owner for column in columns.values() for owner in column}
    return {
        owner: Figures(**{name: col[owner] for name, col in columns.items() if owner in col})
        for owner in owners
    }


# --- As a table ------------------------------------------------------------------------------

HEADINGS = [
    *("Seller", "Kept on time", "Due", "Kept on time before", "Due before"),
    *("Open under a week", "Open under a month", "Open under 90 days", "Open longer", "Overdue"),
    *("A day late", "Up to a week late", "Up to a month late", "Later", "Late before"),
    *("Moved in time", "Moved in time before"),
    *("Broken", "Released", "Broken before", "Released before"),
    *("Occasions marked", "Occasions missed", "Marked before", "Missed before"),
    *("Inner circle", "Within", "Close circle", "Within", "Wide circle", "Within"),
    *("In no circle", "Within", "Loyal and unheard of", "Loyal customers"),
    *("Issues open", "Older than a week", "Settled in a day", "Settled in a week"),
    *("Settled later", "Settled before", "Answered in a day"),
    *("Got in touch, answered in a day", "In three days", "In a week", "Later", "Still waiting"),
    *("Answered in a day before", "Got in touch before"),
]


def table(review: Review) -> Iterator[list[str | int]]:
    """The figures as rows under `HEADINGS`: numbers, of which one makes one's own shares."""
    for line in review.lines:
        yield [_safe(_name(line)), *_numbers(line.figures)]
    if len(review.lines) > 1:
        yield ["All", *_numbers(review.total)]


def _name(line: Line) -> str:
    return str(line.user) if line.user else "No longer in the team"


def _safe(text: str) -> str:
    """A name that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _numbers(figures: Figures) -> list[int]:
    return [number for each in fields(figures) for number in astuple(getattr(figures, each.name))]
