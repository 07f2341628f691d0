"""How text stands in the search index, and what is looked for there: pure functions.

Each piece of text stands on a line of its own, so that no term matches across two. A space stands
before each word, so that the start of a word can be looked for; and round each letter of scripts
that put no space between words, where a word may start anywhere. PostgreSQL's trigram index, which
knows nothing of two letters in the middle of a word, then finds even one.
"""

import re
from collections.abc import Iterable

from contacts.folding import fold

# Thai and Lao, Burmese, Khmer, Han and kana, hangul.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
    "\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff\uac00-\ud7a3"
)
_LETTER = re.compile(f"[{_UNSPACED}]")
_SEAM = re.compile(rf"(?<=[^ ])(?=[{_UNSPACED}])|(?<=[{_UNSPACED}])(?=[^ ])")
# Phone numbers are kept as E.164 where they can be understood, and typed in every other way.
_NUMBER = re.compile(r"[+(]*\d[\d ()./x]+")
_LEADING_ZEROS = re.compile(r"^[+(]*0+")


def index_text(pieces: Iterable[str]) -> str:
    """What the index holds for these pieces of text; empty if they say nothing."""
    lines = dict.fromkeys(filter(None, map(_line, pieces)))
    return "\n".join(f" {line}" for line in lines)


def needles(term: str) -> list[str]:
    """The texts of which one must be in the index for the folded `term` to be found.

    A phone number is looked for without signs, and without the zero of its country's own use.
    """
    found = [_spaced(term)]
    if _NUMBER.fullmatch(term):
        digits = re.sub(r"\D", "", _LEADING_ZEROS.sub("", term))
        found += [digits] * (len(digits) > 2 and digits not in found)
    return found


def is_short(term: str) -> bool:
    """Whether `term` stands in nearly every text: one or two letters, or one that is a syllable."""
    return len(term) < (2 if _LETTER.search(term) else 3)


def _line(piece: str) -> str:
    folded = fold(piece)
    return f"{_spaced(folded)} {_digits_of(folded)}".strip()


def _spaced(folded: str) -> str:
    return folded if folded.isascii() else _SEAM.sub(" ", folded)


def _digits_of(folded: str) -> str:
    """The digits of a phone number that was kept as given; what E.164 says needs no other form."""
    if len(folded) < 5 or not _NUMBER.fullmatch(folded):
        return ""
    digits = re.sub(r"\D", "", folded)
    return "" if digits in folded else digits
