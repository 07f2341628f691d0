"""`manage.py serve` starts all of Kept, and leaves nothing behind however it ends."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def serve(port: int, folder: Path, **pipes: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--port", str(port), "--workers", "1"],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": f"sqlite:///{folder}/kept.sqlite3"},
        stdout=subprocess.PIPE,
        text=True,
        **pipes,
    )


def descendants(pid: int) -> list[int]:
    """The processes that `pid` started, and theirs."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [found for child in map(int, children) for found in (child, *descendants(child))]


def is_alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_serve_answers_and_ends_with_all_it_started(
    number: signal.Signals, free_port: int, tmp_path: Path
) -> None:
    with serve(free_port, tmp_path) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == f"Kept is at http://127.0.0.1:{free_port}\n"
        with urllib.request.urlopen(f"http://127.0.0.1:{free_port}/healthz") as answer:
            assert answer.status == 200
        started = descendants(server.pid)
        assert len(started) >= 3  # granian, its worker, and the scheduler
        server.send_signal(number)
        assert server.wait(timeout=20) == (0 if number != signal.SIGKILL else -number)
    give_up_at = time.monotonic() + 20
    while any(map(is_alive, started)) and time.monotonic() < give_up_at:
        time.sleep(0.05)
    assert [pid for pid in started if is_alive(pid)] == []


def test_serve_on_a_taken_port_says_so(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with serve(port, tmp_path, stderr=subprocess.PIPE) as server:
            said, complained = server.communicate(timeout=30)
    assert (server.returncode, said) == (1, "")
    assert f"cannot listen at 127.0.0.1, port {port}" in complained
    assert "Traceback" not in complained
