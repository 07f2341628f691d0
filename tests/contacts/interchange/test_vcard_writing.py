"""The letter of what is written, for the programs that read it."""

from contacts.interchange.card import (
    Address,
    Card,
    CardDate,
    CardRelative,
    Detail,
    NameParts,
)
from contacts.interchange.vcard import Version, write_cards
from contacts.partial_dates import PartialDate

ANN = Card(
    name="Ann Lee",
    name_parts=NameParts("Lee", "Ann"),
    sort_as="Lee",
    gender="female",
    pronouns="she, her",
    company="Acme; Sons",
    department="Sales",
    title="Director",
    emails=(Detail("ann@example.com", "work", preferred=True),),
    phones=(Detail("+12025550101", "personal", kind="mobile"), Detail("1", kind="Boat")),
    addresses=(Address("1 Main St\nFloor 2", "Boston", "MA", "02101", "USA", label="work"),),
    urls=(Detail("https://example.com/a,b;c"),),
    socials=(Detail("https://twitter.com/ann", kind="twitter"),),
    birthday=PartialDate(None, 2, 29),
    anniversary=PartialDate(2009, 8, 8),
    deathday=PartialDate(2020),
    dates=(CardDate("First boat", PartialDate(2013, 5)),),
    relatives=(CardRelative("child", "Emma"), CardRelative("daughter", "Zoë")),
    tags=("golf", "a,b"),
    interests=("sailing",),
    note="Likes tea,\nand cake.",
    photo=b"\xff\xd8\xff\xe0",
    uid="urn:uuid:1",
    time_zone="America/New_York",
    language="fr",
)


def lines(card: Card, version: Version) -> list[str]:
    [file] = write_cards([card], version=version)
    return file.decode().replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


def test_version_4() -> None:
    assert lines(ANN, "4.0") == [
        "BEGIN:VCARD",
        "VERSION:4.0",
        "UID:urn:uuid:1",
        "FN:Ann Lee",
        'N;SORT-AS="Lee":Lee;Ann;;;',
        r"PRONOUNS:she\, her",
        "GENDER:F",
        r"ORG:Acme\; Sons;Sales",
        "TITLE:Director",
        "EMAIL;TYPE=work;PREF=1:ann@example.com",
        "TEL;TYPE=home,cell:+12025550101",
        "item1.TEL:1",
        "item1.X-ABLabel:Boat",
        r"ADR;TYPE=work:;;1 Main St\nFloor 2;Boston;MA;02101;USA",
        "URL:https://example.com/a,b;c",
        "X-SOCIALPROFILE;TYPE=twitter:https://twitter.com/ann",
        "BDAY:--0229",
        "ANNIVERSARY:20090808",
        "DEATHDATE:2020",
        "item2.X-ABDATE:2013-05",
        "item2.X-ABLabel:First boat",
        "RELATED;TYPE=child;VALUE=text:Emma",
        "item3.RELATED;VALUE=text:Zoë",
        "item3.X-ABLabel:daughter",
        r"CATEGORIES:golf,a\,b",
        "INTEREST:sailing",
        "TZ:America/New_York",
        "LANG:fr",
        r"NOTE:Likes tea\,\nand cake.",
        "PHOTO:data:image/jpeg;base64,/9j/4A==",
        "END:VCARD",
    ]


def test_version_3() -> None:
    assert lines(ANN, "3.0") == [
        "BEGIN:VCARD",
        "VERSION:3.0",
        "UID:urn:uuid:1",
        "FN:Ann Lee",
        "N:Lee;Ann;;;",
        "SORT-STRING:Lee",
        r"X-PRONOUNS:she\, her",
        "X-GENDER:female",
        r"ORG:Acme\; Sons;Sales",
        "TITLE:Director",
        "EMAIL;TYPE=work,pref:ann@example.com",
        "TEL;TYPE=home,cell:+12025550101",
        "item1.TEL:1",
        "item1.X-ABLabel:Boat",
        r"ADR;TYPE=work:;;1 Main St\nFloor 2;Boston;MA;02101;USA",
        "URL:https://example.com/a,b;c",
        "X-SOCIALPROFILE;TYPE=twitter:https://twitter.com/ann",
        "BDAY;X-APPLE-OMIT-YEAR=1604:1604-02-29",
        "item2.X-ABDATE:2009-08-08",
        "item2.X-ABLabel:_$!<Anniversary>!$_",
        "item3.X-KEPT-DATE:2020",
        "item3.X-ABLabel:died",
        "item4.X-KEPT-DATE:2013-05",
        "item4.X-ABLabel:First boat",
        "item5.X-ABRELATEDNAMES:Emma",
        "item5.X-ABLabel:_$!<Child>!$_",
        "item6.X-ABRELATEDNAMES:Zoë",
        "item6.X-ABLabel:_$!<Daughter>!$_",
        r"CATEGORIES:golf,a\,b",
        "X-INTEREST:sailing",
        "TZ;VALUE=text:America/New_York",
        "X-LANG:fr",
        r"NOTE:Likes tea\,\nand cake.",
        "PHOTO;ENCODING=b;TYPE=JPEG:/9j/4A==",
        "END:VCARD",
    ]


def test_a_name_without_parts_gets_them_marked_as_derived() -> None:
    assert "N;DERIVED=true:Lee;Ann Mary;;;" in lines(Card(name="Ann Mary Lee"), "4.0")
    assert "N;DERIVED=true:;安藤;;;" in lines(Card(name="安藤"), "3.0")


def test_a_company_says_so() -> None:
    acme = Card(company="Acme Ltd")

    assert lines(acme, "4.0")[2:5] == ["KIND:org", "FN:Acme Ltd", "N;DERIVED=true:;Acme Ltd;;;"]
    assert lines(acme, "3.0")[2] == "X-ABShowAs:COMPANY"


def test_a_birthday_that_version_3_cannot_hold_goes_aside() -> None:
    assert "X-KEPT-BIRTHDAY:1958" in lines(Card(name="Ann", birthday=PartialDate(1958)), "3.0")
    assert "BDAY:1958" in lines(Card(name="Ann", birthday=PartialDate(1958)), "4.0")


def test_cards_are_written_one_by_one() -> None:
    pieces = write_cards(Card(name=name) for name in ("Ann", "Bob"))

    assert next(pieces).startswith(b"BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Ann\r\n")
    assert next(pieces).endswith(b"END:VCARD\r\n")
    assert list(pieces) == []
