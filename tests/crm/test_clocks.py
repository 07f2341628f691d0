"""Clocks computed from the rule: no local date without its digest, none with two."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.clocks import day_that_is, first_day_to_reach, next_midnight
from crm.local_time import zone_names
from crm.models import User

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
ZONES = st.sampled_from(sorted(zone_names()))
INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2036, 1, 1)).map(
    lambda naive: naive.replace(tzinfo=UTC)
)


@given(zone=ZONES.map(ZoneInfo), now=INSTANTS)
def test_next_midnight_is_the_first_minute_of_another_date(zone, now):
    turns = next_midnight(zone, now)
    assert now < turns <= now + timedelta(hours=26)
    assert turns.astimezone(zone).date() == now.astimezone(zone).date() + DAY
    assert (turns - MINUTE).astimezone(zone).date() == now.astimezone(zone).date()


def test_a_date_that_a_zone_left_out_is_passed_over():
    apia = ZoneInfo("Pacific/Apia")
    assert day_that_is(date(2011, 12, 30), apia) == date(2011, 12, 31)
    assert day_that_is(date(2011, 12, 29), apia) == date(2011, 12, 29)


def test_the_first_day_is_today_until_the_hour_has_come():
    zone = ZoneInfo("America/New_York")
    seven = datetime(2026, 11, 18, 12, tzinfo=UTC)
    assert first_day_to_reach(time(7), zone, seven - MINUTE) == date(2026, 11, 18)
    assert first_day_to_reach(time(7), zone, seven) == date(2026, 11, 19)


WISHED = [time(0), time(0, 30), time(1, 30), time(2), time(2, 30), time(7), time(23, 30)]
ODD = [
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/Havana",
    "America/New_York",
    "America/Nuuk",
    "America/Santiago",
    "America/St_Johns",
    "Antarctica/Troll",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Atlantic/Azores",
    "Australia/Eucla",
    "Australia/Lord_Howe",
    "Europe/London",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
    "Pacific/Marquesas",
    "Pacific/Pago_Pago",
]


@pytest.mark.parametrize("zone_name", ODD)
def test_each_local_date_of_a_year_has_one_digest_at_its_hour(zone_name):
    """The hour as clocks show it; where they skip it, the first instant after the gap."""
    zone = ZoneInfo(zone_name)
    for wished in WISHED:
        user = User(time_zone=zone_name, digest_at=wished)
        user.set_clocks(datetime(2026, 11, 18, tzinfo=UTC))
        first = user.digest_on
        for number in range(400):
            assert user.digest_on == first + number * DAY
            shown = user.digest_due_at.astimezone(zone).replace(tzinfo=None)
            wall = datetime.combine(user.digest_on, wished)
            just_before = (user.digest_due_at - MINUTE).astimezone(zone).replace(tzinfo=None)
            assert shown == wall or just_before < wall < shown
            user.digest_on += DAY
            user.set_clocks(user.digest_due_at)


MOVES = st.lists(st.tuples(ZONES, st.integers(1, 4 * 24 * 60)), min_size=1, max_size=6)


@given(start=INSTANTS, zone=ZONES, hour=st.integers(0, 23), moves=MOVES)
def test_who_moves_about_has_one_digest_for_each_date_and_none_too_early(start, zone, hour, moves):
    """Any zone to any other, also over the date line: dates follow one another, each in its day."""
    user = User(time_zone=zone, digest_at=time(hour))
    user.set_clocks(start)
    served, now = [], start
    for next_zone, minutes in [*moves, (zone, 1)]:
        until = now + timedelta(minutes=minutes)
        while user.digest_due_at <= until:
            now = max(now, user.digest_due_at)
            assert user.digest_on <= user.today(now)
            served.append(user.digest_on)
            user.digest_on += DAY
            user.set_clocks(now)
        now = until
        user.time_zone = next_zone
        user.stop_clocks()
        user.set_clocks(now)
    assert served == [served[0] + number * DAY for number in range(len(served))] if served else True


def test_a_digest_hour_moved_past_now_waits_for_tomorrow_once_today_was_served():
    user = User(time_zone="UTC", digest_at=time(7))
    user.set_clocks(datetime(2026, 11, 18, 6, tzinfo=UTC))
    user.digest_on += DAY  # the 18th was served at seven
    user.digest_at = time(18)
    user.set_clocks(datetime(2026, 11, 18, 10, tzinfo=UTC))
    assert user.digest_due_at == datetime(2026, 11, 19, 18, tzinfo=UTC)


def test_a_digest_hour_moved_back_before_now_is_due_at_once():
    user = User(time_zone="UTC", digest_at=time(18))
    user.set_clocks(datetime(2026, 11, 18, 6, tzinfo=UTC))
    user.digest_at = time(7)
    user.set_clocks(datetime(2026, 11, 18, 10, tzinfo=UTC))
    assert user.digest_due_at == datetime(2026, 11, 18, 7, tzinfo=UTC)
