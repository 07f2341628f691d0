"""The words somebody typed into a reply, without what their mail program put around them.

No library does this well enough to be used: see the README. When in doubt a line is kept, because
a quote in a note is untidy, and a word that is lost is lost.

What goes: quoted lines, and the line that introduces them; all after "-----Original Message-----"
or after the header of a quoted mail; the signature below "-- "; "Sent from my iPhone". What stays:
words above, below and between quotes, greetings, names, disclaimers. Pure functions, linear in the
length of the mail.
"""

from email.message import Message
from typing import Any

from contacts.folding import clean_text
from followups.replies.parts import html_lines, plain_lines
from followups.replies.phrases import (
    ASIDE,
    CUT,
    closes_attribution,
    has_address,
    header_kind,
    is_advert,
    is_attribution,
    is_divider,
    is_placeholder,
    is_rule,
    may_be_attribution,
    starts_attribution,
)

# Mail programs wrap "On … wrote:" over so many lines, and the header of a mail over so many.
_WRAPPED = 4
_HEADER_LINES = 14
# A longer rest below "--" is no signature, unless the dashes are followed by the space they need.
_SIGNATURE_LINES = 12


def words_typed(message: "Message[Any, Any]") -> str:
    """The words typed into `message`, clean; empty if there are none. Never raises.

    The plain part says what was typed. Where the HTML part says the same, it knows better where
    lines end, and where the quote begins.
    """
    plain, html = typed(plain_lines(message)), typed(html_lines(message))
    words = html.split()
    return html if words and plain.split()[: len(words)] in (words, []) else plain


def typed(lines: list[str]) -> str:
    """What was typed of the lines of a mail."""
    return _Mail(lines).words()


class _Mail:
    """The lines of a mail, and which of them introduce a quote."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = [line.rstrip() if line != "-- " else line for line in lines]
        # Where "On … wrote:" begins, wrapped or not, and the line from which on it is typed again.
        self.attributions: dict[int, int] = {}
        for end in range(1, len(self.lines) + 1):
            if closes_attribution(self.lines[end - 1]):
                self._find_attribution(end)

    def words(self) -> str:
        kept: list[str] = []
        at = 0
        while at < len(self.lines) and not self._is_cut(at):
            beyond = self._skipped(at)
            kept.append("" if beyond > at else self.lines[at])
            at = max(beyond, at + 1)
        return _tidy(kept)

    def _is_cut(self, at: int) -> bool:
        """Whether nothing from here on was typed."""
        line = self.lines[at].removeprefix(ASIDE)
        return line == CUT or is_divider(line) or self._is_header(at)

    def _is_header(self, at: int) -> bool:
        """Whether the header of a quoted mail begins here: three of who, when, to whom and what.

        People write "From: … To: …" of journeys, too: a subject or an address must be in it.
        """
        if header_kind(self.lines[at]) not in {"from", "date"}:
            return False
        block = self.lines[at : at + _HEADER_LINES]
        kinds = {header_kind(line) for line in block} - {""}
        return len(kinds) >= 3 and ("subject" in kinds or any(map(has_address, block)))

    def _skipped(self, at: int) -> int:
        """The first line after what was not typed at `at`; `at` itself if it was typed."""
        line = self.lines[at]
        if _is_quoted(line) or is_advert(line) or is_placeholder(line):
            return at + 1
        if line.rstrip() == "--":
            return self._end_of_signature(at)
        return self.attributions.get(at, at)

    def _end_of_signature(self, at: int) -> int:
        """A signature lasts until something is quoted, or to the end."""
        for end in range(at + 1, len(self.lines)):
            if _is_quoted(self.lines[end]) or end in self.attributions or self._is_cut(end):
                return end
            if self.lines[at] != "-- " and end - at >= _SIGNATURE_LINES:
                return at
        return len(self.lines)

    def _find_attribution(self, end: int) -> None:
        """Remember the attribution that ends before `end`, if one does.

        If no marked quote follows, all the rest is the quote.
        """
        following = next((line for line in self.lines[end : end + 6] if line.strip()), "")
        is_marked = _is_quoted(following)
        start = self._start_of_attribution(end, is_marked=is_marked)
        if start is not None:
            self.attributions[start] = end if is_marked else len(self.lines)

    def _start_of_attribution(self, end: int, *, is_marked: bool) -> int | None:
        """Where the attribution that ends before `end` begins: as near as it can be whole."""
        reads = may_be_attribution if is_marked else is_attribution
        nearest = None
        for start in range(end - 1, max(end - _WRAPPED, 0) - 1, -1):
            if not self.lines[start].strip() or _is_quoted(self.lines[start]):
                break
            if reads(" ".join(line.strip() for line in self.lines[start:end])):
                if starts_attribution(self.lines[start]):
                    return start
                nearest = start if nearest is None else nearest
        return nearest


def _is_quoted(line: str) -> bool:
    return line[:4].lstrip().startswith((">", ASIDE))


def _tidy(lines: list[str]) -> str:
    """One blank line at most between two that are not, and no ruled line at the end."""
    while lines and (not lines[-1].strip() or is_rule(lines[-1])):
        lines.pop()
    pairs = zip(["", *lines], lines, strict=False)
    return clean_text("\n".join(line for before, line in pairs if before.strip() or line.strip()))
