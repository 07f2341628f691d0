"""A mail that came in from a user: what became of it."""

from typing import Self

from django.db import models

from contacts.models import Note
from crm.models import User
from crm.policy import Thing, visible


class InboundMailQuerySet(models.QuerySet["InboundMail"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(visible(user, Thing.PRIVATE, whose="user", team="user__member__team"))

    def unplaced(self) -> Self:
        """Those with words of which nobody knows whom they are about."""
        return self.filter(outcome__in=InboundMail.UNPLACED)


class InboundMail(models.Model):
    """One reply to a digest, taken once however often it comes.

    `words` are those of it that found nobody. They wait here until their user says whom they are
    about, or leaves them out: nothing typed is lost.
    """

    class Outcome(models.TextChoices):
        NOTED = "noted", "Noted"
        UNCLEAR = "unclear", "Several people may be meant"
        NOBODY = "nobody", "It names nobody you keep"
        LEFT_OUT = "left_out", "Left out"

    UNPLACED = ["unclear", "nobody"]

    user = models.ForeignKey(User, models.CASCADE, related_name="inbound_mails")
    message_id = models.CharField(max_length=255)
    at = models.DateTimeField()
    # When it was written, by the mail's own word where that can be right.
    said_at = models.DateTimeField()
    outcome = models.CharField(max_length=8, choices=Outcome)
    words = models.TextField(blank=True)
    notes = models.ManyToManyField(Note, related_name="+", blank=True)

    objects = InboundMailQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "message_id"], name="inbound_mail_once")
        ]
        indexes = [
            models.Index(
                fields=["user", "at"],
                name="inbound_mail_unplaced",
                condition=models.Q(outcome__in=["unclear", "nobody"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.outcome} at {self.at:%Y-%m-%d %H:%M}"

    @property
    def is_unplaced(self) -> bool:
        return self.outcome in self.UNPLACED
