from random import Random

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.test import RequestFactory

from contacts.models import Contact, Note, SearchEntry
from crm.models import User
from crm.policy import Role
from followups.inventing import invent_book
from followups.models import Promise
from tests.factories import NOW

AT = "2026-11-18T15:00:00Z"


def names(email: str) -> list[str]:
    book = Contact.objects.filter(keeper__email=email)
    return list(book.order_by("sort_name", "pk").values_list("name", flat=True))


def test_books_are_filled_with_believable_people(
    db: None, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("make_book", keepers=2, contacts=40, notes=70, at=AT)

    assert "bench2@kept.example has 40 people and 70 notes" in capsys.readouterr().out
    keeper = User.objects.get(email="bench1@kept.example")
    book = Contact.objects.kept_by(keeper)
    assert book.count() == 40
    assert Note.objects.visible_to(keeper).filter(author=keeper).count() == 70
    assert Promise.objects.owned_by(keeper).open().count() == 21
    assert book.filter(circle="").count() == 0
    assert SearchEntry.objects.filter(author=keeper, source="note").count() == 70
    assert {user.role for user in User.objects.all()} == {Role.OWNER, Role.SELLER}


def test_log_in_works(db: None) -> None:
    call_command("make_book", keepers=1, contacts=1, at=AT)

    request = RequestFactory().post("/")
    user = authenticate(request, email="bench1@kept.example", password="kept-demo")
    assert user == User.objects.get()


def test_same_seed_makes_the_same_people(keeper: User, stranger: User) -> None:
    for user in (keeper, stranger):
        invent_book(user, contacts=30, notes=20, rng=Random(5), at=NOW)

    ours, theirs = names(keeper.email), names(stranger.email)
    assert ours == theirs
    assert len(set(ours)) > 20


def test_large_book_has_some_hundreds_on_a_cadence(db: None) -> None:
    call_command("make_book", keepers=1, contacts=400, notes=10, at=AT)

    assert Contact.objects.exclude(circle="").count() == 300


def test_numbers_that_make_no_sense_are_refused(db: None) -> None:
    with pytest.raises(CommandError, match="at least one keeper"):
        call_command("make_book", keepers=0, contacts=1)
    with pytest.raises(CommandError, match="This is not a time"):
        call_command("make_book", keepers=1, contacts=1, at="yesterday")
