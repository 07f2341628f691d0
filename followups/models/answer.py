"""What a keeper did with an entry of the queue."""

from typing import Self

from django.db import models
from django.db.models import F

from contacts.models import Contact, Note
from crm.models import User
from crm.policy import Thing, visible


class AnswerQuerySet(models.QuerySet["Answer"]):
    def visible_to(self, user: User) -> Self:
        """One's own, about people whom one still keeps: others' are no longer to be moved."""
        own = visible(user, Thing.PRIVATE, whose="keeper", team="contact__team")
        return self.filter(own, contact__keeper=F("keeper"))

    def standing(self) -> Self:
        return self.filter(undone_at=None)


class Answer(models.Model):
    """Done, snoozed or skipped, with who and when, and all that is needed to take it back."""

    class Kind(models.TextChoices):
        DONE = "done", "Done"
        SNOOZED = "snoozed", "Snoozed"
        SKIPPED = "skipped", "Skipped"

    keeper = models.ForeignKey(User, models.CASCADE, related_name="answers")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="answers")
    kind = models.CharField(max_length=7, choices=Kind)
    on = models.DateField()
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)
    # The touch that "we just talked" wrote.
    note = models.ForeignKey(Note, models.SET_NULL, null=True, blank=True, related_name="+")
    # {"nudges": {id: {"state": …, "show_on": …}}, "answered_on": …}
    before = models.JSONField(default=dict)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["keeper", "on"], name="answer_by_day")]

    def __str__(self) -> str:
        return f"{self.kind} on {self.on}"
