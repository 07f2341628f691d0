"""What programs make of vCards, and what is read from it."""

from collections.abc import Iterable

import pytest

from contacts.interchange.card import (
    Address,
    Card,
    CardDate,
    CardRelative,
    Detail,
    Lost,
    NameParts,
    Problem,
)
from contacts.interchange.vcard import NotVCard, read_cards
from contacts.partial_dates import PartialDate


def vcard(*lines: str, version: str = "3.0") -> bytes:
    return "\r\n".join(["BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""]).encode()


def read(*lines: str, version: str = "3.0") -> Card:
    """The one card of those lines, read without a problem."""
    [card] = read_cards(vcard(*lines, version=version))
    assert isinstance(card, Card)
    return card


def split_results(results: Iterable[Card | Problem]) -> tuple[list[Card], list[Problem]]:
    cards: list[Card] = []
    problems: list[Problem] = []
    for one in results:
        cards.append(one) if isinstance(one, Card) else problems.append(one)
    return cards, problems


def problem_with(*lines: str) -> tuple[Card, Problem]:
    """The one card of those lines, and the one problem with it."""
    [card], [problem] = split_results(read_cards(vcard(*lines)))
    return card, problem


def test_a_whole_card_of_version_3() -> None:
    card = read(
        "N:Cantwell;Maria;Elaine;Sen.;",
        "FN:Sen. Maria Cantwell",
        "NICKNAME:Mary,Ria",
        "ORG:United States Senate;Finance;Trade",
        "TITLE:U.S. Senator",
        "EMAIL;TYPE=INTERNET,WORK,PREF:maria@example.gov",
        "TEL;TYPE=WORK,FAX:+1 202-555-0101",
        "TEL;TYPE=CELL:+1 202-555-0102",
        "ADR;TYPE=HOME:;Suite 9B;2930 Wetmore Ave.;Everett;WA;98201;United States",
        "URL:https://example.gov",
        "BDAY:1958-10-13",
        "CATEGORIES:Democrat,Washington",
        r"NOTE:Likes sailing\, and tea.\nAsk about Emma.",
        "UID:C000127",
        "REV:2026-06-15T19:26:56Z",
    )

    assert card == Card(
        name="Sen. Maria Cantwell",
        name_parts=NameParts("Cantwell", "Maria", "Elaine", "Sen."),
        nickname="Mary, Ria",
        company="United States Senate",
        department="Finance, Trade",
        title="U.S. Senator",
        emails=(Detail("maria@example.gov", "work", preferred=True),),
        phones=(
            Detail("+1 202-555-0101", "work", kind="fax"),
            Detail("+1 202-555-0102", kind="mobile"),
        ),
        addresses=(
            Address(
                "2930 Wetmore Ave.",
                "Everett",
                "WA",
                "98201",
                "United States",
                extended="Suite 9B",
                label="personal",
            ),
        ),
        urls=(Detail("https://example.gov"),),
        birthday=PartialDate(1958, 10, 13),
        tags=("Democrat", "Washington"),
        note="Likes sailing, and tea.\nAsk about Emma.",
        uid="C000127",
        rev="2026-06-15T19:26:56Z",
    )
    assert card.line == 1


def test_a_whole_card_of_version_4() -> None:
    card = read(
        "FN:Ann Lee",
        'N;SORT-AS="Lee,Ann":Lee;Ann;;;',
        "KIND:individual",
        "GENDER:F;",
        "PRONOUNS:she/her",
        'TEL;VALUE=uri;PREF=1;TYPE="cell,home":tel:+1-202-555-0102;ext=5',
        'ADR;TYPE=work;LABEL="1 Main St\\nBoston":;;1 Main St;Boston;;;',
        "ANNIVERSARY:20090808T1430-0500",
        "DEATHDATE:2020",
        "RELATED;TYPE=child;VALUE=text:Emma",
        "IMPP;PREF=1:xmpp:ann@example.com",
        "INTEREST:sailing",
        "LANG;PREF=1:fr",
        "TZ:America/New_York",
        version="4.0",
    )

    assert card == Card(
        name="Ann Lee",
        name_parts=NameParts("Lee", "Ann"),
        sort_as="Lee,Ann",
        gender="female",
        pronouns="she/her",
        phones=(Detail("+1-202-555-0102;ext=5", "personal", preferred=True, kind="mobile"),),
        addresses=(Address("1 Main St", "Boston", label="work"),),
        anniversary=PartialDate(2009, 8, 8),
        deathday=PartialDate(2020),
        relatives=(CardRelative("child", "Emma"),),
        socials=(Detail("xmpp:ann@example.com", preferred=True, kind="xmpp"),),
        interests=("sailing",),
        language="fr",
        time_zone="America/New_York",
    )


@pytest.mark.parametrize(
    ("line", "birthday"),
    [
        ("BDAY:1958-10-13", PartialDate(1958, 10, 13)),
        ("BDAY:19581013", PartialDate(1958, 10, 13)),
        ("BDAY;VALUE=text:1958-10-13", PartialDate(1958, 10, 13)),
        ("BDAY:1985-01-28T00:00:00Z", PartialDate(1985, 1, 28)),
        ("BDAY:19531015T231000Z", PartialDate(1953, 10, 15)),
        ("BDAY:1996-04-15T201243+04:00", PartialDate(1996, 4, 15)),
        ("BDAY:1985-01-28 23:59:59", PartialDate(1985, 1, 28)),
        ("BDAY:1985-1-5", PartialDate(1985, 1, 5)),
        ("BDAY:1985/01/05", PartialDate(1985, 1, 5)),
        ("BDAY:5.1.1985", PartialDate(1985, 1, 5)),
        ("BDAY:--0203", PartialDate(None, 2, 3)),
        ("BDAY:--02-03", PartialDate(None, 2, 3)),
        ("BDAY:--0229", PartialDate(None, 2, 29)),
        ("BDAY:0000-02-03", PartialDate(None, 2, 3)),
        ("BDAY;value=date:1604-02-02", PartialDate(None, 2, 2)),
        ("BDAY:16040229", PartialDate(None, 2, 29)),
        ("BDAY;X-APPLE-OMIT-YEAR=1604:1604-02-29", PartialDate(None, 2, 29)),
        ("BDAY;X-APPLE-OMIT-YEAR=1900:1900-02-28", PartialDate(None, 2, 28)),
        ("BDAY:1958", PartialDate(1958)),
        ("BDAY:1958-10", PartialDate(1958, 10)),
        ("BDAY:--10", PartialDate(None, 10)),
        ("BDAY:", None),
        ("BDAY:0000", None),
        ("BDAY:0000-00-00", None),
        ("BDAY:1000-01-01", None),
        ("BDAY:4501-01-01T00:00:00Z", None),
    ],
)
def test_birthday_in_every_form(line: str, birthday: PartialDate | None) -> None:
    card = read("FN:Ann Lee", line)

    assert card.birthday == birthday
    assert card.lost == ()


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("BDAY:19723101", "The birthday “19723101” was left out. There is no month 31."),
        ("BDAY:70-7-14", "The birthday “70-7-14” was left out: it is no date."),
        ("BDAY:206-12-15", "The birthday “206-12-15” was left out: it is no date."),
        ("BDAY:T102200", "The birthday “T102200” was left out: it is no date."),
        ("BDAY;VALUE=text:circa 1800", "The birthday “circa 1800” was left out: it is no date."),
        (
            "BDAY:2023-02-29",
            "The birthday “2023-02-29” was left out. There is no 29 February in 2023.",
        ),
        (
            "BDAY:---26",
            "The birthday “---26” was left out. A day of the month alone is not a date: add its "
            "month.",
        ),
        (
            "BDAY;CALSCALE=chinese:00780030-12-01",
            "The birthday “00780030-12-01” was left out. It counts in the chinese calendar.",
        ),
        (f"BDAY:{'9' * 5000}", f"The birthday “{'9' * 40}…” was left out: it is no date."),
    ],
)
def test_a_birthday_that_is_none_is_kept_and_told(line: str, what: str) -> None:
    card, problem = problem_with("FN:Ann Lee", line)

    assert card == Card(name="Ann Lee", lost=(Lost("BDAY", line.partition(":")[2]),))
    assert problem == Problem(4, what, "Ann Lee")


