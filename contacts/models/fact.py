"""Small things worth remembering."""

from datetime import date

from django.db import models

from contacts.models.base import PrivateQuerySet, Trashable, Versioned
from contacts.models.contact import Contact
from crm.models import User


class FactQuerySet(PrivateQuerySet["Fact"]):
    pass


class Fact(Trashable, Versioned):
    class Kind(models.TextChoices):
        INTEREST = "interest", "Interest"
        PREFERENCE = "preference", "Preference"
        NEED = "need", "Need"
        TEAM = "team", "Follows"
        GIFT = "gift", "Gift"
        DO_NOT_MENTION = "do_not_mention", "Do not mention"
        OTHER = "other", "Worth knowing"

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="facts")
    author = models.ForeignKey(User, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=14, choices=Kind)
    text = models.CharField(max_length=500)
    # Key in contacts.teams, where `text` names a team of the reference list.
    team_key = models.CharField(max_length=80, blank=True)
    noted_on = models.DateField()
    note = models.ForeignKey(
        "contacts.Note", models.SET_NULL, null=True, blank=True, related_name="facts"
    )

    objects = FactQuerySet.as_manager()

    class Meta:
        ordering = ["-noted_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "author", "kind", "text"],
                condition=models.Q(trashed_at=None),
                name="fact_once_per_contact",
            )
        ]

    def __str__(self) -> str:
        return self.text

    def age_days(self, today: date) -> int:
        return (today - self.noted_on).days
