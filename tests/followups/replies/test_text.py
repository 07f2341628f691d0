"""Replies as mail programs write them, parsed to the words that somebody typed.

`mails/*.eml` are written after the forms of each program, in many languages; beside each stands
what was typed into it.
"""

import time
from email.message import Message
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from followups.replies.parts import MOST_BYTES, html_lines, plain_lines, read_mail
from followups.replies.text import typed, words_typed

REPLIES = sorted((Path(__file__).parent / "mails").glob("*.eml"))


def words_of(head: str, body: bytes | str) -> str:
    raw = body if isinstance(body, bytes) else body.encode()
    return words_typed(read_mail(head.encode() + b"\n\n" + raw))


def plain(body: str) -> str:
    return words_of("Content-Type: text/plain; charset=utf-8", body)


def html(body: str) -> str:
    return words_of("Content-Type: text/html; charset=utf-8", body)


def test_replies_are_of_forty_formats_and_more() -> None:
    assert len(REPLIES) >= 40


@pytest.mark.parametrize("path", REPLIES, ids=lambda path: path.stem)
def test_words_typed_into_a_reply_are_found(path: Path) -> None:
    expected = path.with_suffix(".txt").read_text().rstrip("\n")
    assert words_typed(read_mail(path.read_bytes())) == expected


@pytest.mark.parametrize("path", REPLIES, ids=lambda path: path.stem)
def test_words_survive_line_ends_as_they_travel(path: Path) -> None:
    raw = path.read_bytes()
    assert words_typed(read_mail(raw.replace(b"\n", b"\r\n"))) == words_typed(read_mail(raw))


# --- What is a quote, and what is not ---------------------------------------------------------

ATTRIBUTIONS = [
    "On 16 Nov 2026, at 07:00, Kept <kept@kept.example> wrote:",
    "On November 16, 2026, Kept <kept@kept.example> wrote:",
    "Am 16.11.26 um 07:00 schrieb Kept <kept@kept.example>:",
    "In data 16 novembre 2026 07:00:31 Kept <kept@kept.example> ha scritto:",
    "Kept <kept@kept.example> ezt írta (időpont: 2026. nov. 16., H, 7:00):",
    "Vào Th 2, 16 thg 11, 2026 vào lúc 07:00 Kept <kept@kept.example> đã viết:",
    "Pada Sen, 16 Nov 2026 pukul 07.00 Kept <kept@kept.example> menulis:",
    "ในวันที่ จ. 16 พ.ย. 2026 เวลา 07:00 Kept <kept@kept.example> เขียนว่า:",
    "Στις Δευ 16 Νοε 2026 στις 7:00 π.μ., ο χρήστης Kept <kept@kept.example> έγραψε:",
    "пн, 16 лист. 2026 р. о 07:00 Kept <kept@kept.example> пише:",
    "În lun., 16 nov. 2026 la 07:00, Kept <kept@kept.example> a scris:",
    "Kept <kept@kept.example> 於 2026年11月16日 週一 上午7:00寫道：",
    "man. 16. nov. 2026 kl. 07.00 skrev Kept <kept@kept.example>:",
    "po 16. 11. 2026 o 7:00 Kept <kept@kept.example> napísal(a):",
    "2026-11-16 7:00 GMT+01:00 Kept <kept@kept.example>:",
    "    On Monday, 16 November 2026 at 07:00:00 CET, Kept <kept@kept.example> wrote:  ",
]


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_quote_without_marks_ends_the_words(attribution: str) -> None:
    assert typed(["All well.", "", attribution, "", "Good morning, Ada."]) == "All well."


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_words_below_a_marked_quote_are_kept(attribution: str) -> None:
    assert typed([attribution, "> Good morning, Ada.", "", "All well."]) == "All well."


@pytest.mark.parametrize(
    "line",
    [
        "On Monday he wrote:",
        "Lunch on 16 Nov 2026 at 12:00, write to tom@example.com:",
        "At 14:30 he wrote:",
        "From: Hamburg",
        "This was sent from my phone, by the way.",
        "Sent from the office to the yard, all of it, by van, as they had asked us to do.",
        "-- that is what he said",
        "He said: no. <3",
        "2026-11-16 07:00:",
        "a > b",
    ],
)
def test_line_that_only_resembles_a_quote_is_kept(line: str) -> None:
    assert typed(["Tom:", line, "And so on."]) == f"Tom:\n{line}\nAnd so on."


