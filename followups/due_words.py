"""By when, in the words a seller uses: "Friday", "in two weeks", "before Christmas".

`read_due` turns words into a day, `say_due` a day into words; both are pure. Each rule below is one
form of speech, tried in the order in which they stand; its docstring says what is meant where
people could differ.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from contacts.partial_dates import (
    MONTHS,
    PartialDate,
    PartialDateError,
    UnreadableDateError,
    simplified,
)

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MAX_LENGTH = 100
YEARS_AHEAD = 10
HOW_TO_WRITE = "Write a day like Friday, in two weeks, 15 August or the 18th."


class DueWordsError(ValueError):
    """Why words are no day to promise, as a sentence for the person who typed them."""


def read_due(text: str, *, today: date, day_first: bool, week_starts: int = 0) -> date:
    """The day that `text` means when it is written on `today`; never an earlier one.

    `day_first` is the user's order for `15/8`; `week_starts` the weekday on which a week begins, 0
    for Monday. Times of day are understood and dropped. Raises `DueWordsError` for what cannot be
    read, for days that have passed and for days more than ten years ahead.
    """
    if len(text) > MAX_LENGTH:
        raise DueWordsError(f"This is too long for a day. {HOW_TO_WRITE}")
    try:
        day = _Reading(today, day_first, week_starts).read(_plain_words(text))
    except UnreadableDateError:
        raise DueWordsError(f"Kept cannot read this as a day. {HOW_TO_WRITE}") from None
    except PartialDateError as problem:
        raise DueWordsError(str(problem)) from None
    if day < today:
        raise DueWordsError(f"{_say_date(day)} has passed. {HOW_TO_WRITE}")
    return day


def say_due(day: date, today: date) -> str:
    """`day` as one says it on `today`: "today", "on Friday", "on Thu 26 Nov", "3 days ago".

    The year is named where it is another one and more than half a year away.
    """
    days = (day - today).days
    if days in _NEAR:
        return _NEAR[days]
    if 1 < days < 7:
        return f"on {WEEKDAYS[day.weekday()]}"
    if -14 < days < -1:
        return f"{-days} days ago"
    day_and_month = f"{day.day} {MONTHS[day.month - 1][:3]}"
    if day.year != today.year and abs(days) > 182:
        return f"on {day_and_month} {day.year}"
    return f"on {WEEKDAYS[day.weekday()][:3]} {day_and_month}"


_NEAR = {-1: "yesterday", 0: "today", 1: "tomorrow"}
_DAY = timedelta(days=1)
_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class _Reading:
    """One reading of words, with all that their meaning depends on."""

    today: date
    day_first: bool
    week_starts: int

    def read(self, words: str) -> date:
        """The day that plain `words` mean, which may have passed."""
        words = _LEAD_IN.sub("", words)
        for form, rule in _RULES:
            if found := form.fullmatch(words):
                day = rule(self, found)
                break
        else:
            day = self.written_date(words)
        if day > _add_months(self.today, 12 * YEARS_AHEAD):
            raise _too_far()
        return day

    def written_date(self, words: str) -> date:
        """A date with its day; where it has no year, the next such day from today on."""
        written = self.partial(words)
        if written.month is None or written.day is None:
            month = written if written.month else f"June {written}"
            raise DueWordsError(f"Which day in {written}? Write 15 {month} or end of {written}.")
        if written.year is None:
            return self.next_annual(written.month, written.day)
        return written.as_date()

    def partial(self, words: str) -> PartialDate:
        return PartialDate.parse_words(
            words, day_first=self.day_first, today=self.today, past=False
        )

    def coming(self, weekday: int) -> date:
        """The next such weekday after today."""
        return self.today + timedelta((weekday - self.today.weekday() - 1) % 7 + 1)

    def in_week(self, ahead: int, weekday: int) -> date:
        """The `weekday` of the user's week that is `ahead` weeks from this one."""
        begun = (self.today.weekday() - self.week_starts) % 7
        return self.today + ahead * _WEEK + timedelta((weekday - self.week_starts) % 7 - begun)

    def next_annual(self, month: int, day: int) -> date:
        """The next such day from today on that the calendar really has."""
        years = range(self.today.year, self.today.year + 9)
        days = (date(year, month, day) for year in years if _exists(year, month, day))
        return next(found for found in days if found >= self.today)

    def next_monthly(self, day: int) -> date:
        """The next day of that number from today on."""
        if not 1 <= day <= 31:
            raise DueWordsError(f"No month has a day {day}.")
        firsts = (_add_months(self.today.replace(day=1), months) for months in range(4))
        days = (first.replace(day=day) for first in firsts if _exists(first.year, first.month, day))
        return next(found for found in days if found >= self.today)


