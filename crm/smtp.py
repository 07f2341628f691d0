"""Mail by SMTP, so that one knows afterwards what became of it, and never waits for ever.

Django's backend raises the same error whether the server hung up before it had the mail or after.
In the first case one may try again, in the second never: the mail may have gone out.
"""

import re
import smtplib
import socket
import threading
from contextlib import suppress
from functools import partial
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends import smtp

# Seconds for a whole dialogue. A server that takes its time with each answer (RFC 5321 allows
# minutes) is waited for; one that says a letter a second does not hold a worker for ever.
PATIENCE = 85.0
GOODBYE = 5.0


class Unsure(smtplib.SMTPException):
    """The server had all of the mail and gave no answer: nobody knows whether it took it."""


class _Dialogue(smtplib.SMTP):
    """Ends in time, keeps the last answer, and tells `Unsure` from all that went wrong before."""

    last_answer = ""

    def __init__(self, *args: Any, patience: float, **options: Any) -> None:
        self._ending = threading.Timer(patience, self._hang_up)
        self._ending.daemon = True
        self._ending.start()
        try:
            super().__init__(*args, **options)
        except BaseException:
            self._ending.cancel()
            raise

    def data(self, msg: Any) -> tuple[int, bytes]:
        """Send `msg`, bytes; raises `Unsure` where all of it was sent and no answer came.

        Until its last line is out, the server cannot have taken it (RFC 5321, 4.1.1.4).
        """
        code, words = self.docmd("DATA")
        if code != 354:
            raise smtplib.SMTPDataError(code, words)
        self.send(re.sub(rb"(?m)^\.", b"..", msg).removesuffix(b"\r\n") + b"\r\n.\r\n")
        try:
            code, words = self.getreply()
        except OSError as problem:  # of which smtplib's own are
            raise Unsure(str(problem)) from problem
        if not 200 <= code < 600:
            raise Unsure(f"The answer was no answer: {words!r}")
        self.last_answer = said(code, words)
        return code, words

    def quit(self) -> tuple[int, bytes]:
        """Say goodbye; whatever the server says to that, or does not, changes nothing."""
        with suppress(OSError):
            if self.sock:
                self.sock.settimeout(GOODBYE)
            return super().quit()
        self.close()
        return 221, b""

    def close(self) -> None:
        self._ending.cancel()
        super().close()

    def _hang_up(self) -> None:
        """Wake up whoever waits for the server, from another thread (so below any TLS)."""
        with suppress(OSError):
            if self.sock:
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


class _SecureDialogue(_Dialogue, smtplib.SMTP_SSL):
    pass


class EmailBackend(smtp.EmailBackend):
    """Django's, with an end to its patience. A mail that was taken says so in its `answer`."""

    def __init__(self, *, patience: float = PATIENCE, **options: Any) -> None:
        super().__init__(**options)
        self.patience = patience

    @property
    def connection_class(self) -> Any:
        return partial(_SecureDialogue if self.use_ssl else _Dialogue, patience=self.patience)

    def _send(self, email_message: EmailMessage) -> bool:
        sent: bool = super()._send(email_message)  # type: ignore[misc]
        email_message.answer = self.connection.last_answer  # type: ignore[attr-defined,union-attr]
        return sent


def said(code: int, words: bytes | str) -> str:
    """A server's answer as one line, such as "250 2.0.0 Ok: queued as 8F2"."""
    text = words if isinstance(words, str) else words.decode(errors="replace")
    return " ".join(f"{code} {text}".split())