def test_journey_is_no_header_of_a_mail() -> None:
    lines = ["From: Hamburg", "To: Oslo", "Date: Friday", "He sails with Emma."]
    assert typed(lines) == "\n".join(lines)


def test_long_rest_below_two_dashes_is_kept() -> None:
    rest = [f"{number}. thing" for number in range(1, 14)]
    assert typed(["Tom:", "--", *rest]) == "\n".join(["Tom:", "--", *rest])


def test_blank_lines_become_one() -> None:
    assert typed(["", "One.", "", " ", "", "Two.", ""]) == "One.\n\nTwo."


# --- Parts ------------------------------------------------------------------------------------


def test_wrapped_paragraphs_are_put_together_again() -> None:
    head = "Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes"
    assert words_of(head, "He said that the lea \nse ends.\n Then nothing.\n") == (
        "He said that the lease ends.\nThen nothing."
    )


@pytest.mark.parametrize("charset", ["nonsense", "punycode", "utf-8", "us-ascii", "euc-kr", ""])
def test_words_in_utf8_are_read_whatever_charset_is_named(charset: str) -> None:
    head = f"Content-Type: text/plain; charset={charset}"
    assert words_of(head, "Zoë’s car".encode()) == "Zoë’s car"


def test_words_in_windows_letters_without_a_charset_are_read() -> None:
    assert words_of("Content-Type: text/plain", "Zoë’s car".encode("cp1252")) == "Zoë’s car"


def test_attachments_and_mails_within_are_not_read() -> None:
    raw = b"""Content-Type: multipart/mixed; boundary=x

--x
Content-Type: text/plain

Tom: all well.
--x
Content-Type: text/plain
Content-Disposition: attachment; filename=notes.txt

Not typed.
--x
Content-Type: message/rfc822

Content-Type: text/plain

Not typed either.
--x--
"""
    assert words_typed(read_mail(raw)) == "Tom: all well."


def test_html_is_read_where_the_plain_part_is_empty() -> None:
    raw = b"""Content-Type: multipart/alternative; boundary=x

--x
Content-Type: text/plain


--x
Content-Type: text/html

<p>Tom: all <b>well</b>.<script>not()</script><style>p > b { c: d }</style></p>
--x--
"""
    assert words_typed(read_mail(raw)) == "Tom: all well."


def test_html_is_read_as_lines() -> None:
    body = (
        "<head><title>No</title></head><div>One &amp; two</div><div><br></div>"
        "<p class=MsoNormal>Three</p><p class=MsoNormal>Four<ul><li>five<li>six</ul>"
        "<pre>seven\n  eight</pre><table><tr><td>nine<td>ten</table>&lt;eleven&gt; a > b"
    )
    assert html(body) == (
        "One & two\n\nThree\nFour\n- five\n- six\nseven\n  eight\nnine ten\n<eleven> a > b"
    )


def test_mail_without_words_has_none() -> None:
    assert plain("") == html("") == words_typed(Message()) == ""


# --- Hostile mails ----------------------------------------------------------------------------