_Rule = Callable[[_Reading, re.Match[str]], date]
_RULES: list[tuple[re.Pattern[str], _Rule]] = []


def _rule(form: str) -> Callable[[_Rule], _Rule]:
    """Have words of this form read by the decorated rule."""

    def add(rule: _Rule) -> _Rule:
        _RULES.append((re.compile(form), rule))
        return rule

    return add


_WEEKDAY = (
    r"(?P<weekday>mon(?:day)?|tue(?:s|sday)?|wed(?:s|nesday)?|thu(?:r|rs|rsday)?|fri(?:day)?"
    r"|sat(?:urday)?|sun(?:day)?)"
)
_MONTH = "|".join(f"{name[:3]}(?:{name[3:]})?" for name in map(str.lower, MONTHS)) + "|sept"
_NAMED_SPAN = rf"(?P<span>(?:{_MONTH}|q[1-4])(?: [0-9]{{4}})?|[0-9]{{4}})"
_RUNNING_SPAN = (
    r"(?:the )?(?P<which>this |current |next |coming |following )?"
    r"(?P<unit>week|month|quarter|year)(?P<after> after next)?"
)
_END = r"(?:the )?(?:(?:very )?end of|last day of|later|late|end) (?P<span>.+)"
_SHORT_END = r"(?:eo(?P<letter>[wmqy])|(?:the )?(?P<unit>week|month|quarter|year) end)"
_CARDINALS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty"
)
_COUNTS = {word: number for number, word in enumerate(_CARDINALS.split(), start=1)}
_COUNTS |= {"a": 1, "an": 1, "couple": 2, "few": 3, "thirty": 30, "sixty": 60, "ninety": 90}
_UNITS = {  # months, days
    **dict.fromkeys(("day", "d"), (0, 1)),
    **dict.fromkeys(("week", "wk", "w"), (0, 7)),
    "fortnight": (0, 14),
    **dict.fromkeys(("month", "mth", "mo"), (1, 0)),
    "quarter": (3, 0),
    **dict.fromkeys(("year", "yr", "y"), (12, 0)),
}
_WORKING_DAYS = ("working day", "business day", "weekday")
_PER_DAY = {"hour": 24, "hr": 24, "h": 24, "minute": 1440, "min": 1440}
_AMOUNT = (
    rf"(?:(?P<digits>[0-9]+) ?|(?:a )?(?P<count>{'|'.join(_COUNTS)}|the next|another) (?:of )?)"
    rf"(?P<unit>(?:{'|'.join((*_UNITS, *_WORKING_DAYS, *_PER_DAY))})s?)"
)


@_rule(r"yesterday|.+ ago|last (?!day of).+")
def _passed(reading: _Reading, found: re.Match[str]) -> date:
    raise DueWordsError(f"That day has passed. {HOW_TO_WRITE}")


@_rule(r"(?:later )?today|tonight|now")
def _today(reading: _Reading, found: re.Match[str]) -> date:
    return reading.today


@_rule(r"(?:early )?tom+or+ow|tmrw|tmr|tmw")
def _tomorrow(reading: _Reading, found: re.Match[str]) -> date:
    return reading.today + _DAY


@_rule(rf"this {_WEEKDAY}")
def _this_weekday(reading: _Reading, found: re.Match[str]) -> date:
    """The coming one, too; but "this Friday" said on a Friday is today."""
    weekday = _number_of(found)
    return reading.today if weekday == reading.today.weekday() else reading.coming(weekday)


@_rule(rf"(?:the )?(?:this )?(?:coming |early |late )?{_WEEKDAY}")
def _weekday(reading: _Reading, found: re.Match[str]) -> date:
    """The coming one. On a Friday, "Friday" is next week's: who means the day says "today"."""
    return reading.coming(_number_of(found))


@_rule(rf"next {_WEEKDAY}")
@_rule(rf"{_WEEKDAY} (?:of |in )?next week")
@_rule(rf"next week (?:on )?{_WEEKDAY}")
def _weekday_of_next_week(reading: _Reading, found: re.Match[str]) -> date:
    """That of the next calendar week: on a Monday, "next Friday" is eleven days ahead."""
    return reading.in_week(1, _number_of(found))


