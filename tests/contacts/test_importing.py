from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings
from PIL import Image

from contacts.importing import import_cards, import_file
from contacts.interchange.card import Card, CardRelative, Detail, Problem
from contacts.interchange.vcard import NotVCard, TooLarge, write_cards
from contacts.models import (
    Company,
    Contact,
    ImportRecord,
    LifeEvent,
    Note,
    Photo,
    Relative,
    SearchEntry,
    Tag,
)
from contacts.notes import edit_note
from contacts.partial_dates import PartialDate
from crm.models import User
from followups.models import Nudge
from followups.scheduling import sweep
from tests.factories import (
    NOW,
    make_contact,
    make_detail,
    make_fact,
    make_note,
    make_tag,
    make_user,
)

TODAY = NOW.date()


def bring(keeper: User, *cards: Card | Problem, dry_run: bool = False) -> ImportRecord:
    return import_cards(
        keeper=keeper, cards=cards, file_name="a.vcf", format="vcard", at=NOW, dry_run=dry_run
    )


def counts(record: ImportRecord) -> tuple[int, int, int, int]:
    total = record.new + record.updated + record.same + record.failed
    assert record.read == total
    return record.new, record.updated, record.same, record.failed


def picture(colour: str = "red") -> bytes:
    stream = BytesIO()
    Image.new("RGB", (40, 40), colour).save(stream, "PNG")
    return stream.getvalue()


def full(**changes: object) -> Card:
    """A card that says something of everything."""
    said: dict[str, object] = {
        "name": "Ana Lind",
        "nickname": "Nana",
        "company": "Harbour Bakery",
        "title": "Buyer",
        "emails": (Detail("ana@x.example", "work"),),
        "phones": (Detail("+46701234567", "personal", kind="mobile"),),
        "birthday": PartialDate(1974, 3, 26),
        "anniversary": PartialDate(None, 6, 5),
        "relatives": (CardRelative("daughter", "Emma"),),
        "tags": ("golf",),
        "interests": ("sailing",),
        "note": "Met at the fair.",
        "photo": picture(),
        "uid": "u-1",
    }
    return Card(**said | changes)


def everything(keeper: User) -> list[object]:
    """All that there is in the keeper's book, to compare before and after."""
    people = Contact.objects.filter(keeper=keeper).order_by("pk")
    return [
        list(people.values()),
        [list(contact.details.values()) for contact in people],
        [list(contact.life_events.values()) for contact in people],
        [list(contact.relatives.values()) for contact in people],
        [list(contact.facts.values()) for contact in people],
        [list(contact.notes.values()) for contact in people],
        [list(contact.tags.values_list("name")) for contact in people],
        list(Photo.objects.filter(contact__in=people).values()),
        list(SearchEntry.objects.filter(contact__in=people).order_by("pk").values()),
    ]


def test_card_becomes_a_contact_with_all_of_it(keeper: User) -> None:
    record = bring(keeper, full())

    assert counts(record) == (1, 0, 0, 0)
    assert record.problems == []
    ana = Contact.objects.get()
    assert (ana.name, ana.nickname, str(ana.company), ana.title, ana.uid) == (
        "Ana Lind",
        "Nana",
        "Harbour Bakery",
        "Buyer",
        "u-1",
    )
    ways = [(way.kind, way.value, way.label, way.use) for way in ana.details.all()]
    assert ways == [
        ("email", "ana@x.example", "work", ""),
        ("phone", "+46701234567", "personal", "mobile"),
    ]
    events = [(event.kind, str(event.when), event.yearly) for event in ana.life_events.all()]
    assert events == [("birthday", "26 March 1974", True), ("anniversary", "5 June", True)]
    assert [(r.relation, r.name) for r in ana.relatives.all()] == [("daughter", "Emma")]
    assert [(f.kind, f.text) for f in ana.facts.all()] == [("interest", "sailing")]
    assert [tag.name for tag in ana.tags.all()] == ["golf"]
    assert ana.photos.get().whole.size > 0


def test_note_of_a_card_is_private_and_no_touch(keeper: User) -> None:
    bring(keeper, full())

    note = Note.objects.get()
    assert (note.text, note.private, note.is_touch, note.channel, note.at) == (
        "Met at the fair.",
        True,
        False,
        "other",
        NOW,
    )
    assert Contact.objects.get().last_touch_at is None


