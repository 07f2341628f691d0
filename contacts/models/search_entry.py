"""What search reads: folded text of a contact, split by who may find it."""

from typing import Self

from django.db import models
from django.db.models import Q

from contacts.models.contact import Contact
from contacts.models.note import Note
from contacts.search_text import is_short, needles
from crm.models import Team, User
from crm.policy import Thing, visible


class SearchEntryQuerySet(models.QuerySet["SearchEntry"]):
    def visible_to(self, user: User) -> Self:
        """The team's cards and shared notes, and all that is one's own."""
        own = visible(user, Thing.PRIVATE, whose="author", team="team")
        shared = visible(user, Thing.SHARED, whose="author", team="team")
        # What is one's own is within reach of what is shared: said once, or SQLite would go through
        # the table once for each side of an OR.
        return self.filter(shared, own | Q(private=False))

    def matching(self, term: str) -> Self:
        """Entries that have `term` in them, a folded word or phrase.

        One or two letters stand in nearly every text: they count on cards alone, and there at the
        start of a word.
        """
        if is_short(term):
            starts = [f" {needle}" for needle in needles(term)]
            return self.filter(_any_of(starts), source=SearchEntry.Source.CARD)
        return self.filter(_any_of(needles(term)))


def _any_of(texts: list[str]) -> Q:
    return Q(*[("text__contains", text) for text in texts], _connector=Q.OR)


class SearchEntry(models.Model):
    """One row for the card, one for the keeper's private knowledge, one for each note and contact.

    Written by `contacts.searching` and by nothing else.
    """

    class Source(models.TextChoices):
        CARD = "card"
        KNOWN = "known"
        NOTE = "note"

    team = models.ForeignKey(Team, models.CASCADE, related_name="+")
    author = models.ForeignKey(User, models.CASCADE, related_name="+")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="search_entries")
    note = models.ForeignKey(Note, models.CASCADE, null=True, related_name="search_entries")
    source = models.CharField(max_length=5, choices=Source)
    private = models.BooleanField()
    text = models.TextField()

    objects = SearchEntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "author", "source"],
                condition=Q(note=None),
                name="search_entry_once",
            ),
            models.UniqueConstraint(
                fields=["contact", "note"],
                condition=Q(note__isnull=False),
                name="search_entry_once_per_note",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} of {self.contact_id}"
