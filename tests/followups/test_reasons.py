"""The sentences of the queue: warm, true, and each saying where it comes from."""

from datetime import date, timedelta

import pytest

from followups import queue
from tests.factories import (
    NOW,
    make_contact,
    make_fact,
    make_life_event,
    make_note,
    make_nudge,
    make_promise,
    make_relative,
)

TODAY = NOW.date()


def entries(keeper, today=TODAY):
    now = NOW + (today - TODAY)
    return queue.build(keeper, today=today, now=now).entries


def sentences(keeper, today=TODAY):
    return [reason.sentence for entry in entries(keeper, today) for reason in entry.reasons]


@pytest.mark.parametrize(
    ("made_by", "due_on", "said"),
    [
        ("me", TODAY, "You promised Tom: send the list, due today (promised on 18 Nov)"),
        (
            "me",
            TODAY - timedelta(days=3),
            "You promised Tom: send the list, was due 3 days ago (promised on 18 Nov)",
        ),
        ("them", TODAY, "Tom promised you: send the list, due today (promised on 18 Nov)"),
    ],
)
def test_promise_says_who_owes_whom_and_since_when(keeper, made_by, due_on, said):
    contact = make_contact(keeper=keeper, name="Tom Beaumont")
    make_promise(contact, text="Send the list.", made_by=made_by, due_on=due_on)

    assert sentences(keeper) == [said]


def test_promise_without_a_date_says_so(keeper):
    contact = make_contact(keeper=keeper, name="Tom Beaumont")
    make_promise(contact, text="Send the list", at=NOW - timedelta(days=7))

    assert sentences(keeper) == [
        "You promised Tom: send the list, with no date set (promised on 11 Nov)"
    ]


def test_belated_birthday_says_how_long_ago(keeper):
    contact = make_contact(keeper=keeper, pronouns="she")
    make_life_event(contact, year=1980, month=11, day=16, noted_on=date(2022, 10, 3))
    contact.life_events.update(wake_on=date(2026, 11, 16))

    assert sentences(keeper) == [
        "Her birthday was 2 days ago; she turned 46 (you noted on 3 Oct 2022)"
    ]


def test_birthday_of_a_relative_says_whose(keeper):
    contact = make_contact(keeper=keeper, pronouns="he")
    make_life_event(contact, relative=make_relative(contact), year=2004, month=11, day=18)

    assert sentences(keeper) == [
        "His daughter Emma’s birthday is today; she turns 22 (you noted on 18 Nov)"
    ]


def test_month_alone_is_not_over_before_its_end(keeper):
    contact = make_contact(keeper=keeper, pronouns="he")
    make_life_event(contact, kind="move", year=2026, month=11, noted_on=date(2026, 10, 1))
    contact.life_events.update(wake_on=date(2026, 11, 1))

    [entry] = entries(keeper, date(2026, 11, 3))

    assert entry.reasons[0].words == "His move is this month"
    assert not entry.reasons[0].late


def test_card_is_to_be_posted_ahead(keeper):
    contact = make_contact(keeper=keeper, pronouns="he", circle="inner")
    make_note(contact, at=NOW)
    make_life_event(contact, year=1974, month=11, day=23)

    assert sentences(keeper) == [
        "His birthday is on Monday; he turns 52: time to post a card (you noted on 18 Nov)"
    ]


@pytest.mark.parametrize(
    ("kind", "days", "said"),
    [
        ("surgery", 3, "Three days since her knee: ask how she is (you noted on 18 Nov)"),
        ("trip", 7, "A week since her knee: ask how it was (you noted on 18 Nov)"),
        (
            "new_job",
            90,
            "Three months since her knee: ask how it is going (you noted on 18 Nov 2026)",
        ),
        ("separation", 21, "Three weeks since her knee: ask how she is (you noted on 18 Nov)"),
    ],
)
def test_afterwards_one_asks_how_it_went(keeper, kind, days, said):
    contact = make_contact(keeper=keeper, pronouns="she")
    make_life_event(contact, kind=kind, title="knee", year=2026, month=11, day=18)
    entries(keeper)

    shown = sentences(keeper, TODAY + timedelta(days=days))

    assert shown == [said]


