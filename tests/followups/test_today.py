"""Today: whom to reach out to and why, answered from the page, with and without htmx."""

import json
from datetime import date, timedelta

import pytest
from django.urls import reverse

from contacts.models import Contact, Note
from crm.models import Away
from followups import scheduling
from followups.models import Answer, Nudge, Promise
from tests.factories import (
    NOW,
    make_contact,
    make_detail,
    make_fact,
    make_life_event,
    make_note,
    make_nudge,
    make_promise,
    make_relative,
    make_user,
)

TODAY = NOW.date()
HTMX = {"HX-Request": "true", "HX-Target": "main#main"}
# A session, its user, and what stands on the page, however many people and whatever of them.
QUERIES = 19


def url(name, *args):
    return reverse(f"followups:{name}", args=args)


def said(client) -> list[str]:
    """What the next page says in its toasts."""
    response = client.get("/")
    return [str(message) for message in response.context["messages"]]


@pytest.fixture
def tom(keeper):
    return make_contact(keeper=keeper, name="Tom Beaumont", circle="inner", pronouns="he")


# --- The page --------------------------------------------------------------------------------


def test_today_shows_people_with_reasons_what_to_ask_and_ways(keeper, keeper_client, tom):
    make_promise(tom, text="Send the quote", due_on=TODAY)
    make_fact(tom, text="sailing")
    make_detail(tom, kind="phone", value="+15085550142")
    make_detail(tom, kind="email", value="tom@northline.example")

    page = keeper_client.get("/").content.decode()

    assert "Good afternoon, Karin" in page
    assert "<b>You promised Tom:</b> send the quote, due today" in page
    assert "<dt>Ask about</dt><dd>sailing" in page
    assert 'href="tel:+15085550142"' in page
    assert 'aria-label="Mail Tom"' in page


def test_today_shows_the_first_in_full_and_the_others_in_short(keeper, keeper_client):
    for number in range(6):
        make_contact(keeper=keeper, name=f"Person {number}", circle="wide")

    response = keeper_client.get("/")

    assert response.content.count(b"<article") == 4
    assert [entry.contact.name for entry in response.context["later"]] == ["Person 4", "Person 5"]


def test_today_of_an_empty_book_teaches(keeper_client):
    assert b"Here you will see whom to reach out to" in keeper_client.get("/").content


def test_today_when_all_are_done_is_kind_once(keeper, keeper_client, tom):
    keeper_client.get("/")
    keeper_client.post(url("done", tom.pk))

    assert b"That was everybody" in keeper_client.get("/").content


def test_today_on_a_day_off_says_so(keeper, keeper_client, tom):
    Away.objects.create(user=keeper, starts_on=TODAY, ends_on=TODAY)

    page = keeper_client.get("/").content

    assert b"A day off." in page
    assert b"Tom Beaumont" not in page


def test_today_of_an_empty_book_does_not_speak_of_days_off(keeper, keeper_client):
    Away.objects.create(user=keeper, starts_on=TODAY, ends_on=TODAY)

    page = keeper_client.get("/").content

    assert b"A day off." not in page
    assert b"0 people" not in page


def test_today_says_when_cadences_ask_for_more_than_is_taken_on(keeper, keeper_client):
    keeper.people_a_day = 1
    keeper.save()
    for number in range(20):
        make_contact(keeper=keeper, name=f"P{number}", cadence_days=7)

    page = keeper_client.get("/").content

    assert b"takes about 4 people a day, and you take on 1" in page
    assert b"19 more people are due" in page


def test_today_needs_a_log_in(client):
    assert client.get("/").headers["Location"] == "/accounts/login/?next=/"


def test_today_of_somebody_else_is_not_mine(stranger_client, tom):
    assert b"Tom Beaumont" not in stranger_client.get("/").content


@pytest.mark.parametrize("junk", ["x", "-1", "9" * 30, "1%00"])
def test_today_shrugs_at_an_answer_that_is_none(keeper_client, junk):
    assert keeper_client.get(f"/?just={junk}&at={junk}").status_code == 200


