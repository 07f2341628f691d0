"""Where one is logged in, and logging out there."""

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from crm.models import User
from crm.templatetags.sessions import browser
from tests.factories import make_user

SESSIONS = "/accounts/sessions/"
EVERYWHERE = "/settings/log-out/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/19.1 Mobile/15E148 Safari/604.1"
)
EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/148.0.0.0 Safari/537.36 Edg/148.0.0.0"
)


@pytest.fixture
def ada(db: None) -> User:
    return make_user(email="ada@example.com", password="seven green bicycles")


def log_in(user_agent: str = FIREFOX) -> Client:
    client = Client(headers={"User-Agent": user_agent})
    client.post(
        "/accounts/login/", {"login": "ada@example.com", "password": "seven green bicycles"}
    )
    return client


def is_in(client: Client) -> bool:
    return client.get("/settings/").status_code == 200


def test_page_lists_every_browser_in_words(ada: User) -> None:
    log_in(IPHONE)
    html = log_in(FIREFOX).get(SESSIONS).content.decode()
    assert html.index("Firefox on Linux") < html.index("Safari on iPhone")
    assert "from 127.0.0.1" in html
    assert html.count("this one") == 1


def test_logging_out_elsewhere_keeps_this_one(ada: User) -> None:
    there, here = log_in(IPHONE), log_in(FIREFOX)
    page = here.post(SESSIONS, follow=True)
    assert "Everywhere else you are logged out." in page.content.decode()
    assert (is_in(here), is_in(there)) == (True, False)


def test_logging_out_everywhere_ends_this_one_too(ada: User) -> None:
    there, here = log_in(IPHONE), log_in(FIREFOX)
    page = here.post(EVERYWHERE, follow=True)
    assert page.redirect_chain == [("/accounts/login/", 302)]
    assert "Everywhere you are logged out." in page.text
    assert (is_in(here), is_in(there)) == (False, False)
    assert not UserSession.objects.exists()


def test_others_stay_logged_in(ada: User, stranger_client: Client) -> None:
    log_in().post(EVERYWHERE)
    assert is_in(stranger_client)


def test_stranger_sees_none_of_it(ada: User, stranger_client: Client) -> None:
    log_in(IPHONE)
    assert "iPhone" not in stranger_client.get(SESSIONS).content.decode()


def test_logging_out_everywhere_needs_a_post(ada: User) -> None:
    here = log_in()
    assert here.get(EVERYWHERE).status_code == 405
    assert is_in(here)


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (FIREFOX, "Firefox on Linux"),
        (IPHONE, "Safari on iPhone"),
        (EDGE, "Edge on Windows"),
        ("curl/8.9", "Something without a browser’s name"),
        ("", "Something without a browser’s name"),
        ("<script>alert(1)</script>", "Something without a browser’s name"),
    ],
)
def test_browser_is_named(user_agent: str, words: str) -> None:
    assert browser(user_agent) == words
