"""The small install in one command: the web server and what runs beside it."""

import ctypes
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from io import StringIO
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser, call_command
from django.db import connections

type Process = subprocess.Popen[bytes]

STARTS_WITHIN = 60.0
STOPS_WITHIN = 15.0


class Command(BaseCommand):
    help = "Serve Kept with a production server until Ctrl-C; --demo fills the demo book first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--address", default="127.0.0.1", help="listen here (%(default)s)")
        parser.add_argument("--port", type=int, default=8000, help="and here (%(default)s)")
        parser.add_argument("--workers", type=int, default=2, help="web processes (%(default)s)")
        parser.add_argument("--demo", action="store_true", help="make the demo book if need be")

    def handle(self, *, address: str, port: int, workers: int, demo: bool, **_: Any) -> None:
        # Both by hand: a shell starts background jobs with Ctrl-C ignored.
        signal.signal(signal.SIGINT, interrupt)
        signal.signal(signal.SIGTERM, interrupt)
        refuse_taken(address, port)
        processes: list[Process] = []
        try:
            if demo:
                end_with_parent()
                fill_demo()
            for command in commands(address, port, workers):
                processes.append(start(command, port))
            wait_until_answering(address, port, processes)
            self.stdout.write(f"Kept is at http://{address}:{port}\nCtrl-C stops it.")
            self.stdout.flush()
            while all_run(processes):
                time.sleep(0.2)
            raise CommandError("A part of Kept ended by itself, so the rest was stopped.")
        except KeyboardInterrupt:
            self.stdout.write("Stopped.")
        finally:
            stop(processes)


def fill_demo() -> None:
    """Make the book, if there is none, and say who can log in; catch up with the days since."""
    call_command("migrate", verbosity=0, interactive=False)
    call_command("fill_demo")
    call_command("schedule", stdout=StringIO())
    connections.close_all()


def commands(address: str, port: int, workers: int) -> list[list[str]]:
    """What runs, side by side: the web, and the scheduler or, with Redis, a worker and beat.

    Four threads a worker: each holds a connection to the database, and more only wait for Python.
    """
    web = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"]
    web += ["--workers", str(workers), "--blocking-threads", "4", "--respawn-failed-workers"]
    web += ["--log-level", "warning"]
    web += ["--host", address, "--port", str(port), "crm.wsgi:application"]
    return [web, *beside_the_web()]


def beside_the_web() -> list[list[str]]:
    if not settings.REDIS_URL:
        return [[sys.executable, "manage.py", "run_scheduler"]]
    celery = [sys.executable, "-m", "celery", "--app", "crm", "--quiet"]
    worker = ["worker", "--concurrency", "2", "--without-gossip", "--without-mingle"]
    return [[*celery, *worker], [*celery, "beat"]]


def refuse_taken(address: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except (OSError, OverflowError) as error:
            raise CommandError(
                f"Kept cannot listen at {address}, port {port} ({error}). "
                "Another port will do: `make demo PORT=8001`, or --port 8001."
            ) from None


def start(command: list[str], port: int) -> Process:
    """A process in a session of its own: Ctrl-C reaches it through `stop` alone."""
    environment = {"BASE_URL": f"http://127.0.0.1:{port}", **os.environ}
    return subprocess.Popen(
        command,
        cwd=settings.ROOT,
        env=environment,
        start_new_session=True,
        preexec_fn=end_with_parent,
    )


def end_with_parent() -> None:
    """Have Linux send SIGTERM to this process when its parent dies, however it dies."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


def interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def wait_until_answering(address: str, port: int, processes: list[Process]) -> None:
    give_up_at = time.monotonic() + STARTS_WITHIN
    while not is_answering(address, port):
        if not all_run(processes):
            raise CommandError("Kept did not start; the lines above say why.")
        if time.monotonic() > give_up_at:
            raise CommandError(f"Kept did not answer within {STARTS_WITHIN:.0f} seconds.")
        time.sleep(0.05)


def is_answering(address: str, port: int) -> bool:
    connection = http.client.HTTPConnection(address, port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status < 500
    except OSError:
        return False
    finally:
        connection.close()


def all_run(processes: list[Process]) -> bool:
    return all(process.poll() is None for process in processes)


def stop(processes: list[Process]) -> None:
    """End all of them, with whatever they started themselves; a second Ctrl-C changes nothing."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal_groups(processes, signal.SIGTERM)
    give_up_at = time.monotonic() + STOPS_WITHIN
    while any(process.poll() is None for process in processes):
        if time.monotonic() > give_up_at:
            break
        time.sleep(0.05)
    signal_groups(processes, signal.SIGKILL)


def signal_groups(processes: list[Process], number: signal.Signals) -> None:
    for process in processes:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
