import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from contacts.partial_dates import (
    HOW_TO_WRITE,
    PartialDate,
    PartialDateError,
    UnreadableDateError,
    age_on,
    latest_occurrence,
    next_occurrence,
    occurrence_in,
    turning,
)
from crm.local_time import day_in

TODAY = date(2026, 11, 18)
DAY = timedelta(days=1)
ZONES = (
    "Africa/Cairo Africa/Casablanca America/Havana America/New_York America/Nuuk America/Santiago "
    "America/St_Johns Antarctica/Troll Asia/Beirut Asia/Kathmandu Asia/Kolkata Asia/Tokyo "
    "Atlantic/Azores Australia/Eucla Australia/Lord_Howe Europe/Berlin Europe/London Pacific/Apia "
    "Pacific/Auckland Pacific/Chatham Pacific/Kiritimati Pacific/Marquesas Pacific/Pago_Pago UTC"
)


# What a partial date may be


@pytest.mark.parametrize(
    ("parts", "said", "iso"),
    [
        ((1974, 3, 26), "26 March 1974", "1974-03-26"),
        ((None, 3, 26), "26 March", "--03-26"),
        ((2026, 6, None), "June 2026", "2026-06"),
        ((None, 6, None), "June", "--06"),
        ((2019, None, None), "2019", "2019"),
        ((None, 2, 29), "29 February", "--02-29"),
        ((2000, 2, 29), "29 February 2000", "2000-02-29"),
        ((1, 1, 1), "1 January 1", "0001-01-01"),
        ((9999, 12, 31), "31 December 9999", "9999-12-31"),
    ],
)
def test_partial_date_is_said_and_written(parts, said, iso):
    partial = PartialDate(*parts)
    assert (str(partial), partial.iso) == (said, iso)


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ((None, None, None), "A date needs at least a year or a month."),
        ((None, None, 3), "A day needs its month, too, like 26 March."),
        ((1974, None, 3), "A day needs its month, too, like 26 March."),
        ((None, 2, 31), "There is no 31 February."),
        ((None, 2, 30), "There is no 30 February."),
        ((2027, 2, 29), "There is no 29 February in 2027."),
        ((1900, 2, 29), "There is no 29 February in 1900."),
        ((None, 4, 31), "There is no 31 April."),
        ((None, 1, 0), "There is no 0 January."),
        ((None, 13, 1), "There is no month 13."),
        ((None, 0, None), "There is no month 0."),
        ((0, 1, 1), "The year 0 does not exist."),
        ((-1, 1, 1), "Years go from 1 to 9999."),
        ((10_000, 1, 1), "Years go from 1 to 9999."),
    ],
)
def test_partial_date_refuses_with_a_sentence(parts, sentence):
    with pytest.raises(PartialDateError) as refused:
        PartialDate(*parts)
    assert str(refused.value) == sentence


def test_partial_date_has_exactly_the_days_of_the_calendar():
    leap_year = [date(2000, 1, 1) + DAY * number for number in range(366)]
    accepted = [
        (month, day) for month in range(1, 13) for day in range(32) if _is_partial(month, day)
    ]
    assert accepted == [(day.month, day.day) for day in leap_year]


def test_as_date_of_a_whole_date_only():
    assert PartialDate(1974, 3, 26).as_date() == date(1974, 3, 26)
    assert PartialDate(1974, 3, 26).is_complete
    for partial in (PartialDate(None, 3, 26), PartialDate(1974, 3), PartialDate(1974)):
        assert not partial.is_complete
        with pytest.raises(PartialDateError, match="is not a whole date"):
            partial.as_date()


