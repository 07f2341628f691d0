"""Notes on the page: what people mean by what they type, and what nobody may smuggle in."""

import re
import time
import unicodedata
from html.parser import HTMLParser
from urllib.parse import urlsplit

import nh3
import pytest
from django.utils.safestring import SafeString
from hypothesis import given
from hypothesis import strategies as st

from contacts.rendering import MARKDOWN_LIMIT, plain_excerpt, render_note

REL = 'rel="noopener nofollow noreferrer"'


def link(address: str, text: str | None = None) -> str:
    return f'<a href="{address}" {REL}>{text or address}</a>'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("Met Tom.", "<p>Met Tom.</p>"),
        ("one\ntwo\n\nthree", "<p>one<br>\ntwo</p>\n<p>three</p>"),
        ("one\r\ntwo", "<p>one<br>\ntwo</p>"),
        (
            "**very** *much* ~~not~~ `code`",
            "<p><strong>very</strong> <em>much</em> <del>not</del> <code>code</code></p>",
        ),
        ("- tea\n- milk", "<ul>\n<li>tea</li>\n<li>milk</li>\n</ul>"),
        ("1. tea\n2. milk", "<ol>\n<li>tea</li>\n<li>milk</li>\n</ol>"),
        ("1986. What a year", '<ol start="1986">\n<li>What a year</li>\n</ol>'),
        ("> she said so", "<blockquote>\n<p>she said so</p>\n</blockquote>"),
        ("```\na < b\n```", "<pre><code>a &lt; b\n</code></pre>"),
        ("# Kids", "<p><strong>Kids</strong></p>"),
        ("###### *Kids*", "<p><strong><em>Kids</em></strong></p>"),
        ("#1 on the list", "<p>#1 on the list</p>"),
        ("Tom\n---\nAnn", "<p>Tom</p>\n<hr>\n<p>Ann</p>"),
        ("Tom\n===", "<p>Tom<br>\n===</p>"),
        ("    indented on a phone", "<p>indented on a phone</p>"),
        ("I <3 my dog & 5 > 4", "<p>I &lt;3 my dog &amp; 5 &gt; 4</p>"),
        ("<b>bold</b>", "<p>&lt;b&gt;bold&lt;/b&gt;</p>"),
        (
            "<div>\n**so**\n</div>",
            "<p>&lt;div&gt;<br>\n<strong>so</strong><br>\n&lt;/div&gt;</p>",
        ),
        ("&lt;b&gt;", "<p>&amp;lt;b&amp;gt;</p>"),
        ("[Anna]: will call", "<p>[Anna]: will call</p>"),
        ("first_name_last 2 * 3 * 4", "<p>first_name_last 2 * 3 * 4</p>"),
        ("![her boat](https://example.com/boat.jpg)", "<p>her boat</p>"),
        ("[x](/accounts/logout/)", "<p>x</p>"),
        ("[x](//example.com)", "<p>x</p>"),
        ("[x](#top)", "<p>x</p>"),
        ("[x](ftp://example.com)", "<p>x</p>"),
    ],
)
def test_note_shows_what_was_meant(text, html):
    assert render_note(text).strip() == html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("https://example.com", link("https://example.com")),
        ("see http://example.com/a?b=c&d=e.", f"see {link('http://example.com/a?b=c&amp;d=e')}."),
        ("(https://example.com/)", f"({link('https://example.com/')})"),
        ("**https://example.com**", f"<strong>{link('https://example.com')}</strong>"),
        ("HTTPS://EXAMPLE.COM", "HTTPS://EXAMPLE.COM"),
        ("www.example.com!", f"{link('https://www.example.com', 'www.example.com')}!"),
        (
            "mail a.b+c@example.co.uk.",
            f"mail {link('mailto:a.b+c@example.co.uk', 'a.b+c@example.co.uk')}.",
        ),
        ("first_last@example.com", link("mailto:first_last@example.com", "first_last@example.com")),
        ("mailto:a@example.com", link("mailto:a@example.com")),
        ("tel:+12025550123", link("tel:+12025550123")),
        ("<tel:+12025550123>", link("tel:+12025550123")),
        ("<a@example.com>", link("mailto:a@example.com", "a@example.com")),
        ("[her](https://example.com)", link("https://example.com", "her")),
        ('[her](https://example.com "title")', link("https://example.com", "her")),
        ("[her](a@example.com)", link("mailto:a@example.com", "her")),
        (
            "[see https://a.example](https://b.example)",
            link("https://b.example", "see https://a.example"),
        ),
        ("tel: none, www. what, a@b", "tel: none, www. what, a@b"),
        ("`https://example.com`", "<code>https://example.com</code>"),
    ],
)
def test_links_are_found_and_lead_outside_only(text, html):
    assert render_note(text) == f"<p>{html}</p>\n"


