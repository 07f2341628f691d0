"""Files made to hurt: nothing but the documented errors, in time that grows with the file."""

import random
from collections.abc import Callable
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contacts.interchange.card import Card, Detail, Problem
from contacts.interchange.vcard import MAX_BYTES, MAX_CARDS, NotVCard, TooLarge, read_cards

SEEDS = [
    b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ann Lee\r\nN:Lee;Ann;;;\r\nitem1.TEL;TYPE=WORK,FAX:+1 20\r\n"
    b"item1.X-ABLabel:_$!<Main>!$_\r\nBDAY;X-APPLE-OMIT-YEAR=1604:1604-02-29\r\n"
    b"item2.X-ABDATE:2013-03-12\r\nitem2.X-ABLabel:_$!<Anniversary>!$_\r\nNOTE:one\\, two\\n th\r\n"
    b" ree\r\nPHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRg==\r\nORG:Acme;Sales\r\nEND:VCARD\r\n",
    b"BEGIN:VCARD\nVERSION:2.1\nN;CHARSET=SHIFT_JIS:\x88\xc0\x93\xa1;\x83\x8d\x83C\x83h\n"
    b"NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:M=C3=BCn=\nster=0D=0Aend\nTEL;CELL;PREF:1\n"
    b"PHOTO;JPEG;ENCODING=BASE64:\n /9j/4AAQ\nSkZJRg==\n\nAGENT:\nBEGIN:VCARD\nFN:Bob\nEND:VCARD\n"
    b"X-ANDROID-CUSTOM:vnd.android.cursor.item/relation;Carl;2;;;;;\nEND:VCARD\n",
    'BEGIN:VCARD\nVERSION:4.0\nFN:Zoë 安藤\nN;SORT-AS="Lee,Ann":Lee;Ann;;;\nGENDER:F;x\nKIND:org\n'
    'ADR;LABEL="1 Main^nBoston";TYPE="home,work":;;1 Main;Boston;;;\nRELATED;TYPE=child:Em\n'
    "PHOTO:data:image/png;base64,iVBORw0KGgo=\nIMPP;PREF=1:xmpp:a@b\nCATEGORIES:a,b\\,c\n"
    "END:VCARD\n".encode(),
]
TOKENS = [
    *[b"BEGIN:VCARD\r\n", b"END:VCARD\r\n", b"\r\n ", b"=\r\n", b"\r", b"\n", b"\x00", b"\xff"],
    *[b";", b":", b",", b"\\", b'"', b"=", b".", b"^", b"\xc3", b"\xef\xbb\xbf", b"\xd9\xa3"],
    *[b";ENCODING=QUOTED-PRINTABLE", b";ENCODING=b", b";CHARSET=utf-16", b";CHARSET=hex"],
    *[b"BDAY:", b"AGENT:", b"PHOTO:", b"N:", b"data:x;base64,", b"9" * 400, b";VALUE=uri"],
]


def results_of(data: bytes) -> list[Card | Problem]:
    """What reading gives; nothing but the two documented errors may come instead."""
    try:
        return list(read_cards(data))
    except (NotVCard, TooLarge):
        return []


def mutated(chance: random.Random) -> bytes:
    """A seed with up to eight bytes, pieces or tokens changed, doubled, lost or put in."""
    data = bytearray(chance.choice(SEEDS))
    for _ in range(chance.randint(1, 8)):
        at, other = chance.randint(0, len(data)), chance.randint(0, len(data))
        act = chance.randint(0, 4)
        if act == 0:
            data[at : at + 1] = bytes([chance.randint(0, 255)])
        elif act == 1:
            del data[at : at + chance.randint(1, 40)]
        elif act == 2:
            data[at:at] = chance.choice(TOKENS)
        elif act == 3:
            data[at:at] = data[other : other + chance.randint(1, 200)]
        else:
            data = bytearray(bytes(data).replace(b"\n", chance.choice([b"\r\n", b"\r", b"\n\n"])))
    return bytes(data)


def test_two_thousand_mutants_raise_nothing_of_their_own() -> None:
    chance = random.Random(20260715)

    read = [results_of(mutated(chance)) for _ in range(2_000)]

    assert len([results for results in read if results]) > 1_500


