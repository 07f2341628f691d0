"""The services of docker-compose.yml as processes on this machine, each by its very command."""

import http.cookiejar
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings

from tests.stack.compose import ROOT, command_of, dockerfile, environment_of, services

type Process = subprocess.Popen[str]

VARIABLES = {"SECRET_KEY": "only-for-tests-" + "kept" * 12, "POSTGRES_PASSWORD": "none"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until[T](says: Callable[[], T], within: float) -> T:
    """What `says` returns, as soon as it is true; fails after `within` seconds."""
    give_up_at = time.monotonic() + within
    while not (said := says()):
        assert time.monotonic() < give_up_at, f"waited {within} seconds in vain"
        time.sleep(0.1)
    return said


@contextmanager
def fresh_database() -> Iterator[str]:
    """The address of an empty PostgreSQL database, gone afterwards."""
    at = settings.DATABASES["default"]
    if not at["ENGINE"].endswith("postgresql"):
        pytest.skip("needs PostgreSQL: runs in the second half of `make test`")
    name, host = f"stack_{uuid4().hex}", at["HOST"]
    with psycopg.connect(host=host, user=at["USER"], dbname="postgres", autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            yield f"postgres://{at['USER']}@{host.replace('/', '%2F')}/{name}"
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@dataclass
class Stack:
    """All services but the database, in a folder of their own."""

    folder: Path
    database_url: str
    tick_seconds: int = 2
    web_port: int = field(default_factory=free_port)
    redis_port: int = field(default_factory=free_port)
    running: dict[str, Process] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.web_port}"

    def environment(self, name: str) -> dict[str, str]:
        """What the service would find in its container, except where things are here."""
        mail = f"file://{self.folder}/mail"
        service = services(**VARIABLES, BASE_URL=self.url, EMAIL_URL=mail)[name]
        return environment_of(service) | {
            "DATABASE_URL": self.database_url,
            "REDIS_URL": f"redis://127.0.0.1:{self.redis_port}/0",
            "GRANIAN_HOST": "127.0.0.1",
            "GRANIAN_PORT": str(self.web_port),
            "KEPT_VAR": str(self.folder),
            "MEDIA_ROOT": str(self.folder / "media"),
            "TICK_SECONDS": str(self.tick_seconds),
        }

    def build(self) -> None:
        """What the image does with the program while it is built."""
        for command in dockerfile()[-1].all("RUN"):
            if "manage.py" in command:
                self._run(["sh", "-c", command], "web")

    def run(self, name: str, *command: str, says: str = "") -> str:
        """Run the service's command to its end, or another one in its place; returns what it
        printed."""
        return self._run(list(command) or self.command(name), name, says)

    def start(self, name: str, *, another: str = "") -> None:
        """Start the service; `another` names a second one beside the first."""
        with self.log(name).open("a") as log:
            self.running[another or name] = subprocess.Popen(
                self.command(name),
                cwd=ROOT,
                env=self.environment(name),
                stdout=log,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )

    def command(self, name: str) -> list[str]:
        command = command_of(services(**VARIABLES, EMAIL_URL="none")[name])
        if name == "redis":
            place = ["--port", str(self.redis_port), "--bind", "127.0.0.1"]
            command += [*place, "--dir", str(self.folder)]
        return command

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def stop(self, name: str, number: int = signal.SIGTERM, within: float = 30) -> int:
        """Signal the service, as an engine would its container; returns its exit code."""
        process = self.running.pop(name)
        process.send_signal(number)
        return process.wait(timeout=within)

    def kill_all(self) -> None:
        for process in self.running.values():
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.running.clear()

    def _run(self, command: list[str], name: str, says: str = "") -> str:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=self.environment(name),
            input=says,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@contextmanager
def stack(folder: Path) -> Iterator[Stack]:
    """A migrated installation with nobody in it, its redis running, and nothing else."""
    if shutil.which("redis-server") is None:
        pytest.skip("needs redis-server, which `make test` installs where it may")
    with fresh_database() as database_url:
        built = Stack(folder, database_url)
        try:
            built.build()
            built.start("redis")
            built.run("migrate")
            yield built
        finally:
            built.kill_all()


class Browser:
    """One person's browser, without scripts: follows links, fills in forms, keeps cookies."""

    def __init__(self, url: str) -> None:
        self.url = url
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)

    def get(self, path: str) -> str:
        with self.opener.open(self.url + path, timeout=30) as answer:
            return answer.read().decode()

    def status(self, path: str) -> int:
        try:
            with self.opener.open(self.url + path, timeout=30) as answer:
                return answer.status
        except urllib.error.HTTPError as refused:
            return refused.code

    def post(self, path: str, **fields: str) -> str:
        """Fill in the form on the page at `path` and send it; returns the page it leads to."""
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.get(path))
        assert found is not None
        form = urllib.parse.urlencode(fields | {"csrfmiddlewaretoken": found[1]}).encode()
        sent = urllib.request.Request(self.url + path, form, {"Referer": self.url + path})
        with self.opener.open(sent, timeout=30) as answer:
            return answer.read().decode()
