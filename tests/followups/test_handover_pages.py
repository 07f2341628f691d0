"""Handing over by hand: choosing, the packet, ticking off, taking back."""

import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contacts.models import Contact
from crm.models import User
from crm.policy import Role
from followups.handing import hand_over
from followups.models import HandedContact, Handover, Promise
from tests.factories import (
    NOW,
    client_of,
    make_contact,
    make_detail,
    make_fact,
    make_note,
    make_promise,
    make_user,
)

HTMX = {"HX-Request": "true"}
NEW = "/handovers/new/"
# Session, user with team; how many, the people, their details and notes, their promises, others.
PACKET_QUERIES = 9


@pytest.fixture
def colleague(keeper: User) -> User:
    return make_user(name="Sam Colleague", team=keeper.member.team)


@pytest.fixture
def owner(keeper: User) -> User:
    return make_user(name="Olga Owner", team=keeper.member.team, role=Role.OWNER)


@pytest.fixture
def maria(keeper: User) -> Contact:
    contact = make_contact(keeper=keeper, company="Harbour Bakery", how_met="privately at sea")
    make_detail(contact, value="maria@work.example")
    make_detail(contact, kind="phone", value="+4917155", label="personal")
    make_fact(contact, text="privately sailing")
    make_note(contact, text="privately said")
    make_note(contact, text="openly said", private=False)
    make_promise(contact, text="Send the quote", due_on=NOW.date())
    make_promise(contact, text="privately promised", sharing="private")
    return contact


@pytest.fixture
def handover(keeper: User, colleague: User, maria: Contact) -> Handover:
    return hand_over(
        contact_ids=[maria.pk],
        keeper=keeper,
        to=colleague,
        by=keeper,
        at=NOW,
        introduction="Dear [first name], [former keeper] sends me. [new keeper]",
    )


def test_a_date_moved_while_the_page_was_open_stays_moved(
    keeper_client: Client, colleague: User, maria: Contact
) -> None:
    quote = Promise.objects.select_related("owner").get(text="Send the quote")
    page = keeper_client.get(f"{NEW}?contact={maria.pk}").text
    line = f"promise-{quote.pk}"
    names = ("owner", "due_on", "shown")
    sent = {name: re.search(rf'name="{line}-{name}"[^>]*value="([^"]*)"', page) for name in names}
    later = NOW.date() + timedelta(days=30)
    quote.renegotiate(due_on=later, told=True, by=quote.owner, at=NOW)
    keeper_client.post(
        NEW,
        {"contact": [maria.pk], "to": colleague.pk, f"{line}-owner": "new"}
        | {f"{line}-{name}": found[1] for name, found in sent.items() if found and name != "owner"},
    )
    quote.refresh_from_db()
    assert (quote.owner, quote.due_on) == (colleague, later)


# --- Choosing --------------------------------------------------------------------------------


def test_people_ticked_in_the_list_are_handed_over(
    keeper_client: Client, keeper: User, colleague: User, maria: Contact
) -> None:
    assert f'formaction="{NEW}"' in keeper_client.get("/contacts/").text
    ticked = {"address": "", "contact": [maria.pk], "circle": "", "add_tag": ""}
    page = keeper_client.post(NEW, ticked)
    assert page.status_code == 200
    for shown in ("Maria Lindqvist", "Send the quote", "Sam Colleague", "Dear [first name]"):
        assert shown in page.text
    assert "privately promised" not in page.text
    quote = Promise.objects.get(text="Send the quote")
    response = keeper_client.post(
        NEW,
        {
            "contact": [maria.pk],
            "to": colleague.pk,
            f"promise-{quote.pk}-owner": "new",
            f"promise-{quote.pk}-due_on": "Friday",
            "introduction": "Hello [first name]",
        },
    )
    handover = Handover.objects.get()
    assert (response.status_code, response.url) == (303, f"/handovers/{handover.pk}/")
    maria.refresh_from_db()
    quote.refresh_from_db()
    assert (maria.keeper, quote.owner) == (colleague, colleague)
    assert quote.due_on is not None
    assert quote.due_on.isoformat() == "2026-11-20"
    said = keeper_client.get(response.url).text
    assert "1 person is with Sam Colleague now." in said
    assert f"/handovers/{handover.pk}/undoing/" in said


