"""What the events of promises and of issues have in common."""

from django.db import models

from crm.models import User


class Event(models.Model):
    """One thing that happened to something, with who and when.

    Each kind of event says in its own `Kind` what can happen, and links to what it happened to.
    """

    kind = models.CharField(max_length=12)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        abstract = True
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.kind} at {self.at:%Y-%m-%d}"
