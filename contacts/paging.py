"""Pages of a list by keyset: each begins after the last row of the one before it.

What is added or removed meanwhile moves nothing to another page, and the hundredth page costs what
the first does.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core import signing
from django.db.models import F, Model, Q, QuerySet
from django.db.models.expressions import OrderBy

_SALT = "contacts.paging"

type Key = str | int | None


@dataclass(frozen=True, slots=True)
class Order:
    """Ascending by each of `columns`, of which the last tells any two rows apart.

    The first column may be `nullable`: rows without it come first. Elsewhere nulls are not named,
    because PostgreSQL reads an index only in the very order it was made.
    """

    name: str
    columns: tuple[str, ...]
    nullable: bool = False

    def expressions(self) -> list[OrderBy]:
        first, *rest = self.columns
        leading = F(first).asc(nulls_first=True) if self.nullable else F(first).asc()
        return [leading, *(F(column).asc() for column in rest)]

    def cursor_of(self, row: Model) -> str:
        """Where `row` stands, signed, for an address."""
        keys = [_as_key(getattr(row, column)) for column in self.columns]
        return signing.dumps([self.name, *keys], salt=_SALT)

    def beyond(self, cursor: str) -> Q:
        """The rows after `cursor`; all of them if it is none of this order's."""
        try:
            name, *keys = signing.loads(cursor, salt=_SALT)
        except signing.BadSignature:
            return Q()
        return _beyond(self.columns, keys) if name == self.name else Q()


@dataclass(frozen=True, slots=True)
class Page[M: Model]:
    """Some rows, and the cursor of the page after them; empty on the last one."""

    rows: list[M]
    after: str


def page_of[M: Model](rows: QuerySet[M], order: Order, *, after: str, size: int) -> Page[M]:
    """The `size` rows that follow the cursor `after`; any that is none means the first page."""
    found = list(rows.filter(order.beyond(after)).order_by(*order.expressions())[: size + 1])
    shown = found[:size]
    return Page(shown, order.cursor_of(shown[-1]) if len(found) > size else "")


def _beyond(columns: tuple[str, ...], keys: list[Key]) -> Q:
    column, key = columns[0], keys[0]
    if key is None:
        same, later = Q(**{f"{column}__isnull": True}), Q(**{f"{column}__isnull": False})
    else:
        same, later = Q(**{column: key}), Q(**{f"{column}__gt": key})
    if len(columns) == 1:
        return later
    beyond = later | same & _beyond(columns[1:], keys[1:])
    # Said once more without OR, so that an index can start there.
    return beyond if key is None else Q(**{f"{column}__gte": key}) & beyond


def _as_key(value: Any) -> Key:
    key: Key = value.isoformat() if isinstance(value, datetime) else value
    return key
