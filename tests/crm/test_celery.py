"""The queue may be away or lose what it holds: no page waits for it, and nothing hangs on it."""

import logging
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import time_machine
from django.conf import settings
from django.db import transaction

from crm.beat import Scheduler
from crm.celery import app
from crm.models import Heartbeat
from followups import tasks, ticking
from tests.factories import make_user


@contextmanager
def broker(url: str) -> Iterator[None]:
    before = app.conf.broker_url
    app.conf.broker_url = settings.REDIS_URL = url
    try:
        yield
    finally:
        app.conf.broker_url, settings.REDIS_URL = before, ""


@pytest.fixture(params=["refuses", "never answers"])
def dead_broker(request: pytest.FixtureRequest) -> Iterator[str]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        if request.param == "never answers":
            listener.listen()
        yield f"redis://127.0.0.1:{listener.getsockname()[1]}/0"


@pytest.mark.django_db(transaction=True)
def test_what_is_committed_stands_at_once_whatever_the_broker_says(dead_broker, caplog):
    with broker(dead_broker):
        began = time.monotonic()
        with transaction.atomic():
            make_user(email="new@example.com")
            tasks.carry_out.delay_on_commit("turn_days", [1])
        took = time.monotonic() - began
    assert took < 1.5
    assert [record.name for record in caplog.records if record.levelno == logging.ERROR] == [
        "django.db.backends.base"
    ]


@pytest.mark.django_db(transaction=True)
def test_without_a_broker_nothing_is_sent(caplog):
    tasks.carry_out.delay_on_commit("turn_days", [1])
    assert caplog.records == []


def test_a_task_does_its_duty_for_the_ids_it_is_given(db):
    users = [make_user() for _ in range(2)]
    tasks.carry_out("turn_days", [users[0].pk])
    now = users[0].joined_at
    assert ticking.find_days(now) == [users[1].pk]


def test_a_task_for_a_duty_that_there_is_not_fails_loudly(db):
    with pytest.raises(KeyError, match="fly"):
        tasks.carry_out("fly", [1])


def test_starting_is_written_down(db):
    tasks.note_start()
    assert Heartbeat.last(Heartbeat.START) is not None


def test_settings_let_nothing_get_stuck():
    conf = app.conf
    on = (conf.task_acks_late, conf.task_reject_on_worker_lost, conf.task_ignore_result)
    assert on == (True, True, True)
    assert not conf.task_publish_retry
    assert conf.accept_content == ["json"]
    assert conf.broker_transport_options["visibility_timeout"] > 3 * conf.task_time_limit
    assert conf.task_soft_time_limit < conf.task_time_limit
    assert conf.beat_schedule["tick"]["options"]["expires"] == settings.TICK_SECONDS


def test_beat_goes_on_when_the_clock_is_set_back():
    """By an hour: the next tick comes with the next minute, not in an hour."""
    told = []

    class Beat(Scheduler):
        def apply_async(self, entry, **_):
            told.append(entry.task)

    with time_machine.travel("2026-11-18T09:00:30Z", tick=False) as clock:
        beat = Beat(app, lazy=True)
        beat.setup_schedule()
        for at in ("09:01:00", "09:02:00", "08:02:10", "08:02:59", "08:03:00"):
            clock.move_to(f"2026-11-18T{at}Z")
            pause = beat.tick()
            assert pause <= 60
            while pause == 0:
                pause = beat.tick()
            told.append(at)

    tick = "followups.tasks.tick"
    assert told == [tick, "09:01:00", tick, "09:02:00", "08:02:10", "08:02:59", tick, "08:03:00"]