TEXT = b"Content-Type: text/plain; charset=utf-8\n\n"
PAGE = b"Content-Type: text/html; charset=utf-8\n\n"
LEVEL = b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n'
HOSTILE = {
    **{
        f"text {unit!r}": (TEXT, unit)
        for unit in (
            *(b">", b">\n", b"\n", b" \n", b":\n", b"@", b"1", b"-", b"a@a", b"\x00", b"\x00\n"),
            *(b"\xff", b"On ", b"On \n", b"wrote: ", b"On wrote:\n", b"From: a\n", b"From:\n\n"),
            *(b"--\n", b"-- \n", b"-- --\n", b"--\n" + b"a\n" * 11, b"\xcc\x81"),
            b"On Mon, Nov 16, 2026 at 7:00 AM Kept <kept@kept.example>\n",
            b"On Mon, 2026 7:00 a@b wrote:\n\n\n\n\n",
        )
    },
    **{
        f"page {unit!r}": (PAGE, unit)
        for unit in (
            *(b"<", b"<!--", b"<a ", b'<a b="', b"<a b='>", b"<a =", b"&", b"&amp;lt;", b"<br>"),
            *(b"<div>", b"<b>", b"<p>", b"</p>", b"<p><b>", b"<li>", b"<table><tr><td>", b"<pre>"),
            *(b"<blockquote>", b"<script>", b"<style>", b"<div><span></p>", b"<svg><math>"),
        )
    },
    "page digits": (PAGE + b"&#", b"9"),
    "page attributes": (PAGE + b"<div ", b"class "),
    "page classes": (PAGE + b"<div class='", b"a "),
    **{
        f"parameter {parameter!r}": (b"Content-Type: " + parameter + b"\n\n", b"--b\n\na\n")
        for parameter in (
            *(b"text/plain; charset*=a\x00b''x", b"text/plain; charset*=undefined''x"),
            *(b"multipart/mixed; boundary*=a\x00b''b", b"multipart/mixed; boundary*=undefined''b"),
            *(b"multipart/mixed; boundary*=punycode''b", b"text/plain; format*=undefined''x"),
        )
    },
    "levels": (b"", b'Content-Type: multipart/mixed; boundary="b"\n\n--b\n'),
    "levels, then lines": (b"".join(LEVEL % (n, n) for n in range(29)) + TEXT, b"--\n"),
    "mails in mails": (b"", b"Content-Type: message/rfc822\n\n"),
    "parts": (LEVEL % (1, 1), b"--b1\nContent-Type: text/plain\n\na\n"),
    "parameters": (b"Content-Type: text/plain; ", b"a;"),
    "quoted parameters": (b"Content-Type: text/plain; ", b'";'),
    "folded parameters": (b"Content-Type: text/plain", b";\n a*0*=x"),
    "headers": (b"", b"X: y\n"),
    "base64": (TEXT.replace(b"\n\n", b"\nContent-Transfer-Encoding: base64\n\n"), b"!@#=A"),
    "quoted-printable": (
        TEXT.replace(b"\n\n", b"\nContent-Transfer-Encoding: quoted-printable\n\n"),
        b"=",
    ),
    "uuencode": (
        TEXT.replace(b"\n\n", b"\nContent-Transfer-Encoding: x-uuencode\n\nbegin 666 a\n"),
        b"M!!!\n",
    ),
    **{
        f"charset {name!r}": (
            b"Content-Type: text/plain; charset=" + name + b"\n\n\xff",
            b"a\\x41-+~{$B",
        )
        for name in (
            *(b"punycode", b"idna", b"base64", b"rot13", b"zlib", b"undefined", b"unicode_escape"),
            *(b"utf-7", b"utf-16", b"hz", b"iso-2022-jp", b"iso-2022-kr", b"\x00", b"../../x"),
        )
    },
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_mail_is_read_in_no_time(name: str) -> None:
    start, unit = HOSTILE[name]
    raw = start + unit * (250_000 // len(unit))
    started = time.process_time()
    words_typed(read_mail(raw))
    assert time.process_time() - started < 2


@pytest.mark.parametrize("unit", [b">", b">\n", b"On wrote:\n"])
def test_megabyte_is_read_in_no_time(unit: bytes) -> None:
    started = time.process_time()
    words_typed(read_mail(TEXT + unit * (MOST_BYTES // len(unit))))
    assert time.process_time() - started < 2


def test_what_follows_the_first_megabyte_is_left_alone() -> None:
    raw = TEXT + b"Tom: all well.\n" + b"\n" * MOST_BYTES + b"More."
    assert words_typed(read_mail(raw)) == "Tom: all well."


PIECES = st.sampled_from(
    [path.read_bytes()[at : at + 300] for path in REPLIES for at in range(0, 3000, 300)]
)


@settings(max_examples=200)
@given(
    st.binary(max_size=2000) | st.lists(PIECES | st.binary(max_size=20), max_size=30).map(b"".join)
)
def test_any_bytes_are_read_without_an_error(raw: bytes) -> None:
    message = read_mail(raw)
    assert isinstance(words_typed(message), str)
    assert "\x00" not in words_typed(message)
    assert isinstance(plain_lines(message) + html_lines(message), list)
