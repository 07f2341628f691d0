"""F8, F10, F11, F15 and F17: too many schedulers or none, messages twice, clocks that jump."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

import redis

from tests.drills.rig import Round

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
JUMPS_FOR = 5.0
QUEUE = "celery"


# --- F8: schedulers --------------------------------------------------------------------------


def schedules(round_: Round) -> str:
    """The service that says when to look."""
    return "scheduler" if round_.rig.is_small else "beat"


def two_of_them(round_: Round) -> None:
    """A second beat, and a second one that does the work, too."""
    for name in {schedules(round_), round_.rig.scheduler}:
        round_.rig.start(name, another=f"second {name}")
    round_.begin()
    round_.reach(1.0)
    round_.pause(10)
    round_.heal()


def killed_in_a_tick(round_: Round) -> None:
    round_.begin()
    round_.pause(round_.rng.uniform(0, 3))
    round_.rig.kill(schedules(round_))
    round_.unknown_at_most = 1 if round_.rig.is_small else 0
    round_.heal()


def off_for(time_off: timedelta) -> Callable[[Round], None]:
    """As after an outage: one mail for today, in the morning, and none for the days before."""

    def switch_on(round_: Round) -> None:
        round_.arm(ago=time_off)
        round_.start()
        round_.wait_until_it_ticks()
        round_.heal()

    return switch_on


# In the early morning, six hours ago is yesterday: its mail is left out like those of three days.
SCHEDULERS = (two_of_them, killed_in_a_tick, off_for(2 * HOUR), off_for(3 * DAY))


# --- F10: messages twice ---------------------------------------------------------------------


def every_message_twice(round_: Round) -> None:
    round_.rig.start("redis")
    with doubled(round_):
        round_.start(*[name for name in round_.rig.services if name != "redis"])
        round_.wait_until_it_ticks()
        round_.arm()
        round_.reach(1.0)
        round_.pause(5)
    round_.heal()


@contextmanager
def doubled(round_: Round) -> Iterator[None]:
    """Whatever is put into the queue is put there once more."""
    seen: set[str] = set()
    over = threading.Event()

    def double() -> None:
        with for_ever(round_) as broker, broker.monitor() as monitor:
            for said in monitor.listen():
                words = said["command"].split(" ", 2)
                if over.is_set():
                    return
                if words[0] == "LPUSH" and words[1] == QUEUE and words[2] not in seen:
                    seen.add(words[2])
                    broker.lpush(QUEUE, words[2])

    with redis.Redis(port=round_.rig.redis_port) as broker:
        round_.wait(lambda: _answers(broker), 10, "Redis")
        thread = threading.Thread(target=double, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            broker.ping()
            thread.join()
    round_.remarks.append(f"{len(seen)} messages twice")
    if not seen:
        round_.faults.append("no message came twice")


def for_ever(round_: Round) -> redis.Redis:
    """A client that waits for Redis however long it has nothing to say."""
    return redis.Redis(port=round_.rig.redis_port, socket_timeout=None)


def _answers(broker: redis.Redis) -> bool:
    try:
        return bool(broker.ping())
    except redis.ConnectionError:
        return False


def tasks_outlast_visibility(round_: Round) -> None:
    """The broker gives a task to another worker while the first is still at it."""
    rig = round_.rig
    slow = {
        "VISIBILITY_SECONDS": "2",
        "MAIL_LEASE_SECONDS": "30",
        "EMAIL_URL": f"{rig.sink.url}?timeout=20&patience=25",
    }
    rig.more["worker"] = slow
    rig.sink.mode, rig.sink.wait = "late", 6.0
    round_.begin()
    round_.pause(20)
    rig.sink.mode = "ok"
    round_.heal()


MESSAGES = (every_message_twice, tasks_outlast_visibility)


# --- F11: clocks -----------------------------------------------------------------------------


def clocks_jump(by: timedelta) -> Callable[[Round], None]:
    """All clocks jump while mails go out, and some seconds later they are right again."""

    def jump(round_: Round) -> None:
        round_.rig.has_clock = True
        round_.rig.clock.write_text("0")
        round_.begin(after=1.0)
        round_.reach()
        round_.rig.clock.write_text(str(by.total_seconds()))
        round_.pause(JUMPS_FOR)
        round_.rig.clock.write_text("0")
        if by >= DAY:  # what was left of that day is too late then, and in the next day's mail
            round_.may_end_as = frozenset({"skipped", "refused"})
            round_.may_be_of_other_days = True
            round_.days_seen = (0, 1)
        round_.heal()

    return jump


CLOCKS = tuple(clocks_jump(by) for by in (HOUR, -HOUR, DAY, -DAY))


# --- F15: poison -----------------------------------------------------------------------------


def poison(round_: Round) -> None:
    """Messages that nobody can do anything with: each is dropped, and said in the log."""
    round_.begin(after=3.0)
    messages = [
        b"{not json at all",
        message("followups.tasks.unknown", []),
        message("followups.tasks.carry_out", ["no_such_duty", [1]]),
        message("followups.tasks.carry_out", ["deliveries", "nonsense"]),
        message("followups.tasks.carry_out", []),
    ]
    round_.rng.shuffle(messages)
    with redis.Redis(port=round_.rig.redis_port) as broker:
        for each in messages:
            broker.lpush(QUEUE, each)
            round_.pause(round_.rng.uniform(0, 1))
        round_.reach(1.0)
        round_.pause(3)
        left = broker.hlen("unacked")
    round_.heal()
    log = round_.rig.log("worker").read_text()
    for word in ("is no message", "followups.tasks.unknown", "no_such_duty", "expected a number"):
        if word not in log:
            round_.faults.append(f"the worker's log says nothing of {word}")
    if round_.rig.codes:
        round_.faults.append(f"something ended over it, with {round_.rig.codes}")
    tries = log.count("KeyError: 'no_such_duty'")
    if tries > 5:
        round_.faults.append(f"a task that always fails was tried {tries} times")
    if left > 2:
        round_.faults.append(f"{left} messages lie unacknowledged")


def message(task: str, args: list[object]) -> bytes:
    """As Celery writes it, protocol 2."""
    uid = str(uuid4())
    headers = {"lang": "py", "task": task, "id": uid, "root_id": uid, "parent_id": None}
    delivery = {"exchange": "", "routing_key": QUEUE}
    properties = {
        "correlation_id": uid,
        "delivery_mode": 2,
        "delivery_info": delivery,
        "priority": 0,
        "body_encoding": "utf-8",
        "delivery_tag": uid,
    }
    body = json.dumps(
        [args, {}, {"callbacks": None, "errbacks": None, "chain": None, "chord": None}]
    )
    return json.dumps(
        {
            "body": body,
            "content-encoding": "utf-8",
            "content-type": "application/json",
            "headers": headers,
            "properties": properties,
        }
    ).encode()


# --- F17: a backup ---------------------------------------------------------------------------


def restored(round_: Round) -> None:
    """Yesterday's backup, made before or after its mails went out, is put back this morning."""
    round_.may_be_of_other_days = True
    round_.arm(ago=DAY)
    assert round_.due_at is not None
    yesterday = (round_.due_at + timedelta(seconds=30)).isoformat()
    is_early = round_.rng.random() < 0.5
    if is_early:
        with round_.database.snapshot() as put_back:
            round_.rig.by_hand("run_scheduler", "--at", yesterday)
            put_back()
    else:
        round_.rig.by_hand("run_scheduler", "--at", yesterday)
    went = len(round_.rig.sink.taken)
    if went == 0:
        round_.faults.append("nothing went out yesterday")
    round_.remarks.append(f"backup made {'before' if is_early else 'after'} {went} mails")
    round_.start()
    round_.wait_until_it_ticks()
    round_.heal()
