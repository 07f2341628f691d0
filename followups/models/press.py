"""Buttons of mails that were pressed."""

from typing import Self

from django.db import models

from contacts.models import Contact
from crm.models import User
from crm.policy import Thing, visible
from followups.models.answer import Answer


class PressQuerySet(models.QuerySet["Press"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(visible(user, Thing.PRIVATE, whose="user", team="contact__team"))


class Press(models.Model):
    """One button, for one user on one contact in the mail of one date: it works once."""

    class Act(models.TextChoices):
        DONE = "done", "Done"
        TOMORROW = "tomorrow", "Tomorrow"
        TALKED = "talked", "We talked"

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="+")
    act = models.CharField(max_length=8, choices=Act)
    local_date = models.DateField()
    at = models.DateTimeField()
    answer = models.ForeignKey(Answer, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = PressQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "contact", "act", "local_date"], name="press_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.act} of {self.local_date}"
