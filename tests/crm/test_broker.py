"""What is no message is taken off the queue, and the worker goes on."""

import json
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from kombu import Connection, Consumer, Producer, Queue

from tests.stack.rig import free_port, wait_until

DELIVERY = {"delivery_tag": "1", "delivery_info": {"exchange": "", "routing_key": "poisoned"}}
NO_MESSAGES = [
    b"{not json at all",
    b"\xff\xfe{",
    b"3",
    b"null",
    b"[1, 2]",
    b"{}",
    b'{"properties": 1}',
    b'{"properties": {"delivery_tag": "1"}}',
    b'{"properties": {"delivery_tag": "1", "delivery_info": {}}}',
    json.dumps({"properties": DELIVERY | {"body_encoding": "base64"}, "body": "a"}).encode(),
]


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    if shutil.which("redis-server") is None:
        pytest.skip("needs redis-server, which `make test` installs where it may")
    port = free_port()
    place = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(tmp_path), "--save", ""]
    with (tmp_path / "redis.log").open("w") as log:
        server = subprocess.Popen(["redis-server", *place], stdout=log)
    try:
        wait_until(lambda: answers(port), within=10)
        yield port
    finally:
        server.terminate()
        server.wait()


def answers(port: int) -> bool:
    try:
        with redis.Redis(port=port) as client:
            return bool(client.ping())
    except redis.ConnectionError:
        return False


def test_what_is_no_message_is_dropped_and_the_next_is_read(
    port: int, caplog: pytest.LogCaptureFixture
) -> None:
    heard, queue = [], Queue("poisoned", routing_key="poisoned")
    url = f"redis://127.0.0.1:{port}/0"
    with (
        caplog.at_level(logging.ERROR, "crm.broker"),
        redis.Redis(port=port) as client,
        Connection(url, transport="crm.broker:Transport") as connection,
        Consumer(connection, [queue], callbacks=[lambda body, _: heard.append(body)], no_ack=True),
    ):
        for each in NO_MESSAGES:
            client.lpush("poisoned", each)
        Producer(connection).publish({"said": "well"}, routing_key="poisoned")
        for _ in NO_MESSAGES:
            connection.drain_events(timeout=5)
        connection.drain_events(timeout=5)

        assert heard == [{"said": "well"}]
        assert client.llen("poisoned") == 0
    assert [each.message for each in caplog.records] == [
        "Something in the queue is no message. It was dropped."
    ] * len(NO_MESSAGES)


def test_workers_read_by_it() -> None:
    read = "import crm.celery; print(crm.celery.app.connection_for_read().transport_cls)"
    done = subprocess.run(
        [sys.executable, "-c", read],
        env=os.environ | {"REDIS_URL": "redis://127.0.0.1:1/0"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "crm.broker:Transport\n"
