"""The list of issues, a page at a time: open ones gravest and oldest first, settled ones latest."""

from dataclasses import dataclass

from django.db.models import Prefetch, Q

from contacts.models import Contact
from contacts.paging import Order, page_of
from contacts.timeline import Place
from crm.models import User
from followups.models import Issue
from followups.models.issue import IssueQuerySet

PAGE = 50
_OPEN = Order("open issues", ("weight", "opened_at", "pk"))


@dataclass(frozen=True, slots=True)
class Page:
    """Some issues, and where the next page begins, as it stands in an address; "" on the last."""

    issues: list[Issue]
    rest: str


def seen_by(user: User) -> IssueQuerySet:
    """The team's issues with all that a row of the list shows; two queries."""
    faces = Contact.objects.with_face(user).select_related("company")
    rows = Issue.objects.visible_to(user).select_related("company", "assignee", "opened_by")
    return rows.prefetch_related(Prefetch("contact", faces))


def open_page(issues: IssueQuerySet, after: str) -> Page:
    """Open ones after the cursor `after`."""
    found = page_of(issues.open().weighed(), _OPEN, after=after, size=PAGE)
    return Page(found.rows, found.after)


def settled_page(issues: IssueQuerySet, after: str) -> Page:
    """Settled ones after the place `after`, the latest first."""
    rows = issues.settled().order_by("-settled_at", "-pk")
    if place := Place.parse(after):
        rows = rows.filter(
            Q(settled_at__lt=place.at) | Q(settled_at=place.at, pk__lt=place.pk),
            settled_at__lte=place.at,
        )
    found = list(rows[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    return Page(
        found[:PAGE], Place(last.settled_at, last.pk).link if last and last.settled_at else ""
    )
