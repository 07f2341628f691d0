"""The lines of a vCard file: from bytes to properties, card by card.

What vCard 2.1 (versit, 1996), 3.0 (RFC 2426) and 4.0 (RFC 6350) have in common, and what real
programs make of it. Reading is linear in the length of the file whatever stands in it: each byte
is passed by a few patterns that never go back, and what exceeds a limit is skipped, not read.
"""

import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice

from contacts.interchange import charsets
from contacts.interchange.vcard_text import MAX_PARTS, split, types_in, unescape

MAX_BYTES = 10 * 1024 * 1024
MAX_CARDS = 20_000
MAX_CARD_BYTES = 1024 * 1024  # pictures and sounds do not count
MAX_PROPERTIES = 200
MAX_DEPTH = 2
_MAX_VALUE = 2 * MAX_CARD_BYTES
_MAX_HEADER = 8192
_MAX_PARAMETERS = 50

_EOL = rb"(?:\r*+\n|\r)"
_VCARD = rb"[ \t]*+:[ \t]*+VCARD[ \t]*+(?=[\r\n]|\Z)"
# A line goes on where the next one starts with white space; blank lines in between do not end it.
_END_OF_LINE = re.compile(rb"(?<![\r\n])[\r\n]++(?![ \t])")
_BLANK = re.compile(rb"[\r\n]*+")
_FOLD = re.compile(rb"[\r\n]++[ \t]")
# Quoted-printable goes on after a "=" at the end of a line, except into the edge of a card.
_QUOTED_PRINTABLE = re.compile(
    rb"(?:[^\r\n]*+(?:(?:(?<==)|(?<==[ \t]))" + _EOL + rb"(?!(?i:(?:BEGIN|END)" + _VCARD + rb"))"
    rb"|[\r\n]++[ \t]))*+[^\r\n]*+"
)
_SOFT_BREAK = re.compile(rb"=[ \t]?" + _EOL)
# Outlook does not indent base64; nothing else looks like a line of it, having a colon.
_MORE_BASE64 = re.compile(rb"(?:[\r\n]++[A-Za-z0-9+/=]++[ \t]*+(?=[\r\n]|\Z))*+")
# Line breaks that were not escaped leave lines without a colon behind.
_MORE_TEXT = re.compile(rb"(?:[\r\n]++(?!#)[^:\r\n]++(?=[\r\n]++[^ \t\r\n]|[\r\n]*+\Z))*+")
_MEDIA = frozenset(["KEY", "LOGO", "PHOTO", "SOUND"])
_MAY_GO_ON = frozenset(["ADR", "EMAIL", "LABEL", "NOTE"])
_QUOTED_HEADER = re.compile(rb'(?:[^":]++|"[^"]*+")*+:')
_PARAMETER = re.compile(r'(?:[^";]++|"[^"]*+"|")++')
_NAME = re.compile(r"(?:[\w/-]*\.)*[\w/-]+", re.ASCII)
_START = rb"(?:\A[ \t]*+|(?<=[\r\n]))(?:\xef\xbb\xbf)?(?:[\w-]*+\.)?"
_BEGIN_CARD = re.compile(_START + rb"BEGIN" + _VCARD, re.IGNORECASE)
_ANY_EDGE = re.compile(_START + rb"(?:BEGIN|END)" + _VCARD, re.IGNORECASE)
_ABOVE_ASCII = re.compile(rb"[A-Za-z]?[\x80-\xff][^\r\n]*+")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]+")

_ENCODINGS = frozenset(["QUOTED-PRINTABLE", "BASE64", "B", "8BIT", "7BIT"])


class NotVCard(ValueError):
    """The file holds no vCard at all; says what it may be instead."""


class TooLarge(ValueError):
    """The file is beyond what is read at once; says by how much."""


@dataclass(slots=True)
class Property:
    """One property as it stands: `text` still has its escapes, `data` is base64 not yet decoded.

    At most one of the two says something. A line that is no property at all has no `name`.
    `params` are shared between properties that begin alike: not to be changed.
    """

    name: str
    group: str
    params: Mapping[str, str]
    text: str
    data: bytes
    line: int

    @property
    def types(self) -> list[str]:
        """The values of TYPE in lower case, however they were listed."""
        return types_in(self.params.get("TYPE", ""))

    @property
    def value(self) -> str:
        return unescape(self.text)

    def components(self, most: int = MAX_PARTS) -> list[str]:
        """The parts between semicolons; the last of `most` takes what is left."""
        return split(self.text, ";", most)


@dataclass(frozen=True, slots=True)
class Edge:
    """A line that begins or ends a card. Odd is one with a blank or a point before it."""

    is_begin: bool
    is_odd: bool
    line: int