def test_imported_people_are_found(keeper: User) -> None:
    bring(keeper, full())

    for query in ("lind", "bakery", "emma", "sailing", "golf", "fair", "070123"):
        assert Contact.objects.search(keeper, query).count() == 1, query


def test_same_cards_once_more_change_nothing(keeper: User) -> None:
    cards = [full(), Card(name="Bo"), Card(name="Eva", note="x", photo=picture("blue"))]
    bring(keeper, *cards)
    before = everything(keeper)

    record = bring(keeper, *cards)

    assert counts(record) == (0, 0, 3, 0)
    assert record.problems == []
    assert everything(keeper) == before


def test_dry_run_says_what_it_would_do_and_does_nothing(keeper: User) -> None:
    bring(keeper, Card(name="Bo", uid="u-2"))
    before = everything(keeper)

    record = bring(keeper, full(), Card(name="Bo", uid="u-2", nickname="B"), dry_run=True)

    assert counts(record) == (1, 1, 0, 0)
    assert record.pk is None
    assert everything(keeper) == before
    assert ImportRecord.objects.count() == 1
    assert Company.objects.count() == Tag.objects.count() == 0


def test_import_adds_what_is_new(keeper: User) -> None:
    bring(keeper, Card(name="Ana Lind", uid="u-1"))

    record = bring(keeper, full())

    assert counts(record) == (0, 1, 0, 0)
    ana = Contact.objects.get()
    assert (ana.nickname, ana.title, str(ana.company)) == ("Nana", "Buyer", "Harbour Bakery")
    assert ana.details.count() == 2
    assert ana.version > 1


def test_import_never_overwrites_what_the_keeper_wrote(keeper: User) -> None:
    ana = make_contact(
        keeper=keeper, name="Ana L", uid="u-1", nickname="Annie", title="Chief", company="Elsewhere"
    )
    bring(keeper, Card(name="Ana L", uid="u-1", birthday=PartialDate(1970, 1, 1)))

    record = bring(keeper, full(photo=None))

    ana.refresh_from_db()
    assert (ana.name, ana.nickname, ana.title, str(ana.company)) == (
        "Ana L",
        "Annie",
        "Chief",
        "Elsewhere",
    )
    assert str(ana.life_events.get(kind="birthday").when) == "1 January 1970"
    assert [problem["what"] for problem in record.problems] == [
        "Ana Lind: The birthday in the file is “26 March 1974”; yours, “1 January 1970”, was kept.",
        "Ana Lind: The company in the file is “Harbour Bakery”; yours, “Elsewhere”, was kept.",
        "Ana Lind: The nickname in the file is “Nana”; yours, “Annie”, was kept.",
        "Ana Lind: The title in the file is “Buyer”; yours, “Chief”, was kept.",
    ]


def test_what_the_keeper_removed_stays_removed(keeper: User) -> None:
    bring(keeper, full())
    ana = Contact.objects.get()
    for pieces in (ana.details, ana.life_events, ana.relatives, ana.facts, ana.notes):
        for piece in pieces.all():
            piece.trash(NOW)
    ana.photos.get().trash(NOW)

    assert counts(bring(keeper, full())) == (0, 0, 1, 0)
    assert ana.details.present().count() == 0


def test_edited_note_is_not_brought_again(keeper: User) -> None:
    bring(keeper, full())
    note = Note.objects.get()
    edit_note(
        note,
        seen=note.version,
        contacts=note.contacts.all(),
        text="Met at the fair, twice.",
        at=NOW,
        now=NOW,
        channel="other",
        feeling="",
        private=True,
        began="me",
    )

    assert counts(bring(keeper, full())) == (0, 0, 1, 0)
    assert Note.objects.count() == 1


def test_trashed_contact_stays_in_the_trash_and_is_told_of(keeper: User) -> None:
    bring(keeper, full())
    Contact.objects.get().trash(NOW)

    record = bring(keeper, full(line=7))

    assert counts(record) == (0, 0, 1, 0)
    assert record.problems == [
        {"at": 7, "what": "Ana Lind: is in the trash, and stays there until you bring them back."}
    ]
    assert Contact.objects.get().is_trashed


