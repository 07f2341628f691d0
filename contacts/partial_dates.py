"""Dates of which a part may be unknown, and the days on which they fall.

A partial date is a rule, never a moment: it has no time zone, and no reading of it moves a day.
Everything here is pure; whoever calls brings the day it is.
"""

import re
import unicodedata
from calendar import isleap
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
MAX_LENGTH = 100
HOW_TO_WRITE = "Write it like 26 March, 26 March 1974, June 2026 or 2019."


class PartialDateError(ValueError):
    """What is wrong with a date, as a sentence for the person who gave it."""


class UnreadableDateError(PartialDateError):
    """The text is no date at all, as against a date that does not exist."""


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A year, a month, a month of a year, a day of every year, or one whole date.

    A day needs its month. Raises `PartialDateError` for anything else and for days that no
    calendar has; 29 February may stand without a year.
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if self.year is not None:
            _check_year(self.year)
        if self.month is not None and not 1 <= self.month <= 12:
            raise PartialDateError(f"There is no month {self.month}.")
        if self.day is not None:
            _check_day(self.year, self.month, self.day)
        if self.year is None and self.month is None:
            raise PartialDateError("A date needs at least a year or a month.")

    def __str__(self) -> str:
        month = None if self.month is None else MONTHS[self.month - 1]
        return " ".join(str(part) for part in (self.day, month, self.year) if part is not None)

    @property
    def is_complete(self) -> bool:
        return self.year is not None and self.day is not None

    @property
    def iso(self) -> str:
        """ISO 8601, cut short as vCards do: `1974-03-26`, `--03-26`, `1974-03`, `--03`, `1974`."""
        if self.month is None:
            return f"{self.year:04d}"
        year = "--" if self.year is None else f"{self.year:04d}-"
        day = "" if self.day is None else f"-{self.day:02d}"
        return f"{year}{self.month:02d}{day}"

    def as_date(self) -> date:
        """The day itself; raises `PartialDateError` when a part is unknown."""
        if self.year is None or self.month is None or self.day is None:
            raise PartialDateError(f"{self} is not a whole date.")
        return date(self.year, self.month, self.day)

    @classmethod
    def parse_iso(cls, text: str, *, omit_year: int | None = None) -> "PartialDate":
        """Read a date as vCard 3 and 4 write it, basic or extended, truncated or whole.

        A time of day is dropped with its zone and never moves the day. `omit_year` is the year
        that stands for none (Apple's X-APPLE-OMIT-YEAR, mostly 1604). Raises `PartialDateError`.
        """
        _check_length(text)
        text = text.strip()
        if re.match(r"---[0-9]", text):
            raise PartialDateError("A day of the month alone is not a date: add its month.")
        found = _match_iso(text)
        if found is None:
            raise UnreadableDateError(f"This is not a date. {HOW_TO_WRITE}")
        return _from_iso(found, omit_year)

    @classmethod
    def parse_words(
        cls, text: str, *, day_first: bool, today: date, past: bool = True
    ) -> "PartialDate":
        """Read what a person types in one box: `26 March`, `3/26/74`, `June 2026`, `2019`.

        `day_first` is the user's order for `26/3`; where the month so read is impossible and the
        other order is not, the other is meant. A year of two digits is the latest one that makes
        no day after `today`, or without `past` the one nearest to today. Months may be named in
        thirteen languages. Raises `PartialDateError` with a sentence that says how to write it.
        """
        _check_length(text)
        words = simplified(text)
        if found := _match_iso(words.upper()):
            return _from_iso(found, omit_year=None)
        year, month, day = _arrange(_Pieces.of(words), day_first)
        if year is None:
            return cls(None, month, day)
        if len(year) == 4:
            return cls(int(year), month, day)
        return cls(_full_year(int(year[-2:]), month, day, today, past=past), month, day)


def occurrence_in(
    partial: PartialDate,
    year: int,
    *,
    march_first: bool = False,
    season: tuple[int, int] = (1, 1),
) -> date:
    """The day on which `partial` falls in `year`, whatever its own year is.

    29 February is 28 February in common years, or 1 March with `march_first`; a month without a
    day falls on its first; a year alone on `season` (month, day).
    """
    month, day = (partial.month, partial.day or 1) if partial.month else season
    if (month, day) == (2, 29) and not isleap(year):
        return date(year, 3, 1) if march_first else date(year, 2, 28)
    return date(year, month, day)


def next_occurrence(
    partial: PartialDate,
    on_or_after: date,
    *,
    yearly: bool,
    noted_on: date | None = None,
    march_first: bool = False,
    season: tuple[int, int] = (1, 1),
) -> date | None:
    """The first occurrence from `on_or_after` on; None when there is none any more.

    Yearly ones begin in the partial date's own year. A one-off without a year is the first such
    day from `noted_on` on, the day it was written down (ValueError without it): fixed by the rule,
    so that it never creeps from year to year.
    """
    if yearly:
        first = max(on_or_after.year, partial.year or 1)
        years = range(first, min(first + 2, 10_000))
    else:
        years = range(only := _year_of_one_off(partial, noted_on, march_first), only + 1)
    days = (occurrence_in(partial, year, march_first=march_first, season=season) for year in years)
    return next((day for day in days if day >= on_or_after), None)


