from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.local_time import day_in, instant_of, is_zone, parse_at, zone_names

MINUTE = timedelta(minutes=1)

# Steps of the clocks: zone, instant, what clocks showed up to it, what they show from it on. When
# a clock goes back over midnight, the earlier reading belongs to the day before.
FORWARD = [
    ("America/New_York", "2027-03-14T07:00", "2027-03-14T02:00", "2027-03-14T03:00"),
    ("Europe/London", "2027-03-28T01:00", "2027-03-28T01:00", "2027-03-28T02:00"),
    ("Africa/Cairo", "2027-04-29T22:00", "2027-04-30T00:00", "2027-04-30T01:00"),
    ("Asia/Beirut", "2027-03-27T22:00", "2027-03-28T00:00", "2027-03-28T01:00"),
    ("America/Santiago", "2027-09-05T04:00", "2027-09-05T00:00", "2027-09-05T01:00"),
    ("America/Havana", "2027-03-14T05:00", "2027-03-14T00:00", "2027-03-14T01:00"),
    ("Atlantic/Azores", "2027-03-28T01:00", "2027-03-28T00:00", "2027-03-28T01:00"),
    ("America/Nuuk", "2027-03-28T01:00", "2027-03-27T23:00", "2027-03-28T00:00"),
    ("Australia/Lord_Howe", "2027-10-02T15:30", "2027-10-03T02:00", "2027-10-03T02:30"),
    ("Antarctica/Troll", "2027-03-28T01:00", "2027-03-28T01:00", "2027-03-28T03:00"),
    ("Africa/Casablanca", "2027-03-14T02:00", "2027-03-14T02:00", "2027-03-14T03:00"),
    ("Pacific/Chatham", "2027-09-25T14:00", "2027-09-26T02:45", "2027-09-26T03:45"),
    # Whole days that never were.
    ("Pacific/Apia", "2011-12-30T10:00", "2011-12-30T00:00", "2011-12-31T00:00"),
    ("Pacific/Kwajalein", "1993-08-21T12:00", "1993-08-21T00:00", "1993-08-22T00:00"),
]
BACK = [
    ("America/New_York", "2027-11-07T06:00", "2027-11-07T02:00", "2027-11-07T01:00"),
    ("Europe/London", "2027-10-31T01:00", "2027-10-31T02:00", "2027-10-31T01:00"),
    ("Africa/Cairo", "2027-10-28T21:00", "2027-10-29T00:00", "2027-10-28T23:00"),
    ("Asia/Beirut", "2027-10-30T21:00", "2027-10-31T00:00", "2027-10-30T23:00"),
    ("America/Santiago", "2027-04-04T03:00", "2027-04-04T00:00", "2027-04-03T23:00"),
    ("America/Havana", "2027-11-07T05:00", "2027-11-07T01:00", "2027-11-07T00:00"),
    ("Atlantic/Azores", "2027-10-31T01:00", "2027-10-31T01:00", "2027-10-31T00:00"),
    ("America/Nuuk", "2027-10-31T01:00", "2027-10-31T00:00", "2027-10-30T23:00"),
    ("Australia/Lord_Howe", "2027-04-03T15:00", "2027-04-04T02:00", "2027-04-04T01:30"),
    ("Antarctica/Troll", "2027-10-31T01:00", "2027-10-31T03:00", "2027-10-31T01:00"),
    ("Africa/Casablanca", "2027-02-07T02:00", "2027-02-07T03:00", "2027-02-07T02:00"),
    ("Pacific/Chatham", "2027-04-03T14:00", "2027-04-04T03:45", "2027-04-04T02:45"),
]


@pytest.mark.parametrize(("zone", "instant", "up_to", "from_then"), FORWARD)
def test_skipped_time_means_the_first_instant_after_the_gap(zone, instant, up_to, from_then):
    jump = datetime.fromisoformat(instant).replace(tzinfo=UTC)
    gap_starts, gap_ends = datetime.fromisoformat(up_to), datetime.fromisoformat(from_then)
    last_skipped = gap_ends - timedelta(microseconds=1)
    middle = gap_starts + (gap_ends - gap_starts) / 2
    for skipped in (gap_starts, gap_starts + MINUTE, middle, last_skipped, gap_ends):
        assert _instant(skipped, zone) == jump
    assert _instant(gap_starts - MINUTE, zone) == jump - MINUTE
    assert _instant(gap_ends + MINUTE, zone) == jump + MINUTE


