"""The demo's books hold together on whatever day they are opened."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from contacts.models import Channel, Circle, Contact, Fact, Feeling, LifeEventKind, Relation
from contacts.partial_dates import occurrence_in
from followups.demo.book import (
    PORTRAITS,
    BookError,
    Keeper,
    Person,
    Word,
    read_book,
    read_colleagues,
    read_keepers,
    read_rows,
)
from followups.demo.days import Days
from followups.models import Promise

ROSA, JONAS, HELENA, OSCAR = read_keepers()
NADIA, CURTIS = read_colleagues()
KEEPERS = [ROSA, JONAS, HELENA, NADIA, CURTIS]
NOON = datetime(2026, 11, 18, 17, tzinfo=UTC)
# Every weekday, both ends of the year and of the school year, and a leap day.
INSTANTS = [
    *(NOON + timedelta(days=days) for days in range(7)),
    datetime(2026, 12, 31, 23, 30, tzinfo=UTC),
    datetime(2027, 1, 1, 5, 30, tzinfo=UTC),
    datetime(2027, 5, 31, 12, tzinfo=UTC),
    datetime(2027, 6, 1, 12, tzinfo=UTC),
    datetime(2028, 2, 29, 3, tzinfo=UTC),
    datetime(2028, 3, 1, 12, tzinfo=UTC),
    datetime(2031, 9, 7, 12, tzinfo=UTC),
]

PHONES = re.compile(
    r"""\+1\ \d{3}\ 555\ 01\d\d        # for films, as are the next
      | \+49\ (171\ 39200\d\d | 176\ 040690\d\d | 69\ 90009\d{3})
      | \+33\ (3\ 53\ 01 | 6\ 39\ 98)\ \d\d\ \d\d
      | \+41\ (61|79)\ 555\ 01\ \d\d   # Switzerland has none; this is nobody's
    """,
    re.VERBOSE,
)


def today_of(keeper: Keeper, at: datetime) -> Any:
    return at.astimezone(ZoneInfo(keeper.time_zone)).date()


def everybody(at: datetime = NOON) -> list[Person]:
    return list(chain.from_iterable(read_book(keeper, at) for keeper in KEEPERS))


@pytest.fixture(params=INSTANTS, ids=lambda at: f"{at:%Y-%m-%d}")
def at(request: pytest.FixtureRequest) -> datetime:
    return request.param


@pytest.fixture(params=KEEPERS, ids=lambda keeper: keeper.name)
def keeper(request: pytest.FixtureRequest) -> Keeper:
    return request.param


def test_keepers_are_the_four_who_log_in() -> None:
    assert [
        (keeper.email, keeper.role, keeper.team) for keeper in [ROSA, JONAS, HELENA, OSCAR]
    ] == [
        ("seller@kept.example", "seller", "Lindgren & Marsh"),
        ("seller2@kept.example", "seller", "Albrecht Praxisbedarf"),
        ("manager@kept.example", "manager", "Lindgren & Marsh"),
        ("owner@kept.example", "owner", "Lindgren & Marsh"),
    ]


def test_colleagues_are_sellers_of_rosas_team() -> None:
    assert {(colleague.role, colleague.team) for colleague in (NADIA, CURTIS)} == {
        ("seller", ROSA.team)
    }


def test_books_have_their_size() -> None:
    assert [len(read_book(keeper, NOON)) for keeper in KEEPERS] == [64, 24, 4, 7, 6]
    assert sum(len(person.notes) for person in read_book(ROSA, NOON)) >= 320


def test_names_and_details_are_unique() -> None:
    people = everybody()
    assert repeated(person.name for person in people) == []
    assert repeated(way for person in people for way in person.ways) == []


def test_no_text_is_repeated() -> None:
    people = everybody()
    notes = (note.text for person in people for note in person.notes)
    promises = (word.text for person in people for word in person.promises)
    met = (person.how_met for person in people)
    assert repeated(chain(notes, promises, met)) == []


def repeated(values: Any) -> list[Any]:
    return [value for value, count in Counter(values).items() if count > 1]


def test_words_are_those_of_the_models() -> None:
    people = everybody()
    assert {person.circle for person in people} == {"", *Circle}
    assert {person.pronouns for person in people} <= set(Contact.Pronouns)
    assert {note.channel for person in people for note in person.notes} <= set(Channel)
    assert {note.feeling for person in people for note in person.notes} == set(Feeling)
    assert {fact.kind for person in people for fact in person.facts} <= set(Fact.Kind)
    assert {kin.relation for person in people for kin in person.relatives} <= set(Relation)
    assert {event.kind for person in people for event in person.events} <= set(LifeEventKind)
    assert {word.by for person in people for word in person.promises} == set(Promise.By)
    endings = {word.ended.how for person in people for word in person.promises if word.ended}
    assert endings == {"kept", "kept late", "released", "broken"}


def test_emails_and_phones_reach_nobody() -> None:
    for person in everybody():
        for kind, value in person.ways:
            if kind == "email":
                assert re.fullmatch(r"[a-z0-9._-]+@[a-z0-9-]+\.example", value), value
            if kind == "phone":
                assert PHONES.fullmatch(value), value
            if kind == "url":
                assert re.fullmatch(r"https://[a-z0-9-]+\.example", value), value


def test_references_resolve(keeper: Keeper) -> None:
    people = read_book(keeper, NOON)
    names = {person.name for person in people}
    for person in people:
        kin = [relative.name for relative in person.relatives]
        assert repeated(kin) == [], person.name
        assert {event.who for event in person.events} <= {"", *kin}, person.name
        assert {name for note in person.notes for name in note.also} <= names - {person.name}


def test_portraits_are_there_and_small() -> None:
    wanted = [person.portrait for person in everybody() if person.portrait]
    assert repeated(wanted) == []
    for name in wanted:
        assert 0 < (PORTRAITS / name).stat().st_size <= 12_000, name


def test_most_of_rosas_people_have_a_face() -> None:
    people = read_book(ROSA, NOON)
    assert 0.6 < sum(bool(person.portrait) for person in people) / len(people) < 0.8


def test_nothing_noted_or_promised_lies_in_the_future(keeper: Keeper, at: datetime) -> None:
    today = today_of(keeper, at)
    for person in read_book(keeper, at):
        assert all(note.at < at for note in person.notes), person.name
        assert all(fact.noted_on <= today for fact in person.facts), person.name
        assert all(event.noted_on <= today for event in person.events), person.name
        assert all(word.made_at < at for word in person.promises), person.name


def test_promises_end_as_they_say(keeper: Keeper, at: datetime) -> None:
    zone = ZoneInfo(keeper.time_zone)
    for person in read_book(keeper, at):
        for word in person.promises:
            assert problem_of(word, at, zone) == "", (person.name, word.text)


def problem_of(word: Word, at: datetime, zone: ZoneInfo) -> str:
    """What does not hold together in a promise; empty if all does."""
    made_on = word.made_at.astimezone(zone).date()
    if word.due_on and word.due_on < made_on:
        return "due before it was made"
    if word.moved and not word.made_at < word.moved.at < at:
        return "moved before it was made"
    if word.context and not word.made_at < word.context.at < at:
        return "explained before it was made"
    if word.ended is None:
        return ""
    if not word.made_at < word.ended.at < at:
        return "ended before it was made"
    if word.ended.how in ("released", "broken") and not word.ended.comment:
        return "ended without a word"
    late = word.told_due_on is not None and word.ended.at.astimezone(zone).date() > word.told_due_on
    if word.ended.how in ("kept", "kept late") and late != (word.ended.how == "kept late"):
        return "kept in time and late"
    return ""


def test_promises_due_today_tomorrow_and_some_day(at: datetime) -> None:
    today = today_of(ROSA, at)
    words = [word for person in read_book(ROSA, at) for word in person.promises if not word.ended]
    mine = [word for word in words if word.by == "me"]
    assert sum(word.due_on == today for word in mine) >= 3
    assert sum(word.due_on == today + timedelta(days=1) for word in mine) >= 2
    assert sum(word.due_on == today + timedelta(days=14) for word in words) >= 1
    assert sum(word.due_on is None for word in mine) == 1
    assert sum(word.due_on is not None and word.due_on < today for word in words) >= 3


def test_birthdays_stand_round_today(at: datetime) -> None:
    today = today_of(ROSA, at)
    days = Counter(
        (occurrence_in(birthday, year) - today).days
        for person in read_book(ROSA, at)
        if (birthday := person.birthday) and birthday.day
        for year in (today.year - 1, today.year, today.year + 1)
    )
    assert days[0] >= 2
    assert [days[near] >= 1 for near in (-9, -3, 1, 2, 4, 6, 8, 9)] == [True] * 8


def test_toms_day_is_as_drawn(at: datetime) -> None:
    tom = read_book(ROSA, at)[0]
    today = today_of(ROSA, at)
    assert tom.name == "Tom Beaumont"
    assert (tom.birthday.month, tom.birthday.day) == (today.month, today.day)
    assert [word.text for word in tom.promises if word.due_on == today] == [
        "Send the revised lane quote"
    ]


def test_sorrows_and_gaps_are_among_the_people() -> None:
    people = read_book(ROSA, NOON)
    kinds = {event.kind for person in people for event in person.events}
    assert {"bereavement", "illness", "separation", "death", "birth"} <= kinds
    assert {"graduation", "wedding", "anniversary", "retirement", "move", "surgery"} <= kinds
    assert sum(not person.notes for person in people) >= 3
    assert max(len(person.notes) for person in people) >= 15
    leap = [p for p in people if p.birthday and (p.birthday.month, p.birthday.day) == (2, 29)]
    assert len(leap) == 1


def test_ages_in_notes_are_those_of_the_family(keeper: Keeper) -> None:
    """Where a note says "Hattie (5)", the family's Hattie was about five."""
    for person in read_book(keeper, NOON):
        born = {kin.name: kin.born for kin in person.relatives if kin.born and kin.born.year}
        for note in person.notes:
            for name, age in re.findall(r"(\w+) \((\d+)\)", note.text):
                if name in born:
                    assert abs(note.at.year - born[name].year - int(age)) <= 1, note.text


