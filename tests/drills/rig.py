"""Real processes, started, hindered and killed by somebody who knows their pids.

Two set-ups: P is the installation for a team (PostgreSQL, Redis, a worker, beat, the web), each
service by its command in docker-compose.yml; E the small one (SQLite, a scheduler, the web).
Whatever ends by itself is started again, as an engine would by its restart policy.
"""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any, Self
from urllib.parse import unquote, urlsplit
from uuid import uuid4
from zoneinfo import ZoneInfo

import psycopg

from tests.drills.book import Book
from tests.drills.proxy import Proxy
from tests.sink import Sink
from tests.stack.compose import ROOT
from tests.stack.rig import Stack

# Settings scaled down, so that a round takes seconds.
TICK, LEASE, RETRY = 1, 5, 1
SMTP_SECONDS, SMTP_PATIENCE = 3, 4
VISIBLE = 20
CRASHED = 9
RESTARTS_AFTER = 0.5
BOOK_KEEPS = timedelta(hours=2)
NO_TIME = timedelta(0)
CLOCK = ROOT / "tests" / "drills" / "clock"


# --- Databases -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cluster:
    """A PostgreSQL cluster as .ci/with_postgres.sh starts one: a socket in a folder of its own."""

    folder: Path
    user: str

    @classmethod
    def at(cls, url: str) -> Self:
        parts = urlsplit(url)
        return cls(Path(unquote(parts.hostname or "")), parts.username or "")

    def url(self, name: str) -> str:
        return f"postgres://{self.user}@{str(self.folder).replace('/', '%2F')}/{name}"

    def run(self, statement: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(
            host=str(self.folder), user=self.user, dbname="postgres", autocommit=True
        ) as server:
            done = server.execute(statement)
            return done.fetchall() if done.description else []

    def copy(self, name: str, to: str) -> None:
        self.drop(to)
        self.run(f'CREATE DATABASE "{to}" TEMPLATE "{name}"')
        # The tests' cluster does not wait for the disk; what was committed must outlive a crash.
        self.run(f'ALTER DATABASE "{to}" SET synchronous_commit = on')
        # A copied sequence believes that its next values are in the log already, up to this.
        self.run("CHECKPOINT")

    def drop(self, name: str) -> None:
        self.run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def control(self, *words: str) -> None:
        """pg_ctl with `words`, as the one to whom the server belongs."""
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
        command = [str(found[-1]), "--pgdata", str(self.folder / "data"), "--silent", *words]
        if os.getuid() == 0:
            command = [
                "setpriv",
                "--reuid=postgres",
                "--regid=postgres",
                "--clear-groups",
                *command,
            ]
        subprocess.run(command, cwd=self.folder, check=True, stdout=subprocess.DEVNULL, timeout=60)

    @property
    def socket(self) -> Path:
        return self.folder / ".s.PGSQL.5432"


@dataclass(frozen=True)
class Database:
    """The round's own database, asked directly, whatever the proxy in front of it does."""

    url: str

    @property
    def is_sqlite(self) -> bool:
        return self.url.startswith("sqlite")

    @property
    def path(self) -> Path:
        return Path(self.url.removeprefix("sqlite:///"))

    def ask(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Run one statement, with `?` for each of `values`; what it returns."""
        if self.is_sqlite:
            with closing(sqlite3.connect(self.path, timeout=20, isolation_level=None)) as file:
                return file.execute(statement, [_stored(value) for value in values]).fetchall()
        with psycopg.connect(self.url, autocommit=True) as server:
            done = server.execute(statement.replace("?", "%s"), values)
            return done.fetchall() if done.description else []

    @contextmanager
    def snapshot(self) -> Iterator[Callable[[], None]]:
        """A backup; calling what it yields puts it back. Nobody may be connected meanwhile."""
        if self.is_sqlite:
            self.ask("PRAGMA wal_checkpoint(TRUNCATE)")
            kept = self.path.read_bytes()

            def put_back() -> None:
                for path in self.path.parent.glob(f"{self.path.name}*"):
                    path.unlink()
                self.path.write_bytes(kept)

            yield put_back
            return
        cluster, name = Cluster.at(self.url), urlsplit(self.url).path[1:]
        cluster.copy(name, f"{name}_backup")
        try:
            yield lambda: cluster.copy(f"{name}_backup", name)
        finally:
            cluster.drop(f"{name}_backup")


def _stored(value: object) -> object:
    """As Django stores it in SQLite."""
    if isinstance(value, datetime):
        return str(value.astimezone(UTC).replace(tzinfo=None))
    return value if isinstance(value, int | float | str) or value is None else str(value)


@dataclass
class Shelf:
    """Where rounds get their databases from: one is migrated and filled, the others are copies."""

    folder: Path
    cluster: Cluster | None
    seed: str
    sellers: int
    book: Book | None = None
    filled: dict[str, Any] = field(default_factory=dict)
    made: list[str] = field(default_factory=list)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for name in self.made if self.cluster else []:
            self.cluster.drop(name)

    @contextmanager
    def copy(self) -> Iterator[Database]:
        """A filled database, gone afterwards."""
        self._keep_fresh()
        source, name = self.made[-1], f"drill_{uuid4().hex}"
        if self.cluster is None:
            database = Database(f"sqlite:///{self.folder}/{name}.sqlite3")
            database.path.write_bytes((self.folder / f"{source}.sqlite3").read_bytes())
            yield database
            for path in self.folder.glob(f"{name}.sqlite3*"):
                path.unlink()
            return
        self.cluster.copy(source, name)
        try:
            yield Database(self.cluster.url(name))
        finally:
            self.cluster.drop(name)

    def _keep_fresh(self) -> None:
        """Fill anew where the early morning of the book's zones is over."""
        now = datetime.now(UTC)
        if self.book is not None and now - self.book.at < BOOK_KEEPS:
            return
        book = Book.draw(self.seed, at=now, sellers=self.sellers)
        name = f"book_{uuid4().hex}"
        url = f"sqlite:///{self.folder}/{name}.sqlite3"
        if self.cluster is not None:
            self.cluster.run(f'CREATE DATABASE "{name}"')
            url = self.cluster.url(name)
        self.made.append(name)
        stack = Stack(self.folder, url)
        if not (self.folder / "static").exists():
            stack.build()
        self.filled = json.loads(
            stack.run(
                "web",
                sys.executable,
                "-m",
                "tests.drills.filling",
                says=json.dumps(book.as_json(), default=str),
            )
        )
        self.book = book
        if self.cluster is None:
            Database(url).ask("PRAGMA wal_checkpoint(TRUNCATE)")


# --- Processes -------------------------------------------------------------------------------


@dataclass
class Rig(Stack):
    """One round's processes, mail server and proxies; used by `with`."""

    static: Path = Path()
    more: dict[str, dict[str, str]] = field(default_factory=dict)
    log_in_as: str = ""
    has_clock: bool = False
    codes: list[int] = field(default_factory=list)
    tick_seconds: int = TICK

    def __post_init__(self) -> None:
        self.database = Database(self.database_url)
        self.sink = Sink(wait=SMTP_SECONDS * 3)
        self.lock = threading.RLock()
        self.over = threading.Event()
        self.tender = threading.Thread(target=self._tend, daemon=True)
        self.proxies: dict[str, Proxy] = {}

    @property
    def is_small(self) -> bool:
        return self.database.is_sqlite

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.sink.__enter__()
        if not self.is_small:
            cluster = Cluster.at(self.database_url)
            targets = {"redis": self.redis_port, "postgres": cluster.socket}
            self.proxies = {name: Proxy(target) for name, target in targets.items()}
            for proxy in self.proxies.values():
                proxy.__enter__()
        self.tender.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.tender.join()
        self.kill_all()
        for proxy in self.proxies.values():
            proxy.__exit__()
        self.sink.__exit__()

    @property
    def clock(self) -> Path:
        """How many seconds the clocks of all processes are ahead; see clock/sitecustomize.py."""
        return self.folder / "clock"

    @property
    def mail_url(self) -> str:
        return self.sink.url.replace("smtp://", f"smtp://{self.log_in_as}")

    @property
    def scheduler(self) -> str:
        """The service that sends the mails."""
        return "scheduler" if self.is_small else "worker"

    @cached_property
    def services(self) -> list[str]:
        """In the order in which they are best started."""
        return ["web", "scheduler"] if self.is_small else ["redis", "worker", "beat", "web"]

    def environment(self, name: str) -> dict[str, str]:
        """As in the container, except where things are here, and how long they take."""
        ours = {
            "EMAIL_URL": f"{self.mail_url}?timeout={SMTP_SECONDS}&patience={SMTP_PATIENCE}",
            "KEPT_VAR": str(self.static),
            "MEDIA_ROOT": str(self.folder / "media"),
            "MAIL_LEASE_SECONDS": str(LEASE),
            "MAIL_RETRY_SECONDS": str(RETRY),
            "VISIBILITY_SECONDS": str(VISIBLE),
        }
        if self.has_clock:
            ours |= {"PYTHONPATH": str(CLOCK), "DRILL_CLOCK": str(self.clock)}
        if self.is_small:
            ours["REDIS_URL"] = ""
        else:
            path = urlsplit(self.database_url).path
            port = self.proxies["postgres"].port
            ours["DATABASE_URL"] = f"postgres://kept@127.0.0.1:{port}{path}"
            ours["REDIS_URL"] = f"redis://127.0.0.1:{self.proxies['redis'].port}/0"
        compose_s = "worker" if name in ("scheduler", "hand") else name
        return super().environment(compose_s) | ours | self.more.get(name, {})

    def command(self, name: str) -> list[str]:
        if name == "scheduler":
            return [sys.executable, "manage.py", "run_scheduler"]
        command = super().command(name)
        if name == "web":
            command[command.index("--workers") + 1] = "1"
        return command

    def start(self, name: str, *, another: str = "") -> None:
        with self.lock:
            super().start(name, another=another)

    def stop(self, name: str, number: int = signal.SIGTERM, within: float = 30) -> int:
        with self.lock:
            process = self.running.pop(name)
        process.send_signal(number)
        try:
            return process.wait(timeout=within)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)

    def kill(self, name: str) -> None:
        """Kill the service and all its children; it comes back."""
        with suppress(ProcessLookupError):
            os.killpg(self.running[name].pid, signal.SIGKILL)

    def children(self, name: str) -> list[int]:
        pid = self.running[name].pid
        return [
            int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        ]

    def crashes(self) -> int:
        """How often whoever sends the mails has ended itself at a named point."""
        if self.is_small:
            return self.codes.count(CRASHED)
        return self.log("worker").read_text().count(f"exitcode {CRASHED}")

    def by_hand(self, *words: str) -> str:
        """A command of manage.py, as whoever runs the installation would."""
        return self._run([sys.executable, "manage.py", *words], "hand")

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def _tend(self) -> None:
        while not self.over.wait(0.1):
            with self.lock:
                ended = [name for name, each in self.running.items() if each.poll() is not None]
            for name in ended:
                self.codes.append(self.running[name].returncode)
                if self.over.wait(RESTARTS_AFTER):
                    return
                with self.lock:
                    if name in self.running:
                        with suppress(ProcessLookupError):  # what it left behind
                            os.killpg(self.running[name].pid, signal.SIGKILL)
                        self.start(name.removeprefix("second "), another=name)


# --- One round -------------------------------------------------------------------------------


class GaveUp(Exception):
    """What a round waited for did not come."""


@dataclass
class Round:
    """One fault at one random moment; `heal` says when it was over."""

    rig: Rig
    book: Book
    filled: dict[str, Any]
    rng: Random
    unknown_at_most: int = 0
    # How many mails may have gone out for one of which nobody knows.
    mails_of_unknown: tuple[int, ...] = (0, 1)
    may_end_as: frozenset[str] = frozenset()
    may_be_of_other_days: bool = False
    # Which days it has been in the round, counted from today: clocks may run ahead.
    days_seen: tuple[int, ...] = (0,)
    seconds_to_write: float = 30.0
    within: float = 60.0
    healed_at: float = 0.0
    due_at: datetime | None = None
    remarks: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def database(self) -> Database:
        return self.rig.database

    def start(self, *services: str) -> None:
        for name in services or self.rig.services:
            self.rig.start(name)

    def begin(self, *, after: float = 0.5, turns: bool = True) -> None:
        """Start everything, wait until it ticks, and have all sellers' mails come due."""
        self.start()
        self.wait_until_it_ticks()
        self.arm(after=after, turns=turns)

    def wait_until_it_ticks(self, within: float = 60.0) -> None:
        since = datetime.now(UTC)
        self.wait(lambda: self.last_tick() > since, within, "a tick")

    def last_tick(self) -> datetime:
        rows = self.database.ask("SELECT at FROM crm_heartbeat WHERE name = 'tick'")
        return instant_in(rows[0][0]) if rows else datetime.fromtimestamp(0, UTC)

    def arm(self, *, after: float = 0.5, ago: timedelta = NO_TIME, turns: bool = True) -> None:
        """Have all mails come due in a moment, and all days turn; or since a while ago."""
        due_at = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=1 + after)
        self.due_at = due_at - ago
        for zone in {seller.zone for seller in self.book}:
            local = self.due_at.astimezone(ZoneInfo(zone))
            self.database.ask(
                "UPDATE crm_user SET digest_at = ?, digest_on = ?, digest_due_at = ?,"
                f" day_turns_at = {'?' if turns else 'coalesce(day_turns_at, ?)'}"
                " WHERE time_zone = ? AND digest_wanted",
                local.time().isoformat(),
                local.date().isoformat(),
                self.due_at,
                self.due_at,
                zone,
            )

    def states(self) -> dict[int, str]:
        """Today's deliveries: their state by the seller's number."""
        rows = self.database.ask(
            "SELECT u.email, d.state, d.local_date FROM followups_delivery d"
            " JOIN crm_user u ON u.id = d.user_id"
        )
        today = {seller.email: (seller.number, seller.today) for seller in self.book}
        return {
            today[email][0]: state
            for email, state, day in rows
            if email in today and str(day) == str(today[email][1])
        }

    def ended(self) -> int:
        waiting = ("due", "claimed", "handing_over")
        return sum(state not in waiting for state in self.states().values())

    def reach(self, share: float | None = None) -> None:
        """Wait until so many of the mails are at their end: by chance, if not said."""
        share = self.rng.uniform(0.1, 0.9) if share is None else share
        wanted = max(1, round(share * len(self.book.sellers)))
        self.wait(lambda: self.ended() >= wanted, 60, f"{wanted} mails", every=0.02)

    def heal(self) -> None:
        self.healed_at = time.monotonic()

    def settle(self) -> float:
        """Wait until every mail is at its end; returns the seconds since the fault was over."""
        self.healed_at = self.healed_at or time.monotonic()
        all_of_them = len(self.book.sellers)
        self.wait(lambda: self.ended() == all_of_them, self.within, "all mails")
        since = datetime.now(UTC)
        left = max(5.0, self.within - (time.monotonic() - self.healed_at))
        self.wait(lambda: self.last_tick() > since, left, "a tick after that")
        return time.monotonic() - self.healed_at

    def wait(
        self, says: Callable[[], object], within: float, what: str, every: float = 0.1
    ) -> None:
        """Wait until `says` is true; while its database is away, it is not."""
        give_up_at = time.monotonic() + within
        while not _said(says):
            if time.monotonic() > give_up_at:
                raise GaveUp(f"waited {within:.0f} s in vain for {what}")
            time.sleep(every)

    def pause(self, seconds: float) -> None:
        time.sleep(seconds)


def _said(says: Callable[[], object]) -> object:
    try:
        return says()
    except (psycopg.OperationalError, psycopg.InterfaceError):
        return False


def instant_in(value: Any) -> datetime:
    """What a column holds, in either database."""
    return value if isinstance(value, datetime) else datetime.fromisoformat(value + "+00:00")