@pytest.mark.parametrize(("zone", "instant", "up_to", "from_then"), BACK)
def test_time_that_comes_twice_means_the_first(zone, instant, up_to, from_then):
    jump = datetime.fromisoformat(instant).replace(tzinfo=UTC)
    second_pass, once_more = datetime.fromisoformat(from_then), datetime.fromisoformat(up_to)
    repeated = once_more - second_pass
    assert _instant(second_pass, zone) == jump - repeated
    assert _instant(once_more - MINUTE, zone) == jump - MINUTE
    assert _instant(once_more, zone) == jump + repeated
    assert _instant(second_pass - MINUTE, zone) == jump - repeated - MINUTE
    assert _instant(second_pass.replace(fold=1), zone) == jump - repeated


@pytest.mark.parametrize(("zone", "instant", "up_to", "from_then"), FORWARD + BACK)
def test_day_is_that_of_the_clocks_on_either_side_of_a_step(zone, instant, up_to, from_then):
    jump = datetime.fromisoformat(instant).replace(tzinfo=UTC)
    before = datetime.fromisoformat(up_to) - MINUTE
    assert day_in(ZoneInfo(zone), jump - MINUTE) == before.date()
    assert day_in(ZoneInfo(zone), jump) == datetime.fromisoformat(from_then).date()


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Pacific/Kiritimati", date(2026, 11, 19)),
        ("Pacific/Chatham", date(2026, 11, 19)),
        ("Asia/Kathmandu", date(2026, 11, 18)),
        ("Australia/Eucla", date(2026, 11, 18)),
        ("Pacific/Marquesas", date(2026, 11, 18)),
        ("America/St_Johns", date(2026, 11, 18)),
        ("Pacific/Pago_Pago", date(2026, 11, 17)),
    ],
)
def test_day_in_zones_with_odd_offsets(zone, day):
    assert day_in(ZoneInfo(zone), datetime(2026, 11, 18, 10, 30, tzinfo=UTC)) == day


@pytest.mark.parametrize(
    ("zone", "instant"),
    [
        ("Asia/Kathmandu", datetime(2026, 11, 18, 1, 15, tzinfo=UTC)),
        ("Australia/Eucla", datetime(2026, 11, 17, 22, 15, tzinfo=UTC)),
        ("Pacific/Marquesas", datetime(2026, 11, 18, 16, 30, tzinfo=UTC)),
        ("America/St_Johns", datetime(2026, 11, 18, 10, 30, tzinfo=UTC)),
        ("Pacific/Kiritimati", datetime(2026, 11, 17, 17, 0, tzinfo=UTC)),
        ("Pacific/Pago_Pago", datetime(2026, 11, 18, 18, 0, tzinfo=UTC)),
    ],
)
def test_instant_of_seven_in_the_morning_in_zones_with_odd_offsets(zone, instant):
    assert instant_of(date(2026, 11, 18), time(7), ZoneInfo(zone)) == instant


def test_day_in_takes_the_same_instant_in_whatever_offset_it_comes():
    in_new_york = datetime(2026, 11, 18, 22, 0, tzinfo=ZoneInfo("America/New_York"))
    assert day_in(ZoneInfo("Europe/Berlin"), in_new_york) == date(2026, 11, 19)


def test_day_in_refuses_an_instant_without_offset():
    with pytest.raises(ValueError, match="needs its offset"):
        day_in(ZoneInfo("UTC"), datetime(2026, 11, 18))


def test_the_day_that_never_was_in_apia_is_no_ones_today():
    apia = ZoneInfo("Pacific/Apia")
    noon = datetime(2011, 12, 28, 12, 0, tzinfo=UTC)
    seen = [day_in(apia, noon + timedelta(hours=hours)) for hours in range(96)]
    assert sorted(set(seen)) == [
        date(2011, 12, 28),
        date(2011, 12, 29),
        date(2011, 12, 31),
        date(2012, 1, 1),
        date(2012, 1, 2),
    ]
    assert instant_of(date(2011, 12, 30), time(7), apia) == instant_of(
        date(2011, 12, 31), time(0), apia
    )


# The oracle: clocks watched minute by minute, through two days round a step or any other time

STEPS = [
    (zone, datetime.fromisoformat(instant).replace(tzinfo=UTC))
    for zone, instant, *_ in FORWARD + BACK
]


