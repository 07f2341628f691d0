"""Names, days and stretches of time as people say them."""

from datetime import date, timedelta

import pytest

from contacts.models import Contact, LifeEvent, Relative
from followups import wording

TODAY = date(2026, 11, 18)  # a Wednesday


def somebody(pronouns: str = "", name: str = "Tom Beaumont") -> Contact:
    return Contact(name=name, pronouns=pronouns)


def event(kind: str, *, title: str = "", relative: Relative | None = None, **when) -> LifeEvent:
    return LifeEvent(kind=kind, title=title, relative=relative, noted_on=TODAY, **when)


DAUGHTER = Relative(pk=1, relation="daughter", name="Emma")


@pytest.mark.parametrize(
    ("whose", "kind", "title", "relative", "said"),
    [
        ("he", "birthday", "", None, "his birthday"),
        ("", "birthday", "", None, "Tom’s birthday"),
        ("they", "new_job", "", None, "their new job"),
        ("she", "graduation", "", DAUGHTER, "her daughter Emma’s graduation"),
        ("she", "school_start", "", DAUGHTER, "her daughter Emma’s first day at school"),
        ("she", "trip", "return from Lisbon", None, "her return from Lisbon"),
        ("he", "bereavement", "", Relative(pk=2, relation="mother"), "his mother’s death"),
        ("he", "bereavement", "", None, "his loss"),
        ("", "birthday", "", Relative(pk=3, relation="other", name="Kim"), "Kim’s birthday"),
        ("", "birthday", "", Relative(pk=4, relation="other"), "Tom’s birthday"),
    ],
)
def test_what_says_whose_and_what(whose, kind, title, relative, said):
    happening = event(kind, title=title, relative=relative, year=2026, month=11)

    assert wording.what(somebody(whose), happening) == said


@pytest.mark.parametrize(
    ("pronouns", "relative", "past", "said"),
    [
        ("he", None, False, "he turns"),
        ("they", None, False, "they turn"),
        ("", None, True, "Tom turned"),
        ("he", DAUGHTER, False, "she turns"),
        ("he", Relative(relation="pet", name="Fenway"), False, "Fenway turns"),
        ("he", Relative(relation="grandchild"), False, "turning"),
        ("he", Relative(relation="grandchild"), True, "turned"),
    ],
)
def test_turns_calls_nobody_he_or_she_who_was_not_said_to_be(pronouns, relative, past, said):
    assert wording.turns(somebody(pronouns), relative, past=past) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Send the quote.", "send the quote"),
        ("VAT form for Lisbon", "VAT form for Lisbon"),
        ("I call him first", "I call him first"),
        ("Friday’s list", "Friday’s list"),
        ("Northline's rate card", "Northline's rate card"),
        ("A lunch", "a lunch"),
        ("", ""),
    ],
)
def test_after_colon_keeps_names_and_abbreviations(text, said):
    contact = somebody(name="Tom Northline")

    assert wording.after_colon(text, contact) == said


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (1, "a day"),
        (6, "six days"),
        (7, "a week"),
        (13, "13 days"),
        (21, "three weeks"),
        (30, "a month"),
        (50, "seven weeks"),
        (150, "five months"),
        (365, "a year"),
        (800, "two years"),
    ],
)
def test_long_time_is_as_coarse_as_people_are(days, said):
    assert wording.long_time(days) == said


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (1, "every day"),
        (7, "every week"),
        (10, "every ten days"),
        (21, "every three weeks"),
        (30, "every month"),
        (45, "about every six weeks"),
        (90, "every three months"),
        (365, "every year"),
    ],
)
def test_every_says_how_often(days, said):
    assert wording.every(days) == said


@pytest.mark.parametrize(
    ("often", "since", "said"),
    [
        ("every four weeks", "seven weeks", "every four"),
        ("about every six weeks", "nine weeks", "about every six"),
        ("every month", "two months", "every month"),
        ("every three weeks", "five months", "every three weeks"),
    ],
)
def test_without_unit_says_the_unit_once(often, since, said):
    assert wording.without_unit(often, since) == said


@pytest.mark.parametrize(
    ("on", "said"),
    [(date(2026, 10, 3), "3 Oct"), (date(2022, 10, 3), "3 Oct 2022")],
)
def test_day_names_the_year_where_it_is_another(on, said):
    assert wording.day(on, TODAY) == said


@pytest.mark.parametrize(
    ("when", "on", "said"),
    [
        ({"month": 11, "day": 20}, date(2026, 11, 20), "on Friday"),
        ({"month": 11}, date(2026, 11, 1), "this month"),
        ({"month": 1}, date(2027, 1, 1), "in January"),
        ({"month": 9}, date(2027, 9, 1), "in September 2027"),
        ({"year": 2026}, date(2026, 5, 15), "this year"),
        ({"year": 2027}, date(2027, 5, 15), "in 2027"),
    ],
)
def test_day_of_says_no_more_than_is_known(when, on, said):
    assert wording.day_of(event("trip", **when), on, TODAY) == said


@pytest.mark.parametrize(
    ("happening", "said"),
    [
        (event("birthday", year=1974, month=11, day=18, yearly=True), "turns 52"),
        (event("birthday", month=11, day=18, yearly=True), "birthday"),
        (event("birthday", relative=DAUGHTER, year=2004, month=11, yearly=True), "Emma turns 22"),
        (event("anniversary", year=2016, month=11, yearly=True), "anniversary, ten years"),
        (event("exam", relative=DAUGHTER, year=2026, month=11), "Emma’s exam"),
    ],
)
def test_what_happens_is_short_enough_for_a_list(happening, said):
    assert wording.what_happens(happening, date(2026, 11, 18)) == said


def test_since_counts_from_the_day_itself():
    loss = event("bereavement", year=2026, month=11, day=18)

    assert wording.since(somebody("he"), loss, TODAY) == "his loss today"
    assert wording.since(somebody("he"), loss, TODAY + timedelta(days=21)) == (
        "three weeks since his loss"
    )