def test_names_and_facts_cannot_write_the_page(keeper, keeper_client):
    tom = make_contact(keeper=keeper, name="<script>alert(1)</script>", circle="inner")
    make_fact(tom, text="<img src=x onerror=alert(2)>")
    make_promise(tom, text="<b>bold</b>", due_on=TODAY)

    page = keeper_client.get("/").content

    assert b"<script>alert" not in page
    assert b"<img src=x" not in page
    assert b"<b>bold" not in page


@pytest.mark.parametrize("people", [1, 3, 30])
def test_today_asks_the_database_as_often_for_one_as_for_many(
    keeper, keeper_client, people, django_assert_num_queries
):
    keeper.people_a_day = 20
    keeper.save()
    for number in range(people):
        contact = make_contact(
            keeper=keeper, name=f"P{number}", circle="inner", company=f"C{number}"
        )
        make_note(contact, at=NOW - timedelta(days=40))
        make_promise(contact, due_on=TODAY)
        make_promise(contact, made_by="them", due_on=TODAY + timedelta(days=3))
        make_life_event(contact, month=11, day=18)
        make_life_event(contact, relative=make_relative(contact), month=11, day=25)
        make_fact(contact)
        make_detail(contact)
    for number in range(60):
        make_contact(keeper=keeper, name=f"Waiting {number}", cadence_days=7)
    keeper_client.get("/")

    with django_assert_num_queries(QUERIES):
        keeper_client.get("/")


# --- Done, and what next ---------------------------------------------------------------------


def test_done_asks_what_next_where_the_card_stood(keeper, keeper_client, tom):
    scheduling.sweep_keeper(keeper, today=TODAY, now=NOW)

    response = keeper_client.post(url("done", tom.pk), {"at": "2"})

    answer = Answer.objects.get()
    assert (response.status_code, response.headers["Location"]) == (
        303,
        f"/?just={answer.pk}&at=2",
    )
    page = keeper_client.get(response.headers["Location"])
    assert page.context["just"] == answer
    assert b"When next?" in page.content
    assert json.loads(page.headers["HX-Trigger"]) == {"announce": {"text": "Tom: done."}}


@pytest.mark.parametrize("verb", ["done", "skipping", "talked", "snoozing"])
def test_answers_take_a_post_of_the_keeper_only(keeper_client, stranger_client, tom, verb):
    assert keeper_client.get(url(verb, tom.pk)).status_code == 405
    assert stranger_client.post(url(verb, tom.pk), {"on": "Friday"}).status_code == 404
    assert Answer.objects.count() == 0


@pytest.mark.parametrize("verb", ["done", "skipping", "snoozing", "talked"])
def test_answering_twice_is_answering_once(keeper, keeper_client, tom, verb):
    scheduling.sweep_keeper(keeper, today=TODAY, now=NOW)

    for _ in range(2):
        response = keeper_client.post(url(verb, tom.pk), {"on": "Friday"})

    assert response.status_code == 303
    assert Answer.objects.count() == 1
    assert Note.objects.count() == (verb == "talked")


def test_done_in_a_second_tab_after_skip_says_that_nobody_waits(keeper, keeper_client, tom):
    scheduling.sweep_keeper(keeper, today=TODAY, now=NOW)
    keeper_client.post(url("skipping", tom.pk))
    keeper_client.get("/")

    keeper_client.post(url("done", tom.pk))

    assert said(keeper_client) == ["Tom is not waiting any more."]
    assert [answer.kind for answer in Answer.objects.all()] == ["skipped"]


def test_next_is_a_day_in_words(keeper, keeper_client, tom):
    scheduling.sweep_keeper(keeper, today=TODAY, now=NOW)
    keeper_client.post(url("done", tom.pk))

    keeper_client.post(url("next", Answer.objects.get().pk), {"on": "in two weeks"})

    assert Nudge.objects.get(kind="next").show_on == TODAY + timedelta(days=14)
    assert said(keeper_client) == ["Tom comes back on Wed 2 Dec."]


