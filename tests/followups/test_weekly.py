"""The weekly mail: what it says, to whom, when, and that it can be stopped alone."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import Client

from crm.models import User
from crm.policy import Role
from followups import delivering, mail, weekly
from followups.models import Delivery, Issue
from tests.factories import client_of, make_contact, make_note, make_promise, make_team, make_user
from tests.followups.test_digest import part, settled

MONDAY = datetime(2026, 11, 16, 7, 0, tzinfo=UTC)
TODAY = MONDAY.date()
DAY = timedelta(days=1)
GOLDEN = Path(__file__).parent / "golden"

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return make_team()


@pytest.fixture
def manager(team, now) -> User:
    return make_user(team=team, name="Mona Manager", role=Role.MANAGER, email="mona@example.com")


@pytest.fixture
def rosa(team, now) -> User:
    return make_user(team=team, name="Rosa Vega", email="rosa@example.com")


def promised(seller: User, text: str, due: int, **more):
    contact = seller.contacts.first() or make_contact(keeper=seller, name="Tom Beaumont")
    at = MONDAY - 20 * DAY
    return make_promise(contact, text=text, at=at, due_on=TODAY - due * DAY, **more)


def fill(rosa: User, manager: User) -> None:
    promised(rosa, "Send the quote", 3)
    promised(rosa, "Ring the plant", 2).keep(by=rosa, at=MONDAY - 3 * DAY)
    promised(rosa, "Find the contract", 9).keep(by=rosa, at=MONDAY - 10 * DAY)
    promised(rosa, "Tell nobody", 4, sharing="private")
    promised(rosa, "Book the room", 5).break_(by=rosa, at=MONDAY - 5 * DAY, comment="ill, sadly")
    promised(manager, "Check the lease", 2).keep(by=manager, at=MONDAY - 4 * DAY)
    promised(manager, "My own secret", 4, sharing="private")
    for days, text in ((12, "Half of the pallets came wet"), (6, "The invoice is wrong")):
        Issue.objects.create(
            pk=days,
            team=rosa.member.team,
            contact=rosa.contacts.get(),
            opened_by=rosa,
            opened_at=MONDAY - days * DAY,
            text=text,
            severity="serious",
        )
    make_note(rosa.contacts.get(), text="He drinks again.", at=MONDAY - 2 * DAY, private=False)


def build(user: User) -> weekly.Weekly:
    return weekly.build(user, on=TODAY, now=MONDAY)


def test_the_weekly_mail_reads_as_it_always_did(rosa, manager):
    """To renew the golden files, delete them, run this, and read what it wrote."""
    fill(rosa, manager)
    letter = mail.compose(build(manager), message_id="<weekly.20261116.1@kept.example>")
    wire = letter.message(policy=policy.SMTP).as_bytes()
    message = message_from_bytes(wire, policy=policy.default)
    golden = {
        "weekly.txt": f"Subject: {message['Subject']}\n\n{part(message, 'plain')}",
        "weekly.html": part(message, "html"),
    }
    for name, text in golden.items():
        path = GOLDEN / name
        if not path.exists():
            path.write_text(settled(text))
            pytest.fail(f"{name} was not there and has been written: look at it.")
        assert settled(text) == path.read_text()


def test_two_kept_promises_are_both(rosa, manager):
    for number in (2, 3):
        promised(rosa, f"Promise {number}", number).keep(by=rosa, at=MONDAY - 4 * DAY)
    assert "Rosa Vega: kept both promises that were due." in mail.as_text(build(manager))


def test_it_never_tells_of_notes_comments_or_private_promises(rosa, manager):
    fill(rosa, manager)
    content = build(manager)
    said = mail.as_text(content) + mail.as_html(content) + content.subject
    assert "Send the quote" in said
    for hidden in ("drinks", "sadly", "Tell nobody", "secret"):
        assert hidden not in said


def test_its_subject_is_numbers_alone(rosa, manager):
    fill(rosa, manager)
    assert build(manager).subject == "2 of 5 promises kept on time, 2 overdue (9 Nov to 15 Nov)"


def test_a_week_without_anything_says_nothing(rosa, manager):
    assert build(manager).is_empty


@pytest.mark.parametrize(
    ("role", "others", "is_for"),
    [
        (Role.MANAGER, 1, True),
        (Role.OWNER, 1, True),
        (Role.SELLER, 1, False),
        (Role.OWNER, 0, False),
    ],
)
def test_it_is_for_those_who_coach_somebody(team, now, role, others, is_for):
    user = make_user(team=team, role=role)
    for _ in range(others):
        make_user(team=team)
    assert weekly.is_for(user) is is_for


def wake(user: User, at: datetime) -> None:
    User.objects.filter(pk=user.pk).update(time_zone="UTC", digest_on=at.date(), digest_due_at=at)


def kinds(user: User) -> list[str]:
    return list(user.deliveries.order_by("kind").values_list("kind", flat=True))


@pytest.mark.parametrize(
    ("days", "made"), [(0, ["digest", "weekly"]), (1, ["digest"]), (6, ["digest"])]
)
def test_it_comes_on_mondays_at_the_hour_of_the_digest(rosa, manager, days, made):
    morning = MONDAY + days * DAY
    for user in (manager, rosa):
        wake(user, morning)
        delivering.make_due([user.pk], morning)
    assert (kinds(manager), kinds(rosa)) == (made, ["digest"])


def test_after_an_outage_the_last_monday_s_is_sent_only_if_it_is_today(rosa, manager):
    wake(manager, MONDAY - 14 * DAY)
    delivering.make_due([manager.pk], MONDAY + DAY)
    rows = manager.deliveries.filter(kind="weekly").order_by("local_date")
    assert [(row.local_date, row.state) for row in rows] == [
        (TODAY - 14 * DAY, "skipped"),
        (TODAY - 7 * DAY, "skipped"),
        (TODAY, "skipped"),
    ]


def test_it_is_sent_once_beside_the_digest(rosa, manager, sink):
    fill(rosa, manager)
    User.objects.exclude(pk=manager.pk).update(digest_wanted=False)
    wake(manager, MONDAY)
    for minutes in range(3):
        delivering.sweep(MONDAY + timedelta(minutes=minutes))
    states = {row.kind: row.state for row in manager.deliveries.all()}
    assert states["weekly"] == Delivery.State.SENT
    subjects = [str(taken.mail["Subject"]) for taken in sink.taken]
    assert len([each for each in subjects if "kept on time" in each]) == 1


def test_each_kind_is_stopped_alone(rosa, manager):
    fill(rosa, manager)
    letter = mail.compose(build(manager), message_id="<1@kept.example>")
    off = urlsplit(letter.extra_headers["List-Unsubscribe"].strip("<>")).path
    browser = Client()
    assert "Stop the weekly mail?" in browser.get(off).text
    manager.refresh_from_db()
    assert manager.weekly_wanted

    assert browser.post(off, {"List-Unsubscribe": "One-Click"}).status_code == 200

    manager.refresh_from_db()
    assert (manager.weekly_wanted, manager.digest_wanted) == (False, True)
    assert "No more weekly mail" in browser.get(off).text
    wake(manager, MONDAY)
    delivering.make_due([manager.pk], MONDAY)
    assert kinds(manager) == ["digest"]


def test_who_is_stopped_after_it_was_made_due_gets_none(rosa, manager, sink):
    fill(rosa, manager)
    wake(manager, MONDAY)
    delivering.make_due([manager.pk], MONDAY)
    User.objects.update(weekly_wanted=False, digest_wanted=False)
    delivering.sweep(MONDAY)
    rows = manager.deliveries.values_list("state", "why")
    assert set(rows) == {("skipped", "off")}


def test_the_page_of_mails_shows_it_to_those_whom_it_is_for(rosa, manager):
    fill(rosa, manager)
    coach, seller = client_of(manager), client_of(rosa)
    pages = [client.get("/digest/").text for client in (coach, seller)]
    assert ["The team’s last week" in page for page in pages] == [True, False]
    assert ["weekly_wanted" in page for page in pages] == [True, False]
    statuses = [client.get("/digest/weekly/").status_code for client in (coach, seller)]
    assert statuses == [200, 404]
    assert coach.post("/digest/weekly/").status_code == 405


def test_settings_switch_it_off_and_a_seller_s_form_leaves_it_alone(rosa, manager):
    for user in (rosa, manager):
        client_of(user).post("/digest/settings/", {"digest_wanted": "on"})
        user.refresh_from_db()
    assert (rosa.weekly_wanted, manager.weekly_wanted) == (True, False)
