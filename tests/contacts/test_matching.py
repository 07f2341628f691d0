import pytest

from contacts.intake import Intake, intake_of
from contacts.interchange.card import Card, Detail
from contacts.matching import Book
from contacts.models import Contact
from contacts.partial_dates import PartialDate
from crm.models import User
from tests.factories import NOW, make_contact, make_detail, make_life_event, make_user


def intake(name: str = "Ana Lind", **fields: object) -> Intake:
    return intake_of(Card(name=name, **fields), region="SE")


@pytest.fixture
def ana(keeper: User) -> Contact:
    contact = make_contact(keeper=keeper, name="Ana Lind", company="Harbour Bakery", uid="u-1")
    make_detail(contact, kind="email", value="ana@x.example")
    make_detail(contact, kind="phone", value="+46701234567")
    make_life_event(contact, year=1974, month=3, day=26)
    return contact


@pytest.mark.parametrize(
    "card",
    [
        intake("Somebody else", uid="u-1"),
        intake("Ana Lind-Berg", emails=(Detail("ANA@x.example"),), uid="u-2"),
        intake("ana@x.example", emails=(Detail("ana@x.example"),)),
        intake("ÁNA LIND", phones=(Detail("070-123 45 67"),)),
        intake(company="Harbour bakery"),
        intake(birthday=PartialDate(1974, 3, 26)),
        intake(birthday=PartialDate(None, 3, 26)),
    ],
    ids=["uid", "email", "email as name", "phone", "company", "birthday", "day without year"],
)
def test_card_means_whom_it_shares_enough_with(keeper: User, ana: Contact, card: Intake) -> None:
    person = Book(keeper).find(card)

    assert person is not None
    assert person.pk == ana.pk


@pytest.mark.parametrize(
    "card",
    [
        intake(),
        intake("Bo Berg", emails=(Detail("ana@x.example"),)),
        intake("Bo Berg", phones=(Detail("+46701234567"),), company="Harbour Bakery"),
        intake(company="Another Bakery", phones=(Detail("+46709999999"),)),
        intake(company="Harbour Bakery", birthday=PartialDate(1975, 3, 26)),
        intake(emails=(Detail("ana@x.example"),), birthday=PartialDate(1974, 4, 1)),
    ],
    ids=["name", "shared email", "phone and company", "others", "birthday", "email, birthday"],
)
def test_card_means_somebody_else(keeper: User, ana: Contact, card: Intake) -> None:
    assert Book(keeper).find(card) is None


def test_email_of_two_people_means_neither(keeper: User, ana: Contact) -> None:
    make_detail(make_contact(keeper=keeper, name="Bo Lind"), kind="email", value="ana@x.example")

    assert Book(keeper).find(intake("Eva Lind", emails=(Detail("ana@x.example"),))) is None


def test_cards_of_one_file_with_uids_of_their_own_are_two_people(keeper: User) -> None:
    book = Book(keeper)
    first = intake(uid="u-1", company="Senate")
    second = intake(uid="u-2", company="Senate")
    book.add(first)

    assert book.find(second) is None
    assert book.find(first) is not None


def test_cards_without_uids_that_share_enough_are_one(keeper: User) -> None:
    book = Book(keeper)
    person = book.add(intake(emails=(Detail("ana@x.example"),), note="2.1"))

    assert book.find(intake(emails=(Detail("ana@x.example"),), note="3.0")) is person


def test_what_was_learnt_counts(keeper: User) -> None:
    book = Book(keeper)
    person = book.add(intake(company="Senate"))
    book.learn(person, intake(company="Senate", emails=(Detail("ana@x.example"),)))

    assert book.find(intake("Ana L", emails=(Detail("ana@x.example"),))) is person


def test_trashed_person_is_known(keeper: User, ana: Contact) -> None:
    ana.trash(NOW)

    person = Book(keeper).find(intake(uid="u-1"))

    assert person is not None
    assert person.is_trashed


def test_people_of_others_are_not_known(keeper: User, ana: Contact, stranger: User) -> None:
    teammate = make_user(team=keeper.member.team)

    assert Book(stranger).find(intake(uid="u-1")) is None
    assert Book(teammate).find(intake(uid="u-1")) is None
