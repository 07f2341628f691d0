"""HTML of a mail as the lines that a reader of plain mail would see.

It is read token by token, as far as words and quotes go: a parser that builds a tree takes time
that grows with the square of how deep elements are nested, and mails come from strangers.
"""

import re
from collections import Counter
from enum import Enum, auto
from html import unescape

from followups.replies.phrases import ASIDE, CUT

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


class Page:
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
