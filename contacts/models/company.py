"""Where contacts work; shared by the team."""

from typing import Self

from django.db import models

from contacts.folding import fold
from contacts.models.base import PieceQuerySet, Trashable, Versioned
from crm.models import Team, User
from crm.policy import Thing, visible


def folded(name: str) -> str:
    """By this the team's companies are one or another; a few signs fold to whole phrases."""
    return (fold(name) or name)[:250]


class CompanyQuerySet(PieceQuerySet["Company"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(visible(user, Thing.CARD, whose="team__members__user", team="team"))

    def named(self, name: str, *, team_id: int) -> "Company":
        """The team's company of that name, in any case and with or without accents; made if new."""
        company, _ = self.get_or_create(
            team_id=team_id, folded=folded(name), defaults={"name": name}
        )
        return company


class Company(Trashable, Versioned):
    team = models.ForeignKey(Team, models.CASCADE, related_name="companies")
    name = models.CharField(max_length=200)
    folded = models.CharField(max_length=250, editable=False)
    website = models.URLField(max_length=500, blank=True)
    about = models.TextField(blank=True)
    # Whoever else has it open is told.
    changed_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    changed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = CompanyQuerySet.as_manager()

    class Meta:
        ordering = ["folded", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["team", "folded"], name="company_once_per_team")
        ]

    def __str__(self) -> str:
        return self.name

    def rename(self, name: str) -> None:
        """Take `name` on, with the folded form that search and uniqueness go by."""
        self.name, self.folded = name, folded(name)
