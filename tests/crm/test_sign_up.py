"""Signing up: a team of one, an address that is proven, and nothing told about who is here."""

import smtplib
from datetime import datetime

import pytest
from allauth.account.models import EmailAddress
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.test import Client
from pytest_django import Settings

from crm.models import Invitation, Member, User
from crm.policy import Role
from tests.crm.answers import link_in, told
from tests.crm.conftest import CountingHasher
from tests.factories import NOW, make_invitation, make_user

SIGN_UP = "/accounts/signup/"
SENT = "/accounts/confirm-email/"
GOOD = {"name": "Ada Seller", "email": "ada@example.com", "password1": "seven green bicycles"}

pytestmark = pytest.mark.django_db


def sign_up(client: Client, **fields: str):
    return client.post(SIGN_UP, GOOD | fields)


def test_sign_up_makes_the_owner_of_a_team_of_one(client: Client) -> None:
    assert sign_up(client).url == SENT
    ada = User.objects.get(email="ada@example.com")
    assert (ada.name, ada.role, ada.member.team.name) == ("Ada Seller", Role.OWNER, "Ada’s team")
    assert ada.member.team.members.count() == 1


def test_sign_up_lets_in_once_the_address_is_confirmed(
    client: Client, mailoutbox: list[EmailMessage]
) -> None:
    sign_up(client)
    (mail,) = mailoutbox
    assert (mail.subject, mail.to) == ("Please confirm your address", ["ada@example.com"])
    assert mail.body.startswith("Hello Ada,\n\nGood that you are here.")
    assert mail.body.endswith("\n\nKept")
    assert client.get("/settings/").status_code == 302
    assert "ada@example.com" in client.get(link_in(mail)).content.decode()
    assert client.get("/settings/").status_code == 302  # a machine may have opened it
    assert client.post(link_in(mail)).url == "/"
    assert client.get("/settings/").status_code == 200


def test_confirming_in_another_browser_asks_for_the_password(
    client: Client, mailoutbox: list[EmailMessage]
) -> None:
    sign_up(client)
    elsewhere = Client()
    assert elsewhere.post(link_in(mailoutbox[0])).url == "/accounts/login/"
    assert elsewhere.get("/settings/").status_code == 302
    assert EmailAddress.objects.get(email="ada@example.com").verified


def test_log_in_before_confirming_sends_another_link(
    client: Client, mailoutbox: list[EmailMessage], settings: Settings
) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"confirm_email": ""}
    sign_up(client)
    response = Client().post(
        "/accounts/login/", {"login": GOOD["email"], "password": GOOD["password1"]}
    )
    assert response.url == SENT
    assert [mail.to for mail in mailoutbox] == [["ada@example.com"]] * 2


def test_time_zone_is_the_one_that_the_browser_says(client: Client) -> None:
    sign_up(client, time_zone="Asia/Kathmandu")
    assert User.objects.get().time_zone == "Asia/Kathmandu"


@pytest.mark.parametrize("said", ["", "Mars/Olympus", "../../etc/passwd"])
def test_nonsense_from_the_browser_leaves_the_installation_s_zone(
    client: Client, said: str
) -> None:
    assert sign_up(client, time_zone=said).url == SENT
    assert User.objects.get().time_zone == "UTC"


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "Please fill this in."),
        ("name", " \u202e\x07 ", "Please fill this in."),
        ("name", "x" * 121, "at most 120 characters"),
        ("name", "x" * 1_000_000, "at most 120 characters"),
        ("name", "Win at https://evil.example", "A name, please, without a link."),
        ("name", "WWW.evil.example", "A name, please, without a link."),
        ("email", "x" * 60 + "@" + "y" * 60 + ".y" * 70 + ".example", "at most 254 characters"),
        ("email", "", "Please fill this in."),
        ("email", "ada", "Enter a valid email address."),
        ("email", "ada@example.com\x00", "Null characters are not allowed."),
        ("password1", "", "Please fill this in."),
        ("password1", "short", "This password is too short."),
        ("password1", "password", "This password is too common."),
        ("password1", "ada@example.com", "too similar to the email"),
    ],
)
def test_bad_sign_up_says_what_is_wrong_and_keeps_the_rest(
    client: Client, field: str, value: str, said: str
) -> None:
    response = sign_up(client, **{field: value})
    html = response.content.decode()
    assert response.status_code == 422
    assert said in html
    assert not User.objects.exists()
    kept = {"name", "email"} - {field}
    assert all(f'value="{GOOD[name]}"' in html for name in kept)
    assert GOOD["password1"] not in html


def test_name_is_stored_as_one_line_that_turns_nothing_round(client: Client) -> None:
    sign_up(client, name="  Ada \u202eevil\u202c \n שרה   كريم ")
    assert User.objects.get().name == "Ada evil שרה كريم"