def latest_occurrence(
    partial: PartialDate,
    on_or_before: date,
    *,
    yearly: bool,
    noted_on: date | None = None,
    march_first: bool = False,
    season: tuple[int, int] = (1, 1),
) -> date | None:
    """The last occurrence up to `on_or_before`; None when there was none yet.

    The parameters are those of `next_occurrence`.
    """
    if yearly:
        last = on_or_before.year
        years = range(last, max(last - 2, (partial.year or 1) - 1), -1)
    else:
        years = range(only := _year_of_one_off(partial, noted_on, march_first), only + 1)
    days = (occurrence_in(partial, year, march_first=march_first, season=season) for year in years)
    return next((day for day in days if day <= on_or_before), None)


def age_on(partial: PartialDate, day: date, *, march_first: bool = False) -> int | None:
    """Whole years on `day`, one more from each occurrence on.

    None unless the date is complete (with a month unknown nobody can say; see `turning`), and
    None before it.
    """
    if partial.year is None or partial.day is None or day < partial.as_date():
        return None
    had_it = day >= occurrence_in(partial, day.year, march_first=march_first)
    return day.year - partial.year - (not had_it)


def turning(partial: PartialDate, year: int) -> int | None:
    """The age reached in the course of `year`; None when the own year is unknown or later."""
    if partial.year is None or year < partial.year:
        return None
    return year - partial.year


def simplified(text: str) -> str:
    """`text` in lower case without accents, typographic quotes and dashes, or spare space.

    Raises `PartialDateError` for numerals other than 0 to 9: folding could change their value.
    """
    if any(char.isnumeric() and not char.isascii() for char in text):
        raise PartialDateError("Write numbers with the digits 0 to 9.")
    folded = unicodedata.normalize("NFKD", text.translate(_TYPOGRAPHY).casefold())
    kept = (char for char in folded if unicodedata.category(char) not in {"Mn", "Cf"})
    return " ".join("".join(kept).split())


_TYPOGRAPHY = str.maketrans("‘’ʼ´`‐‑‒–—−°", "'''''------o")


def _check_length(text: str) -> None:
    if len(text) > MAX_LENGTH:
        raise UnreadableDateError(f"This is too long for a date. {HOW_TO_WRITE}")


def _check_year(year: int) -> None:
    if year == 0:
        raise PartialDateError("The year 0 does not exist.")
    if not 1 <= year <= 9999:
        raise PartialDateError("Years go from 1 to 9999.")


def _check_day(year: int | None, month: int | None, day: int) -> None:
    if month is None:
        raise PartialDateError("A day needs its month, too, like 26 March.")
    try:
        date(2000, month, day)
    except ValueError:
        raise PartialDateError(f"There is no {day} {MONTHS[month - 1]}.") from None
    if year is not None and (month, day) == (2, 29) and not isleap(year):
        raise PartialDateError(f"There is no 29 February in {year}.")


# RFC 6350, 4.3: dates may be cut short at either end; the extended forms are RFC 2426's. A cut
# date of one part is followed by no space, else the day of "--03 26" would pass for an hour.
_ISO = tuple(
    re.compile(form + r"(?:T[0-9:.,Z+-]*| [0-9]{2}:[0-9:.,Z+-]*)?")
    for form in (
        r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2}))?)?",
        r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})",
        r"--(?P<month>[0-9]{2})(?:-?(?P<day>[0-9]{2}))?",
    )
)


def _match_iso(text: str) -> re.Match[str] | None:
    return next((found for form in _ISO if (found := form.fullmatch(text))), None)


def _from_iso(found: re.Match[str], omit_year: int | None) -> PartialDate:
    parts = {name: int(digits) for name, digits in found.groupdict().items() if digits}
    if omit_year is not None and parts.get("year") == omit_year:
        del parts["year"]
    return PartialDate(**parts)


