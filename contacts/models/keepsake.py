"""What a former keeper noted on the contact itself: it stays theirs after handing over."""

from typing import Self

from django.db import models

from contacts.models.contact import Contact
from crm.models import User
from crm.policy import Thing, visible


class KeepsakeQuerySet(models.QuerySet["Keepsake"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(visible(user, Thing.PRIVATE, whose="author", team="contact__team"))


class Keepsake(models.Model):
    """How `author` met the contact, whom somebody else keeps now."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="keepsakes")
    author = models.ForeignKey(User, models.CASCADE, related_name="+")
    how_met = models.TextField("how we met", max_length=2000)

    objects = KeepsakeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contact", "author"], name="keepsake_once_per_author")
        ]

    def __str__(self) -> str:
        return f"{self.author_id} of {self.contact_id}"