# What files say


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("1974-03-26", "1974-03-26"),
        ("19740326", "1974-03-26"),
        ("--0326", "--03-26"),
        ("--03-26", "--03-26"),
        ("--03", "--03"),
        ("1974-03", "1974-03"),
        ("1974", "1974"),
        (" 1974-03-26 ", "1974-03-26"),
        ("1985-01-28T00:00:00Z", "1985-01-28"),
        ("19531015T231000Z", "1953-10-15"),
        ("1996-10-22T23:59:59-12:00", "1996-10-22"),
        ("19960415T0030+1400", "1996-04-15"),
        ("20090808T1430-0500", "2009-08-08"),
        ("1985-01-28 00:00:00", "1985-01-28"),
        ("--0326T1000", "--03-26"),
        ("1604-02-29", "1604-02-29"),
    ],
)
def test_parse_iso_reads_what_cards_hold(text, iso):
    assert PartialDate.parse_iso(text).iso == iso


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("---26", "A day of the month alone is not a date: add its month."),
        ("0000", "The year 0 does not exist."),
        ("19723101", "There is no month 31."),
        ("2027-02-29", "There is no 29 February in 2027."),
        ("70-7-14", f"This is not a date. {HOW_TO_WRITE}"),
        ("206-12-15", f"This is not a date. {HOW_TO_WRITE}"),
        ("197403", f"This is not a date. {HOW_TO_WRITE}"),
        ("--03 26", f"This is not a date. {HOW_TO_WRITE}"),
        ("T102200", f"This is not a date. {HOW_TO_WRITE}"),
        ("circa 1800", f"This is not a date. {HOW_TO_WRITE}"),
        ("１９７４", f"This is not a date. {HOW_TO_WRITE}"),
        ("", f"This is not a date. {HOW_TO_WRITE}"),
        ("1974-03-26T" + "0" * 100, f"This is too long for a date. {HOW_TO_WRITE}"),
    ],
)
def test_parse_iso_refuses_with_a_sentence(text, sentence):
    with pytest.raises(PartialDateError) as refused:
        PartialDate.parse_iso(text)
    assert str(refused.value) == sentence


def test_parse_iso_takes_a_sentinel_for_no_year_only_when_told():
    assert PartialDate.parse_iso("1604-02-02", omit_year=1604) == PartialDate(None, 2, 2)
    assert PartialDate.parse_iso("1604-02-02") == PartialDate(1604, 2, 2)
    assert PartialDate.parse_iso("1605-02-02", omit_year=1604) == PartialDate(1605, 2, 2)
    with pytest.raises(PartialDateError, match="at least a year or a month"):
        PartialDate.parse_iso("1604", omit_year=1604)


# What people type


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("26 March", "--03-26"),
        ("26 MARCH", "--03-26"),
        ("March 26", "--03-26"),
        ("26th March", "--03-26"),
        ("the 26th of March", "--03-26"),
        ("26Mar", "--03-26"),
        ("  26   mar. ", "--03-26"),
        ("on 26 March", "--03-26"),
        ("March 26 1974", "1974-03-26"),
        ("March 26th, 1974", "1974-03-26"),
        ("26 March 1974", "1974-03-26"),
        ("26-Mar-1974", "1974-03-26"),
        ("1974 March 26", "1974-03-26"),
        ("26mar1974", "1974-03-26"),
        ("26 March 74", "1974-03-26"),
        ("26 March '74", "1974-03-26"),
        ("26 March ’74", "1974-03-26"),
        ("26 March 26", "2026-03-26"),
        ("26 December 26", "1926-12-26"),
        ("18 November 26", "2026-11-18"),
        ("19 November 26", "1926-11-19"),
        ("29 Feb 00", "2000-02-29"),
        ("June '26", "2026-06"),
        ("December '26", "1926-12"),
        ("'74", "1974"),
        ("June 2026", "2026-06"),
        ("in June 2026", "2026-06"),
        ("2026 June", "2026-06"),
        ("6/2026", "2026-06"),
        ("2026-06", "2026-06"),
        ("2026/6", "2026-06"),
        ("June", "--06"),
        ("Sept", "--09"),
        ("2019", "2019"),
        ("1974-03-26", "1974-03-26"),
        ("1974/3/26", "1974-03-26"),
        ("1974.3.26", "1974-03-26"),
        ("--03-26", "--03-26"),
        ("1974-03-26T23:00:00Z", "1974-03-26"),
        ("26/3", "--03-26"),
        ("3/26", "--03-26"),
        ("26.3.1974", "1974-03-26"),
        ("3/26/74", "1974-03-26"),
        ("26.03.", "--03-26"),
        ("26‑3‑1974", "1974-03-26"),
        ("\u200e26/\u200e3/\u200e1974", "1974-03-26"),
    ],
)
@pytest.mark.parametrize("day_first", [True, False])
def test_parse_words_reads_what_people_type_in_either_order(text, iso, day_first):
    assert PartialDate.parse_words(text, day_first=day_first, today=TODAY).iso == iso


