"""Who has looked: told to whose it is, to nobody else, for ninety days."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.looks import looked, purge_looks
from crm.models import Look, User
from crm.policy import Role
from followups.ticking import purge
from tests.factories import NOW, client_of, make_contact, make_promise, make_user

HTMX = {"HX-Request": "true"}
QUERIES = 5  # session, user with team, looks, contacts, promises with theirs


@pytest.fixture
def helena(keeper: User) -> User:
    return make_user(name="Helena Marsh", team=keeper.member.team, role=Role.MANAGER)


def test_look_at_a_promise_is_told(keeper_client: Client, keeper: User, helena: User) -> None:
    promise = make_promise(make_contact(keeper=keeper, name="Tom Beaumont"))
    client_of(helena).get(f"/promises/{promise.pk}/")
    html = keeper_client.get("/settings/looks/").text
    assert "Helena Marsh" in html
    assert f'<a href="/promises/{promise.pk}/">your promise to Tom Beaumont</a>' in html


def test_look_at_a_contact_is_told_once_a_day(keeper: User, helena: User) -> None:
    contact = make_contact(keeper=keeper)
    for page in ("", "brief/", ""):
        client_of(helena).get(f"/contacts/{contact.pk}/{page}")
    look = Look.objects.get()
    assert (look.viewer, look.whose, look.thing) == (helena, keeper, f"contact:{contact.pk}")
    looked(viewer=helena, whose_id=keeper.pk, thing=look.thing, now=NOW + timedelta(days=1))
    assert Look.objects.count() == 2


def test_look_at_promises_in_a_list_is_told(keeper: User, helena: User) -> None:
    make_promise(make_contact(keeper=keeper), due_on=NOW.date() - timedelta(days=3))
    make_promise(make_contact(keeper=helena), due_on=NOW.date() - timedelta(days=3))
    for page in ("/follow-through/", "/follow-through/overdue/"):
        client_of(helena).get(page)
        look = Look.objects.get()
        assert (look.viewer, look.whose) == (helena, keeper)
        assert "your follow-through" in client_of(keeper).get("/settings/looks/").text
        look.delete()


def test_ones_own_is_no_look(keeper_client: Client, keeper: User) -> None:
    contact = make_contact(keeper=keeper)
    keeper_client.get(f"/contacts/{contact.pk}/")
    keeper_client.get(f"/promises/{make_promise(contact).pk}/")
    assert not Look.objects.exists()


def test_what_does_not_exist_for_somebody_is_not_looked_at(
    stranger_client: Client, keeper: User
) -> None:
    stranger_client.get(f"/contacts/{make_contact(keeper=keeper).pk}/")
    assert not Look.objects.exists()


def test_nobody_else_is_told(keeper: User, helena: User, stranger_client: Client) -> None:
    client_of(helena).get(f"/contacts/{make_contact(keeper=keeper).pk}/")
    for client in (client_of(helena), stranger_client):
        assert "Nobody has looked" in client.get("/settings/looks/").text


def test_what_is_gone_is_not_named(keeper_client: Client, keeper: User, helena: User) -> None:
    looked(viewer=helena, whose_id=keeper.pk, thing="contact:99", now=NOW)
    looked(viewer=helena, whose_id=keeper.pk, thing="promise:99", now=NOW)
    looked(viewer=helena, whose_id=keeper.pk, thing="list:overdue", now=NOW)
    html = keeper_client.get("/settings/looks/").text
    for said in ("somebody who is no longer", "a promise that is no longer", "your follow-through"):
        assert said in html


def test_looks_are_kept_for_ninety_days(keeper: User, helena: User) -> None:
    for days in (89, 91):
        at = NOW - timedelta(days=days)
        looked(viewer=helena, whose_id=keeper.pk, thing="contact:1", now=at)
    purge([1], NOW)
    assert [(NOW - look.at).days for look in Look.objects.all()] == [89]
    assert purge_looks(NOW) == 0


@pytest.mark.parametrize("people", [1, 3])
def test_page_costs_as_much_for_many(
    people: int, keeper_client: Client, keeper: User, helena: User
) -> None:
    for _ in range(people):
        contact = make_contact(keeper=keeper)
        for thing in (f"contact:{contact.pk}", f"promise:{make_promise(contact).pk}"):
            looked(viewer=helena, whose_id=keeper.pk, thing=thing, now=NOW)
    with CaptureQueriesContext(connection) as queries:
        assert keeper_client.get("/settings/looks/").status_code == 200
    assert len(queries) == QUERIES


def test_page_to_htmx_is_a_fragment(keeper_client: Client) -> None:
    html = keeper_client.get("/settings/looks/", headers=HTMX).text
    assert 'id="looks"' in html
    assert "<html" not in html


def test_page_is_only_looked_at(keeper_client: Client) -> None:
    assert keeper_client.post("/settings/looks/").status_code == 405
