"""Numbers by their owner, and what they are out of."""

from collections.abc import Callable
from dataclasses import astuple, dataclass
from typing import Any, ClassVar, Self

from django.db.models import QuerySet

from crm.templatetags.ui import percent

# Of fewer, a percentage says more than is known.
FEW = 5


class Sums:
    """Numbers that add up, person by person."""

    def __add__(self, other: Self) -> Self:
        pairs = zip(astuple(self), astuple(other), strict=True)  # type: ignore[call-overload]
        return type(self)(*(one + another for one, another in pairs))


class Banded(Sums):
    """Numbers of which some make up one whole: `BANDS` says which, and what each is called."""

    BANDS: ClassVar[dict[str, str]]

    @property
    def bands(self) -> list[tuple[str, int]]:
        return [(called, getattr(self, name)) for name, called in self.BANDS.items()]

    @property
    def whole(self) -> int:
        return sum(number for _, number in self.bands)


@dataclass(frozen=True, slots=True)
class Ratio(Sums):
    """Some out of all."""

    part: int = 0
    whole: int = 0

    @property
    def share(self) -> float | None:
        """From 0 to 1; None of nothing."""
        return self.part / self.whole if self.whole else None

    @property
    def is_few(self) -> bool:
        return self.whole < FEW

    @property
    def said(self) -> str:
        """ "94%", of few "2 of 3", of none a dash."""
        if not self.whole:
            return "–"
        return f"{self.part} of {self.whole}" if self.is_few else percent(self.share)

    @property
    def rest(self) -> int:
        return self.whole - self.part


type ByOwner[S: Sums] = dict[int, S]


def by_owner[S: Sums](kind: Callable[..., S], whose: str, rows: QuerySet[Any]) -> ByOwner[S]:
    """Rows of `whose` and aggregates as sums by their owner."""
    return {row.pop(whose): kind(**row) for row in rows}