@dataclass(slots=True)
class Block:
    """The properties of one card, in order, and what was wrong with it as a whole."""

    line: int
    is_agent: bool = False
    has_odd_start: bool = False
    properties: list[Property] = field(default_factory=list)
    size: int = 0
    has_end: bool = False
    beyond: str = ""

    def add(self, prop: Property) -> None:
        """Take `prop` in, unless the card is then beyond a limit: `beyond` says which."""
        self.size += len(prop.text) if prop.name not in _MEDIA else 0
        if len(self.properties) >= MAX_PROPERTIES:
            self.beyond = f"more than {MAX_PROPERTIES} entries"
        elif self.size > MAX_CARD_BYTES:
            self.beyond = f"more than {MAX_CARD_BYTES // 1024 // 1024} MB of text"
        else:
            self.properties.append(prop)


class Blocks:
    """The cards of a file, one after the other. `guessed` is the codec read without being told."""

    def __init__(self, data: bytes, *, max_bytes: int = MAX_BYTES) -> None:
        """Raise `TooLarge` or `NotVCard`; nothing is raised once iteration has begun."""
        if len(data) > max_bytes:
            size, most = len(data) / 1024 / 1024, max_bytes / 1024 / 1024
            raise TooLarge(f"This file has {size:.1f} MB; up to {most:.0f} MB can be read at once.")
        data = charsets.as_utf8(data)
        _check_cards(data)
        self._lines = _Lines(data)

    @property
    def guessed(self) -> str | None:
        return self._lines.guessed

    def __iter__(self) -> Iterator[Block]:
        """Cards in the order of their ends.

        One that begins inside another is a card of its own, unless it is the value of AGENT; the
        outer one goes on after it, so that neither a missing END nor a nested card loses a line.
        """
        lines = self._lines
        open_blocks: list[Block] = []
        while item := lines.next_in_card() if open_blocks else lines.next_begin():
            if isinstance(item, Property):
                open_blocks[-1].add(item)
            elif item.is_begin:
                if len(open_blocks) == MAX_DEPTH:
                    yield open_blocks.pop()
                open_blocks.append(Block(item.line, _awaits_agent(open_blocks), item.is_odd))
            else:
                block = open_blocks.pop()
                block.has_end = True
                if not block.is_agent:
                    yield block
                elif block.properties:
                    open_blocks[-1].add(_agent_of(block))
            if open_blocks and open_blocks[-1].beyond:
                lines.skip_to_edge()
        yield from reversed(open_blocks)


