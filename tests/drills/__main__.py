"""`make drills`: plays rounds of each fault, and prints what became of them.

    python -m tests.drills [F1 F7/P F3/E/2 …] [--rounds N] [--seed N] [--setups PE] [--sellers N]

Where DATABASE_URL leads to a PostgreSQL cluster that .ci/with_postgres.sh has started, both set-ups
are played, else the small one. A round is told by its fault, its set-up and its number: with the
same --seed it is the same again.
"""

import argparse
import os
import shutil
import signal
import statistics
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from random import SystemRandom

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
django.setup()

from tests.drills.checking import Verdict  # noqa: E402 - Django must be set up first
from tests.drills.faults import FAULTS  # noqa: E402
from tests.drills.playing import Fault  # noqa: E402
from tests.drills.rig import Cluster, Shelf  # noqa: E402


@dataclass
class Row:
    """What became of the rounds of one fault in one set-up."""

    name: str
    verdicts: list[Verdict] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        times = [v.recovery for v in self.verdicts if v.recovery is not None]
        median = f"{statistics.median(times):.1f}" if times else "-"
        worst = f"{max(times):.1f}" if times else "-"
        figures = [len(self.verdicts), len(self.failed)]
        figures += [sum(getattr(v, name) for v in self.verdicts) for name in COUNTED]
        said = "".join(f"{figure:>9}" for figure in figures)
        return f"{self.name:<8}{said}{median:>9}{worst:>9}  {' '.join(self.failed)}"


COUNTED = ("twice", "lost", "unknown")
HEAD = ("rounds", "failed", "twice", "lost", "unknown", "median s", "worst s")


def main() -> int:
    asked = read_arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # and leave no process behind
    url = os.environ.get("DATABASE_URL", "")
    cluster = Cluster.at(url) if url.startswith("postgres") else None
    setups = [each for each in asked.setups if each == "E" or (cluster and redis_is_here())]
    if left := set(asked.setups) - set(setups):
        print(f"Without PostgreSQL and Redis, {', '.join(left)} is left out.")
    print(f"Seed {asked.seed}; {asked.sellers} sellers.", flush=True)
    rows = []
    with tempfile.TemporaryDirectory(prefix="kept-drills.") as folder:
        for setup in setups:
            place = Path(folder) / setup
            place.mkdir()
            here = cluster if setup == "P" else None
            with Shelf(place, here, str(asked.seed), asked.sellers) as shelf:
                for fault in FAULTS:
                    if setup in fault.setups and (wanted := chosen(fault, setup, asked)):
                        rows.append(play_all(fault, setup, wanted, asked.seed, shelf))
                        print(rows[-1], flush=True)
    print(f"\n{'':<8}" + "".join(f"{word:>9}" for word in HEAD) + "  failed")
    print(*rows, sep="\n")
    return 1 if any(row.failed for row in rows) else 0


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("drills", nargs="*", help="F3, F3/P, or F3/P/7 for one round; else all")
    parser.add_argument("--rounds", type=int, help="of each fault (as many as reliability.md asks)")
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(10**6))
    parser.add_argument("--setups", default="PE", help="P: PostgreSQL and Redis, E: SQLite")
    parser.add_argument("--sellers", type=int, default=100, help="whose mails are due at once")
    return parser.parse_args()


def redis_is_here() -> bool:
    return shutil.which("redis-server") is not None


def chosen(fault: Fault, setup: str, asked: argparse.Namespace) -> list[int]:
    """The numbers of the rounds to play."""
    found: set[int] = set()
    for words in asked.drills or [fault.name]:
        name, *more = words.split("/")
        if name != fault.name or (more and more[0] != setup):
            continue
        found.update([int(more[1])] if len(more) == 2 else range(asked.rounds or fault.times))
    return sorted(found)


def play_all(fault: Fault, setup: str, numbers: list[int], seed: int, shelf: Shelf) -> Row:
    row = Row(f"{fault.name}/{setup}")
    for number in numbers:
        name = f"{fault.name}/{setup}/{number}"
        folder = shelf.folder / name.replace("/", "-")
        began = time.monotonic()
        try:
            verdict = fault.play(f"{seed}/{name}", number, shelf, folder)
        except Exception:
            verdict = Verdict(wrong=[traceback.format_exc()])
        row.verdicts.append(verdict)
        tell(name, verdict, time.monotonic() - began)
        if verdict.wrong:
            row.failed.append(str(number))
            keep_logs(folder, name)
        shutil.rmtree(folder, ignore_errors=True)
    return row


def tell(name: str, verdict: Verdict, took: float) -> None:
    recovery = "-" if verdict.recovery is None else f"{verdict.recovery:.1f}"
    said = f"{name}: {took:.0f} s, recovered in {recovery} s, {verdict.unknown} unknown"
    print("; ".join([said, *verdict.remarks]))
    for sentence in verdict.wrong:
        print(f"  FAILED: {sentence}")
    sys.stdout.flush()


def keep_logs(folder: Path, name: str) -> None:
    """Leave the processes' logs of a failed round under var/drills/."""
    kept = Path("var/drills") / name.replace("/", "-")
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir(parents=True)
    for log in folder.glob("*.log"):
        shutil.copy(log, kept)


if __name__ == "__main__":
    sys.exit(main())
