"""What is known of a mail after it was handed over, whatever the server does meanwhile."""

import time
from collections.abc import Callable, Iterator

import pytest
from django.core.mail import EmailMessage

from crm.mailing import Fate, Outcome, hand_over
from tests.sink import MODES, Sink

WRONG_PORT = 9  # discard: nothing listens there


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink(wait=0.6) as server:
        yield server


@pytest.fixture
def send(sink: Sink, settings) -> Callable[..., Outcome]:
    """Hands one mail to the sink; `options` are those of the mailer."""

    def hand(*, to: str = "rosa@example.com", body: str = "Good morning", **options) -> Outcome:
        settings.MAILERS = {
            "default": {
                "BACKEND": "crm.smtp.EmailBackend",
                "OPTIONS": {"host": "127.0.0.1", "port": sink.port, "timeout": 5} | options,
            }
        }
        return hand_over(EmailMessage("Six people", body, "kept@example.com", [to]))

    return hand


def test_a_mail_that_is_taken_comes_with_the_server_s_own_words(send, sink) -> None:
    assert send() == Outcome(Fate.TAKEN, "250 2.0.0 Ok: queued as 1")
    [taken] = sink.taken
    assert (taken.recipients, taken.mail["Subject"]) == (["rosa@example.com"], "Six people")


def test_lines_that_begin_with_a_dot_arrive_as_they_were(send, sink) -> None:
    send(body=".\n..a\n.b\n\n.\n")
    assert sink.taken[0].mail.get_content().splitlines() == [".", "..a", ".b", "", "."]


FATES = {
    "ok": (Fate.TAKEN, "250 2.0.0 Ok: queued as 1"),
    "late": (Fate.TAKEN, "250 2.0.0 Ok: queued as 1"),
    "421": (Fate.AWAY, "421 4.3.2 Come back later"),
    "450": (Fate.LATER, "450 4.2.1 Try again later"),
    "550": (Fate.REFUSED, "550 5.1.1 Nobody here by that name"),
    "452": (Fate.LATER, "452 4.2.2 Full"),
    "552": (Fate.REFUSED, "552 5.2.2 Full"),
    "530": (Fate.LOCKED_OUT, "530 5.7.0 Log in first"),
    "vanish": (
        Fate.UNSURE,
        "The mail server had it and fell silent: Connection unexpectedly closed",
    ),
    "garbage": (
        Fate.UNSURE,
        "The mail server had it and fell silent: The answer was no answer: b'?'",
    ),
}


@pytest.mark.parametrize("mode", FATES)
def test_fate_of_a_mail_by_what_the_server_does(send, sink, mode: str) -> None:
    sink.mode = mode
    assert send() == Outcome(*FATES[mode])


@pytest.mark.parametrize(("mode", "fate"), [("535", Fate.LOCKED_OUT), ("454", Fate.AWAY)])
def test_a_refused_log_in_concerns_every_mail(send, sink, mode: str, fate: Fate) -> None:
    sink.mode = mode
    assert send(username="kept", password="wrong").fate is fate
    assert sink.taken == []


def test_a_server_that_says_nothing_after_all_of_the_mail_leaves_us_unsure(send, sink) -> None:
    sink.mode = "mute"
    outcome = send(timeout=0.2)
    assert (outcome.fate, len(sink.taken)) == (Fate.UNSURE, 1)


@pytest.mark.parametrize("mode", ["tarpit", "drip"])
def test_a_server_that_takes_its_time_does_not_take_ours(send, sink, mode: str) -> None:
    sink.mode, sink.wait = mode, 5.0
    begun = time.monotonic()
    outcome = send(timeout=5, patience=0.5)
    assert (outcome.fate, sink.taken) == (Fate.AWAY, [])
    assert time.monotonic() - begun < 2


def test_without_tls_nothing_is_said_in_the_clear(send, sink) -> None:
    sink.mode = "no-tls"
    outcome = send(use_tls=True, username="kept", password="secret")
    assert outcome == Outcome(Fate.AWAY, "454 4.7.0 TLS is not available")
    assert {line.split()[0].upper() for line in sink.spoken} == {"EHLO", "STARTTLS", "QUIT"}


def test_broken_tls_sends_nothing_in_the_clear(send, sink) -> None:
    outcome = send(use_ssl=True)  # the sink answers in plain words: no handshake
    assert (outcome.fate, sink.taken) == (Fate.AWAY, [])


def test_a_server_that_is_not_there_concerns_every_mail(send) -> None:
    assert send(port=WRONG_PORT).fate is Fate.AWAY


@pytest.mark.parametrize("to", ["ro sa@example.com", "a@b.example\r\nBcc: all@b.example", "ü@b.de"])
def test_an_address_that_cannot_be_written_to_is_refused(send, sink, to: str) -> None:
    assert (send(to=to).fate, sink.taken) == (Fate.REFUSED, [])


def test_every_mode_of_the_sink_is_tried() -> None:
    tried = {*FATES, "535", "454", "mute", "tarpit", "drip", "no-tls"}
    assert tried == set(MODES)
