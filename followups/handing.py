"""Handing people over from one keeper to another, and taking it back.

Each in one transaction and in as many statements for two hundred people as for two. No promise is
left without somebody who owes it: what is open goes to the new keeper or stays, as was chosen; one
that is private stays with whoever made it, and nobody else is told of it. A single promise changes
hands by the same rules, whoever keeps the contact.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from contacts.handing import hand_contacts
from contacts.models import Contact, LifeEvent, Note
from contacts.models.contact import lock_contacts
from crm.models import User
from followups.models import (
    HandedContact,
    HandedPromise,
    Handover,
    Nudge,
    Promise,
    PromiseEvent,
)
from followups.models.promise import PromiseQuerySet
from followups.passing import Passing, PassingError

# Columns of a contact that are the former keeper's view of it, put back as they were.
_PLANS = ["first_due_on", *Contact.PLANNED]
# Columns that go along: where the new keeper has changed one, it is left.
_CARE = ["circle", "cadence_days", "customer_since"]


class HandoverError(PassingError):
    """Says in a sentence why people cannot be handed over, or back."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What was decided about one open promise: does it stay with whoever owes it, and by when."""

    stays: bool
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Undone:
    """What came back, and in a word each what could not."""

    people: int
    promises: int
    left: list[str]


def open_promises(keeper: User, contacts: Iterable[Contact]) -> PromiseQuerySet:
    """What `keeper` and these owe each other and can be handed over; private ones cannot."""
    open_ones = Promise.objects.owned_by(keeper).open().filter(contact__in=contacts)
    return open_ones.exclude(sharing=Promise.Sharing.PRIVATE).soonest_first()


@transaction.atomic
def hand_over(
    *,
    contact_ids: Collection[int],
    keeper: User,
    to: User,
    by: User,
    at: datetime,
    introduction: str = "",
    choices: Mapping[int, Choice] | None = None,
) -> Handover:
    """Make `to` the keeper of those of `contact_ids` whom `keeper` keeps, and owe what is open.

    `choices` says by the key of a promise what becomes of it; without one, `to` owes it by the same
    date. Raises `HandoverError` where `to` cannot keep them, or nobody is left to be handed over.
    """
    _check(keeper, to)
    contacts = _keeps(keeper, contact_ids)
    promises = list(_locked_promises(keeper, contacts))
    if not contacts:
        raise HandoverError("Nobody is left to be handed over. Somebody may have done it already.")
    return _hand(contacts, promises, choices or {}, keeper, to, by=by, at=at, text=introduction)


@transaction.atomic
def hand_everything(*, keeper: User, to: User | None, by: User, at: datetime) -> Handover | None:
    """Hand over all that `keeper` keeps and owes in their team, also what lies in the trash.

    Returns None where there is nothing. Raises `HandoverError` where there is something, but nobody
    to take it, or `to` cannot.
    """
    ids = Contact.objects.filter(keeper=keeper, team=keeper.team_id).values_list("pk", flat=True)
    contacts = _keeps(keeper, ids)
    promises = Promise.objects.select_for_update().filter(
        owner=keeper, team=keeper.team_id, state=Promise.State.OPEN
    )
    owed = list(promises.exclude(sharing=Promise.Sharing.PRIVATE).order_by("pk"))
    if not contacts and not owed:
        return None
    if to is None:
        raise HandoverError("Choose who looks after their people and promises from now on.")
    _check(keeper, to)
    return _hand(contacts, owed, {}, keeper, to, by=by, at=at, text="")


def _check(keeper: User, to: User) -> None:
    if to.pk == keeper.pk:
        raise HandoverError("Choose somebody else than the one who keeps them now.")
    if to.team_id is None or to.team_id != keeper.team_id or not to.is_active:
        raise HandoverError("Choose somebody in your team.")


def _keeps(keeper: User, contact_ids: Iterable[int]) -> list[Contact]:
    theirs = (keeper.pk, keeper.team_id)
    locked = lock_contacts(contact_ids)
    return [each for each in locked if (each.keeper_id, each.team_id) == theirs]


def _locked_promises(keeper: User, contacts: Collection[Contact]) -> PromiseQuerySet:
    return open_promises(keeper, contacts).select_for_update(of=("self",)).select_related("note")


