"""Who comes before whom, and why: an order that can be explained.

It is a pure function of stored facts and `today` (engine.md 12 to 14): issues to make right,
promises due, then occasions of the day, belated ones, those to prepare, those one meant to be in
touch with, cadences by the day at which one and a half times the cadence is over, loyal customers.
Issues, promises, occasions of the day and what was set for the day always show; the rest fills up
to the number a day.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Protocol

from contacts.models import Contact
from followups import wording
from followups.issue_nudges import CLOSENESS
from followups.models import Nudge


class Rank(IntEnum):
    """What goes before what."""

    ISSUE = 1
    PROMISE = 2
    OWED = 3
    OCCASION = 4
    BELATED = 5
    PREPARE = 6
    NEXT = 7
    CADENCE = 8
    LOYAL = 9


ALWAYS = {Rank.ISSUE, Rank.PROMISE, Rank.OWED, Rank.OCCASION, Rank.PREPARE, Rank.NEXT}

_RANKS = {
    Nudge.Kind.ISSUE: Rank.ISSUE,
    Nudge.Kind.PROMISE: Rank.PROMISE,
    Nudge.Kind.OWED: Rank.OWED,
    Nudge.Kind.PREPARE: Rank.PREPARE,
    Nudge.Kind.NEXT: Rank.NEXT,
    Nudge.Kind.CADENCE: Rank.CADENCE,
    Nudge.Kind.LOYAL: Rank.LOYAL,
}


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a reason puts its contact; smaller comes first, and no two contacts share one."""

    rank: Rank
    by: date
    closeness: int
    contact_id: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """The little of a nudge that the order needs."""

    pk: int
    contact_id: int
    kind: str
    occurrence_on: date
    latest_on: date
    circle: str

    def place(self, today: date) -> Place:
        rank = _RANKS.get(Nudge.Kind(self.kind))
        if rank is None:
            rank = Rank.OCCASION if self.occurrence_on >= today else Rank.BELATED
        closeness = CLOSENESS.get(self.circle, len(CLOSENESS))
        return Place(rank, self.latest_on, closeness, self.contact_id)


def order(waiting: Iterable[Waiting], today: date) -> list[tuple[Place, list[Waiting]]]:
    """Each contact's best place with all its reasons, best first; total and always the same."""
    by_contact: dict[int, list[tuple[Place, Waiting]]] = defaultdict(list)
    for nudge in waiting:
        by_contact[nudge.contact_id].append((nudge.place(today), nudge))
    ranked = [sorted(pairs, key=lambda p: (p[0], p[1].pk)) for pairs in by_contact.values()]
    ranked.sort(key=lambda pairs: pairs[0][0])
    return [(pairs[0][0], [nudge for _, nudge in pairs]) for pairs in ranked]


def pick(
    ordered: list[tuple[Place, list[Waiting]]], *, room: int
) -> list[tuple[Place, list[Waiting]]]:
    """The day's share of an ordered book: all that must show, the rest while there is room."""
    room -= sum(place.rank in ALWAYS for place, _ in ordered)
    picked = []
    for place, nudges in ordered:
        if place.rank not in ALWAYS:
            room -= 1
            if room < 0:
                continue
        picked.append((place, nudges))
    return picked


class Placed(Protocol):
    """A contact, and where it stands."""

    contact: Contact
    place: Place


def explain(above: Placed, below: Placed, today: date) -> str:
    """Why `above` comes before `below` on `today`, in a sentence."""
    first, second = above.place, below.place
    if first.rank != second.rank:
        return f"{_RANK_WORDS[first.rank].capitalize()} goes before {_RANK_WORDS[second.rank]}."
    if first.by != second.by:
        words = _BY_WORDS[first.rank]
        return f"{words}: {wording.day(first.by, today)} for {above.contact.first_name}, " + (
            f"{wording.day(second.by, today)} for {below.contact.first_name}."
        )
    if first.closeness != second.closeness:
        return f"Both weigh the same; {above.contact.first_name} is in the closer circle."
    return f"Both weigh the same; {above.contact.first_name} has been in your book for longer."


_RANK_WORDS = {
    Rank.ISSUE: "something to make right",
    Rank.PROMISE: "a promise of yours that is due",
    Rank.OWED: "a promise of theirs that is due",
    Rank.OCCASION: "an occasion today",
    Rank.BELATED: "an occasion a few days ago",
    Rank.PREPARE: "an occasion to prepare",
    Rank.NEXT: "somebody you meant to be in touch with",
    Rank.CADENCE: "somebody you have not spoken to for as long as you meant",
    Rank.LOYAL: "a loyal customer you have not spoken to",
}
_BY_WORDS = {
    Rank.ISSUE: "What has waited longer to be made right comes first",
    Rank.PROMISE: "The promise that was due earlier comes first",
    Rank.OWED: "The promise that was due earlier comes first",
    Rank.OCCASION: "The earlier occasion comes first",
    Rank.BELATED: "The occasion longest past comes first",
    Rank.PREPARE: "The occasion that is nearer comes first",
    Rank.NEXT: "The earlier date you set comes first",
    Rank.CADENCE: "Whoever must be heard from sooner comes first",
    Rank.LOYAL: "Whoever has waited longer comes first",
}


def ranks_in_words() -> list[tuple[Rank, str]]:
    """The ranks, first to last, each with what it stands for."""
    return [(rank, words[0].upper() + words[1:]) for rank, words in _RANK_WORDS.items()]
