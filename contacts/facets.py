"""How many people there are, in the book and of those asked for."""

from dataclasses import dataclass

from django.db.models import Count

from contacts.forms.filters import ANY_CIRCLE, ANY_TAG, NO_CIRCLE, Choices
from contacts.models import Circle, Contact, Tag
from contacts.models.contact import ContactQuerySet
from crm.models import User

# Beyond this many, a search says only that there are more: telling how many takes longer than
# finding the first of them.
COUNTED = 500


@dataclass(frozen=True, slots=True)
class Facets:
    """`choices` for the selects of the filters, those of circles with their numbers of people."""

    everybody: int
    tags: list[Tag]
    choices: dict[str, Choices]


def count_facets(user: User) -> Facets:
    """Two queries: one over all of the user's book, but over an index alone; one for their tags.

    Other filters show no numbers: telling them takes as long as all the rest of the page.
    """
    book = Contact.objects.kept_by(user).present().order_by()
    counts = book.values_list("circle").annotate(people=Count("*"))
    people = dict(counts)
    tags = list(Tag.objects.visible_to(user))
    circles = [*Circle.choices, ("", "No circle")]
    counted = {key: f"{label} ({people.get(key, 0):,})" for key, label in circles}
    return Facets(
        everybody=sum(people.values()),
        tags=tags,
        choices={
            "circle": [ANY_CIRCLE, *((key or NO_CIRCLE, label) for key, label in counted.items())],
            "tag": [ANY_TAG, *((tag.pk, tag.name) for tag in tags)],
        },
    )


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
