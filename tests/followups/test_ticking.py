"""What Kept does by itself: once, on time, whatever happens in between."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, connections

from contacts.models import Contact, Note
from crm.models import Heartbeat, User
from followups import scheduling, ticking
from followups.models import Nudge
from followups.ticking import tick
from tests.factories import NOW, make_contact, make_life_event, make_note, make_user

ROOT = Path(__file__).resolve().parent.parent.parent
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def make_occasions(user: User, first: date, days: int) -> None:
    """Somebody with an anniversary on each of `days` days, known long before."""
    contact = make_contact(keeper=user)
    for number in range(days):
        day = first + number * DAY
        noted = {"noted_on": first - 30 * DAY, "wake_on": day, "happens_on": day}
        event = make_life_event(contact, kind="anniversary", month=day.month, day=day.day)
        type(event).objects.filter(pk=event.pk).update(**noted)


def made(user: User) -> dict[date, datetime]:
    """When the nudge of each date was made."""
    rows = Nudge.objects.filter(keeper=user).values_list("occurrence_on", "made_at")
    assert len(rows) == len({on for on, _ in rows})
    return dict(rows)


def database_url() -> str:
    """Where this test's database can be reached by another process."""
    name, at = connection.settings_dict["NAME"], connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    host = at["HOST"].replace("/", "%2F")
    return f"postgres://{at['USER']}:{at['PASSWORD']}@{host}:{at['PORT']}/{name}"


def run_scheduler(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "run_scheduler", *arguments],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": database_url()} | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


# Days


def test_a_new_user_is_looked_at_by_the_next_tick_and_then_at_their_midnight(db, now):
    user = make_user(time_zone="Asia/Kathmandu")
    assert ticking.find_days(now) == [user.pk]

    tick(now)

    user.refresh_from_db()
    assert user.day_turns_at == datetime(2026, 11, 18, 18, 15, tzinfo=UTC)
    assert ticking.find_days(user.day_turns_at - MINUTE) == []
    assert ticking.find_days(user.day_turns_at) == [user.pk]


ZONES = [
    "Pacific/Kiritimati",
    "Pacific/Chatham",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Asia/Beirut",
    "Africa/Cairo",
    "Europe/London",
    "Atlantic/Azores",
    "America/Nuuk",
    "America/Santiago",
    "America/Havana",
    "America/St_Johns",
    "America/New_York",
    "Pacific/Pago_Pago",
]


@pytest.mark.long
@pytest.mark.parametrize("start", [date(2027, 3, 25), date(2027, 10, 27)])
def test_every_day_turns_once_at_the_first_tick_of_it_whenever_ticks_come(db, start):
    """Over clock changes, with ticks up to 90 minutes late and some missing for hours.

    One in four gets a mail every morning, too; it changes nothing of that.
    """
    rng = Random(start.isoformat())
    users = [
        make_user(time_zone=zone, digest_wanted=number % 4 == 0)
        for number, zone in enumerate(ZONES)
    ]
    for user in users:
        make_occasions(user, start, days=13)
    now = datetime.combine(start, time(), tzinfo=UTC) - DAY
    ticks = []
    while now < datetime.combine(start + 15 * DAY, time(), tzinfo=UTC):
        ticks.append(now)
        tick(now)
        outage = rng.random() < 0.1
        now += timedelta(minutes=rng.randint(60, 360) if outage else rng.randint(20, 90))
    for user in users:
        zone, expected = ZoneInfo(user.time_zone), {}
        for at in ticks:
            expected.setdefault(at.astimezone(zone).date(), at)
        wanted = [start + number * DAY for number in range(13)]
        assert made(user) == {day: expected[day] for day in wanted}


def test_a_move_skips_no_day_and_makes_none_twice(db, now):
    user = make_user(time_zone="Pacific/Pago_Pago")
    make_occasions(user, date(2026, 11, 17), days=4)
    tick(now)
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        user.refresh_from_db()
        user.time_zone = zone
        user.stop_clocks()
        user.save()
        tick(now)
        tick(now + MINUTE)

    # In Kiritimati it was the 19th by then.
    assert list(made(user)) == [date(2026, 11, 17), date(2026, 11, 18), date(2026, 11, 19)]


def test_months_without_a_tick_are_caught_up_with_once(db, now):
    user = make_user()
    make_occasions(user, date(2026, 11, 20), days=100)
    tick(now)

    tick(now + 90 * DAY)
    tick(now + 90 * DAY + MINUTE)

    states = Nudge.objects.order_by("occurrence_on").values_list("state", flat=True)
    assert list(states) == ["expired"] * 81 + ["open"] * 8


def test_after_months_a_large_book_is_caught_up_with_in_short_transactions(db, now, monkeypatch):
    """Nobody waits to write while a thousand reasons are made."""
    monkeypatch.setattr(scheduling, "BATCH", 4)
    user = make_user()
    make_occasions(user, NOW.date() - 5 * DAY, days=10)

    steps = [ticking._turn_some(user.pk, now) for _ in range(3)]

    assert [(swept.made, is_all) for swept, is_all in steps] == [(4, False), (2, True), (0, True)]
    assert ticking.find_days(now) == []


def test_a_clock_that_ran_years_ahead_holds_nothing_up(db, now):
    user = make_user()
    tick(now + 1000 * DAY)

    tick(now)

    user.refresh_from_db()
    assert (user.day_turns_at, user.digest_on) == (
        datetime(2026, 11, 19, tzinfo=UTC),
        date(2026, 11, 19),
    )


