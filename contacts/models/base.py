"""What everything written by somebody has: a version against lost updates, and a way back."""

from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models

from crm.models import User
from crm.policy import Thing, visible

TRASH_KEEPS = timedelta(days=30)


class Conflict(Exception):
    """The row was changed by somebody else since it was read; nothing was written."""


class PieceQuerySet[M: models.Model](models.QuerySet[M]):
    """Words that every piece of what is known of a contact understands."""

    def present(self) -> Self:
        return self.filter(trashed_at=None)

    def trashed(self) -> Self:
        return self.filter(trashed_at__isnull=False)

    def trashed_before(self, now: datetime) -> Self:
        """What has lain in the trash for longer than it keeps things."""
        return self.filter(trashed_at__lt=now - TRASH_KEEPS)


class PrivateQuerySet[M: models.Model](PieceQuerySet[M]):
    """Pieces that nobody but their author sees."""

    def visible_to(self, user: User) -> Self:
        return self.filter(visible(user, Thing.PRIVATE, whose="author", team="contact__team"))


class Trashable(models.Model):
    """Can be removed and brought back for `TRASH_KEEPS`.

    No index on `trashed_at`: nearly every row has none, and SQLite would rather read all of those
    by it than the few of one contact by theirs.
    """

    trashed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def is_trashed(self) -> bool:
        return self.trashed_at is not None

    def trash(self, at: datetime) -> None:
        self.trashed_at = at
        self.save(update_fields=["trashed_at"])

    def restore(self) -> None:
        self.trashed_at = None
        self.save(update_fields=["trashed_at"])


class Versioned(models.Model):
    """Refuses to overwrite what it has not read."""

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True

    def save_over(self, seen: int, *, fields: list[str]) -> None:
        """Write `fields`, if the stored version is still `seen`.

        Raises `Conflict`, and writes nothing, where somebody saved in between.
        """
        values: dict[str, Any] = {name: getattr(self, name) for name in fields}
        rows = type(self)._default_manager.filter(pk=self.pk, version=seen)
        if not rows.update(version=seen + 1, **values):
            raise Conflict
        self.version = seen + 1
