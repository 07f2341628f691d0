"""The form of one piece of what is known of a contact, whatever its kind."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from django.db.models import Model, QuerySet

from contacts.forms.base import VersionedForm
from contacts.forms.fields import key_of
from contacts.models import Contact
from contacts.pieces import Piece, save_piece
from contacts.trash import restore
from crm.models import User


class PieceForm(VersionedForm):
    """The form of one piece, new or stored.

    `columns` are those that it fills by the same name; `removed_as` is the name of its kind in the
    trash.
    """

    heading: ClassVar[str]
    removed_as: ClassVar[str]
    columns: ClassVar[list[str]] = []

    @classmethod
    def stored(cls, keeper: User) -> QuerySet[Any]:
        """What it can change, as far as `keeper` may see it."""
        raise NotImplementedError

    @classmethod
    def blank(cls, contact: Contact, keeper: User, today: date) -> Piece:
        """A new piece, not stored yet."""
        raise NotImplementedError

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        piece: Any,
        keeper: User,
        today: date,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        stored = {"version": piece.version, **self.read(piece)} if piece.pk else {}
        super().__init__(data, keeper=keeper, today=today, initial={**(initial or {}), **stored})
        self.piece = piece

    def read(self, piece: Any) -> dict[str, Any]:
        """The values of a stored piece, by field."""
        return {column: getattr(piece, column) for column in self.columns}

    def fill(self) -> None:
        """Put what was typed on the piece."""
        if self.piece.pk is None and "key" in self.fields:
            self.piece.key = key_of(self)
        for column in self.columns:
            setattr(self.piece, column, self.cleaned_data[column])

    def save(self, now: datetime) -> None:
        """Add or change the piece; raises `Conflict`, and writes nothing, if somebody else has."""
        self.fill()
        save_piece(self.piece, seen=self.seen, fields=self.columns)

    def was_sent(self) -> bool:
        """Whether this very form added its piece before: that is its piece, back if removed."""
        key = None if self.piece.pk else getattr(self.piece, "key", None)
        same = {"author": self.keeper, "contact": self.piece.contact, "key": key}
        rows: Any = type(self.piece)._default_manager.visible_to(self.keeper)
        there = rows.filter(**same).first() if key else None
        if there is None:
            return False
        if there.is_trashed:
            restore(there)
        self.piece = there
        return True

    @property
    def group(self) -> str:
        """Where on the page the piece stands, if that can change."""
        return ""

    def _refuse_twin(self, field: str, sentence: str, **same: object) -> None:
        """`same` says what else there may not be twice on one contact."""
        model: type[Model] = type(self.piece)
        others = model._default_manager.filter(contact=self.piece.contact, trashed_at=None, **same)
        if others.exclude(pk=self.piece.pk).exists():
            self.add_error(field, sentence)
