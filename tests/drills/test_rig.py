"""What drills are judged by is itself tried: the oracle, the proxy, and a check that must fail."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from datetime import time as wall

import pytest

from tests.drills import oracle
from tests.drills.book import Book, Person, early_zones
from tests.drills.proxy import MODES, Proxy

TODAY = date(2026, 11, 18)


@pytest.mark.parametrize(
    ("person", "is_due"),
    [
        (Person("Q1", "A", promised_on=date(2026, 11, 18)), True),
        (Person("Q1", "A", promised_on=date(2026, 11, 19)), False),
        (Person("Q1", "A", born_on=date(1980, 11, 18)), True),
        (Person("Q1", "A", born_on=date(1980, 11, 11)), True),
        (Person("Q1", "A", born_on=date(1980, 11, 10)), False),
        (Person("Q1", "A", born_on=date(1980, 11, 19)), False),
        (Person("Q1", "A", spoken_on=date(2026, 10, 28)), True),
        (Person("Q1", "A", spoken_on=date(2026, 10, 29)), False),
    ],
)
def test_oracle_reads_the_book_plainly(person: Person, is_due: bool) -> None:
    assert oracle.is_due(person, TODAY) is is_due


@pytest.mark.parametrize(("day", "falls"), [((2027, 2, 28), True), ((2028, 2, 28), False)])
def test_oracle_knows_leap_days(day: tuple[int, int, int], falls: bool) -> None:
    assert oracle.falls_on(date(2000, 2, 29), date(*day)) is falls


def test_oracle_watches_clocks_over_gaps_and_overlaps() -> None:
    gap = oracle.instant(date(2027, 3, 28), wall(2, 30), "Europe/Berlin")
    twice = oracle.instant(date(2027, 10, 31), wall(2, 30), "Europe/Berlin")
    assert (gap, twice) == (
        datetime(2027, 3, 28, 1, 0, tzinfo=UTC),
        datetime(2027, 10, 31, 0, 30, tzinfo=UTC),
    )


def test_a_book_is_the_same_for_a_seed_and_has_something_of_each() -> None:
    at = datetime(2026, 11, 18, 12, tzinfo=UTC)
    first, again = (Book.draw("seed", at=at, sellers=20) for _ in range(2))
    due = [oracle.is_due(person, seller.today) for seller in first for person in seller.people]
    assert first == again
    assert 20 < sum(due) < 100
    assert all(early_zones(at + timedelta(hours=hour)) for hour in range(24))


@contextmanager
def echo() -> Iterator[int]:
    """A server that says what it hears."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    line, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=repeat, args=[line], daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


def repeat(line: socket.socket) -> None:
    with line:
        while data := line.recv(4096):
            line.sendall(data)


def ask(port: int, words: bytes) -> tuple[str, float]:
    """What comes back, and after how many seconds."""
    began = time.monotonic()
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=0.5) as line:
            line.sendall(words)
            said = "echo" if line.recv(4096) else "nothing"
    except TimeoutError:
        said = "silence"
    except OSError:
        said = "reset"
    return said, time.monotonic() - began


@pytest.mark.parametrize(
    ("mode", "says", "at_least"),
    [
        ("pass", {"echo"}, 0.0),
        ("refuse", {"nothing", "reset"}, 0.0),
        ("hole", {"silence"}, 0.5),
        ("reset", {"nothing", "reset"}, 0.0),
        ("delay", {"echo"}, 0.4),
        ("slow", {"echo"}, 0.2),
    ],
)
def test_proxy_is_as_bad_as_it_is_told_to_be(mode: str, says: set[str], at_least: float) -> None:
    with echo() as port, Proxy(port) as proxy:
        proxy.mode = mode
        said, took = ask(proxy.port, b"x" * 128)
        proxy.mode = "pass"
        well = ask(proxy.port, b"x")[0]
    assert (said in says, took >= at_least, well) == (True, True, "echo")


def test_every_mode_of_the_proxy_is_tried() -> None:
    tried = test_proxy_is_as_bad_as_it_is_told_to_be.pytestmark[0].args[1]
    assert {mode for mode, _, _ in tried} == set(MODES)
