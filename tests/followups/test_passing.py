"""One promise that is taken over changes hands by the same rules as a whole book's."""

from datetime import timedelta
from uuid import uuid4

import pytest

from contacts.models import Contact
from crm.models import User
from crm.policy import Role
from followups import answering, fired, mending, queue
from followups.handing import hand_over, undo
from followups.models import Issue, Promise
from followups.passing import hand_promise
from tests.factories import (
    NOW,
    client_of,
    make_contact,
    make_note,
    make_nudge,
    make_promise,
    make_user,
)

TODAY = NOW.date()
DAY = timedelta(days=1)
COLUMNS = ("owner", "note", "key", "due_on", "told_due_on", "wake_on", "moves", "renews", "renewed")


@pytest.fixture
def colleague(keeper: User) -> User:
    return make_user(name="Sam Colleague", team=keeper.member.team, role=Role.MANAGER)


@pytest.fixture
def tom(keeper: User) -> Contact:
    return make_contact(keeper=keeper, name="Tom Beaumont")


def hand_alone(promise: Promise, keeper: User, to: User) -> None:
    hand_promise(promise, to=to, by=keeper, at=NOW)


def hand_with_the_contact(promise: Promise, keeper: User, to: User) -> None:
    hand_over(contact_ids=[promise.contact_id], keeper=keeper, to=to, by=keeper, at=NOW)


@pytest.mark.parametrize("hand", [hand_alone, hand_with_the_contact])
@pytest.mark.parametrize("private", [True, False])
def test_both_ways_leave_the_promise_the_same(keeper, colleague, tom, hand, private) -> None:
    note = make_note(tom, text="He asked", private=private)
    make_promise(tom, text="Send it", at=NOW - 9 * DAY).break_(by=keeper, at=NOW - 8 * DAY)
    key = uuid4()
    promise = make_promise(
        tom, text="Send it", at=NOW - 6 * DAY, due_on=TODAY - DAY, note=note, key=key
    )
    promise.renegotiate(due_on=TODAY, told=True, by=keeper, at=NOW - 2 * DAY)
    first = Promise.objects.get(state="broken")
    waiting = make_nudge(tom, kind="promise", promise=promise, source=f"promise:{promise.pk}")

    hand(promise, keeper, colleague)

    shown = Promise.objects.filter(pk=promise.pk).values(*COLUMNS).get()
    assert shown == {
        "owner": colleague.pk,
        "note": None if private else note.pk,
        "key": key,
        "due_on": TODAY,
        "told_due_on": TODAY,
        "wake_on": TODAY,
        "moves": 1,
        "renews": first.pk,
        "renewed": False,
    }
    waiting.refresh_from_db()
    assert (waiting.state, waiting.ended_at) == ("skipped", NOW)
    event = promise.events.last()
    assert (event.kind, event.comment) == ("handed", "from Karin Keeper to Sam Colleague")
    assert (event.due_before, event.due_after) == (TODAY, TODAY)


@pytest.mark.parametrize("hand", [hand_alone, hand_with_the_contact])
def test_who_has_sent_the_same_form_keeps_the_key(keeper, colleague, tom, hand) -> None:
    key = uuid4()
    promise = make_promise(tom, key=key)
    make_promise(tom, owner=colleague, key=key)

    hand(promise, keeper, colleague)

    promise.refresh_from_db()
    assert (promise.owner, promise.key) == (colleague, None)


def test_it_comes_back_to_who_sent_the_form_again_meanwhile(keeper, colleague, tom) -> None:
    key = uuid4()
    promise = make_promise(tom, key=key)
    handover = hand_over(contact_ids=[tom.pk], keeper=keeper, to=colleague, by=keeper, at=NOW)
    make_promise(tom, owner=keeper, key=key)

    assert undo(handover, by=keeper, at=NOW).promises == 1

    promise.refresh_from_db()
    assert (promise.owner, promise.key) == (keeper, None)


def test_step_that_was_taken_over_is_not_offered_again(keeper, colleague, tom) -> None:
    issue = Issue.open(by=keeper, at=NOW, text="It broke.", severity="grave", contact=tom)
    step = mending.STEPS[0]
    planned = [mending.Planned(step, step.text, TODAY)]
    (promise,) = mending.promise_steps(issue, planned, to=tom, by=keeper, at=NOW)

    hand_alone(promise, keeper, colleague)

    assert step not in mending.steps_left(issue)


def test_broken_one_that_is_taken_over_sleeps_on(keeper, colleague, tom) -> None:
    promise = make_promise(tom)
    promise.break_(by=keeper, at=NOW)

    hand_alone(promise, keeper, colleague)

    promise.refresh_from_db()
    assert (promise.owner, promise.wake_on, promise.state) == (colleague, None, "broken")


def test_the_same_again_changes_nothing(keeper, colleague, tom) -> None:
    promise = make_promise(tom)
    hand_alone(promise, keeper, colleague)
    hand_alone(promise, keeper, colleague)

    assert [event.kind for event in promise.events.all()] == ["made", "handed"]


def test_new_owner_is_reminded_and_the_former_one_no_more(keeper, colleague, tom) -> None:
    """Not even where the former owner takes an answer back that they gave before."""
    promise = make_promise(tom, text="Send it", due_on=TODAY)
    assert texts_in_queue(keeper) == ["Send it"]
    tomorrow = TODAY + DAY
    answer = answering.snooze(keeper=keeper, contact=tom, until=tomorrow, today=TODAY, at=NOW)

    hand_alone(promise, keeper, colleague)
    answering.undo(answer, at=NOW)

    assert texts_in_queue(keeper) == []
    assert fired.look(keeper, TODAY, today=TODAY).shown == []
    assert texts_in_queue(colleague) == ["Send it"]


def texts_in_queue(keeper: User) -> list[str]:
    entries = queue.build(keeper, today=TODAY, now=NOW).entries
    return [reason.promise.text for each in entries for reason in each.reasons if reason.promise]


def test_word_to_both_is_not_for_the_team(keeper, colleague, tom) -> None:
    promise = make_promise(tom, sharing="team")
    hand_promise(promise, to=colleague, by=colleague, at=NOW, word="he is ill")
    teammate = make_user(team=keeper.member.team, name="Tim Teammate")

    assert "he is ill" in client_of(colleague).get(promise.get_absolute_url()).text
    assert "he is ill" not in client_of(teammate).get(promise.get_absolute_url()).text
