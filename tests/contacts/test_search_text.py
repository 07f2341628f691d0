import pytest

from contacts.folding import terms
from contacts.search_text import index_text, is_short, needles


def test_index_text_has_a_line_for_each_piece_once() -> None:
    assert index_text(["Tom Beaumont", "", "tom beaumont", "Bo"]) == " tom beaumont\n bo"


def test_index_text_of_nothing_is_empty() -> None:
    assert index_text(["", " "]) == ""


@pytest.mark.parametrize(
    ("piece", "text"),
    [
        ("+12022243441", " +12022243441"),
        ("(202) 224-3441", " (202) 224 3441 2022243441"),
        ("田中太郎", " 田 中 太 郎"),
        ("田中 Tom太", " 田 中 tom 太"),
        ("O’Brien-Smith", " obrien smith"),
    ],
)
def test_index_text_is_made_for_finding(piece: str, text: str) -> None:
    assert index_text([piece]) == text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("Müller", [["muller"]]),
        ("202-224-3441", [["202 224 3441", "2022243441"]]),
        ("0171/1234567", [["0171/1234567", "1711234567"]]),
        ("2026", [["2026"]]),
        ("000", [["000"]]),
        ("(02)", [["(02)"]]),
        ("太郎", [["太 郎"]]),
    ],
)
def test_needles_take_the_form_of_the_index(query: str, found: list[list[str]]) -> None:
    assert [needles(term) for term in terms(query)] == found


@pytest.mark.parametrize(
    ("term", "short"), [("a", True), ("li", True), ("ann", False), ("田", True), ("太郎", False)]
)
def test_short_terms_are_those_that_stand_everywhere(term: str, short: bool) -> None:
    assert is_short(term) is short
