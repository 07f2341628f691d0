"""What is coming in somebody's book, and what has lately been missed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

from django.db.models import Prefetch, Q, QuerySet

from contacts.models import Contact, LifeEvent
from contacts.models.life_event import LifeEventKind
from crm.models import User
from followups.care import Gone, read_gone
from followups.models import Nudge
from followups.occasions import occurrences, rule_of
from followups.wording import what_happens

SOON = timedelta(days=14)
# Nobody is told that a loss is coming; a surgery one wants to know of.
UNANNOUNCED = [
    LifeEventKind.DEATH,
    LifeEventKind.BEREAVEMENT,
    LifeEventKind.SEPARATION,
    LifeEventKind.ILLNESS,
]
# Of hundreds of events a month no more is read than decides when they are and what is said.
_SHOWN = [
    *("kind", "title", "year", "month", "day", "yearly", "march_first", "noted_on", "happens_on"),
    *("relative__name", "relative__relation"),
    *("contact__name", "contact__nickname", "contact__company"),
]


@dataclass(frozen=True, slots=True)
class Coming:
    """One occurrence of a life event: the day, and what to say of it."""

    on: date
    event: LifeEvent
    what: str


def soon(keeper: User, today: date, *, gone: Gone, most: int = 6) -> list[Coming]:
    """The next occasions within two weeks after `today`, by the date on which each wakes.

    `gone` are those of the book who have died: they have no occasions.
    """
    waking = _announced(keeper).filter(wake_on__gt=today, wake_on__lte=today + SOON)
    found = []
    for event in _of_the_living(waking.order_by("wake_on", "pk")[: 2 * most], gone):
        ahead = occurrences(rule_of(event), today + timedelta(days=1), today + SOON)
        found += [_coming(event, on) for on in islice(ahead, 1)]
    return _in_order(found)[:most]


def missed(keeper: User, today: date, *, gone: Gone, most: int = 5) -> list[Coming]:
    """Occasions that went by within two weeks before `today` without an answer, latest first."""
    nudges = (
        Nudge.objects.missed()
        .filter(keeper=keeper, kind=Nudge.Kind.OCCASION, ended_at__gte=_start_of(today - SOON))
        .filter(occurrence_on__gt=today - SOON, life_event__trashed_at=None)
        .select_related("life_event__contact", "life_event__relative")
        .order_by("-occurrence_on", "-pk")
    )
    found = [(n.occurrence_on, n.life_event) for n in nudges[: 2 * most] if n.life_event]
    return [
        _coming(event, on)
        for on, event in found
        if event.kind not in UNANNOUNCED
        and event.contact.keeper_id == keeper.pk
        and not (event.contact.is_trashed or gone.has(event))
    ][:most]


def coming(keeper: User, *, first: date, last: date, with_faces: bool = False) -> list[Coming]:
    """All occurrences from `first` to `last` in `keeper`'s book, in order.

    Losses are not announced, and the dead have no birthdays. Two queries, three with faces.
    """
    months = _months(first, last)
    events = _announced(keeper).filter(
        Q(month__in=months) | Q(month=None),
        Q(yearly=True) | Q(happens_on=None) | Q(happens_on__range=(first, last)),
    )
    if with_faces:
        faces = Contact.objects.with_face(keeper)
        events = (
            events.select_related(None).select_related("relative").only(*_SHOWN[:-3], "contact")
        )
        events = events.prefetch_related(Prefetch("contact", faces))
    found = [
        _coming(event, on)
        for event in _of_the_living(events, read_gone(keeper))
        for on in occurrences(rule_of(event), first, last)
    ]
    return _in_order(found)


def festive(keeper: User, on: date, *, gone: Gone) -> list[Coming]:
    """The birthdays and anniversaries in `keeper`'s book that fall on `on`; one query.

    It reads what is written down for that day, and 29 February, which may fall on it.
    """
    days = Q(month=on.month, day=on.day) | Q(month=2, day=29)
    kinds = [LifeEventKind.BIRTHDAY, LifeEventKind.ANNIVERSARY]
    events = _of_the_living(_announced(keeper).filter(days, kind__in=kinds), gone)
    return _in_order(
        [_coming(event, day) for event in events for day in occurrences(rule_of(event), on, on)]
    )


def _announced(keeper: User) -> QuerySet[LifeEvent]:
    return (
        LifeEvent.objects.present()
        .filter(author=keeper, contact__keeper=keeper, contact__trashed_at=None)
        .exclude(kind__in=UNANNOUNCED)
        .select_related("contact", "relative")
        .only(*_SHOWN)
    )


def _of_the_living(events: Iterable[LifeEvent], gone: Gone) -> list[LifeEvent]:
    return [event for event in events if not gone.has(event)]


def _start_of(day: date) -> datetime:
    """An instant before `day` begins anywhere near UTC: what ended since then is read."""
    return datetime.combine(day - timedelta(days=1), time(), UTC)


def _months(first: date, last: date) -> set[int]:
    """The months the stretch touches, and the one before: 29 February may fall on 1 March."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return {(first.month - 2 + number) % 12 + 1 for number in range(count + 1)}


def _coming(event: LifeEvent, on: date) -> Coming:
    return Coming(on, event, what_happens(event, on))


def _in_order(found: list[Coming]) -> list[Coming]:
    return sorted(found, key=lambda coming: (coming.on, coming.event.pk))