def _hand(
    contacts: list[Contact],
    promises: list[Promise],
    choices: Mapping[int, Choice],
    keeper: User,
    to: User,
    *,
    by: User,
    at: datetime,
    text: str,
) -> Handover:
    today = to.today(at)
    chosen = {each.pk: choices.get(each.pk, Choice(False, each.due_on)) for each in promises}
    moved = [each for each in promises if not chosen[each.pk].stays]
    handover = Handover.objects.create(
        team=keeper.member.team, from_user=keeper, to_user=to, by=by, at=at, introduction=text
    )
    _remember(handover, contacts, promises, chosen)
    hand_contacts(contacts, to=to, today=today)
    due_on = {each.pk: chosen[each.pk].due_on for each in moved}
    passing = Passing(keeper=keeper, to=to, by=by, at=at)
    passing.move(moved, due_on)
    about = Q(contact__in=contacts, promise=None) | Q(promise__in=moved)
    events = LifeEvent.objects.filter(contact__in=contacts)
    waking = events.filter(author=keeper, wake_on__isnull=False)
    handover.before = {
        "nudges": passing.end_nudges(about),
        "events": list(waking.values_list("pk", flat=True)),
    }
    handover.save(update_fields=["before"])
    events.filter(author=to).update(wake_on=today)
    return handover


def _remember(
    handover: Handover,
    contacts: Iterable[Contact],
    promises: Iterable[Promise],
    chosen: Mapping[int, Choice],
) -> None:
    HandedContact.objects.bulk_create(
        HandedContact(
            handover=handover,
            contact=contact,
            before=_values(contact, ["uid", *_CARE, *_PLANS]),
        )
        for contact in contacts
    )
    HandedPromise.objects.bulk_create(
        HandedPromise(
            handover=handover,
            promise=promise,
            stays=chosen[promise.pk].stays,
            before=_values(promise, ["due_on", "wake_on", "sharing", "note_id"])
            | {"given_due_on": _plain(chosen[promise.pk].due_on)},
        )
        for promise in promises
    )


def _values(row: Contact | Promise, columns: Iterable[str]) -> dict[str, Any]:
    return {name: _plain(getattr(row, name)) for name in columns}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _read(row: Contact | Promise, name: str, value: Any) -> Any:
    """What `_plain` made of a column of `row`, as the column holds it."""
    column: Any = row._meta.get_field(name)
    return column.to_python(value)


# --- Taking it back --------------------------------------------------------------------------


@transaction.atomic
def undo(handover: Handover, *, by: User, at: datetime) -> Undone:
    """Give back what has not been changed since, and say what could not be given back.

    Raises `HandoverError` where it was undone already, is too long ago, or one of the two is gone.
    """
    handover = Handover.objects.select_for_update().get(pk=handover.pk)
    keeper, to = _both(handover, at)
    handed = list(handover.contacts.order_by("pk"))
    contacts = _keeps(to, [each.contact_id for each in handed])
    promises, left = _returning(handover, to)
    _return_contacts(contacts, {each.contact_id: each.before for each in handed}, keeper, at)
    _return_promises(promises, keeper, to, by=by, at=at)
    _return_nudges(handover, contacts, [promise for promise, _ in promises])
    handover.undone_at = at
    handover.save(update_fields=["undone_at"])
    back = {contact.pk for contact in contacts}
    gone = Contact.objects.filter(pk__in={each.contact_id for each in handed} - back)
    left = [f"{name}, whom somebody else keeps by now" for name in _names(gone)] + left
    return Undone(people=len(contacts), promises=len(promises), left=left)


def _both(handover: Handover, at: datetime) -> tuple[User, User]:
    """The former keeper and the new one, who must both be in the team still."""
    if handover.undone_at is not None:
        raise HandoverError("This was taken back already.")
    if not handover.can_be_undone(at):
        raise HandoverError("This is more than thirty days ago. Hand them over anew instead.")
    members = User.objects.filter(member__team=handover.team_id).select_related("member__team")
    both = members.in_bulk([handover.from_user_id, handover.to_user_id])
    keeper, to = both.get(handover.from_user_id), both.get(handover.to_user_id)
    if keeper is None or not keeper.is_active:
        raise HandoverError(f"{handover.from_user} is not in the team any more. Invite them again.")
    if to is None:
        raise HandoverError(f"{handover.to_user} is not in the team any more.")
    return keeper, to


