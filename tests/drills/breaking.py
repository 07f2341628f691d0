"""F5, F6, F12 and F16: Redis, PostgreSQL or the disk is away, ill or full, or comes late."""

import resource
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from operator import itemgetter

import psycopg
import redis

from tests.drills.rig import Cluster, Round

WRITES_WITHIN = 2.0
ILL_FOR = 10.0
TERMINATED_FOR = 30.0
BACK_WITHIN = 30.0
LATEST = 8.0
A_LITTLE = 4096


def client(round_: Round) -> redis.Redis:
    return redis.Redis(port=round_.rig.redis_port)


# --- F5: Redis -------------------------------------------------------------------------------


def stopped_for(seconds: float) -> Callable[[Round], None]:
    def stop(round_: Round) -> None:
        round_.seconds_to_write = WRITES_WITHIN
        round_.begin()
        round_.reach()
        process = round_.rig.running["redis"]
        process.send_signal(signal.SIGSTOP)
        try:
            round_.pause(seconds)
        finally:
            process.send_signal(signal.SIGCONT)
        round_.heal()

    return stop


def comes_back_empty(round_: Round) -> None:
    round_.seconds_to_write = WRITES_WITHIN
    round_.begin()
    round_.reach()
    round_.rig.stop("redis", signal.SIGKILL)
    round_.pause(round_.rng.uniform(0, 5))
    shutil.rmtree(round_.rig.folder / "appendonlydir", ignore_errors=True)
    round_.rig.start("redis")
    round_.heal()


def is_flushed(round_: Round) -> None:
    round_.begin()
    for share in sorted(round_.rng.uniform(0.1, 0.9) for _ in range(3)):
        round_.reach(share)
        client(round_).flushall()
    round_.heal()


def has_no_memory(round_: Round) -> None:
    round_.seconds_to_write = WRITES_WITHIN
    round_.begin()
    round_.reach()
    with client(round_) as broker:
        broker.config_set("maxmemory", "1mb")
        round_.pause(ILL_FOR)
        broker.config_set("maxmemory", "256mb")
    round_.heal()


def line_is(service: str, mode: str) -> Callable[[Round], None]:
    """The proxy in front of the service does worse than hand on."""

    def worsen(round_: Round) -> None:
        if service == "redis":
            round_.seconds_to_write = WRITES_WITHIN
        round_.begin()
        round_.reach()
        proxy = round_.rig.proxies[service]
        proxy.mode = mode
        round_.pause(ILL_FOR)
        proxy.mode = "pass"
        round_.heal()

    return worsen


REDIS = (
    stopped_for(5),
    comes_back_empty,
    is_flushed,
    has_no_memory,
    line_is("redis", "hole"),
    line_is("redis", "reset"),
    line_is("redis", "delay"),
    line_is("redis", "slow"),
    stopped_for(30),
    stopped_for(120),
)


# --- F6: PostgreSQL --------------------------------------------------------------------------


def restarts(how: str) -> Callable[[Round], None]:
    def restart(round_: Round) -> None:
        round_.within = BACK_WITHIN
        round_.unknown_at_most = 2
        round_.begin()
        round_.reach()
        Cluster.at(round_.rig.database_url).control("restart", "--wait", "--mode", how)
        round_.heal()

    return restart


def backends_end(round_: Round) -> None:
    """All of this database's connections are broken off every five seconds."""
    round_.within = BACK_WITHIN
    round_.begin()
    give_up_at = time.monotonic() + TERMINATED_FOR
    while time.monotonic() < give_up_at:
        with suppress(psycopg.OperationalError):
            round_.database.ask(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            round_.unknown_at_most += 2
        round_.pause(5)
    round_.heal()


def has_no_connection_left(round_: Round) -> None:
    round_.within = BACK_WITHIN
    round_.unknown_at_most = 2
    round_.begin()
    round_.reach()
    with ExitStack() as taken:
        give_up_at = time.monotonic() + ILL_FOR
        while time.monotonic() < give_up_at:
            try:
                taken.enter_context(psycopg.connect(round_.rig.database_url))
            except psycopg.OperationalError:
                round_.pause(0.1)
    round_.heal()


POSTGRES = (
    restarts("fast"),
    restarts("immediate"),
    has_no_connection_left,
    line_is("postgres", "reset"),
    line_is("postgres", "delay"),
    backends_end,
    line_is("postgres", "hole"),
)


# --- F12: the disk ---------------------------------------------------------------------------


def disk_is_full(round_: Round) -> None:
    """No process of Kept's may make a file longer than it is; after a while they may again."""
    round_.unknown_at_most = 1
    round_.begin()
    round_.reach()
    with full_disk(round_):
        round_.pause(ILL_FOR)
    round_.heal()
    round_.settle()
    said = round_.database.ask("PRAGMA integrity_check")
    if said != [("ok",)]:
        round_.faults.append(f"the database is damaged: {said}")
    if len(round_.rig.codes):
        round_.faults.append("something had to be started again")


@contextmanager
def full_disk(round_: Round) -> Iterator[None]:
    files = list(round_.database.path.parent.glob(f"{round_.database.path.name}*"))
    longest = max(file.stat().st_size for file in files) + A_LITTLE
    pids = [pid for name in round_.rig.running for pid in family(round_, name)]
    before = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in pids}
    try:
        for pid, (_, most) in before.items():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (longest, most))
        yield
    finally:
        for pid, limits in before.items():
            with suppress(ProcessLookupError):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)


def family(round_: Round, name: str) -> list[int]:
    return [round_.rig.running[name].pid, *round_.rig.children(name)]


# --- F16: in any order -----------------------------------------------------------------------


def start_in_any_order(round_: Round) -> None:
    """Services start in a random order; what they depend on answers late."""
    round_.arm(after=1.0)
    names = round_.rng.sample(round_.rig.services, len(round_.rig.services))
    for proxy in round_.rig.proxies.values():
        proxy.mode = "refuse"
    acts: list[Callable[[], None]] = [partial(round_.rig.start, name) for name in names]
    acts += [partial(setattr, proxy, "mode", "pass") for proxy in round_.rig.proxies.values()]
    began = time.monotonic()
    when = [(round_.rng.uniform(0, LATEST), act) for act in acts]
    for at, act in sorted(when, key=itemgetter(0)):
        round_.pause(max(0.0, at + began - time.monotonic()))
        act()
    round_.heal()
    round_.remarks.append("in the order " + ", ".join(names))
