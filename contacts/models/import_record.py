"""What an import did."""

from typing import Self

from django.db import models

from crm.models import User
from crm.policy import Thing, visible


class ImportRecordQuerySet(models.QuerySet["ImportRecord"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(
            visible(user, Thing.PRIVATE, whose="keeper", team="keeper__member__team")
        )


class ImportRecord(models.Model):
    """One file read into one book; `read` is always the sum of the four that follow it."""

    keeper = models.ForeignKey(User, models.CASCADE, related_name="imports")
    file_name = models.CharField(max_length=255)
    format = models.CharField(max_length=20)
    at = models.DateTimeField()
    read = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    # A list of {at: line, what: sentence}.
    problems = models.JSONField(default=list)

    objects = ImportRecordQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.file_name} on {self.at:%Y-%m-%d}"
