from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from contacts.models import Contact
from contacts.searching import index_contacts, index_note
from contacts.views import listing
from crm.models import User
from tests.factories import (
    NOW,
    client_of,
    make_contact,
    make_fact,
    make_life_event,
    make_note,
    make_relative,
    make_tag,
    make_user,
)

FRAGMENT = {"HX-Request": "true"}


def shown(client: Client, query: str = "") -> list[str]:
    """The names on the page at this address, in order."""
    response = client.get(f"/contacts/{query}")
    assert response.status_code == 200
    return [contact.name for contact in response.context["page"].rows]


@pytest.fixture
def book(keeper: User) -> dict[str, Contact]:
    """Four people who differ in all that the filters ask about."""
    tom = make_contact(keeper=keeper, name="Tom", company="Northline Freight", circle="inner")
    make_note(tom, at=NOW - timedelta(days=40), text="Wants the Dallas lane priced")
    make_life_event(tom, month=11, day=20)
    ines = make_contact(keeper=keeper, name="Ines", circle="wide")
    make_note(ines, at=NOW - timedelta(days=5))
    make_tag("golf", author=keeper, contacts=[tom, ines])
    mei = make_contact(keeper=keeper, name="Mei", company="Northline Freight")
    make_life_event(mei, year=1980, month=3, day=1)
    make_life_event(mei, relative=make_relative(mei), month=11, day=2)
    walt = make_contact(keeper=keeper, name="Walt")
    make_note(walt, at=NOW - timedelta(days=200))
    book = {contact.name: contact for contact in (tom, ines, mei, walt)}
    index_contacts(book.values())
    for note in tom.notes.all():
        index_note(note)
    return book


def test_list_shows_everybody_by_name(keeper_client: Client, book: dict[str, Contact]) -> None:
    response = keeper_client.get("/contacts/")

    assert [contact.name for contact in response.context["page"].rows] == [
        "Ines",
        "Mei",
        "Tom",
        "Walt",
    ]
    assert response.context["total"].number == 4
    assert "<b>4 people</b>" in response.content.decode()


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?circle=inner", ["Tom"]),
        ("?circle=none", ["Mei", "Walt"]),
        ("?spoken=never", ["Mei"]),
        ("?spoken=30", ["Mei", "Tom", "Walt"]),
        ("?spoken=90", ["Mei", "Walt"]),
        ("?spoken=180", ["Mei", "Walt"]),
        ("?birthday=this", ["Tom"]),
        ("?birthday=3", ["Mei"]),
        ("?sort=silence", ["Mei", "Walt", "Tom", "Ines"]),
        ("?q=northline", ["Mei", "Tom"]),
        ("?q=dallas+tom", ["Tom"]),
        ("?q=northline&circle=inner", ["Tom"]),
        ("?q=northline&circle=wide", []),
        ("?circle=nonsense&spoken=x&birthday=13&tag=x&company=-1", ["Ines", "Mei", "Tom", "Walt"]),
        (f"?tag={'9' * 40}", ["Ines", "Mei", "Tom", "Walt"]),
        ("?q=%00", ["Ines", "Mei", "Tom", "Walt"]),
    ],
)
def test_filters_stand_in_the_address(
    keeper_client: Client, book: dict[str, Contact], query: str, names: list[str]
) -> None:
    assert shown(keeper_client, query) == names


def test_filter_by_tag_and_by_company(
    keeper_client: Client, keeper: User, book: dict[str, Contact]
) -> None:
    tag = keeper.tags.get()
    company = book["Tom"].company

    assert shown(keeper_client, f"?tag={tag.pk}") == ["Ines", "Tom"]
    assert shown(keeper_client, f"?company={company.pk}") == ["Mei", "Tom"]
    page = keeper_client.get(f"/contacts/?company={company.pk}").content.decode()
    assert "At Northline Freight" in page


def test_circles_are_counted(keeper_client: Client, book: dict[str, Contact]) -> None:
    page = keeper_client.get("/contacts/?circle=inner").content.decode()

    assert '<option value="inner" selected>Inner (1)</option>' in page
    assert '<option value="close">Close (0)</option>' in page
    assert '<option value="none">No circle (2)</option>' in page


def test_trashed_people_are_neither_listed_nor_counted(
    keeper_client: Client, book: dict[str, Contact]
) -> None:
    book["Tom"].trash(NOW)

    response = keeper_client.get("/contacts/")

    assert response.context["facets"].everybody == 3
    assert shown(keeper_client, "?q=northline") == ["Mei"]


def test_stranger_sees_none_of_it(stranger_client: Client, book: dict[str, Contact]) -> None:
    assert shown(stranger_client) == []
    assert shown(stranger_client, "?whose=team") == []
    assert shown(stranger_client, "?q=tom&whose=team") == []


def test_teammate_sees_cards_and_nothing_else(keeper: User, book: dict[str, Contact]) -> None:
    make_fact(book["Mei"], text="oat flat white")
    index_contacts(book.values())
    teammate = client_of(make_user(name="Mia", team=keeper.member.team))

    assert shown(teammate) == []
    assert shown(teammate, "?whose=team") == ["Ines", "Mei", "Tom", "Walt"]
    assert shown(teammate, "?whose=team&q=northline") == ["Mei", "Tom"]
    for private in ("dallas", "golf", "oat"):
        assert shown(teammate, f"?whose=team&q={private}") == []
    page = teammate.get("/contacts/?whose=team").content.decode()
    assert "kept by Karin Keeper" in page
    assert "spoke" not in page
    assert "Inner" not in page


