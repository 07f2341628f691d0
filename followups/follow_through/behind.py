"""What stands behind a figure, one by one, as far as the viewer may see it.

Promises of others are there if they are not marked private; the people and the occasions of others
are between them and their keepers, and only counted.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Prefetch, Q

from contacts.models import Contact
from followups.follow_through.answers import waiting
from followups.follow_through.people import is_unheard, is_within, loyal_customers, on_cadence
from followups.follow_through.scope import Period, Scope
from followups.follow_through.word import ON_TIME, judged
from followups.ledger import Place
from followups.models import Nudge, Promise
from followups.models.promise import PromiseQuerySet
from followups.wording import what_happens

PAGE = 50
# Of one's own people and occasions so many; People has the rest.
MOST = 100


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of promises: what it is called, which, and by which of their days it is ordered."""

    title: str
    rows: Callable[[Scope, Period], PromiseQuerySet]
    by: str
    latest_first: bool = True


def _judged(scope: Scope, period: Period) -> PromiseQuerySet:
    rows = judged(scope.promises(), scope.today)
    return rows.filter(told_due_on__range=period.range)


def _moved(scope: Scope, period: Period) -> PromiseQuerySet:
    return scope.promises().filter(told_due_on__range=period.range, moves__gt=0)


def _ended(state: str) -> Callable[[Scope, Period], PromiseQuerySet]:
    return lambda scope, period: scope.promises().filter(state=state, ended_on__range=period.range)


LISTINGS = {
    "word": Listing("Due in the period", _judged, by="told_due_on"),
    "word-kept": Listing(
        "Kept on time", lambda s, p: _judged(s, p).filter(ON_TIME), by="told_due_on"
    ),
    "word-not": Listing(
        "Not kept on time", lambda s, p: _judged(s, p).filter(~ON_TIME), by="told_due_on"
    ),
    "open": Listing(
        "Open, the oldest first",
        lambda s, p: s.promises().open(),
        by="made_on",
        latest_first=False,
    ),
    "overdue": Listing(
        "Overdue, the longest first",
        lambda s, p: s.promises().open().filter(told_due_on__lt=s.today),
        by="told_due_on",
        latest_first=False,
    ),
    "late": Listing(
        "Kept late",
        lambda s, p: _judged(s, p).filter(state=Promise.State.KEPT_LATE),
        by="told_due_on",
    ),
    "moved": Listing("Moved in time", _moved, by="told_due_on"),
    "broken": Listing("Not kept", _ended("broken"), by="ended_on"),
    "released": Listing("Released", _ended("released"), by="ended_on"),
}


@dataclass(frozen=True, slots=True)
class Page:
    """Some promises, and where the next page begins; None on the last."""

    promises: list[Promise]
    rest: Place | None

    @property
    def rest_link(self) -> str:
        return str(self.rest) if self.rest else ""


def page(listing: Listing, scope: Scope, period: Period, after: Place | None) -> Page:
    """Some of the promises, from `after` on."""
    rows = listing.rows(scope, period).select_related("contact__company", "owner")
    sign, beyond = ("-", "lt") if listing.latest_first else ("", "gt")
    if after and after.on:
        further = Q(**{f"{listing.by}__{beyond}": after.on})
        same_day = Q(**{listing.by: after.on, f"pk__{beyond}": after.pk})
        rows = rows.filter(further | same_day)
    found = list(rows.order_by(f"{sign}{listing.by}", f"{sign}pk")[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    return Page(found[:PAGE], Place(getattr(last, listing.by), last.pk) if last else None)


# --- One's own people and occasions ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Somebody:
    """A contact of one's own, and why they stand in a list."""

    contact: Contact
    what: str = ""
    on: date | None = None


OWN_LISTINGS = {
    "cadence": "Yours to be in touch with again",
    "loyal": "Your loyal customers, long unheard of",
    "occasions": "Occasions of yours that went by",
    "answers": "Waiting for your answer",
}


def own(slug: str, scope: Scope, period: Period) -> list[Somebody]:
    """Of the viewer's own book alone; two queries at most."""
    mine = Scope(scope.viewer, scope.today, scope.viewer.pk)
    if slug == "occasions":
        return _own_missed(mine, period)
    if slug == "answers":
        return _own_unanswered(mine, period)
    if slug == "cadence":
        contacts = on_cadence(mine).exclude(pk__in=_within(mine))
    else:
        contacts = loyal_customers(mine).filter(is_unheard(mine))
    rows = contacts.with_face(scope.viewer).select_related("company")  # type: ignore[attr-defined]
    quiet = F("last_touch_at").asc(nulls_first=True)
    found = rows.order_by(quiet, "sort_name", "pk")[:MOST]
    return [Somebody(contact, on=_heard_on(scope, contact)) for contact in found]


def _within(mine: Scope) -> Any:
    return on_cadence(mine).filter(is_within(mine)).values("pk")


def _heard_on(scope: Scope, contact: Contact) -> date | None:
    return scope.viewer.today(contact.last_touch_at) if contact.last_touch_at else None


def _own_missed(mine: Scope, period: Period) -> list[Somebody]:
    nudges = mine.nudges().filter(
        kind=Nudge.Kind.OCCASION,
        state=Nudge.State.EXPIRED,
        occurrence_on__range=period.range,
        contact__keeper=mine.viewer,
        contact__trashed_at=None,
        life_event__trashed_at=None,
    )
    nudges = nudges.select_related("contact__company", "life_event__relative")
    return [
        Somebody(nudge.contact, what_happens(nudge.life_event, nudge.occurrence_on), on)
        for nudge in nudges.order_by("-occurrence_on", "-pk")[:MOST]
        if nudge.life_event and (on := nudge.occurrence_on)
    ]


def _own_unanswered(mine: Scope, period: Period) -> list[Somebody]:
    notes = waiting(mine, period).distinct().order_by("at", "pk")
    people = Contact.objects.present().filter(keeper=mine.viewer).select_related("company")
    found = notes.prefetch_related(Prefetch("contacts", people, to_attr="people"))[:MOST]
    return [
        Somebody(contact, f"got in touch: {note.get_channel_display().lower()}", note.said_on())
        for note in found.select_related("author")
        for contact in note.people
    ]
