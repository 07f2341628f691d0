"""What the forms of the person's page share: whose day it is, and the version they were read at."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self

from django import forms

from contacts.forms.fields import PartialDateField
from crm.models import User


@dataclass(frozen=True, slots=True)
class Difference:
    """A field in which what is stored now and what was typed part ways."""

    label: str
    stored: str
    typed: str


class KeeperForm(forms.Form):
    """A form that is read in its keeper's way, on one of their days."""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        keeper: User,
        today: date,
        **options: Any,
    ) -> None:
        super().__init__(data, **options)
        self.keeper, self.today = keeper, today
        for field in self.fields.values():
            if isinstance(field, PartialDateField):
                field.read_as(keeper, today)


class VersionedForm(KeeperForm):
    """A form that changes what somebody else may have changed meanwhile."""

    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    conflict: list[Difference] = []
    # Who changed it meanwhile, and when; not known of what only oneself can change.
    changed_by: User | None = None
    changed_at: datetime | None = None

    def take_focus(self) -> None:
        """Have the first box take the focus when the form appears, unless something is wrong."""
        first = self.visible_fields()[0]
        if not self.is_bound:
            first.field.widget.attrs["autofocus"] = True

    @property
    def seen(self) -> int:
        """The version that was read; one that was never stored if the form does not say."""
        return self.cleaned_data["version"] or 0

    def differences(self, stored: Self) -> list[Difference]:
        """Where this form, as typed, parts ways with an unbound one of what is `stored` now."""
        pairs = [
            Difference(str(mine.label), _shown(stored[mine.name]), _shown(mine))
            for mine in self.visible_fields()
            if mine.name in stored.fields
        ]
        return [pair for pair in pairs if pair.stored != pair.typed]

    def face(self, stored: Self) -> None:
        """Stand beside what is `stored` now: saving once more then keeps what was typed."""
        self.conflict = self.differences(stored)
        self.data = {**_plain(self.data), "version": stored.initial["version"]}


def _plain(data: Any) -> dict[str, Any]:
    """The last value under each name, as forms of single values read them."""
    return dict(data.items())


def _shown(bound: forms.BoundField) -> str:
    """The value of a field in words, stored or typed."""
    value = bound.value()
    if isinstance(bound.field, forms.BooleanField):
        return "yes" if bound.field.to_python(value) else "no"
    if isinstance(bound.field, forms.ChoiceField):
        choices: Any = bound.field.choices
        words = {str(key): str(word) for key, word in choices}
        return words.get("" if value is None else str(value), "")
    return "" if value is None else str(value).replace("\r\n", "\n").strip()
