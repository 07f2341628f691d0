"""The list of promises, a page at a time and in groups by when they are due.

A page begins after the last promise of the one before it: what ends or is added meanwhile moves
nothing from one page to another.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

from django.db.models import Q

from followups.models import Promise
from followups.models.promise import PromiseQuerySet

PAGE = 50


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ends: the day by which the list is ordered, None for no date, and the key."""

    on: date | None
    pk: int

    def __str__(self) -> str:
        return f"{self.on or ''}_{self.pk}"

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """A place as an address has it; None for anything else, which means the first page."""
        day, _, number = text.partition("_")
        if not (number.isascii() and number.isdecimal() and len(number) < 18):
            return None
        try:
            return cls(date.fromisoformat(day) if day else None, int(number))
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Group:
    """Promises under one heading; an empty one goes on under that of the page before."""

    title: str
    promises: list[Promise]


@dataclass(frozen=True, slots=True)
class Page:
    """Some promises, and where the next page begins; None on the last."""

    groups: list[Group]
    rest: Place | None

    @property
    def rest_link(self) -> str:
        return str(self.rest) if self.rest else ""


def open_page(promises: PromiseQuerySet, today: date, after: Place | None) -> Page:
    """Open promises, soonest first, under headings that say when they are due."""
    rows = promises.soonest_first()
    if after and after.on:
        rows = rows.filter(
            Q(due_on__gt=after.on) | Q(due_on=after.on, pk__gt=after.pk) | Q(due_on=None)
        )
    elif after:
        rows = rows.filter(due_on=None, pk__gt=after.pk)
    found = list(rows[: PAGE + 1])
    groups: dict[str, list[Promise]] = {}
    for promise in found[:PAGE]:
        groups.setdefault(_heading(promise.due_on, today), []).append(promise)
    said = _heading(after.on, today) if after else ""
    return Page(
        groups=[Group("" if title == said else title, rows) for title, rows in groups.items()],
        rest=Place(found[PAGE - 1].due_on, found[PAGE - 1].pk) if len(found) > PAGE else None,
    )


def ended_page(promises: PromiseQuerySet, after: Place | None) -> Page:
    """Ended promises, the latest first."""
    rows = promises.ended().latest_first()
    if after and after.on:
        rows = rows.filter(Q(ended_on__lt=after.on) | Q(ended_on=after.on, pk__lt=after.pk))
    found = list(rows[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    return Page(
        groups=[Group("", found[:PAGE])] if found else [],
        rest=Place(last.ended_on, last.pk) if last else None,
    )


def _heading(due_on: date | None, today: date) -> str:
    if due_on is None:
        return "No date"
    if due_on < today:
        return "Overdue"
    if due_on == today:
        return "Today"
    next_monday = today + timedelta(days=7 - today.weekday())
    return "This week" if due_on < next_monday else "Later"
