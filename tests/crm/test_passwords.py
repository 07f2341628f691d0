"""Forgetting a password and changing it."""

import re
from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.mail import EmailMessage
from django.test import Client

from crm.models import User
from tests.crm.answers import link_in, told
from tests.factories import NOW, make_user

FORGOT = "/accounts/password/reset/"
DONE = "/accounts/password/reset/done/"
CHANGE = "/accounts/password/change/"
OLD, NEW = "seven green bicycles", "nine blue umbrellas"


@pytest.fixture
def ada(db: None, now: datetime) -> User:
    return make_user(email="ada@example.com", name="Ada Seller", password=OLD)


def browser(password: str = OLD) -> Client:
    """A browser in which Ada has logged in."""
    client = Client()
    client.post("/accounts/login/", {"login": "ada@example.com", "password": password})
    return client


def is_in(client: Client) -> bool:
    return client.get("/settings/").status_code == 200


def key_page(client: Client, mail: EmailMessage) -> str:
    """Open the link of a mail; the page that asks for the password stands without the key."""
    response = client.get(link_in(mail))
    assert response.status_code == 302
    return response.url


# --- Forgotten -------------------------------------------------------------------------------


def test_forgotten_password_is_set_anew_by_a_link(
    client: Client, ada: User, mailoutbox: list[EmailMessage]
) -> None:
    elsewhere = browser()
    assert client.post(FORGOT, {"email": "ADA@example.com"}).url == DONE
    (mail,) = mailoutbox
    assert (mail.subject, mail.to) == ("A new password", ["ada@example.com"])
    page = key_page(client, mail)
    assert page.endswith("-set-password/")
    assert "A new password" in client.get(page).content.decode()
    assert client.post(page, {"password1": NEW}).url == "/accounts/password/reset/key/done/"
    assert (is_in(client), is_in(elsewhere)) == (False, False)
    assert (is_in(browser(OLD)), is_in(browser(NEW))) == (False, True)
    assert mailoutbox[1].subject == "Your password was changed"


def test_link_works_once(client: Client, ada: User, mailoutbox: list[EmailMessage]) -> None:
    client.post(FORGOT, {"email": "ada@example.com"})
    client.post(key_page(client, mailoutbox[0]), {"password1": NEW})
    response = Client().get(link_in(mailoutbox[0]))
    assert "This link has had its day" in response.content.decode()


def test_link_works_for_an_hour(client: Client, ada: User, mailoutbox: list[EmailMessage]) -> None:
    client.post(FORGOT, {"email": "ada@example.com"})
    with time_machine.travel(NOW + timedelta(minutes=61)):
        response = client.get(link_in(mailoutbox[0]))
    assert "This link has had its day" in response.content.decode()


def test_opening_the_link_changes_nothing(ada: User, mailoutbox: list[EmailMessage]) -> None:
    browser_of_ada = browser()
    Client().post(FORGOT, {"email": "ada@example.com"})
    for method in ("get", "head", "options"):
        getattr(Client(), method)(link_in(mailoutbox[0]))
    assert is_in(browser_of_ada)
    assert is_in(browser(OLD))


def test_weak_new_password_is_refused(
    client: Client, ada: User, mailoutbox: list[EmailMessage]
) -> None:
    client.post(FORGOT, {"email": "ada@example.com"})
    response = client.post(key_page(client, mailoutbox[0]), {"password1": "12345678"})
    assert response.status_code == 422
    assert "entirely numeric" in response.content.decode()
    assert is_in(browser(OLD))


def test_known_and_unknown_addresses_get_one_answer(
    ada: User, mailoutbox: list[EmailMessage]
) -> None:
    browsers = Client(), Client()
    known = browsers[0].post(FORGOT, {"email": "ada@example.com"})
    unknown = browsers[1].post(FORGOT, {"email": "eve@example.com"})
    assert told(known, "ada@example.com") == told(unknown, "eve@example.com")
    assert set(known.cookies) == set(unknown.cookies)
    pages = [one.get(DONE) for one in browsers]
    assert told(pages[0], "ada@example.com") == told(pages[1], "eve@example.com")
    assert [mail.to for mail in mailoutbox] == [["ada@example.com"], ["eve@example.com"]]


def test_unknown_address_is_told_by_mail_alone(
    client: Client, db: None, mailoutbox: list[EmailMessage]
) -> None:
    client.post(FORGOT, {"email": "eve@example.com"})
    assert mailoutbox[0].subject == "Nobody logs in with this address"
    assert link_in(mailoutbox[0]) == "/accounts/signup/"


