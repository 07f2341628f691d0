"""The page of an invitation: who sees what of it, and what its link gives away."""

import logging

import pytest
from django.test import Client

from crm.models import Invitation, Member, User
from crm.policy import Role
from tests.factories import NOW, client_of, make_contact, make_invitation, make_note, make_user

PAGE = "/invitations/"


@pytest.fixture
def invitation(keeper: User) -> Invitation:
    owner = make_user(name="Olga Owner", team=keeper.member.team, role=Role.OWNER)
    return make_invitation(by=owner, email="mei@example.com", role=Role.MANAGER)


@pytest.fixture
def mei(invitation: Invitation) -> User:
    return make_user(
        email="mei@example.com", name="Mei Tanaka", role=Role.OWNER, password="seven green bikes"
    )


def opened(client: Client, invitation: Invitation) -> Client:
    """A browser in which the link of `invitation` was opened."""
    assert client.get(f"{PAGE}{invitation.token}/").url == PAGE
    return client


def test_signed_out_sees_who_invites_and_the_two_ways_in(
    client: Client, invitation: Invitation
) -> None:
    html = opened(client, invitation).get(PAGE).text
    for shown in (
        "<b>Olga Owner</b> invites you",
        "Karin Keeper’s team",
        'href="/accounts/signup/?next=/invitations/"',
        'href="/accounts/login/?next=/invitations/"',
    ):
        assert shown in html
    assert "mei@example.com" not in html


def test_log_in_on_the_way_leads_back_to_it(
    client: Client, invitation: Invitation, mei: User
) -> None:
    opened(client, invitation)
    response = client.post(
        "/accounts/login/",
        {"login": "mei@example.com", "password": "seven green bikes", "next": PAGE},
    )
    assert response.url == PAGE
    assert "Join the team" in client.get(PAGE).text


def test_page_says_what_the_team_will_see(invitation: Invitation, mei: User) -> None:
    make_note(make_contact(keeper=mei), private=False)
    html = opened(client_of(mei), invitation).get(PAGE).text
    assert "Your book comes along: 1 person, with everything on them." in html
    assert "1 note and 0 promises" in html


def test_accepting_joins_the_team(invitation: Invitation, mei: User) -> None:
    browser = opened(client_of(mei), invitation)
    assert (browser.post(PAGE).status_code, browser.post(PAGE).status_code) == (303, 404)
    member = Member.objects.get(user=mei)
    assert (member.team, member.role) == (invitation.team, "manager")


def test_accepting_is_said_on_the_team_s_page(invitation: Invitation, mei: User) -> None:
    page = opened(client_of(mei), invitation).post(PAGE, follow=True)
    assert page.redirect_chain == [("/team/", 303)]
    assert "Welcome to Karin Keeper’s team." in page.text


def test_looking_changes_nothing(invitation: Invitation, mei: User) -> None:
    browser = client_of(mei)
    for path in (f"{PAGE}{invitation.token}/", PAGE):
        for method in (browser.get, browser.head):
            method(path)
    assert Member.objects.get(user=mei).team == mei.member.team
    assert Invitation.objects.get().accepted_at is None


def test_signed_out_accepting_asks_for_a_log_in(client: Client, invitation: Invitation) -> None:
    assert opened(client, invitation).post(PAGE).url == "/accounts/login/?next=/invitations/"


def test_another_account_is_refused_kindly(
    invitation: Invitation, stranger_client: Client, stranger: User
) -> None:
    browser = opened(stranger_client, invitation)
    html = browser.get(PAGE).text
    assert "This invitation went to another address than yours." in html
    assert "Join the team" not in html
    assert "mei@example.com" not in html
    response = browser.post(PAGE)
    assert response.status_code == 422
    assert "This invitation went to another address than yours." in response.text
    assert Member.objects.get(user=stranger).team == stranger.member.team


def test_member_of_a_larger_team_is_told_why_not(invitation: Invitation, mei: User) -> None:
    make_user(team=mei.member.team)
    response = opened(client_of(mei), invitation).post(PAGE)
    assert response.status_code == 422
    assert "with others, and one can be in one team only" in response.text


@pytest.mark.parametrize("how", ["used", "expired", "withdrawn", "never"])
def test_closed_invitation_says_so(client: Client, invitation: Invitation, how: str) -> None:
    if how != "never":
        opened(client, invitation)
    if how == "used":
        Invitation.objects.update(accepted_at=NOW)
    elif how == "expired":
        Invitation.objects.update(sent_at="2026-11-01T00:00:00+00:00")
    elif how == "withdrawn":
        invitation.delete()
    response = client.get(PAGE)
    assert response.status_code == 404
    assert "This invitation is closed" in response.text


def test_page_takes_no_other_methods(client: Client, invitation: Invitation) -> None:
    assert client.put(PAGE).status_code == 405
    assert client.post(f"{PAGE}{invitation.token}/").status_code == 405


def test_link_stands_in_no_page_header_or_log(
    client: Client, invitation: Invitation, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    arrived = client.get(f"{PAGE}{invitation.token}/")
    assert invitation.token not in arrived.url
    response = client.get(arrived.url)
    assert invitation.token not in response.text + str(response.headers)
    client.get(f"{PAGE}{'x' * 43}/")
    client.get(PAGE)
    logged = [record.getMessage() for record in caplog.records]
    assert [line for line in logged if invitation.token in line or "x" * 43 in line] == []


def test_cookie_of_the_link_is_out_of_reach_of_scripts_and_other_sites(
    client: Client, invitation: Invitation
) -> None:
    cookie = opened(client, invitation).cookies["invitation"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 86400)


@pytest.mark.parametrize("token", ["x", "../../etc", "%00", "x" * 3000, "😀", "a.b"])
def test_nonsense_for_a_link_is_a_closed_invitation(client: Client, db: None, token: str) -> None:
    response = client.get(f"{PAGE}{token}/", follow=True)
    assert response.status_code == 404
