"""Real vCards of 28 public projects, and the people of the demo: they lie beside the project."""

import json
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from contacts.interchange.card import Card, Detail, NameParts, Problem
from contacts.interchange.vcard import NotVCard, read_cards

pytestmark = pytest.mark.shared

_SHARED = Path(__file__).resolve().parents[4] / "shared"
_CORPUS = _SHARED / "corpora" / "vcards"
# What the list of facts has under a name of its own, or leaves out on purpose.
_BEYOND_THE_LIST = frozenset(["agent", "assistant", "manager"])


def _expectations() -> dict[str, Any]:
    file = _CORPUS / "expected.json"
    return json.loads(file.read_text()) if file.exists() else {}


EXPECTED = {name: facts for name, facts in _expectations().items() if name != "_about"}
needs_corpus = pytest.mark.skipif(not EXPECTED, reason="needs ../shared/corpora beside the project")


def _files(*classes: str) -> list[str]:
    return [name for name, facts in EXPECTED.items() if facts["class"] in classes]


@needs_corpus
@pytest.mark.parametrize("name", _files("wellformed", "lenient"))
def test_reading_agrees_with_a_person(name: str) -> None:
    expected = EXPECTED[name]
    found = sorted(_read(name), key=lambda one: one.line)
    if b"KIND:group" in (_CORPUS / name).read_bytes():
        assert found == []
        return

    assert len(found) in expected.get("n_cards_accepted", [expected["n_cards"]])
    for facts, one in zip(expected["cards"], found, strict=False):
        if isinstance(one, Problem):
            assert facts["nameless"]
            assert facts["emails"] == facts["phones"] == []
        else:
            _compare(facts, one)


@needs_corpus
@pytest.mark.parametrize("name", _files("malformed"))
def test_what_no_person_can_read_says_so(name: str) -> None:
    expected = EXPECTED[name]
    try:
        results = list(read_cards((_CORPUS / name).read_bytes()))
    except NotVCard:
        assert 0 in expected["n_cards_accepted"]
        return

    cards = [one for one in results if isinstance(one, Card)]
    assert len(cards) in expected["n_cards_accepted"]
    assert [one for one in results if isinstance(one, Problem)]
    for card in cards:
        _compare({"emails": [], "phones": []} | expected.get("if_salvaged", {}), card)


def _read(name: str) -> list[Card | Problem]:
    """The cards of a file, and what stands in the place of one that was left out."""
    results = read_cards((_CORPUS / name).read_bytes())
    return [one for one in results if isinstance(one, Card) or one.skipped]


def _compare(facts: dict[str, Any], card: Card) -> None:
    accept = facts.get("accept", {})
    if facts.get("fn"):
        assert _plain(card.name) in map(_plain, accept.get("fn", [facts["fn"]]))
    assert card.name
    for part, value in facts.get("n", {}).items():
        allowed = [_words(one) for one in accept.get(part, [value])]
        assert _words(getattr(card.name_parts or NameParts(), part)) in allowed
    emails = [_folded(facts["emails"]), *map(_folded, accept.get("emails", []))]
    assert _folded(detail.value for detail in card.emails) in emails
    assert _digits(card.phones) == sorted(map(_dialled, facts["phones"]))
    if "birthday" in facts:
        assert (card.birthday.iso if card.birthday else None) == facts["birthday"]
    _compare_work(facts, card)
    _compare_photo(facts, card)
    _compare_second_tier(facts, card)


def _compare_work(facts: dict[str, Any], card: Card) -> None:
    if "org" in facts:
        assert _plain(card.company) == _plain(facts["org"] or "")
    if "org_units" in facts:
        assert _plain(card.department) == _plain(", ".join(facts["org_units"]))
    if "title" in facts:
        assert _plain(card.title) == _plain(facts["title"])
    if "nickname" in facts:
        assert _words(card.nickname)[: len(_words(facts["nickname"]))] == _words(facts["nickname"])


def _compare_photo(facts: dict[str, Any], card: Card) -> None:
    """A broken one may still be bytes here: whether they make a picture is seen in decoding it."""
    photo = facts.get("photo", "none")
    if photo == "embedded":
        assert card.photo is not None
        assert len(card.photo) == facts["photo_bytes"]
    elif photo != "broken":
        assert card.photo is None


def _compare_second_tier(facts: dict[str, Any], card: Card) -> None:
    dates = {(one.label.casefold() or "date", one.date.iso) for one in card.dates}
    for label, date in (("anniversary", card.anniversary), ("died", card.deathday)):
        dates |= {(label, date.iso)} if date else set()
    assert dates == {tuple(one) for one in facts.get("other_dates", [])}
    relatives = {(one.relation.casefold() or "relation", one.name) for one in card.relatives}
    expected = {tuple(one) for one in facts.get("relations", [])}
    assert expected <= relatives
    assert {relation for relation, _ in relatives - expected} <= _BEYOND_THE_LIST


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _words(text: str) -> list[str]:
    return _plain(text.replace(",", " ")).split()


def _folded(emails: Iterable[str]) -> list[str]:
    return sorted(email.casefold() for email in emails)


def _dialled(phone: str) -> str:
    return re.sub(r"(?!^\+)[^0-9A-Za-z]", "", _plain(phone))


def _digits(phones: tuple[Detail, ...]) -> list[str]:
    return sorted(_dialled(phone.value) for phone in phones)


@pytest.mark.parametrize(
    ("file", "count", "birthdays", "photos"),
    [
        ("people.vcf", 537, 537, 60),
        ("people-historical.vcf", 12_230, 11_688, 0),
        ("people-world.vcf", 616, 616, 0),
    ],
)
def test_people_are_read_whole(
    shared: Path, file: str, count: int, birthdays: int, photos: int
) -> None:
    cards = list(read_cards((shared / "data" / "people" / file).read_bytes()))

    assert [one for one in cards if isinstance(one, Problem) or one.lost] == []
    read = [one for one in cards if isinstance(one, Card)]
    assert len(read) == count
    assert len([card for card in read if card.birthday and card.birthday.is_complete]) == birthdays
    assert len([card for card in read if card.photo]) == photos