def test_same_person_three_times_in_a_file_is_one(keeper: User) -> None:
    emails = (Detail("ana@x.example"),)

    record = bring(
        keeper,
        Card(name="Ana Lind", emails=emails, note="2.1"),
        Card(name="Ana Lind", emails=emails, nickname="Nana", note="2.1"),
        Card(name="Ana Lind", emails=emails, note="2.1"),
    )

    assert counts(record) == (1, 1, 1, 0)
    ana = Contact.objects.get()
    assert (ana.nickname, ana.details.count(), ana.notes.count()) == ("Nana", 1, 1)


def test_problems_are_told_by_line_and_skipped_cards_have_failed(keeper: User) -> None:
    record = bring(
        keeper,
        Problem(12, "No name here.", skipped=True),
        Card(name="Ana Lind", line=3),
        Problem(4, "The photo is damaged.", "Ana Lind"),
        Card(name="\u202e", uid="u", line=20),
    )

    assert counts(record) == (1, 0, 0, 2)
    assert record.problems == [
        {"at": 4, "what": "Ana Lind: The photo is damaged."},
        {"at": 12, "what": "No name here."},
        {"at": 20, "what": "This card has no name that could be read; it was left out."},
    ]


def test_photo_that_is_none_is_told_of_and_the_rest_comes_in(keeper: User) -> None:
    card = full(photo=b"<svg></svg>", line=5)

    record = bring(keeper, card)

    assert counts(record) == (1, 0, 0, 0)
    assert [problem["at"] for problem in record.problems] == [5]
    assert "photo" in str(record.problems[0]["what"])
    assert Photo.objects.count() == 0
    assert counts(bring(keeper, card)) == (0, 0, 1, 0)


