import re

import pytest
from django.test import Client

from contacts.forms import grouping as grouping_form
from contacts.models import Contact
from crm.models import User
from tests.factories import client_of, make_contact, make_tag, make_user

FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def people(keeper: User) -> list[Contact]:
    return [make_contact(keeper=keeper, name=name) for name in ("Ana", "Bo", "Cem")]


def circles() -> list[str]:
    return list(Contact.objects.order_by("pk").values_list("circle", flat=True))


def undo_of(page: str) -> str:
    found = re.search(r'action="(/contacts/grouping/[^"]+)"', page)
    assert found is not None
    return found[1]


def test_circle_and_tags_of_the_chosen_change(
    keeper_client: Client, keeper: User, people: list[Contact]
) -> None:
    golf = make_tag("golf", author=keeper, contacts=people)

    response = keeper_client.post(
        "/contacts/grouping/",
        {
            "contact": [people[0].pk, people[1].pk],
            "circle": "inner",
            "add_tag": "opera",
            "remove_tag": golf.pk,
            "address": "?q=a&circle=none",
        },
    )

    assert (response.status_code, response["Location"]) == (303, "/contacts/?q=a&circle=none")
    assert circles() == ["inner", "inner", ""]
    assert [[tag.name for tag in contact.tags.all()] for contact in people] == [
        ["opera"],
        ["opera"],
        ["golf"],
    ]
    page = keeper_client.get("/contacts/").content.decode()
    assert "2 people moved to inner, tagged “opera”, “golf” taken off." in page


def test_address_of_the_rows_follows_what_is_typed(
    keeper_client: Client, people: list[Contact]
) -> None:
    page = keeper_client.get("/contacts/?circle=none", headers=FRAGMENT).content.decode()

    assert '<input type="hidden" name="address" value="?circle=none">' in page


def test_change_is_taken_back(keeper_client: Client, people: list[Contact]) -> None:
    data = {"contact": [people[0].pk], "circle": "inner", "add_tag": "x", "address": "?q=a"}
    keeper_client.post("/contacts/grouping/", data)
    undo = undo_of(keeper_client.get("/contacts/").content.decode())

    response = keeper_client.post(undo)

    assert (response.status_code, response["Location"]) == (303, "/contacts/?q=a")
    assert circles() == ["", "", ""]
    assert people[0].tags.count() == 0
    keeper_client.post(undo)
    assert "That can no longer be taken back." in keeper_client.get("/contacts/").content.decode()


def test_undo_of_another_session_is_none(
    keeper_client: Client, keeper: User, stranger_client: Client, people: list[Contact]
) -> None:
    data = {"contact": [people[0].pk], "circle": "inner"}
    keeper_client.post("/contacts/grouping/", data)
    undo = undo_of(keeper_client.get("/contacts/").content.decode())

    assert stranger_client.post(undo).status_code == 303
    assert circles() == ["inner", "", ""]


def test_undo_by_a_token_that_is_none_is_none(keeper_client: Client) -> None:
    assert keeper_client.post("/contacts/grouping/é/undoing/").status_code == 303
    assert "That can no longer be taken back." in keeper_client.get("/contacts/").content.decode()


def test_htmx_is_led_back_by_header(keeper_client: Client, people: list[Contact]) -> None:
    data = {"contact": [people[0].pk], "circle": "none"}

    response = keeper_client.post("/contacts/grouping/", data, headers=FRAGMENT)

    assert response["HX-Redirect"] == "/contacts/"


def test_strangers_and_teammates_change_nothing(
    stranger_client: Client, keeper: User, people: list[Contact]
) -> None:
    golf = make_tag("golf", author=keeper, contacts=people)
    teammate = client_of(make_user(team=keeper.member.team))
    data = {"contact": [contact.pk for contact in people], "circle": "inner", "add_tag": "x"}

    for client in (stranger_client, teammate):
        assert client.post("/contacts/grouping/", data).status_code == 303
        refused = client.post("/contacts/grouping/", data | {"remove_tag": golf.pk})
        assert refused.status_code == 422

    assert circles() == ["", "", ""]
    assert [contact.tags.count() for contact in people] == [1, 1, 1]


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_other_methods_are_refused(keeper_client: Client, method: str) -> None:
    assert getattr(keeper_client, method)("/contacts/grouping/").status_code == 405
    assert getattr(keeper_client, method)("/contacts/grouping/x/undoing/").status_code == 405


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"circle": "inner"}, "Tick the people you mean first."),
        ({"contact": "x", "circle": "inner"}, "Tick the people you mean first."),
        ({"contact": "9" * 30, "circle": "inner"}, "Tick the people you mean first."),
        ({"contact": "1"}, "Choose a circle or a tag for them."),
        ({"contact": "1", "circle": "outer"}, "Select a valid choice."),
        ({"contact": "1", "remove_tag": "7"}, "That tag is not there any more."),
        ({"contact": "1", "add_tag": "y" * 61}, "This is 61 characters long; 60 fit."),
        ({"contact": ["1", "2", "3"], "circle": "inner"}, "Choose at most 2 people at once."),
    ],
)
def test_bad_input_says_what_is_wrong_and_keeps_what_was_chosen(
    keeper_client: Client,
    people: list[Contact],
    monkeypatch: pytest.MonkeyPatch,
    data: dict[str, object],
    said: str,
) -> None:
    monkeypatch.setattr(grouping_form, "MOST_AT_ONCE", 2)
    ticked = {"contact": [people[0].pk]} if data.get("contact") == "1" else {}

    response = keeper_client.post("/contacts/grouping/", data | ticked | {"address": "?q="})

    page = response.content.decode()
    assert response.status_code == 422
    assert said in page
    assert circles() == ["", "", ""]
    if ticked:
        assert re.search(rf'value="{people[0].pk}"[^>]* checked', page)
    if "add_tag" in data:
        assert "y" * 61 in page


def test_empty_tag_is_no_change(keeper_client: Client, people: list[Contact]) -> None:
    data = {"contact": [people[0].pk], "add_tag": " \u202e "}

    assert keeper_client.post("/contacts/grouping/", data).status_code == 422


def test_address_leads_to_the_list_alone(keeper_client: Client, people: list[Contact]) -> None:
    data = {
        "contact": [people[0].pk],
        "circle": "inner",
        "address": "https://evil.example/?q=x&next=/",
    }

    assert keeper_client.post("/contacts/grouping/", data)["Location"].startswith("/contacts/")