def test_the_first_birthday_counts_and_makes_up_for_bad_ones() -> None:
    card = read("FN:Ann Lee", "BDAY:unknown", "BDAY:1970-07-14", "BDAY:1970-07-14", "BDAY:1971")

    assert card.birthday == PartialDate(1970, 7, 14)
    assert card.lost == (Lost("BDAY", "unknown"), Lost("BDAY", "1971"))


def test_another_calendar_does_not_touch_the_birthday() -> None:
    card = read("FN:Ann Lee", "BDAY:2015-03-03", "X-ALTBDAY;CALSCALE=chinese:00780030-12-01")

    assert card.birthday == PartialDate(2015, 3, 3)
    assert card.lost == (Lost("X-ALTBDAY", "00780030-12-01"),)


def test_apples_labels_name_what_they_are_grouped_with() -> None:
    card = read(
        "FN:Ann Lee",
        "item1.X-ABDATE;type=pref:2013-03-12",
        "item1.X-ABLabel:_$!<Anniversary>!$_",
        "item2.X-ABDATE;X-APPLE-OMIT-YEAR=1604:1604-05-06",
        "item2.X-ABLabel:First boat",
        "item3.X-ABRELATEDNAMES:Emma",
        "item3.X-ABLabel:_$!<Daughter>!$_",
        "item4.X-ABRELATEDNAMES:Rex",
        "item4.X-ABLabel:Hund",
        "item5.TEL:+1 202-555-0101",
        "item5.X-ABLabel:_$!<Work>!$_",
        "item6.EMAIL:boat@example.com",
        "item6.X-ABLabel:Boat club",
        "item6.X-ABADR:us",
    )

    assert card == Card(
        name="Ann Lee",
        anniversary=PartialDate(2013, 3, 12),
        dates=(CardDate("First boat", PartialDate(None, 5, 6)),),
        relatives=(CardRelative("daughter", "Emma"), CardRelative("Hund", "Rex")),
        phones=(Detail("+1 202-555-0101", "work"),),
        emails=(Detail("boat@example.com", kind="Boat club"),),
    )