def test_card_that_the_database_refuses_fails_alone(
    keeper: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make_user(name="Mia", team=keeper.member.team)
    make_contact(keeper=keeper, name="Bo", uid="u-2")
    # In the book of somebody who has moved to another team, and so no more to be seen: the
    # database alone knows that the UID is taken.
    Contact.objects.update(team=make_user().member.team)

    record = bring(keeper, Card(name="Ana", uid="u-1"), Card(name="Bo B", uid="u-2", line=9))

    assert counts(record) == (1, 0, 0, 1)
    assert record.problems == [
        {"at": 9, "what": "Bo B: could not be stored just now. Import the file once more."}
    ]
    assert [c.name for c in Contact.objects.kept_by(keeper)] == ["Ana"]
    assert Contact.objects.filter(keeper=other).count() == 0


def test_nobody_imported_is_due_or_on_a_circle(keeper: User) -> None:
    bring(keeper, *(Card(name=f"Person {n}") for n in range(30)))

    people = Contact.objects.all()
    assert {(c.circle, c.due_on, c.wake_on, c.first_due_on) for c in people} == {
        ("", None, None, TODAY)
    }


def test_birthdays_that_are_over_are_not_brought_up(keeper: User) -> None:
    days = [TODAY + timedelta(days=shift) for shift in (-1, 0, 1)]
    cards = [
        Card(name=f"Person {day}", birthday=PartialDate(None, day.month, day.day)) for day in days
    ]

    bring(keeper, *cards)
    sweep(NOW)

    assert [nudge.occurrence_on for nudge in Nudge.objects.all()] == [TODAY]
    wakes = LifeEvent.objects.order_by("contact__name").values_list("wake_on", flat=True)
    assert list(wakes) == [
        days[0].replace(year=days[0].year + 1),
        TODAY.replace(year=TODAY.year + 1),
        days[2],
    ]


def test_books_of_others_are_left_alone(keeper: User, stranger: User) -> None:
    theirs = make_contact(keeper=stranger, name="Ana Lind", uid="u-1")
    teammate = make_user(team=keeper.member.team)
    make_contact(keeper=teammate, name="Ana Lind", uid="u-1")
    make_tag("golf", author=stranger)
    before = everything(stranger), everything(teammate)

    assert counts(bring(keeper, full())) == (1, 0, 0, 0)

    assert (everything(stranger), everything(teammate)) == before
    assert theirs.details.count() == 0
    assert {tag.author for tag in Tag.objects.filter(contacts__keeper=keeper)} == {keeper}


def test_company_is_the_teams_in_any_case(keeper: User) -> None:
    make_contact(keeper=make_user(team=keeper.member.team), company="HARBOUR bakery")

    bring(keeper, full())

    assert Company.objects.count() == 1


def test_pieces_known_already_in_another_way_are_not_doubled(keeper: User) -> None:
    ana = make_contact(keeper=keeper, name="Ana Lind", uid="u-1")
    make_detail(ana, kind="phone", value="+46701234567")
    make_fact(ana, text="Sailing")
    make_note(ana, text="Met at the fair.")
    Relative.objects.create(contact=ana, author=keeper, relation="child", name="EMMA")

    bring(keeper, full())

    assert ana.details.filter(kind="phone").count() == 1
    assert ana.facts.count() == ana.notes.count() == ana.relatives.count() == 1


def test_chunks_know_what_others_brought(keeper: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("contacts.importing.CHUNK", 2)
    cards = [Card(name=f"P{n}", uid=f"u-{n}", tags=("x",), company="Firm") for n in range(5)]

    record = bring(keeper, *cards, Card(name="P0", uid="u-0", nickname="Zero"))

    assert counts(record) == (5, 1, 0, 0)
    assert Contact.objects.get(uid="u-0").nickname == "Zero"
    assert (Company.objects.count(), Tag.objects.count()) == (1, 1)


def test_many_problems_are_cut(keeper: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("contacts.importing.MOST_PROBLEMS", 2)

    record = bring(keeper, *(Problem(n, "Wrong.", skipped=True) for n in range(5)))

    assert [problem["what"] for problem in record.problems] == [
        "Wrong.",
        "Wrong.",
        "And 3 more problems.",
    ]


def test_storing_costs_as_much_for_many(keeper: User, django_assert_max_num_queries) -> None:
    cards = [full(name=f"Person {n}", uid=f"u-{n}", photo=None, emails=()) for n in range(60)]

    with django_assert_max_num_queries(60):
        bring(keeper, *cards)


# --- Files -----------------------------------------------------------------------------------


def bring_file(keeper: User, data: bytes) -> ImportRecord:
    return import_file(keeper=keeper, data=data, file_name="a.vcf", at=NOW)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", NotVCard),
        (b"GIF89a\x00\x01", NotVCard),
        (b"name;email\r\nAna;a@x.example\r\n", NotVCard),
        (b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", NotVCard),
        (b"BEGIN:VCARD\r\nFN:A\r\nEND:VCARD\r\n" + b"x" * 11 * 2**20, TooLarge),
        (b"BEGIN:VCARD\nFN:A\nEND:VCARD\n" * 20_001, TooLarge),
    ],
    ids=["empty", "picture", "csv", "calendar", "bytes", "cards"],
)
def test_file_that_cannot_be_read_changes_nothing(
    keeper: User, data: bytes, problem: type[ValueError]
) -> None:
    with pytest.raises(problem, match=r"\w+.*\.$"):
        bring_file(keeper, data)
    assert Contact.objects.count() == ImportRecord.objects.count() == 0


def test_truncated_file_brings_what_there_is(keeper: User) -> None:
    data = b"BEGIN:VCARD\nVERSION:3.0\nFN:Ana\nEND:VCARD\nBEGIN:VCARD\nFN:Bo\nTEL:+4670123"

    record = bring_file(keeper, data)

    assert counts(record) == (2, 0, 0, 0)
    assert record.problems == [
        {"at": 5, "what": "Bo: This card has no end; what there is of it was read."}
    ]


def test_ten_thousand_lines_in_one_property(keeper: User) -> None:
    note = "\\n".join(["word"] * 10_000)
    data = f"BEGIN:VCARD\nVERSION:3.0\nFN:Ana\nNOTE:{note}\nEND:VCARD\n".encode()

    assert counts(bring_file(keeper, data)) == (1, 0, 0, 0)
    assert sum(note.text.count("word") for note in Note.objects.all()) == 10_000


def test_one_bad_card_does_not_stop_the_others(keeper: User) -> None:
    data = (
        b"BEGIN:VCARD\nVERSION:3.0\nFN:Ana\nBDAY:1985-02-31\nEND:VCARD\n"
        b"BEGIN:VCARD\nVERSION:3.0\nEND:VCARD\n"
        b"BEGIN:VCARD\nVERSION:3.0\nFN:Bo\nEND:VCARD\n"
    )

    record = bring_file(keeper, data)

    assert counts(record) == (2, 0, 0, 1)
    assert [problem["at"] for problem in record.problems] == [4, 6]


def test_cards_of_one_uid_mean_whoever_the_first_of_them_was_taken_for(keeper: User) -> None:
    cards = [
        Card(name="Ana Lind", company="Firm"),
        Card(name="Ana Lind", company="Firm", uid="u-1"),
        Card(name="", nickname="Nana", uid="u-1"),
    ]

    assert counts(bring(keeper, *cards)) == (1, 1, 1, 0)
    assert counts(bring(keeper, *cards)) == (0, 0, 3, 0)
    assert [(who.name, who.nickname) for who in Contact.objects.all()] == [("Ana Lind", "Nana")]


TEXTS = st.text(max_size=30)
DATES = st.one_of(
    st.none(),
    st.dates(date(1900, 1, 1)).map(lambda on: PartialDate(on.year, on.month, on.day)),
    st.dates(date(1900, 1, 1)).map(lambda on: PartialDate(None, on.month, on.day)),
)
DETAILS = st.builds(
    Detail,
    value=st.one_of(TEXTS, st.sampled_from(["a@x.example", "+46701234567", "x.example"])),
    label=st.sampled_from(["work", "personal", "other"]),
    kind=st.sampled_from(["", "mobile", "fax"]),
)
CARDS = st.builds(
    Card,
    name=st.one_of(TEXTS, st.sampled_from(["Ana Lind", "ana lind", "Bo"])),
    nickname=TEXTS,
    company=st.sampled_from(["", "Firm", "FIRM", "Other"]),
    title=TEXTS,
    emails=st.lists(DETAILS, max_size=2).map(tuple),
    phones=st.lists(DETAILS, max_size=2).map(tuple),
    urls=st.lists(DETAILS, max_size=1).map(tuple),
    birthday=DATES,
    anniversary=DATES,
    relatives=st.lists(st.builds(CardRelative, TEXTS, TEXTS), max_size=2).map(tuple),
    tags=st.lists(TEXTS, max_size=2).map(tuple),
    interests=st.lists(TEXTS, max_size=2).map(tuple),
    note=TEXTS,
    uid=st.one_of(st.just(""), st.sampled_from(["u-1", "u-2"])),
)


@settings(
    max_examples=30,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(cards=st.lists(CARDS, max_size=6))
def test_any_cards_twice_change_nothing_the_second_time(keeper: User, cards: list[Card]) -> None:
    ImportRecord.objects.all().delete()
    Note.objects.all().delete()
    Contact.objects.all().delete()
    first = bring(keeper, *cards)
    before = everything(keeper)

    second = bring(keeper, *cards)

    assert (second.new, second.updated, second.failed) == (0, 0, first.failed)
    assert second.same == len(cards) - first.failed
    assert everything(keeper) == before


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cards=st.lists(CARDS.filter(lambda card: card.name), min_size=1, max_size=4))
def test_any_file_twice_changes_nothing_the_second_time(keeper: User, cards: list[Card]) -> None:
    Note.objects.all().delete()
    Contact.objects.all().delete()
    data = b"".join(write_cards(cards))
    first = bring_file(keeper, data)

    second = bring_file(keeper, data)

    assert second.same == first.read - first.failed


# --- Real people -----------------------------------------------------------------------------


@pytest.mark.shared
def test_legislators_come_in_whole_and_twice_the_same(keeper: User, shared: Path) -> None:
    data = (shared / "data/people/people.vcf").read_bytes()

    first = bring_file(keeper, data)
    second = bring_file(keeper, data)

    assert counts(first) == (537, 0, 0, 0)
    assert counts(second) == (0, 0, 537, 0)
    assert first.problems == second.problems == []
    assert LifeEvent.objects.birthdays().count() == 537
    assert Photo.objects.count() == 60


@pytest.mark.shared
def test_names_of_the_world_come_in_whole(keeper: User, shared: Path) -> None:
    data = (shared / "data/people/people-world.vcf").read_bytes()

    assert counts(bring_file(keeper, data)) == (616, 0, 0, 0)
    assert counts(bring_file(keeper, data)) == (0, 0, 616, 0)
    assert [c.name for c in Contact.objects.search(keeper, "creanga")] == ["Ştefan Creangă"]
    assert [c.name for c in Contact.objects.search(keeper, "عقاب")] == ["عقاب صقر"]
