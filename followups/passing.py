"""How a promise changes hands: one that is taken over, those of a whole book, and the way back.

What it was made of goes along: whether it renews another, how often it was moved, what it is to
make right. A private note on it stays with its author, a shared one with the promise.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from crm.models import User
from followups.models import Nudge, Promise, PromiseEvent

_WORD = PromiseEvent._meta.get_field("comment").max_length


class PassingError(ValueError):
    """Says in a sentence why something cannot change hands."""


@transaction.atomic
def hand_promise(promise: Promise, *, to: User, by: User, at: datetime, word: str = "") -> None:
    """Have `to` owe one promise, or be owed it; `word` is for both of them.

    Where it is theirs already nothing happens. Raises `PassingError` for another team's member.
    """
    locked = Promise.objects.select_for_update(of=("self",)).select_related("note", "owner")
    promise = locked.get(pk=promise.pk)
    owner = promise.owner
    if to.pk == owner.pk:
        return
    if to.team_id != promise.team_id or not to.is_active:
        raise PassingError("A promise stays in its team.")
    due_on = {promise.pk: promise.due_on}
    pass_promises([promise], due_on, keeper=owner, to=to, by=by, at=at, word=word)
    pass_nudges(Q(promise=promise), keeper=owner, to=to, at=at)


def pass_promises(
    promises: Collection[Promise],
    due_on: Mapping[int, date | None],
    *,
    keeper: User,
    to: User,
    by: User,
    at: datetime,
    word: str = "",
) -> None:
    """Have `to` owe `promises` by `due_on`; a date moved now has not been told to the other side.

    They are locked, and come with their notes. Three statements, however many there are.
    """
    due_before = {promise.pk: promise.due_on for promise in promises}
    for promise in promises:
        promise.due_on = due_on[promise.pk]
        promise.wake_on = promise.asked_on if promise.is_open else None
        if promise.note is not None and promise.note.private:
            promise.note = None
    store_passed(promises, due_before, keeper=keeper, to=to, by=by, at=at, word=word)


def store_passed(
    promises: Collection[Promise],
    due_before: Mapping[int, date | None],
    *,
    keeper: User,
    to: User,
    by: User,
    at: datetime,
    word: str = "",
) -> None:
    """Store `promises` as they are now, but as `to`'s, and that they came from `keeper`."""
    _give(promises, to)
    comment = f"from {keeper} to {to}" + (f": {word}" if word else "")
    PromiseEvent.objects.bulk_create(
        PromiseEvent(
            promise=promise,
            kind=PromiseEvent.Kind.HANDED,
            by=by,
            at=at,
            due_before=due_before[promise.pk],
            due_after=promise.due_on,
            comment=comment[:_WORD],
        )
        for promise in promises
    )


def _give(promises: Collection[Promise], to: User) -> None:
    """Store them with the form's key, unless `to` has sent that form as well."""
    keys = [promise.key for promise in promises if promise.key]
    taken = set(Promise.objects.filter(owner=to, key__in=keys).values_list("key", flat=True))
    for promise in promises:
        promise.owner = to
        promise.key = None if promise.key in taken else promise.key
    columns = ["owner", "due_on", "wake_on", "note", "key"]
    Promise.objects.bulk_update(promises, columns, batch_size=500)


def pass_nudges(about: Q, *, keeper: User, to: User, at: datetime) -> dict[int, str]:
    """End what waits with `keeper` and is `about` what changes hands; returns the states it was in.

    What they have answered stays answered. What a handing over had ended for `to` before goes, or
    the scheduler would take it for made: what comes back is nudged about as anew.
    """
    theirs = Nudge.objects.filter(about, keeper=keeper, state__in=Nudge.WAITING)
    states = dict(theirs.values_list("pk", "state"))
    theirs.update(state=Nudge.State.SKIPPED, ended_at=at)
    placeholders = Nudge.objects.filter(about, keeper=to, answer=None)
    placeholders.filter(state=Nudge.State.SKIPPED).delete()
    return states
