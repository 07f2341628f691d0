"""All that is known of a contact, read once: a fixed number of queries however much it is."""

from dataclasses import dataclass
from datetime import date

from contacts.ages import last_day_of
from contacts.models import (
    Contact,
    Detail,
    Fact,
    Job,
    LifeEvent,
    LifeEventKind,
    Relative,
    Tag,
)
from contacts.partial_dates import next_occurrence
from crm.models import User

# What stands on a contact itself and is the keeper's alone, with what stands for "not known".
_PRIVATE_COLUMNS: dict[str, object] = {
    "how_met": "",
    "customer_since": None,
    "circle": "",
    "cadence_days": None,
    "answered_on": None,
    "last_touch_at": None,
    "last_feeling": "",
    "due_on": None,
    "wake_on": None,
}


@dataclass(frozen=True, slots=True)
class Known:
    """Rows about one contact that one user may see, in the order in which they are shown."""

    contact: Contact
    is_keeper: bool
    today: date
    details: list[Detail]
    relatives: list[Relative]
    events: list[LifeEvent]
    facts: list[Fact]
    jobs: list[Job]
    tags: list[Tag]

    @property
    def birthday(self) -> LifeEvent | None:
        """The contact's own."""
        return next((e for e in self.events if is_birthday(e) and not e.relative_id), None)

    @property
    def died(self) -> LifeEvent | None:
        """The contact's death."""
        return next((e for e in self.events if is_death(e) and not e.relative_id), None)

    def events_of(self, relative: Relative) -> list[LifeEvent]:
        return [event for event in self.events if event.relative_id == relative.pk]

    def facts_of(self, *kinds: str) -> list[Fact]:
        return [fact for fact in self.facts if fact.kind in kinds]

    @property
    def dated(self) -> list[LifeEvent]:
        """Events other than birthdays, which stand with the one whose they are."""
        return [event for event in self.events if not is_birthday(event)]

    @property
    def coming(self) -> list[LifeEvent]:
        """Dated events that are still ahead or that come every year, soonest first."""
        ahead = [(falls_on(e, self.today), e) for e in self.dated if is_ahead(e, self.today)]
        return [event for _, event in sorted(ahead, key=lambda pair: (pair[0], pair[1].pk))]

    @property
    def past(self) -> list[LifeEvent]:
        """Dated events that are over, latest first."""
        over = [(falls_on(e, self.today), e) for e in self.dated if not is_ahead(e, self.today)]
        return [e for _, e in sorted(over, key=lambda pair: (pair[0], pair[1].pk), reverse=True)]


def read(contact: Contact, viewer: User, today: date) -> Known:
    """What `viewer`, to whom `contact` is visible, may know of them on `today`; six queries."""
    events = contact.life_events.visible_to(viewer).present().select_related("relative")
    return Known(
        contact=contact,
        is_keeper=contact.keeper_id == viewer.pk,
        today=today,
        details=list(contact.details.visible_to(viewer).present()),
        relatives=list(contact.relatives.visible_to(viewer).present()),
        events=[event for event in events if not _is_of_removed(event)],
        facts=list(contact.facts.visible_to(viewer).present()),
        jobs=list(contact.jobs.visible_to(viewer).present()),
        tags=list(contact.tags.visible_to(viewer)),
    )


def without_private(contact: Contact) -> Contact:
    """`contact` with nothing but the card on it, for those who do not keep them."""
    for column, nothing in _PRIVATE_COLUMNS.items():
        setattr(contact, column, nothing)
    return contact


def with_keepsake(contact: Contact, viewer: User) -> Contact:
    """`contact` with what `viewer`, who kept them once, noted of how they met; one query."""
    contact.how_met = next(
        iter(contact.keepsakes.visible_to(viewer).values_list("how_met", flat=True)), ""
    )
    return contact


def is_birthday(event: LifeEvent) -> bool:
    return event.kind == LifeEventKind.BIRTHDAY


def is_death(event: LifeEvent) -> bool:
    return event.kind == LifeEventKind.DEATH


def falls_on(event: LifeEvent, today: date) -> date:
    """The next occurrence of what comes every year, the only one of what does not."""
    day = next_occurrence(
        event.when,
        today if event.yearly else date.min,
        yearly=event.yearly,
        noted_on=event.noted_on,
        march_first=event.march_first,
        season=event.nature.season,
    )
    return day or date.max


def is_ahead(event: LifeEvent, today: date) -> bool:
    return event.yearly or last_day_of(event.when, falls_on(event, today)) >= today


def _is_of_removed(event: LifeEvent) -> bool:
    return event.relative is not None and event.relative.is_trashed
