"""A mail taken apart: its text, as the lines that a reader of plain mail would see.

Mails come from strangers. Nothing here raises, whatever the bytes are, and the work grows with
their number: what Python's own parser takes quadratic time for is cut off before it gets there.
"""

import re
from codecs import lookup
from collections import Counter
from collections.abc import Iterator
from email import policy
from email.message import Message
from email.parser import BytesParser
from enum import Enum, auto
from html import unescape
from itertools import islice
from typing import Any

from contacts.folding import clean_text
from followups.reply_phrases import ASIDE, CUT

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


def read_mail(raw: bytes) -> "Message[str, str]":
    """The mail in `raw`, as far as somebody's words may be in it."""
    raw = b"\n".join(raw[:MOST_BYTES].replace(b"\r\n", b"\n").split(b"\n", MOST_LINES)[:MOST_LINES])
    beyond = next(islice(_LEVEL.finditer(raw), _MOST_LEVELS, None), None)
    return BytesParser(policy=_ShortHeaders()).parsebytes(raw[: beyond.start()] if beyond else raw)


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
    page = _Page()
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
        parts = part.get_payload()
        if not isinstance(parts, list):
            yield part
        elif part.get_content_maintype() == "multipart":
            waiting += reversed([each for each in parts if isinstance(each, Message)])


def _text_of(part: "Message[Any, Any]") -> str:
    raw = part.get_payload(decode=True)
    text = _decode(raw, _charset(part)) if isinstance(raw, bytes) else ""
    return clean_text(text.replace("\xa0", " ").replace("\u202f", " "))


def _charset(part: "Message[Any, Any]") -> str:
    """The charset the part names, as Python calls it; UTF-8 where it names none that is one."""
    name = part.get_content_charset() or ""
    if not re.fullmatch(r"[\w.:-]{1,40}", name, re.ASCII):
        return "utf-8"
    try:
        known = lookup(name).name
    except LookupError:
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


# --- HTML ------------------------------------------------------------------------------------