def test_promise_may_stay_with_who_made_it(
    keeper_client: Client, keeper: User, colleague: User, maria: Contact
) -> None:
    quote = Promise.objects.get(text="Send the quote")
    sent = {f"promise-{quote.pk}-owner": "former", f"promise-{quote.pk}-due_on": "2026-11-18"}
    keeper_client.post(NEW, {"contact": [maria.pk], "to": colleague.pk, **sent})
    quote.refresh_from_db()
    assert (quote.owner, quote.due_on) == (keeper, NOW.date())


def test_date_that_was_agreed_may_stay_where_it_has_passed(
    keeper_client: Client, colleague: User, maria: Contact
) -> None:
    quote = Promise.objects.get(text="Send the quote")
    Promise.objects.filter(pk=quote.pk).update(due_on="2026-11-13")
    data = {"contact": [maria.pk], "to": colleague.pk, f"promise-{quote.pk}-owner": "new"}
    shown = f'name="promise-{quote.pk}-due_on" value="13 November 2026"'
    assert shown in keeper_client.get(NEW, {"contact": maria.pk}).text

    refused = keeper_client.post(NEW, {**data, f"promise-{quote.pk}-due_on": "12 November 2026"})
    assert (refused.status_code, "has passed" in refused.text) == (422, True)
    keeper_client.post(NEW, {**data, f"promise-{quote.pk}-due_on": "13 November 2026"})

    quote.refresh_from_db()
    assert (quote.owner, str(quote.due_on)) == (colleague, "2026-11-13")


def test_many_promises_are_decided_on_only_by_who_wants_to(
    keeper_client: Client, colleague: User, maria: Contact
) -> None:
    shut, opened = '<details class="more-fields"><summary>', '<details class="more-fields" open>'
    few = keeper_client.get(NEW, {"contact": maria.pk}).text
    assert (shut in few, opened in few) == (False, True)
    for number in range(5):
        make_promise(maria, text=f"Promise {number}")
    many = keeper_client.get(NEW, {"contact": maria.pk}).text
    assert (shut in many, opened in many) == (True, False)


def test_list_says_who_is_still_to_be_introduced(
    keeper: User, colleague: User, keeper_client: Client, handover: Handover
) -> None:
    sam = client_of(colleague)
    assert "1 person · 1 not introduced yet" in keeper_client.get("/handovers/").text
    sam.post(f"/handovers/{handover.pk}/introductions/{handover.contacts.get().contact_id}/")
    assert "1 person · all introduced" in keeper_client.get("/handovers/").text


def test_owner_hands_a_whole_book_over(
    owner: User, keeper: User, colleague: User, maria: Contact
) -> None:
    make_contact(keeper=keeper, name="Walt Ames")
    client = client_of(owner)
    assert f"{NEW}?book={keeper.pk}" in client.get("/team/").text
    page = client.get(NEW, {"book": keeper.pk}).text
    assert "<b>2 people</b> whom Karin Keeper looks after" in page
    assert "privately" not in page
    client.post(NEW, {"book": keeper.pk, "to": colleague.pk})
    assert Contact.objects.filter(keeper=colleague).count() == 2
    assert Handover.objects.get().by == owner


def test_person_s_page_leads_there(
    keeper_client: Client, owner: User, colleague: User, maria: Contact
) -> None:
    link = f"{NEW}?contact={maria.pk}"
    page = f"/contacts/{maria.pk}/"
    assert link in keeper_client.get(page).text
    assert link in client_of(owner).get(page).text
    assert link not in client_of(colleague).get(page).text


@pytest.mark.parametrize("who", ["colleague", "manager", "stranger"])
def test_whom_one_may_not_hand_over_is_not_there(
    who: str, keeper: User, colleague: User, stranger: User, maria: Contact
) -> None:
    people = {"colleague": colleague, "stranger": stranger}
    user = people.get(who) or make_user(team=keeper.member.team, role=Role.MANAGER)
    client = client_of(user)
    for query in ({"contact": maria.pk}, {"book": keeper.pk}):
        page = client.get(NEW, query).text
        assert "Nobody is chosen." in page
        assert "Maria" not in page
        assert client.post(NEW, query | {"to": user.pk}).status_code == 422
    maria.refresh_from_db()
    assert maria.keeper == keeper