def test_relatives_and_dates_of_other_programs() -> None:
    custom = "X-ANDROID-CUSTOM:vnd.android.cursor.item/"
    card = read(
        "FN:Ann Lee",
        "X-SPOUSE:Bob",
        "X-MS-CHILD:Emma",
        "X-EVOLUTION-MANAGER:Mr Big",
        f"{custom}relation;Carl;2;;;;;;;;;;;;;",
        f"{custom}relation;Dora;0;godmother;;;;;;;;;;;;",
        f"{custom}contact_event;2013-01-01;0;Moved;;;;;;;;;;;;",
        f"{custom}contact_event;--03-04;1;;;;;;;;;;;;;",
        f"{custom}contact_event;1989-02-02;3;;;;;;;;;;;;;",
        f"{custom}nickname;Annie;1;;;;;;;;;;;;;",
        "RELATED;TYPE=friend:urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
    )

    assert card == Card(
        name="Ann Lee",
        nickname="Annie",
        relatives=(
            CardRelative("spouse", "Bob"),
            CardRelative("child", "Emma"),
            CardRelative("manager", "Mr Big"),
            CardRelative("brother", "Carl"),
            CardRelative("godmother", "Dora"),
        ),
        birthday=PartialDate(1989, 2, 2),
        anniversary=PartialDate(None, 3, 4),
        dates=(CardDate("Moved", PartialDate(2013, 1, 1)),),
        lost=(Lost("RELATED", "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6"),),
    )


def test_networks_are_named_whichever_way_they_come() -> None:
    card = read(
        "FN:Ann Lee",
        "X-SOCIALPROFILE;type=twitter;x-user=ann:http://twitter.com/ann",
        "X-SOCIALPROFILE;type=Boats;x-user=ann boat:x-apple:ann%20boat",
        "IMPP;X-SERVICE-TYPE=Skype;type=pref:skype:ann",
        "X-GTALK;TYPE=HOME:ann@example.com",
        "X-messaging/xmpp-All:ann@example.org",
    )

    assert card.socials == (
        Detail("http://twitter.com/ann", kind="twitter"),
        Detail("ann boat", kind="boats"),
        Detail("skype:ann", preferred=True, kind="Skype"),
        Detail("ann@example.com", "personal", kind="gtalk"),
        Detail("ann@example.org", kind="xmpp"),
    )