def test_known_and_unknown_addresses_get_one_answer(mailoutbox: list[EmailMessage]) -> None:
    make_user(email="ada@example.com", password="seven green bicycles")
    browsers = Client(), Client()
    known = sign_up(browsers[0], email="ada@example.com")
    unknown = sign_up(browsers[1], email="eve@example.com")
    assert told(known, "ada@example.com") == told(unknown, "eve@example.com")
    assert set(known.cookies) == set(unknown.cookies)
    pages = [browser.get(SENT) for browser in browsers]
    assert told(pages[0], "ada@example.com") == told(pages[1], "eve@example.com")
    assert [mail.subject for mail in mailoutbox] == [
        "You are here already",
        "Please confirm your address",
    ]


def test_known_and_unknown_addresses_take_as_long(hasher: type[CountingHasher]) -> None:
    make_user(email="ada@example.com", password="seven green bicycles")
    hasher.hashed = 0
    sign_up(Client(), email="ada@example.com")
    for_known, hasher.hashed = hasher.hashed, 0
    sign_up(Client(), email="eve@example.com")
    assert (for_known, hasher.hashed) == (1, 1)


def test_mail_about_an_account_names_nobody(mailoutbox: list[EmailMessage]) -> None:
    make_user(email="ada@example.com", name="Ada Secret", password="seven green bicycles")
    sign_up(Client(), email="ADA@example.com")
    assert "Secret" not in mailoutbox[0].body
    assert link_in(mailoutbox[0]) == "/accounts/password/reset/"


@pytest.mark.parametrize("address", ["Ada@Example.com", "ADA@EXAMPLE.COM"])
def test_one_address_is_one_user_in_any_case(client: Client, address: str) -> None:
    make_user(email="ada@example.com", password="seven green bicycles")
    sign_up(client, email=address)
    assert User.objects.count() == 1


class BrokenServer(BaseEmailBackend):
    def send_messages(self, email_messages) -> int:
        raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")


def test_mail_server_that_is_away_is_told_and_nothing_is_lost(
    client: Client, settings: Settings
) -> None:
    settings.MAILERS = {"default": {"BACKEND": f"{__name__}.BrokenServer"}}
    response = sign_up(client)
    assert response.status_code == 503
    assert "The mail is stuck" in response.content.decode()
    assert User.objects.get().role == Role.OWNER


def test_whoever_is_logged_in_has_no_use_for_it(client: Client) -> None:
    client.force_login(make_user())
    assert client.get(SIGN_UP).url == "/"


# --- By invitation ---------------------------------------------------------------------------


@pytest.fixture
def invitation(now: datetime) -> Invitation:
    owner = make_user(name="Olga Owner", role=Role.OWNER)
    return make_invitation(by=owner, email="ada@example.com", role=Role.MANAGER)


def test_sign_up_by_invitation_joins_the_team_and_needs_no_other_proof(
    client: Client, invitation: Invitation, mailoutbox: list[EmailMessage]
) -> None:
    client.get(f"/invitations/{invitation.token}/")
    assert 'value="ada@example.com"' in client.get(SIGN_UP).content.decode()
    assert sign_up(client).url == "/"
    assert client.get("/settings/").status_code == 200
    ada = User.objects.get(email="ada@example.com")
    assert (ada.member.team, ada.role) == (invitation.team, Role.MANAGER)
    assert mailoutbox == []
    invitation.refresh_from_db()
    assert invitation.accepted_at == NOW


def test_sign_up_with_another_address_founds_a_team_and_must_prove_it(
    client: Client, invitation: Invitation, mailoutbox: list[EmailMessage]
) -> None:
    client.get(f"/invitations/{invitation.token}/")
    assert sign_up(client, email="eve@example.com").url == SENT
    eve = User.objects.get(email="eve@example.com")
    assert (eve.role, eve.member.team != invitation.team) == (Role.OWNER, True)
    assert [mail.to for mail in mailoutbox] == [["eve@example.com"]]
    assert Invitation.objects.get().accepted_at is None


def test_sign_up_after_the_invitation_was_withdrawn_founds_a_team(
    client: Client, invitation: Invitation
) -> None:
    client.get(f"/invitations/{invitation.token}/")
    invitation.delete()
    assert sign_up(client).url == SENT
    assert User.objects.get(email="ada@example.com").role == Role.OWNER


def test_forged_cookie_invites_nobody(client: Client, invitation: Invitation) -> None:
    client.cookies["invitation"] = invitation.token
    assert sign_up(client).url == SENT
    assert Member.objects.get(user__email="ada@example.com").team != invitation.team
