"""Logging in and out: who gets in, where they land, and how often one may guess."""

from datetime import datetime, timedelta
from urllib.parse import quote

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from crm.models import User
from tests.crm.answers import told
from tests.crm.conftest import CountingHasher
from tests.factories import NOW, client_of, make_user

LOG_IN = "/accounts/login/"
PASSWORD = "seven green bicycles"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def ada(db: None, now: datetime) -> User:
    return make_user(email="ada@example.com", name="Ada Seller", password=PASSWORD)


def log_in(client: Client, password: str = PASSWORD, email: str = "ada@example.com", **extra):
    return client.post(LOG_IN, {"login": email, "password": password}, **extra)


def is_in(client: Client) -> bool:
    return client.get("/settings/").status_code == 200


def test_log_in_leads_to_today(client: Client, ada: User) -> None:
    response = log_in(client)
    assert (response.status_code, response.url) == (302, "/")
    assert is_in(client)


def test_log_in_takes_the_address_in_any_case(client: Client, ada: User) -> None:
    assert log_in(client, email="ADA@Example.COM").url == "/"


def test_log_in_with_a_wrong_password_says_so_and_keeps_the_address(
    client: Client, ada: User
) -> None:
    response = log_in(client, "wrong")
    html = response.content.decode()
    assert response.status_code == 422
    assert "This email and this password do not belong together." in html
    assert 'value="ada@example.com"' in html
    assert "wrong" not in html
    assert not is_in(client)


def test_log_in_gives_the_session_a_new_id(client: Client, ada: User) -> None:
    client.get("/accounts/signup/")
    client.session.save()
    before = client.session.session_key
    log_in(client)
    assert client.session.session_key != before


def test_page_that_was_asked_for_comes_after_the_log_in(client: Client, ada: User) -> None:
    asked = client.get("/promises/?show=theirs")
    assert asked.url == f"{LOG_IN}?next=/promises/%3Fshow%3Dtheirs"
    response = client.post(asked.url, {"login": "ada@example.com", "password": PASSWORD})
    assert response.url == "/promises/?show=theirs"


def test_post_that_needs_a_log_in_comes_back_to_the_page_it_came_from(
    client: Client, ada: User
) -> None:
    response = client.post(
        "/settings/me/", {"name": "Ada"}, headers={"Referer": "http://testserver/settings/?a=b"}
    )
    assert response.url == f"{LOG_IN}?next={quote('/settings/?a=b', safe='/')}"


def test_fragment_that_needs_a_log_in_sends_the_whole_page_there(client: Client, db: None) -> None:
    response = client.post(
        "/settings/me/",
        headers=HTMX | {"HX-Current-URL": "http://testserver/settings/#me"},
    )
    assert response.headers["HX-Redirect"] == f"{LOG_IN}?next=%2Fsettings%2F"


REDIRECTS = [
    "http://evil.example/",
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "////evil.example",
    "http:///evil.example",
    "http:evil.example",
    "https:evil.example",
    "http:/evil.example",
    "\\\\evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "/\\/evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "\x00//evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "ftp://evil.example/",
    "http://testserver@evil.example/",
    "http://evil.example#testserver",
    "http://evil.example?testserver",
    "http://testserver.evil.example/",
    "http://localhost:9999/",
    "http://127.0.0.1/",
    "http://testserver/promises/",
    "http://[::1]/",
    "http://evil。example/",
    "https://evil.example:443/promises/",
]


@pytest.mark.parametrize("wish", REDIRECTS)
def test_log_in_never_leads_to_another_host(client: Client, ada: User, wish: str) -> None:
    response = client.post(LOG_IN, {"login": "ada@example.com", "password": PASSWORD, "next": wish})
    assert (response.status_code, response.url) == (302, "/")


@pytest.mark.parametrize("wish", REDIRECTS)
def test_neither_does_logging_out(client: Client, ada: User, wish: str) -> None:
    client.force_login(ada)
    assert client.post("/accounts/logout/", {"next": wish}).url == LOG_IN


# --- Limits ----------------------------------------------------------------------------------