def test_quoted_printable_with_soft_breaks() -> None:
    card = read(
        "FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=",
        "Michael Br=C3=",
        "=BCning",
        "NOTE;QUOTED-PRINTABLE:first=0D=0A second; third=3B,=",
        "# still the note: really=20=",
        "",
        "# a comment",
        "TEL;CELL;PREF:+49 1622433834",
        version="2.1",
    )

    assert card.name == "Michael Brüning"
    assert card.note == "first\n second; third;,# still the note: really"
    assert card.phones == (Detail("+49 1622433834", preferred=True, kind="mobile"),)


def test_folds_are_undone_before_letters_are_read() -> None:
    data = vcard("FN:Zoë Müller", "NOTE:one two").replace(b"\xc3", b"\xc3\r\n ")
    data = data.replace(b"one two", b"one\r\n\t t\r\r\n wo\r\n\r\n  and three")

    [card] = read_cards(data)

    assert isinstance(card, Card)
    assert (card.name, card.note) == ("Zoë Müller", "one two and three")


@pytest.mark.parametrize("line_end", [b"\r\n", b"\n", b"\r", b"\r\r\n", b"\n\n"])
def test_every_line_end(line_end: bytes) -> None:
    data = vcard("FN:Ann Lee", "NOTE:a", " b", "TEL:1").replace(b"\r\n", line_end)

    assert list(read_cards(data)) == [Card(name="Ann Lee", note="ab", phones=(Detail("1"),))]


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_every_unicode_encoding(codec: str) -> None:
    data = vcard("FN:Zoë 安藤 🎉").decode().encode(codec)

    assert list(read_cards(data)) == [Card(name="Zoë 安藤 🎉")]


@pytest.mark.parametrize(
    ("charset", "codec"),
    [
        ("SHIFT_JIS", "cp932"),
        ("ISO-2022-JP", "iso2022_jp"),
        ("EUC-JP", "euc_jp"),
        ("GB2312", "gb18030"),
        ("Big5", "big5"),
        ('"utf-8"', "utf-8"),
        ("no-such-thing", "utf-8"),
        ("hex", "utf-8"),
    ],
)
def test_charset_says_which_letters(charset: str, codec: str) -> None:
    data = vcard("FN:Ann Lee", f"NOTE;CHARSET={charset}:").replace(
        b"\r\nEND", "伊能 圭一".encode(codec) + b"\r\nEND"
    )

    assert list(read_cards(data)) == [Card(name="Ann Lee", note="伊能 圭一")]


@pytest.mark.parametrize(
    ("name", "codec", "called"),
    [
        ("Jürgen Groß, André", "cp1252", "Western European (Windows-1252)"),
        ("Łukasz Wałęsa-Dąbrowski", "cp1250", "Central European (Windows-1250)"),
        ("Огнян Андонов Пейчев", "cp1251", "Cyrillic (Windows-1251)"),
        ("Γιώργος Παπαδόπουλος", "cp1253", "Greek (Windows-1253)"),
        ("安藤ロイド 伊能圭一", "cp932", "Japanese (Shift JIS)"),
    ],
)
def test_letters_that_nobody_names_are_guessed_once_and_told(
    name: str, codec: str, called: str
) -> None:
    data = vcard(f"FN:{name}").decode().encode(codec)

    results = list(read_cards(data * 2))

    what = f"The file does not say how it writes letters; they were read as {called}."
    warning = Problem(1, f"{what} Please look at the accents in the names.")
    assert results == [Card(name=name), warning, Card(name=name)]


def test_damaged_utf8_stays_utf8() -> None:
    data = vcard("FN:Ñandú Ñoño Ñ").replace("Ñ\r\nEND".encode(), b"\xc3\r\nEND")

    assert list(read_cards(data)) == [Card(name="Ñandú Ñoño \ufffd")]


PIXEL = bytes.fromhex("ffd8ffe000104a464946")


