"""The form of a company, which the whole team shares."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from contacts import companies
from contacts.forms.base import VersionedForm
from contacts.forms.fields import LineField, TextField, WebField
from contacts.models import Company
from contacts.models.company import folded
from crm.models import User


class CompanyForm(VersionedForm):
    name = LineField(
        label="Name", max_length=200, error_messages={"required": "What is it called?"}
    )
    website = WebField(label="Website", max_length=500, required=False)
    about = TextField(
        label="About",
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "data-autosize": True}),
        help_text="Your whole team sees this.",
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        company: Company,
        keeper: User,
        today: date,
    ) -> None:
        stored = {name: getattr(company, name) for name in ("version", *companies.FIELDS)}
        super().__init__(data, keeper=keeper, today=today, initial=stored)
        self.company = company

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        others = Company.objects.filter(team=self.company.team_id).exclude(pk=self.company.pk)
        if others.filter(folded=folded(name)).exists():
            raise ValidationError(f"There is another company called {name} in your team.")
        return name

    def save(self, now: datetime) -> None:
        """Write what was typed; raises `Conflict`, and writes nothing, if somebody else has."""
        typed = {name: self.cleaned_data[name] for name in companies.FIELDS}
        companies.change_company(self.company, seen=self.seen, by=self.keeper, at=now, **typed)
