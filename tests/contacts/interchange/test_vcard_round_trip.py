"""What is written is read back: every plane of Unicode, every field, both versions."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contacts.interchange.card import (
    Address,
    Card,
    CardDate,
    CardRelative,
    Detail,
    Label,
    NameParts,
)
from contacts.interchange.vcard import Version, read_cards, write_cards
from contacts.partial_dates import PartialDate

both_versions = pytest.mark.parametrize("version", get_args(Version))

# Whatever Python takes for text, and often what means something in a vCard.
texts = st.one_of(
    st.text(max_size=40),
    st.text(alphabet="\\;,:\"^=\r\n\t aN'é🎉‏", max_size=20),
    st.text(
        alphabet=st.characters(categories=["Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zs"]), max_size=9
    ),
    st.text(alphabet="åß漢👨‍👩‍👧‍👦", min_size=60, max_size=200),
)
labels = st.sampled_from(get_args(Label))
kinds = st.one_of(st.sampled_from(["", "mobile", "fax", "pager", "twitter", "cell"]), texts)


def _is_bare(text: str) -> bool:
    """Whether `text` is an address without a scheme and a name, as a card has it."""
    return ":" not in text and "<" not in text


@st.composite
def partial_dates(draw: Callable[..., Any]) -> PartialDate:
    day = draw(st.dates())
    shapes = [
        (day.year, day.month, day.day),
        (None, day.month, day.day),
        (day.year, day.month, None),
        (None, day.month, None),
        (day.year, None, None),
    ]
    return PartialDate(*draw(st.sampled_from(shapes)))


def details(values: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[Detail, ...]]:
    return _few(st.builds(Detail, values, labels, st.booleans(), kinds))


def _few(items: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(items, max_size=3).map(tuple)


maybe_dates = st.none() | partial_dates()
cards = st.builds(
    Card,
    name=texts,
    name_parts=st.none() | st.builds(NameParts, texts, texts, texts, texts, texts),
    nickname=texts,
    pronunciation=texts,
    sort_as=texts,
    pronouns=texts,
    gender=st.sampled_from(["", "male", "female", "other", "none"]) | texts,
    is_company=st.booleans(),
    company=texts,
    department=texts,
    title=texts,
    role=texts,
    emails=details(texts.filter(_is_bare)),
    phones=details(texts.filter(_is_bare)),
    addresses=_few(
        st.builds(Address, *[texts] * 7, label=labels, preferred=st.booleans(), kind=kinds)
    ),
    urls=details(texts),
    socials=details(texts.filter(_is_bare)),
    birthday=maybe_dates,
    anniversary=maybe_dates,
    deathday=maybe_dates,
    dates=_few(
        st.builds(
            CardDate, st.sampled_from(["", "anniversary", "died", "other"]) | texts, partial_dates()
        )
    ),
    relatives=_few(
        st.builds(
            CardRelative,
            st.sampled_from(["", "child", "daughter", "friend", "boss"]) | texts,
            texts,
        )
    ),
    tags=_few(texts),
    interests=_few(texts),
    note=texts,
    photo=st.none() | st.binary(max_size=300),
    uid=texts,
    rev=texts,
    time_zone=texts,
    language=texts,
).filter(lambda card: card.name)


@both_versions
@settings(max_examples=300)
@given(written=st.lists(cards, max_size=3))
def test_cards_come_back_as_they_were_written(written: list[Card], version: Version) -> None:
    file = b"".join(write_cards([Card(name="First"), *written], version=version))

    assert list(read_cards(file)) == [Card(name="First"), *written]


@both_versions
@settings(max_examples=100)
@given(card=cards)
def test_lines_are_valid(card: Card, version: Version) -> None:
    [file] = write_cards([card], version=version)

    assert file.endswith(b"\r\n")
    for line in file.removesuffix(b"\r\n").split(b"\r\n"):
        assert len(line) <= 75
        text = line.decode()  # parted inside a character it would raise
        assert not [char for char in text if (char < " " or char == "\x7f") and char != "\t"]


@both_versions
@pytest.mark.parametrize("year", [None, 1, 1000, 1604, 1900, 1904, 2000, 2027, 2028])
def test_every_day_of_a_year_comes_back(year: int | None, version: Version) -> None:
    days = [date.fromordinal(date(2028, 1, 1).toordinal() + number) for number in range(366)]
    birthdays = [
        PartialDate(year, day.month, day.day)
        for day in days
        if (day.month, day.day) != (2, 29) or year in (None, 1604, 1904, 2000, 2028)
    ]
    written = [Card(name="Somebody", birthday=birthday) for birthday in birthdays]

    file = b"".join(write_cards(written, version=version))

    assert [card.birthday for card in read_cards(file) if isinstance(card, Card)] == birthdays


@both_versions
def test_what_was_lost_is_not_written(version: Version) -> None:
    card = Card(name="Ann Lee", tags=("golf",))
    [read] = read_cards(b"BEGIN:VCARD\nFN:Ann Lee\nCATEGORIES:golf\nGEO:1;2\nEND:VCARD")
    assert isinstance(read, Card)
    assert len(read.lost) == 1

    [file] = write_cards([read], version=version)

    assert list(read_cards(file)) == [card] == [replace(read, lost=())]
