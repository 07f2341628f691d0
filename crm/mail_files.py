"""Mails as files, for an installation without a mail server: people read them in an editor."""

from email import policy
from typing import IO, cast

from django.core.mail import EmailMessage
from django.core.mail.backends import filebased

# The longest line that mail allows (RFC 5322). Quoted-printable would cut a link in two.
_READABLE = policy.default.clone(cte_type="8bit", max_line_length=998)


class EmailBackend(filebased.EmailBackend):
    def write_message(self, message: EmailMessage) -> None:
        stream = cast(IO[bytes], self.stream)
        stream.write(message.message(policy=_READABLE).as_bytes() + b"\n" + b"-" * 79 + b"\n")
