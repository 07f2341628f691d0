"""Notes as they are shown: Markdown as a person types it on a phone, made safe twice.

Mistune is given no HTML to read and a renderer that writes only what is meant; nh3 then lets
nothing through but a short list of elements. Neither `hx-`, `data-`, `class`, `style` nor `id` gets
into a page from a note: with htmx an attribute is code.
"""

import re
import unicodedata
from typing import Any

import mistune
import nh3
from django.utils.html import linebreaks
from django.utils.safestring import SafeString, mark_safe
from mistune.plugins.formatting import strikethrough
from mistune.plugins.url import parse_url_link

# Characters; a longer text is shown as plain paragraphs. Reading it takes 0.1 s at the very worst.
MARKDOWN_LIMIT = 20_000


def render_note(text: str) -> SafeString:
    """HTML of a note, safe to stand in a page as it is.

    What is typed stays to be read: every line break counts, HTML shows as it was typed, headings
    are bold lines (a note sits inside a page that has headings of its own), a picture is its words,
    and a link that is neither http, https, mailto nor tel is its text.
    """
    if len(text) > MARKDOWN_LIMIT:
        return mark_safe(linebreaks(text, autoescape=True))  # noqa: S308 (escaped)
    return mark_safe(_CLEANER.clean(str(_MARKDOWN(text))))  # noqa: S308 (cleaned)


def plain_excerpt(text: str, limit: int) -> str:
    """The beginning of a note as one line without Markdown's marks, of at most `limit` characters.

    It ends at a word and with "…" where something is left out, and never within what is seen as one
    character (an emoji family, a letter and its accents). Not escaped.
    """
    # Marks and addresses of links take room that the excerpt does not.
    head = text[: 4 * limit + 500]
    line = " ".join(_without_marks(head).split())
    if len(line) <= limit and len(head) == len(text):
        return line
    return _cut(line, limit)


class _NoteRenderer(mistune.HTMLRenderer):
    def link(self, text: str, url: str, title: str | None = None) -> str:
        address = _address(url)
        return text if address is None else f'<a href="{self.escape_attribute(address)}">{text}</a>'

    def image(self, text: str, url: str, title: str | None = None) -> str:
        return text

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        return f"<p><strong>{text}</strong></p>\n"


def _address(url: str) -> str | None:
    """Where a link may lead: never within this site, where following one could act."""
    if _ALLOWED.match(url):
        return url
    if url.startswith("www."):
        return f"https://{url}"
    return f"mailto:{url}" if _EMAIL.fullmatch(url) else None


_ALLOWED = re.compile(r"https?://|mailto:|tel:", re.IGNORECASE)
_EMAIL_PATTERN = r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"
_EMAIL = re.compile(_EMAIL_PATTERN)
# What follows a letter begins no link; what ends a sentence ends none.
_BARE_LINK = (
    r"(?<![\w.+-])(?:(?:https?://|www\.|mailto:|tel:\+?\d)[^\s<>]*[^\s<>.,:;!?\"'*_)\]]|"
    rf"{_EMAIL_PATTERN})"
)


def _parser() -> mistune.Markdown:
    # Left out: HTML; indented code and underlined headings, which people type without meaning them;
    # and link definitions, which would vanish from what was typed.
    rules = ["fenced_code", "atx_heading", "thematic_break", "block_quote", "list", "blank_line"]
    block = mistune.BlockParser(block_quote_rules=rules, list_rules=rules, max_nested_level=6)
    block.rules = rules
    inline = mistune.InlineParser(hard_wrap=True, max_nested_level=6)
    inline.rules.remove("inline_html")
    inline.register("bare_link", _BARE_LINK, parse_url_link)
    return mistune.Markdown(_NoteRenderer(escape=True), block, inline, [strikethrough])


_MARKDOWN = _parser()
_CLEANER = nh3.Cleaner(
    tags={
        *("p", "br", "hr", "blockquote", "pre", "ul", "ol", "li"),
        *("a", "strong", "em", "del", "code"),
    },
    clean_content_tags={"script", "style"},
    attributes={"a": {"href"}, "ol": {"start"}},
    url_schemes={"http", "https", "mailto", "tel"},
    url_relative="deny",
    link_rel="noopener nofollow noreferrer",
)


def _without_marks(text: str) -> str:
    if _ANY_MARK.search(text) is None:
        return text
    for marks, what_stays in _MARKS:
        text = marks.sub(what_stays, text)
    return text


_ANY_MARK = re.compile(r"[*_`\[#>~<\\+-]")
# Each looks at a bounded stretch of text, so that none takes long over a hostile one.
_MARKS = (
    # Beginnings of lines: quotes, headings, lists, rules, fences.
    (re.compile(r"^[ \t]{0,9}(?:[-*_=]{3,}|[`~]{3,}\w{0,20})[ \t]{0,9}$", re.MULTILINE), ""),
    (re.compile(r"^[ \t]{0,9}(?:>[ \t]?){1,9}", re.MULTILINE), ""),
    (re.compile(r"^[ \t]{0,9}(?:#{1,6}|[-*+])[ \t]{1,9}", re.MULTILINE), ""),
    # Links and pictures: their words.
    (re.compile(r"!?\[([^\[\]]{0,500})\]\([^()\s]{0,500}(?: [^()\n]{0,200})?\)"), r"\1"),
    (re.compile(r"<((?:https?:|mailto:|tel:)[^<>\s]{1,500})>"), r"\1"),
    (re.compile(rf"<({_EMAIL_PATTERN})>"), r"\1"),
    # Emphasis and code; "5 * 3", "2*3" and "first_name" are left alone.
    (re.compile(r"(?<!\\)(?:`+|\*\*+|__+|~~+)"), ""),
    (re.compile(r"(?<![\w\\])[*_](?=\S)|(?<=[^\s\\])[*_](?!\w)"), ""),
    (re.compile(r"\\([!-/:-@\[-`{-~])"), r"\1"),
)


def _cut(line: str, limit: int) -> str:
    end = line.rfind(" ", 0, limit)
    if end < limit // 2:
        # A very long word, or a language without spaces.
        end = min(limit - 1, len(line))
        while end > 1 and not _may_break(line, end):
            end -= 1
    return line[:end].rstrip(" ,;:.–—-") + "…"


def _may_break(text: str, at: int) -> bool:
    """Whether a new visible character begins here (Unicode Annex 29, as far as notes need it)."""
    if at >= len(text):
        return True
    before, after = text[at - 1], text[at]
    if _is_flag_half(before) and _is_flag_half(after):
        halves = re.search("[\U0001f1e6-\U0001f1ff]*$", text[:at])
        return halves is not None and len(halves.group()) % 2 == 0
    is_joined = before == "\u200d" or unicodedata.combining(before) == 9  # joiner, virama
    return not is_joined and not _belongs_to_the_one_before(after)


def _is_flag_half(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _belongs_to_the_one_before(char: str) -> bool:
    return (
        unicodedata.category(char) in ("Mn", "Mc", "Me")
        or char in "\u200c\u200d\uff9e\uff9f"
        or "\U0001f3fb" <= char <= "\U0001f3ff"  # colours of skin
        or "\U000e0020" <= char <= "\U000e007f"  # flags of England, Scotland, Wales
        or "\u1160" <= char <= "\u11ff"  # vowels and ends of Korean syllables
    )