def test_note_is_marked_safe():
    assert isinstance(render_note("*x*"), SafeString)
    assert isinstance(render_note("x" * (MARKDOWN_LIMIT + 1)), SafeString)


def test_very_long_note_is_plain_paragraphs():
    text = "**a** <b>\n\nsecond\nline" + " word" * 5000
    assert render_note(text[:MARKDOWN_LIMIT]).startswith("<p><strong>a</strong>")
    assert render_note(text).startswith("<p>**a** &lt;b&gt;</p>\n\n<p>second<br>line word word")


def test_note_of_a_megabyte_is_rendered_in_no_time():
    start = time.process_time()
    assert len(render_note("a <b> & [x](y)\n\n" * 70_000)) > 1_000_000
    assert time.process_time() - start < 2


# --- Scripts -------------------------------------------------------------------------------------

EVENTS, HTMX = map(
    str.split,
    (
        "abort afterprint animationend auxclick beforeinput beforetoggle beforeunload blur cancel "
        "change click close contextmenu copy cut dblclick drag drop error focus focusin formdata "
        "hashchange input invalid keydown load loadstart message mousedown mouseenter mouseover "
        "paste pointerdown pointerrawupdate popstate scroll scrollend scrollsnapchange search "
        "select submit toggle touchstart transitionend unload volumechange wheel",
        "hx-get hx-post hx-delete hx-on:click hx-on::load hx-trigger hx-vals hx-target hx-swap "
        "hx-swap-oob hx-include hx-headers hx-ext hx-boost hx-confirm hx-inherit hx-action "
        "hx-config hx-live",
    ),
)
SCHEMES = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "javascript&colon;alert(1)",
    "javascript&#58;alert(1)",
    "javascript&#x3a;alert(1)",
    "&#106;avascript:alert(1)",
    "&#x6A;&#x61;vascript:alert(1)",
    "java\tscript:alert(1)",
    "java\nscript:alert(1)",
    "java&Tab;script:alert(1)",
    "java&NewLine;script:alert(1)",
    "java\0script:alert(1)",
    "\x01javascript:alert(1)",
    " javascript:alert(1)",
    "\u00a0javascript:alert(1)",
    "\u2028javascript:alert(1)",
    "javascript\u200b:alert(1)",
    "javascript%3Aalert(1)",
    "%6aavascript:alert(1)",
    "javascript://example.com/%0aalert(1)",
    "javascript:https://example.com",
    "vbscript:msgbox(1)",
    "data:text/html,<script>alert(1)</script>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "data:image/svg+xml,<svg onload=alert(1)>",
    "blob:https://example.com/1",
    "file:///etc/passwd",
    "view-source:https://example.com",
    "feed:javascript:alert(1)",
    "jar:https://example.com!/",
    "ſcript:alert(1)",
    "livescript:alert(1)",
    "mocha:alert(1)",
    "intent://x#Intent;end",
    "//example.com",
    "/\\example.com",
    "\\\\example.com",
    "/settings/",
    "?next=/",
    "",
]
RAW = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//example.com/x.js></SCRIPT>",
    "<script\x0csrc=x>",
    "<<script>alert(1)//<</script>",
    "<script/x>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<!--<script>-->alert(1)<!--</script>-->",
    "<!--><img src=x onerror=alert(1)>-->",
    "<!--->`<img src=x onerror=alert(1)>",
    "--!><img src=x onerror=alert(1)>",
    "<?xml version='1.0'?><script>alert(1)</script>",
    "<?php echo 1 ?>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<!DOCTYPE html><script>alert(1)</script>",
    "</p><script>alert(1)</script>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<object data=javascript:alert(1)>",
    "<embed src=javascript:alert(1)>",
    "<base href=//example.com/>",
    "<meta http-equiv=refresh content='0;url=//example.com'>",
    "<link rel=stylesheet href=//example.com/x.css>",
    "<style>*{background:url(//example.com)}</style>",
    "<style><img src='</style><img src=x onerror=alert(1)>'>",
    "<p style='background:url(javascript:alert(1))'>",
    "<form action=/settings/><input name=x><button>",
    "<button formaction=javascript:alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<textarea autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<dialog open onclose=alert(1)>",
    "<video><source onerror=alert(1)>",
    "<audio src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href=javascript:alert(1)><text>x</text></a></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x>",
    "<svg><set attributeName=href to=javascript:alert(1)>",
    "<svg><use href=data:image/svg+xml,x>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img onload=alert()&gt;'>",
    "<math><mtext><mglyph><svg><mtext><style><a title='</style><img src onerror=alert(1)>'>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<noembed><img title='</noembed><img src onerror=alert(1)>'>",
    "<xmp><p title='</xmp><svg/onload=alert(1)>'>",
    "<title><img title='</title><img src onerror=alert(1)>'>",
    "<template><script>alert(1)</script></template>",
    "<template shadowrootmode=open><slot onslotchange=alert(1)>",
    "<select><template><img src=x onerror=alert(1)>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<table><td><svg><desc><table><img src=x onerror=alert(1)>",
    "<plaintext>",
    "<listing>&lt;img onerror=alert(1) src=x&gt;</listing>",
    "<hx-partial hx-target=body><script>alert(1)</script></hx-partial>",
    "<hx-partial id=page hx-swap=outerHTML>x</hx-partial>",
    "<p hx-swap-oob=true id=nav>x</p>",
    "<p is=x-y contenteditable onbeforeinput=alert(1)>",
    "<img src=x:x onerror=alert(1)",
    "<img src=`x` onerror=alert(1)>",
    '<img """><script>alert(1)</script>">',
    "<img src='x' onerror='alert(1)'//",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href=https://example.com onclick=alert(1)>x</a>",
    "<a href=https://example.com target=_blank ping=//example.com>x</a>",
    "<a name=config id=settings>x</a>",
    "<img name=getElementById>",
    "<p class=nudge data-action=delete>x</p>",
    "\u02c2script\u02c3alert(1)",
    "＜script＞alert(1)＜/script＞",
    "+ADw-script+AD4-alert(1)",
    "<x onclick=alert(1)",
    "{{ 7*7 }}{% debug %}${7*7}",
]
MARKDOWN = [
    "[x](javascript:alert`1`)",
    '[x](https://example.com "onmouseover=alert(1)")',
    "[x](https://example.com 'a\" onmouseover=\"alert(1)')",
    '[x](https://example.com/"onmouseover="alert(1))',
    "[x](https://example.com/'onmouseover='alert(1))",
    '[x](<https://example.com/" onmouseover=alert(1) x=">)',
    "![x](https://example.com/x.png)",
    '![x"onerror="alert(1)](x)',
    '![<img src=x onerror=alert(1)>](x "y")',
    "![x](x'onerror='alert(1))",
    "[<img src=x onerror=alert(1)>](https://example.com)",
    "[![x](javascript:alert(1))](javascript:alert(2))",
    "[x]: javascript:alert(1)\n\n[x]",
    "[x][y]\n\n[y]: <javascript:alert(1)> 'x'",
    "<JAVASCRIPT:alert(1)>",
    '<https://example.com/"onmouseover="alert(1)>',
    'https://example.com/"onmouseover="alert(1)',
    "https://example.com/<script>alert(1)</script>",
    "https://example.com/&quot;onmouseover=&quot;alert(1)",
    'www.example.com/"onmouseover="alert(1)',
    'mailto:"><script>alert(1)</script>@example.com',
    'tel:1"><script>alert(1)</script>',
    "a@example.com<script>alert(1)</script>",
    "`<script>alert(1)</script>`",
    "```html\n<script>alert(1)</script>\n```",
    '```" onclick=alert(1) class="\nx\n```',
    "~~~</code></pre><script>alert(1)</script>\nx\n~~~",
    "# <script>alert(1)</script>",
    '# x {#id .class onclick="alert(1)"}',
    "> <script>alert(1)</script>",
    "- <script>alert(1)</script>",
    '1" onclick=alert(1). x',
    "**<script>alert(1)</script>**",
    "*<img src=x*onerror=alert(1)>*",
    "| <script>alert(1)</script> |\n|---|\n| x |",
    "\\<script>alert(1)\\</script>",
    "<scr**ipt>alert(1)</scr**ipt>",
    "[^1]\n\n[^1]: <script>alert(1)</script>",
    "<div\n\nonclick=alert(1)>",
    "<img src=x\n> onerror=alert(1)>",
]
HOSTILE = [
    *RAW,
    *MARKDOWN,
    *(f"<img src=x on{event}=alert(1)>" for event in EVENTS if event != "error"),
    *(f'[x](https://example.com "{name}=/settings/")' for name in HTMX),
    *(f"<p {prefix}{name}='/x'>x</p>" for name in HTMX for prefix in ("", "data-")),
    *(f"[x]({scheme})" for scheme in SCHEMES),
    *(f"[x](<{scheme}>)" for scheme in SCHEMES),
    *(f"![x]({scheme})" for scheme in SCHEMES),
    *(f"<{scheme}>" for scheme in SCHEMES),
    *(f"<a href='{scheme}'>y</a>" for scheme in SCHEMES),
]
NO_NAMES: frozenset[str] = frozenset()
MAY_STAND = dict.fromkeys(
    "p br hr blockquote pre ul li strong em del code".split(),  # noqa: SIM905 (reads better)
    NO_NAMES,
) | {"a": {"href", "rel"}, "ol": {"start"}}


