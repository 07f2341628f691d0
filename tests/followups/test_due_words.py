import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm.local_time import day_in, instant_of
from followups.due_words import HOW_TO_WRITE, DueWordsError, read_due, say_due

TODAY = date(2026, 11, 18)  # a Wednesday

# What is meant on that Wednesday by one who writes days before months and begins weeks on Monday.
MEANINGS = {
    "2026-11-18": (
        "today · Today · TODAY · tonight · now · later today · by today · this morning · "
        "this afternoon · this evening · by noon · by 5pm · at 17:30 · before lunch · eod · EOD · "
        "end of day · by the end of the day · cob · close of business · end of the working day · "
        "this Wednesday · Wednesday this week · the 18th · 18th · by the 18th · the 18 · 18/11 · "
        "18.11. · 18 Nov · November 18 · Wed 18 Nov · Wednesday the 18th · Wed the 18 · Wed 18 · "
        "in 0 days · 18 November 2026 · 2026-11-18 · before tomorrow · in an hour · "
        "in 20 minutes · 2h · the eighteenth · midweek · the morning of the 18th"
    ),
    "2026-11-19": (
        "tomorrow · Tomorrow · tmrw · tmr · tmw · tomorow · tommorrow · early tomorrow · "
        "tomorrow morning · tomorrow at 10 · tomorrow 3pm · tomorrow at 3 p.m. · "
        "tomorrow, first thing · first thing tomorrow · first thing in the morning · "
        "in the morning · by noon tomorrow · before lunch tomorrow · Thursday · thu · Thurs · "
        "thur · by Thursday · in a day · in 1 day · 1d · a day from now · one day · the 19th · "
        "the nineteenth · Thu 19th · before Friday · within 24 hours · 24h · in 1 working day"
    ),
    "2026-11-20": (
        "Friday · friday · FRIDAY · Fri · fri. · on Friday · by Friday · by  Friday · for Friday · "
        "until Friday · till Friday · this Friday · coming Friday · the coming Friday · "
        "this coming Friday · Friday! · (Friday) · early Friday · late Friday · Friday morning · "
        "Friday at 3pm · Friday 15:00 · 3pm Friday · Friday at 5 · Friday 5 o'clock · "
        "by close of business Friday · Friday eod · by Friday at the latest · "
        "no later than Friday · on or before Friday · due Friday · Friday this week · "
        "this week Friday · Friday please · the day after tomorrow · day after tomorrow · "
        "in two days · in 2 days · 2 days · 2d · a couple of days · within 48 hours · "
        "end of the week · end of week · by the end of the week · EOW · end-of-week · "
        "end of this week · this week · later this week · late this week · before the weekend · "
        "the 20th · Fri 20 Nov · Friday, November 20 · Friday 20 · 20/11 · 20-11-2026 · "
        "Nov 20th · before Saturday · in two working days"
    ),
    "2026-11-21": (
        "Saturday · sat · the weekend · this weekend · at the weekend · over the weekend · "
        "on the weekend · weekend · in three days · a few days · in a few days · within 3 days · "
        "three days from now · in 3 days' time · three days’ time · after Friday · 3 days or so"
    ),
    "2026-11-22": (
        "Sunday · by Sun · in four days · Sunday night · before Monday · before next week · "
        "the twenty-second · 22nd · Sun 22nd"
    ),
    "2026-11-23": (
        "Monday · mon · next week · Next Week · the coming week · start of next week · "
        "early next week · next Monday · Monday next week · next week Monday · beginning of the "
        "week · after the weekend · after this week · in 3 working days · 3 weekdays"
    ),
    "2026-11-24": (
        "Tues · tue · Tuesday · by tues · next Tuesday · Tues 24 · Tues the 24th · "
        "a day after Monday"
    ),
    "2026-11-25": (
        "Wednesday · weds · wed · next Wednesday · in a week · in 1 week · one week · 1w · 1 wk · "
        "a week · within a week · in the next week · within the next week · in a week's time · "
        "in a week’s time · a week from now · a week from today · a week today · today week · "
        "middle of next week · mid next week · in 5 working days · in five business days"
    ),
    "2026-11-26": (
        "a week tomorrow · tomorrow week · next Thursday · Thursday next week · Thu 26 Nov · "
        "26 Nov. · November 26th, 2026"
    ),
    "2026-11-27": (
        "next Friday · Friday next week · next week on Friday · Friday of next week · "
        "Friday week · a week on Friday · a week from Friday · a week Friday · end of next week · "
        "by the end of next week · late next week · later next week"
    ),
    "2026-11-28": "next weekend · in 10 days · in ten days · 10 days · ten days · within 10 days",
    "2026-11-30": (
        "end of the month · end of month · by the end of the month · eom · EOM · month end · "
        "month-end · end of this month · this month · end of November · end of Nov · "
        "the very end of the month · last day of the month · the last day of November · "
        "before the end of the month · before eom · before December · the 30th · the thirtieth · "
        "the week after next · week after next"
    ),
    "2026-12-01": (
        "next month · start of next month · beginning of the month · the 1st · the first · "
        "first of next month · 1st of next month · the first of the month · 1 December · 1/12 · "
        "2026-12-01 · 2026-12-01 10:00 · 2026-12-01T10:00 · early December · "
        "first day of December · after the end of the month · after November · 1. Dezember · "
        "le 1er décembre"
    ),
    "2026-12-02": (
        "in two weeks · in 2 weeks · In  Two Weeks · 2 weeks · 2w · 2 wks · a fortnight · "
        "in a fortnight · one fortnight · within the next two weeks · over the next two weeks · "
        "in about two weeks · in two weeks' time · two weeks from now · two weeks from today · "
        "in a couple of weeks · fourteen days · 14d · Wed 2 Dec · 2 Dec · Wednesday 2nd December"
    ),
    "2026-12-04": (
        "a fortnight on Friday · two weeks on Friday · two weeks Friday · Fri 4 Dec · "
        "two weeks after this Friday"
    ),
    "2026-12-15": (
        "mid December · mid-December · the middle of December · the 15th · 15th · "
        "fifteenth of December · 15th of next month · the 15th of next month"
    ),
    "2026-12-18": (
        "in a month · in one month · 1 month · a month from now · in a month's time · 1mo · "
        "another month · the week before Christmas · a week before Christmas"
    ),
    "2026-12-03": "the third · the 3rd · Thu 3 Dec · third of December",
    "2026-12-22": "twenty-second of December · 22nd December · Tue 22 Dec",
    "2026-12-24": "Christmas Eve · before Christmas · the day before Christmas · before Xmas",
    "2026-12-25": "Christmas · by Christmas · Christmas Day · this Christmas · Xmas · at Christmas",
    "2026-12-31": (
        "end of the year · end of year · eoy · EOY · year end · the end of this year · this year · "
        "before New Year · New Year's Eve · new years eve · NYE · end of the quarter · eoq · "
        "this quarter · end of Q4 · before next year · before Q1 · before 2027 · the 31st"
    ),
    "2027-01-01": (
        "New Year · New Year's · New Year’s Day · the new year · in the new year · next year · "
        "next quarter · start of January · 1/1 · New Year 2027 · a week after Christmas · "
        "the week after Christmas · after this year · after the year end"
    ),
    "2027-02-18": "in three months · 3 months · in a quarter",
    "2027-02-28": "end of February · end of Feb 2027",
    "2027-03-31": "end of Q1 · end of next quarter · end of March · before Q2 · end of Q1 2027",
    "2027-06-30": "end of June · end of June 2027 · before July · the end of June",
    "2027-08-15": (
        "15/8 · 15.8. · 15.8 · 15-8 · 15/08 · 8/15 · 15 Aug · 15. August · Aug 15 · August 15 · "
        "August 15th · 15th of August · the 15th of August · 15 August 2027 · 15/8/27 · "
        "15/8/2027 · 15.8.2027 · 2027-08-15 · 2027/8/15 · 15-Aug-2027 · Sunday 15 August · "
        "mid August · by 15 Aug · on the 15th of August · 15 août · 15 Aug '27 · "
        "August 15th at 10am · the fifteenth of August"
    ),
    "2027-11-17": "2027-11-17 · Nov 17 · 17 November · 17/11",
    "2027-11-18": "in a year · in twelve months · 1 year · 1y · a year from now · 18/11/2027",
    "2028-02-29": "29 February · 29/2 · Feb 29",
    "2036-11-18": "in ten years · 10 years · 18 November 2036",
}
PHRASES = [
    (phrase, date.fromisoformat(day))
    for day, phrases in MEANINGS.items()
    for phrase in phrases.split(" · ")
]


