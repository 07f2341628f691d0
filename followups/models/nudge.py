"""Reasons to reach out, made by the scheduler."""

from datetime import date, datetime
from typing import Self

from django.db import models
from django.db.models import F, Q

from contacts.models import Contact, LifeEvent
from crm.models import User
from crm.policy import Thing, visible
from followups.models.answer import Answer
from followups.models.issue import Issue
from followups.models.promise import Promise


class NudgeQuerySet(models.QuerySet["Nudge"]):
    def of(self, keeper: User) -> Self:
        """What reminds `keeper` of their own contacts, and of their word to a colleague's."""
        word = Q(kind__in=Nudge.WORD, contact__team=keeper.team_id)
        return self.filter(Q(contact__keeper=keeper) | word, keeper=keeper)

    def visible_to(self, user: User) -> Self:
        return self.filter(visible(user, Thing.PRIVATE, whose="keeper", team="contact__team"))

    def standing(self, today: date) -> Self:
        """What waits for an answer on `today`: open or snoozed until now, and still true."""
        return self.filter(
            Q(expires_on=None) | Q(expires_on__gt=today),
            ~Q(kind__in=Nudge.BY_CONTACT) | Q(contact__due_on=F("occurrence_on")),
            Q(life_event=None) | Q(life_event__trashed_at=None),
            Q(promise=None) | Q(promise__owner=F("keeper")),
            issue__company__trashed_at=None,
            state__in=Nudge.WAITING,
            show_on__lte=today,
            contact__trashed_at=None,
        )

    def missed(self) -> Self:
        return self.filter(state=Nudge.State.EXPIRED)


class Nudge(models.Model):
    """One reason for one contact on one occurrence; making it twice is a no-op."""

    class Kind(models.TextChoices):
        ISSUE = "issue", "Something to make right"
        PROMISE = "promise", "You promised"
        OWED = "owed", "They promised"
        OCCASION = "occasion", "Occasion"
        PREPARE = "prepare", "Prepare an occasion"
        NEXT = "next", "You meant to be in touch"
        CADENCE = "cadence", "Time to be in touch"
        LOYAL = "loyal", "Loyal and unheard of"

    class State(models.TextChoices):
        OPEN = "open", "Open"
        DONE = "done", "Done"
        SNOOZED = "snoozed", "Snoozed"
        SKIPPED = "skipped", "Skipped"
        EXPIRED = "expired", "Missed"

    WAITING = ["open", "snoozed"]
    # These hang on what was said, whoever keeps the contact and whatever befalls them.
    WORD = ["promise", "owed"]
    # These hang on the contact's own due date: a touch moves it, and they have had their answer.
    BY_CONTACT = ["cadence", "loyal"]

    keeper = models.ForeignKey(User, models.CASCADE, related_name="nudges")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="nudges")
    kind = models.CharField(max_length=8, choices=Kind)
    # What it comes from, e.g. "life_event:12"; with the next three for reading it.
    source = models.CharField(max_length=40)
    life_event = models.ForeignKey(
        LifeEvent, models.CASCADE, null=True, blank=True, related_name="nudges"
    )
    promise = models.ForeignKey(
        Promise, models.CASCADE, null=True, blank=True, related_name="nudges"
    )
    issue = models.ForeignKey(Issue, models.CASCADE, null=True, blank=True, related_name="nudges")
    occurrence_on = models.DateField()
    show_on = models.DateField()
    expires_on = models.DateField(null=True, blank=True)
    # The day by which it must have shown (cadence: one and a half times), which orders the queue.
    latest_on = models.DateField()
    late = models.BooleanField(default=False)
    state = models.CharField(max_length=7, choices=State, default=State.OPEN)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    answer = models.ForeignKey(
        Answer, models.SET_NULL, null=True, blank=True, related_name="nudges"
    )

    objects = NudgeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["keeper", "contact", "kind", "source", "occurrence_on"],
                name="nudge_once_per_occurrence",
            ),
        ]
        indexes = [
            models.Index(
                fields=["keeper", "show_on"],
                name="nudge_waiting",
                condition=Q(state__in=["open", "snoozed"]),
            ),
            models.Index(fields=["keeper", "ended_at"], name="nudge_ended"),
            models.Index(
                fields=["keeper", "occurrence_on", "state"],
                name="nudge_occasions",
                condition=Q(kind="occasion"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.contact_id} on {self.occurrence_on}"

    def end(self, state: State, at: datetime) -> None:
        self.state, self.ended_at = state, at
        self.save(update_fields=["state", "ended_at"])
