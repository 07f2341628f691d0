"""One mail for one user on one date: what became of it."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q

from crm.mailing import in_words
from crm.models import User
from crm.policy import Thing, visible


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(visible(user, Thing.PRIVATE, whose="user", team="user__member__team"))

    def waiting(self) -> Self:
        """Those that are not at their end, the longest waiting first."""
        rows = self.filter(state__in=Delivery.WAITING)
        return rows.order_by(F("next_try_at").asc(nulls_first=True), "pk")

    def may_be_claimed(self, now: datetime) -> Self:
        """Those that nobody has: due for a try, or left behind before anything left the house."""
        due = Q(state=Delivery.State.DUE, next_try_at__lte=now)
        return self.filter(due | Q(state=Delivery.State.CLAIMED, claimed_until__lte=now))

    def left_in_doubt(self, now: datetime) -> Self:
        """Those whose worker died while it spoke with the mail server."""
        return self.filter(state=Delivery.State.HANDING_OVER, claimed_until__lte=now)

    def in_doubt(self) -> Self:
        """Those that may not have reached their user, though they should have."""
        return self.filter(state__in=Delivery.IN_DOUBT)


class Delivery(models.Model):
    """Goes from due by claimed and handing over to one of its ends, each by a conditional UPDATE.

    `tries` counts the claims, and tells one claim from the next: who comes back from a long sleep
    finds that the row is not theirs any more.
    """

    class Kind(models.TextChoices):
        DIGEST = "digest", "Morning mail"
        WEEKLY = "weekly", "Weekly mail"

        @property
        def wish(self) -> str:
            """The column of its user that says whether they want it."""
            return f"{self.value}_wanted"

    class State(models.TextChoices):
        DUE = "due", "Due"
        CLAIMED = "claimed", "Being written"
        HANDING_OVER = "handing_over", "Being handed over"
        SENT = "sent", "Sent"
        REFUSED = "refused", "Refused"
        UNKNOWN = "unknown", "Nobody knows"
        SKIPPED = "skipped", "Left out"

    class Why(models.TextChoices):
        """Why a mail was left out or given up."""

        NONE = "", ""
        NOTHING = "nothing", "There was nothing to say."
        OFF = "off", "It was switched off."
        OUTAGE = "outage", "Kept was not running at the time."
        TOO_LATE = "too_late", "It could not be handed over in time."

    WAITING = ["due", "claimed", "handing_over"]
    IN_DOUBT = ["unknown", "refused"]

    user = models.ForeignKey(User, models.CASCADE, related_name="deliveries")
    kind = models.CharField(max_length=6, choices=Kind, default=Kind.DIGEST)
    local_date = models.DateField()
    state = models.CharField(max_length=12, choices=State, default=State.DUE)
    why = models.CharField(max_length=8, choices=Why, blank=True, default=Why.NONE)
    due_at = models.DateTimeField()
    made_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    message_id = models.CharField(max_length=255, blank=True)
    # When its content was read from the book: what came up later is for the next mail.
    written_at = models.DateTimeField(null=True, blank=True)
    # The ids of the nudges that were in it.
    items = models.JSONField(default=list)
    # The mail server's own words.
    answer = models.CharField(max_length=500, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    # The server was away or did not let us in: until then nothing goes out, to anybody.
    halts_until = models.DateTimeField(null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["-local_date", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind", "local_date"], name="delivery_once_per_date"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["due", "claimed", "handing_over"], ended_at=None)
                | Q(state__in=["sent", "refused", "unknown", "skipped"], ended_at__isnull=False),
                name="delivery_ended_at_its_end",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                name="delivery_waiting",
                condition=Q(state__in=["due", "claimed", "handing_over"]),
            ),
            models.Index(
                fields=["halts_until"],
                name="delivery_halts",
                condition=Q(halts_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.local_date}, {self.state}"

    @property
    def said(self) -> str:
        """The answer to it, in a sentence."""
        return in_words(self.answer)

    @property
    def is_in_doubt(self) -> bool:
        return self.state in self.IN_DOUBT

    @property
    def has_said_all(self) -> bool:
        """Whether its user surely knows what there was to say, if anything."""
        nothing = self.state == self.State.SKIPPED and self.why == self.Why.NOTHING
        return self.state == self.State.SENT or nothing

    @property
    def is_waiting(self) -> bool:
        return self.state in self.WAITING