@pytest.mark.parametrize(
    ("text", "day_first", "iso"),
    [
        ("3/4", True, "--04-03"),
        ("3/4", False, "--03-04"),
        ("3/4/74", True, "1974-04-03"),
        ("3/4/74", False, "1974-03-04"),
        ("3.4.2001", True, "2001-04-03"),
        ("03-04-2001", False, "2001-03-04"),
        ("2001-03-04", True, "2001-03-04"),
        ("2001/3/4", True, "2001-03-04"),
    ],
)
def test_parse_words_follows_the_users_order(text, day_first, iso):
    assert PartialDate.parse_words(text, day_first=day_first, today=TODAY).iso == iso


@pytest.mark.parametrize(
    ("text", "iso"),
    [("1/6/27", "2027-06-01"), ("1/6/76", "2076-06-01"), ("1/6/77", "1977-06-01")],
)
def test_parse_words_takes_the_nearest_year_where_not_the_past_is_meant(text, iso):
    assert PartialDate.parse_words(text, day_first=True, today=TODAY, past=False).iso == iso


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("31 February", "There is no 31 February."),
        ("31/2", "There is no 31 February."),
        ("29 Feb 2027", "There is no 29 February in 2027."),
        ("13/13", "There is no month 13."),
        ("0/5", "There is no 0 May."),
        ("5 May 0000", "The year 0 does not exist."),
        ("٢٦ March", "Write numbers with the digits 0 to 9."),
        ("２６ March", "Write numbers with the digits 0 to 9."),
        ("½ March", "Write numbers with the digits 0 to 9."),
        ("March " * 17, f"This is too long for a date. {HOW_TO_WRITE}"),
    ],
)
def test_parse_words_says_what_is_wrong(text, sentence):
    with pytest.raises(PartialDateError) as refused:
        PartialDate.parse_words(text, day_first=True, today=TODAY)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "3",
        "26th",
        "12345",
        "206-12-15",
        "1 2 3 4",
        "26 March 1974 5",
        "March April",
        "March 1974 1975",
        "26 1974 3",
        "soon",
        "26 Smarch",
        "---26",
        "26 March 10:30",
        "26\x003",
        "3月26日",
        "<b>26 March</b>",
    ],
)
def test_parse_words_says_how_to_write_what_it_cannot_read(text):
    with pytest.raises(UnreadableDateError) as refused:
        PartialDate.parse_words(text, day_first=True, today=TODAY)
    assert str(refused.value) == f"Kept cannot read this as a date. {HOW_TO_WRITE}"


MONTHS_ABROAD = {
    "Czech": "leden únor březen duben květen červen červenec srpen září říjen listopad prosinec",
    "Czech, of": "ledna února března dubna května června července srpna září října listopadu "
    "prosince",
    "Danish": "januar februar marts april maj juni juli august september oktober november december",
    "Dutch": "januari februari maart april mei juni juli augustus september oktober november "
    "december",
    "English": "January February March April May June July August September October November "
    "December",
    "English, short": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    "Finnish": "tammikuu helmikuu maaliskuu huhtikuu toukokuu kesäkuu heinäkuu elokuu syyskuu "
    "lokakuu marraskuu joulukuu",
    "Finnish, of": "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta "
    "elokuuta syyskuuta lokakuuta marraskuuta joulukuuta",
    "French": "janvier février mars avril mai juin juillet août septembre octobre novembre "
    "décembre",
    "French, short": "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
    "German": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "German, short": "Jan. Feb. Mrz. Apr. Mai Jun. Jul. Aug. Sept. Okt. Nov. Dez.",
    "Italian": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre "
    "novembre dicembre",
    "Italian, short": "gen feb mar apr mag giu lug ago set ott nov dic",
    "Norwegian": "januar februar mars april mai juni juli august september oktober november "
    "desember",
    "Polish": "styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik "
    "listopad grudzień",
    "Polish, of": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września "
    "października listopada grudnia",
    "Portuguese": "janeiro fevereiro março abril maio junho julho agosto setembro outubro "
    "novembro dezembro",
    "Spanish": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre "
    "diciembre",
    "Spanish, short": "ene feb mar abr may jun jul ago sept oct nov dic",
    "Swedish": "januari februari mars april maj juni juli augusti september oktober november "
    "december",
}