def test_no_phrase_has_two_meanings():
    assert len({phrase for phrase, _ in PHRASES}) == len(PHRASES)


@pytest.mark.parametrize(("phrase", "day"), PHRASES)
def test_read_due_understands(phrase, day):
    assert read_due(phrase, today=TODAY, day_first=True) == day


# What people could mean otherwise, and what depends on the day or the user


@pytest.mark.parametrize(
    ("today", "friday", "this_friday", "next_friday", "friday_week"),
    [
        ("2026-11-16", "2026-11-20", "2026-11-20", "2026-11-27", "2026-11-27"),  # Monday
        ("2026-11-19", "2026-11-20", "2026-11-20", "2026-11-27", "2026-11-27"),  # Thursday
        ("2026-11-20", "2026-11-27", "2026-11-20", "2026-11-27", "2026-12-04"),  # Friday
        ("2026-11-21", "2026-11-27", "2026-11-27", "2026-11-27", "2026-12-04"),  # Saturday
        ("2026-11-22", "2026-11-27", "2026-11-27", "2026-11-27", "2026-12-04"),  # Sunday
    ],
)
def test_friday_on_other_days_of_the_week(today, friday, this_friday, next_friday, friday_week):
    said = ["Friday", "this Friday", "next Friday", "Friday week"]
    meant = [friday, this_friday, next_friday, friday_week]
    assert [_read(words, today) for words in said] == meant


