"""Did everything fire? What was due on a day, and what became of it."""

from datetime import UTC, datetime, timedelta

import pytest

from contacts.models import Contact
from crm.models import User
from followups import answering, fired, scheduling
from followups.models import Delivery
from tests.factories import (
    NOW,
    make_contact,
    make_fact,
    make_life_event,
    make_note,
    make_nudge,
    make_promise,
)
from tests.followups.test_digest import delivered

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
TODAY = NOW.date()
MORNING = datetime(2026, 11, 18, 7, 0, tzinfo=UTC)


def look(user: User, on=TODAY, today=TODAY) -> fired.Day:
    return fired.look(user, on, today=today)


def person(keeper: User, name: str, days: int, **more: object) -> Contact:
    """Somebody whose cadence came round `days` days ago."""
    long_ago = NOW - days * DAY
    contact = make_contact(keeper=keeper, name=name, circle="inner", created_at=long_ago, **more)
    on = TODAY - days * DAY
    make_nudge(contact, occurrence_on=on, made_at=MORNING - days * DAY - 7 * 60 * MINUTE)
    return contact


def told(lines: list[fired.Line]) -> list[tuple[str, str, str]]:
    return [(line.contact.name, line.became, line.why) for line in lines]


# --- What was due ----------------------------------------------------------------------------


def test_a_day_tells_what_was_due_and_what_became_of_it(keeper) -> None:
    done, later, missed = (person(keeper, name, 2) for name in ("Done", "Later", "Missed"))
    waits = person(keeper, "Waits", 2)
    at, on = MORNING - 2 * DAY, TODAY - 2 * DAY
    answering.done(keeper=keeper, contact=done, today=on, at=at)
    until = TODAY + 3 * DAY
    answering.snooze(keeper=keeper, contact=later, until=until, today=on, at=at)
    missed.nudges.update(state="expired", expires_on=TODAY, ended_at=MORNING - 7 * 60 * MINUTE)

    assert told(look(keeper, on).shown) == [
        ("Done", "done", ""),
        ("Later", "put off until 21 Nov", ""),
        ("Missed", "missed on 17 Nov", ""),
        ("Waits", "waits for an answer", ""),
    ]
    assert told(look(keeper).shown) == [("Waits", "waits for an answer", "")]
    assert waits.nudges.get().state == "open"


def test_what_a_touch_answered_was_done_on_the_day_of_the_touch(keeper) -> None:
    contact = person(keeper, "Anna", 1)
    make_note(contact, at=MORNING - DAY)
    scheduling.sweep(MORNING)
    assert told(look(keeper, TODAY - DAY).shown) == [("Anna", "done", "")]
    assert look(keeper).shown == []


def test_a_day_tells_who_was_held_back_by_the_number_a_day(keeper) -> None:
    keeper.people_a_day = 1
    for name in ("First", "Second"):
        person(keeper, name, 1)
    day = look(keeper)
    assert [line.contact.name for line in day.shown] == ["First"]
    assert told(day.held) == [
        ("Second", "waits for an answer", "More than the 1 a day you take on.")
    ]


def test_a_day_off_holds_back_all_but_one_s_word(keeper) -> None:
    person(keeper, "Cadence", 5)
    saturday = TODAY - 4 * DAY
    day = look(keeper, saturday)
    assert (day.shown, told(day.held)) == (
        [],
        [("Cadence", "waits for an answer", "A day off.")],
    )


def test_after_a_loss_it_tells_that_a_gentle_word_took_the_place(keeper) -> None:
    contact = person(keeper, "Agnes", 1)
    make_life_event(contact, kind="bereavement", year=2026, month=11, day=9)
    [line] = look(keeper).shown
    assert line.why == "After a loss or an illness, a gentle word took its place."


def test_the_dead_are_held_back(keeper) -> None:
    contact = person(keeper, "Hugo", 1)
    make_life_event(contact, kind="death", year=2026, month=11, day=9)
    assert told(look(keeper).held) == [("Hugo", "waits for an answer", "They have died.")]


def test_what_is_not_to_be_mentioned_is_said_to_be(keeper) -> None:
    contact = make_contact(keeper=keeper)
    trial = make_life_event(contact, kind="other", title="Dreyer trial", month=11, day=18)
    make_fact(contact, kind="do_not_mention", text="the Dreyer trial")
    scheduling.sweep_keeper(keeper, today=TODAY, now=NOW)
    [line] = look(keeper).shown
    assert (line.why, trial.nudges.count()) == ("You asked not to mention it.", 1)