class _Lines:
    """A place in the bytes of a file, moved forward property by property."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.guessed: str | None = None
        self._at = 0
        self._line = 1
        self._newline = b"\n" if b"\n" in data else b"\r"

    def next_begin(self) -> Edge | None:
        """The next line that begins a card; what stands before it belongs to none."""
        found = _BEGIN_CARD.search(self.data, self._at)
        if found is None:
            return None
        self._move(found.start())
        return self._read_edge(found)

    def skip_to_edge(self) -> None:
        """Leave out the rest of the card."""
        found = _ANY_EDGE.search(self.data, self._at)
        self._move(found.start() if found else len(self.data))

    def next_in_card(self) -> Property | Edge | None:
        """The next edge, property or stray line; comments are passed over. None at the end."""
        while self._at < len(self.data):
            item = self._read(self._at)
            if isinstance(item, Edge) or item.name or not item.text.startswith("#"):
                return item
        return None

    def _move(self, to: int) -> None:
        """Go on at the first line that has something in it, from `to` on."""
        found = _BLANK.match(self.data, to)
        to = found.end() if found else to
        self._line += self.data.count(self._newline, self._at, to)
        self._at = to

    def _read(self, start: int) -> Property | Edge:
        """What starts at `start`; moves behind it."""
        data, line = self.data, self._line
        found = _END_OF_LINE.search(data, start)
        end = found.start() if found else len(data)
        header, colon = _header_of(data[start:end])
        if header is None:
            self._move(end)
            text = self._text(_unfold(data[start : min(end, start + _MAX_VALUE)]), None)
            return Property("", "", {}, text, b"", line)
        group, name, params = header
        if name in ("BEGIN", "END") and (edge := _ANY_EDGE.match(data, start)):
            return self._read_edge(edge)
        value_at = start + colon + 1
        encoding = params.get("ENCODING", "").upper()
        if encoding in ("B", "BASE64"):
            end = _match_end(_MORE_BASE64, data, end)
            self._move(end)
            return Property(name, group, params, "", data[value_at:end], line)
        if encoding == "QUOTED-PRINTABLE":
            end = _match_end(_QUOTED_PRINTABLE, data, value_at)
        more_end = _match_end(_MORE_TEXT, data, end) if name in _MAY_GO_ON else end
        self._move(more_end)
        # What is too large for a card need not be read to its end.
        most = len(data) if name in _MEDIA else _MAX_VALUE
        raw = _value_of(name, encoding, data[value_at : min(end, value_at + most)])
        raw += data[end : min(more_end, end + most)]
        return Property(name, group, params, self._text(raw, params.get("CHARSET")), b"", line)

    def _read_edge(self, found: re.Match[bytes]) -> Edge:
        """The line that begins or ends a card, which never goes on in the next one."""
        line = self._line
        self._move(found.end())
        return Edge(b"BEGIN" in found[0].upper(), found[0][:1] in (b" ", b"\t", b"."), line)

    def _text(self, raw: bytes, charset: str | None) -> str:
        """`raw` in the letters of `charset`, else UTF-8, else the likeliest."""
        codec = charsets.codec_named(charset) if charset else None
        try:
            text = raw.decode(codec or "utf-8")
        except UnicodeDecodeError:
            text = self._text_of_unknown(raw, codec)
        return text if text.isprintable() else _CONTROL.sub("", text)

    def _text_of_unknown(self, raw: bytes, codec: str | None) -> str:
        """`raw`, which `codec` (or UTF-8) cannot read to its end."""
        if codec is not None and codec != "utf-8":
            return raw.decode(codec, "replace")
        mended = charsets.mend_utf8(raw)
        if mended is not None:
            return mended
        self.guessed = self.guessed or charsets.guess_codec(self._unreadable_lines())
        return raw.decode(self.guessed, "replace")

    def _unreadable_lines(self) -> Iterator[bytes]:
        """Some ends of lines that are not UTF-8."""
        ends = (found[0] for found in islice(_ABOVE_ASCII.finditer(self.data), 20_000))
        return islice((end[:200] for end in ends if not _is_utf8(end)), 200)


def _check_cards(data: bytes) -> None:
    count = sum(1 for _ in _BEGIN_CARD.finditer(data))
    if count > MAX_CARDS:
        raise TooLarge(f"This file has {count:,} cards; up to {MAX_CARDS:,} can be read at once.")
    if count:
        return
    if not data.strip():
        raise NotVCard("This file is empty.")
    if b"BEGIN:VCALENDAR" in data[:1024].upper():
        raise NotVCard("This is a calendar, not a vCard file: it has appointments, no people.")
    raise NotVCard("This is not a vCard file: no line in it says BEGIN:VCARD.")


def _awaits_agent(open_blocks: list[Block]) -> bool:
    """Whether a card that begins here is the value of the AGENT just before it."""
    last = open_blocks[-1].properties[-1:] if open_blocks else []
    return bool(last) and last[0].name == "AGENT" and not last[0].text.strip()


def _agent_of(block: Block) -> Property:
    lines = "\n".join(f"{prop.name}:{prop.text}" for prop in block.properties)
    return Property("AGENT", "", {}, lines, b"", block.line)


def _header_of(raw: bytes) -> tuple[tuple[str, str, Mapping[str, str]] | None, int]:
    """Group, name and parameters of a line, and where its colon stands; None if it has none."""
    colon = raw.find(b":")
    if b'"' in raw[: colon + 1] and (found := _QUOTED_HEADER.match(raw)):
        colon = found.end() - 1
    if colon < 0:
        return None, -1
    header = _unfold(raw[:colon])
    # Only short ones come again, and a long one may be hostile.
    parse = _parse_header if len(header) < 100 else _parse_header.__wrapped__
    return parse(header[:_MAX_HEADER]), colon


@lru_cache(maxsize=256)
def _parse_header(raw: bytes) -> tuple[str, str, Mapping[str, str]] | None:
    header = raw.decode("utf-8", "replace").lstrip("\ufeff")
    if '"' in header:
        head, *params = _PARAMETER.findall(header)[: _MAX_PARAMETERS + 1] or [""]
    else:
        head, *params = header.split(";", _MAX_PARAMETERS)
    head = head.strip()
    if not _NAME.fullmatch(head):
        return None
    group, _, name = head.rpartition(".")
    return group.upper(), name.upper(), _parameters(params)


def _parameters(raw: list[str]) -> dict[str, str]:
    """Parameters by name, repeated ones as a list; bare ones as vCard 2.1 means them."""
    params: dict[str, str] = {}
    for one in raw:
        name, equals, value = one.partition("=")
        name, value = name.strip().upper(), value.replace('"', "").strip()
        if not equals:
            name, value = ("ENCODING" if name in _ENCODINGS else "TYPE"), one.replace('"', "")
        params[name] = f"{params[name]},{value}" if name in params else value
    return params


def _value_of(name: str, encoding: str, raw: bytes) -> bytes:
    """The value in one line, decoded if quoted-printable."""
    if encoding == "QUOTED-PRINTABLE":
        return binascii.a2b_qp(_unfold(_SOFT_BREAK.sub(b"", raw)))
    if name == "AGENT":  # holds a card of its own, whose lines must not run together
        return _FOLD.sub(b"\n", raw)
    return _unfold(raw)


def _unfold(raw: bytes) -> bytes:
    """One line of several; any line break in `raw` goes on with white space."""
    newline = b"\n" if b"\n" in raw else b"\r"
    if newline not in raw:
        return raw
    raw = raw.replace(newline + b" ", b"").replace(newline + b"\t", b"")
    return raw.translate(None, b"\r\n")


def _match_end(pattern: re.Pattern[bytes], data: bytes, at: int) -> int:
    """Where `pattern`, which matches anywhere if only nothing, ends from `at` on."""
    found = pattern.match(data, at)
    return found.end() if found else at


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True