def test_sixth_mail_to_an_address_in_a_minute_is_refused(
    client: Client, ada: User, mailoutbox: list[EmailMessage]
) -> None:
    answers = [client.post(FORGOT, {"email": "ada@example.com"}).status_code for _ in range(6)]
    assert answers == [302] * 5 + [429]
    assert len(mailoutbox) == 5


# --- A link in a mail starts where the installation is, whatever a request says --------------

FORGED = [
    {"Host": "evil.example"},
    {"Host": "127.0.0.1.evil.example"},
    {"Host": "127.0.0.1@evil.example"},
    {"Host": "evil.example:80@127.0.0.1"},
    {"Host": "127.0.0.1:8000.evil.example"},
    {"Host": "localhost:1337"},
    {"Host": "[::1]:1337"},
    {"Host": "127.0.0.1:1337"},
    {"Host": "127.0.0.1:8000, evil.example"},
    {"Host": "localhost", "X-Forwarded-Host": "evil.example"},
    {"Host": "localhost", "X-Forwarded-Server": "evil.example", "X-Host": "evil.example"},
    {"Host": "localhost", "Forwarded": "host=evil.example;proto=http"},
    {"Host": "localhost", "X-Forwarded-Proto": "ftp", "X-Original-URL": "//evil.example/"},
    {"Host": ""},
]


@pytest.mark.parametrize("headers", FORGED, ids=str)
@pytest.mark.parametrize(
    ("path", "fields"),
    [
        (FORGOT, {"email": "ada@example.com"}),
        (FORGOT, {"email": "eve@example.com"}),
        (
            "/accounts/signup/",
            {"name": "Eve", "email": "eve@example.com", "password1": NEW},
        ),
        (
            "/accounts/signup/",
            {"name": "Ada", "email": "ada@example.com", "password1": NEW},
        ),
    ],
)
def test_forged_host_reaches_no_mail(
    client: Client,
    ada: User,
    mailoutbox: list[EmailMessage],
    headers: dict[str, str],
    path: str,
    fields: dict[str, str],
) -> None:
    response = client.post(path, fields, headers=headers)
    assert response.status_code in {302, 400}
    links = [link for mail in mailoutbox for link in re.findall(r"\w+://[^/\s]+", mail.body)]
    assert links == ["http://127.0.0.1:8000"] * (response.status_code == 302)
    assert [mail for mail in mailoutbox if "evil" in mail.message().as_string()] == []


# --- Changing --------------------------------------------------------------------------------


def test_change_ends_every_other_session_and_keeps_this_one(
    ada: User, mailoutbox: list[EmailMessage]
) -> None:
    here, there = browser(), browser()
    page = here.post(CHANGE, {"oldpassword": OLD, "password1": NEW}, follow=True)
    assert "Your password is changed." in page.content.decode()
    assert (is_in(here), is_in(there)) == (True, False)
    assert (is_in(browser(OLD)), is_in(browser(NEW))) == (False, True)
    assert [mail.subject for mail in mailoutbox] == ["Your password was changed"]
    assert "from 127.0.0.1" in mailoutbox[0].body


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"oldpassword": "wrong", "password1": NEW}, "That is not your current password."),
        ({"oldpassword": "", "password1": NEW}, "Please fill this in."),
        ({"oldpassword": OLD, "password1": ""}, "Please fill this in."),
        ({"oldpassword": OLD, "password1": "ada@example.com"}, "too similar"),
    ],
)
def test_bad_change_says_what_is_wrong_and_changes_nothing(
    ada: User, fields: dict[str, str], said: str
) -> None:
    response = browser().post(CHANGE, fields)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert is_in(browser(OLD))


def test_sixth_try_at_changing_in_a_minute_is_refused(ada: User) -> None:
    here = browser()
    answers = [here.post(CHANGE, {"oldpassword": "x"}).status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]


def test_change_stands_when_the_mail_about_it_cannot_go_out(ada: User, settings) -> None:
    settings.MAILERS = {"default": {"BACKEND": "tests.crm.test_sign_up.BrokenServer"}}
    assert browser().post(CHANGE, {"oldpassword": OLD, "password1": NEW}).status_code == 302
    assert is_in(browser(NEW))


def test_stranger_cannot_come_near_it(client: Client, db: None) -> None:
    assert client.get(CHANGE).url == f"/accounts/login/?next={CHANGE}"


def test_user_without_a_password_sets_one(client: Client, db: None) -> None:
    client.force_login(make_user(email="eve@example.com"))
    page = client.get(CHANGE).url
    assert page == "/accounts/password/set/"
    assert client.post(page, {"password1": NEW}).status_code == 302
    assert User.objects.get().check_password(NEW)