@pytest.mark.parametrize("language", MONTHS_ABROAD)
def test_parse_words_knows_the_months_of_many_languages(language):
    names = MONTHS_ABROAD[language].split()
    read = [_typed(f"3. {name} 1974") for name in names]
    assert read == [PartialDate(1974, month, 3) for month in range(1, 13)]


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("26 de marzo de 1974", "1974-03-26"),
        ("1er août 1980", "1980-08-01"),
        ("1º de maio", "--05-01"),
        ("am 26. März", "--03-26"),
        ("d. 26. marts 1974", "1974-03-26"),
        ("il 1° maggio", "--05-01"),
    ],
)
def test_parse_words_passes_over_the_small_words_of_other_languages(text, iso):
    assert _typed(text).iso == iso


# Generated: what is written is read back, and nothing else than a sentence comes of junk

PIECES = "26 3 74 1974 March juin the of th / - . , ' --"
LEAP_DAYS = [date(year, 2, 29) for year in (1604, 1804, 1904, 2000, 2024, 2028, 2096)]
DAYS = [date.fromordinal(number) for number in range(657_073, 767_010)] + LEAP_DAYS * 1_000
days = st.integers(0, len(DAYS) - 1).map(DAYS.__getitem__)


def _with_parts_unknown(day: date, shape: str) -> PartialDate:
    return PartialDate(
        day.year if "y" in shape else None,
        day.month if "m" in shape else None,
        day.day if "d" in shape else None,
    )


partial_dates = st.builds(
    _with_parts_unknown, days, st.sampled_from(["ymd", "md", "md", "ym", "m", "y"])
)


@given(partial_dates, st.booleans())
def test_partial_date_is_read_back_as_it_was_written(partial, day_first):
    assert PartialDate.parse_iso(partial.iso) == partial
    assert PartialDate.parse_words(partial.iso, day_first=day_first, today=TODAY) == partial
    assert PartialDate.parse_words(str(partial), day_first=day_first, today=TODAY) == partial


@given(days, st.times(), st.sampled_from(["", "Z", "+14:00", "-1200", "+0545"]), st.booleans())
def test_time_of_day_never_moves_the_day(day, clock, offset, basic):
    text = f"{day.isoformat()}T{clock.isoformat('seconds')}"
    text = text.replace("-", "").replace(":", "") if basic else text
    assert PartialDate.parse_iso(text + offset).as_date() == day


@given(
    st.text(max_size=120)
    | st.text("0123456789 /.-'tThfmarcyun:Z+", max_size=120)
    | st.lists(st.sampled_from(PIECES.split()), max_size=12).map(" ".join),
    st.booleans(),
)
@settings(max_examples=2_000)
def test_text_is_read_or_refused_with_a_sentence(text, day_first):
    for read, options in (
        (PartialDate.parse_iso, {"omit_year": 1604}),
        (PartialDate.parse_words, {"day_first": day_first, "today": TODAY}),
    ):
        answer = _answer(read, text, options)
        assert isinstance(answer, PartialDate) or re.fullmatch(r"[A-Z].+\.", answer)


# When a partial date falls


@pytest.mark.parametrize(
    ("partial", "year", "options", "expected"),
    [
        (PartialDate(None, 3, 26), 2027, {}, date(2027, 3, 26)),
        (PartialDate(1974, 3, 26), 2027, {}, date(2027, 3, 26)),
        (PartialDate(None, 2, 29), 2027, {}, date(2027, 2, 28)),
        (PartialDate(None, 2, 29), 2027, {"march_first": True}, date(2027, 3, 1)),
        (PartialDate(2000, 2, 29), 2028, {"march_first": True}, date(2028, 2, 29)),
        (PartialDate(None, 2, 29), 2100, {}, date(2100, 2, 28)),
        (PartialDate(None, 6), 2027, {"season": (5, 15)}, date(2027, 6, 1)),
        (PartialDate(2026, 6), 2026, {}, date(2026, 6, 1)),
        (PartialDate(2026), 2026, {}, date(2026, 1, 1)),
        (PartialDate(2026), 2026, {"season": (5, 15)}, date(2026, 5, 15)),
        (PartialDate(2026), 2026, {"season": (2, 29)}, date(2026, 2, 28)),
    ],
)
def test_occurrence_in_a_year(partial, year, options, expected):
    assert occurrence_in(partial, year, **options) == expected