def test_children_are_younger_than_parents(keeper: Keeper) -> None:
    for person in read_book(keeper, NOON):
        if not person.birthday or not person.birthday.year:
            continue
        for kin in person.relatives:
            if kin.born and kin.born.year and kin.relation in ("son", "daughter"):
                assert kin.born.year - person.birthday.year >= 16, (person.name, kin.name)
            if kin.born and kin.born.year and kin.relation in ("mother", "father"):
                assert person.birthday.year - kin.born.year >= 16, (person.name, kin.name)


def test_notes_about_one_day_say_what_is_near_it() -> None:
    """What lies near today is counted from it: no full date stands in a note."""
    for person in everybody():
        for text in [*(note.text for note in person.notes), *(w.text for w in person.promises)]:
            assert "{" not in text
    months = "January|February|March|April|June|July|August|September|October|November|December"
    for keeper in KEEPERS:
        for raw in read_rows(keeper.book):
            for text in [row["text"] for row in [*raw.get("notes", []), *raw.get("promises", [])]]:
                assert re.search(rf"\b({months}) \d|\b\d+ ({months})|\b20\d\d\b", text) is None, (
                    text
                )


def test_days_leave_the_weekend_of_the_past() -> None:
    monday = Days(datetime(2026, 11, 23, tzinfo=UTC).date())
    assert [f"{monday.worked_on({'days_ago': ago}):%a %d}" for ago in range(5)] == [
        "Mon 23",
        "Fri 20",
        "Fri 20",
        "Fri 20",
        "Thu 19",
    ]
    assert f"{monday.worked_on({'in_days': 5}):%a}" == "Sat"