@pytest.mark.parametrize(
    "lines",
    [
        ["PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRg=="],
        ["PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRg"],
        ["PHOTO;ENCODING=b;TYPE=JPEG:/9j/4", " AAQSkZ", " JRg=="],
        ["PHOTO;JPEG;ENCODING=BASE64:", "/9j/4AAQ", "SkZJRg==", ""],
        ["PHOTO;BASE64:", "  /9j/4AAQ", "  SkZJRg==", ""],
        ["PHOTO:data:image/jpeg;base64,/9j/4AAQSkZJRg=="],
        ["PHOTO:data:image/jpeg;base64\\,/9j/4AAQSkZJRg=="],
        ["PHOTO;VALUE=URI:data:image/jpeg;base64,/9j/4AAQSkZJRg%3D%3D"],
        ["PHOTO;ENCODING=b:data:image/jpeg;base64,/9j/4AAQSkZJRg=="],
        ["PHOTO;VALUE=uri:http://example.com/a.jpg", "PHOTO;ENCODING=b:/9j/4AAQSkZJRg=="],
    ],
)
def test_photo_in_every_form(lines: list[str]) -> None:
    cards, problems = split_results(read_cards(vcard("FN:Ann Lee", *lines, "TEL:1")))

    assert [card.photo for card in cards] == [PIXEL]
    assert [card.phones for card in cards] == [(Detail("1"),)]
    assert problems == []


@pytest.mark.parametrize(
    "line",
    [
        "PHOTO;ENCODING=b:/9j/4AAQSkZJR",
        "PHOTO;ENCODING=b:qgEPAAIAAAAHAAAA:ASDF==",
        "PHOTO;ENCODING=b:/9j/=AAQ",
        "PHOTO:data:image/jpeg,abc",
        "PHOTO;ENCODING=8bit:val\\nue",
    ],
)
def test_a_damaged_photo_is_told_and_the_card_is_read(line: str) -> None:
    card, problem = problem_with("FN:Ann Lee", line, "TEL:1")

    assert card == Card(name="Ann Lee", phones=(Detail("1"),))
    assert problem == Problem(4, "The photo is damaged, so it was left out.", "Ann Lee")


def test_a_photo_that_is_a_link_is_told_and_its_address_kept() -> None:
    card, problem = problem_with("FN:Ann Lee", "PHOTO;VALUE=uri:http://10.0.0.1/x.jpg")

    what = "The photo is only a link, and links are not followed; it was left out."
    assert card == Card(name="Ann Lee", lost=(Lost("PHOTO", "http://10.0.0.1/x.jpg"),))
    assert problem == Problem(4, what, "Ann Lee")


def test_a_second_photo_is_told() -> None:
    card, problem = problem_with("FN:Ann Lee", "PHOTO;ENCODING=b:AAAA", "PHOTO;ENCODING=b:AAAB")

    assert card.photo == bytes(3)
    assert problem.what == "This card has more than one photo; the first was taken."


@pytest.mark.parametrize(
    ("lines", "card"),
    [
        (
            ["N:Doe;John;Quinlan,Paul;Mr.;Esq."],
            Card(name_parts=NameParts("Doe", "John", "Quinlan Paul", "Mr.", "Esq.")),
        ),
        (["N:山田;太郎;;;"], Card(name="山田 太郎", name_parts=NameParts("山田", "太郎"))),
        (["FN:", "N:;;;;", "NICKNAME:Jo"], Card(nickname="Jo")),
        (["FN: ", "ORG:Acme;Sales"], Card(company="Acme", department="Sales")),
        (["EMAIL:jo@example.com"], Card(emails=(Detail("jo@example.com"),))),
        (["TEL:1"], Card(phones=(Detail("1"),))),
        (["X-AIM:jo"], Card(socials=(Detail("jo", kind="aim"),))),
    ],
)
def test_something_stands_in_for_a_missing_name(lines: list[str], card: Card) -> None:
    assert read(*lines) == card


