"""What happened to a promise, and who may read the words that were said about it."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from crm.models import User
from crm.policy import Reach, Thing, reach
from followups.models.event import Event


class PromiseEventQuerySet(models.QuerySet["PromiseEvent"]):
    def offers_to(self, user: User, *, since: datetime) -> Self:
        """The offers of help to `user`, the latest first, with their promises."""
        rows = self.filter(kind=PromiseEvent.Kind.HELP, at__gt=since, promise__owner=user)
        return rows.select_related("by", "promise__contact").order_by("-at", "-pk")

    def heard_by(self, user: User) -> Self:
        """Whose words `user` may read, of promises that they see.

        One's own; offers of help by whom they are for; and by those who coach what was said for
        them. What was said to nobody, or while it was somebody else's, stays unread.
        """
        kinds = PromiseEvent.Kind
        heard = Q(by=user.pk) | Q(kind__in=[kinds.HELP, kinds.HANDED], promise__owner=user.pk)
        if reach(user.role, Thing.PROMISE) is Reach.TEAM:
            heard |= Q(kind__in=[kinds.CONTEXT, kinds.HELP, kinds.HANDED])
        return self.filter(heard)


class PromiseEvent(Event):
    """One thing that happened to a promise, with who and when; rows are only added."""

    class Kind(models.TextChoices):
        MADE = "made", "Made"
        RENEGOTIATED = "renegotiated", "Moved"
        KEPT = "kept", "Kept"
        KEPT_LATE = "kept_late", "Kept late"
        RELEASED = "released", "Released"
        BROKEN = "broken", "Broken"
        REOPENED = "reopened", "Reopened"
        REWORDED = "reworded", "Reworded"
        CONTEXT = "context", "Context added"
        HELP = "help", "Offered help"
        HANDED = "handed", "Handed over"

    promise = models.ForeignKey("followups.Promise", models.CASCADE, related_name="events")
    kind = models.CharField(max_length=12, choices=Kind)
    due_before = models.DateField(null=True, blank=True)
    due_after = models.DateField(null=True, blank=True)
    # Only for a moved date: whether the other side was told.
    told = models.BooleanField(null=True, blank=True)
    comment = models.CharField(max_length=500, blank=True)

    objects = PromiseEventQuerySet.as_manager()

    class Meta(Event.Meta):
        indexes = [
            models.Index(fields=["at"], name="promise_event_help", condition=Q(kind="help")),
        ]
