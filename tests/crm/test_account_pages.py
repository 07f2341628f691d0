"""allauth's pages: who reaches them, in whose look, and what every answer carries."""

import re

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from crm.account_forms import NewEmailForm
from crm.models import User

SIGNED_OUT = {
    "account_login": [],
    "account_signup": [],
    "account_inactive": [],
    "account_email_verification_sent": [],
    "account_confirm_email": ["MQ:1abcde:nonsense"],
    "account_reset_password": [],
    "account_reset_password_done": [],
    "account_reset_password_from_key": ["1", "abc-nonsense"],
    "account_reset_password_from_key_done": [],
}
SIGNED_IN = {
    "account_logout": [],
    "account_email": [],
    "account_change_password": [],
    "account_reauthenticate": [],
    "usersessions_list": [],
}
# Steps of a flow: without it they only lead back to its beginning.
LEADING_ELSEWHERE = {"account_set_password", "account_confirm_login_code"}


def names_under(prefix: str) -> set[str]:
    found: set[str] = set()

    def walk(patterns, path: str) -> None:
        for pattern in patterns:
            whole = path + str(pattern.pattern)
            if isinstance(pattern, URLPattern):
                found.update([pattern.name] if whole.startswith(prefix) else [])
            else:
                walk(pattern.url_patterns, whole)

    walk(get_resolver().url_patterns, "")
    return found


def test_every_page_of_allauth_is_looked_at_here() -> None:
    assert names_under("accounts/") == {*SIGNED_OUT, *SIGNED_IN, *LEADING_ELSEWHERE}


@pytest.mark.parametrize(("name", "args"), SIGNED_OUT.items())
def test_page_is_reached_signed_out_in_our_look(
    client: Client, db: None, name: str, args: list[str]
) -> None:
    response = client.get(reverse(name, args=args))
    assert response.status_code == 200
    assert '<div class="entrance">' in response.text
    assert len(re.findall(r"<h1>[^<]+</h1>", response.text)) == 1
    assert re.search(r"<title>\w[^<]* · Kept</title>", response.text)


@pytest.mark.parametrize(("name", "args"), SIGNED_IN.items())
def test_page_is_reached_signed_in_in_our_look(
    client: Client, keeper: User, name: str, args: list[str]
) -> None:
    keeper.set_password("seven green bicycles")
    keeper.save()
    client.force_login(keeper)
    response = client.get(reverse(name, args=args))
    assert response.status_code == 200
    assert len(re.findall(r"<h1>[^<]+</h1>", response.text)) == 1
    assert re.search(r"<title>\w[^<]* · Kept</title>", response.text)


@pytest.mark.parametrize("name", sorted(set(SIGNED_IN) - {"account_logout"}))
def test_page_needs_a_log_in(client: Client, db: None, name: str) -> None:
    path = reverse(name)
    assert client.get(path).url == f"/accounts/login/?next={path}"


@pytest.mark.parametrize("name", sorted(LEADING_ELSEWHERE))
def test_step_without_its_flow_leads_back(client: Client, db: None, name: str) -> None:
    assert client.get(reverse(name)).url.startswith("/accounts/login/")


@pytest.mark.parametrize("name", ["account_login", "account_signup", "account_reset_password"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_answer_carries_what_guards_it(client: Client, db: None, name: str, method: str) -> None:
    headers = getattr(client, method)(reverse(name)).headers
    assert "unsafe-" not in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert {"private", "no-store"} <= set(headers["Cache-Control"].split(", "))
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert {"Cookie", "HX-Request"} <= set(re.split(r",\s*", headers["Vary"]))


@pytest.mark.parametrize("name", ["account_login", "account_signup", "account_reset_password"])
def test_page_brings_no_script_or_style_of_its_own(client: Client, db: None, name: str) -> None:
    html = client.get(reverse(name)).text
    assert re.findall(r"<script(?![^>]* src=)|<style| style=| on\w+=", html) == []


def test_signed_out_page_names_the_reason_by_a_label_once(client: Client, db: None) -> None:
    html = client.get(reverse("account_login")).text
    assert re.findall(r"<label[^>]*>([^<]+)</label>", html) == ["Email", "Password"]
    assert "placeholder" not in html


def test_pages_that_allauth_may_yet_add_wear_our_look(keeper_client: Client) -> None:
    """`account/email.html` is one of those that none of ours stands in for."""
    request = keeper_client.get("/settings/").wsgi_request
    form = NewEmailForm(user=request.user)
    html = render_to_string("account/email.html", {"form": form, "can_add_email": True}, request)
    assert re.search(r'<form class="form"\s+method="post"', html)
    assert '<button class="button primary"' in html
    assert '<label for="id_email">New address</label>' in html
    assert 'href="/settings/#security"' in html
