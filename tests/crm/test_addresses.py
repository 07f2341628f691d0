"""Addresses that are carried along to come back to: none of them makes an answer fail or burst."""

import pytest
from django.test import Client

from contacts.models import Contact
from crm.accounts import vouch_for
from crm.addresses import LONGEST, is_short, path_of
from crm.models import User
from tests.factories import make_contact, make_promise
from tests.visibility.world import PASSWORD

# As it was typed, and as a header has it: each of these takes twelve signs there.
LONG = ["/?q=" + "a" * 60_000, "/?q=" + "a" * LONGEST, "/?q=" + "\U0001f600" * 1900]
FRAGMENT = {"HX-Request": "true"}
each_long = pytest.mark.parametrize("url", LONG, ids=["endless", "long", "long in a header"])


def test_address_is_short_as_a_header_has_it() -> None:
    assert [is_short(url) for url in LONG] == [False, False, False]
    assert is_short("/contacts/?q=é")
    assert is_short("/" + "a" * (LONGEST - 1))


def test_page_of_an_address_is_its_path_and_query() -> None:
    assert path_of("https://kept.example/contacts/?q=a#top") == "/contacts/?q=a"
    assert path_of("https://kept.example" + LONG[0]) == "/"


@pytest.mark.django_db
@each_long
def test_who_is_signed_out_logs_in_and_comes_to_today_instead(client: Client, url: str) -> None:
    to_login = "/accounts/login/?next=/"

    assert client.get(url)["Location"] == to_login
    assert client.post("/promises/new/", headers={"Referer": url})["Location"] == to_login
    fragment = client.get("/contacts/", headers=FRAGMENT | {"HX-Current-URL": url})
    assert fragment["HX-Redirect"] == "/accounts/login/?next=%2F"


@pytest.mark.django_db
def test_who_is_signed_out_comes_back_to_a_page_of_usual_length(client: Client) -> None:
    assert (
        client.get("/contacts/?q=a b")["Location"]
        == "/accounts/login/?next=/contacts/%3Fq%3Da%2520b"
    )


@each_long
def test_log_in_does_not_follow_an_endless_address(
    client: Client, verified: User, url: str
) -> None:
    form = {"login": verified.email, "password": PASSWORD, "next": url}

    assert client.post("/accounts/login/", form)["Location"] == "/"


@pytest.fixture
def verified(keeper: User) -> User:
    vouch_for(keeper)
    keeper.set_password(PASSWORD)
    keeper.save()
    return keeper


@pytest.fixture
def tom(keeper: User) -> Contact:
    return make_contact(keeper=keeper)


@each_long
def test_act_is_done_and_leads_where_it_always_does(
    keeper_client: Client, tom: Contact, url: str
) -> None:
    promise = make_promise(tom)

    answer = keeper_client.post(f"/promises/{promise.pk}/keeping/", {"next": url})

    promise.refresh_from_db()
    assert (answer.status_code, answer["Location"]) == (303, tom.get_absolute_url())
    assert promise.state == "kept"


@each_long
def test_form_does_not_hand_it_on(keeper_client: Client, url: str) -> None:
    page = keeper_client.get("/issues/new/", {"next": url})

    assert (page.status_code, page.context["next"]) == (200, "")
