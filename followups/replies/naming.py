"""Whom a reply is about, and how they were reached.

A reply to one's own digest is dictated, not a letter. Its first line names somebody as people do:
"Tom: …", "@Tom …", "Called Tom about …", "Tom Baker …", or the name alone. Of a name, any of its
words will do, and the nickname; a whole name goes before one that only has these words. A later
line that begins with "Priya: …" or "@Priya …" begins a note on her.

It is a touch only where it says so, in the past: "called", "met", "texted" and their like, before
the name or right after it. "Tom: call him" is a plan. Pure functions.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from contacts.folding import fold

LONGEST_NAME = 80
MOST_WORDS = 4
# Beyond so many lines, nobody else is looked for.
MOST_LINES = 500

_REACHED = {
    "call": ("called", "phoned", "rang", "telephoned", "spoke", "spoken", "talked"),
    "meeting": ("met", "saw", "visited"),
    "message": ("texted", "messaged", "whatsapped"),
    "email": ("emailed", "e-mailed", "mailed"),
    "video": ("zoomed", "facetimed"),
}
_CHANNELS = {word: channel for channel, words in _REACHED.items() for word in words}
_VERBS = "|".join(_CHANNELS)

_BEFORE = re.compile(rf"(?:i )?({_VERBS})\s+(?:(?:to|with|up)\s+)*", re.IGNORECASE)
# "Called off the deal", "Met his quota" are no touches.
_AFTER = re.compile(
    rf"({_VERBS})\s*(?:$|[.,;:!?…–—-]|\b(?:him|her|them|back|today|yesterday|this|last|at|in|on|for"
    r"|over|about|and|again|twice|with|to|just|earlier)\b)",
    re.IGNORECASE,
)
_APART = re.compile(
    rf"(@?)([^\s:：@][^:：,;@]{{0,{LONGEST_NAME}}}?)\s*(?:[:：,;]|\s[-–—](?=\s))\s*"
)
_ADDRESS = re.compile(rf"@\S|[^\s:：@][^:：@]{{0,{LONGEST_NAME}}}[:：]")
_WORD = re.compile(r"[^\s@]\S*")


class Circle:
    """People among whom a name is looked for: (key, folded name, folded nickname) of each."""

    def __init__(self, people: Iterable[tuple[int, str, str]]) -> None:
        self._called: dict[str, set[int]] = defaultdict(set)
        self._has: dict[str, set[int]] = defaultdict(set)
        for pk, name, nickname in people:
            for whole in filter(None, (name, nickname)):
                self._called[whole].add(pk)
                for word in whole.split():
                    self._has[word].add(pk)

    def find(self, name: str) -> set[int]:
        """The keys of those whom the folded `name` may mean."""
        if name in self._called:
            return self._called[name]
        return set.intersection(*(self._has.get(word, set()) for word in name.split()))


@dataclass(frozen=True, slots=True)
class Named:
    """Some words, the key of whom they name (None for nobody), and the channel.

    `is_unclear` says that they name somebody of whom there are several.
    """

    pk: int | None
    words: str
    channel: str
    is_unclear: bool = False


def read(words: str, circles: Sequence[Circle]) -> Named:
    """Whom the first line of `words` names, in the first of `circles` where anybody is called so.

    The words come back without the name where it stood apart from them.
    """
    line, _, rest = words.partition("\n")
    verb = _BEFORE.match(line)
    start = verb.end() if verb else 0
    for name, left in _candidates(line[start:], after_verb=bool(verb), is_alone=not rest):
        found = _find(name, circles)
        if len(found) > 1:
            return Named(None, words, _channel(verb), is_unclear=True)
        if found:
            text = f"{line if left is None else left}\n{rest}".strip()
            after = (
                text
                if left is not None and not text.startswith(name)
                else (line[start:].partition(name)[2].lstrip(" @:：,;–—-"))
            )
            return Named(found.pop(), text, _channel(verb or _AFTER.match(after)))
    return Named(None, words, _channel(_AFTER.match(line)))


def split(words: str, circles: Sequence[Circle]) -> list[Named]:
    """`words` by whom they are about: the first piece, and one for each further address."""
    lines = words.split("\n")
    starts = [0]
    for at, line in enumerate(lines[1:MOST_LINES], start=1):
        if _ADDRESS.match(line):
            piece = read(f"{line}\n-", circles)
            if piece.pk is not None or piece.is_unclear:
                starts.append(at)
    ends = [*starts[1:], len(lines)]
    pieces = ["\n".join(lines[a:b]).strip() for a, b in zip(starts, ends, strict=True)]
    return [read(piece, circles) for piece in pieces]


def _candidates(text: str, *, after_verb: bool, is_alone: bool) -> Iterator[tuple[str, str | None]]:
    """Names that `text` may begin with, and what is left of it; None where the name belongs to it.

    The likeliest first: what stands apart, the whole line, then so many words.
    """
    if apart := _APART.match(text):
        yield apart[2], text[apart.end() :] if apart.end() < len(text) or not is_alone else None
    if not is_alone and len(text) <= LONGEST_NAME:
        yield text.removeprefix("@").rstrip(".:, "), ""
    found = list(_WORD.finditer(text[: 2 * LONGEST_NAME]))[:MOST_WORDS]
    is_marked = text.startswith("@")
    fewest = 1 if is_marked or after_verb else 2
    for count in range(len(found), fewest - 1, -1):
        name = text[found[0].start() : found[count - 1].end()].rstrip(".,;:!?’'")
        yield name, text[1:] if is_marked and not after_verb else None


def _find(name: str, circles: Sequence[Circle]) -> set[int]:
    folded = fold(name)
    if len(folded) < 2:
        return set()
    found = (circle.find(folded) for circle in circles)
    return set(next(filter(None, found), set()))


def _channel(verb: re.Match[str] | None) -> str:
    return _CHANNELS[verb[1].lower()] if verb else "other"
