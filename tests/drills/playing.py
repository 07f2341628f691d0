"""Plays one round from its seed, and judges it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.drills.checking import Verdict, check, check_next_morning
from tests.drills.load import Load
from tests.drills.rig import TICK, GaveUp, Rig, Round, Shelf

LOAD_A_SECOND = 5.0


@dataclass(frozen=True)
class Fault:
    """`variants` are played in turn; `times` is how many rounds of it reliability.md asks for."""

    name: str
    what: str
    times: int
    variants: tuple[Callable[[Round], None], ...]
    setups: str = "PE"


def play(
    fault: Fault, seed: str, number: int, shelf: Shelf, folder: Path, *, load: bool = True
) -> Verdict:
    """One round: the fault in the midst of work, three ticks of peace, and what must hold then."""
    verdict = Verdict()
    variant = fault.variants[number % len(fault.variants)]
    with shelf.copy() as database, Rig(folder, database.url, static=shelf.folder) as rig:
        assert shelf.book is not None
        rng = Random(seed)
        round_ = Round(rig, shelf.book, shelf.filled, rng)
        at_work = Load(
            rig.web_port, shelf.filled["writer_contact"], Random(seed), a_second=LOAD_A_SECOND
        )
        if load:
            at_work.start()
        else:
            rig.services.remove("web")
        try:
            variant(round_)
            verdict.recovery = round_.settle()
            time.sleep(3 * TICK)
        except GaveUp as problem:
            verdict.wrong.append(str(problem))
        finally:
            if load:
                at_work.stop()
        check(round_, at_work if load else None, verdict)
        for name in list(rig.running):
            if name != "redis":
                with rig.lock:
                    rig.kill(name)
                    rig.running.pop(name).wait()
        check_next_morning(round_, verdict)
        verdict.wrong += round_.faults
        verdict.remarks = round_.remarks
    return verdict