@_rule(rf"{_WEEKDAY} (?:of )?this week")
@_rule(rf"this week (?:on )?{_WEEKDAY}")
def _weekday_of_this_week(reading: _Reading, found: re.Match[str]) -> date:
    return reading.in_week(0, _number_of(found))


@_rule(rf"(?P<from>today|tomorrow|{_WEEKDAY}) week")
def _a_week_later(reading: _Reading, found: re.Match[str]) -> date:
    return reading.read(found["from"]) + _WEEK


@_rule(r"(?P<next>next )?(?:the )?(?:this )?(?:coming )?weekend")
def _weekend(reading: _Reading, found: re.Match[str]) -> date:
    """Its Saturday, or today when it is on."""
    is_on = reading.today.weekday() >= 5
    if found["next"]:
        return reading.coming(5) + (timedelta(0) if is_on else _WEEK)
    return reading.today if is_on else reading.coming(5)


@_rule(_RUNNING_SPAN)
def _span(reading: _Reading, found: re.Match[str]) -> date:
    """The end of what is running ("this week": Friday), the start of what comes ("next week")."""
    first, last = _running(reading, found["unit"], _ahead(found))
    return first if _ahead(found) else max(last, reading.today)


@_rule(_END)
def _end(reading: _Reading, found: re.Match[str]) -> date:
    """Of a week its Friday, as work goes; at the weekend that of the week which comes."""
    return _first_not_past(reading, (last for _, last in _spans(reading, found["span"])))


@_rule(_SHORT_END)
def _short_end(reading: _Reading, found: re.Match[str]) -> date:
    units = {"w": "week", "m": "month", "q": "quarter", "y": "year"}
    unit = found["unit"] or units[found["letter"]]
    return reading.read(f"end of {unit}")


@_rule(r"(?:(?:the )?(?:start|beginning|first day|1st day) of|early(?: in)?) (?P<span>.+)")
def _start(reading: _Reading, found: re.Match[str]) -> date:
    """Of a week its Monday."""
    return _first_not_past(reading, (first for first, _ in _spans(reading, found["span"])))


@_rule(r"(?:(?:the )?middle of|mid) ?(?P<span>.+)")
def _middle(reading: _Reading, found: re.Match[str]) -> date:
    """Of a week its Wednesday, of a month its 15th."""
    spans = _spans(reading, found["span"])
    return _first_not_past(reading, (_middle_of(first, last) for first, last in spans))


@_rule(
    r"(?:in )?(?:the )?(?:this )?(?P<feast>christmas|xmas|new years?|nye)(?: day|(?P<eve> eve))?"
    r"(?: (?P<year>[0-9]{4}))?"
)
def _feast(reading: _Reading, found: re.Match[str]) -> date:
    eve, day = ((12, 24), (12, 25)) if found["feast"].endswith("mas") else ((12, 31), (1, 1))
    month_and_day = eve if found["eve"] or found["feast"] == "nye" else day
    if found["year"]:
        return PartialDate(int(found["year"]), *month_and_day).as_date()
    return reading.next_annual(*month_and_day)


@_rule(
    rf"(?:(?:in|within|inside|over) )?(?:about )?(?:the next )?{_AMOUNT}"
    r"(?: time| from (?:now|today)| away| ahead)?"
)
def _in_some_time(reading: _Reading, found: re.Match[str]) -> date:
    """Months count by the calendar: a month after 31 January is the last of February."""
    return _add(reading.today, found)


@_rule(
    rf"(?:{_AMOUNT}|(?:the )?(?P<one>day|week|fortnight|month)(?= (?:before|after|from) ))"
    r"(?P<way> before| after| from| on)? (?P<rest>.+)"
)
def _some_time_from(reading: _Reading, found: re.Match[str]) -> date:
    """ "A week on Friday", "the day after tomorrow", "two days before Christmas"."""
    return _add(reading.read(found["rest"]), found, back=found["way"] == " before")


@_rule(rf"(?P<way>before|after) {_NAMED_SPAN}")
def _beside_named_span(reading: _Reading, found: re.Match[str]) -> date:
    """Before June is its eve, 31 May; after it, 1 July."""
    is_before = found["way"] == "before"
    return _first_not_past(
        reading,
        (
            first - _DAY if is_before else last + _DAY
            for first, last in _spans(reading, found["span"])
        ),
    )


@_rule(rf"before (?P<end>{_END}|{_SHORT_END})")
def _before_end(reading: _Reading, found: re.Match[str]) -> date:
    """The end itself: nobody means the day before the month's last."""
    return reading.read(found["end"])


