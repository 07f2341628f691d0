"""Handing over: people given from one keeper to another, with what is promised to them."""

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from contacts.models import Contact
from crm.models import Team, User
from crm.policy import Thing, visible
from followups.models.promise import Promise

UNDONE_WITHIN = timedelta(days=30)


class HandoverQuerySet(models.QuerySet["Handover"]):
    def visible_to(self, user: User) -> Self:
        """To those between whom it was, whoever did it, and owners."""
        part = [
            visible(user, Thing.HANDOVER, whose=whose, team="team")
            for whose in ("from_user", "to_user", "by")
        ]
        return self.filter(Q(*part, _connector=Q.OR))

    def waiting_for(self, user: User) -> Self:
        """Packets that `user` has not looked through yet."""
        return self.filter(to_user=user, looked_through_at=None, undone_at=None)


class Handover(models.Model):
    """One act of handing over; `introduction` holds the places of `followups.introducing`.

    `before` holds keys and former values for taking it back, and no words of anybody's.
    """

    team = models.ForeignKey(Team, models.CASCADE, related_name="handovers")
    from_user = models.ForeignKey(User, models.PROTECT, related_name="+")
    to_user = models.ForeignKey(User, models.PROTECT, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    introduction = models.TextField(blank=True, max_length=2000)
    looked_through_at = models.DateTimeField(null=True, blank=True, editable=False)
    undone_at = models.DateTimeField(null=True, blank=True, editable=False)
    before = models.JSONField(default=dict, editable=False)

    objects = HandoverQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(
                fields=["to_user"],
                name="handover_waiting",
                condition=Q(looked_through_at=None, undone_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"from {self.from_user} to {self.to_user}"

    def get_absolute_url(self) -> str:
        return reverse("followups:handover", args=[self.pk])

    def can_be_undone(self, now: datetime) -> bool:
        return self.undone_at is None and now - self.at < UNDONE_WITHIN


class HandedContact(models.Model):
    """A contact that changed hands."""

    handover = models.ForeignKey(Handover, models.CASCADE, related_name="contacts")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="+")
    introduced_at = models.DateTimeField(null=True, blank=True, editable=False)
    before = models.JSONField(default=dict, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["handover", "contact"], name="handed_contact_once")
        ]

    def __str__(self) -> str:
        return f"{self.contact_id} in {self.handover_id}"


class HandedPromise(models.Model):
    """A promise that was open then; `stays` with whoever owed it."""

    handover = models.ForeignKey(Handover, models.CASCADE, related_name="promises")
    promise = models.ForeignKey(Promise, models.CASCADE, related_name="+")
    stays = models.BooleanField(default=False)
    before = models.JSONField(default=dict, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["handover", "promise"], name="handed_promise_once")
        ]

    def __str__(self) -> str:
        return f"{self.promise_id} in {self.handover_id}"