@given(
    step=st.sampled_from(STEPS),
    drift=st.integers(-600, 600),
    wall=st.integers(0, 1439).map(lambda minutes: time(*divmod(minutes, 60))),
)
def test_instant_is_the_first_at_which_watched_clocks_show_the_time_or_have_passed_it(
    step, drift, wall
):
    zone, jump = ZoneInfo(step[0]), step[1]
    day = day_in(zone, jump + timedelta(minutes=drift))
    wished = datetime.combine(day, wall)
    start = wished.replace(tzinfo=UTC) - timedelta(hours=40)
    watched = (start + MINUTE * minutes for minutes in range(80 * 60))
    assert instant_of(day, wall, zone) == _first_showing(wished, watched, zone)


def _first_showing(wished, watched, zone):
    for earlier, later in pairwise(watched):
        shown_before = earlier.astimezone(zone).replace(tzinfo=None)
        shown = later.astimezone(zone).replace(tzinfo=None)
        if shown == wished or shown_before < wished < shown:
            return later
    return None


@given(
    zone=st.sampled_from(sorted(zone_names())).map(ZoneInfo),
    now=st.datetimes(datetime(2026, 1, 1), datetime(2036, 1, 1)),
)
def test_a_day_begins_before_every_instant_in_it_and_the_next_day_after(zone, now):
    now = now.replace(tzinfo=UTC)
    day = day_in(zone, now)
    assert instant_of(day, time.min, zone) <= now
    assert now < instant_of(day + timedelta(days=1), time.min, zone)


# --at


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-18T09:00", "2026-11-18T14:00"),
        ("2026-11-18 09:00", "2026-11-18T14:00"),
        ("2026-11-18T09:00:30", "2026-11-18T14:00:30"),
        ("2026-11-18T09", "2026-11-18T14:00"),
        ("20261118T0900", "2026-11-18T14:00"),
        ("2026-11-18T09:00Z", "2026-11-18T09:00"),
        ("2026-11-18t09:00z", "2026-11-18T09:00"),
        ("2026-11-18T09:00+05:45", "2026-11-18T03:15"),
        ("2026-11-18T09:00-08:00", "2026-11-18T17:00"),
        (" 2026-11-18 ", "2026-11-18T05:00"),
        ("20261118", "2026-11-18T05:00"),
        ("2026-W47-3", "2026-11-18T05:00"),
        ("2027-03-14T02:30", "2027-03-14T07:00"),
        ("2027-11-07T01:30", "2027-11-07T05:30"),
    ],
)
def test_parse_at_reads_iso_8601_in_the_keepers_zone(text, instant):
    expected = datetime.fromisoformat(instant).replace(tzinfo=UTC)
    assert parse_at(text, ZoneInfo("America/New_York")) == expected


def test_parse_at_takes_a_date_for_the_start_of_the_day_even_where_midnight_is_skipped():
    cairo = ZoneInfo("Africa/Cairo")
    assert parse_at("2027-04-30", cairo) == datetime(2027, 4, 29, 22, 0, tzinfo=UTC)
    assert day_in(cairo, parse_at("2027-04-30", cairo)) == date(2027, 4, 30)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tomorrow",
        "9:00",
        "2026-02-31",
        "2026-11-18T25:00",
        "2026-11-18x09:00",
        "2026-11-18T09:00+99:00",
        "٢٠٢٦-11-18",
        "0001-01-01T00:00+14:00",
        "9999-12-31T23:59-12:00",
        "18/11/2026",
        "2026-11-18\x00",
        "9" * 5000,
    ],
)
def test_parse_at_refuses_with_a_sentence(text):
    with pytest.raises(ValueError, match=r"Write it like 2026-11-18T09:00, .+\.$"):
        parse_at(text, ZoneInfo("America/New_York"))


@pytest.mark.parametrize("name", ["Europe/Berlin", "Asia/Kolkata", "America/Nuuk", "UTC"])
def test_zones_of_the_world_are_zones(name):
    assert is_zone(name)


@pytest.mark.parametrize(
    "name", ["", "Berlin", "europe/berlin", "../../etc/passwd", "America", "localtime", "Factory"]
)
def test_other_names_are_no_zones(name):
    assert not is_zone(name)


def _instant(wall: datetime, zone: str) -> datetime:
    return instant_of(wall.date(), wall.time(), ZoneInfo(zone))