@_rule(r"before (?P<rest>.+)")
def _before(reading: _Reading, found: re.Match[str]) -> date:
    return reading.read(found["rest"]) - _DAY


@_rule(rf"after {_RUNNING_SPAN}")
def _after_span(reading: _Reading, found: re.Match[str]) -> date:
    return _running(reading, found["unit"], _ahead(found) + 1)[0]


@_rule(r"after (?P<weekend>.*weekend)")
def _after_weekend(reading: _Reading, found: re.Match[str]) -> date:
    day = reading.read(found["weekend"])
    return day + timedelta(7 - day.weekday())


@_rule(r"after (?P<rest>.+)")
def _after(reading: _Reading, found: re.Match[str]) -> date:
    return reading.read(found["rest"]) + _DAY


@_rule(r"the (?P<day>[0-9]{1,2})")
@_rule(r"(?:the )?(?P<day>[0-9]{1,2})(?:st|nd|rd|th)(?: of the month)?")
def _day_of_month(reading: _Reading, found: re.Match[str]) -> date:
    """The next such day, today included; a month that is too short for it is passed over."""
    return reading.next_monthly(int(found["day"]))


@_rule(r"(?:the )?(?P<day>[0-9]{1,2})(?:st|nd|rd|th) (?:of )?(?P<which>this|next) month")
def _day_of_that_month(reading: _Reading, found: re.Match[str]) -> date:
    first, _ = _running(reading, "month", ahead=int(found["which"] == "next"))
    return PartialDate(first.year, first.month, int(found["day"])).as_date()


@_rule(rf"{_WEEKDAY} (?P<rest>(?:the )?(?:[0-9]|{_MONTH}).*)")
def _weekday_and_date(reading: _Reading, found: re.Match[str]) -> date:
    """ "Wed 4 Dec", "Friday the 13th": refused unless the two agree."""
    weekday, rest = _number_of(found), found["rest"]
    day = reading.next_monthly(int(rest)) if rest.isdigit() else reading.read(rest)
    if day.weekday() != weekday:
        meant, is_really = WEEKDAYS[weekday], WEEKDAYS[day.weekday()]
        raise DueWordsError(f"{_say_date(day)} is a {is_really}, not a {meant}.")
    return day


@_rule(r"[0-9]{1,3}")
def _bare_number(reading: _Reading, found: re.Match[str]) -> date:
    raise DueWordsError("A number alone is no day. Write the 3rd, or in 3 days.")


def _plain_words(text: str) -> str:
    """`text` folded, without times of day, and with days of the month as "19th"."""
    words = simplified(text)
    for form, plain in _PLAIN:
        words = form.sub(plain, words)
    if _NEXT_MORNING.fullmatch(words):
        return "tomorrow"
    without_time = " ".join(_TIME.sub(" ", words).split())
    if words and not without_time:
        return "today"
    return _ORDINAL.sub(_ordinal_in_digits, _LEAD_OUT.sub("", without_time))


_PLAIN = (
    (re.compile(r"\b([ap])\.m\b\.?"), r"\1m"),
    (re.compile(r"(?<=[a-z])'s?\b|(?<=s)'"), ""),
    (re.compile(r"[,;()!?]|(?<=[a-z])[.-](?![0-9])|\.$"), " "),
    (re.compile(r" +"), " "),
    (re.compile(r"^ | $"), ""),
)
_NEXT_MORNING = re.compile(r"(?:(?:first thing )?in the morning|first thing)")
_TIME = re.compile(
    r"\b(?:(?:at|by|before|around|about|from|this|in|on) )?(?:the )?"
    r"(?:[0-9]{1,2}(?:[:.][0-9]{2})? ?(?:[ap]m|oclock)|[0-9]{1,2}:[0-9]{2}"
    r"|(?<=\bat )[0-9]{1,2}(?= |$)|noon|midday|midnight|morning|afternoon|evening|night"
    r"|lunch(?:time)?|first thing|eod|eob|cob|close of (?:business|play)"
    r"|end of (?:the )?(?:business |working )?day)\b(?: of\b)?"
)
_LEAD_IN = re.compile(
    r"^(?:(?:on or before|no later than|not later than|due|by|on|at|until|till|til|for|come|over"
    r"|sometime|during|latest) )+"
)
_LEAD_OUT = re.compile(
    r"(?: (?:at the latest|latest|or so|or sooner|or before|or earlier|please))+$"
)
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
    "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)
