"""`make bench`: how long the main pages take, by the size of the book.

Each size is a keeper of their own in a team of their own, in one PostgreSQL database; the pages
are asked for one at a time, size by size in turn, from the production server on this machine.
"""

import argparse
import http.client
import os
import re
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[2]
SIZES = [10, 100, 1_000, 10_000]
WARM_UP = 20


@dataclass
class Browser:
    """A logged-in client that keeps its connection and its cookies."""

    port: int
    email: str
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        page = self.get("/accounts/login/")[1]
        status, _ = self.post(
            "/accounts/login/", page, {"login": self.email, "password": "kept-demo"}
        )
        if status != 302:
            raise SystemExit(f"{self.email} could not log in: {status}.")

    def get(self, path: str) -> tuple[int, str]:
        return self._ask("GET", path)

    def post(self, path: str, page: str, values: dict[str, str]) -> tuple[int, str]:
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        body = urlencode(values | {"csrfmiddlewaretoken": token.group(1) if token else ""})
        return self._ask("POST", path, body)

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[int, str]:
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Referer"] = f"http://127.0.0.1:{self.port}/"
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        text = response.read().decode()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, _, rest = cookie.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        return response.status, text


@dataclass
class Measured:
    """Milliseconds of one page at one size."""

    times: list[float] = field(default_factory=list)

    def take(self, seconds: float) -> None:
        self.times.append(seconds * 1000)

    @property
    def p50(self) -> float:
        return statistics.median(self.times)

    @property
    def p95(self) -> float:
        return statistics.quantiles(self.times, n=20)[18]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=150)
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    asked = parser.parse_args()
    if "postgres" not in os.environ.get("DATABASE_URL", ""):
        again = [ROOT / ".ci/with_postgres.sh", sys.executable, "-m", "tests.bench"]
        return subprocess.call([*again, *sys.argv[1:]], cwd=ROOT)
    manage("migrate", "-v0")
    for size in asked.sizes:
        manage("make_book", "--keepers", "1", "--contacts", str(size), "--team-of", "1")
    manage("schedule")
    vacuum()
    with server() as port:
        books = {
            size: Browser(port, f"bench{number}@kept.example")
            for number, size in enumerate(asked.sizes, 1)
        }
        report(measure(books, asked.rounds), asked.sizes)
    return 0


def manage(*command: str) -> None:
    subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, check=True)


def vacuum() -> None:
    """What autovacuum would have done by the time somebody works with the book."""
    sql = "from django.db import connection as c; c.cursor().execute('VACUUM ANALYZE')"
    subprocess.run([sys.executable, "manage.py", "shell", "-v0", "-c", sql], cwd=ROOT, check=True)


@contextmanager
def server() -> Iterator[int]:
    """The production server on a free port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.bench.settings"}
    process = subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--port", str(port), "--workers", "1"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        if not any(line.startswith("Kept is at") for line in process.stdout):
            raise SystemExit("The server did not start.")
        yield port
    finally:
        process.terminate()
        process.wait()


def measure(books: dict[int, Browser], rounds: int) -> dict[str, dict[int, Measured]]:
    people = {size: first_person(browser) for size, browser in books.items()}
    pages = {
        "floor": "/floor/",
        "today": "/",
        "people": "/contacts/",
        "search": "/contacts/?q=ann",
        "person": "/contacts/{person}/",
    }
    found = {name: {size: Measured() for size in books} for name in [*pages, "save a note"]}
    forms = {size: b.get(f"/notes/new/?people={people[size]}")[1] for size, b in books.items()}
    for number in range(-WARM_UP, rounds):
        for size, browser in books.items():
            for name, path in pages.items():
                url = path.format(person=people[size])
                seconds = timed(lambda b=browser, u=url: b.get(u), 200)
                if number >= 0:
                    found[name][size].take(seconds)
            note = {"people": people[size], "text": f"Note {number}", "channel": "call"}
            note |= {"reader": "only-me", **hidden(forms[size])}
            seconds = timed(
                lambda b=browser, n=note, f=forms[size]: b.post("/notes/new/", f, n), 303
            )
            if number >= 0:
                found["save a note"][size].take(seconds)
    return found


def hidden(page: str) -> dict[str, str]:
    """What the composer sends without being asked, but for its one-time values."""
    return dict(re.findall(r'type="hidden" name="(promise-\d+-\w+|draft)" value="([^"]*)"', page))


def timed(ask, expected: int) -> float:
    began = time.perf_counter()
    status, text = ask()
    seconds = time.perf_counter() - began
    if status != expected:
        raise SystemExit(f"Expected {expected}, got {status}: {text[:300]}")
    return seconds


def first_person(browser: Browser) -> str:
    found = re.search(r'href="/contacts/(\d+)/"', browser.get("/contacts/")[1])
    if found is None:
        raise SystemExit("There is nobody in the book.")
    return found.group(1)


def report(found: dict[str, dict[int, Measured]], sizes: list[int]) -> None:
    """The table, with each page as a multiple of the floor at the same size."""
    print(
        f"\n{'ms':12}" + "".join(f"{f'{size:,} p50':>13}{'p95':>8}{'x floor':>9}" for size in sizes)
    )
    for name, by_size in found.items():
        cells = "".join(
            f"{m.p50:13.1f}{m.p95:8.1f}{m.p50 / found['floor'][size].p50:9.1f}"
            for size, m in by_size.items()
        )
        print(f"{name:12}{cells}")
    if {100, 10_000} <= set(sizes):
        growth = {name: by[10_000].p95 / by[100].p95 for name, by in found.items()}
        print(
            "\np95 at 10,000 over p95 at 100: "
            + ", ".join(f"{n} {g:.2f}" for n, g in growth.items())
        )


if __name__ == "__main__":
    sys.exit(main())