def test_next_refuses_what_is_no_day_and_keeps_it(keeper, keeper_client, tom):
    scheduling.sweep_keeper(keeper, today=TODAY, now=NOW)
    keeper_client.post(url("done", tom.pk))

    response = keeper_client.post(url("next", Answer.objects.get().pk), {"on": "Blursday"})

    assert response.status_code == 422
    assert b'value="Blursday"' in response.content
    assert b"Kept cannot read this as a day." in response.content


def test_next_of_what_was_taken_back_is_a_friendly_nothing(keeper, keeper_client, tom):
    scheduling.sweep_keeper(keeper, today=TODAY, now=NOW)
    keeper_client.post(url("done", tom.pk))
    answer = Answer.objects.get()
    keeper_client.post(url("answer_undoing", answer.pk))

    response = keeper_client.post(url("next", answer.pk), {"on": "Friday"})

    assert response.status_code == 303
    assert not Nudge.objects.filter(kind="next").exists()


def test_answers_of_somebody_else_do_not_exist(keeper, keeper_client, stranger_client, tom):
    scheduling.sweep_keeper(keeper, today=TODAY, now=NOW)
    keeper_client.post(url("done", tom.pk))
    pk = Answer.objects.get().pk

    assert stranger_client.post(url("next", pk), {"on": "Friday"}).status_code == 404
    assert stranger_client.post(url("answer_undoing", pk)).status_code == 404
    assert keeper_client.get(url("answer_undoing", pk)).status_code == 405
    assert Answer.objects.get().undone_at is None


# --- Snooze, skip, undo ----------------------------------------------------------------------


def test_snooze_says_when_they_come_back_and_can_be_undone(keeper, keeper_client, tom):
    scheduling.sweep_keeper(keeper, today=TODAY, now=NOW)

    keeper_client.post(url("snoozing", tom.pk), {"on": "Friday"})

    response = keeper_client.get("/")
    [message] = response.context["messages"]
    assert str(message) == "Tom comes back on Friday."
    keeper_client.post(message.extra_tags)
    assert [entry.contact for entry in keeper_client.get("/").context["queue"].entries] == [tom]


@pytest.mark.parametrize("on", ["", "today", "31 February", "\x00", "x" * 5000])
def test_snooze_refuses_what_is_no_later_day(keeper_client, tom, on):
    response = keeper_client.post(url("snoozing", tom.pk), {"on": on})

    assert response.status_code == 422
    assert b'class="errors"' in response.content


def test_undo_long_after_its_day_puts_them_back(keeper, keeper_client, tom):
    scheduling.sweep_keeper(keeper, today=TODAY, now=NOW)
    keeper_client.post(url("skipping", tom.pk))
    Answer.objects.update(on=TODAY - timedelta(days=3), at=NOW - timedelta(days=3))

    keeper_client.post(url("answer_undoing", Answer.objects.get().pk))

    assert [entry.contact for entry in keeper_client.get("/").context["queue"].entries] == [tom]


def test_htmx_gets_today_s_main_part_by_following(keeper, keeper_client, tom):
    scheduling.sweep_keeper(keeper, today=TODAY, now=NOW)

    response = keeper_client.post(url("skipping", tom.pk), headers=HTMX, follow=True)

    assert b'<main class="page" id="main"' in response.content
    toasts = json.loads(response.headers["HX-Trigger"])["toast"]["toasts"]
    assert [toast["text"] for toast in toasts] == ["Tom is left out this time."]


# --- We just talked --------------------------------------------------------------------------


def test_talked_is_one_tap_and_a_touch(keeper, keeper_client, tom):
    scheduling.sweep_keeper(keeper, today=TODAY, now=NOW)

    response = keeper_client.post(url("talked", tom.pk), {"next": "/", "at": "0"})

    assert response.headers["Location"] == f"/?just={Answer.objects.get().pk}&at=0"
    assert Contact.objects.get().last_touch_at == NOW
    assert b"you just talked." in keeper_client.get(response.headers["Location"]).content


