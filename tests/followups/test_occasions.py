"""Moments of life events, checked against a calendar written as plainly as possible."""

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contacts.partial_dates import PartialDate
from followups.occasions import Rule, moments, next_moment_on, occurrences, one_off

NOTED = date(2026, 1, 1)


def yearly(year=None, month=None, day=None, **fields) -> Rule:
    return Rule(PartialDate(year, month, day), yearly=True, noted_on=NOTED, **fields)


def once(year=None, month=None, day=None, noted_on=NOTED, **fields) -> Rule:
    return Rule(PartialDate(year, month, day), yearly=False, noted_on=noted_on, **fields)


def plainly(month: int, day: int, year: int) -> date:
    """The oracle: the day itself, or 28 February where there is no 29th."""
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


month_days = st.dates(date(2024, 1, 1), date(2024, 12, 31)).map(lambda d: (d.month, d.day))


@settings(max_examples=10_000)
@given(
    month_day=month_days,
    first=st.dates(date(2020, 1, 1), date(2035, 12, 31)),
    days=st.integers(0, 1500),
)
def test_yearly_occurrences_are_the_calendar_s(month_day, first, days):
    month, day = month_day
    last = first + timedelta(days=days)
    expected = [
        on
        for year in range(first.year, last.year + 1)
        if first <= (on := plainly(month, day, year)) <= last
    ]

    assert list(occurrences(yearly(None, month, day), first, last)) == expected


@pytest.mark.parametrize("year", [1, 9999])
@pytest.mark.parametrize("fields", [{}, {"echoes": (365,)}, {"lead": timedelta(days=6)}])
def test_ends_of_all_dates_ask_for_nothing(year, fields):
    for rule in (once(year, 12, 31, **fields), once(year, 1, 1, **fields)):
        assert next_moment_on(rule, NOTED) is None
        assert moments(rule, NOTED, NOTED) == []


@given(month_day=month_days, after=st.dates(date(2020, 1, 1), date(2035, 12, 31)))
def test_walking_from_moment_to_moment_misses_no_year(month_day, after):
    rule = yearly(None, *month_day)
    seen, day = [], after
    for _ in range(9):
        found = next_moment_on(rule, day)
        assert found is not None
        seen += [moment.on for moment in moments(rule, found, found)]
        day = found

    expected = [
        on
        for year in range(after.year, after.year + 11)
        if (on := plainly(*month_day, year)) > after
    ]
    assert seen == expected[:9]


def test_an_occasion_shows_on_its_day_and_a_week_longer():
    [moment] = moments(yearly(1974, 11, 18), date(2026, 11, 18), date(2026, 11, 18))

    assert (moment.kind, moment.on) == ("occasion", date(2026, 11, 18))
    assert moment.show_on == date(2026, 11, 18)
    assert moment.until == date(2026, 11, 26)


def test_a_birthday_is_not_celebrated_before_the_birth():
    assert list(occurrences(yearly(2027, 3, 1), date(2026, 1, 1), date(2028, 12, 31))) == [
        date(2027, 3, 1),
        date(2028, 3, 1),
    ]


def test_a_year_alone_comes_round_on_no_day():
    rule = yearly(1974)

    assert list(occurrences(rule, date(2026, 1, 1), date(2028, 12, 31))) == []
    assert next_moment_on(rule, date(2026, 1, 1)) is None


def test_a_card_is_prepared_once_ahead_and_still_when_noted_late():
    rule = yearly(None, 11, 24, lead=timedelta(days=6))

    assert next_moment_on(rule, date(2026, 11, 1)) == date(2026, 11, 18)
    assert next_moment_on(rule, date(2026, 11, 18)) == date(2026, 11, 24)
    late = moments(rule, date(2026, 11, 21), date(2026, 11, 21))
    assert [(m.kind, m.on) for m in late] == [("prepare", date(2026, 11, 24))]


def test_a_one_off_without_a_year_means_the_next_such_day_after_it_was_noted():
    assert one_off(once(None, 5, 20, noted_on=date(2026, 5, 19))) == date(2026, 5, 20)
    assert one_off(once(None, 5, 20, noted_on=date(2026, 5, 21))) == date(2027, 5, 20)


@pytest.mark.parametrize(
    ("rule", "on"),
    [
        (once(2026, 6, None), date(2026, 6, 1)),
        (once(2027, None, None, season=(5, 15)), date(2027, 5, 15)),
    ],
)
def test_unknown_parts_fall_on_the_first_or_on_the_season(rule, on):
    assert one_off(rule) == on


def test_echoes_ask_afterwards_and_end():
    rule = once(2026, 11, 1, echoes=(3, 14))

    days = []
    day = date(2026, 10, 1)
    while (found := next_moment_on(rule, day)) is not None:
        days.append(found)
        day = found

    assert days == [date(2026, 11, 1), date(2026, 11, 4), date(2026, 11, 15)]
