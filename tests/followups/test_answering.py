"""Done, snoozed, skipped, talked, what next, and everything undone."""

from datetime import timedelta

from contacts.models import Contact, Note
from followups import answering, queue
from followups.models import Answer, Nudge
from tests.factories import NOW, make_contact, make_life_event, make_promise

TODAY = NOW.date()


def build(keeper, today=TODAY):
    return queue.build(keeper, today=today, now=NOW)


def due(keeper) -> Contact:
    """Somebody with a cadence and a birthday today, already in the queue."""
    contact = make_contact(keeper=keeper, circle="inner")
    make_life_event(contact, month=11, day=18)
    build(keeper)
    return contact


def act(verb, contact, **more) -> Answer:
    return verb(keeper=contact.keeper, contact=contact, today=TODAY, at=NOW, **more)


def states() -> set[str]:
    return set(Nudge.objects.values_list("state", flat=True))


def test_done_ends_every_reason_and_restarts_the_cadence(keeper):
    contact = due(keeper)

    act(answering.done, contact)

    assert build(keeper).entries == []
    assert states() == {"done"}
    assert Contact.objects.get().due_on == TODAY + timedelta(days=21)
    assert Contact.objects.get().last_touch_at is None


def test_done_leaves_ones_word_standing(keeper):
    contact = due(keeper)
    make_promise(contact, due_on=TODAY)
    build(keeper)

    act(answering.done, contact)

    [entry] = build(keeper).entries
    assert [reason.kind for reason in entry.reasons] == ["promise"]
    assert not entry.can_be_done


def test_skip_waits_for_the_next_round(keeper):
    contact = due(keeper)

    act(answering.skip, contact)

    assert build(keeper).entries == []
    assert states() == {"skipped"}
    assert Contact.objects.get().due_on == TODAY + timedelta(days=21)


def test_snoozed_comes_back_on_its_day_even_past_a_birthday_s_week(keeper):
    contact = due(keeper)

    act(answering.snooze, contact, until=TODAY + timedelta(days=20))

    assert build(keeper, TODAY + timedelta(days=19)).entries == []
    [entry] = build(keeper, TODAY + timedelta(days=20)).entries
    assert len(entry.reasons) == 2


def test_talked_is_a_touch_and_done(keeper):
    contact = due(keeper)

    answer = act(answering.talked, contact)
    note = answer.note

    assert (note.channel, note.is_touch, note.text) == ("call", True, "")
    assert Contact.objects.get().last_touch_at == NOW
    assert build(keeper).entries == []
    answering.undo(answer, at=NOW)
    assert Contact.objects.get().last_touch_at is None
    assert Note.objects.get().is_trashed
    assert len(build(keeper).entries) == 1


def test_undo_puts_everything_back_and_twice_is_once(keeper):
    due(keeper)
    before = list(Nudge.objects.order_by("pk").values())
    planned = Contact.objects.values("due_on", "answered_on").get()
    for verb, more in [
        (answering.done, {}),
        (answering.skip, {}),
        (answering.snooze, {"until": TODAY + timedelta(days=3)}),
    ]:
        answer = act(verb, Contact.objects.select_related("keeper").get(), **more)

        answering.undo(answer, at=NOW)
        answering.undo(answer, at=NOW)

        assert list(Nudge.objects.order_by("pk").values()) == before
        assert Contact.objects.values("due_on", "answered_on").get() == planned


def test_what_next_brings_them_back_on_that_day_and_may_be_changed(keeper):
    answer = act(answering.done, due(keeper))

    answering.plan_next(answer, on=TODAY + timedelta(days=7), at=NOW)
    answering.plan_next(answer, on=TODAY + timedelta(days=5), at=NOW)

    assert build(keeper, TODAY + timedelta(days=4)).entries == []
    [entry] = build(keeper, TODAY + timedelta(days=5)).entries
    assert [reason.kind for reason in entry.reasons] == ["next"]


def test_undo_takes_what_next_back(keeper):
    answer = act(answering.done, due(keeper))
    answering.plan_next(answer, on=TODAY + timedelta(days=7), at=NOW)

    answering.undo(answer, at=NOW)

    assert not Nudge.objects.filter(kind="next").exists()


def test_undo_with_a_touch_in_between_keeps_the_touch(keeper):
    contact = due(keeper)
    answer = act(answering.done, contact)
    act(answering.talked, Contact.objects.select_related("keeper").get())

    answering.undo(answer, at=NOW)

    assert Contact.objects.get().due_on == TODAY + timedelta(days=21)
