"""How quickly somebody who gets in touch is answered."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from contacts.handing import hand_contacts
from contacts.models import Contact, Note
from contacts.notes import edit_note, restore_note, trash_note, write_note
from crm.policy import Role
from followups.follow_through import behind
from followups.follow_through.answers import Answers, answers
from followups.follow_through.scope import Period, Scope
from tests.factories import NOW, make_contact, make_team, make_user

pytestmark = pytest.mark.django_db

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
TODAY = NOW.date()
PERIOD = Period.until(TODAY)


def somebody() -> Contact:
    return make_contact(keeper=make_user(time_zone="UTC"))


def note(*people, at: datetime, began: str = "me", channel: str = "email", **fields) -> Note:
    return write_note(
        author=people[0].keeper,
        contacts=people,
        text="About the spring.",
        at=at,
        now=fields.pop("now", at),
        channel=channel,
        began=began,
        **fields,
    )


def figure(user, period: Period = PERIOD, today=TODAY) -> Answers:
    return answers(Scope(user, today), period).get(user.pk, Answers())


def test_the_next_word_to_them_is_the_answer():
    anna = somebody()
    other = make_contact(keeper=anna.keeper)
    came = note(anna, at=NOW - 5 * DAY, began="them")
    note(other, at=NOW - 4 * DAY)
    note(anna, at=NOW - 3 * DAY, channel="other")
    again = note(anna, at=NOW - 3 * DAY, began="them")
    first = note(anna, at=NOW - 2 * DAY)
    note(anna, at=NOW - DAY)

    came.refresh_from_db()
    again.refresh_from_db()
    assert (came.answered_at, again.answered_at) == (first.at, first.at)
    assert figure(anna.keeper) == Answers(day=1, three=1)


@pytest.mark.parametrize("channel", ["call", "meeting", "video"])
def test_whoever_calls_is_answered_as_they_call(channel):
    anna = somebody()
    called = note(anna, at=NOW - 2 * DAY, began="them", channel=channel)
    assert (called.answered_at, called.is_waiting) == (called.at, False)


def test_a_note_that_says_so_answers_by_the_time_it_was_written_down():
    anna = somebody()
    both = note(anna, at=NOW - 5 * DAY, began="answered", now=NOW - 2 * DAY)
    assert both.answered_at == NOW - 2 * DAY
    assert figure(anna.keeper) == Answers(three=1)


def test_an_answer_that_is_written_into_it_later_is_as_late():
    anna = somebody()
    came = note(anna, at=NOW - 5 * DAY, began="them")
    fields = {"contacts": [anna], "at": came.at, "channel": "email", "feeling": ""}
    fields |= {"private": True, "began": "answered"}
    edit_note(came, seen=1, text="And answered", now=NOW - 2 * DAY, **fields)
    assert came.answered_at == NOW - 2 * DAY
    edit_note(came, seen=2, text="And answered them", now=NOW, **fields)
    assert came.answered_at == NOW - 2 * DAY


def test_an_answer_that_is_changed_or_removed_answers_no_more():
    anna = somebody()
    came = note(anna, at=NOW - 9 * DAY, began="them")
    reply = note(anna, at=NOW - 8 * DAY)
    late = note(anna, at=NOW - 2 * DAY)

    def answered_at() -> datetime | None:
        return Note.objects.get(pk=came.pk).answered_at

    trash_note(reply, at=NOW)
    assert answered_at() == late.at
    restore_note(reply)
    assert answered_at() == reply.at
    fields = {"text": reply.text, "at": reply.at, "feeling": "", "private": True}
    edit_note(reply, seen=1, contacts=[anna], now=NOW, channel="email", began="them", **fields)
    assert answered_at() == late.at
    edit_note(reply, seen=2, contacts=[anna], now=NOW, channel="call", began="them", **fields)
    assert answered_at() == reply.at


def test_who_waits_for_less_than_a_day_counts_as_neither():
    anna = somebody()
    note(anna, at=NOW - 20 * HOUR, began="them")
    assert figure(anna.keeper) == Answers()
    assert figure(anna.keeper, Period.until(TODAY + 2 * DAY), TODAY + 2 * DAY) == Answers(waiting=1)


def test_who_was_handed_over_waits_for_their_former_keeper_no_more():
    team = make_team()
    rosa, tom = make_user(team=team), make_user(team=team)
    anna, ben = make_contact(keeper=rosa), make_contact(keeper=rosa)
    note(anna, at=NOW - 9 * DAY, began="them")
    note(ben, at=NOW - 9 * DAY, began="them")
    note(ben, at=NOW - 8 * DAY)
    hand_contacts([anna, ben], to=tom, today=TODAY)
    assert (figure(rosa), figure(tom)) == (Answers(day=1), Answers())


def test_managers_see_the_share_and_sellers_their_own_list(now):
    team = make_team()
    manager = make_user(team=team, role=Role.MANAGER)
    rosa, tom = make_user(team=team), make_user(team=team)
    anna = make_contact(keeper=rosa, name="Anna Zell")
    note(anna, at=NOW - 9 * DAY, began="them", private=True)

    assert answers(Scope(manager, TODAY), PERIOD) == {rosa.pk: Answers(waiting=1)}
    assert answers(Scope(tom, TODAY), PERIOD) == {}
    waiting = behind.own("answers", Scope(rosa, TODAY), PERIOD)
    assert [(one.contact, one.what) for one in waiting] == [(anna, "got in touch: email")]
    assert behind.own("answers", Scope(manager, TODAY), PERIOD) == []


WRITING = 10


def test_writing_an_answer_costs_the_same_however_much_came_in(django_assert_num_queries):
    anna = somebody()
    ben = make_contact(keeper=anna.keeper)
    for days in range(30):
        note(anna, at=NOW - days * DAY, began="them")
    for person in (anna, ben):
        with django_assert_num_queries(WRITING):
            note(person, at=NOW + DAY)


def test_answers_of_forty_histories_are_those_of_a_plain_computation():
    rng = random.Random(2023)
    team = make_team()
    manager = make_user(team=team, role=Role.MANAGER, time_zone="UTC")
    sellers = [make_user(team=team, time_zone="UTC") for _ in range(40)]
    for seller in sellers:
        live([make_contact(keeper=seller) for _ in range(2)], rng)
    period = Period(TODAY - 29 * DAY, TODAY)
    found = answers(Scope(manager, TODAY), period)
    wrong = [
        (found.get(seller.pk, Answers()), right)
        for seller in sellers
        if found.get(seller.pk, Answers()) != (right := plainly(seller, period))
    ]
    assert wrong == []
    total = sum(found.values(), Answers())
    assert min(total.day, total.three, total.week, total.longer, total.waiting) > 0


def live(people, rng: random.Random) -> None:
    """Some notes of two people, a few of them changed, removed or about both."""
    for _ in range(rng.randint(3, 8)):
        at = NOW - rng.randint(0, 60 * 24) * HOUR
        about = rng.sample(people, rng.choice([1, 1, 1, 2]))
        channel = rng.choice(["email", "email", "message", "call", "other"])
        began = rng.choice(["me", "them", "them", "answered"])
        now = min(at + rng.choice([0, 0, 30]) * HOUR, NOW)
        made = note(*about, at=at, now=now, channel=channel, began=began)
        if rng.random() < 0.15:
            trash_note(made, at=NOW)
        elif rng.random() < 0.15:
            edit_note(
                made,
                seen=made.version,
                contacts=rng.sample(people, 1),
                text=made.text,
                at=made.at - rng.randint(0, 90) * HOUR,
                now=NOW,
                channel=rng.choice(["email", "call"]),
                feeling="",
                private=True,
                began=rng.choice(["me", "them"]),
            )


def plainly(seller, period: Period) -> Answers:
    """The same, note by note."""
    notes = [
        (each, set(each.contacts.values_list("pk", flat=True)))
        for each in Note.objects.filter(author=seller, trashed_at=None)
    ]
    counted = dict.fromkeys(Answers.__dataclass_fields__, 0)
    for came, whom in notes:
        day = came.at.astimezone(UTC).date()
        if came.began == "me" or not period.before.first <= day <= period.last:
            continue
        live_ = ("call", "meeting", "video")
        words = [
            other.at
            for other, people in notes
            if other.at > came.at
            and people & whom
            and other.channel != "other"
            and (other.began == "me" or other.channel in live_)
        ]
        if came.channel in live_:
            words = [came.at]
        elif came.began == "answered":
            words = [max(came.at, came.created_at)]
        waited = min(words) - came.at if words else None
        if waited is None and came.at.date() >= TODAY - DAY:
            continue
        if waited is None:
            name = "waiting"
        else:
            days = waited / DAY
            name = (
                "day" if days <= 1 else "three" if days <= 3 else "week" if days <= 7 else "longer"
            )
        if day >= period.first:
            counted[name] += 1
        else:
            counted["day_before"] += name == "day"
            counted["all_before"] += 1
    return Answers(**counted)
