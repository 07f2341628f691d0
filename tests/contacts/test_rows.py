"""Rows say what is known in words, and offer their change to the keeper alone."""

from datetime import date, timedelta

import pytest

from contacts import known, rows
from contacts.cadence import say_cadence
from contacts.discretion import hushed
from contacts.models import Contact, Fact
from crm.models import User
from tests.factories import (
    NOW,
    make_contact,
    make_detail,
    make_fact,
    make_job,
    make_life_event,
    make_relative,
    make_tag,
    make_user,
)


@pytest.fixture
def anna(keeper: User) -> Contact:
    return make_contact(keeper=keeper, name="Anna Novak", pronouns="she")


def groups_of(contact: Contact, today: date) -> dict[str, rows.Group]:
    what = known.read(contact, contact.keeper, today)
    return {group.key: group for group in rows.matters(what)}


def said(group: rows.Group) -> list[tuple[str, str]]:
    return [(row.text, row.small) for row in group.rows]


def test_family_says_who_and_how_old(anna: Contact, today: date) -> None:
    make_relative(anna, relation="husband", name="Pavel")
    emma = make_relative(anna, relation="daughter", name="Emma", about="plays the cello")
    make_life_event(anna, relative=emma, year=2004, month=12, day=1)
    make_relative(anna, relation="pet", name="Rex")
    make_relative(anna, relation="son", name="")
    make_relative(anna, relation="other", name="Old Mrs Hill")
    assert said(groups_of(anna, today)["family"]) == [
        ("Pavel, her husband", ""),
        ("Emma, her daughter", "1 December 2004 · 21, turns 22 in 13 days · plays the cello"),
        ("Rex, her pet", ""),
        ("her son", ""),
        ("Old Mrs Hill", ""),
    ]


def test_dead_relatives_turn_nothing(anna: Contact, today: date) -> None:
    mother = make_relative(anna, relation="mother", name="Jana")
    make_life_event(anna, relative=mother, year=1940, month=11, day=20)
    make_life_event(anna, relative=mother, kind="death", year=2020)
    assert said(groups_of(anna, today)["family"]) == [("Jana, her mother", "died 2020")]


def test_dead_contact_has_a_day_of_birth_only(anna: Contact, today: date) -> None:
    make_life_event(anna, year=1974, month=11, day=20)
    make_life_event(anna, kind="death", year=2026, month=5)
    assert said(groups_of(anna, today)["birthday"]) == [("20 November 1974", "")]


def test_life_events_come_soonest_first_then_the_past_latest_first(
    anna: Contact, today: date
) -> None:
    make_life_event(anna, kind="trip", title="Lisbon", year=2026, month=11, day=25)
    make_life_event(anna, kind="trip", title="Rome", year=2024)
    make_life_event(anna, kind="anniversary", title="Wedding day", year=2011, month=6, day=12)
    make_life_event(anna, kind="move", year=2025, month=3)
    # All of this month and this year may still be ahead.
    make_life_event(anna, kind="exam", year=2026, month=11)
    assert said(groups_of(anna, today)["life"]) == [
        ("Exam", "November 2026"),
        ("Lisbon", "25 November 2026 · in 7 days"),
        ("Wedding day", "12 June 2011 · 16 years in 2027"),
        ("Move", "March 2025"),
        ("Rome", "2024"),
    ]


def test_events_long_past_show_on_demand_only(anna: Contact, today: date) -> None:
    for year in range(2015, 2022):
        make_life_event(anna, kind="trip", title=f"Trip {year}", year=year)
    life = groups_of(anna, today)["life"]
    assert [row.text for row in life.rows] == ["Trip 2021", "Trip 2020", "Trip 2019"]
    assert len(life.older) == 4


def test_facts_stand_with_their_kind_and_say_their_age_when_old(anna: Contact, today: date) -> None:
    make_fact(anna, kind="preference", text="oat flat white")
    make_fact(anna, kind="interest", text="sailing", noted_on=today - timedelta(days=400))
    make_fact(anna, kind="do_not_mention", text="the oven")
    found = groups_of(anna, today)
    assert said(found["likes"]) == [
        ("oat flat white", ""),
        ("sailing", "noted in October 2025"),
    ]
    assert said(found["do-not-mention"]) == [("the oven", "")]


