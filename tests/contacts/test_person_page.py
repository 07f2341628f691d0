"""A person's page: what its keeper sees, and how much less everybody else does."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contacts.models import Contact
from crm.models import User
from crm.policy import Role
from tests.factories import (
    NOW,
    client_of,
    make_contact,
    make_detail,
    make_fact,
    make_job,
    make_life_event,
    make_note,
    make_promise,
    make_relative,
    make_tag,
    make_user,
)

HTMX = {"HX-Request": "true"}
QUERIES = 14


@pytest.fixture
def anna(keeper: User) -> Contact:
    """Somebody of whom a little of everything is known."""
    contact = make_contact(
        keeper=keeper,
        name="Anna Novak",
        company="Harbour Bakery",
        title="Head baker",
        pronunciation="NO-vahk",
        pronouns="she",
        circle="inner",
        how_met="At the spring fair.",
        customer_since=2019,
    )
    make_life_event(contact, year=1974, month=11, day=18)
    emma = make_relative(contact, name="Emma", about="plays the cello")
    make_life_event(contact, relative=emma, year=2004)
    make_life_event(contact, kind="graduation", relative=emma, year=2027, month=5)
    make_fact(contact, kind="do_not_mention", text="the burnt oven")
    make_job(contact, company="Northern Freight", from_year=2012, to_year=2019)
    make_detail(contact, kind="phone", value="+442079460000")
    make_detail(contact, kind="email", value="anna@home.example", label="personal")
    make_tag("golf", author=keeper, contacts=[contact])
    make_note(contact, text="Wants *rye* by Friday.", at=NOW - timedelta(days=6), feeling="good")
    make_promise(contact, text="Send the rye price", due_on=date(2026, 11, 20))
    return contact


def page_of(client: Client, contact: Contact) -> str:
    response = client.get(contact.get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


def test_person_page_shows_all_that_is_known(keeper_client: Client, anna: Contact) -> None:
    page = page_of(keeper_client, anna)
    said = [
        "Anna Novak",
        "Head baker, Harbour Bakery",
        "NO-vahk",
        "she left it",
        "Inner circle, every 3 weeks",
        "What matters to her",
        "52 today",
        "Emma, her daughter",
        "about 22",
        "Emma: graduation",
        "the burnt oven",
        "Before Harbour Bakery",
        "2012 to 2019",
        "At the spring fair.",
        "Customer since 2019",
        "golf",
        "+44 20 7946 0000",
        "anna@home.example",
        "<em>rye</em>",
        "Send the rye price",
    ]
    assert [words for words in said if words not in page] == []


def test_person_page_offers_call_text_whatsapp_and_mail(
    keeper_client: Client, anna: Contact
) -> None:
    page = page_of(keeper_client, anna)
    hrefs = ["tel:+442079460000", "sms:+442079460000", "https://wa.me/442079460000"]
    assert [f'href="{href}"' in page for href in hrefs] == [True, True, True]
    assert 'href="mailto:anna@home.example"' in page


@pytest.mark.parametrize("role", [Role.SELLER, Role.MANAGER, Role.OWNER])
def test_teammate_sees_the_card_shared_notes_and_what_promises_the_policy_allows(
    keeper: User, anna: Contact, role: Role
) -> None:
    make_note(anna, text="She bakes for the whole street.", private=False)
    make_promise(anna, text="A secret cake", sharing="private")
    make_promise(anna, text="A cake for all", sharing="team")
    page = page_of(client_of(make_user(team=keeper.member.team, role=role)), anna)
    shown = ["Anna Novak", "Head baker, Harbour Bakery", "NO-vahk", "+44 20 7946 0000"]
    shown += ["She bakes for the whole street.", "A cake for all"]
    hidden = [
        "rye</em>",
        "spoke",
        "she left it",
        "Inner circle",
        "52 today",
        "Emma",
        "the burnt oven",
    ]
    hidden += ["2012", "spring fair", "2019", "golf", "anna@home.example", "A secret cake", "rye."]
    assert [words for words in shown if words not in page] == []
    assert [words for words in hidden if words in page] == []
    assert ("Send the rye price" in page) == (role != Role.SELLER)


def test_teammate_is_offered_no_way_to_change_anything(keeper: User, anna: Contact) -> None:
    page = page_of(client_of(make_user(team=keeper.member.team, role=Role.OWNER)), anna)
    addresses = [f"/contacts/{anna.pk}/{name}" for name in ("card", "circle", "photo", "facts")]
    assert [address for address in addresses if address in page] == []
    assert f"/trash/contacts/{anna.pk}/" not in page


def test_stranger_gets_404(stranger_client: Client, anna: Contact) -> None:
    assert stranger_client.get(anna.get_absolute_url()).status_code == 404


def test_person_page_refuses_to_be_posted_to(keeper_client: Client, anna: Contact) -> None:
    assert keeper_client.post(anna.get_absolute_url()).status_code == 405


def test_removed_contact_and_removed_pieces_are_gone(keeper_client: Client, anna: Contact) -> None:
    anna.facts.get().trash(NOW)
    anna.relatives.get().trash(NOW)
    page = page_of(keeper_client, anna)
    assert ["burnt oven" in page, "Emma" in page] == [False, False]
    anna.trash(NOW)
    assert keeper_client.get(anna.get_absolute_url()).status_code == 404


def test_timeline_is_paged_by_keyset_and_loses_no_note(keeper_client: Client, keeper: User) -> None:
    anna = make_contact(keeper=keeper, name="Anna Novak")
    for number in range(45):
        # Three at one instant: the order must be total.
        make_note(anna, text=f"Note no. {number:02d}.", at=NOW - timedelta(days=30 * (number // 3)))
    seen: list[str] = []
    url: str | None = anna.get_absolute_url()
    while url:
        response = keeper_client.get(url, headers=HTMX if "before" in url else {})
        timeline = response.context["timeline"]
        seen += [entry.note.text for entry in timeline.entries]
        url = f"{anna.get_absolute_url()}?before={timeline.rest.link}" if timeline.rest else None
    assert len(seen) == 45
    assert sorted(seen) == [f"Note no. {number:02d}." for number in range(45)]


def test_timeline_says_each_year_once_across_pages(keeper_client: Client, keeper: User) -> None:
    anna = make_contact(keeper=keeper, name="Anna Novak")
    for number in range(30):
        make_note(anna, at=NOW - timedelta(days=30 * number))
    first = keeper_client.get(anna.get_absolute_url()).context["timeline"]
    link = f"{anna.get_absolute_url()}?before={first.rest.link}"
    second = keeper_client.get(link, headers=HTMX).context["timeline"]
    years = [entry.year for entry in [*first.entries, *second.entries] if entry.year]
    assert years == [2025, 2024]


def test_timeline_further_on_is_a_fragment_to_htmx_and_a_page_without(
    keeper_client: Client, keeper: User
) -> None:
    anna = make_contact(keeper=keeper, name="Anna Novak")
    for number in range(21):
        make_note(anna, text=f"Note no. {number:02d}.", at=NOW - timedelta(days=number))
    rest = keeper_client.get(anna.get_absolute_url()).context["timeline"].rest
    link = f"{anna.get_absolute_url()}?before={rest.link}"
    fragment = keeper_client.get(link, headers=HTMX).content.decode()
    page = keeper_client.get(link).content.decode()
    assert ["<html" in fragment, "Note no. 20" in fragment] == [False, True]
    assert ["<html" in page, "Note no. 20" in page, "Back to the latest" in page] == [True] * 3


@pytest.mark.parametrize(
    "before", ["x", "2026-11-18_1", "2026-11-18T00:00:00+00:00_x", "_", "9" * 400]
)
def test_timeline_from_nowhere_starts_at_the_top(
    keeper_client: Client, anna: Contact, before: str
) -> None:
    response = keeper_client.get(anna.get_absolute_url(), {"before": before})
    assert len(response.context["timeline"].entries) == 1


def test_others_in_a_note_are_named_but_no_removed_ones(
    keeper_client: Client, keeper: User, anna: Contact
) -> None:
    ben, cleo = (make_contact(keeper=keeper, name=name) for name in ("Ben Ode", "Cleo Park"))
    make_note(anna, ben, cleo, text="All of us.")
    cleo.trash(NOW)
    page = page_of(keeper_client, anna)
    assert ["Ben Ode" in page, "Cleo Park" in page] == [True, False]


@pytest.mark.parametrize("pieces", [1, 3])
def test_person_page_asks_the_database_a_fixed_number_of_times(
    keeper: User, keeper_client: Client, pieces: int
) -> None:
    anna = make_contact(keeper=keeper, name="Anna Novak", company="Harbour Bakery")
    for number in range(pieces):
        other = make_contact(keeper=keeper, name=f"Other {number}")
        make_detail(anna)
        relative = make_relative(anna, name=f"Relative {number}")
        make_life_event(anna, relative=relative, year=2000)
        make_life_event(anna, kind="trip", title=f"Trip {number}", relative=relative)
        make_fact(anna, text=f"fact {number}")
        make_job(anna, company=f"Company {number}")
        make_tag(f"tag {number}", author=keeper, contacts=[anna])
        note = make_note(anna, other, text=f"Note {number}")
        make_promise(anna, text=f"Promise {number}", note=note)
    keeper_client.get(anna.get_absolute_url())
    with CaptureQueriesContext(connection) as queries:
        keeper_client.get(anna.get_absolute_url())
    assert len(queries) == QUERIES


@pytest.mark.parametrize("at", ["0001-01-01T00:00%2B14:00", "9999-12-31T23:59-14:00"])
def test_place_that_is_no_date_somewhere_is_the_first_page(keeper, keeper_client, at) -> None:
    contact = make_contact(keeper=keeper)
    make_note(contact, text="Said once")
    assert "Said once" in keeper_client.get(f"{contact.get_absolute_url()}?before={at}_9").text