def test_only_a_company_makes_a_company() -> None:
    assert read("ORG:Acme").is_company
    assert read("FN:Acme Ltd", "ORG:Acme", "X-ABShowAs:COMPANY").is_company
    assert read("FN:Acme Ltd", "KIND:org", version="4.0").is_company
    assert not read("FN:Ann Lee", "ORG:Acme").is_company


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        ([], "This card is empty, so it was left out."),
        (["TEL;HOME;FAX:", "NICKNAME:"], "This card is empty, so it was left out."),
        (
            ["BDAY:1970-01-01", "NOTE:who?"],
            "This card names nobody (no name, company, email or phone), so it was left out.",
        ),
    ],
)
def test_a_card_of_nobody_is_skipped_and_told(lines: list[str], what: str) -> None:
    assert list(read_cards(vcard(*lines))) == [Problem(1, what, skipped=True)]


def test_groups_are_no_persons() -> None:
    group = vcard("FN:Golf", "X-ADDRESSBOOKSERVER-KIND:group", "X-ADDRESSBOOKSERVER-MEMBER:urn:x")

    assert list(read_cards(group + vcard("FN:Ann Lee") + vcard("FN:Club", "KIND:group"))) == [
        Card(name="Ann Lee")
    ]


def test_one_bad_card_does_not_stop_the_others() -> None:
    data = vcard("FN:Ann") + vcard() + vcard("FN:Bob", "BDAY:soon") + vcard("FN:Cid")

    cards, problems = split_results(read_cards(data))

    assert [(card.name, card.line) for card in cards] == [("Ann", 1), ("Bob", 8), ("Cid", 13)]
    assert [(problem.line, problem.name, problem.skipped) for problem in problems] == [
        (5, "", True),
        (11, "Bob", False),
    ]


def test_a_file_cut_short_gives_what_there_is() -> None:
    data = vcard("FN:Ann Lee") + vcard("FN:Bob Day", "TEL:1", "NOTE:and th").partition(b"END")[0]

    assert list(read_cards(data + b"E")) == [
        Card(name="Ann Lee"),
        Card(name="Bob Day", phones=(Detail("1"),), note="and th\nE"),
        Problem(5, "This card has no end; what there is of it was read.", "Bob Day"),
    ]


def test_a_missing_end_costs_no_other_card() -> None:
    data = vcard("FN:Ann").replace(b"END:VCARD\r\n", b"") + vcard("FN:Bob") + vcard("FN:Cid")

    cards, problems = split_results(read_cards(data))

    assert sorted(card.name for card in cards) == ["Ann", "Bob", "Cid"]
    assert [problem.name for problem in problems] == ["Ann"]


def test_a_soft_break_does_not_swallow_the_next_card() -> None:
    cut = b"BEGIN:VCARD\r\nFN:Ann\r\nNOTE;ENCODING=QUOTED-PRINTABLE:abc=\r\n"

    cards, _ = split_results(read_cards(cut + vcard("FN:Bob")))

    assert sorted((card.name, card.note) for card in cards) == [("Ann", "abc"), ("Bob", "")]


def test_a_nested_card_loses_no_line() -> None:
    data = vcard("FN:Ann", "BEGIN:VCARD", "FN:Bob", "END:VCARD", "TEL:1")

    assert list(read_cards(data)) == [Card(name="Bob"), Card(name="Ann", phones=(Detail("1"),))]


@pytest.mark.parametrize(
    "agent",
    [
        ["AGENT:", "BEGIN:VCARD", "FN:Susan Thomas", "TEL:2", "END:VCARD"],
        ["AGENT:BEGIN:VCARD", " FN:Susan Thomas", " TEL:2", " END:VCARD"],
        [r"AGENT:BEGIN:VCARD\nFN:Susan Thomas\nTEL:2\nEND:VCARD\n"],
        ["AGENT:BEGIN:VCARD", " N:Thomas;Susan;;;", " TEL:2", " END:VCARD"],
    ],
)
def test_an_agent_is_an_assistant_and_no_card(agent: list[str]) -> None:
    card = read("FN:Ann Lee", *agent, "TEL:1")

    assert card.relatives == (CardRelative("assistant", "Susan Thomas"),)
    assert card.phones == (Detail("1"),)
    assert ["TEL:2" in lost.value for lost in card.lost] == [True]