# Folded names and usual abbreviations in English, Czech, Danish, Dutch, Finnish, French, German,
# Italian, Norwegian, Polish, Portuguese, Spanish and Swedish; no word stands for two months.
_MONTH_WORDS = (
    "january jan januar janner januari janvier janv enero ene gennaio gen janeiro tammikuu "
    "tammikuuta tammi styczen stycznia sty leden ledna led",
    "february feb februar februari feber fevrier fevr fev febrero febbraio fevereiro helmikuu "
    "helmikuuta helmi luty lutego lut unor unora uno",
    "march mar marz maerz mrz mars marzo marco maart mrt marts maaliskuu maaliskuuta maalis "
    "marzec marca brezen brezna bre",
    "april apr avril avr abril abr aprile huhtikuu huhtikuuta huhti kwiecien kwietnia kwi "
    "duben dubna dub",
    "may mai mayo maggio mag maio mei maj toukokuu toukokuuta touko maja kveten kvetna kve",
    "june jun juni juin junio giugno giu junho kesakuu kesakuuta kesa czerwiec czerwca cze "
    "cerven cervna cvn",
    "july jul juli juillet juil julio luglio lug julho heinakuu heinakuuta heina lipiec lipca "
    "lip cervenec cervence cvc",
    "august aug aout agosto ago augustus augusti elokuu elokuuta elo sierpien sierpnia sie "
    "srpen srpna srp",
    "september sept sep septembre septiembre setiembre settembre set setembro syyskuu "
    "syyskuuta syys wrzesien wrzesnia wrz zari zar",
    "october oct oktober okt octobre octubre ottobre ott outubro out lokakuu lokakuuta loka "
    "pazdziernik pazdziernika paz rijen rijna rij",
    "november nov novembre noviembre novembro marraskuu marraskuuta marras listopad "
    "listopada listopadu lis",
    "december dec dezember dez decembre diciembre dic dicembre dezembro desember des joulukuu "
    "joulukuuta joulu grudzien grudnia gru prosinec prosince pro",
)
_MONTH_OF = {word: number for number, words in enumerate(_MONTH_WORDS, 1) for word in words.split()}
_FILLERS = frozenset(
    ["the", "of", "on", "in", "de", "del", "di", "den", "der", "am", "le", "el", "il", "d"]
)
_PIECE = re.compile(
    r"(?P<number>'[0-9]{2}(?![0-9])|[0-9]+)(?:(?:st|nd|rd|th|er|o|a|e)(?![a-z]))?"
    r"|(?P<word>[a-z]+)|[ /.,-]|(?P<junk>.)"
)


@dataclass(frozen=True, slots=True)
class _Pieces:
    """What a typed date is made of: months by name, and numbers as they were written."""

    months: list[int]
    numbers: list[str]

    @classmethod
    def of(cls, words: str) -> "_Pieces":
        pieces = cls([], [])
        for kind, text in _pieces(words):
            if kind == "number" and _is_day_or_year(text):
                pieces.numbers.append(text)
            elif kind == "word" and text in _MONTH_OF:
                pieces.months.append(_MONTH_OF[text])
            elif kind != "word" or text not in _FILLERS:
                raise _unreadable()
        return pieces

    @property
    def years(self) -> list[str]:
        return [number for number in self.numbers if len(number) > 2]

    @property
    def plain(self) -> list[str]:
        return [number for number in self.numbers if len(number) <= 2]


def _is_day_or_year(number: str) -> bool:
    return len(number) in {1, 2, 4} or number[0] == "'"


def _pieces(words: str) -> Iterator[tuple[str, str]]:
    for found in _PIECE.finditer(words):
        if found.lastgroup is not None:
            yield found.lastgroup, found[found.lastgroup]


def _arrange(pieces: _Pieces, day_first: bool) -> tuple[str | None, int | None, int | None]:
    """The year as written, the month and the day of `pieces`; raises for what is no date."""
    match pieces.months, pieces.years, pieces.plain:
        case [month], years, [day] if len(years) <= 1:
            return next(iter(years), None), month, int(day)
        case [month], years, [] if len(years) <= 1:
            return next(iter(years), None), month, None
        case [month], [], [day, year]:
            return year, month, int(day)
        case [], [year], []:
            return year, None, None
        case [], [year], [number]:
            return year, int(number), None
        case [], [year], [first, second] if pieces.numbers[0] == year:
            return year, int(first), int(second)
        case [], [year], [first, second] if pieces.numbers[2] == year:
            return year, *_month_and_day(int(first), int(second), day_first)
        case [], [], [first, second]:
            return None, *_month_and_day(int(first), int(second), day_first)
        case [], [], [first, second, year]:
            return year, *_month_and_day(int(first), int(second), day_first)
    raise _unreadable()


def _month_and_day(first: int, second: int, day_first: bool) -> tuple[int, int]:
    day, month = (first, second) if day_first else (second, first)
    return (day, month) if day <= 12 < month else (month, day)


def _full_year(
    two_digits: int, month: int | None, day: int | None, today: date, *, past: bool
) -> int:
    year = today.year - today.year % 100 + two_digits
    if past:
        begun = (year, month or 1, day or 1) <= (today.year, today.month, today.day)
        return year if begun else year - 100
    return min(year + 100, year, year - 100, key=lambda near: abs(near - today.year))


def _unreadable() -> UnreadableDateError:
    return UnreadableDateError(f"Kept cannot read this as a date. {HOW_TO_WRITE}")


def _year_of_one_off(partial: PartialDate, noted_on: date | None, march_first: bool) -> int:
    if partial.year is not None:
        return partial.year
    if noted_on is None:
        raise ValueError("A one-off without a year needs the day on which it was noted.")
    has_passed = occurrence_in(partial, noted_on.year, march_first=march_first) < noted_on
    return noted_on.year + has_passed
