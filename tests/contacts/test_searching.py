import pytest
from pytest_django import DjangoAssertNumQueries

from contacts.models import Contact, Detail, SearchEntry
from contacts.searching import index_contacts, index_note, index_notes
from crm.models import User
from tests.factories import (
    NOW,
    make_contact,
    make_detail,
    make_fact,
    make_job,
    make_life_event,
    make_note,
    make_relative,
    make_tag,
    make_user,
)


def found(user: User, query: str) -> list[str]:
    return [contact.name for contact in Contact.objects.search(user, query).in_order()]


@pytest.fixture
def tom(keeper: User) -> Contact:
    """Somebody of whom everything is known that search reads."""
    contact = make_contact(
        keeper=keeper,
        name="Tom Beaumont",
        nickname="Bo",
        company="Northline Freight",
        title="Operations",
        how_met="At the harbour fair",
    )
    make_detail(contact, kind=Detail.Kind.EMAIL, value="tom@northline.example")
    make_detail(contact, kind=Detail.Kind.PHONE, value="+12022243441")
    make_detail(contact, kind=Detail.Kind.PHONE, value="+15085550142", label="personal")
    make_relative(contact, name="Émma", about="studies at UMass")
    make_fact(contact, text="oat flat white")
    make_life_event(contact, kind="other", year=2026, title="regatta in Kiel")
    make_job(contact, company="Estes Express", title="Dispatcher")
    make_tag("sailing", author=keeper, contacts=[contact])
    index_contacts([contact])
    index_note(make_note(contact, text="Wants the Dallas lane priced"))
    return contact


@pytest.mark.parametrize(
    "query",
    [
        "beaumont",
        "BEAU tom",
        "bo",
        "northline freight",
        "operations",
        "harbour fair",
        "tom@north",
        "2022243441",
        "202-224-3441",
        "+1 (202) 224-3441",
        "emma umass",
        "flat white",
        '"flat white"',
        "regatta",
        "estes dispatcher",
        "sail",
        "dallas lane tom",
        "508 555",
    ],
)
def test_search_finds_by_all_that_is_known(tom: Contact, keeper: User, query: str) -> None:
    assert found(keeper, query) == ["Tom Beaumont"]


@pytest.mark.parametrize(
    "query", ["beaumont nobody", '"white flat"', "eaumontx", '"tom bo"', "000"]
)
def test_search_needs_every_word(tom: Contact, keeper: User, query: str) -> None:
    assert found(keeper, query) == []


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("beaumont", True),
        ("northline", True),
        ("2022243441", True),
        ("15085550142", False),
        ("harbour", False),
        ("emma", False),
        ("white", False),
        ("regatta", False),
        ("estes", False),
        ("sailing", False),
        ("dallas", False),
    ],
)
def test_teammate_finds_by_card_alone(tom: Contact, query: str, seen: bool) -> None:
    teammate = make_user(name="Mia", team=tom.team)

    assert bool(found(teammate, query)) is seen


def test_stranger_finds_nothing(tom: Contact, stranger: User) -> None:
    assert found(stranger, "beaumont") == []


def test_shared_note_is_found_by_the_team(keeper: User) -> None:
    teammate = make_user(name="Mia", team=keeper.member.team)
    contact = make_contact(keeper=keeper, name="Ines Duarte")
    index_note(make_note(contact, text="Asked about pallets", private=False))

    assert found(teammate, "pallets") == ["Ines Duarte"]


def test_private_note_of_a_teammate_is_found_by_them_alone(keeper: User) -> None:
    teammate = make_user(name="Mia", team=keeper.member.team)
    contact = make_contact(keeper=keeper, name="Ines Duarte")
    index_note(make_note(contact, text="Asked about pallets", author=teammate))

    assert found(teammate, "pallets") == ["Ines Duarte"]
    assert found(keeper, "pallets") == []


def test_index_follows_what_changes(tom: Contact, keeper: User) -> None:
    tom.rename("Thomas Beaumont")
    tom.save()
    tom.facts.get().trash(NOW)
    index_contacts([tom])

    assert found(keeper, "thomas") == ["Thomas Beaumont"]
    assert found(keeper, "white") == []


def test_note_in_the_trash_is_not_found(tom: Contact, keeper: User) -> None:
    note = tom.notes.get()
    note.trash(NOW)
    index_note(note)

    assert found(keeper, "dallas") == []


def test_note_is_found_for_each_of_its_contacts(keeper: User) -> None:
    people = [make_contact(keeper=keeper, name=name) for name in ("Ana", "Ben")]
    index_note(make_note(*people, text="Lunch about pallets"))

    assert found(keeper, "pallets") == ["Ana", "Ben"]


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("Jürgen Müller", "muller jurgen"),
        ("Søren Ørsted", "orsted"),
        ("Łukasz Wójcik", "wojcik lukasz"),
        ("Siobhán O’Brien", "obrien siobhan"),
        ("عقاب صقر", "صقر"),
        ("田中太郎", "太郎"),
        ("田中太郎", "田"),
        ("田中太郎", "中太"),
        ("김민준", "민준"),
        ("สมชาย ใจดี", "ใจ"),
        ("Дмитрий Соколов", "СОКОЛ"),
        ("Nguyễn Thị Minh", "nguyen thi"),
        ("Γιώργος Παππάς", "παππας"),
        ("Anne Smith-Jones", "jones"),
        ("Jo Li", "li jo"),
    ],
)
def test_search_passes_over_case_and_accents_in_any_script(
    keeper: User, name: str, query: str
) -> None:
    index_contacts([make_contact(keeper=keeper, name=name)])

    assert found(keeper, query) == [name]


def test_one_or_two_letters_look_at_word_starts_of_cards(keeper: User) -> None:
    ana = make_contact(keeper=keeper, name="Ana Lind")
    index_contacts([ana, make_contact(keeper=keeper, name="Diana Voss", how_met="an inn")])
    index_note(make_note(ana, text="Zita sends regards"))

    assert found(keeper, "an") == ["Ana Lind"]
    assert found(keeper, "l") == ["Ana Lind"]
    assert found(keeper, "zi") == []


def test_signs_of_like_mean_themselves(keeper: User) -> None:
    index_contacts([make_contact(keeper=keeper, name="Ana 100% Lind_gren")])

    assert found(keeper, "100%") == ["Ana 100% Lind_gren"]
    assert found(keeper, "l%gren") == []
    assert found(keeper, "lind_gren") == ["Ana 100% Lind_gren"]
    assert found(keeper, "an__gren") == []


def test_indexing_takes_as_many_queries_for_many(
    keeper: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    people = [make_contact(keeper=keeper, name=f"Person {n}") for n in range(30)]
    notes = [make_note(person) for person in people]

    with django_assert_num_queries(3):
        index_contacts(people)
    with django_assert_num_queries(3):
        index_notes(notes)
    assert SearchEntry.objects.count() == 60
