"""Days counted from the one on which the demo is made; the package says how they are written."""

from calendar import isleap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from contacts.partial_dates import MONTHS, PartialDate

type Spec = Mapping[str, int]

_SATURDAY = 6
_SCHOOL_BEGINS = 6
_SEASONS = ["winter", "spring", "summer", "fall"]


@dataclass(frozen=True, slots=True)
class Days:
    """The calendar of one demo: everything is reckoned from `today`."""

    today: date
    day_first: bool = False

    def on(self, spec: Spec) -> date:
        """The exact day a spec means; ValueError for one that means no single day."""
        match spec:
            case {"days_ago": int(ago)}:
                return self.away(-ago)
            case {"in_days": int(ahead)}:
                return self.away(ahead)
            case {"month": int(month), "day": int(day), "school_year": int(offset)}:
                return date(self._school_year(month) + offset, month, day)
            case {"month": int(month), "day": int(day), "last": int(count)}:
                return date(self._last_year_with(month, day) - count + 1, month, day)
        raise ValueError(f"{dict(spec)} is no single day.")

    def worked_on(self, spec: Spec) -> date:
        """The same, but never a weekend of the past: then it is the Friday before."""
        day = self.on(spec)
        if day >= self.today:
            return day
        return day - timedelta(days=max(0, day.isoweekday() - _SATURDAY + 1))

    def partial(self, spec: Spec, *, yearly: bool) -> PartialDate:
        """The partial date a spec means; a yearly one has no year unless an age gives it."""
        match spec:
            case {"month_of": int(ahead)}:
                day = self.away(ahead)
                return PartialDate(day.year, day.month)
            case {"years_ago": int(years)}:
                return PartialDate(self.today.year - years)
            case {"month": int(month), "age": int(age), **rest}:
                return _born(self.today.year - age, month, rest.get("day"))
            case {"month": int(month), **rest} if len(spec) == 1 or (yearly and len(spec) == 2):
                return PartialDate(None, month, rest.get("day"))
            case {"age": int(age)} if len(spec) == 1:
                return PartialDate(self.today.year - age)
        day = self.on(spec)
        if "age" in spec:
            return _born(day.year - spec["age"], day.month, day.day)
        return PartialDate(None if yearly else day.year, day.month, day.day)

    def say(self, text: str) -> str:
        """`text` with the words for its days put in."""
        return text.format(
            weekday=_Said(self, lambda day: f"{day:%A}"),
            date=_Said(self, self._short),
            month=_Said(self, lambda day: MONTHS[day.month - 1]),
            season=_Said(self, lambda day: _SEASONS[day.month % 12 // 3]),
        )

    def away(self, days: int) -> date:
        return self.today + timedelta(days=days)

    def _short(self, day: date) -> str:
        return f"{day.day} {day:%b}" if self.day_first else f"{day:%b} {day.day}"

    def _school_year(self, month: int) -> int:
        """The year in which `month` of the present school year lies."""
        began = self.today.year - (self.today.month < _SCHOOL_BEGINS)
        return began + (month < _SCHOOL_BEGINS)

    def _last_year_with(self, month: int, day: int) -> int:
        return self.today.year - ((month, day) >= (self.today.month, self.today.day))


@dataclass(frozen=True, slots=True)
class _Said:
    """A word for a day; the day stands after the colon of its placeholder."""

    days: Days
    word: Callable[[date], str]

    def __format__(self, ahead: str) -> str:
        return self.word(self.days.away(int(ahead)))


def _born(year: int, month: int, day: int | None) -> PartialDate:
    """29 February takes the leap year before."""
    if (month, day) == (2, 29) and not isleap(year):
        year -= year % 4
    return PartialDate(year, month, day)