def test_day_of_a_trip_and_its_echo_are_one_reason(keeper):
    contact = make_contact(keeper=keeper, pronouns="she")
    make_life_event(contact, kind="trip", title="Lisbon", year=2026, month=11, day=18)
    entries(keeper)

    [entry] = entries(keeper, TODAY + timedelta(days=7))

    assert [reason.words for reason in entry.reasons] == ["A week since her Lisbon: ask how it was"]
    assert len(entry.nudges) == 2


def test_cadence_says_since_when_and_how_often_it_was_meant(keeper):
    contact = make_contact(keeper=keeper, cadence_days=28)
    make_note(contact, at=NOW - timedelta(days=49))

    assert sentences(keeper) == [
        "Seven weeks since you spoke; you meant to every four (last on 30 Sep)"
    ]


def test_loyal_customer_is_not_taken_for_granted(keeper):
    contact = make_contact(keeper=keeper, customer_since=2015)
    make_note(contact, at=NOW - timedelta(days=240))

    assert sentences(keeper) == [
        "A customer for eleven years; eight months since you spoke (since 2015, last on 23 Mar)"
    ]


def test_day_one_chose_says_so(keeper):
    contact = make_contact(keeper=keeper)
    make_nudge(contact, kind="next", made_at=NOW - timedelta(days=7))

    assert sentences(keeper) == ["You meant to be in touch today (you decided on 11 Nov)"]


def test_reason_that_is_not_to_be_mentioned_is_none(keeper):
    contact = make_contact(keeper=keeper)
    make_life_event(contact, kind="wedding", title="wedding to Carl", year=2026, month=11, day=18)
    make_fact(contact, kind="do_not_mention", text="the wedding, it is off")

    assert entries(keeper) == []


# --- What to ask about -----------------------------------------------------------------------


def test_asks_come_from_what_is_near_then_needs_then_likes(keeper):
    contact = make_contact(keeper=keeper, circle="inner", pronouns="he")
    make_life_event(
        contact, kind="graduation", relative=make_relative(contact), year=2026, month=12
    )
    make_fact(contact, kind="interest", text="sailing")
    make_fact(contact, kind="need", text="the Dallas lane priced", noted_on=date(2025, 12, 1))
    make_fact(contact, kind="preference", text="a text, not a voicemail")

    [entry] = entries(keeper)

    assert [ask.sentence for ask in entry.asks] == [
        "his daughter Emma’s graduation, in December (you noted on 18 Nov)",
        "what he needs: the Dallas lane priced (you noted on 1 Dec 2025)",
        "sailing (you noted on 18 Nov)",
    ]
    assert [label for label, _ in entry.hints] == ["Ask about", "Needs", "Mind"]


@pytest.mark.parametrize(
    ("key", "text", "said"),
    [
        ("mlb-boston-red-sox", "Boston Red Sox", "the Boston Red Sox"),
        ("", "the under-eights he coaches", "the under-eights he coaches"),
    ],
)
def test_team_is_called_as_fans_call_it(keeper, key, text, said):
    contact = make_contact(keeper=keeper, circle="inner")
    make_fact(contact, kind="team", text=text, team_key=key)

    [entry] = entries(keeper)

    assert [ask.text for ask in entry.asks] == [said]


def test_what_is_a_reason_is_not_asked_about_again(keeper):
    contact = make_contact(keeper=keeper)
    make_life_event(contact, kind="move", year=2026, month=11, day=18)

    [entry] = entries(keeper)

    assert (len(entry.reasons), entry.asks) == (1, [])


def test_whoever_calls_about_a_promise_knows_of_a_sorrow(keeper):
    contact = make_contact(keeper=keeper, pronouns="he")
    make_life_event(contact, kind="bereavement", year=2026, month=11, day=9)
    make_promise(contact, due_on=TODAY)

    [entry] = entries(keeper)

    assert [mind.text for mind in entry.minds] == ["go gently, nine days since his loss"]
