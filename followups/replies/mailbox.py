"""Fetching replies from a mailbox by IMAP: what is unread there is taken, and marked as read.

A mail that is taken and not marked, because the connection broke in between, is taken again at the
next look, and noted once (`taking.take_reply`).
"""

import imaplib
import logging
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.utils import timezone

from crm.models import Heartbeat
from followups.replies.parts import MOST_BYTES
from followups.replies.taking import Taken, take_reply

LOOKED = "mailbox"  # the heartbeat of this
EVERY = timedelta(minutes=2)
TIMEOUT = 20  # seconds
# What is left waits for the next look.
MOST_MAILS = 200
_PORTS = {"imaps": 993, "imap+tls": 143, "imap": 143}
_LOCAL = {"localhost", "127.0.0.1", "::1"}

logger = logging.getLogger(__name__)


class MailboxError(Exception):
    """The mailbox could not be read; says why, in a sentence."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where replies arrive. `scheme` is imaps, imap+tls (STARTTLS), or imap on this machine."""

    scheme: str
    host: str
    port: int
    user: str
    password: str
    folder: str

    @classmethod
    def parse(cls, url: str) -> Self:
        """`imaps://user:password@host:993/INBOX`; raises `MailboxError` with a sentence."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        except (ValueError, KeyError) as problem:
            raise MailboxError("IMAP_URL begins with imaps:// or imap+tls://.") from problem
        if not (host and parts.username):
            raise MailboxError("IMAP_URL is like imaps://user:password@host/INBOX.")
        if parts.scheme == "imap" and host not in _LOCAL:
            raise MailboxError("Kept sends no password in clear: use imaps:// or imap+tls://.")
        user, password = unquote(parts.username), unquote(parts.password or "")
        return cls(parts.scheme, host, port, user, password, unquote(parts.path[1:]) or "INBOX")


def fetch_replies(url: str, *, clock: Callable[[], datetime]) -> list[Taken]:
    """Take all that is unread at `url`; raises `MailboxError`, after what was taken so far."""
    box = Mailbox.parse(url)
    taken = []
    try:
        with _opened(box) as imap:
            for number in _unread(imap):
                taken.append(take_reply(_content(imap, number), now=clock()))
                imap.uid("STORE", number, "+FLAGS.SILENT", r"(\Seen)")
    except (imaplib.IMAP4.error, OSError) as problem:
        raise MailboxError(f"The mailbox at {box.host} cannot be read: {problem}") from problem
    return taken


def find_look(now: datetime) -> list[int]:
    """Whether it is time to look into the mailbox, if there is one."""
    if not settings.IMAP_URL:
        return []
    last = Heartbeat.last(LOOKED)
    return [] if last and abs(now - last) < EVERY else [0]


def look(_: list[int], now: datetime) -> str:
    """Take what is unread; a mailbox that is away is looked into next time."""
    Heartbeat.beat(LOOKED, now)
    try:
        return f"{len(fetch_replies(settings.IMAP_URL, clock=timezone.now))} mails read"
    except MailboxError as problem:
        logger.error("%s", problem)
        return "the mailbox could not be read"


def oldest_look(_: datetime) -> None:
    """Kept can work without its mailbox."""


@contextmanager
def _opened(box: Mailbox) -> Iterator[imaplib.IMAP4]:
    """A connection with the folder open; no password leaves before it is encrypted."""
    safely = ssl.create_default_context()
    imap: imaplib.IMAP4
    if box.scheme == "imaps":
        imap = imaplib.IMAP4_SSL(box.host, box.port, ssl_context=safely, timeout=TIMEOUT)
    else:
        imap = imaplib.IMAP4(box.host, box.port, timeout=TIMEOUT)
    try:
        if box.scheme == "imap+tls":
            imap.starttls(safely)
        imap.login(box.user, box.password)
        folder = box.folder.replace("\\", r"\\").replace('"', r"\"")
        status, said = imap.select(f'"{folder}"')
        if status != "OK":
            raise imaplib.IMAP4.error(_words(said))
        yield imap
    finally:
        _close(imap)


def _close(imap: imaplib.IMAP4) -> None:
    """Say goodbye; if that fails, hang up."""
    try:
        imap.logout()
    except (imaplib.IMAP4.error, OSError):
        with suppress(OSError):
            imap.shutdown()


def _unread(imap: imaplib.IMAP4) -> list[str]:
    _, found = imap.uid("SEARCH", "UNSEEN", "UNDELETED")
    return re.findall(r"\d+", _words(found))[:MOST_MAILS]


def _content(imap: imaplib.IMAP4, number: str) -> bytes:
    """The first of a mail, as much as is read of it; nothing if it has gone meanwhile."""
    _, answer = imap.uid("FETCH", number, f"(BODY.PEEK[]<0.{MOST_BYTES}>)")
    bodies = [line[1] for line in answer if isinstance(line, tuple)]
    return bodies[0] if bodies else b""


def _words(said: object) -> str:
    lines = said if isinstance(said, list) else []
    return " ".join(line.decode("ascii", "replace") for line in lines if isinstance(line, bytes))
