"""What is known of a mail after it was handed to a provider, whatever its interface answers."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core.mail import EmailMessage

from crm.mailing import Fate, Outcome, hand_over

TAKEN = {"ErrorCode": 0, "Message": "OK", "MessageID": "b7bc2f4a", "To": "rosa@example.com"}
INACTIVE = {
    "ErrorCode": 406,
    "Message": "You tried to send to a recipient that has been marked as inactive.\nFound inactive "
    "addresses: rosa@example.com.\nInactive recipients have generated a hard bounce.",
}
STRANGE = {"ErrorCode": 406, "Message": "Nobody knows."}


class Provider(ThreadingHTTPServer):
    """Answers as Postmark does, with `status` and `body`, after `wait` seconds."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status, self.body, self.wait = 200, TAKEN, 0.0


class _Handler(BaseHTTPRequestHandler):
    server: Provider

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        time.sleep(self.server.wait)
        body = json.dumps(self.server.body).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def provider(settings) -> Iterator[Provider]:
    with Provider() as server:
        options = {"server_token": "token", "api_url": f"http://127.0.0.1:{server.server_port}/"}
        settings.MAILERS = {
            "default": {
                "BACKEND": "anymail.backends.postmark.EmailBackend",
                "OPTIONS": options | {"timeout": 1},
            }
        }
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()


def send() -> Outcome:
    return hand_over(EmailMessage("Six", "Good morning", "k@example.com", ["rosa@example.com"]))


def test_a_mail_that_the_provider_takes(provider) -> None:
    assert send() == Outcome(Fate.TAKEN, "The provider says: sent.")


@pytest.mark.parametrize(
    ("status", "body", "fate"),
    [
        (401, {"ErrorCode": 10, "Message": "No such token"}, Fate.LOCKED_OUT),
        (422, INACTIVE, Fate.REFUSED),
        (422, STRANGE, Fate.UNSURE),
        (400, {"Message": "Bad request"}, Fate.REFUSED),
        (429, {"Message": "Slow down"}, Fate.LATER),
        (503, {"Message": "Back soon"}, Fate.LATER),
        (500, {"Message": "Something broke"}, Fate.UNSURE),
    ],
)
def test_fate_of_a_mail_by_what_the_provider_answers(provider, status, body, fate) -> None:
    provider.status, provider.body = status, body
    outcome = send()
    assert outcome.fate is fate
    assert outcome.answer.startswith("The provider says: " if body == STRANGE else "Postmark: ")
    assert "\n" not in outcome.answer


def test_a_provider_that_does_not_answer_leaves_us_unsure(provider) -> None:
    provider.wait = 1.5
    assert send().fate is Fate.UNSURE


def test_a_provider_that_is_not_there_concerns_every_mail(provider, settings) -> None:
    settings.MAILERS["default"]["OPTIONS"]["api_url"] = "http://127.0.0.1:9/"
    assert send().fate is Fate.AWAY
