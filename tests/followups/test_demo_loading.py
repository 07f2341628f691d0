"""The demo, loaded: it is there once, it is theirs, and Today looks as drawn."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from pytest_django import DjangoDbBlocker

from contacts.models import Contact, Fact, Note, Photo, SearchEntry
from crm.models import Look, User
from followups import queue
from followups.demo.book import read_book, read_colleagues, read_keepers
from followups.demo.loading import DemoReport, fill_demo
from followups.follow_through.word import own_word
from followups.models import Handover, Issue, Nudge, Promise, PromiseEvent

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 18, 14, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ROSA, JONAS, HELENA, OSCAR = read_keepers()
NADIA, CURTIS = read_colleagues()
MEMBERS = [ROSA, JONAS, HELENA, OSCAR, NADIA, CURTIS]


@pytest.fixture(scope="module", autouse=True)
def demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[DemoReport]:
    """The demo as of `AT`, loaded once for all tests of this file and rolled back after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield fill_demo(at=AT)
        transaction.set_rollback(True)


def user_of(email: str) -> User:
    return User.objects.select_related("member__team").get(email=email)


@pytest.fixture
def rosa() -> User:
    return user_of(ROSA.email)


def test_everybody_written_is_loaded(demo: DemoReport) -> None:
    people = [person for member in MEMBERS for person in read_book(member, AT)]
    assert demo == DemoReport(
        contacts=len(people),
        notes=sum(len(person.notes) for person in people),
        promises=sum(len(person.promises) for person in people),
    )
    assert Contact.objects.count() == demo.contacts
    assert Note.objects.count() == demo.notes
    assert Promise.objects.count() == demo.promises
    assert Photo.objects.count() == sum(bool(person.portrait) for person in people)


def test_second_time_changes_nothing(demo: DemoReport) -> None:
    assert fill_demo(at=AT + DAY) == DemoReport()
    assert Contact.objects.count() == demo.contacts


def test_everybody_logs_in_with_the_same_password() -> None:
    for keeper in MEMBERS:
        user = user_of(keeper.email)
        assert user.check_password("kept-demo")
        assert (user.role, user.member.team.name) == (keeper.role, keeper.team)


def test_teams_do_not_see_each_other(rosa: User) -> None:
    names = Contact.objects.visible_to(rosa).values_list("team__name", flat=True)
    assert set(names) == {"Lindgren & Marsh"}
    seen = Note.objects.visible_to(user_of(OSCAR.email))
    assert {(note.author.email, note.private) for note in seen.select_related("author")} == {
        (ROSA.email, False),
        (NADIA.email, False),
    }


def test_promises_ended_as_written() -> None:
    written = {
        word.text: word.ended.how if word.ended else "open"
        for member in MEMBERS
        for person in read_book(member, AT)
        for word in person.promises
    }
    stored = Promise.objects.values_list("text", "state")
    assert {text: state.replace("_", " ") for text, state in stored} == written


def test_most_of_rosas_word_is_kept_and_more_than_before(rosa: User) -> None:
    word = own_word(rosa, rosa.today(AT))
    assert word.now.whole >= 30
    assert 0.9 <= (word.now.share or 0) < 1
    assert 0.8 <= (word.before.share or 0) < (word.now.share or 0)


def test_today_looks_as_drawn(rosa: User) -> None:
    entries = queue.build(rosa, today=rosa.today(AT), now=AT).entries
    assert [entry.contact.name for entry in entries[:2]] == ["Bethany Kruger", "Tom Beaumont"]
    assert [reason.kind for reason in entries[0].reasons] == ["issue"]
    assert [reason.kind for reason in entries[1].reasons] == ["promise", "birthday"]
    names = [entry.contact.name for entry in entries]
    drawn = {"Priya Raman", "Walt Oyelaran", "Mei Tanaka", "Luis Ferrer", "Grace Adeyemi"}
    assert drawn <= set(names)
    assert len(names) <= rosa.people_a_day


def test_one_thing_is_to_be_made_right_and_one_was(rosa: User) -> None:
    seen = Issue.objects.visible_to(rosa)
    [grave], [settled] = seen.open(), seen.settled()
    assert (grave.severity, str(grave.contact)) == ("grave", "Bethany Kruger")
    assert grave.promises.open().count() == 1
    assert (settled.feeling, str(settled.contact)) == ("good", "Yusuf Haddad")


def test_a_colleague_has_handed_two_people_to_rosa(rosa: User) -> None:
    [handover] = Handover.objects.waiting_for(rosa)
    assert (handover.from_user.email, handover.at < AT) == (NADIA.email, True)
    handed = {str(row.contact): row for row in handover.contacts.select_related("contact__keeper")}
    assert {name: bool(row.introduced_at) for name, row in handed.items()} == {
        "Ottilie Brandvold": True,
        "Reuben Castellan": False,
    }
    assert {row.contact.keeper for row in handed.values()} == {rosa}
    theirs = Promise.objects.open().filter(contact__name__in=handed)
    assert {promise.owner for promise in theirs} == {rosa}


def test_every_seller_has_a_word_that_can_be_told_as_a_share(rosa: User) -> None:
    for colleague in (NADIA, CURTIS):
        user = user_of(colleague.email)
        word = own_word(user, user.today(AT))
        assert (word.now.is_few, word.before.is_few) == (False, False), colleague.name


def test_manager_has_looked_and_offered_a_hand(rosa: User) -> None:
    looks = Look.objects.visible_to(rosa).filter(at__lt=AT)
    assert {look.viewer.email for look in looks} == {HELENA.email, OSCAR.email}
    assert {look.thing.partition(":")[0] for look in looks} == {"contact", "promise"}
    nadia = user_of(NADIA.email)
    [offer] = PromiseEvent.objects.offers_to(nadia, since=AT - 7 * DAY)
    assert (offer.by.email, offer.promise.is_overdue(nadia.today(AT))) == (HELENA.email, True)


def test_the_dead_are_left_in_peace() -> None:
    assert not Nudge.objects.filter(contact__name="Arthur Pelletier").exists()


def test_some_are_put_off_and_some_were_missed(rosa: User) -> None:
    today = rosa.today(AT)
    snoozed = Nudge.objects.filter(keeper=rosa, state="snoozed").order_by("show_on")
    assert [(nudge.contact.name, nudge.show_on - today) for nudge in snoozed] == [
        ("Noah Steinberg", DAY),
        ("Abigail Feldman", 2 * DAY),
        ("Amara Diallo", 3 * DAY),
    ]
    missed = Nudge.objects.missed().filter(keeper=rosa)
    assert "Abigail Feldman" in [nudge.contact.name for nudge in missed]


def test_teams_are_those_of_the_reference_list() -> None:
    keys = Fact.objects.filter(kind=Fact.Kind.TEAM).values_list("text", "team_key")
    assert [text for text, key in keys if not key] == []


def test_everything_is_found_by_search(rosa: User) -> None:
    found = SearchEntry.objects.visible_to(rosa).filter(text__contains=" roxbury russet")
    assert [entry.contact.name for entry in found] == ["Hank Leclair"]


def test_command_says_who_logs_in() -> None:
    out = StringIO()
    call_command("fill_demo", stdout=out)
    lines = out.getvalue().splitlines()
    assert lines[0] == "The demo book is there already; nothing was changed."
    assert [line.split()[0] for line in lines[1:5]] == [k.email for k in read_keepers()]
    assert lines[5] == "The password of all four is kept-demo."


def test_command_refuses_what_is_no_time() -> None:
    with pytest.raises(CommandError, match=r"^This is not a time\. "):
        call_command("fill_demo", at="tomorrow")
