import pytest

from contacts.intake import MOST_OF_A_NOTE, Event, Intake, Kin, Way, intake_of
from contacts.interchange.card import (
    Address,
    Card,
    CardDate,
    CardRelative,
    Detail,
    Lost,
    NameParts,
)
from contacts.partial_dates import PartialDate

JUNE = PartialDate(None, 6, 5)


def read(**fields: object) -> Intake:
    return intake_of(Card(**{"name": "Ana Lind"} | fields), region="SE")


def test_texts_are_taken_as_they_are() -> None:
    intake = read(nickname="Nana", pronunciation="LIND", title="Buyer", company="Harbour Bakery")

    assert intake.texts == {
        "name": "Ana Lind",
        "nickname": "Nana",
        "pronunciation": "LIND",
        "pronouns": "",
        "title": "Buyer",
    }
    assert intake.company == "Harbour Bakery"
    assert intake.notes == ()


def test_ways_are_normalised_with_the_preferred_first_and_faxes_last() -> None:
    intake = read(
        emails=(Detail("a@x.example"), Detail("Ana@X.example", "work", preferred=True)),
        phones=(
            Detail("08-123 456 78", "work", kind="fax"),
            Detail("070-123 45 67", "personal", kind="mobile"),
            Detail("ask Jenny"),
        ),
        addresses=(Address(street="Storgatan 1", city="Umeå", label="work"),),
        urls=(Detail("www.lind.example"),),
        socials=(Detail("https://linkedin.com/in/ana", kind="linkedin"),),
    )

    assert intake.ways == (
        Way("email", "ana@x.example", "work", ""),
        Way("email", "a@x.example", "other", ""),
        Way("phone", "+46701234567", "personal", "mobile"),
        Way("phone", "ask Jenny", "other", ""),
        Way("phone", "+46812345678", "work", "fax"),
        Way("address", "Storgatan 1\nUmeå", "work", ""),
        Way("url", "https://www.lind.example", "other", ""),
        Way("url", "https://linkedin.com/in/ana", "other", "linkedin"),
    )


def test_same_way_in_two_spellings_is_one() -> None:
    intake = read(phones=(Detail("+46 70 123 45 67"), Detail("0701234567")))

    assert [way.value for way in intake.ways] == ["+46701234567"]


def test_dates_become_life_events() -> None:
    intake = read(
        birthday=PartialDate(1974, 3, 26),
        anniversary=JUNE,
        deathday=PartialDate(2020, 1, 2),
        dates=(CardDate("Graduation", JUNE), CardDate("Name day", JUNE)),
    )

    assert intake.birthday == PartialDate(1974, 3, 26)
    assert intake.events == (
        Event("anniversary", "", JUNE),
        Event("death", "", PartialDate(2020, 1, 2)),
        Event("graduation", "", JUNE),
        Event("other", "Name day", JUNE),
    )
    assert [event.yearly for event in intake.events] == [True, False, False, True]


def test_relatives_keep_the_word_they_were_called() -> None:
    intake = read(
        relatives=(
            CardRelative("daughter", "Emma"),
            CardRelative("manager", "Bo"),
            CardRelative("Godmother", "Eva"),
        )
    )

    assert intake.kin == (
        Kin("daughter", "Emma", ""),
        Kin("boss", "Bo", "manager"),
        Kin("other", "Eva", "Godmother"),
    )


def test_tags_and_interests_are_taken() -> None:
    intake = read(tags=("golf", "expo"), interests=("sailing",))

    assert (intake.tags, intake.interests) == (("golf", "expo"), ("sailing",))


def test_what_has_no_place_goes_into_the_note() -> None:
    intake = read(
        note="Met at the fair.",
        name_parts=NameParts("Lind", "Ana", "Maria", "Dr."),
        sort_as="Lindqvist",
        pronouns="xe/xem",
        gender="female",
        department="Sales",
        title="Buyer",
        role="Lead",
        time_zone="Europe/Stockholm",
        language="sv",
        emails=(Detail("no address"),),
        urls=(Detail("javascript:alert(1)"),),
        socials=(Detail("ana.lind", kind="skype"),),
        tags=("x" * 61,),
        lost=(Lost("X-SPOUSE-DOG", "Rex"),),
    )

    assert intake.notes == (
        "Met at the fair.\n\n"
        "Pronouns: xe/xem\n"
        "Email: no address\n"
        "Link: javascript:alert(1)\n"
        "Skype: ana.lind\n"
        f"Category: {'x' * 61}\n"
        "Full name: Dr. Ana Maria Lind\n"
        "Sorted as: Lindqvist\n"
        "Gender: female\n"
        "Department: Sales\n"
        "Role: Lead\n"
        "Time zone: Europe/Stockholm\n"
        "Language: sv\n"
        "X-SPOUSE-DOG: Rex",
    )
    assert intake.ways == ()


@pytest.mark.parametrize(
    ("said", "kept"), [("she/her", "she"), ("He, him", "he"), ("they", "they")]
)
def test_usual_pronouns_are_understood(said: str, kept: str) -> None:
    assert read(pronouns=said).texts["pronouns"] == kept


def test_name_that_is_whole_already_is_not_said_again() -> None:
    assert read(name_parts=NameParts("Lind", "Ana"), sort_as="Lind, Ana").notes == ()


def test_text_that_is_too_long_is_cut_and_kept_whole_in_the_note() -> None:
    intake = read(name="y" * 300, title="z" * 300)

    assert intake.name == "y" * 200
    assert intake.texts["title"] == "z" * 200
    assert intake.notes == (f"Name: {'y' * 300}\nTitle: {'z' * 300}",)


def test_long_note_is_parted_at_its_lines() -> None:
    line = "word " * 20
    text = "\n".join([line.strip()] * 1000)

    notes = read(note=text).notes

    assert len(notes) == 2
    assert max(map(len, notes)) <= MOST_OF_A_NOTE
    assert "\n".join(notes) == text


def test_control_and_turning_characters_are_left_out() -> None:
    intake = read(name="Ana\u202e Lind\x00", note="a\x07b")

    assert intake.name == "Ana Lind"
    assert intake.notes == ("ab",)


def test_card_without_uid_has_one_of_what_it_says() -> None:
    same, again, other = read(note="x"), read(note="x"), read(note="y")

    assert same.uid == again.uid
    assert same.uid != other.uid
    assert not same.has_own_uid


def test_long_uid_is_told_apart_by_its_digest() -> None:
    first, second = read(uid="u" * 300 + "1"), read(uid="u" * 300 + "2")

    assert first.uid != second.uid
    assert max(len(first.uid), len(second.uid)) <= 255
    assert first.has_own_uid