@settings(max_examples=300)
@given(st.binary(max_size=300), st.sampled_from(TOKENS))
def test_any_bytes_in_a_card_are_read(noise: bytes, token: bytes) -> None:
    results = results_of(b"BEGIN:VCARD\nFN:Ann\n" + noise + token + noise + b"\nEND:VCARD\n")

    assert [one for one in results if isinstance(one, Card) and one.name]


@settings(max_examples=300)
@given(st.lists(st.sampled_from([*TOKENS, *SEEDS[0].split(b"\r\n")]), max_size=40))
def test_any_lines_are_read(pieces: list[bytes]) -> None:
    for result in results_of(b"\n".join(pieces)):
        assert result.line >= 1


def in_card(start: bytes, unit: bytes, end: bytes = b"") -> Callable[[int], bytes]:
    """A card of a given size: `unit` over and over between `start` and `end`."""
    return lambda size: (
        b"BEGIN:VCARD\nFN:x\n" + start + unit * (size // len(unit)) + end + b"\nEND:VCARD\n"
    )


def of_cards(unit: bytes) -> Callable[[int], bytes]:
    card = b"BEGIN:VCARD\nFN:x\n%b\nEND:VCARD\n" % (unit * 50)
    return lambda size: card * (size // len(card))


SHAPES: dict[str, Callable[[int], bytes]] = {
    "blank lines": in_card(b"", b"\n"),
    "carriage returns": in_card(b"", b"\r"),
    "folds of nothing": in_card(b"NOTE:", b"\n "),
    "folds of one": in_card(b"NOTE:", b"\r\n a"),
    "lines without a colon": in_card(b"NOTE:", b"a\n"),
    "stray lines": in_card(b"", b"a\n"),
    "one line": in_card(b"NOTE:", b"a"),
    "no colon": in_card(b"", b"a"),
    "colons": in_card(b"", b":"),
    "points": in_card(b"", b"a."),
    "escapes": in_card(b"NOTE:", b"\\n"),
    "backslashes": in_card(b"N:", b"\\"),
    "escaped separators": in_card(b"N:", b"\\;;"),
    "separators": in_card(b"ORG:", b";"),
    "tags": in_card(b"CATEGORIES:", b"a,"),
    "soft breaks": in_card(b"NOTE;ENCODING=QUOTED-PRINTABLE:", b"=\n"),
    "soft breaks of one": in_card(b"NOTE;ENCODING=QUOTED-PRINTABLE:", b"a= \r\n"),
    "equals signs": in_card(b"NOTE;ENCODING=QUOTED-PRINTABLE:", b"= "),
    "encoded letters": in_card(b"NOTE;ENCODING=QUOTED-PRINTABLE:", b"=C3=BC"),
    "base64 lines": in_card(b"PHOTO;ENCODING=BASE64:", b"AA\n"),
    "base64 with blanks": in_card(b"PHOTO;ENCODING=BASE64:", b"\nA "),
    "folded base64": in_card(b"PHOTO;ENCODING=b:", b"\n A"),
    "a link of base64": in_card(b"PHOTO:data:image/png;base64,", b"%41"),
    "folded link": in_card(b"PHOTO:data:image/png;base64,", b"\n A"),
    "links in links": in_card(b"PHOTO:", b"data:;,"),
    "parameters": in_card(b"TEL", b";a=b", b":1"),
    "types": in_card(b"TEL;TYPE=", b"a,", b":1"),
    "quotes": in_card(b"TEL;TYPE=", b'"', b":1"),
    "open quotes": in_card(b"TEL;TYPE=", b'";', b":1"),
    "quotes with colons": in_card(b"TEL;TYPE=", b'":"', b":1"),
    "brackets": in_card(b"EMAIL:", b"<a@"),
    "agents": in_card(b"AGENT:", b"N:a\\n"),
    "digits": in_card(b"BDAY:", b"9"),
    "labels": in_card(b"X-ABLABEL:", b"_$!<"),
    "words": in_card(b"LABEL:", b"a1 b "),
    "control characters": in_card(b"NOTE:", b"a\x01"),
    "separators of lines": in_card(b"NOTE:", "\u2028é".encode()),
    "letters of nobody": in_card(b"NOTE:", b"\xe9a"),
    "broken letters": in_card(b"NOTE:", b"\xc3"),
    "Japanese": in_card(b"NOTE;CHARSET=SHIFT_JIS:", b"\x88\xc0"),
    "half a begin": in_card(b"", b"\nBEGIN "),
    "begins in a line": in_card(b"", b"BEGIN:VCARD "),
    "phones": of_cards(b"TEL;TYPE=HOME,CELL:+1 234\n"),
    "labelled phones": of_cards(b"item1.TEL:1\nitem1.X-ABLABEL:a\n"),
    "envelopes": of_cards(b"ADR:;;a b c d;;;;\nLABEL:e\n"),
    "bad dates": of_cards(b"X-ABDATE:soon\n"),
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_time_grows_with_the_file(shape: Callable[[int], bytes]) -> None:
    """Eight times the file may cost twenty times the time; what is quadratic costs 64 times."""
    small, large = shape(100_000), shape(800_000)

    assert _cost(large) <= max(20 * _cost(small), 0.1)


def _cost(data: bytes) -> float:
    costs = []
    for _ in range(3):
        start = process_time()
        results_of(data)
        costs.append(process_time() - start)
    return min(costs)


def test_a_file_too_large_says_by_how_much() -> None:
    with pytest.raises(TooLarge) as raised:
        read_cards(b"BEGIN:VCARD\n" + bytes(MAX_BYTES))

    assert str(raised.value) == "This file has 10.0 MB; up to 10 MB can be read at once."


def test_whoever_calls_may_allow_more() -> None:
    card = b"BEGIN:VCARD\nFN:Ann\nEND:VCARD\n"

    with pytest.raises(TooLarge):
        read_cards(card, max_bytes=20)
    assert list(read_cards(card, max_bytes=40)) == [Card(name="Ann")]


def test_too_many_cards_are_refused_before_the_first_is_read() -> None:
    with pytest.raises(TooLarge) as raised:
        read_cards(b"BEGIN:VCARD\nFN:Ann\nEND:VCARD\n" * (MAX_CARDS + 1))

    assert str(raised.value) == "This file has 20,001 cards; up to 20,000 can be read at once."


def test_the_first_200_entries_of_a_card_are_read() -> None:
    phones = b"".join(b"TEL:%d\n" % number for number in range(500))
    data = b"BEGIN:VCARD\nFN:Ann\n%bEND:VCARD\nBEGIN:VCARD\nFN:Bob\nEND:VCARD" % phones

    ann, problem, bob = read_cards(data)

    assert isinstance(ann, Card)
    assert [phone.value for phone in ann.phones] == [str(number) for number in range(199)]
    what = "This card has more than 200 entries; the rest was left out."
    assert problem == Problem(1, what, "Ann")
    assert (bob, bob.line) == (Card(name="Bob"), 504)


def test_text_beyond_a_megabyte_is_left_out() -> None:
    note = b"NOTE:" + b"a" * 74 + b"\n " * 1 + (b"a" * 74 + b"\n ") * 20_000
    data = b"BEGIN:VCARD\nFN:Ann\nTEL:1\n%b\nTEL:2\nEND:VCARD\n" % note

    what = "This card has more than 1 MB of text; the rest was left out."
    assert list(read_cards(data)) == [
        Card(name="Ann", phones=(Detail("1"),)),
        Problem(1, what, "Ann"),
    ]


def test_ten_thousand_lines_in_one_property_are_read() -> None:
    data = b"BEGIN:VCARD\nFN:Ann\nNOTE:" + b"a" * 70 + (b"\n " + b"a" * 70) * 9_999 + b"\nEND:VCARD"

    assert list(read_cards(data)) == [Card(name="Ann", note="a" * 700_000)]


@pytest.mark.parametrize("start", [b"PHOTO;ENCODING=b:", b"PHOTO:data:image/jpeg;base64,"])
def test_a_photo_may_be_larger_than_a_card(start: bytes) -> None:
    data = b"BEGIN:VCARD\nFN:Ann\n" + start + b"/9j/" * 700_000 + b"\nTEL:1\nEND:VCARD"

    [card] = read_cards(data)

    assert isinstance(card, Card)
    assert card.photo == b"\xff\xd8\xff" * 700_000
    assert card.phones == (Detail("1"),)


def test_cards_in_cards_in_cards_are_cards() -> None:
    results = results_of(b"BEGIN:VCARD\nFN:Ann\n" * 2_000)

    assert len([one for one in results if isinstance(one, Card)]) == 2_000
    assert len([one for one in results if isinstance(one, Problem)]) == 2_000