@pytest.mark.parametrize("query", ["circle=inner", "spoken=never", "birthday=11", "sort=silence"])
def test_teammate_learns_nothing_by_filters(
    keeper: User, book: dict[str, Contact], query: str
) -> None:
    teammate = client_of(make_user(name="Mia", team=keeper.member.team))

    assert shown(teammate, f"?whose=team&{query}") == ["Ines", "Mei", "Tom", "Walt"]


def test_list_is_only_read(keeper_client: Client) -> None:
    assert keeper_client.post("/contacts/").status_code == 405


def test_typing_gets_the_rows_alone_and_a_tidy_address(
    keeper_client: Client, book: dict[str, Contact]
) -> None:
    query = "?q=tom&circle=&tag=&spoken=&birthday=&sort="
    response = keeper_client.get(f"/contacts/{query}", headers=FRAGMENT)
    page = response.content.decode()

    assert page.strip().startswith('<div id="contact-rows">')
    assert "Tom" in page
    assert "<html" not in page
    assert "HX-Request" in response["Vary"]
    assert response["HX-Replace-Url"] == "/contacts/?q=tom"


def test_count_is_told_as_it_changes(keeper_client: Client, book: dict[str, Contact]) -> None:
    page = keeper_client.get("/contacts/?q=northline", headers=FRAGMENT).content.decode()

    assert '<p class="count" aria-live="polite">2 people</p>' in page


def test_show_more_goes_on(
    keeper_client: Client, book: dict[str, Contact], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PAGE", 2)
    first = keeper_client.get("/contacts/?spoken=30")
    after = parse_qs(urlsplit(first.context["next_page"]).query)["after"][0]

    page = keeper_client.get("/contacts/", {"spoken": 30, "after": after})
    rows = keeper_client.get("/contacts/", {"spoken": 30, "after": after}, headers=FRAGMENT)

    assert [contact.name for contact in page.context["page"].rows] == ["Walt"]
    assert "Back to the first" in page.content.decode()
    assert rows.content.decode().strip().startswith("<li")
    assert "Walt" in rows.content.decode()
    assert "Tom" not in rows.content.decode()


def test_forged_cursor_shows_the_first_page(
    keeper_client: Client, book: dict[str, Contact]
) -> None:
    assert shown(keeper_client, "?after=forged") == ["Ines", "Mei", "Tom", "Walt"]


def test_empty_book_says_how_to_begin(keeper_client: Client) -> None:
    page = keeper_client.get("/contacts/").content.decode()

    assert "Nobody here yet" in page
    assert 'href="/contacts/new/"' in page
    assert 'href="/import/"' in page


def test_nothing_found_says_what_was_searched(
    keeper_client: Client, book: dict[str, Contact]
) -> None:
    page = keeper_client.get("/contacts/?q=zzz").content.decode()

    assert "Nobody found" in page
    assert "names, companies, family, facts, tags and your notes" in page


def test_what_was_searched_is_shown_harmlessly(keeper_client: Client) -> None:
    page = keeper_client.get("/contacts/", {"q": '"><script>alert(1)</script>'}).content.decode()

    assert "<script>alert" not in page


@pytest.mark.parametrize("people", [1, 3])
@pytest.mark.parametrize(
    ("query", "fragment", "queries"),
    [
        ("", False, 6),
        ("?circle=inner", False, 7),
        ("?q=person&sort=silence", False, 7),
        ("?whose=team", False, 6),
        ("?q=person", True, 5),
    ],
)
def test_list_takes_as_many_queries_for_many(
    keeper: User,
    keeper_client: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
    people: int,
    query: str,
    fragment: bool,
    queries: int,
) -> None:
    contacts = [
        make_contact(keeper=keeper, name=f"Person {n}", company=f"Firm {n}", circle="inner")
        for n in range(people)
    ]
    for contact in contacts:
        make_note(contact)
    make_tag("golf", author=keeper, contacts=contacts)
    index_contacts(contacts)

    with django_assert_num_queries(queries):
        response = keeper_client.get(f"/contacts/{query}", headers=FRAGMENT if fragment else {})
    assert len(response.context["page"].rows) == people


def test_many_found_are_counted_up_to_a_limit(
    keeper: User, keeper_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("contacts.facets.COUNTED", 2)
    index_contacts([make_contact(keeper=keeper, name=f"Person {n}") for n in range(4)])

    assert "More than 2 people" in keeper_client.get("/contacts/?q=person").content.decode()
    assert "4 people" in keeper_client.get("/contacts/").content.decode()


def test_due_people_say_so(keeper_client: Client, keeper: User, today: date) -> None:
    make_contact(keeper=keeper, name="Ana", circle="inner")
    page = keeper_client.get("/contacts/").content.decode()

    assert "never spoken" in page
    assert "due now" in page