def test_refused_form_keeps_what_was_typed(
    keeper_client: Client, stranger: User, colleague: User, maria: Contact
) -> None:
    quote = Promise.objects.get(text="Send the quote")
    sent = {
        "contact": [maria.pk],
        "to": stranger.pk,
        "introduction": "My own words",
        f"promise-{quote.pk}-owner": "former",
        f"promise-{quote.pk}-due_on": "someday soonish",
    }
    response = keeper_client.post(NEW, sent)
    assert response.status_code == 422
    for kept in ("My own words", "someday soonish", "Choose somebody in your team."):
        assert kept in response.text
    assert re.search(r'value="former"\s+selected', response.text)
    assert not Handover.objects.exists()
    nobody = keeper_client.post(NEW, sent | {"to": ""})
    assert "Choose who looks after them from now on." in nobody.text


def test_form_to_htmx_is_a_fragment(keeper_client: Client, colleague: User, maria: Contact) -> None:
    html = keeper_client.get(NEW, {"contact": maria.pk}, headers=HTMX).text
    assert 'id="handover-form"' in html
    assert "<html" not in html


def test_alone_one_is_told_that_nobody_is_there(keeper_client: Client, maria: Contact) -> None:
    html = keeper_client.get(NEW, {"contact": maria.pk}).text
    assert "There is nobody else in your team." in html
    assert 'name="to"' not in html


def test_other_methods_are_refused(keeper_client: Client, handover: Handover) -> None:
    page = handover.get_absolute_url()
    assert keeper_client.put(NEW).status_code == 405
    assert keeper_client.post(page).status_code == 405
    assert keeper_client.post("/handovers/").status_code == 405
    for act in ("looking/", "undoing/", f"introductions/{handover.contacts.get().contact_id}/"):
        assert keeper_client.get(f"{page}{act}").status_code == 405


# --- The packet ------------------------------------------------------------------------------


def test_new_keeper_finds_card_shared_notes_promises_and_words(
    colleague: User, handover: Handover
) -> None:
    html = client_of(colleague).get(handover.get_absolute_url()).text
    for shown in (
        "From Karin Keeper to you",
        "Maria Lindqvist",
        "Harbour Bakery",
        "maria@work.example",
        "openly said",
        "Send the quote",
        "you owe it",
        "Dear Maria, Karin Keeper sends me. Sam Colleague",
    ):
        assert shown in html
    assert "privately" not in html
    assert "4917155" not in html


def test_packet_stands_on_today_until_looked_through(colleague: User, handover: Handover) -> None:
    client = client_of(colleague)
    link = f'href="{handover.get_absolute_url()}"'
    assert link in client.get("/").text
    assert client.post(f"{handover.get_absolute_url()}looking/").url == "/"
    assert link not in client.get("/").text
    assert link in client.get("/handovers/").text


def test_introduction_is_ticked_and_unticked(colleague: User, handover: Handover) -> None:
    row = HandedContact.objects.get()
    client = client_of(colleague)
    url = f"{handover.get_absolute_url()}introductions/{row.contact_id}/"
    fragment = client.post(url, headers=HTMX)
    assert fragment.status_code == 200
    assert f'id="handed-{row.contact_id}"' in fragment.text
    assert "<html" not in fragment.text
    row.refresh_from_db()
    assert row.introduced_at == NOW
    assert client.post(url).status_code == 303
    row.refresh_from_db()
    assert row.introduced_at is None


def test_packet_is_for_those_between_whom_it_was_and_owners(
    keeper: User, keeper_client: Client, owner: User, stranger_client: Client, handover: Handover
) -> None:
    page = handover.get_absolute_url()
    manager = make_user(team=keeper.member.team, role=Role.MANAGER)
    assert keeper_client.get(page).status_code == 200
    assert client_of(owner).get(page).status_code == 200
    for client in (client_of(manager), stranger_client):
        assert client.get(page).status_code == 404
        assert "Karin" not in client.get("/handovers/").text.partition("<main")[2]
    assert keeper_client.post(f"{page}looking/").status_code == 404


def test_packet_to_htmx_is_a_fragment(keeper_client: Client, handover: Handover) -> None:
    html = keeper_client.get(handover.get_absolute_url(), headers=HTMX).text
    assert 'id="packet"' in html
    assert "<html" not in html


def test_packet_shows_fifty_at_a_time(keeper: User, colleague: User) -> None:
    people = [make_contact(keeper=keeper, name=f"Person {n:02}") for n in range(52)]
    handover = hand_over(
        contact_ids=[each.pk for each in people], keeper=keeper, to=colleague, by=keeper, at=NOW
    )
    client = client_of(colleague)
    html = client.get(handover.get_absolute_url()).text
    assert html.count('class="card handed"') == 50
    [rest] = re.findall(r'hx-get="(\?after=\d+)"', html)
    more = client.get(f"{handover.get_absolute_url()}{rest}", headers=HTMX).text
    assert more.count('class="card handed"') == 2
    assert "Show more" not in more


