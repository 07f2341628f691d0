"""How a promise changes hands: one that is taken over, those of a whole book, and the way back.

What it was made of goes along: whether it renews another, how often it was moved, what it is to
make right. A private note on it stays with its author, a shared one with the promise.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from crm.models import User
from followups.models import Nudge, Promise, PromiseEvent

_LONGEST = PromiseEvent._meta.get_field("comment").max_length


class PassingError(ValueError):
    """Says in a sentence why something cannot change hands."""


@transaction.atomic
def hand_promise(promise: Promise, *, to: User, by: User, at: datetime, word: str = "") -> None:
    """Have `to` owe one promise, or be owed it; `word` is for both of them.

    Where it is theirs already nothing happens. Raises `PassingError` for another team's member.
    """
    locked = Promise.objects.select_for_update(of=("self",)).select_related("note", "owner")
    promise = locked.get(pk=promise.pk)
    if to.pk == promise.owner_id:
        return
    if to.team_id != promise.team_id or not to.is_active:
        raise PassingError("A promise stays in its team.")
    passing = Passing(keeper=promise.owner, to=to, by=by, at=at, word=word)
    passing.move([promise], {promise.pk: promise.due_on})
    passing.end_nudges(Q(promise=promise))


@dataclass(frozen=True, slots=True, kw_only=True)
class Passing:
    """From whom something goes to whom, by whose hand and when, with a `word` for both of them.

    Each act takes a few statements, for any number of promises; the caller's transaction.
    """

    keeper: User
    to: User
    by: User
    at: datetime
    word: str = ""

    def move(self, promises: Collection[Promise], due_on: Mapping[int, date | None]) -> None:
        """Have `to` owe `promises` by `due_on`; a date moved now was not told to the other side.

        They are locked, and come with their notes.
        """
        due_before = {promise.pk: promise.due_on for promise in promises}
        for promise in promises:
            promise.due_on = due_on[promise.pk]
            promise.wake_on = promise.asked_on if promise.is_open else None
            if promise.note is not None and promise.note.private:
                promise.note = None
        self.store(promises, due_before)

    def store(self, promises: Collection[Promise], due_before: Mapping[int, date | None]) -> None:
        """Store `promises` as they are now, but as `to`'s, and that they came from `keeper`."""
        self._give(promises)
        said = f"from {self.keeper} to {self.to}" + (f": {self.word}" if self.word else "")
        PromiseEvent.objects.bulk_create(
            PromiseEvent(
                promise=promise,
                kind=PromiseEvent.Kind.HANDED,
                by=self.by,
                at=self.at,
                due_before=due_before[promise.pk],
                due_after=promise.due_on,
                comment=said[:_LONGEST],
            )
            for promise in promises
        )

    def _give(self, promises: Collection[Promise]) -> None:
        """Store them with the form's key, unless `to` has sent that form as well."""
        theirs = Promise.objects.filter(owner=self.to, key__in=[p.key for p in promises if p.key])
        taken = set(theirs.values_list("key", flat=True))
        for promise in promises:
            promise.owner = self.to
            promise.key = None if promise.key in taken else promise.key
        columns = ["owner", "due_on", "wake_on", "note", "key"]
        Promise.objects.bulk_update(promises, columns, batch_size=500)

    def end_nudges(self, about: Q) -> dict[int, str]:
        """End what waits with `keeper` and is `about` what goes; returns the states it was in.

        What they have answered stays answered. What a handing over had ended for `to` before goes,
        or the scheduler would take it for made: what comes back is nudged about as anew.
        """
        theirs = Nudge.objects.filter(about, keeper=self.keeper, state__in=Nudge.WAITING)
        states = dict(theirs.values_list("pk", "state"))
        theirs.update(state=Nudge.State.SKIPPED, ended_at=self.at)
        placeholders = Nudge.objects.filter(about, keeper=self.to, answer=None)
        placeholders.filter(state=Nudge.State.SKIPPED).delete()
        return states
