"""Who is nudged for an open issue, and when: whoever keeps somebody there, until it is settled."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from contacts.models import Circle, Contact
from crm.models import User
from followups.models import Issue, Nudge

# Done, an issue that is still open comes back after so many days.
ISSUE_COMES_BACK = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Watch:
    """Who keeps whom where something went wrong, and what each has been told of it."""

    people: dict[tuple[str, int | None], list[Contact]]
    nudges: dict[tuple[int, int], list[Nudge]]

    @classmethod
    def read(cls, issues: list[Issue]) -> "Watch":
        """Three queries, and none where there are no issues."""
        if not issues:
            return cls({}, {})
        there = Contact.objects.present().filter(
            Q(pk__in={issue.contact_id for issue in issues if issue.contact_id})
            | Q(company__in={issue.company_id for issue in issues if issue.company_id})
        )
        people: dict[tuple[str, int | None], list[Contact]] = defaultdict(list)
        for contact in _closest_first(there.select_related("keeper")):
            people["contact", contact.pk].append(contact)
            if contact.company_id:
                people["company", contact.company_id].append(contact)
        nudges: dict[tuple[int, int], list[Nudge]] = defaultdict(list)
        for nudge in Nudge.objects.filter(issue__in=issues).select_related("answer"):
            nudges[nudge.issue_id or 0, nudge.keeper_id].append(nudge)
        return cls(people, nudges)

    def rows(self, issue: Issue, today: date, now: datetime) -> list[Nudge]:
        """A nudge for each keeper for whom one has fallen due by `today`.

        Of all whom somebody keeps at a company, the one closest to them stands for it.
        """
        about = ("contact", issue.contact_id) if issue.contact_id else ("company", issue.company_id)
        theirs: dict[int, list[Contact]] = defaultdict(list)
        for contact in self.people.get(about, []):
            theirs[contact.keeper_id].append(contact)
        found = (self._row(issue, people, today, now) for people in theirs.values())
        return [row for row in found if row is not None]

    def _row(self, issue: Issue, people: list[Contact], today: date, now: datetime) -> Nudge | None:
        keeper = people[0].keeper
        told = self.nudges.get((issue.pk, keeper.pk), [])
        there = {contact.pk for contact in people}
        if any(nudge.state in Nudge.WAITING and nudge.contact_id in there for nudge in told):
            return None
        opened_on = keeper.today(issue.opened_at)
        answered = [on for nudge in told if (on := _answered_on(nudge, keeper))]
        on = issue_due_on(opened_on=opened_on, answered_on=max(answered, default=None))
        return _issue_row(issue, people[0], on, opened_on, now) if on <= today else None


def issue_due_on(*, opened_on: date, answered_on: date | None) -> date:
    """When a keeper is to be told of an open issue: at once, and again after each answer."""
    return opened_on if answered_on is None else answered_on + ISSUE_COMES_BACK


def _answered_on(nudge: Nudge, keeper: User) -> date | None:
    if nudge.state in Nudge.WAITING or nudge.ended_at is None:
        return None
    return nudge.answer.on if nudge.answer else keeper.today(nudge.ended_at)


def _closest_first(contacts: Iterable[Contact]) -> list[Contact]:
    """By circle, then by the latest touch, always in the same order."""

    def distance(contact: Contact) -> tuple[int, float, int]:
        circle = CLOSENESS.get(contact.circle, len(CLOSENESS))
        touched = contact.last_touch_at
        return circle, -touched.timestamp() if touched else 0, contact.pk

    return sorted(contacts, key=distance)


CLOSENESS: dict[str, int] = {Circle.INNER: 0, Circle.CLOSE: 1, Circle.WIDE: 2}


def _issue_row(issue: Issue, contact: Contact, on: date, opened_on: date, now: datetime) -> Nudge:
    return Nudge(
        keeper=contact.keeper,
        contact=contact,
        kind=Nudge.Kind.ISSUE,
        source=f"issue:{issue.pk}",
        issue=issue,
        occurrence_on=on,
        show_on=on,
        latest_on=opened_on,
        late=on < contact.keeper.today(now),
        made_at=now,
    )
