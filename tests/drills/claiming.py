"""F9: several workers start the same thousand due users at the same instant."""

import json
import subprocess
import sys
from collections import Counter
from contextlib import ExitStack
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from tests.drills.checking import Verdict
from tests.drills.rig import Shelf
from tests.stack.compose import ROOT
from tests.stack.rig import Stack

WORKERS, USERS, DAYS = 4, 1000, 20
DUE = time(7)


def claim_many(
    seed: str, number: int, shelf: Shelf, folder: Path, *, users: int = USERS, days: int = DAYS
) -> Verdict:
    """`days` mornings of `users` each: every row is claimed by one of the workers, and by one."""
    verdict = Verdict()
    contested = 0
    with shelf.copy() as database, ExitStack() as running:
        database.ask("UPDATE crm_user SET is_active = ?", False)
        stack = Stack(shelf.folder, database.url)
        workers = [running.enter_context(claimer(stack)) for _ in range(WORKERS)]
        ask(workers[0], f"make {users}")
        assert answer(workers[0]) == users
        today = datetime.combine(datetime.now(UTC).date(), DUE, tzinfo=UTC)
        for day in range(days):
            for worker in workers:
                ask(worker, f"start {(today + timedelta(days=day, seconds=1)).isoformat()}")
            said = [answer(worker) for worker in workers]
            claimed = Counter(pk for each in said for pk in each["claimed"])
            verdict.twice += sum(times - 1 for times in claimed.values())
            verdict.lost += users - len(claimed)
            contested += sum(bool(each["claimed"]) for each in said) - 1
            made = sum(each["made"] for each in said)
            if made != users:
                verdict.wrong.append(f"{made} rows were made for {users} users")
            database.ask("DELETE FROM followups_delivery")
        for worker in workers:
            worker.stdin.close()
    if verdict.twice or verdict.lost:
        verdict.wrong.append(f"{verdict.twice} claimed twice, {verdict.lost} by nobody")
    verdict.remarks.append(f"{users * days} rows; {contested} times others won some, too")
    return verdict


def claimer(stack: Stack) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.drills.claimer"],
        cwd=ROOT,
        env=stack.environment("worker"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def ask(worker: subprocess.Popen[str], line: str) -> None:
    assert worker.stdin is not None
    worker.stdin.write(line + "\n")
    worker.stdin.flush()


def answer(worker: subprocess.Popen[str]):
    assert worker.stdout is not None
    return json.loads(worker.stdout.readline())
