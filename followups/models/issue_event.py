"""What happened to an issue."""

from typing import Self

from django.db import models

from crm.models import User
from crm.policy import Thing, visible
from followups.models.event import Event


class IssueEventQuerySet(models.QuerySet["IssueEvent"]):
    def visible_to(self, user: User) -> Self:
        """Those of the issues that `user` sees."""
        whose = "issue__opened_by"
        return self.filter(visible(user, Thing.ISSUE, whose=whose, team="issue__team"))

    def present(self) -> Self:
        return self.filter(issue__contact__trashed_at=None, issue__company__trashed_at=None)


class IssueEvent(Event):
    """One thing that happened to an issue, with who and when.

    `comment` says what stood there before (reworded, severity), who is on it now (assigned) or how
    it was settled; `formerly` was on it before somebody else was assigned.
    """

    class Kind(models.TextChoices):
        OPENED = "opened", "Opened"
        ANSWERED = "answered", "Spoken with them"
        ASSIGNED = "assigned", "Handed on"
        SEVERITY = "severity", "Weighed anew"
        REWORDED = "reworded", "Reworded"
        SETTLED = "settled", "Settled"
        REOPENED = "reopened", "Opened again"

    issue = models.ForeignKey("followups.Issue", models.CASCADE, related_name="events")
    kind = models.CharField(max_length=8, choices=Kind)
    comment = models.TextField(max_length=1000, blank=True)
    formerly = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = IssueEventQuerySet.as_manager()

    def is_of_one_with(self, other: "IssueEvent") -> bool:
        """Whether somebody did both with one press: reworded it, and weighed it anew."""
        return (self.kind, self.by_id, self.at) == (self.Kind.REWORDED, other.by_id, other.at)
