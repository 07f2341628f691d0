"""Acts on tags: putting words of the author's own on contacts, and taking them off."""

from collections.abc import Collection, Iterable
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from contacts.folding import clean_line, fold
from contacts.models import Contact, Tag
from contacts.searching import index_contacts
from crm.models import User

MOST_LETTERS = 60

# A contact's and a tag's key.
type Link = tuple[int, int]


@transaction.atomic
def tag(contacts: Collection[Contact], names: Iterable[str], author: User) -> list[Link]:
    """Put tags of `author`'s on `contacts`, all of their book, and make those that are new.

    Names are the same in any case and with or without accents; beyond 60 letters they are cut.
    Returns the links that were not there before.
    """
    tags = tags_named(names, author)
    wanted = [(contact.pk, each.pk) for contact in contacts for each in tags]
    return link(contacts, wanted)


@transaction.atomic
def untag(contacts: Collection[Contact], tags: Iterable[Tag]) -> list[Link]:
    """Take `tags` off `contacts`; returns the links that were there."""
    there = _links().filter(contact__in=contacts, tag__in=list(tags))
    gone = list(there.values_list("contact_id", "tag_id"))
    there.delete()
    index_contacts(contacts)
    return gone


@transaction.atomic
def link(contacts: Collection[Contact], wanted: list[Link]) -> list[Link]:
    """Make the links `wanted` between `contacts` and tags; returns those not there before."""
    there = set(_links().filter(contact__in=contacts).values_list("contact_id", "tag_id"))
    new = [pair for pair in wanted if pair not in there]
    rows = [Contact.tags.through(contact_id=contact, tag_id=tag) for contact, tag in new]
    _links().bulk_create(rows, batch_size=500, ignore_conflicts=True)
    index_contacts(contacts)
    return new


def tags_named(names: Iterable[str], author: User) -> list[Tag]:
    """`author`'s tags of these names, made where they are new."""
    by_key = {key_of(name): name for name in map(_clean, names) if name}
    rows = [Tag(author=author, name=name, folded=key) for key, name in by_key.items()]
    Tag.objects.bulk_create(rows, ignore_conflicts=True)
    return list(Tag.objects.filter(author=author, folded__in=[row.folded for row in rows]))


def key_of(name: str) -> str:
    """By this an author's tags are one or another: case and accents do not count."""
    return (fold(name) or name)[:80]


def _clean(name: str) -> str:
    return clean_line(name)[:MOST_LETTERS].strip()


def _links() -> QuerySet[Any]:
    return Contact.tags.through._default_manager.all()
