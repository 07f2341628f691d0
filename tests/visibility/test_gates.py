"""What stands before every page: tokens of forms, where one may be sent, what logs may tell."""

import logging
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client

from tests.visibility.asking import address, asks
from tests.visibility.belongings import fingerprint
from tests.visibility.table import TABLE
from tests.visibility.world import World

pytestmark = pytest.mark.once

ELSEWHERE = [
    *("https://evil.example/", "//evil.example/", "///evil.example", "////evil.example"),
    *("/\\evil.example", "\\\\evil.example", "http:evil.example", "https:/evil.example"),
    *("javascript:alert(1)", "data:text/html,x", "\thttps://evil.example", "/\t/evil.example"),
    *("https://testserver@evil.example/", "//testserver/", "http://[::1]/", "%2f%2fevil.example"),
]


def strict_browser(world: World, role: str) -> Client:
    """The browser of `role`, held to the tokens of forms as real ones are."""
    client = Client(enforce_csrf_checks=True)
    for name, morsel in world.clients[role].cookies.items():
        client.cookies[name] = morsel.value
    return client


# Mail programs and providers post there without a page of Kept's: the address itself is the proof.
PROVEN_BY_ADDRESS = {"followups:mail_off", "followups:inbound"}


def test_nothing_is_done_without_the_token_of_its_form(world: World) -> None:
    browser, before = strict_browser(world, "keeper"), fingerprint()
    mine = [ask for ask in asks(world, "keeper", TABLE) if ask.is_let_in and not ask.is_htmx]
    posts = [
        ask
        for ask in mine
        if ask.method == "POST" and ask.row.post and ask.name not in PROVEN_BY_ADDRESS
    ]

    answered = {str(ask): browser.post(address(world, ask)) for ask in posts}

    assert [ask for ask, response in answered.items() if response.status_code != 403] == []
    assert fingerprint() == before


def test_something_is_done_with_the_token_in_the_header_that_htmx_sends(world: World) -> None:
    browser = strict_browser(world, "keeper")
    token = browser.get("/").context["csrf_token"]
    contact = world.things["keeper"]["contact"]

    headers = {"X-CSRFToken": str(token), "HX-Request": "true"}
    response = browser.post(f"/trash/contacts/{contact.pk}/", headers=headers)

    assert response.status_code in {200, 303}
    contact.refresh_from_db()
    assert contact.is_trashed


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_no_form_sends_anybody_elsewhere(elsewhere: str, world: World) -> None:
    keeper = world.clients["keeper"]
    promise = world.things["keeper"]["promise_team"]

    response = keeper.post(f"/promises/{promise.pk}/keeping/", {"next": elsewhere})

    assert response.status_code == 303
    goes_to = urljoin("http://testserver/promises/", response["Location"])
    assert urlsplit(goes_to)[:2] == ("http", "testserver")


def test_logs_do_not_tell_addresses_that_are_secrets(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    browser = strict_browser(world, "anonymous")
    token = world.things["owner"]["token"]

    browser.delete(f"/invitations/{token}/")
    browser.post(f"/accounts/password/reset/key/1-{token}/")
    browser.put(f"/accounts/confirm-email/{token}/")
    browser.get(f"/inbound/{token}/")
    browser.get(f"/mail/off/{token}/")
    browser.delete(f"/mail/done/{token}/")

    for told in ("/invitations/…/", "/inbound/…/", "/mail/off/…/", "/mail/done/…/"):
        assert told in caplog.text
    assert token not in caplog.text
