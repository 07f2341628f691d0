"""The calendar of occasions: a month as a grid, and as a list that goes on."""

from datetime import date, timedelta

import pytest

from contacts.models import LifeEvent
from followups import care, upcoming
from followups.views import calendar
from tests.factories import NOW, client_of, make_contact, make_life_event, make_relative, make_user

TODAY = NOW.date()
HTMX = {"HX-Request": "true"}
URL = "/calendar/"


@pytest.fixture
def tom(keeper):
    return make_contact(keeper=keeper, name="Tom Beaumont")


def listed(response) -> list[tuple[date, list[str]]]:
    days = response.context["days"]
    return [(day.on, [coming.what for coming in day.comings]) for day in days]


def test_month_shows_what_is_on(keeper_client, tom):
    make_life_event(tom, year=1974, month=11, day=18)
    make_life_event(tom, relative=make_relative(tom), month=11, day=30)

    response = keeper_client.get(URL)

    page = response.content.decode()
    assert "<h1>November 2026</h1>" in page
    assert "Tom, turns 52" in page
    assert 'href="?month=2026-12"' in page
    assert listed(response) == [
        (TODAY, ["turns 52"]),
        (date(2026, 11, 30), ["Emma’s birthday"]),
    ]


def test_crowded_day_names_some_and_counts_the_rest(keeper, keeper_client):
    for number in range(calendar.SHOWN_A_DAY + 2):
        make_life_event(make_contact(keeper=keeper, name=f"P{number}"), month=11, day=18)

    assert b"and 2 more" in keeper_client.get(URL).content


def test_list_begins_today_and_goes_on(keeper, keeper_client, monkeypatch):
    monkeypatch.setattr(calendar, "LISTED", 2)
    for number, day in enumerate((17, 18, 18, 19, 19, 20)):
        contact = make_contact(keeper=keeper, name=f"P{number}")
        make_life_event(contact, title=f"{number}", month=11, day=day)

    first = keeper_client.get(f"{URL}?show=list")
    rest = keeper_client.get(f"{URL}{first.context['rest']}", headers=HTMX)

    assert listed(first) == [(TODAY, ["1", "2"])]
    assert listed(rest) == [(TODAY + timedelta(days=1), ["3", "4"])]
    assert rest.content.decode().lstrip().startswith('<ol class="agenda">')


def test_another_month_is_listed_from_its_first(keeper_client, tom):
    make_life_event(tom, month=12, day=2)

    assert listed(keeper_client.get(f"{URL}?show=list&month=2026-12")) == [
        (date(2026, 12, 2), ["birthday"])
    ]


@pytest.mark.parametrize("month", ["x", "2026-13", "0000-01", "9999-12", "2026-11-01", "1899-12"])
def test_month_that_is_none_means_this_one(keeper_client, month):
    assert keeper_client.get(f"{URL}?month={month}").context["first"] == date(2026, 11, 1)


@pytest.mark.parametrize("month", ["1900-01", "2200-12"])
@pytest.mark.parametrize("show", ["month", "list"])
def test_calendar_reaches_as_far_as_it_says(keeper_client, month, show):
    assert keeper_client.get(f"{URL}?month={month}&show={show}").status_code == 200


def test_empty_list_teaches(keeper_client):
    assert b"Nothing is coming that Kept knows of" in keeper_client.get(f"{URL}?show=list").content


def test_losses_are_not_announced_and_the_dead_have_no_birthdays(keeper_client, tom):
    make_life_event(tom, month=11, day=20)
    make_life_event(tom, kind="death", year=2026, month=11, day=2)

    assert listed(keeper_client.get(URL)) == []


def test_leap_day_is_kept_on_the_last_of_february(keeper_client, tom):
    make_life_event(tom, year=1980, month=2, day=29)

    assert listed(keeper_client.get(f"{URL}?month=2027-02")) == [(date(2027, 2, 28), ["turns 47"])]


def test_calendar_is_the_keeper_s_alone(keeper, stranger_client, tom):
    make_life_event(tom, month=11, day=18)
    teammate = client_of(make_user(team=keeper.member.team))

    for client in (stranger_client, teammate):
        assert b"Beaumont" not in client.get(URL).content
        assert b"Tom" not in client.get(URL).content
    assert teammate.post(URL).status_code == 405


def test_calendar_to_htmx_is_the_calendar_alone(keeper_client):
    page = keeper_client.get(URL, headers=HTMX).content.decode()

    assert page.lstrip().startswith('<div id="calendar">')


@pytest.mark.parametrize("rows", [1, 3, 30])
@pytest.mark.parametrize(("show", "queries"), [("month", 4), ("list", 5)])
def test_calendar_asks_the_database_as_often_for_one_as_for_many(
    keeper, keeper_client, rows, show, queries, django_assert_num_queries
):
    for number in range(rows):
        make_life_event(make_contact(keeper=keeper, name=f"P{number}"), month=11, day=18)

    with django_assert_num_queries(queries):
        keeper_client.get(f"{URL}?show={show}")


def test_soon_says_the_next_two_weeks_without_today(keeper):
    for days in (0, 3, 14, 15):
        on = TODAY + timedelta(days=days)
        contact = make_contact(keeper=keeper, name=f"In {days}")
        event = make_life_event(contact, month=on.month, day=on.day)
        LifeEvent.objects.filter(pk=event.pk).update(wake_on=on)

    found = upcoming.soon(keeper, TODAY, gone=care.read_gone(keeper))

    assert [coming.event.contact.name for coming in found] == ["In 3", "In 14"]
