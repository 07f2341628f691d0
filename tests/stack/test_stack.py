"""The whole installation for a team at work: web, worker, beat, PostgreSQL and Redis."""

import json
import signal
import time
import urllib.error
import urllib.request
from pathlib import Path

import psycopg
import pytest

from tests.stack.rig import Browser, Stack, stack, wait_until

pytestmark = pytest.mark.postgresql

PASSWORD = "a-long-one-for-tests"


def readiness(running: Stack) -> tuple[int, list[str]]:
    """The status of /readyz, and what it says is red."""
    try:
        with urllib.request.urlopen(f"{running.url}/readyz", timeout=10) as answer:
            return answer.status, json.load(answer)["red"]
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)["red"]
    except OSError:
        return 0, ["web"]


def is_ready(running: Stack) -> bool:
    return readiness(running) == (200, [])


@pytest.mark.long
def test_log_in_note_nudge_and_digest_go_through_the_whole_stack(tmp_path: Path) -> None:
    with stack(tmp_path) as running:
        add = ("python", "manage.py", "add_user", "seller@example.com", "--password-stdin")
        running.run("web", *add, says=PASSWORD)
        for name in ("web", "worker", "beat"):
            running.start(name)
        # More of them than anybody means to run do no harm.
        running.start("worker", another="second worker")
        running.start("beat", another="second beat")
        wait_until(lambda: is_ready(running), within=60)

        browser = Browser(running.url)
        browser.post("/accounts/login/", login="seller@example.com", password=PASSWORD)
        browser.post("/contacts/new/", name="Maria Lindqvist", circle="inner")
        browser.post("/contacts/new/", name="Tom Beaumont", circle="inner")

        with psycopg.connect(running.database_url, autocommit=True) as database:

            def count(table: str) -> int:
                return database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]

            [maria] = database.execute("SELECT id FROM contacts_contact WHERE name LIKE 'Maria%'")
            note = {"people": str(maria[0]), "channel": "call", "reader": "only-me"}
            browser.post("/notes/new/", text="Talked about the delivery.", **note)
            assert (count("contacts_note"), count("followups_nudge")) == (1, 0)

            # Midnight comes, of a working day: it is the worker that makes the nudge, for the
            # one whom nobody has talked to.
            every_day = "working_days = '[1, 2, 3, 4, 5, 6, 7]'"
            database.execute(f"UPDATE crm_user SET day_turns_at = now(), {every_day}")
            wait_until(lambda: count("followups_nudge"), within=20)
            assert count("followups_nudge") == 1
            assert "Tom Beaumont" in browser.get("/")

            # So does the hour of the morning mail, which tells of him.
            database.execute(
                "UPDATE crm_user SET digest_due_at = now(), digest_on = (now() AT TIME ZONE 'UTC'),"
                " digest_at = date_trunc('minute', now() AT TIME ZONE 'UTC')"
            )
            [mail] = wait_until(lambda: list((tmp_path / "mail").glob("*")), within=20)
            wait_until(lambda: "Tom Beaumont" in mail.read_text(), within=5)
            sent = database.execute("SELECT state, tries FROM followups_delivery").fetchall()
            assert sent == [("sent", 1)]

            # The broker goes: pages do not wait for it, and it comes back empty.
            running.stop("redis", signal.SIGKILL)
            assert wait_until(lambda: "broker" in readiness(running)[1], within=10)
            began = time.monotonic()
            browser.post("/notes/new/", text="And again.", **note)
            assert time.monotonic() - began < 3
            assert count("contacts_note") == 2
            [last] = database.execute("SELECT max(at) FROM crm_heartbeat WHERE name = 'tick'")
            (tmp_path / "appendonlydir").rename(tmp_path / "lost")
            running.start("redis")
            later = "SELECT count(*) FROM crm_heartbeat WHERE name = 'tick' AND at > %s"
            went = wait_until(lambda: database.execute(later, last).fetchone()[0], within=60)
            assert went == 1

        # All end when they are told to; a worker that is still reconnecting says so by a code.
        codes = {name: running.stop(name) for name in list(running.running) if name != "redis"}
        assert (codes["web"], codes["beat"], codes["second beat"]) == (0, 0, 0)
        assert "Traceback" not in running.log("web").read_text()