def guess(client: Client, times: int, **extra) -> list[int]:
    return [log_in(client, f"guess {number}", **extra).status_code for number in range(times)]


def test_sixth_wrong_password_in_five_minutes_is_refused(client: Client, ada: User) -> None:
    assert guess(client, 5) == [422] * 5
    response = log_in(client, "one more")
    assert response.status_code == 429
    assert "Wait five minutes" in response.content.decode()


def test_after_five_wrong_ones_the_right_password_must_wait_too(client: Client, ada: User) -> None:
    guess(client, 5)
    assert log_in(client).status_code == 429
    with time_machine.travel(NOW + timedelta(minutes=6)):
        assert log_in(client).status_code == 302


def test_limit_is_counted_in_the_database(client: Client, ada: User) -> None:
    guess(client, 5)
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM crm_cache WHERE cache_key LIKE '%login_failed%'")
        assert len(cursor.fetchall()) == 2  # of the address, and of the network


def test_forged_forwarding_does_not_begin_the_count_anew(client: Client, ada: User) -> None:
    answers = [
        log_in(
            client, "x", email=f"somebody{n}@example.com", headers={"X-Forwarded-For": f"9.9.9.{n}"}
        )
        for n in range(11)
    ]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]


def test_behind_a_proxy_its_word_counts_and_no_other(
    client: Client, ada: User, settings: Settings
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    answers = [
        log_in(client, "x", f"a{n}@example.com", headers={"X-Forwarded-For": f"9.9.9.{n}, 8.8.8.8"})
        for n in range(11)
    ]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    other = log_in(client, "x", "b@example.com", headers={"X-Forwarded-For": "8.8.8.8, 7.7.7.7"})
    assert other.status_code == 422


@pytest.mark.parametrize("hosts", [["testserver:1", "testserver:2"], ["localhost", "127.0.0.1"]])
def test_forged_host_does_not_begin_the_count_anew(
    client: Client, ada: User, hosts: list[str]
) -> None:
    guess(client, 5, headers={"Host": hosts[0]})
    assert log_in(client, "x", headers={"Host": hosts[1]}).status_code == 429


def test_eleventh_guess_from_one_network_is_refused(client: Client, db: None) -> None:
    answers = [
        log_in(client, "x", email=f"a{n}@example.com", REMOTE_ADDR=f"2001:db8:1:1::{n:x}")
        for n in range(11)
    ]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]


def test_good_log_ins_between_guesses_do_not_forgive_them(client: Client, ada: User) -> None:
    with time_machine.travel(NOW):  # moments that differ, or all would count as one
        guess(client, 4)
        log_in(client)
        client.logout()
        guess(client, 1)
        assert log_in(client, "x").status_code == 429


def test_thirty_one_posts_in_a_minute_get_a_page_that_says_so(client: Client, db: None) -> None:
    for _ in range(30):
        client.post(LOG_IN, {})
    response = client.post(LOG_IN, {})
    assert response.status_code == 429
    assert "A moment, please" in response.content.decode()


# --- What it tells ---------------------------------------------------------------------------


def test_known_and_unknown_addresses_get_one_answer(ada: User) -> None:
    known = log_in(Client(), "wrong", "ada@example.com")
    unknown = log_in(Client(), "wrong", "eve@example.com")
    assert told(known, "ada@example.com") == told(unknown, "eve@example.com")


def test_known_and_unknown_addresses_take_as_long(hasher: type[CountingHasher]) -> None:
    make_user(email="ada@example.com", password=PASSWORD)
    hasher.hashed = 0
    log_in(Client(), "wrong", "ada@example.com")
    for_known, hasher.hashed = hasher.hashed, 0
    log_in(Client(), "wrong", "eve@example.com")
    assert (for_known, hasher.hashed) == (1, 1)


def test_switched_off_log_in_is_told_to_whoever_knows_the_password(
    client: Client, ada: User
) -> None:
    ada.is_active = False
    ada.save()
    assert log_in(client, "wrong").status_code == 422
    response = log_in(client)
    assert response.url == "/accounts/inactive/"
    assert "switched off" in client.get(response.url).content.decode()
    assert not is_in(client)