@pytest.mark.parametrize(
    ("noted_on", "expected"),
    [
        (date(2026, 3, 25), date(2026, 3, 26)),
        (date(2026, 3, 26), date(2026, 3, 26)),
        (date(2026, 3, 27), date(2027, 3, 26)),
    ],
)
@pytest.mark.parametrize("later", [0, 1, 200, 366, 3660])
def test_one_off_without_a_year_belongs_to_the_day_it_was_noted(noted_on, expected, later):
    today = noted_on + timedelta(days=later)
    found = next_occurrence(PartialDate(None, 3, 26), today, yearly=False, noted_on=noted_on)
    assert found == (expected if expected >= today else None)
    found = latest_occurrence(PartialDate(None, 3, 26), today, yearly=False, noted_on=noted_on)
    assert found == (expected if expected <= today else None)


def test_one_off_without_a_year_needs_the_day_it_was_noted():
    with pytest.raises(ValueError, match="day on which it was noted"):
        next_occurrence(PartialDate(None, 3, 26), TODAY, yearly=False)


def test_one_off_with_a_year_happens_once():
    once = PartialDate(2026, 6, 20)
    assert next_occurrence(once, date(2026, 6, 20), yearly=False) == date(2026, 6, 20)
    assert next_occurrence(once, date(2026, 6, 21), yearly=False) is None
    assert latest_occurrence(once, date(2026, 6, 19), yearly=False) is None
    assert latest_occurrence(once, date(2030, 1, 1), yearly=False) == date(2026, 6, 20)


def test_yearly_occurrences_end_with_the_calendar():
    new_year = PartialDate(None, 1, 1)
    assert next_occurrence(new_year, date(9999, 1, 2), yearly=True) is None
    assert latest_occurrence(PartialDate(None, 12, 31), date(1, 1, 1), yearly=True) is None


def test_age_turns_on_the_day_of_the_occurrence():
    born = PartialDate(2004, 2, 29)
    assert [age_on(born, date(2027, 2, day)) for day in (27, 28)] == [22, 23]
    assert age_on(born, date(2027, 2, 28), march_first=True) == 22
    assert age_on(born, date(2027, 3, 1), march_first=True) == 23
    assert [age_on(born, date(2028, 2, day)) for day in (28, 29)] == [23, 24]


def test_age_is_none_where_it_cannot_be_known():
    assert age_on(PartialDate(None, 3, 26), TODAY) is None
    assert age_on(PartialDate(1974), TODAY) is None
    assert age_on(PartialDate(1974, 3), TODAY) is None
    assert age_on(PartialDate(2026, 11, 19), TODAY) is None
    assert age_on(PartialDate(2026, 11, 18), TODAY) == 0


def test_turning_needs_the_year_alone():
    assert turning(PartialDate(1974, 3, 26), 2026) == 52
    assert turning(PartialDate(1974, 3), 2026) == 52
    assert turning(PartialDate(1974), 1974) == 0
    assert turning(PartialDate(1974), 1973) is None
    assert turning(PartialDate(None, 3, 26), 2026) is None


@pytest.mark.parametrize("march_first", [False, True])
@pytest.mark.parametrize("year", [None, 1900, 1904, 1604, 2000, 2027, 2028])
def test_every_birthday_comes_once_a_year_on_its_day_from_2026_to_2034(year, march_first):
    first, last = date(2026, 1, 1), date(2034, 12, 31)
    for born in _birthdays_of(year):
        expected = [
            _documented_day(born, on_year, march_first)
            for on_year in range(2026, 2035)
            if year is None or on_year >= year
        ]
        assert list(_walk_forward(born, first, last, march_first)) == expected
        assert list(_walk_back(born, first, last, march_first)) == expected[::-1]
        for day in expected:
            age = None if year is None else day.year - year
            assert age_on(born, day, march_first=march_first) == age
            assert age_on(born, day - DAY, march_first=march_first) == (age - 1 if age else None)
            assert turning(born, day.year) == age


