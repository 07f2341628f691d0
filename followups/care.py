"""The care guard: after a sorrow, and while something is to be made right, cheerful and selling
nudges stand back (engine.md 11)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from contacts.models import Contact, LifeEvent, LifeEventKind
from crm.models import User
from followups.models import Issue, Nudge


@dataclass(frozen=True, slots=True)
class Gone:
    """Contacts and relatives of a book who have died."""

    contacts: frozenset[int]
    relatives: frozenset[int]

    def silence(self, contact_id: int, kind: str) -> bool:
        """Whether a nudge of `kind` is out of place because the contact has died."""
        return contact_id in self.contacts and kind not in Nudge.WORD

    def has(self, event: LifeEvent) -> bool:
        """Whether an event is of somebody who has died."""
        return event.contact_id in self.contacts or event.relative_id in self.relatives


def read_gone(keeper: User) -> Gone:
    """One query, however large the book is: deaths are few."""
    losses = LifeEvent.objects.present().filter(
        author=keeper, kind__in=[LifeEventKind.BEREAVEMENT, LifeEventKind.DEATH]
    )
    rows = list(losses.order_by().values_list("contact_id", "relative_id", "kind"))
    return Gone(
        frozenset(who for who, relative, kind in rows if kind == "death" and relative is None),
        frozenset(relative for _, relative, _ in rows if relative is not None),
    )


@dataclass(frozen=True, slots=True)
class Unsettled:
    """The open issues of a team, gravest and oldest first, by whom they are about."""

    issues: list[Issue]
    by_contact: dict[int, list[Issue]]
    by_company: dict[int, list[Issue]]

    @classmethod
    def among(cls, issues: Iterable[Issue]) -> "Unsettled":
        found = cls([], defaultdict(list), defaultdict(list))
        for issue in issues:
            found.issues.append(issue)
            if issue.contact_id is not None:
                found.by_contact[issue.contact_id].append(issue)
            if issue.company_id is not None:
                found.by_company[issue.company_id].append(issue)
        return found

    def of(self, contact: Contact) -> list[Issue]:
        """What is to be made right for `contact`, or for where they work, gravest first."""
        own = self.by_contact.get(contact.pk, [])
        wider = self.by_company.get(contact.company_id or 0, [])
        return sorted([*own, *wider], key=self.issues.index) if own and wider else own or wider

    def on(self, user: User) -> list[Issue]:
        """Those that `user` is on."""
        return [issue for issue in self.issues if issue.assignee_id == user.pk]


def read_unsettled(user: User, *, between: tuple[datetime, datetime] | None = None) -> Unsettled:
    """What is open in `user`'s team now, or was `between` two instants.

    One query, however large the book is: open issues are few.
    """
    seen = Issue.objects.visible_to(user)
    rows = seen.open_between(*between) if between else seen.open()
    return Unsettled.among(
        rows.gravest_first().select_related("contact", "company", "assignee", "opened_by")
    )


def read_guarding(keeper: User, contact_ids: Iterable[int], today: date) -> dict[int, LifeEvent]:
    """The sorrow that guards each of these contacts on `today`, if there is one; one query."""
    by_contact: dict[int, list[LifeEvent]] = defaultdict(list)
    events = LifeEvent.objects.present().filter(contact__in=list(contact_ids))
    for event in events.select_related("relative"):
        if event.author_id == keeper.pk:
            by_contact[event.contact_id].append(event)
    found = {pk: guarding(events, today) for pk, events in by_contact.items()}
    return {pk: sorrow for pk, sorrow in found.items() if sorrow is not None}


def guarding(events: Iterable[LifeEvent], today: date) -> LifeEvent | None:
    """The latest sorrow among a contact's events that still asks for a gentle hand on `today`."""
    sorrows = [event for event in events if is_guarding(event, today)]
    return max(sorrows, key=lambda event: (event.happens_on, event.pk), default=None)


def is_guarding(event: LifeEvent, today: date) -> bool:
    """Whether a sorrow is so recent on `today` that good cheer would hurt."""
    if event.happens_on is None:
        return False
    return 0 <= (today - event.happens_on).days < guard_days(event)


def guard_days(event: LifeEvent) -> int:
    """For how long an event asks for a gentle hand; 0 for what is no sorrow.

    The death of a relative is a loss, however it was written down.
    """
    if event.kind == LifeEventKind.DEATH and event.relative_id is not None:
        return LifeEventKind.BEREAVEMENT.nature.guards
    return event.nature.guards
