"""Cards settle what they are given into what every format can carry."""

import pytest

from contacts.interchange.card import Address, Card, CardDate, CardRelative, Detail, NameParts
from contacts.partial_dates import PartialDate


def test_text_is_cleaned() -> None:
    card = Card(
        name=" Ann\r\nLee\x00\ud800 ", note="one\r\ntwo\u2028three\x07\tfour\n", tags=(" a",)
    )

    assert (card.name, card.note, card.tags) == ("Ann Lee", "one\ntwo\nthree\tfour", ("a",))


def test_emoji_families_and_writing_directions_stay() -> None:
    name = "👨\u200d👩\u200d👧 \u202bشيرين\u202c"

    assert Card(name=name).name == name


def test_what_is_empty_is_dropped() -> None:
    card = Card(
        name="Ann",
        name_parts=NameParts(" "),
        emails=(Detail(" "),),
        addresses=(Address("\n"),),
        relatives=(CardRelative("child", ""),),
        tags=("", " "),
        photo=b"",
    )

    assert card == Card(name="Ann")


@pytest.mark.parametrize(
    ("kind", "label"),
    [("Work", "work"), ("_$!<Home>!$_", "personal"), ("HOMEPAGE", "other"), ("other", "other")],
)
def test_a_kind_that_is_a_label_becomes_it(kind: str, label: str) -> None:
    assert (Detail("1", kind=kind).label, Detail("1", kind=kind).kind) == (label, "")


def test_a_kind_that_contradicts_the_label_stays() -> None:
    assert Detail("1", "work", kind="Home") == Detail("1", "work", kind="Home")
    assert Detail("1", "work", kind="Home").kind == "Home"


@pytest.mark.parametrize(
    ("given", "relation"),
    [
        ("_$!<Mother>!$_", "mother"),
        ("DOMESTIC_PARTNER", "domestic partner"),
        ("Spouse", "spouse"),
        ("Stiefmutter", "Stiefmutter"),
    ],
)
def test_usual_relations_have_one_name(given: str, relation: str) -> None:
    assert CardRelative(given, "Ann").relation == relation


def test_anniversaries_and_deaths_find_their_place() -> None:
    first, second = PartialDate(2001, 1, 1), PartialDate(2002, 2, 2)
    card = Card(
        name="Ann",
        dates=(
            CardDate("Anniversary", first),
            CardDate("Died", second),
            CardDate("anniversary", first),
            CardDate("anniversary", second),
        ),
    )

    assert (card.anniversary, card.deathday) == (first, second)
    assert card.dates == (CardDate("anniversary", second),)


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        (NameParts("Doe", "John", "Q.", "Mr.", "Jr."), "Mr. John Q. Doe Jr."),
        (NameParts("山田", "太郎"), "山田 太郎"),
        (NameParts("김", "민준"), "김 민준"),
        (NameParts("Пейчев", "Огнян"), "Огнян Пейчев"),
    ],
)
def test_parts_make_a_name_in_their_order(parts: NameParts, whole: str) -> None:
    assert Card(name_parts=parts).name == whole


def test_an_address_stands_as_on_an_envelope() -> None:
    address = Address("2930 Wetmore Ave.", "Everett", "WA", "98201", "USA", extended="Suite 9B")

    assert address.value == "Suite 9B\n2930 Wetmore Ave.\nEverett, WA 98201\nUSA"
    assert Address("One line", code="1010").value == "One line\n1010"


def test_where_a_card_stood_makes_no_difference() -> None:
    assert Card(name="Ann", line=1) == Card(name="Ann", line=2)
