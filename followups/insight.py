"""How well one's word is kept: figures with one definition each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from crm.models import User
from followups.models import Promise

PERIOD = timedelta(days=90)
_POINTS = 9


@dataclass(frozen=True, slots=True)
class Share:
    """Promises kept on time, out of those that were due."""

    kept: int
    due: int

    @property
    def share(self) -> float | None:
        """From 0 to 1; None where nothing was due."""
        return self.kept / self.due if self.due else None


@dataclass(frozen=True, slots=True)
class Word:
    """The share kept on time now, in the period before, and as a line over the last period."""

    now: Share
    before: Share
    points: list[float]


def own_word(user: User, today: date) -> Word:
    """How `user` has kept their own promises, in one query over two periods.

    Counted is what was promised by the user and had come due by the date the other side was told,
    unless it was released. On time is what was kept by that date; open and overdue counts as not.
    """
    first = today - 2 * PERIOD
    rows = (
        Promise.objects.owned_by(user)
        .mine()
        .exclude(state=Promise.State.RELEASED)
        .filter(told_due_on__gt=first, told_due_on__lte=today)
        .values_list("told_due_on", "state")
    )
    due = [
        (on, state == Promise.State.KEPT)
        for on, state in rows
        if on is not None and _counts(on, state, today)
    ]
    return Word(
        now=_share(due, today - PERIOD, today),
        before=_share(due, first, today - PERIOD),
        points=_trend(due, today),
    )


def _counts(on: date, state: str, today: date) -> bool:
    """What is open and due only today can still be kept in time."""
    return state != Promise.State.OPEN or on < today


def _share(due: Iterable[tuple[date, bool]], after: date, until: date) -> Share:
    inside = [kept for on, kept in due if after < on <= until]
    return Share(sum(inside), len(inside))


def _trend(due: list[tuple[date, bool]], today: date) -> list[float]:
    """The share over the period that ended on each of some evenly spaced days."""
    step = PERIOD / (_POINTS - 1)
    ends = [today - PERIOD + step * number for number in range(_POINTS)]
    shares = [_share(due, end - PERIOD, end).share for end in ends]
    return [share for share in shares if share is not None]