# The oracle: a calendar gone through day by day

RULES = [
    {"march_first": march_first, "season": season}
    for march_first in (False, True)
    for season in [(1, 1), (5, 15), (9, 1), (2, 29), (12, 31)]
]
instants = st.integers(
    int(datetime(2024, 1, 1, tzinfo=UTC).timestamp()),
    int(datetime(2040, 1, 1, tzinfo=UTC).timestamp()),
).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@pytest.mark.long
@given(
    partial=partial_dates,
    zone=st.sampled_from(ZONES.split()).map(ZoneInfo),
    now=instants,
    noted=st.integers(0, 1500),
    rule=st.sampled_from(RULES),
)
@example(
    partial=PartialDate(None, 2, 29),
    zone=ZoneInfo("Pacific/Kiritimati"),
    now=datetime(2027, 2, 28, 10, 0, tzinfo=UTC),
    noted=0,
    rule={"march_first": True, "season": (1, 1)},
)
@settings(max_examples=10_000, deadline=None)
def test_occurrences_are_those_of_a_calendar_gone_through_day_by_day(
    partial, zone, now, noted, rule
):
    today = day_in(zone, now)

    begun = max(today, date(partial.year or 1, 1, 1))
    ahead = _step_to_one(partial, begun, DAY, **rule)
    assert next_occurrence(partial, today, yearly=True, **rule) == ahead

    before = _step_to_one(partial, today, -DAY, **rule)
    was_begun = partial.year is None or before.year >= partial.year
    found = latest_occurrence(partial, today, yearly=True, **rule)
    assert found == (before if was_begun else None)

    noted_on = today - timedelta(days=noted)
    begun = noted_on if partial.year is None else date(partial.year, 1, 1)
    once = _step_to_one(partial, begun, DAY, **rule)
    one_off = {"yearly": False, "noted_on": noted_on, **rule}
    assert next_occurrence(partial, today, **one_off) == (once if once >= today else None)
    assert latest_occurrence(partial, today, **one_off) == (once if once <= today else None)


def _step_to_one(
    partial: PartialDate, day: date, step: timedelta, *, march_first: bool, season: tuple[int, int]
) -> date:
    """The first day, `day` itself included, on which `partial` falls in any year."""
    wanted = season
    if partial.month is not None:
        wanted = (partial.month, 1 if partial.day is None else partial.day)
    while not _falls_on(wanted, day, march_first):
        day += step
    return day


def _falls_on(wanted: tuple[int, int], day: date, march_first: bool) -> bool:
    if wanted == (2, 29) and (date(day.year, 3, 1) - DAY).day == 28:
        wanted = (3, 1) if march_first else (2, 28)
    return day.month == wanted[0] and day.day == wanted[1]


def _is_partial(month: int, day: int) -> bool:
    try:
        PartialDate(None, month, day)
    except PartialDateError:
        return False
    return True


def _typed(text: str) -> PartialDate:
    return PartialDate.parse_words(text, day_first=True, today=TODAY)


def _answer(
    read: Callable[..., PartialDate], text: str, options: dict[str, object]
) -> PartialDate | str:
    try:
        return read(text, **options)
    except PartialDateError as refused:
        return str(refused)


def _birthdays_of(year: int | None) -> list[PartialDate]:
    days = [date(2000, 1, 1) + DAY * number for number in range(366)]
    return [
        PartialDate(year, day.month, day.day)
        for day in days
        if (day.month, day.day) != (2, 29) or year not in {1900, 2027}
    ]


def _documented_day(born: PartialDate, year: int, march_first: bool) -> date:
    if (born.month, born.day) == (2, 29) and year not in {2028, 2032}:
        return date(year, 3, 1) if march_first else date(year, 2, 28)
    return date(year, born.month, born.day)


def _walk_forward(born: PartialDate, first: date, last: date, march_first: bool) -> Iterator[date]:
    while (found := next_occurrence(born, first, yearly=True, march_first=march_first)) <= last:
        yield found
        first = found + DAY


def _walk_back(born: PartialDate, first: date, last: date, march_first: bool) -> Iterator[date]:
    while found := latest_occurrence(born, last, yearly=True, march_first=march_first):
        if found < first:
            return
        yield found
        last = found - DAY