def _names(contacts: Iterable[Contact]) -> list[str]:
    return sorted(contact.name for contact in contacts)


def _returning(
    handover: Handover, to: User
) -> tuple[list[tuple[Promise, HandedPromise]], list[str]]:
    """The promises that go back, and in words those that do not."""
    handed = {row.promise_id: row for row in handover.promises.filter(stays=False)}
    rows = Promise.objects.select_for_update(of=("self",)).filter(pk__in=handed).order_by("pk")
    reworded = set(
        PromiseEvent.objects.filter(
            promise__in=handed, kind=PromiseEvent.Kind.REWORDED, at__gt=handover.at
        ).values_list("promise_id", flat=True)
    )
    going, left = [], []
    for promise in rows:
        is_as_it_was = (
            promise.is_open
            and promise.owner_id == to.pk
            and promise.sharing == handed[promise.pk].before["sharing"]
            and promise.pk not in reworded
        )
        if is_as_it_was:
            going.append((promise, handed[promise.pk]))
        elif promise.sharing != Promise.Sharing.PRIVATE:
            left.append(f"“{promise}”, which has changed since")
    return going, left


def _return_contacts(
    contacts: list[Contact], before: Mapping[int, dict[str, Any]], keeper: User, at: datetime
) -> None:
    taken = set(
        Contact.objects.filter(
            keeper=keeper, uid__in=[before[contact.pk]["uid"] for contact in contacts]
        ).values_list("uid", flat=True)
    )
    hand_contacts(contacts, to=keeper, today=keeper.today(at))
    for contact in contacts:
        then = before[contact.pk]
        if then["uid"] not in taken:
            contact.uid = then["uid"]
        touched = contact.last_touch_at, contact.last_feeling
        for name in _PLANS:
            setattr(contact, name, _read(contact, name, then[name]))
        # They may have written a note meanwhile: touches are what their notes say.
        contact.last_touch_at, contact.last_feeling = touched
        if any(_plain(getattr(contact, name)) != then[name] for name in [*_CARE, "last_touch_at"]):
            contact.plan()
    Contact.objects.bulk_update(contacts, ["uid", *_PLANS], batch_size=500)


def _return_promises(
    promises: Collection[tuple[Promise, HandedPromise]],
    keeper: User,
    to: User,
    *,
    by: User,
    at: datetime,
) -> None:
    due_before = {promise.pk: promise.due_on for promise, _ in promises}
    notes = Note.objects.in_bulk([handed.before["note_id"] for _, handed in promises])
    for promise, handed in promises:
        then = handed.before
        promise.note = promise.note or notes.get(then["note_id"])  # else deleted meanwhile
        promise.wake_on = promise.asked_on
        if _plain(promise.due_on) == then["given_due_on"]:
            promise.due_on = _read(promise, "due_on", then["due_on"])
            promise.wake_on = _read(promise, "wake_on", then["wake_on"])
    returned = [promise for promise, _ in promises]
    Passing(keeper=to, to=keeper, by=by, at=at).store(returned, due_before)


def _return_nudges(
    handover: Handover, contacts: Collection[Contact], promises: Collection[Promise]
) -> None:
    """What waited with the former keeper waits again, and what waits with the new one ends."""
    about = Q(contact__in=contacts, promise=None) | Q(promise__in=promises)
    theirs = Nudge.objects.filter(about, keeper=handover.to_user, state__in=Nudge.WAITING)
    theirs.update(state=Nudge.State.SKIPPED, ended_at=handover.at)
    kept: dict[str, str] = handover.before["nudges"]
    ended = Nudge.objects.filter(about, state=Nudge.State.SKIPPED, ended_at=handover.at)
    for state in Nudge.WAITING:
        keys = [int(pk) for pk, was in kept.items() if was == state]
        ended.filter(keeper=handover.from_user, pk__in=keys).update(state=state, ended_at=None)
    events = LifeEvent.objects.filter(pk__in=handover.before["events"], contact__in=contacts)
    events.filter(wake_on=None).update(wake_on=handover.from_user.today(handover.at))
