"""F1 to F4: whoever sends the mails is killed, crashes at a named point, or is told to end."""

import os
import signal
import time
from collections.abc import Callable

from tests.drills.rig import Round

# Points, and how many mails have gone out when a hand-over ends there.
MAILS_OF_UNKNOWN = {
    "after_claim": (),
    "before_smtp": (0,),
    "after_smtp": (1,),
    "before_commit": (1,),
}
POINTS = list(MAILS_OF_UNKNOWN)
STOPS_WITHIN = 30.0


def kill_one_at_work(round_: Round) -> None:
    """F1: kill -9 for one of the worker's children; with SQLite, for the scheduler itself."""
    round_.begin()
    round_.reach()
    if round_.rig.is_small:
        round_.rig.kill("scheduler")
    else:
        os.kill(round_.rng.choice(round_.rig.children("worker")), signal.SIGKILL)
    round_.unknown_at_most = 1
    round_.heal()


def kill_all_at_work(round_: Round) -> None:
    """F2: kill -9 for the whole group of processes."""
    round_.begin()
    round_.reach()
    processes = max(1, len(round_.rig.children(round_.rig.scheduler)))
    round_.rig.kill(round_.rig.scheduler)
    round_.unknown_at_most = processes
    round_.heal()


def crash_at(point: str) -> Callable[[Round], None]:
    def crash(round_: Round) -> None:
        """F3: whoever comes to `point` ends at once; after some seconds, nobody does any more."""
        scheduler = round_.rig.scheduler
        is_in_mail = round_.rng.random() < 0.75  # else while days turn, where there is such a point
        round_.begin(after=5.0, turns=not is_in_mail)
        round_.rig.more[scheduler] = {"KEPT_FAIL_AT": point}
        round_.rig.kill(scheduler)
        round_.wait(lambda: round_.rig.crashes() > 0, 40, f"a crash at {point}")
        round_.pause(round_.rng.uniform(0, 1))
        round_.rig.more.clear()
        round_.rig.kill(scheduler)
        round_.heal()
        round_.unknown_at_most = 0 if point == "after_claim" else len(round_.book.sellers)
        round_.mails_of_unknown = MAILS_OF_UNKNOWN[point]

    crash.__name__ = point
    return crash


def deploy(round_: Round) -> None:
    """F4: SIGTERM in the middle of work, and a new one."""
    scheduler = round_.rig.scheduler
    round_.begin()
    round_.reach()
    began = time.monotonic()
    round_.rig.stop(scheduler, signal.SIGTERM, within=STOPS_WITHIN)
    round_.remarks.append(f"ended in {time.monotonic() - began:.1f} s")
    round_.rig.start(scheduler)
    round_.heal()
