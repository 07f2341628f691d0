"""What stands on a contact itself: the card, the circle, the story, the tags."""

from datetime import date, timedelta

import pytest
from django.test import Client

from contacts.models import Contact, SearchEntry, Tag
from contacts.models.base import Conflict
from contacts.people import change_card, change_circle
from crm.models import User
from tests.factories import (
    NOW,
    client_of,
    make_contact,
    make_life_event,
    make_note,
    make_tag,
    make_user,
)

HTMX = {"HX-Request": "true"}
TYPED = {
    "card": {"name": "Anna Nováková", "title": "Owner"},
    "circle": {"circle": "wide"},
    "story": {"how_met": "At the fair."},
    "tags": {"names": "golf"},
}
IN_PLACE = ["story", "tags"]


@pytest.fixture
def anna(keeper: User) -> Contact:
    return make_contact(keeper=keeper, name="Anna Novak")


def url(contact: Contact, name: str) -> str:
    return f"/contacts/{contact.pk}/{name}/"


@pytest.mark.parametrize("name", TYPED)
def test_form_is_a_page_and_to_htmx_a_fragment(
    keeper_client: Client, anna: Contact, name: str
) -> None:
    page = keeper_client.get(url(anna, name)).content.decode()
    fragment = keeper_client.get(url(anna, name), headers=HTMX).content.decode()
    assert ["<html" in page, "<html" in fragment, "<form" in fragment] == [True, False, True]


@pytest.mark.parametrize("name", TYPED)
def test_only_the_keeper_may_change_it(
    keeper: User, stranger_client: Client, anna: Contact, name: str
) -> None:
    teammate = client_of(make_user(team=keeper.member.team))
    data = TYPED[name] | {"version": "1"}
    codes = [
        client.post(url(anna, name), data).status_code for client in (teammate, stranger_client)
    ]
    assert codes == [404, 404]
    anna.refresh_from_db()
    assert anna.version == 1


@pytest.mark.parametrize("name", TYPED)
def test_other_methods_are_refused(keeper_client: Client, anna: Contact, name: str) -> None:
    assert keeper_client.delete(url(anna, name)).status_code == 405


@pytest.mark.parametrize("name", TYPED)
def test_saved_without_scripts_it_leads_to_the_person(
    keeper_client: Client, anna: Contact, name: str
) -> None:
    response = keeper_client.post(url(anna, name), TYPED[name] | {"version": "1"})
    assert [response.status_code, response.url] == [303, anna.get_absolute_url()]


@pytest.mark.parametrize("name", TYPED)
def test_what_somebody_else_saved_meanwhile_is_not_overwritten(
    keeper_client: Client, anna: Contact, name: str
) -> None:
    Contact.objects.filter(pk=anna.pk).update(version=7)
    response = keeper_client.post(url(anna, name), TYPED[name] | {"version": "1"}, headers=HTMX)
    page = response.content.decode()
    assert [response.status_code, "Changed in another window" in page] == [409, True]
    assert 'name="version" value="7"' in page
    anna.refresh_from_db()
    assert [anna.name, anna.circle, anna.how_met] == ["Anna Novak", "", ""]
    assert anna.tags.count() == 0


@pytest.mark.parametrize("name", IN_PLACE)
def test_row_comes_in_place_of_the_form(keeper_client: Client, anna: Contact, name: str) -> None:
    response = keeper_client.post(url(anna, name), TYPED[name] | {"version": "1"}, headers=HTMX)
    row = response.content.decode().strip()
    assert row.startswith('<li class="piece"')
    assert next(iter(TYPED[name].values())) in row


@pytest.mark.parametrize("name", IN_PLACE)
def test_emptied_row_leaves_nothing(keeper_client: Client, anna: Contact, name: str) -> None:
    keeper_client.post(url(anna, name), TYPED[name] | {"version": "1"})
    emptied = dict.fromkeys(TYPED[name], "") | {"version": "2"}
    response = keeper_client.post(url(anna, name), emptied, headers=HTMX)
    assert response.content.decode().strip() == ""


def test_card_is_changed_and_found_under_its_new_name(keeper_client: Client, anna: Contact) -> None:
    data = {"name": "Anna Nováková", "company": "Harbour Bakery", "title": "Owner", "version": "1"}
    response = keeper_client.post(url(anna, "card"), data, headers=HTMX)
    anna.refresh_from_db()
    assert response.headers["HX-Redirect"] == anna.get_absolute_url()
    assert [anna.name, anna.sort_name, anna.version] == ["Anna Nováková", "anna novakova", 2]
    assert [anna.company.name, anna.title] == ["Harbour Bakery", "Owner"]
    entry = SearchEntry.objects.get(contact=anna, source="card")
    assert ["anna novakova" in entry.text, "harbour bakery" in entry.text] == [True, True]


