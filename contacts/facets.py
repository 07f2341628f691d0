"""How many people each filter of the list would leave: one pass over a keeper's own book."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Q

from contacts.forms.filters import (
    ANY_CIRCLE,
    ANY_TAG,
    ANY_TIME,
    NO_CIRCLE,
    SILENCES,
    Choices,
    silent_for,
)
from contacts.models import Circle, Contact, Tag
from contacts.models.contact import ContactQuerySet
from crm.models import User

# Beyond this many, a search says only that there are more: telling how many takes longer than
# finding the first of them.
COUNTED = 500


class CountedTag(NamedTuple):
    """A tag with how many present contacts have it."""

    pk: int
    name: str
    people: int


@dataclass(frozen=True, slots=True)
class Facets:
    """`choices` for the selects of the filters, each with its number of people."""

    everybody: int
    tags: list[CountedTag]
    choices: dict[str, Choices]


def count_facets(user: User, now: datetime) -> Facets:
    """Two queries, each over the whole of the user's own book."""
    book = Contact.objects.kept_by(user).present()
    counted: dict[str, int] = book.aggregate(
        everybody=Count("pk"),
        **{circle: Count("pk", filter=Q(circle=circle)) for circle in Circle.values},
        **{f"spoken_{spoken}": Count("pk", filter=silent_for(spoken, now)) for spoken in SILENCES},
    )
    everybody = counted["everybody"]
    uncircled = everybody - sum(counted[circle] for circle in Circle.values)
    tags = _count_tags(user)
    circles = [(value, f"{label} ({counted[value]:,})") for value, label in Circle.choices]
    spoken = [(key, f"{label} ({counted[f'spoken_{key}']:,})") for key, label in SILENCES.items()]
    return Facets(
        everybody=everybody,
        tags=tags,
        choices={
            "circle": [ANY_CIRCLE, *circles, (NO_CIRCLE, f"No circle ({uncircled:,})")],
            "spoken": [ANY_TIME, *spoken],
            "tag": [ANY_TAG, *((tag.pk, f"{tag.name} ({tag.people:,})") for tag in tags)],
        },
    )


def _count_tags(user: User) -> list[CountedTag]:
    present = Count("contacts", filter=Q(contacts__trashed_at=None))
    tags = Tag.objects.visible_to(user).annotate(people=present)
    return [CountedTag(*row) for row in tags.values_list("pk", "name", "people")]


@dataclass(frozen=True, slots=True)
class Total:
    """How many were found; with `is_more`, at least so many."""

    number: int
    is_more: bool = False


def count_people(people: ContactQuerySet, *, searched: bool) -> Total:
    """All of `people`; of a search only as many as `COUNTED`."""
    if not searched:
        return Total(people.count())
    number = people.order_by()[: COUNTED + 1].count()
    return Total(min(number, COUNTED), number > COUNTED)
