"""The care guard: after a sorrow, cheerful and selling nudges stand back (engine.md 11)."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from contacts.models import LifeEvent, LifeEventKind
from contacts.models.life_event import SORROWS
from crm.models import User
from followups.models import Nudge

_LONGEST = timedelta(days=max(LifeEventKind(kind).nature.guards for kind in SORROWS))
# What a death leaves standing: one's word.
_WORD = {Nudge.Kind.PROMISE, Nudge.Kind.OWED}


@dataclass(frozen=True, slots=True)
class Sorrows:
    """Who of a book is to be treated gently on a day, and who has died."""

    guarded: dict[int, LifeEvent]
    dead: frozenset[int]

    def of(self, contact_id: int) -> LifeEvent | None:
        """The sorrow that guards a contact."""
        return self.guarded.get(contact_id)

    def silence(self, contact_id: int, kind: str) -> bool:
        """Whether a nudge of `kind` is out of place because the contact has died."""
        return contact_id in self.dead and kind not in _WORD


def read(keeper: User, today: date) -> Sorrows:
    """One query: `keeper`'s sorrows that still guard somebody on `today`, and all deaths."""
    events = (
        LifeEvent.objects.present()
        .filter(author=keeper)
        .filter(
            Q(kind__in=SORROWS, happens_on__range=(today - _LONGEST, today))
            | Q(kind=LifeEventKind.DEATH, relative=None)
        )
        .select_related("relative")
        .order_by("happens_on", "pk")
    )
    guarded, dead = {}, set()
    for event in events:
        if event.kind == LifeEventKind.DEATH:
            dead.add(event.contact_id)
        elif is_guarding(event, today):
            guarded[event.contact_id] = event
    return Sorrows(guarded, frozenset(dead))


def is_guarding(event: LifeEvent, today: date) -> bool:
    """Whether a sorrow is so recent on `today` that good cheer would hurt."""
    if event.happens_on is None:
        return False
    return 0 <= (today - event.happens_on).days < event.nature.guards
