"""A mail taken apart: its text, as the lines that a reader of plain mail would see.

Mails come from strangers. Nothing here raises, whatever the bytes are, and the work grows with
their number: what Python's own parser takes quadratic time for is cut off before it gets there.
"""

import re
from codecs import lookup
from collections.abc import Iterator
from email import policy
from email.message import Message
from email.parser import BytesParser
from itertools import islice
from typing import Any

from contacts.folding import clean_text
from followups.replies.markup import Page

# Words come first in a mail; what follows the first megabyte are pictures.
MOST_BYTES = 1_000_000
MOST_LINES = 20_000
MOST_PARTS = 50
LONGEST_HEADER = 5000
# Each level of nesting is named so; the parser compares every line with each level around it.
_LEVEL = re.compile(rb"boundary|message/", re.IGNORECASE)
_MOST_LEVELS = 30


class _ShortHeaders(policy.Compat32):
    """Headers are cut: the parser reads a long list of parameters in quadratic time."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines[:200])
        return name, value[:LONGEST_HEADER]


_PARSER = BytesParser(policy=_ShortHeaders())


def read_mail(raw: bytes) -> "Message[str, str]":
    """The mail in `raw`, as far as somebody's words may be in it; an empty one if it is none."""
    raw = b"\n".join(raw[:MOST_BYTES].replace(b"\r\n", b"\n").split(b"\n", MOST_LINES)[:MOST_LINES])
    beyond = next(islice(_LEVEL.finditer(raw), _MOST_LEVELS, None), None)
    try:
        return _PARSER.parsebytes(raw[: beyond.start()] if beyond else raw)
    except ValueError:  # a boundary in a charset that is none
        return Message()


def plain_lines(message: "Message[Any, Any]") -> list[str]:
    """The lines of the parts that are plain text; wrapped paragraphs are put together again."""
    lines: list[str] = []
    for part in _texts(message, "text/plain"):
        found = _text_of(part).split("\n")
        flowed = str(part.get_param("format") or "").lower() == "flowed"
        delsp = str(part.get_param("delsp") or "").lower() == "yes"
        lines += _unflow(found, delsp=delsp) if flowed else found
    return lines


def html_lines(message: "Message[Any, Any]") -> list[str]:
    """The lines of the parts that are HTML, quotes marked as in plain mail: "> …"."""
    page = Page()
    for part in _texts(message, "text/html"):
        page.read(_text_of(part))
    return page.lines


def _texts(message: "Message[Any, Any]", kind: str) -> "Iterator[Message[Any, Any]]":
    for part in islice(_leaves(message), MOST_PARTS):
        if part.get_content_type() == kind and part.get_content_disposition() != "attachment":
            yield part


def _leaves(message: "Message[Any, Any]") -> "Iterator[Message[Any, Any]]":
    """The parts that have no parts; mails inside the mail are left alone."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        if not part.is_multipart():  # asked for its text, it would decode that as it is told
            yield part
        elif part.get_content_maintype() == "multipart":
            parts: Any = part.get_payload()
            waiting += reversed(parts)


def _text_of(part: "Message[Any, Any]") -> str:
    raw = part.get_payload(decode=True)
    text = _decode(raw, _charset(part)) if isinstance(raw, bytes) else ""
    return clean_text(text.replace("\xa0", " ").replace("\u202f", " "))


def _charset(part: "Message[Any, Any]") -> str:
    """The charset the part names, as Python calls it; UTF-8 where it names none that is one."""
    try:
        known = lookup(part.get_content_charset() or "utf-8").name
    except (LookupError, ValueError):
        return "utf-8"
    return known if _CHARSETS.match(known) else "utf-8"


# Not all codecs are charsets: one of them takes quadratic time.
_CHARSETS = re.compile(
    "utf|ascii|iso|cp|koi8|gb|big5|euc|shift|hz$|johab|tis|kz|ptcp|mac", re.IGNORECASE
)


def _decode(raw: bytes, charset: str) -> str:
    """`raw` in UTF-8 where it is that, whatever it says; else as it says, with gaps."""
    if charset not in {"utf-8", "ascii"}:
        try:
            return raw.decode(charset)
        except UnicodeError:
            pass
    try:
        return raw.decode()
    except UnicodeError:
        return raw.decode("cp1252" if charset in {"utf-8", "ascii"} else charset, "replace")


def _unflow(lines: list[str], *, delsp: bool) -> list[str]:
    """Put together what was wrapped for the way (RFC 3676): lines that end in a space go on."""
    found: list[list[str]] = []
    goes_on = False
    for line in lines:
        if line.startswith(">"):
            found.append([line])
            goes_on = False
            continue
        line = line.removeprefix(" ")
        soft = line.endswith(" ") and line != "-- "
        text = line[:-1] if soft and delsp else line
        if goes_on and line != "-- ":
            found[-1].append(text)
        else:
            found.append([text])
        goes_on = soft
    return ["".join(pieces) for pieces in found]