# --- Logging out -----------------------------------------------------------------------------


def test_log_out_says_so_on_the_log_in_page(client: Client, ada: User) -> None:
    log_in(client)
    response = client.post("/accounts/logout/", follow=True)
    assert response.redirect_chain == [(LOG_IN, 302)]
    assert "You are logged out." in response.content.decode()


def test_cookie_is_dead_after_the_log_out(client: Client, ada: User) -> None:
    log_in(client)
    thief = Client()
    thief.cookies["sessionid"] = client.cookies["sessionid"].value
    assert is_in(thief)
    client.post("/accounts/logout/")
    assert not is_in(thief)


def test_log_out_by_link_asks_first(client: Client, ada: User) -> None:
    log_in(client)
    assert "Log out?" in client.get("/accounts/logout/").content.decode()
    assert is_in(client)


def test_user_who_is_switched_off_is_out_at_once(client: Client, ada: User) -> None:
    log_in(client)
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert not is_in(client)


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(client: Client, ada: User) -> None:
    log_in(client)
    cookie = client.cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


# --- Another tab -----------------------------------------------------------------------------


@pytest.fixture
def strict() -> Client:
    return Client(enforce_csrf_checks=True)


def token_of(client: Client, path: str) -> str:
    return client.get(path).context["csrf_token"]


def test_page_older_than_the_log_in_is_refused_with_a_page_that_says_why(
    strict: Client, ada: User
) -> None:
    strict.force_login(ada)
    old = str(token_of(strict, "/settings/"))
    strict.logout()
    token = str(token_of(strict, LOG_IN))
    strict.post(
        LOG_IN,
        {"login": "ada@example.com", "password": PASSWORD, "csrfmiddlewaretoken": token},
    )
    response = strict.post("/settings/me/", {"name": "Ada", "csrfmiddlewaretoken": old})
    assert response.status_code == 403
    assert "older than your last log-in" in response.content.decode()


def test_fragment_without_its_secret_gets_a_toast(strict: Client, ada: User) -> None:
    strict.force_login(ada)
    strict.get("/settings/")
    response = strict.post("/settings/me/", {"name": "Ada"}, headers=HTMX)
    assert response.status_code == 403
    assert "older than your log-in" in response.headers["HX-Trigger"]


POSTED_TO = [
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/logout/",
    "/accounts/password/reset/",
    "/accounts/password/change/",
    "/accounts/email/",
    "/accounts/sessions/",
    "/accounts/reauthenticate/",
    "/settings/me/",
    "/settings/days/",
    "/settings/look/",
    "/settings/away/",
    "/settings/away/1/removal/",
    "/settings/away/2026-12-20/2026-12-21/return/",
    "/settings/log-out/",
    "/team/name/",
    "/team/invitations/",
    "/team/invitations/return/",
    "/team/invitations/1/sending/",
    "/team/invitations/1/withdrawal/",
    "/team/members/1/role/",
    "/team/members/1/role/owner/",
    "/invitations/",
]


@pytest.mark.parametrize("path", POSTED_TO)
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "fragment"])
def test_post_without_its_secret_is_refused(
    strict: Client, ada: User, path: str, headers: dict[str, str]
) -> None:
    strict.force_login(ada)
    strict.get("/settings/")
    assert strict.post(path, {}, headers=headers).status_code == 403


def test_browser_without_cookies_is_told_that_they_are_needed(strict: Client, db: None) -> None:
    response = strict.post(LOG_IN, {"login": "ada@example.com", "password": PASSWORD})
    assert response.status_code == 403
    assert "Kept needs its cookies" in response.content.decode()


def test_post_with_its_secret_in_the_header_goes_through(strict: Client, ada: User) -> None:
    strict.force_login(ada)
    token = str(token_of(strict, "/settings/"))
    response = strict.post(
        reverse("settings_me"),
        {"name": "Ada", "time_zone": "UTC", "day_first": "True"},
        headers=HTMX | {"X-CSRFToken": token},
    )
    assert response.status_code == 200
    assert is_in(client_of(ada))