@pytest.mark.parametrize(
    ("today", "expected"),
    [("2026-11-18", "2023-09-06"), ("2027-05-31", "2023-09-06"), ("2027-06-01", "2024-09-06")],
)
def test_days_count_school_years_from_june(today: str, expected: str) -> None:
    days = Days(datetime.fromisoformat(today).date())
    assert days.on({"month": 9, "day": 6, "school_year": -3}).isoformat() == expected


def test_days_speak_the_keepers_order() -> None:
    today = NOON.date()
    text = "{weekday:1} {date:1} {month:30} {season:150}"
    assert Days(today).say(text) == "Thursday Nov 19 December spring"
    assert Days(today, day_first=True).say("{date:1}") == "19 Nov"


def test_book_names_the_person_it_cannot_read(monkeypatch: pytest.MonkeyPatch) -> None:
    row = {"name": "Ada", "pronouns": "she", "how_met": "", "tags": [], "hobby": "chess"}
    monkeypatch.setattr("followups.demo.book.read_rows", lambda book: [row])
    with pytest.raises(BookError, match=r"Ada.*unknown hobby"):
        read_book(ROSA, NOON)


def test_facts_are_phrases_that_read_on() -> None:
    """Today puts them behind "Ask about" and "Mind", with a semicolon between."""
    for person in everybody():
        for fact in person.facts:
            assert not fact.text.endswith("."), (person.name, fact.text)
            assert ". " not in fact.text, (person.name, fact.text)
