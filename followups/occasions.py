"""When life events are worth a word: moments computed from rules, never from the last one.

Pure functions; the rules are engine.md 1 to 5.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from contacts.models import LifeEvent
from contacts.partial_dates import PartialDate, occurrence_in

# A birthday is still worth belated wishes for a week.
BELATED = timedelta(days=7)
# What was missed longer ago than this is not made up for, not even as "missed".
FORGOTTEN = timedelta(days=400)
# Nobody waits for what comes later, and soon after it dates end.
LAST = date(9990, 12, 31)
# How long before it a card has to be in the post.
CARD_LEAD = timedelta(days=6)
# Days after a one-off event on which to ask how it went.
ECHOES: dict[str, tuple[int, ...]] = {
    "birth": (30,),
    "new_job": (90,),
    "trip": (7,),
    "surgery": (3, 14),
    "illness": (14,),
    "separation": (21,),
    "bereavement": (21, 365),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """All that decides when something recurs."""

    when: PartialDate
    yearly: bool
    noted_on: date
    march_first: bool = False
    season: tuple[int, int] = (1, 1)
    lead: timedelta = timedelta(0)
    echoes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """One date on which a rule asks for something.

    `on` is the occurrence itself; `show_on` the day from which it is shown; it is shown until, not
    including, `until`. `kind` is "occasion" or "prepare".
    """

    show_on: date
    kind: str
    on: date
    until: date


def rule_of(event: LifeEvent, *, sends_card: bool = False) -> Rule:
    """The rule in a stored life event; `sends_card` asks for it to be prepared."""
    return Rule(
        when=event.when,
        yearly=event.yearly,
        noted_on=event.noted_on,
        march_first=event.march_first,
        season=event.nature.season,
        lead=CARD_LEAD if sends_card else timedelta(0),
        echoes=() if event.yearly else _echoes(event),
    )


def _echoes(event: LifeEvent) -> tuple[int, ...]:
    """Days after which to ask, none finer than the date is known: no third day of a month."""
    if event.month is None:
        return ()
    shortest = 0 if event.day else 30
    return tuple(days for days in ECHOES.get(event.kind, ()) if days >= shortest)


def occurrences(rule: Rule, first: date, last: date) -> Iterator[date]:
    """The dates from `first` to `last`, both included, on which the rule falls, in order.

    A year alone says no day on which a birthday could come round.
    """
    if rule.yearly and rule.when.month is None:
        return
    if rule.yearly:
        years = range(max(first.year, rule.when.year or 1), last.year + 1)
        dates = [_in_year(rule, year) for year in years]
    else:
        dates = [one_off(rule)]
    yield from (day for day in dates if first <= day <= min(last, LAST))


def one_off(rule: Rule) -> date:
    """The date of what happens once; without a year, the next such day after it was noted."""
    if rule.when.year is not None:
        return _in_year(rule, rule.when.year)
    this_year = _in_year(rule, rule.noted_on.year)
    return this_year if this_year >= rule.noted_on else _in_year(rule, rule.noted_on.year + 1)


def moments(rule: Rule, first: date, last: date) -> list[Moment]:
    """Everything the rule asks for that begins to show from `first` to `last`, both included.

    What is to be prepared counts also if its lead began before `first`, as long as the occasion
    itself is still to come.
    """
    around = _all_moments(rule, first - timedelta(days=366), last + rule.lead)
    return sorted(m for m in around if first <= m.show_on <= last or _under_way(m, first, last))


def asks_on(rule: Rule, kind: str, on: date) -> bool:
    """Whether the rule has a moment of `kind` for the date `on`."""
    around = _all_moments(rule, on - timedelta(days=366), on)
    return any(moment.on == on and moment.kind == kind for moment in around)


def next_moment_on(rule: Rule, after: date) -> date | None:
    """The first day after `after` on which the rule begins to ask for something."""
    # Two years hold the next of every yearly rule; what happens once ends with its last echo.
    last = after + timedelta(days=732)
    if not rule.yearly:
        last = max(after, min(one_off(rule), LAST))
    around = _all_moments(rule, after - timedelta(days=366), last + rule.lead)
    return min((m.show_on for m in around if m.show_on > after), default=None)


def _all_moments(rule: Rule, first: date, last: date) -> Iterator[Moment]:
    """The moments of the occurrences from `first` to `last`."""
    for on in occurrences(rule, first, last):
        if rule.lead:
            yield Moment(on - rule.lead, "prepare", on, until=on)
        yield Moment(on, "occasion", on, until=on + BELATED + timedelta(days=1))
        for days in rule.echoes:
            echo = on + timedelta(days=days)
            yield Moment(echo, "occasion", echo, until=echo + BELATED)


def _under_way(moment: Moment, first: date, last: date) -> bool:
    return moment.kind == "prepare" and moment.show_on < first and last < moment.until


def _in_year(rule: Rule, year: int) -> date:
    return occurrence_in(rule.when, year, march_first=rule.march_first, season=rule.season)
