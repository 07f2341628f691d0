import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from contacts.models import Contact
from contacts.searching import index_contacts, index_note
from crm.models import User
from tests.factories import client_of, make_contact, make_note, make_user

FRAGMENT = {"HX-Request": "true"}


def found(client: Client, query: str) -> list[str]:
    response = client.get("/search/", {"q": query}, headers=FRAGMENT)
    assert response.status_code == 200
    return [contact.name for contact in response.context["people"]]


@pytest.fixture
def people(keeper: User) -> list[Contact]:
    names = ["Walt Annan", "Anna Berg", "Hannah Voss", "Tom Beaumont"]
    people = [make_contact(keeper=keeper, name=name) for name in names]
    index_contacts(people)
    index_note(make_note(people[3], text="His cousin Anna is moving"))
    return people


def test_names_come_before_what_is_known(keeper_client: Client, people: list[Contact]) -> None:
    names = ["Anna Berg", "Walt Annan", "Hannah Voss", "Tom Beaumont"]

    assert found(keeper_client, "anna") == names


@pytest.mark.usefixtures("people")
def test_whom_a_note_is_about_is_suggested_by_name_first(keeper_client: Client) -> None:
    response = keeper_client.get("/contacts/suggestions/", {"people_named": "anna"})

    names = [contact.name for contact in response.context["people"]]
    assert names == ["Anna Berg", "Walt Annan", "Hannah Voss", "Tom Beaumont"]


def test_words_of_a_name_come_in_any_order(keeper: User, keeper_client: Client) -> None:
    anna = make_contact(keeper=keeper, name="Zoe Anna Berg")
    other = make_contact(keeper=keeper, name="Ada Lind", company="Annas Berghotel")
    index_contacts([anna, other])

    assert found(keeper_client, "berg anna") == ["Zoe Anna Berg", "Ada Lind"]


def test_at_most_eight_come_and_the_rest_is_a_click_away(
    keeper: User, keeper_client: Client
) -> None:
    index_contacts([make_contact(keeper=keeper, name=f"Person {n}") for n in range(9)])

    page = keeper_client.get("/search/?q=person", headers=FRAGMENT).content.decode()

    assert page.count('class="fold"') == 8
    assert 'href="/contacts/?q=person"' in page


def test_palette_gets_the_fragment_and_a_link_the_page(
    keeper_client: Client, people: list[Contact]
) -> None:
    fragment = keeper_client.get("/search/?q=anna", headers=FRAGMENT).content.decode()
    page = keeper_client.get("/search/?q=anna").content.decode()

    assert fragment.strip().startswith('<div class="stack" id="found" data-found="4 people found">')
    assert "<html" in page
    assert "Anna Berg" in page


@pytest.mark.parametrize("query", ["", "zzz", "´", "\x00"])
def test_nothing_is_found_kindly(keeper_client: Client, people: list[Contact], query: str) -> None:
    assert found(keeper_client, query) == []


def test_teammate_finds_cards_alone(keeper: User, people: list[Contact]) -> None:
    teammate = client_of(make_user(name="Mia", team=keeper.member.team))

    assert found(teammate, "anna") == ["Anna Berg", "Walt Annan", "Hannah Voss"]
    assert found(teammate, "cousin") == []


def test_stranger_finds_nothing(stranger_client: Client, people: list[Contact]) -> None:
    assert found(stranger_client, "anna") == []


def test_search_is_only_read(keeper_client: Client) -> None:
    assert keeper_client.post("/search/").status_code == 405


def test_what_was_typed_is_shown_harmlessly(keeper_client: Client) -> None:
    page = keeper_client.get("/search/", {"q": "<script>x</script>"}).content.decode()

    assert "<script>x" not in page


@pytest.mark.parametrize("number", [1, 3])
def test_search_takes_as_many_queries_for_many(
    keeper: User,
    keeper_client: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
    number: int,
) -> None:
    people = [make_contact(keeper=keeper, name=f"Person {n}") for n in range(number)]
    index_contacts(people)

    with django_assert_num_queries(4):
        assert len(found(keeper_client, "person")) == number


@pytest.mark.parametrize("name", ["\0", "\u202e", "\u200b"])
def test_name_of_which_nothing_can_be_seen_suggests_nobody(
    keeper_client: Client, people: list[Contact], name: str
) -> None:
    response = keeper_client.get("/contacts/suggestions/", {"people_named": name})
    assert response.status_code == 200
    assert people[0].name not in response.text
    sent = {"people_named": name, "text": "Hello", "channel": "call", "reader": "only-me"}
    assert keeper_client.post("/notes/new/", sent).status_code == 422