@pytest.mark.parametrize("people", [1, 3])
def test_packet_costs_as_much_for_many(people: int, keeper: User, colleague: User) -> None:
    contacts = [make_contact(keeper=keeper, company=f"Company {n}") for n in range(people)]
    for contact in contacts:
        make_promise(contact)
        make_note(contact, private=False)
        make_detail(contact)
    handover = hand_over(
        contact_ids=[each.pk for each in contacts], keeper=keeper, to=colleague, by=keeper, at=NOW
    )
    client = client_of(colleague)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(handover.get_absolute_url()).status_code == 200
    assert len(queries) == PACKET_QUERIES


# --- Taking it back --------------------------------------------------------------------------


def test_it_is_taken_back_once(
    keeper_client: Client, keeper: User, handover: Handover, maria: Contact
) -> None:
    url = f"{handover.get_absolute_url()}undoing/"
    response = keeper_client.post(url)
    assert (response.status_code, response.url) == (303, handover.get_absolute_url())
    assert "1 person is back with Karin Keeper." in keeper_client.get(response.url).text
    maria.refresh_from_db()
    assert maria.keeper == keeper
    keeper_client.post(url)
    assert "This was taken back already." in keeper_client.get("/contacts/").text


def test_what_could_not_be_given_back_is_said(
    keeper_client: Client, colleague: User, handover: Handover
) -> None:
    quote = Promise.objects.select_related("owner").get(text="Send the quote")
    quote.keep(by=colleague, at=NOW)
    keeper_client.post(f"{handover.get_absolute_url()}undoing/")
    html = keeper_client.get("/contacts/").text
    assert "Left as they are: “Send the quote”, which has changed since." in html


def test_new_keeper_cannot_take_it_back(colleague: User, handover: Handover) -> None:
    url = f"{handover.get_absolute_url()}undoing/"
    assert client_of(colleague).post(url).status_code == 404


# --- Afterwards ------------------------------------------------------------------------------


def test_former_keeper_reads_what_they_wrote(
    keeper_client: Client, colleague: User, handover: Handover, maria: Contact
) -> None:
    html = keeper_client.get(f"/contacts/{maria.pk}/").text
    for own in ("privately sailing", "privately said", "privately at sea", "Only you read this."):
        assert own in html
    assert "/facts/" not in html.partition("person-matters")[2].partition("person-timeline")[0]
    theirs = client_of(colleague).get(f"/contacts/{maria.pk}/").text
    assert "openly said" in theirs
    assert "privately" not in theirs


def test_what_one_wrote_goes_along_in_the_own_export(
    keeper_client: Client, colleague: User, handover: Handover
) -> None:
    def exported(client: Client) -> list[dict[str, object]]:
        response = client.get("/export/kept.json")
        return json.loads(b"".join(response.streaming_content))

    [mine] = exported(keeper_client)
    assert (mine["kept"], mine["how_met"]) == (False, "privately at sea")
    assert [fact["text"] for fact in mine["facts"]] == ["privately sailing"]
    assert [note["text"] for note in mine["notes"]] == ["openly said", "privately said"]
    assert mine["phones"] == ["+4917155"]
    assert [promise["text"] for promise in mine["promises"]] == ["privately promised"]
    [theirs] = exported(client_of(colleague))
    assert "privately" not in str(theirs)
    assert theirs["kept"] is True
    assert [promise["text"] for promise in theirs["promises"]] == ["Send the quote"]


def test_history_of_a_promise_tells_who_it_came_from_and_no_more(
    keeper: User, colleague: User, maria: Contact
) -> None:
    quote = Promise.objects.select_related("owner").get(text="Send the quote")
    quote.reword("Send the offer", by=keeper, at=NOW)
    quote.renegotiate(due_on=None, told=True, by=keeper, at=NOW, comment="privately tired")
    hand_over(contact_ids=[maria.pk], keeper=keeper, to=colleague, by=keeper, at=NOW)
    html = client_of(colleague).get(f"/promises/{quote.pk}/").text
    assert "from Karin Keeper to Sam Colleague" in html
    assert "privately" not in html
    assert "Send the quote" not in html
