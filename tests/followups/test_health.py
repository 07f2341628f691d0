"""/healthz tells whether the process answers, /readyz whether Kept can work and what is wrong."""

import socket
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.test import Client

from crm.models import Heartbeat, User
from crm.policy import Role
from followups.ticking import tick
from tests.factories import client_of, make_user

MINUTES = timedelta(minutes=1)


def away(execute, sql, params, many, context):
    raise OperationalError("the connection is closed")


def test_ready_when_it_ticks_and_nothing_waits(db, now, client):
    make_user()
    tick(now)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "ok": True,
            "red": [],
            "database": "here",
            "broker": "none",
            "last_tick": "2026-11-18T15:00:00Z",
            "oldest_due": {},
        },
    )


def test_not_ready_before_the_first_tick(db, now, client):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["red"]) == (503, ["tick"])


@pytest.mark.parametrize(("minutes", "red"), [(5, []), (6, ["tick"]), (-6, ["tick"])])
def test_five_minutes_without_a_tick_are_too_long(minutes, red, db, now, client):
    tick(now - minutes * MINUTES)
    assert client.get("/readyz").json()["red"] == red


def test_what_has_been_due_for_long_is_named(db, now, client):
    tick(now)
    make_user(day_turns_at=now - 16 * MINUTES)
    make_user(day_turns_at=now - 2 * MINUTES)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["red"]) == (503, ["turn_days"])
    assert answer.json()["oldest_due"] == {"turn_days": "2026-11-18T14:44:00Z"}


def test_a_broker_that_is_away_is_named(db, now, client, settings):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        settings.REDIS_URL = f"redis://127.0.0.1:{closed.getsockname()[1]}/0"
        tick(now)
        answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["red"]) == (503, ["broker"])


def test_a_database_that_is_away_is_named_and_the_process_still_answers(db, now, client):
    with connection.execute_wrapper(away):
        answer, process = client.get("/readyz"), client.get("/healthz")
    assert (answer.status_code, answer.json()["red"]) == (503, ["database"])
    assert (process.status_code, process.json()) == (200, {"ok": True})


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_is_only_read(path, db, client):
    assert client.post(path).status_code == 405


# What the owner is told


STRIP = "Nothing runs by itself at the moment."


@pytest.fixture
def owner_client(db: None, now: object) -> Client:
    return client_of(make_user(role=Role.OWNER))


def test_the_owner_is_told_when_nothing_ticks(owner_client, now):
    tick(now - timedelta(hours=3))
    page = owner_client.get("/").content.decode()
    assert STRIP in page
    assert "The scheduler last ran" in page
    assert ">3 hours ago</time>" in page


def test_the_owner_is_told_that_nothing_has_ever_ticked(owner_client):
    assert "The scheduler has never run." in owner_client.get("/").content.decode()


def test_nobody_is_told_while_it_ticks(owner_client, now):
    tick(now - 4 * MINUTES)
    assert STRIP not in owner_client.get("/").content.decode()


@pytest.mark.parametrize("role", [Role.SELLER, Role.MANAGER])
def test_others_are_not_troubled_with_it(role, db, now):
    assert STRIP not in client_of(make_user(role=role)).get("/").content.decode()


# What containers ask


def test_check_pulse_is_content_with_a_tick_or_a_start(db, now, capsys):
    Heartbeat.beat(Heartbeat.TICK, now - timedelta(hours=1))
    Heartbeat.beat(Heartbeat.START, now - 4 * MINUTES)
    call_command("check_pulse")
    assert capsys.readouterr().out == "Last run: 2026-11-18 14:56 UTC.\n"


def test_check_pulse_says_since_when_nothing_runs(db, now):
    with pytest.raises(CommandError, match=r"^Nothing has run yet\.$"):
        call_command("check_pulse")
    Heartbeat.beat(Heartbeat.TICK, now - timedelta(hours=1))
    with pytest.raises(CommandError, match=r"^Nothing has run since 2026-11-18 14:00 UTC\.$"):
        call_command("check_pulse")


def test_check_pulse_ends_nothing_when_the_database_is_away(db):
    with connection.execute_wrapper(away), pytest.raises(CommandError, match="database is away"):
        call_command("check_pulse", end=1)


def test_a_heartbeat_is_one_row(db, now):
    for minutes in range(3):
        Heartbeat.beat(Heartbeat.TICK, now + minutes * MINUTES)
    assert list(Heartbeat.objects.values_list("name", "at")) == [("tick", now + 2 * MINUTES)]


def test_a_user_made_by_any_way_is_looked_at(db):
    assert User.objects.create_user("new@example.com").day_turns_at is None