def test_talked_on_a_person_s_page_leads_back_there_and_so_does_its_undo(keeper_client, tom):
    here = tom.get_absolute_url()

    response = keeper_client.post(url("talked", tom.pk), {"next": here})

    assert response.headers["Location"] == here
    undo = f"/answers/{Answer.objects.get().pk}/undoing/?next=%2Fcontacts%2F{tom.pk}%2F"
    assert keeper_client.post(undo).headers["Location"] == here
    assert Note.objects.get().is_trashed


def test_talked_leads_nowhere_else(keeper_client, tom):
    response = keeper_client.post(url("talked", tom.pk), {"next": "https://evil.example/"})

    assert response.headers["Location"] == tom.get_absolute_url()


# --- Why -------------------------------------------------------------------------------------


def test_why_says_who_stands_above_and_below_and_why(keeper, keeper_client, tom):
    ann = make_contact(keeper=keeper, name="Ann Lee", circle="wide")
    make_promise(ann, due_on=TODAY)

    page = keeper_client.get(url("why", tom.pk)).content.decode()

    assert "Number 2 of 2 today." in page
    assert "<b>Ann Lee</b> stands above." in page
    assert "A promise of yours that is due goes before somebody you have not spoken to" in page


def test_why_of_somebody_who_is_not_due_says_so(keeper, keeper_client):
    ann = make_contact(keeper=keeper, name="Ann Lee")

    assert b"is not among today" in keeper_client.get(url("why", ann.pk)).content


def test_why_is_the_keeper_s(keeper_client, stranger_client, tom):
    assert stranger_client.get(url("why", tom.pk)).status_code == 404
    assert keeper_client.post(url("why", tom.pk)).status_code == 405


def test_kept_on_today_leads_back_to_today(keeper, keeper_client, tom):
    promise = make_promise(tom, due_on=TODAY)

    response = keeper_client.post(url("promise_keeping", promise.pk), {"next": "/"})

    assert response.headers["Location"] == "/"
    assert Promise.objects.get().state == "kept"


def test_today_names_what_was_missed_without_blame(keeper, keeper_client):
    yusuf = make_contact(keeper=keeper, name="Yusuf Haddad")
    event = make_life_event(yusuf, year=1968, month=11, day=9)
    make_nudge(
        yusuf,
        kind=Nudge.Kind.OCCASION,
        source=f"life_event:{event.pk}",
        life_event=event,
        occurrence_on=date(2026, 11, 9),
        state=Nudge.State.EXPIRED,
        ended_at=NOW,
    )

    response = keeper_client.get("/")

    assert [(c.on, c.what) for c in response.context["missed"]] == [(date(2026, 11, 9), "turns 58")]
    assert "a late word is welcome, too" in response.content.decode()


def test_ones_word_to_a_colleague_s_contact_is_on_today_and_nothing_of_the_colleague_s(
    keeper, keeper_client
):
    colleague = make_user(email="colleague@example.com", name="Cora", team=keeper.member.team)
    tom = make_contact(keeper=colleague, name="Tom Beaumont", circle="inner")
    make_detail(tom, value="tom@home.example", label="personal")
    make_detail(tom, value="tom@work.example")
    make_fact(tom, text="sails at night")
    make_note(tom, at=NOW - timedelta(days=3))
    promise = make_promise(tom, owner=keeper, text="Send the ferry times", due_on=TODAY)

    page = keeper_client.get("/").content.decode()

    assert "send the ferry times" in page
    assert f'action="/promises/{promise.pk}/keeping/"' in page
    assert "tom@work.example" in page
    for theirs in ("tom@home.example", "sails at night", "last spoke", f"/today/{tom.pk}/"):
        assert theirs not in page
