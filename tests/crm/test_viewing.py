"""Looking at Kept as another role sees it: one session, to look and no more."""

import pytest
from django.test import Client

from crm.models import Member, User
from crm.policy import Role
from tests.factories import client_of, make_contact, make_promise, make_user

HTMX = {"HX-Request": "true"}


@pytest.fixture
def owner(keeper: User) -> User:
    return make_user(name="Olga Owner", team=keeper.member.team, role=Role.OWNER)


@pytest.fixture
def owner_client(owner: User) -> Client:
    return client_of(owner)


def test_owner_sees_what_a_seller_sees_until_they_stop(owner_client: Client, keeper: User) -> None:
    promise = make_promise(make_contact(keeper=keeper))
    page = f"/promises/{promise.pk}/"
    assert owner_client.get(page).status_code == 200
    assert owner_client.post("/team/view/seller/").url == "/"
    assert owner_client.get(page).status_code == 404
    assert "You are looking as a seller." in owner_client.get("/").text
    assert "You are looking as a seller." in owner_client.get("/accounts/email/").text
    assert owner_client.post("/team/view/stop/").url == "/team/"
    assert owner_client.get(page).status_code == 200
    assert "You are looking as" not in owner_client.get("/").text


def test_nothing_is_changed_meanwhile(owner_client: Client) -> None:
    owner_client.post("/team/view/manager/")
    response = owner_client.post("/team/name/", {"name": "Quay"})
    assert response.status_code == 403
    assert "Nothing was changed" in response.text
    fragment = owner_client.post("/team/name/", {"name": "Quay"}, headers=HTMX)
    assert fragment.status_code == 403
    assert "Nothing changes while you look" in fragment["HX-Trigger"]
    assert fragment.content == b""


def test_one_session_alone_is_narrowed(owner_client: Client, owner: User) -> None:
    owner_client.post("/team/view/seller/")
    assert 'action="/team/name/"' not in owner_client.get("/team/").text
    assert 'action="/team/name/"' in client_of(owner).get("/team/").text


def test_one_can_log_out_meanwhile(owner_client: Client) -> None:
    owner_client.post("/team/view/seller/")
    assert owner_client.post("/accounts/logout/").status_code == 302
    assert owner_client.get("/").status_code == 302


@pytest.mark.parametrize(
    ("role", "as_role", "status"),
    [
        (Role.OWNER, "manager", 303),
        (Role.OWNER, "owner", 404),
        (Role.OWNER, "king", 404),
        (Role.MANAGER, "seller", 303),
        (Role.MANAGER, "manager", 404),
        (Role.MANAGER, "owner", 404),
        (Role.SELLER, "seller", 404),
        (Role.SELLER, "owner", 404),
    ],
)
def test_only_who_sees_less_is_looked_as(
    role: Role, as_role: str, status: int, keeper: User
) -> None:
    member = make_user(team=keeper.member.team, role=role)
    assert client_of(member).post(f"/team/view/{as_role}/").status_code == status


def test_who_became_less_meanwhile_sees_no_more(owner_client: Client, owner: User) -> None:
    owner_client.post("/team/view/manager/")
    Member.objects.filter(user=owner).update(role=Role.SELLER)
    assert "You are looking as a seller." in owner_client.get("/").text


def test_looking_begins_and_ends_by_posting(owner_client: Client) -> None:
    assert owner_client.get("/team/view/seller/").status_code == 405
    assert owner_client.get("/team/view/stop/").status_code == 405


def test_offered_is_what_one_may(owner_client: Client, keeper_client: Client) -> None:
    html = owner_client.get("/team/").text
    assert 'action="/team/view/manager/"' in html
    assert 'action="/team/view/seller/"' in html
    assert "/team/view/" not in keeper_client.get("/team/").text