def test_empty_groups_come_last_and_offer_their_first(anna: Contact, today: date) -> None:
    make_fact(anna, kind="need", text="a second oven")
    groups = rows.matters(known.read(anna, anna.keeper, today))
    assert [group.key for group in groups if group.is_filled] == [groups[0].key] == ["needs"]
    assert all(group.adds for group in groups)


def test_birthday_story_and_tags_are_added_once(anna: Contact, today: date) -> None:
    make_life_event(anna)
    make_tag("golf", author=anna.keeper, contacts=[anna])
    anna.how_met = "At the fair."
    found = groups_of(anna, today)
    assert [found[key].adds for key in ("birthday", "met", "tags")] == [[], [], []]


def test_jobs_say_where_and_when(anna: Contact, today: date) -> None:
    make_job(anna, company="Northern Freight", title="Driver", from_year=2012, to_year=2019)
    assert said(groups_of(anna, today)["jobs"]) == [("Driver, Northern Freight", "2012 to 2019")]


def test_ways_to_reach_come_as_links_phones_first(anna: Contact, today: date) -> None:
    make_detail(anna, kind="address", value="1 Quay Street\nBristol")
    make_detail(anna, kind="url", value="javascript:alert(1)")
    make_detail(anna, kind="email", value="anna@example.com")
    make_detail(anna, kind="phone", value="+442079460000;ext=45")
    reach = rows.reach(known.read(anna, anna.keeper, today))
    assert [(row.text, row.link) for row in reach.rows] == [
        ("+44 20 7946 0000 x45", "tel:+442079460000;ext=45"),
        ("anna@example.com", "mailto:anna@example.com"),
        ("1 Quay Street\nBristol", ""),
        ("javascript:alert(1)", ""),
    ]
    assert [way.href for way in reach.rows[0].ways][-1] == "https://wa.me/442079460000"


def test_rows_of_a_teammate_cannot_be_changed(anna: Contact, today: date) -> None:
    make_detail(anna)
    make_detail(anna, label="personal")
    teammate = make_user(team=anna.team)
    what = known.read(anna, teammate, today)
    reach = rows.reach(what)
    assert [what.is_keeper, reach.adds, [row.edit for row in reach.rows]] == [False, [], [""]]


def test_without_private_leaves_the_card(anna: Contact) -> None:
    anna.circle, anna.how_met, anna.customer_since = "inner", "At the fair.", 2015
    anna.last_touch_at, anna.last_feeling = NOW, "bad"
    bare = known.without_private(anna)
    assert [bare.name, bare.circle, bare.how_met, bare.customer_since] == [
        "Anna Novak",
        "",
        "",
        None,
    ]
    assert [bare.last_touch_at, bare.last_feeling, bare.cadence] == [None, "", None]


@pytest.mark.parametrize(
    ("circle", "days", "words"),
    [
        ("inner", None, "Inner circle, every 3 weeks"),
        ("wide", 365, "Wide circle, every year"),
        ("", 10, "Every 10 days"),
        ("", None, ""),
    ],
)
def test_say_circle_and_cadence(circle: str, days: int | None, words: str) -> None:
    assert rows.say_circle(Contact(circle=circle, cadence_days=days)) == words


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (1, "every day"),
        (7, "every week"),
        (14, "every 2 weeks"),
        (30, "every month"),
        (45, "every 45 days"),
        (90, "every 3 months"),
        (210, "every 7 months"),
        (365, "every year"),
    ],
)
def test_say_cadence(days: int, words: str) -> None:
    assert say_cadence(days) == words


@pytest.mark.parametrize(
    ("text", "is_hushed"),
    [
        ("Talk about his divorce.", True),
        ("DIVORCE, again", True),
        ("Pável’s car", True),
        ("his year in Rome", False),
        ("", False),
    ],
)
def test_hushed_by_words_of_weight_alone(text: str, is_hushed: bool) -> None:
    facts = [
        Fact(kind="do_not_mention", text="his divorce from Pavel that year"),
        Fact(kind="interest", text="Rome"),
    ]
    assert hushed(facts)(text) is is_hushed
