"""Where a contact has worked."""

from django.db import models

from contacts.models.base import PrivateQuerySet, Trashable, Versioned
from contacts.models.contact import Contact
from crm.models import User


class JobQuerySet(PrivateQuerySet["Job"]):
    pass


class Job(Trashable, Versioned):
    """A former position; the present one stands on the contact."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="jobs")
    author = models.ForeignKey(User, models.CASCADE, related_name="+")
    company = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=200, blank=True)
    from_year = models.PositiveSmallIntegerField(null=True, blank=True)
    to_year = models.PositiveSmallIntegerField(null=True, blank=True)
    # The form's own: one that is sent twice adds one.
    key = models.UUIDField(null=True, blank=True, editable=False)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = [models.F("to_year").desc(nulls_first=True), "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(company="", title=""), name="job_says_something"
            ),
            models.UniqueConstraint(fields=["author", "key"], name="job_once_per_key"),
        ]

    def __str__(self) -> str:
        return ", ".join(part for part in (self.title, self.company) if part)
