"""The brief: what to know at the door, and nothing to stumble over."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contacts.models import Contact
from crm.models import User
from tests.factories import (
    NOW,
    client_of,
    make_contact,
    make_detail,
    make_fact,
    make_life_event,
    make_note,
    make_promise,
    make_relative,
    make_user,
)


@pytest.fixture
def anna(keeper: User) -> Contact:
    return make_contact(keeper=keeper, name="Anna Novak", pronunciation="NO-vahk", pronouns="she")


def brief_of(client: Client, contact: Contact) -> str:
    response = client.get(f"/contacts/{contact.pk}/brief/")
    assert response.status_code == 200
    return response.content.decode()


def test_brief_says_why_now_and_what_was_last(keeper_client: Client, anna: Contact) -> None:
    make_promise(anna, text="Send the rye price", due_on=date(2026, 11, 20))
    make_life_event(anna, year=1974, month=11, day=20)
    emma = make_relative(anna, name="Emma")
    make_life_event(anna, kind="graduation", relative=emma, year=2026, month=12, day=12)
    make_fact(anna, kind="need", text="a second oven")
    make_fact(anna, kind="preference", text="oat flat white")
    for days in (1, 9, 20):
        make_note(anna, text=f"Said {days} days ago.", at=NOW - timedelta(days=days))
    page = brief_of(keeper_client, anna)
    said = ["NO-vahk", "Send the rye price", "51, turns 52 in 2 days", "Emma: graduation"]
    said += ["Emma, her daughter", "a second oven", "oat flat white"]
    said += ["Said 1 days ago.", "Said 9 days ago."]
    assert [words for words in said if words not in page] == []
    assert "Said 20 days ago." not in page


def test_brief_steers_clear_of_what_is_not_to_be_mentioned(
    keeper_client: Client, anna: Contact
) -> None:
    make_fact(anna, kind="do_not_mention", text="the divorce from Pavel")
    make_relative(anna, relation="ex", name="Pavel")
    make_fact(anna, kind="interest", text="sailing, learnt before the divorce")
    make_fact(anna, kind="interest", text="falconry")
    make_promise(anna, text="Return the keys of Pavel")
    make_note(anna, text="Pavel’s car was there.")
    make_note(anna, text="Talked of falcons.", at=NOW - timedelta(days=3))
    page = brief_of(keeper_client, anna)
    assert "Steer clear of <b>the divorce from Pavel</b>" in page
    assert ["falconry" in page, "Talked of falcons." in page] == [True, True]
    assert "Return the keys of Pavel" in page, "one's word is never left out"
    hidden = ["sailing", "Pavel’s car", "Pavel, her ex"]
    assert [words for words in hidden if words in page] == []


def test_brief_of_a_teammate_holds_the_card_and_what_is_shared(keeper: User, anna: Contact) -> None:
    make_fact(anna, kind="do_not_mention", text="the divorce")
    make_relative(anna, name="Emma")
    make_note(anna, text="Only mine.")
    make_note(anna, text="For all of us.", private=False, at=NOW - timedelta(days=3))
    page = brief_of(client_of(make_user(team=keeper.member.team)), anna)
    assert ["Anna Novak" in page, "For all of us." in page] == [True, True]
    assert [words for words in ("divorce", "Emma", "Only mine.") if words in page] == []


def test_dead_have_no_birthday_to_speak_of(keeper_client: Client, anna: Contact) -> None:
    make_life_event(anna, year=1974, month=11, day=20)
    make_life_event(anna, kind="death", year=2026, month=5, day=3)
    page = brief_of(keeper_client, anna)
    assert ["died 3 May 2026" in page, "Birthday" in page] == [True, False]


def test_stranger_gets_404_and_other_methods_405(
    keeper_client: Client, stranger_client: Client, anna: Contact
) -> None:
    assert stranger_client.get(f"/contacts/{anna.pk}/brief/").status_code == 404
    assert keeper_client.post(f"/contacts/{anna.pk}/brief/").status_code == 405


@pytest.mark.parametrize("pieces", [1, 3])
def test_brief_asks_the_database_a_fixed_number_of_times(
    keeper_client: Client, anna: Contact, pieces: int
) -> None:
    for number in range(pieces):
        make_detail(anna)
        make_life_event(anna, relative=make_relative(anna, name=f"R {number}"), year=2000)
        make_fact(anna, text=f"fact {number}")
        make_note(anna)
        make_promise(anna, text=f"Promise {number}")
    with CaptureQueriesContext(connection) as queries:
        brief_of(keeper_client, anna)
    assert len(queries) == 13