_BLOCKS = {
    *("address", "article", "aside", "center", "dd", "div", "dl", "dt", "fieldset", "figure"),
    *("footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "li", "main", "ol", "p"),
    *("pre", "section", "table", "tr", "ul", "blockquote"),
}
_EMPTY = {"area", "base", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
_UNREAD = {"head", "script", "style", "title", "template", "noscript", "textarea", "select"}

# What is never closed lasts to the end, as in browsers: so nothing is looked at twice.
_TOKEN = re.compile(
    r"""<!--.*?(?:-->|\Z)
      | <[!?][^>]*+(?:>|\Z)
      | <(?P<end>/?)(?P<tag>[a-z][^\s/>]*+)
         (?P<attributes>(?:=\s*+"[^"]*+(?:"|\Z)|=\s*+'[^']*+(?:'|\Z)|[^>])*+)(?:>|\Z)
      | (?P<text>[^<]++|<)""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_VALUE = re.compile(
    r"""(?<![\w-])(?:class|id|name|data-marker|style)\s{0,3}=\s{0,3}"""
    r"""(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]++))""",
    re.IGNORECASE,
)
_SPACE = re.compile(r"[ \t\n]+")
_ENDLESS = re.compile(r"&#x?[0-9a-f]{9,}+;?", re.IGNORECASE)
# Outlook and Yahoo put something of their own before names that they take over.
_PREFIX = re.compile(r"^(?:x_)+|^ydp[0-9a-f]*?(?=yahoo|signature)")

_CUTS = {
    *("appendonsend", "divRplyFwdMsg", "stopSpelling", "OLK_SRC_BODY_SECTION"),
    *("mail-editor-reference-message-container", "isReplyContent"),
    *("zwchr", "__QUOTED_TEXT__", "__DIVIDER__"),
    "border:none;border-top:solid",  # how Outlook's style for the header of a quoted mail begins
}
_QUOTES = {"yahoo_quoted"}
_ASIDES = {"gmail_attr", "moz-cite-prefix", "gmail_quote_attribution", "reply-intro"}
_SIGNATURES = {
    *("gmail_signature", "gmail_signature_prefix", "moz-signature", "AppleMailSignature"),
    *("Signature", "ms-outlook-mobile-signature", "protonmail_signature_block", "bloop_sign"),
    *("messageSignatureSection", "yahoo-signature", "signature"),
}


class Role(Enum):
    """What an element is to the lines within it."""

    NOTHING = auto()
    QUOTE = auto()
    ASIDE = auto()
    SIGNATURE = auto()
    UNREAD = auto()
    AS_IT_IS = auto()
    TIGHT = auto()  # Word writes each line as a paragraph without a margin


class _Page:
    """HTML as lines: blocks begin a line, quotes get their marks, signatures are left out."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.words: list[str] = []
        self.open: list[tuple[str, Role]] = []
        self.tags: Counter[str] = Counter()
        self.roles: Counter[Role] = Counter()

    def read(self, html: str) -> None:
        """Add a document."""
        for token in _TOKEN.finditer(html):
            if text := token["text"]:
                self.say(text)
            elif tag := token["tag"]:
                if token["end"]:
                    self.close(tag.lower())
                else:
                    self.begin(tag.lower(), _names(token["attributes"]))
        self.end_line()

    def say(self, text: str) -> None:
        if self.roles[Role.SIGNATURE] or self.roles[Role.UNREAD]:
            return
        text = unescape(_ENDLESS.sub("\ufffd", text)).replace("\xa0", " ")
        if not self.roles[Role.AS_IT_IS]:
            self.words.append(_SPACE.sub(" ", text))
            return
        first, *rest = text.split("\n")
        self.words.append(first)
        for line in rest:
            self.end_line(even_if_blank=True)
            self.words.append(line)

    def begin(self, tag: str, names: set[str]) -> None:
        if names & _CUTS:
            self.end_line()
            self.lines.append(CUT)
        if tag == "br":
            self.end_line(even_if_blank=True)
        if tag == "br" or tag in _EMPTY:
            return
        if tag in {"p", "li"} and self.open and self.open[-1][0] == tag:
            self.close(tag)
        if tag in _BLOCKS:
            self.end_line()
        if tag in {"td", "th"}:
            self.words.append(" ")
        elif tag == "li":
            self.words.append("- ")
        role = _role(tag, names)
        self.open.append((tag, role))
        self.tags[tag] += 1
        self.roles[role] += 1

    def close(self, tag: str) -> None:
        """Close the last `tag` that is open, and what was left open within it."""
        while self.tags[tag]:
            last, role = self.open.pop()
            if last in _BLOCKS:
                self.end_line(even_if_blank=role is Role.TIGHT)
            if last == "p" and role is not Role.TIGHT:
                self.end_line(even_if_blank=True)
            self.tags[last] -= 1
            self.roles[role] -= 1
            if last == tag:
                return

    def end_line(self, *, even_if_blank: bool = False) -> None:
        line = "".join(self.words)
        self.words.clear()
        if not self.roles[Role.AS_IT_IS]:
            line = line.strip()
        if not line.strip() and not even_if_blank:
            return
        if self.roles[Role.QUOTE]:
            line = f"> {line}"
        elif self.roles[Role.ASIDE] and line:
            line = ASIDE + line
        if not self.roles[Role.SIGNATURE]:
            self.lines.append(line)


def _names(attributes: str) -> set[str]:
    """What the element is called by its class, id, name or style."""
    values = (a or b or c for a, b, c in _VALUE.findall(attributes[:4000]))
    return {_PREFIX.sub("", name) for value in values for name in value.split()}


def _role(tag: str, names: set[str]) -> Role:
    if tag == "blockquote" or names & _QUOTES:
        return Role.QUOTE
    if names & _ASIDES:
        return Role.ASIDE
    if names & _SIGNATURES:
        return Role.SIGNATURE
    if tag in _UNREAD:
        return Role.UNREAD
    if tag == "p" and any(name.startswith("Mso") for name in names):
        return Role.TIGHT
    return Role.AS_IT_IS if tag == "pre" else Role.NOTHING