def test_what_came_late_says_so(keeper) -> None:
    contact = make_contact(keeper=keeper)
    make_nudge(
        contact,
        kind="occasion",
        occurrence_on=TODAY - 3 * DAY,
        late=True,
        made_at=NOW,
        life_event=make_life_event(contact, month=11, day=15),
    )
    [line] = look(keeper).shown
    assert line.why == "It was due on 15 Nov; Kept was not running, or did not know of it yet."


def test_a_day_is_one_s_own_alone(keeper, stranger) -> None:
    person(stranger, "Theirs", 1)
    delivered(stranger, TODAY)
    day = look(keeper)
    assert (day.shown, day.held, day.mails) == ([], [], [])


def test_many_who_were_held_back_are_counted(keeper) -> None:
    keeper.people_a_day = 1
    for number in range(30):
        person(keeper, f"P{number}", 1)
    day = look(keeper)
    assert (len(day.shown), len(day.held), day.unnamed) == (1, fired.NAMED, 9)


@pytest.mark.parametrize("people", [1, 3])
def test_a_day_costs_the_same_for_one_and_for_many(
    keeper, people, django_assert_num_queries
) -> None:
    keeper.people_a_day = people
    for number in range(2 * people):
        contact = person(keeper, f"P{number}", 1)
        make_promise(contact, due_on=TODAY + DAY)
        make_note(contact, channel="other", at=NOW - 9 * DAY)
    delivered(keeper, TODAY)
    user = User.objects.select_related("member__team").get(pk=keeper.pk)
    user.people_a_day = people
    with django_assert_num_queries(11):
        look(user)


# --- What became of the mail -----------------------------------------------------------------

AT = {"due_at": MORNING, "made_at": MORNING, "local_date": TODAY}
STATES = {
    "sent": ({"ended_at": MORNING, "answer": "250 Ok"}, "Sent at 07:00."),
    "sent late": (
        {"ended_at": MORNING + 40 * MINUTE, "made_at": MORNING + 39 * MINUTE},
        "Sent at 07:40. It was due at 07:00; Kept was not running then.",
    ),
    "sent after a queue": (
        {"ended_at": MORNING + 9 * MINUTE, "tries": 1},
        "Sent at 07:09. It was due at 07:00, and waited for its turn.",
    ),
    "sent after tries": (
        {"ended_at": MORNING + 40 * MINUTE, "tries": 6},
        "Sent at 07:40. It was due at 07:00, and taken at try 6.",
    ),
    "refused": ({"ended_at": MORNING}, "Due at 07:00, and refused by the mail server."),
    "refused too late": (
        {"ended_at": MORNING, "why": "too_late", "tries": 9},
        "Due at 07:00, and given up after 9 tries: It could not be handed over in time.",
    ),
    "unknown": (
        {"ended_at": MORNING},
        "Due at 07:00. Nobody knows whether it arrived, so it was not sent again. "
        "What it said is here, and in the next.",
    ),
    "skipped": (
        {"ended_at": MORNING, "why": "outage"},
        "Due at 07:00, and left out. Kept was not running at the time.",
    ),
    "due": ({}, "Due at 07:00, and on its way."),
    "due again": (
        {"tries": 2, "next_try_at": MORNING + 9 * MINUTE},
        "Due at 07:00. Kept tries again at 07:09.",
    ),
}


@pytest.mark.parametrize("case", STATES)
def test_a_mail_is_told_of_in_a_sentence(keeper, case: str) -> None:
    fields, sentence = STATES[case]
    row = Delivery(user=keeper, state=case.split()[0], **(AT | fields))
    assert fired.say(row, keeper, TODAY).said == sentence


# --- The page --------------------------------------------------------------------------------


def test_page_shows_a_day_with_its_mail_and_the_server_s_words(keeper_client, keeper) -> None:
    person(keeper, "Anna Berg", 0)
    delivered(keeper, TODAY, answer="250 Ok: queued as 8F")
    page = keeper_client.get("/fired/").text
    assert all(words in page for words in ("Anna Berg", "250 Ok: queued as 8F", "Sent at 07:00."))
    assert "/fired/2026-11-17/" in page


def test_page_goes_back_thirty_days_and_never_ahead(keeper_client) -> None:
    days = [f"/fired/{(TODAY - n * DAY).isoformat()}/" for n in (0, 29, 30, -1)]
    assert [keeper_client.get(day).status_code for day in days] == [200, 200, 404, 404]
    assert [keeper_client.get(f"/fired/{day}/").status_code for day in ("x", "2026-02-30")] == [
        404,
        404,
    ]


def test_page_of_a_stranger_shows_nothing_of_it(stranger_client, keeper) -> None:
    person(keeper, "Anna Berg", 0)
    delivered(keeper, TODAY, answer="250 Ok: queued as 8F")
    page = stranger_client.get("/fired/").text
    assert ("Anna Berg" in page, "queued as" in page) == (False, False)