class Reader(HTMLParser):
    """Collects what in this HTML is more than a note may be."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.wrong: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        if tag not in MAY_STAND or {name for name, _ in attrs} - MAY_STAND[tag]:
            self.wrong.append(self.get_starttag_text() or tag)
        for name, value in attrs:
            if name == "href" and urlsplit(value).scheme not in {"http", "https", "mailto", "tel"}:
                self.wrong.append(value)
            if name == "start" and not value.isdecimal():
                self.wrong.append(value)

    def handle_comment(self, data):
        self.wrong.append(data)

    def handle_decl(self, decl):
        self.wrong.append(decl)

    def handle_pi(self, data):
        self.wrong.append(data)


def test_hostile_strings_are_many():
    assert len(HOSTILE) == len(set(HOSTILE)) >= 400


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_stands_in_a_note(text):
    for around in ("{}", "say {} so", "- {}", "> {}", "# {}", "**{}**", "[{}](x)", "`{}"):
        html = render_note(around.replace("{}", text))
        assert Reader(html).wrong == []
        assert reread(html) == html, "a browser would read something else than was written"


@pytest.mark.parametrize(
    "html",
    [
        "<script>",
        "<p hx-get=/x>",
        "<p class=x>",
        "<a href=javascript:x>",
        "<a href=/x>",
        "<ol start=x>",
        "<!-- x -->",
        "<img src=x>",
    ],
)
def test_the_reader_of_these_tests_finds_what_may_not_stand(html):
    assert Reader(html).wrong != []


def test_nothing_hostile_stands_in_a_very_long_note():
    text = "\n".join(HOSTILE)
    text *= MARKDOWN_LIMIT // len(text) + 1
    assert set(re.findall(r"<[^>]*>", render_note(text))) == {"<p>", "</p>", "<br>"}


def reread(html: str) -> str:
    """Parsed by the rules of HTML 5 and written again, with all that may stand left in it."""
    attributes = {tag: names for tag, names in MAY_STAND.items() if names}
    return nh3.clean(html, tags=set(MAY_STAND), attributes=attributes, link_rel=None)


@given(st.lists(st.sampled_from(HOSTILE + list("[]()<>\"'`*_~!#>-\n ")), max_size=8).map("".join))
def test_hostile_strings_together_stay_harmless(text):
    html = render_note(text)
    assert Reader(html).wrong == []
    assert reread(html) == html


# --- Growth --------------------------------------------------------------------------------------

TOKENS = [
    *("[", "]", "[a](", "![](", "![", "](", "[[", "[]()", "[a]: ", "[^1]", "[a](<b", "[a](b 'c"),
    *("<", "<a ", "<!--", "<![CDATA[", "</", "<a@", "<http:"),
    *("*", "_", "**a", "*a ", "*_", "***a", "_a*", "a*b_c", "~~", "~~a ", "~"),
    *("`", "``a", "```\n", "~~~\n", "\\", "\\`", "&", "&amp;"),
    *("> ", ">", "> - ", "- ", "- a\n  ", "1. ", "1. a\n   ", "* * ", "# ", "#", "---\n", "=\n"),
    *("\n", " \n", "    ", "\t", " ", "a\n\n", "|a|\n"),
    *(
        "http://",
        "http://a.",
        "www.",
        "www.a ",
        "a@",
        "a@b.",
        "a.a",
        "a-",
        "mailto:",
        "tel:1",
        "+1",
    ),
    *("é", "👩\u200d👧", "🇩🇪", "\u0301", "क्"),
]


@pytest.mark.parametrize("token", TOKENS, ids=ascii)
def test_time_grows_no_faster_than_the_note(token):
    def seconds(size: int) -> float:
        text = (token * size)[:size]
        return min(_seconds_of(render_note, text) for _ in range(3))

    whole = seconds(MARKDOWN_LIMIT)
    assert whole < 0.05 or whole / seconds(MARKDOWN_LIMIT // 4) <= 8  # squared would be 16


@pytest.mark.parametrize("token", TOKENS, ids=ascii)
def test_excerpt_of_anything_takes_no_time(token):
    text = token * 50_000
    assert min(_seconds_of(plain_excerpt, text, 200) for _ in range(3)) < 0.05


def _seconds_of(act, *arguments):
    """Of the processor: the least of a few says how much work it is, whatever runs beside it."""
    start = time.process_time()
    act(*arguments)
    return time.process_time() - start


# --- Excerpts ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "excerpt"),
    [
        ("", ""),
        ("Met Tom.\n\nHe likes   boats.", "Met Tom. He likes boats."),
        ("# Kids\n- **Emma**\n- *Tom*", "Kids Emma Tom"),
        ("> quoted\n\n---\n\n1. first", "quoted 1. first"),
        ("[the boat](https://example.com/very/long) and ![pic](x.png)", "the boat and pic"),
        ("<https://example.com> <a@example.com>", "https://example.com a@example.com"),
        ("`code` ~~gone~~ ***both***", "code gone both"),
        ("```\nx\n```", "x"),
        ("5 * 3, 2*3, first_last, _so_ #1", "5 * 3, 2*3, first_last, so #1"),
        ("a \\*star\\*", "a *star*"),
        ("I <3 it & <b>", "I <3 it & <b>"),
        ("-10 % off, +1 202 555 0123", "-10 % off, +1 202 555 0123"),
    ],
)
def test_excerpt_is_one_line_without_marks(text, excerpt):
    assert plain_excerpt(text, 80) == excerpt


@pytest.mark.parametrize(
    ("text", "limit", "excerpt"),
    [
        ("one two three", 13, "one two three"),
        ("one two three", 12, "one two…"),
        ("one two, three", 10, "one two…"),
        ("one two three", 8, "one two…"),
        ("one two three", 7, "one…"),
        ("Donaudampfschifffahrt", 10, "Donaudamp…"),
        ("a Donaudampfschifffahrt", 10, "a Donauda…"),
        ("春はあけぼの。やうやう白くなりゆく", 8, "春はあけぼの。…"),
        ("e\u0301e\u0301e\u0301e\u0301", 6, "e\u0301e\u0301…"),
        ("xx👩\u200d👩\u200d👧yyyy", 6, "xx…"),
        ("x🇩🇪🇫🇷🇬🇧", 5, "x🇩🇪…"),
        ("x👍🏽👍🏽👍🏽", 5, "x👍🏽…"),
        ("क्षत्रिय", 4, "क्ष…"),
        ("நிலா நிலா", 4, "நி…"),
        ("x" + "\u0301" * 50, 10, "x…"),
    ],
)
def test_excerpt_is_cut_at_a_word_or_at_least_a_whole_character(text, limit, excerpt):
    assert plain_excerpt(text, limit) == excerpt


def test_excerpt_of_a_long_note_of_links_says_that_there_is_more():
    assert (
        plain_excerpt("[x](https://example.com/" + "a" * 400 + ") " * 9 + "word " * 999, 20)[-1]
        == "…"
    )


@given(st.text(max_size=300), st.integers(2, 100))
def test_excerpt_keeps_its_limit_and_its_line(text, limit):
    excerpt = plain_excerpt(text, limit)
    assert len(excerpt) <= limit
    assert excerpt == " ".join(excerpt.split())


@given(st.text(st.characters(categories=["Lu", "Ll", "Lo", "Mn", "Mc", "So", "Zs"]), max_size=80))
def test_excerpt_never_cuts_a_letter_from_its_marks(text):
    line, excerpt = " ".join(text.split()), plain_excerpt(text, 20)
    if excerpt != line:
        kept = excerpt.removesuffix("…")
        assert line.startswith(kept)
        assert len(kept) <= 1 or unicodedata.category(line[len(kept)]) not in ("Mn", "Mc")
