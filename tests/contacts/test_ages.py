"""Ages and days in words: nothing is claimed that is not known."""

from datetime import date

import pytest

from contacts.ages import last_day_of, say_birthday, say_leap_day, say_near, say_span
from contacts.partial_dates import PartialDate

TODAY = date(2026, 11, 18)


@pytest.mark.parametrize(
    ("when", "said"),
    [
        (PartialDate(1974, 11, 18), "52 today"),
        (PartialDate(1974, 11, 19), "51, turns 52 tomorrow"),
        (PartialDate(1974, 11, 17), "52, turns 53 on 17 November"),
        (PartialDate(1974, 11, 30), "51, turns 52 in 12 days"),
        (PartialDate(2026, 11, 18), "born today"),
        (PartialDate(2026, 3, 1), "under 1, turns 1 on 1 March"),
        (PartialDate(None, 11, 18), "today"),
        (PartialDate(None, 12, 1), "in 13 days"),
        (PartialDate(None, 3, 26), ""),
        (PartialDate(None, 3), ""),
        (PartialDate(2004), "about 22"),
        (PartialDate(2026), "born this year"),
        (PartialDate(2004, 10), "22"),
        (PartialDate(2004, 11), "about 22"),
        (PartialDate(2004, 12), "21"),
    ],
)
def test_say_birthday_claims_only_what_is_known(when: PartialDate, said: str) -> None:
    assert say_birthday(when, TODAY) == said


def test_say_birthday_of_a_leap_day_goes_by_the_day_it_is_kept_on() -> None:
    born = PartialDate(1996, 2, 29)
    assert say_birthday(born, date(2027, 2, 28)) == "31 today"
    assert say_birthday(born, date(2027, 2, 28), march_first=True) == "30, turns 31 tomorrow"


def test_say_leap_day_names_the_day_in_common_years_only() -> None:
    born = PartialDate(None, 2, 29)
    assert say_leap_day(born, TODAY) == "kept on 28 February in 2027"
    assert say_leap_day(born, TODAY, march_first=True) == "kept on 1 March in 2027"
    assert say_leap_day(born, date(2028, 1, 1)) == ""
    assert say_leap_day(PartialDate(None, 2, 28), TODAY) == ""


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 11, 17), ""),
        (date(2026, 11, 18), "today"),
        (date(2026, 11, 19), "tomorrow"),
        (date(2026, 12, 18), "in 30 days"),
        (date(2026, 12, 19), "in 4 weeks"),
        (date(2027, 1, 27), "in 10 weeks"),
        (date(2027, 1, 28), ""),
    ],
)
def test_say_near_counts_days_then_weeks_and_then_nothing(day: date, said: str) -> None:
    assert say_near(day, TODAY) == said


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (2012, 2019, "2012 to 2019"),
        (2012, 2012, "2012"),
        (2012, None, "from 2012"),
        (None, 2019, "until 2019"),
        (None, None, ""),
    ],
)
def test_say_span_of_years(first: int | None, last: int | None, said: str) -> None:
    assert say_span(first, last) == said


def test_last_day_of_a_vague_date_is_the_end_of_its_month_or_year() -> None:
    assert last_day_of(PartialDate(2027, 2), date(2027, 2, 1)) == date(2027, 2, 28)
    assert last_day_of(PartialDate(2027), date(2027, 5, 15)) == date(2027, 12, 31)
    assert last_day_of(PartialDate(2027, 2, 3), date(2027, 2, 3)) == date(2027, 2, 3)
