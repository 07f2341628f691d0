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


type Play = Callable[[str, int, Shelf, Path], Verdict]


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong, and how often to try it; a round is played by `play`.

    It takes the round's seed, its number, where databases come from, and a folder of its own.
    """

    name: str
    what: str
    times: int
    play: Play
    setups: str = "PE"


type Act = Callable[[Round], None]


def in_turn(*acts: Act) -> Play:
    """Rounds of each of `acts` in turn, on an installation at work."""

    def play(seed: str, number: int, shelf: Shelf, folder: Path) -> Verdict:
        return play_one(acts[number % len(acts)], seed, shelf, folder)

    return play


def play_one(act: Act, seed: str, shelf: Shelf, folder: Path, *, load: bool = True) -> Verdict:
    """One round: the fault in the midst of work, three ticks of peace, and what must hold then."""
    verdict = Verdict()
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
            act(round_)
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