_TENS = {None: 0, "twenty": 20, "thirty": 30}
_ORDINAL = re.compile(
    rf"\b(?:(twenty|thirty) )?({'|'.join(_ORDINALS.split())}|thirtieth)\b(?! day)"
)


def _ordinal_in_digits(found: re.Match[str]) -> str:
    ones = 30 if found[2] == "thirtieth" else _ORDINALS.split().index(found[2]) + 1
    return f"{_TENS[found[1]] + ones}th"


def _number_of(found: re.Match[str]) -> int:
    return [name[:3].lower() for name in WEEKDAYS].index(found["weekday"][:3])


def _ahead(found: re.Match[str]) -> int:
    """How many weeks, months, ... ahead of this one the span is."""
    if found["after"]:
        return 2
    return 0 if found["which"] in {None, "this ", "current "} else 1


def _running(reading: _Reading, unit: str, ahead: int) -> tuple[date, date]:
    """First and last day of the week, month, quarter or year so far ahead; a week's are working."""
    if unit == "week":
        return reading.in_week(ahead, 0), reading.in_week(ahead, 4)
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    into = (reading.today.month - 1) % months
    first = _add_months(reading.today.replace(day=1), ahead * months - into)
    return _months_from(first, months)


def _spans(reading: _Reading, words: str) -> Iterator[tuple[date, date]]:
    """What `words` can mean, nearest first: "June" is this year's or the next one's."""
    if found := re.fullmatch(_RUNNING_SPAN, words):
        ahead = _ahead(found)
        yield _running(reading, found["unit"], ahead)
        if not ahead:
            yield _running(reading, found["unit"], 1)
        return
    month, months, year = _named(reading, words)
    if year and year > reading.today.year + YEARS_AHEAD:
        raise _too_far()
    for of_year in (year,) if year else (reading.today.year, reading.today.year + 1):
        yield _months_from(date(of_year, month, 1), months)


def _named(reading: _Reading, words: str) -> tuple[int, int, int | None]:
    """First month, number of months and year, if any, of "Q3", "June", "June 2027" or "2027"."""
    if found := re.fullmatch(r"q([1-4])(?: ([0-9]{4}))?", words):
        year = PartialDate(int(found[2])).year if found[2] else None
        return int(found[1]) * 3 - 2, 3, year
    named = reading.partial(words)
    if named.day is not None:
        raise UnreadableDateError
    return named.month or 1, 1 if named.month else 12, named.year


def _months_from(first: date, months: int) -> tuple[date, date]:
    return first, _add_months(first, months) - _DAY


def _middle_of(first: date, last: date) -> date:
    middle = first + (last - first) // 2
    return first.replace(day=15) if middle.month == first.month and first.day == 1 else middle


def _first_not_past(reading: _Reading, days: Iterable[date]) -> date:
    """The first of `days` that is still to come, else the last one of them."""
    found = list(days)
    return next((day for day in found if day >= reading.today), found[-1])


def _add(start: date, amount: re.Match[str], *, back: bool = False) -> date:
    """`start` moved by what `_AMOUNT` has found; of hours and minutes only whole days count."""
    parts = amount.groupdict()
    count = int(parts["digits"] or _COUNTS.get(parts["count"], 1))
    unit = (parts["unit"] or parts["one"]).removesuffix("s")
    if unit in _PER_DAY:
        count, unit = count // _PER_DAY[unit], "day"
    if count > 366 * YEARS_AHEAD:
        raise _too_far()
    if back:
        count = -count
    if unit in _WORKING_DAYS:
        return _add_working_days(start, count)
    months, days = _UNITS[unit]
    try:
        return _add_months(start, count * months) + timedelta(count * days)
    except (ValueError, OverflowError):
        raise _too_far() from None


def _add_months(day: date, months: int) -> date:
    """The same day of that month, or its last one."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _add_working_days(day: date, count: int) -> date:
    """`day` moved by `count` days from Monday to Friday."""
    step = _DAY if count > 0 else -_DAY
    while count:
        day += step
        if day.weekday() < 5:
            count -= step.days
    return day


def _exists(year: int, month: int, day: int) -> bool:
    return day <= monthrange(year, month)[1]


def _too_far() -> DueWordsError:
    return DueWordsError(f"That is more than {YEARS_AHEAD} years away. Choose a nearer day.")


def _say_date(day: date) -> str:
    return str(PartialDate(day.year, day.month, day.day))