def test_what_is_not_understood_is_kept_with_its_label() -> None:
    card = read(
        "FN:Ann Lee",
        "PRODID:-//Apple Inc.//iOS//EN",
        "X-MAIDENNAME:Iser",
        "item1.X-SHOE;TYPE=left:9\\, wide",
        "item1.X-ABLabel:Skates",
        "KEY;ENCODING=b:AAAA",
        "a line of nothing",
        "see this: http://example.com",
        "ORG:Acme",
        "ORG:Bolt;Sales",
    )

    assert card.lost == (
        Lost("X-MAIDENNAME", "Iser"),
        Lost("X-SHOE", "Skates: 9, wide"),
        Lost("KEY", "(3 bytes)"),
        Lost("", "a line of nothing"),
        Lost("", "see this: http://example.com"),
        Lost("ORG", "Bolt;Sales"),
    )
    assert (card.company, card.department) == ("Acme", "")


def test_line_breaks_that_were_not_escaped_go_on() -> None:
    card = read("FN:Ann", "ADR;TYPE=HOME:;;1 Main St", "Boston;;;;", "NOTE:one", "two", "TEL:1")

    assert card.addresses == (Address("1 Main St\nBoston", label="personal"),)
    assert (card.note, card.phones) == ("one\ntwo", (Detail("1"),))


def test_envelopes_add_only_what_no_address_has() -> None:
    card = read(
        "FN:Ann",
        "ADR;TYPE=HOME:;;1 Main St;Boston;;02101;USA",
        r"LABEL;TYPE=HOME:1 Main St\nBoston 02101\nUSA",
        r"LABEL;TYPE=WORK:2 Side St\nDayton",
    )

    assert [address.value for address in card.addresses] == [
        "1 Main St\nBoston, 02101\nUSA",
        "2 Side St\nDayton",
    ]
    assert [address.label for address in card.addresses] == ["personal", "work"]


def test_pronunciation_is_put_together() -> None:
    phonetic = read(
        "FN:Siobhán Ní Shé", "X-PHONETIC-LAST-NAME:Nee Hay", "X-PHONETIC-FIRST-NAME:Shi"
    )
    kana = read("FN:安藤", "SOUND;X-IRMC-N:アンドウ;ロイド;;;", version="2.1")

    assert (phonetic.pronunciation, kana.pronunciation) == ("Shi Nee Hay", "アンドウ ロイド")


def test_quotes_in_parameters_guard_colons_and_semicolons() -> None:
    card = read('ADR;X-A="a;b:c";TYPE="home":;;1 Main St;;;;', 'TEL;TYPE="WORK:1', "FN:Ann")

    assert card.addresses == (Address("1 Main St", label="personal"),)
    assert card.phones == (Detail("1", "work"),)


def test_control_characters_are_dropped() -> None:
    assert read("FN:Ann\x00 \x07Lee\x1b", "NOTE:a\tb\x0cc\x7f") == Card(
        name="Ann Lee", note="a\tbc"
    )


@pytest.mark.parametrize("start", [" ", ".", "item1.", "\ufeff", "\n\n", "cn:Ann\n", "--\n"])
def test_cards_that_begin_oddly(start: str) -> None:
    cards, _ = split_results(read_cards(start.encode() + vcard("FN:Ann Lee")))

    assert cards == [Card(name="Ann Lee")]


def test_other_components_and_empty_ends_are_passed_over() -> None:
    data = b"BEGIN:VLIST\nFN:List\nEND:VLIST\n" + vcard("END:", "FN:Ann") + b"BEGIN:FOO\nEND:FOO"

    assert list(read_cards(data)) == [Card(name="Ann")]


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "This file is empty."),
        (b"\xef\xbb\xbf \r\n", "This file is empty."),
        (b"card", "This is not a vCard file: no line in it says BEGIN:VCARD."),
        (
            b"BEGIN:VCARDx\nFN:A\nEND:VCARD",
            "This is not a vCard file: no line in it says BEGIN:VCARD.",
        ),
        (b"FN:A\nEND:VCARD", "This is not a vCard file: no line in it says BEGIN:VCARD."),
        (
            b"BEGIN:VCALENDAR\nEND:VCALENDAR",
            "This is a calendar, not a vCard file: it has appointments, no people.",
        ),
    ],
)
def test_what_is_no_vcard_says_so_at_once(data: bytes, what: str) -> None:
    with pytest.raises(NotVCard) as raised:
        read_cards(data)

    assert str(raised.value) == what
