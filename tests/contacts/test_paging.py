from datetime import timedelta
from itertools import chain

import pytest
from django.core import signing

from contacts.forms.filters import BY_NAME, BY_SILENCE
from contacts.models import Contact
from contacts.paging import Order, page_of
from crm.models import User
from tests.factories import NOW, make_contact


def walk(order: Order, size: int) -> list[list[str]]:
    """The names on each page, from the first to the last."""
    pages, after = [], ""
    while True:
        page = page_of(Contact.objects.all(), order, after=after, size=size)
        pages.append([contact.name for contact in page.rows])
        if not page.after:
            return pages
        after = page.after


@pytest.fixture
def people(keeper: User) -> list[Contact]:
    names = ["Édith", "ana", "Ana", "Zoë", "Åsa"]
    return [make_contact(keeper=keeper, name=name) for name in names]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 6])
def test_pages_hold_everybody_once_in_order(people: list[Contact], size: int) -> None:
    pages = walk(BY_NAME, size)

    assert list(chain.from_iterable(pages)) == ["ana", "Ana", "Åsa", "Édith", "Zoë"]
    assert max(map(len, pages)) <= size


@pytest.mark.parametrize("size", [1, 2, 4, 5])
def test_pages_by_silence_begin_with_those_never_spoken_to(
    people: list[Contact], size: int
) -> None:
    for contact, days in zip(people[:3], (3, 10, 10), strict=True):
        contact.last_touch_at = NOW - timedelta(days=days)
        contact.save()

    assert list(chain.from_iterable(walk(BY_SILENCE, size))) == [
        "Åsa",
        "Zoë",
        "ana",
        "Ana",
        "Édith",
    ]


def test_page_goes_on_where_the_one_before_ended(people: list[Contact], keeper: User) -> None:
    first = page_of(Contact.objects.all(), BY_NAME, after="", size=2)
    make_contact(keeper=keeper, name="Aaron")
    people[1].delete()

    second = page_of(Contact.objects.all(), BY_NAME, after=first.after, size=2)

    assert [contact.name for contact in second.rows] == ["Åsa", "Édith"]


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "WyJuYW1lIiwieiIsMV0:1abc:forged",
        "\x00",
        signing.dumps(["name", "z", 1], salt="another"),
        signing.dumps(["silence", None, "z", 1], salt="contacts.paging"),
    ],
    ids=["empty", "short", "forged", "nul", "signed for another use", "of another order"],
)
def test_cursor_that_is_none_means_the_first_page(people: list[Contact], cursor: str) -> None:
    page = page_of(Contact.objects.all(), BY_NAME, after=cursor, size=2)

    assert [contact.name for contact in page.rows] == ["ana", "Ana"]