@pytest.mark.parametrize(
    ("words", "on_friday", "on_saturday", "on_sunday"),
    [
        ("this week", "2026-11-20", "2026-11-21", "2026-11-22"),
        ("end of the week", "2026-11-20", "2026-11-27", "2026-11-27"),
        ("next week", "2026-11-23", "2026-11-23", "2026-11-23"),
        ("end of next week", "2026-11-27", "2026-11-27", "2026-11-27"),
        ("this weekend", "2026-11-21", "2026-11-21", "2026-11-22"),
        ("next weekend", "2026-11-28", "2026-11-28", "2026-11-28"),
        ("after the weekend", "2026-11-23", "2026-11-23", "2026-11-23"),
        ("in 1 working day", "2026-11-23", "2026-11-23", "2026-11-23"),
    ],
)
def test_weeks_as_they_end(words, on_friday, on_saturday, on_sunday):
    read = [_read(words, day) for day in ("2026-11-20", "2026-11-21", "2026-11-22")]
    assert read == [on_friday, on_saturday, on_sunday]


@pytest.mark.parametrize(
    ("words", "from_monday", "from_sunday"),
    [
        ("next week", "2026-11-23", "2026-11-30"),
        ("next Friday", "2026-11-27", "2026-12-04"),
        ("Friday", "2026-11-27", "2026-11-27"),
        ("this week", "2026-11-22", "2026-11-27"),
        ("end of next week", "2026-11-27", "2026-12-04"),
        ("next weekend", "2026-11-28", "2026-11-28"),
    ],
)
def test_a_sunday_belongs_to_the_week_that_the_user_says(words, from_monday, from_sunday):
    sunday = date(2026, 11, 22)
    read = [read_due(words, today=sunday, day_first=True, week_starts=start) for start in (0, 6)]
    assert read == [date.fromisoformat(from_monday), date.fromisoformat(from_sunday)]


@pytest.mark.parametrize(
    ("words", "day_first", "day"),
    [
        ("3/4", True, "2027-04-03"),
        ("3/4", False, "2027-03-04"),
        ("12/1", True, "2027-01-12"),
        ("12/1", False, "2026-12-01"),
        ("3/4/2027", True, "2027-04-03"),
        ("3/4/2027", False, "2027-03-04"),
        ("8/15", False, "2027-08-15"),
        ("15/8", False, "2027-08-15"),
        ("2027-03-04", True, "2027-03-04"),
    ],
)
def test_numbers_follow_the_users_order(words, day_first, day):
    assert read_due(words, today=TODAY, day_first=day_first) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("today", "words", "day"),
    [
        ("2027-01-31", "in a month", "2027-02-28"),
        ("2028-01-31", "in a month", "2028-02-29"),
        ("2027-01-31", "in two months", "2027-03-31"),
        ("2028-02-29", "in a year", "2029-02-28"),
        ("2027-02-01", "the 31st", "2027-03-31"),
        ("2027-01-31", "the 30th", "2027-03-30"),
        ("2027-01-31", "the 31st", "2027-01-31"),
        ("2026-12-25", "Christmas", "2026-12-25"),
        ("2026-12-26", "Christmas", "2027-12-25"),
        ("2027-01-01", "New Year", "2027-01-01"),
        ("2027-01-02", "New Year", "2028-01-01"),
        ("2096-03-01", "29 February", "2104-02-29"),
        ("2026-06-10", "end of June", "2026-06-30"),
        ("2026-06-10", "start of June", "2027-06-01"),
        ("2026-06-30", "eom", "2026-06-30"),
        ("2026-06-30", "next month", "2026-07-01"),
        ("2026-12-31", "next quarter", "2027-01-01"),
        ("2026-12-31", "end of next month", "2027-01-31"),
        ("2026-11-19", "midweek", "2026-11-25"),
    ],
)
def test_months_and_years_as_they_turn(today, words, day):
    assert _read(words, today) == day