def test_card_without_a_name_is_refused_and_the_rest_kept(
    keeper_client: Client, anna: Contact
) -> None:
    data = {"name": "", "title": "Owner of it all", "version": "1"}
    response = keeper_client.post(url(anna, "card"), data, headers=HTMX)
    assert response.status_code == 422
    assert "Owner of it all" in response.content.decode()


def test_card_shows_the_stored_name_beside_the_typed_one(
    keeper_client: Client, anna: Contact
) -> None:
    change_card(anna, seen=1, name="Anna Svobodová", company="")
    data = {"name": "Anna Nováková", "version": "1"}
    page = keeper_client.post(url(anna, "card"), data, headers=HTMX).content.decode()
    assert ["Anna Svobodová" in page, "Anna Nováková" in page] == [True, True]


def test_change_card_raises_conflict_and_indexes_nothing(anna: Contact) -> None:
    with pytest.raises(Conflict):
        change_card(anna, seen=9, name="Somebody", company="")
    assert SearchEntry.objects.filter(contact=anna).count() == 0


def test_circle_sets_the_cadence_and_wakes_the_scheduler(
    keeper_client: Client, anna: Contact, today: date
) -> None:
    event = make_life_event(anna)
    type(event).objects.update(wake_on=date(2027, 3, 26))
    keeper_client.post(url(anna, "circle"), {"circle": "inner", "version": "1"})
    anna.refresh_from_db()
    event.refresh_from_db()
    assert [anna.circle, anna.due_on, anna.wake_on, event.wake_on] == ["inner", today, today, today]


def test_own_cadence_comes_before_the_circles(keeper_client: Client, anna: Contact) -> None:
    make_note(anna, at=NOW - timedelta(days=10))
    data = {"circle": "wide", "cadence_days": "30", "version": "1"}
    keeper_client.post(url(anna, "circle"), data)
    anna.refresh_from_db()
    assert [anna.cadence, anna.due_on] == [30, date(2026, 12, 8)]


def test_no_circle_ends_the_cadence(keeper: User, keeper_client: Client) -> None:
    anna = make_contact(keeper=keeper, circle="inner")
    keeper_client.post(url(anna, "circle"), {"circle": "", "version": "1"})
    anna.refresh_from_db()
    assert [anna.circle, anna.due_on] == ["", None]


def test_somebody_put_on_a_cadence_late_is_due_from_today(keeper: User, today: date) -> None:
    anna = make_contact(keeper=keeper, created_at=NOW - timedelta(days=400))
    change_circle(anna, seen=1, circle="wide", cadence_days=None, today=today)
    assert anna.due_on == today


@pytest.mark.parametrize("days", ["0", "-3", "4000", "often", "9" * 30])
def test_cadence_that_cannot_be_is_refused(keeper_client: Client, anna: Contact, days: str) -> None:
    data = {"circle": "", "cadence_days": days, "version": "1"}
    response = keeper_client.post(url(anna, "circle"), data, headers=HTMX)
    assert [response.status_code, days in response.content.decode()] == [422, True]


def test_customer_since_plans_who_is_loyal(keeper_client: Client, anna: Contact) -> None:
    keeper_client.post(url(anna, "story"), {"customer_since": "2015", "version": "1"})
    anna.refresh_from_db()
    assert anna.due_on == anna.first_due_on + timedelta(days=180)


@pytest.mark.parametrize("year", ["2027", "1850", "15", "long ago"])
def test_customer_since_refuses_years_that_cannot_be(
    keeper_client: Client, anna: Contact, year: str
) -> None:
    data = {"how_met": "At the fair.", "customer_since": year, "version": "1"}
    response = keeper_client.post(url(anna, "story"), data, headers=HTMX)
    assert response.status_code == 422
    assert [year in response.content.decode(), "At the fair." in response.content.decode()] == [
        True,
        True,
    ]


def test_tags_are_left_exactly_as_typed(keeper: User, keeper_client: Client, anna: Contact) -> None:
    make_tag("golf", author=keeper, contacts=[anna])
    make_tag("freight", author=keeper, contacts=[anna])
    keeper_client.post(url(anna, "tags"), {"names": "#Golf, wine", "version": "1"})
    assert [tag.name for tag in anna.tags.all()] == ["golf", "wine"]
    assert Tag.objects.count() == 3


def test_tags_of_others_are_their_own(
    keeper: User, stranger: User, keeper_client: Client, anna: Contact
) -> None:
    make_tag("golf", author=stranger)
    keeper_client.post(url(anna, "tags"), {"names": "golf", "version": "1"})
    assert anna.tags.get().author == keeper
