"""What is coming in somebody's book, and what has lately been missed."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from django.db.models import Prefetch, Q, QuerySet

from contacts.models import Contact, LifeEvent
from contacts.models.life_event import LifeEventKind
from crm.models import User
from followups.models import Nudge
from followups.occasions import occurrences, rule_of
from followups.scheduling import Dead
from followups.wording import what_happens

SOON = timedelta(days=14)
# Nobody is told that a loss is coming; a surgery one wants to know of.
UNANNOUNCED = [
    LifeEventKind.DEATH,
    LifeEventKind.BEREAVEMENT,
    LifeEventKind.SEPARATION,
    LifeEventKind.ILLNESS,
]


@dataclass(frozen=True, slots=True)
class Coming:
    """One occurrence of a life event: the day, and what to say of it."""

    on: date
    event: LifeEvent
    what: str


def soon(keeper: User, today: date, *, most: int = 6) -> list[Coming]:
    """The next occasions within two weeks after `today`, by the date on which each wakes."""
    waking = _announced(keeper).filter(wake_on__gt=today, wake_on__lte=today + SOON)
    found = []
    for event in waking.order_by("wake_on", "pk")[: 2 * most]:
        ahead = occurrences(rule_of(event), today + timedelta(days=1), today + SOON)
        found += [_coming(event, on) for on in islice(ahead, 1)]
    return _in_order(_without_dead(found))[:most]


def missed(keeper: User, today: date, *, most: int = 5) -> list[Coming]:
    """Occasions that went by within two weeks before `today` without an answer, latest first."""
    nudges = (
        Nudge.objects.missed()
        .filter(keeper=keeper, contact__keeper=keeper, contact__trashed_at=None)
        .filter(kind=Nudge.Kind.OCCASION, occurrence_on__gt=today - SOON)
        .exclude(life_event__kind__in=UNANNOUNCED)
        .exclude(life_event__trashed_at__isnull=False)
        .select_related("life_event__contact", "life_event__relative")
        .order_by("-occurrence_on", "-pk")
    )
    return [
        _coming(nudge.life_event, nudge.occurrence_on)
        for nudge in nudges[:most]
        if nudge.life_event is not None
    ]


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
        events = events.select_related(None).select_related("relative")
        events = events.prefetch_related(Prefetch("contact", faces))
    found = [
        _coming(event, on) for event in events for on in occurrences(rule_of(event), first, last)
    ]
    return _in_order(_without_dead(found))


def _announced(keeper: User) -> QuerySet[LifeEvent]:
    return (
        LifeEvent.objects.present()
        .filter(author=keeper, contact__keeper=keeper, contact__trashed_at=None)
        .exclude(kind__in=UNANNOUNCED)
        .select_related("contact", "relative")
    )


def _months(first: date, last: date) -> set[int]:
    """The months the stretch touches, and the one before: 29 February may fall on 1 March."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return {(first.month - 2 + number) % 12 + 1 for number in range(count + 1)}


def _coming(event: LifeEvent, on: date) -> Coming:
    return Coming(on, event, what_happens(event, on))


def _without_dead(found: list[Coming]) -> list[Coming]:
    dead = Dead.among({coming.event.contact_id for coming in found})
    return [coming for coming in found if not dead.silence(coming.event)]


def _in_order(found: list[Coming]) -> list[Coming]:
    return sorted(found, key=lambda coming: (coming.on, coming.event.pk))