# What is refused


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("15 August 2026", f"15 August 2026 has passed. {HOW_TO_WRITE}"),
        ("15/8/26", f"15 August 2026 has passed. {HOW_TO_WRITE}"),
        ("2026-11-17", f"17 November 2026 has passed. {HOW_TO_WRITE}"),
        ("Monday this week", f"16 November 2026 has passed. {HOW_TO_WRITE}"),
        ("the 3rd of this month", f"3 November 2026 has passed. {HOW_TO_WRITE}"),
        ("end of June 2026", f"30 June 2026 has passed. {HOW_TO_WRITE}"),
        ("before today", f"17 November 2026 has passed. {HOW_TO_WRITE}"),
        ("yesterday", f"That day has passed. {HOW_TO_WRITE}"),
        ("3 days ago", f"That day has passed. {HOW_TO_WRITE}"),
        ("last Friday", f"That day has passed. {HOW_TO_WRITE}"),
        ("19 November 2036", "That is more than 10 years away. Choose a nearer day."),
        ("in 11 years", "That is more than 10 years away. Choose a nearer day."),
        ("in 999999999999 days", "That is more than 10 years away. Choose a nearer day."),
        ("in 9999 working days", "That is more than 10 years away. Choose a nearer day."),
        ("3000 years before today", "That is more than 10 years away. Choose a nearer day."),
        ("end of 9999", "That is more than 10 years away. Choose a nearer day."),
        ("31 June", "There is no 31 June."),
        ("31/2", "There is no 31 February."),
        ("29 February 2027", "There is no 29 February in 2027."),
        ("the 31st of this month", "There is no 31 November."),
        ("the 32nd", "No month has a day 32."),
        ("Friday 15 August", "15 August 2027 is a Sunday, not a Friday."),
        ("Friday the 13th", "13 December 2026 is a Sunday, not a Friday."),
        ("in June", "Which day in June? Write 15 June or end of June."),
        ("June 2027", "Which day in June 2027? Write 15 June 2027 or end of June 2027."),
        ("by 2027", "Which day in 2027? Write 15 June 2027 or end of 2027."),
        ("15", "A number alone is no day. Write the 3rd, or in 3 days."),
        ("in ٣ days", "Write numbers with the digits 0 to 9."),
        ("in ３ days", "Write numbers with the digits 0 to 9."),
        ("Friday" + " " * 95, f"This is too long for a day. {HOW_TO_WRITE}"),
    ],
)
def test_read_due_refuses_with_a_sentence(words, sentence):
    with pytest.raises(DueWordsError) as refused:
        read_due(words, today=TODAY, day_first=True)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    "words",
    [
        "",
        " ",
        "?",
        "soon",
        "asap",
        "whenever",
        "in 3",
        "in days",
        "-3 days",
        "next",
        "end of",
        "the",
        "by",
        "before",
        "Friday or Monday",
        "Freitag",
        "end of last month",
        "a week and a half",
        "3 days friday monday",
        "Friday\x00",
        "<b>Friday</b>",
        "金曜日",
        "🎂",
        "Friday; drop table promises",
    ],
)
def test_read_due_says_how_to_write_what_it_cannot_read(words):
    with pytest.raises(DueWordsError) as refused:
        read_due(words, today=TODAY, day_first=True)
    assert str(refused.value) == f"Kept cannot read this as a day. {HOW_TO_WRITE}"


# Generated

