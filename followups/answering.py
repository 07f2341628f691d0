"""What a keeper does with an entry of the queue: done, snooze, skip, what next, undo.

One's word is not answered here: a promise ends by being kept, moved, released or broken, and stays
in the queue until then.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from contacts.models import Channel, Contact
from contacts.models.contact import lock_contacts
from contacts.notes import trash_note, write_note
from crm.models import User
from followups.models import Answer, Nudge

# "We just talked" pressed again so soon means the same talk.
SAME_TALK = timedelta(minutes=2)


@transaction.atomic
def done(*, keeper: User, contact: Contact, today: date, at: datetime) -> Answer | None:
    """They were reached: every reason but one's word is answered, and the cadence begins anew.

    Where nothing waits any more (a second tab, a double click) this does nothing, and returns the
    day's last answer, if there is one.
    """
    return _answer(Answer.Kind.DONE, Nudge.State.DONE, keeper, contact, today, at)


@transaction.atomic
def skip(*, keeper: User, contact: Contact, today: date, at: datetime) -> Answer | None:
    """Not this time: the reasons end, and the cadence waits for its next round; else as `done`."""
    return _answer(Answer.Kind.SKIPPED, Nudge.State.SKIPPED, keeper, contact, today, at)


@transaction.atomic
def snooze(
    *, keeper: User, contact: Contact, until: date, today: date, at: datetime
) -> Answer | None:
    """Show them again on `until`, with every reason, one's word included; else as `done`."""
    [contact] = lock_contacts([contact.pk])
    nudges = _standing(keeper, contact, today)
    if not nudges:
        return _last_answer(keeper, contact, today)
    answer = _log(Answer.Kind.SNOOZED, keeper, contact, nudges, today, at)
    for nudge in nudges:
        nudge.state, nudge.show_on, nudge.answer = Nudge.State.SNOOZED, until, answer
        if nudge.expires_on is not None:
            nudge.expires_on = max(nudge.expires_on, until + timedelta(days=1))
    Nudge.objects.bulk_update(nudges, ["state", "show_on", "answer", "expires_on"])
    return answer


@transaction.atomic
def talked(*, keeper: User, contact: Contact, today: date, at: datetime) -> Answer:
    """ "We just talked": a touch without words, and the entry is done; its `note` is the touch."""
    [contact] = lock_contacts([contact.pk])
    answers = Answer.objects.standing().filter(keeper=keeper, contact=contact)
    same = answers.filter(at__gt=at - SAME_TALK, note__trashed_at=None).exclude(note=None)
    if answer := same.order_by("-pk").first():
        return answer
    waiting = _answerable(keeper, contact, today)
    answer = _log(Answer.Kind.DONE, keeper, contact, waiting, today, at)
    answer.note = write_note(
        author=keeper, contacts=[contact], text="", at=at, now=at, channel=Channel.CALL
    )
    answer.save(update_fields=["note"])
    _end(waiting, Nudge.State.DONE, answer)
    return answer


@transaction.atomic
def plan_next(answer: Answer, *, on: date, at: datetime) -> Nudge:
    """ "What next?": be reminded of them on `on`; a second choice replaces the first."""
    nudge, _ = Nudge.objects.update_or_create(
        keeper_id=answer.keeper_id,
        contact_id=answer.contact_id,
        kind=Nudge.Kind.NEXT,
        source=f"answer:{answer.pk}",
        defaults={"occurrence_on": on, "show_on": on, "latest_on": on, "made_at": at},
    )
    return nudge


@transaction.atomic
def undo(answer: Answer, *, at: datetime) -> None:
    """Put everything back as it was before the answer; a second undo is a no-op.

    What was answered anew since then stays as it was answered.
    """
    fresh = Answer.objects.select_for_update(of=("self",)).select_related("note").get(pk=answer.pk)
    if fresh.undone_at is not None:
        return
    fresh.undone_at = at
    fresh.save(update_fields=["undone_at"])
    for nudge in fresh.nudges.all():
        _put_back(nudge, fresh.before["nudges"][str(nudge.pk)])
    Nudge.objects.filter(source=f"answer:{fresh.pk}").delete()
    if fresh.note is not None and not fresh.note.is_trashed:
        trash_note(fresh.note, at=at)
    _restore_cadence(fresh)


def _answer(
    kind: Answer.Kind,
    state: Nudge.State,
    keeper: User,
    contact: Contact,
    today: date,
    at: datetime,
) -> Answer | None:
    [contact] = lock_contacts([contact.pk])  # as it is now: a touch may just have moved it
    nudges = _answerable(keeper, contact, today)
    if not nudges:
        return _last_answer(keeper, contact, today)
    answer = _log(kind, keeper, contact, nudges, today, at)
    _end(nudges, state, answer)
    if contact.due_on is not None and contact.due_on <= today:
        contact.restart_cadence(today)
    return answer


def _end(nudges: list[Nudge], state: Nudge.State, answer: Answer) -> None:
    for nudge in nudges:
        nudge.state, nudge.ended_at, nudge.answer = state, answer.at, answer
    Nudge.objects.bulk_update(nudges, ["state", "ended_at", "answer"])


def _standing(keeper: User, contact: Contact, today: date) -> list[Nudge]:
    rows = Nudge.objects.standing(today).filter(keeper=keeper, contact=contact)
    return list(rows.select_for_update(of=("self",)))


def _answerable(keeper: User, contact: Contact, today: date) -> list[Nudge]:
    """What waits for an answer, one's word aside."""
    return [nudge for nudge in _standing(keeper, contact, today) if nudge.kind not in Nudge.WORD]


def _last_answer(keeper: User, contact: Contact, today: date) -> Answer | None:
    given = Answer.objects.standing().filter(keeper=keeper, contact=contact, on=today)
    return given.order_by("-pk").first()


def _log(
    kind: Answer.Kind,
    keeper: User,
    contact: Contact,
    nudges: list[Nudge],
    today: date,
    at: datetime,
) -> Answer:
    """Write down what was done, and how things stood before."""
    answered = contact.answered_on
    return Answer.objects.create(
        keeper=keeper,
        contact=contact,
        kind=kind,
        on=today,
        at=at,
        before={
            "nudges": {str(nudge.pk): _is(nudge) for nudge in nudges},
            "answered_on": answered.isoformat() if answered else None,
        },
    )


def _is(nudge: Nudge) -> dict[str, str | int | None]:
    """A nudge's state as it can be written down."""
    expires = nudge.expires_on
    return {
        "state": nudge.state,
        "show_on": nudge.show_on.isoformat(),
        "expires_on": expires.isoformat() if expires else None,
        "answer": nudge.answer_id,
    }


def _put_back(nudge: Nudge, was: dict[str, Any]) -> None:
    """Give a nudge the columns back that were written down."""
    nudge.state = was["state"]
    nudge.show_on = date.fromisoformat(was["show_on"])
    nudge.expires_on = _day(was["expires_on"])
    nudge.ended_at, nudge.answer_id = None, was["answer"]
    nudge.save()


def _day(iso: str | None) -> date | None:
    return date.fromisoformat(iso) if iso else None


def _restore_cadence(answer: Answer) -> None:
    """Let the cadence begin where it did before, unless a later answer has begun it anew."""
    [contact] = lock_contacts([answer.contact_id])
    given = Answer.objects.standing().filter(contact=contact, keeper_id=answer.keeper_id)
    if given.filter(pk__gt=answer.pk).exclude(kind=Answer.Kind.SNOOZED).exists():
        return
    contact.answered_on = _day(answer.before["answered_on"])
    contact.plan()
    contact.save(update_fields=Contact.PLANNED)