def test_the_inactive_and_those_without_a_team_are_left_alone(db, now):
    make_user(is_active=False)
    User.objects.create_user("alone@example.com", None)

    assert tick(now)["turn_days"] == 0


def test_one_users_trouble_keeps_nobody_else_waiting(db, now, caplog):
    troubled, other = make_user(), make_user()
    User.objects.filter(pk=troubled.pk).update(time_zone="Nowhere/At_All")

    tick(now)

    assert ticking.find_days(now) == [troubled.pk]
    assert f"The day of user {troubled.pk} could not be turned." in caplog.text
    other.refresh_from_db()
    assert other.day_turns_at == datetime(2026, 11, 19, tzinfo=UTC)


# What it costs


def busy_book(contacts: int) -> None:
    user = make_user()
    for number in range(contacts):
        make_contact(keeper=user, name=f"Contact {number}", circle="wide")


@pytest.mark.parametrize("contacts", [1, 100])
def test_a_tick_with_nothing_due_asks_five_questions(contacts, db, now, django_assert_num_queries):
    busy_book(contacts)
    tick(now)

    with django_assert_num_queries(5):
        assert set(tick(now + MINUTE).values()) == {0}


def test_whose_day_has_turned_is_found_by_index(db, now):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL reads a table of one page without an index")
    assert "user_day_turns" in ticking._days_due(now).explain()


# The trash


def test_the_trash_is_emptied_once_a_day(keeper, now):
    contact = make_contact(keeper=keeper)
    contact.trash(now - 31 * DAY)

    first, second = tick(now), tick(now + timedelta(hours=23))
    assert (first["purge"], second["purge"]) == (1, 0)
    assert not Contact.objects.exists()

    assert tick(now + DAY)["purge"] == 1


# Together, and killed


@pytest.mark.django_db(transaction=True)
def test_schedulers_and_writers_at_once_make_nothing_twice_and_lock_nobody_out(now):
    users = [make_user() for _ in range(6)]
    for user in users:
        make_occasions(user, NOW.date(), days=1)
        for number in range(20):
            make_contact(keeper=user, name=f"Contact {number}", circle="wide")
    book = [make_contact(keeper=users[0]) for _ in range(2)]
    start = Barrier(6)

    def schedule() -> int:
        start.wait()
        nudges = ticking.turn_days(ticking.find_days(NOW), NOW).made
        Heartbeat.beat(Heartbeat.TICK, NOW)
        connections.close_all()
        return nudges

    def write(contact: Contact) -> int:
        start.wait()
        for number in range(20):
            make_note(contact, text=f"Note {number}")
        connections.close_all()
        return 0

    with ThreadPoolExecutor(6) as pool:
        running = [pool.submit(schedule) for _ in range(4)]
        running += [pool.submit(write, contact) for contact in book]
        total = sum(each.result() for each in running)

    assert total == Nudge.objects.count()
    assert Nudge.objects.filter(kind="occasion").count() == 6
    assert Note.objects.count() == 40


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("point", ["after_claim", "before_commit"])
def test_a_scheduler_killed_in_the_middle_leaves_all_to_the_next(point, now):
    user = make_user()
    make_occasions(user, NOW.date(), days=1)

    killed = run_scheduler("--at", NOW.isoformat(), KEPT_FAIL_AT=point)
    assert (killed.returncode, Nudge.objects.count()) == (9, 0)
    assert ticking.find_days(NOW) == [user.pk]

    again = run_scheduler("--at", NOW.isoformat())
    assert (again.returncode, again.stdout) == (
        0,
        "turn_days: 1 due\ndigests: 0 due\ndeliveries: 0 due\nreplies: 0 due\npurge: 1 due\n",
    )
    assert list(made(user)) == [NOW.date()]


@pytest.mark.django_db(transaction=True)
def test_run_scheduler_ticks_at_once_and_ends_when_told_to():
    """Within a second; on a machine that is busy otherwise, the process may take longer to go."""
    user = make_user()
    scheduler = subprocess.Popen(
        [sys.executable, "manage.py", "run_scheduler"],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": database_url()},
    )
    with scheduler:
        give_up_at = datetime.now(UTC) + timedelta(seconds=30)
        while User.objects.filter(pk=user.pk, day_turns_at=None).exists():
            assert datetime.now(UTC) < give_up_at
        scheduler.terminate()
        assert scheduler.wait(timeout=10) == 0
    assert Heartbeat.last(Heartbeat.TICK) is not None


def test_run_scheduler_survives_a_database_without_tables(tmp_path):
    url = f"sqlite:///{tmp_path}/empty.sqlite3"
    scheduler = subprocess.Popen(
        [sys.executable, "manage.py", "run_scheduler"],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": url, "TICK_SECONDS": "1"},
        stderr=subprocess.PIPE,
        text=True,
    )
    with scheduler:
        assert scheduler.stderr is not None
        complaints = [scheduler.stderr.readline() for _ in range(2)]
        scheduler.terminate()
    assert [line.rstrip().endswith("no such table: crm_heartbeat") for line in complaints] == [
        True,
        True,
    ]
    assert scheduler.returncode == 0


def test_at_that_is_no_time_is_refused_with_a_sentence(tmp_path):
    url = f"sqlite:///{tmp_path}/empty.sqlite3"
    refused = run_scheduler("--at", "noon", DATABASE_URL=url)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("CommandError: This is not a time.")