todays = st.dates(date(2024, 1, 1), date(2040, 12, 31))
ZONES = (
    "Africa/Cairo America/Havana America/New_York America/Nuuk America/Santiago Asia/Beirut "
    "Asia/Kathmandu Atlantic/Azores Australia/Lord_Howe Europe/London Pacific/Chatham "
    "Pacific/Kiritimati Pacific/Marquesas Pacific/Pago_Pago"
)


@given(
    days=st.integers(0, 400),
    zone=st.sampled_from(ZONES.split()).map(ZoneInfo),
    seconds=st.integers(0, 366 * 3 * 86_400),
)
@settings(max_examples=10_000, deadline=None)
def test_in_some_days_is_that_many_midnights_ahead_in_every_zone(days, zone, seconds):
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    today = day_in(zone, now)
    due = read_due(f"in {days} days", today=today, day_first=True)
    assert due.toordinal() == today.toordinal() + days
    last_minute = instant_of(due, time(23, 59), zone)
    skipped = last_minute.astimezone(zone).time() != time(23, 59)
    assert day_in(zone, last_minute) == due + timedelta(days=skipped)
    assert last_minute > now - timedelta(minutes=1)


@given(today=todays, day_first=st.booleans(), ahead=st.integers(0, 3652))
def test_written_dates_are_read_as_they_are(today, day_first, ahead):
    day = today + timedelta(days=ahead)
    numbers = f"{day:%d/%m/%Y}" if day_first else f"{day:%m/%d/%Y}"
    for words in (day.isoformat(), numbers, f"{day:%-d %B %Y}", f"{day:%a} {day:%B %-d, %Y}"):
        assert read_due(words, today=today, day_first=day_first) == day


@given(today=todays, ahead=st.integers(0, 364))
def test_dates_without_a_year_are_the_next_ones(today, ahead):
    day = today + timedelta(days=ahead)
    assert read_due(f"{day:%-d %B}", today=today, day_first=True) == day


@given(today=todays, ahead=st.integers(0, 365))
def test_what_is_said_of_a_due_day_is_read_back(today, ahead):
    day = today + timedelta(days=ahead)
    assert read_due(say_due(day, today), today=today, day_first=True) == day


WORDS = (
    "in on by before after the a of next this last end start mid week weekend month year quarter "
    "day days working Friday mon 13th 3 15/8 2026-12-01 June 2027 q1 eom Christmas eve two few "
    "first at 5pm morning . , - ' ! tomorrow ago 999"
)


@given(
    words=st.lists(st.sampled_from(WORDS.split()), max_size=9).map(" ".join)
    | st.text(max_size=110)
    | st.text("0123456789 /.-:'abdefhimnorstuwy", max_size=110),
    today=todays,
    day_first=st.booleans(),
    week_starts=st.integers(0, 6),
)
@settings(max_examples=3_000)
def test_words_mean_a_day_to_come_or_are_refused_with_a_sentence(
    words, today, day_first, week_starts
):
    answer = _answer(words, today=today, day_first=day_first, week_starts=week_starts)
    if isinstance(answer, date):
        assert 0 <= (answer - today).days <= 3653
    else:
        assert re.fullmatch(r"[A-Z0-9].+\.", answer)


# How a due day is said


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-11-18", "today"),
        ("2026-11-19", "tomorrow"),
        ("2026-11-17", "yesterday"),
        ("2026-11-20", "on Friday"),
        ("2026-11-24", "on Tuesday"),
        ("2026-11-25", "on Wed 25 Nov"),
        ("2026-11-26", "on Thu 26 Nov"),
        ("2027-01-04", "on Mon 4 Jan"),
        ("2027-05-19", "on Wed 19 May"),
        ("2027-05-20", "on 20 May 2027"),
        ("2028-02-29", "on 29 Feb 2028"),
        ("2026-11-16", "2 days ago"),
        ("2026-11-15", "3 days ago"),
        ("2026-11-05", "13 days ago"),
        ("2026-11-04", "on Wed 4 Nov"),
        ("2026-01-02", "on Fri 2 Jan"),
        ("2025-12-31", "on 31 Dec 2025"),
    ],
)
def test_due_day_is_said_as_people_say_it(day, said):
    assert say_due(date.fromisoformat(day), TODAY) == said


def _read(words: str, today: str) -> str:
    return read_due(words, today=date.fromisoformat(today), day_first=True).isoformat()


def _answer(words: str, **options: object) -> date | str:
    try:
        return read_due(words, **options)
    except DueWordsError as refused:
        return str(refused)
