"""Handing one mail over, to whatever MAILERS names, and telling what became of it."""

import smtplib
from dataclasses import dataclass
from enum import Enum

import requests
from anymail.exceptions import AnymailAPIError, AnymailError, AnymailRecipientsRefused
from django.core.mail import EmailMessage, mailers
from urllib3.exceptions import NameResolutionError, NewConnectionError

from crm.smtp import Unsure, said

LONGEST_ANSWER = 500
# Of MAIL FROM: the server wants a log-in first (RFC 4954).
LOG_IN_FIRST = 530
OWN_WORDS = ("Kept ", "The mail server ", "The provider ")


class Fate(Enum):
    """What became of a mail that was handed over."""

    TAKEN = "the server has it and will deliver it"
    LATER = "not now: this mail may go later"
    AWAY = "nobody to talk to: no mail goes now"
    LOCKED_OUT = "the server does not let us in: no mail goes until somebody mends it"
    REFUSED = "never: not this mail to this address"
    UNSURE = "nobody knows; to try again might send it twice"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A mail's fate, and the server's own words."""

    fate: Fate
    answer: str


def in_words(answer: str) -> str:
    """An answer as a sentence: the server's words in quotes, Kept's own as they are."""
    if not answer or answer.startswith(OWN_WORDS):
        return answer
    return f"The mail server said: “{answer}”"


def hand_over(message: EmailMessage) -> Outcome:
    """Give `message` to the mail server, or to the provider; raises nothing a server can cause.

    Never called within a transaction: it may take a minute and a half.
    """
    mailer = mailers.default
    try:
        mailer.send_messages([message])
    except (OSError, ValueError, AnymailError) as problem:
        fate, words = _read(problem)
        return Outcome(fate, _line(words))
    finally:
        mailer.close()  # what a failed log-in left open
    return _welcomed(message)


def _line(words: str) -> str:
    return " ".join(words.split())[:LONGEST_ANSWER]


def _welcomed(message: EmailMessage) -> Outcome:
    """What became of a mail that no exception spoke of."""
    status = getattr(message, "anymail_status", None)
    if status is None:
        words = getattr(message, "answer", "") or "Kept as a file: no mail server is set."
        return Outcome(Fate.TAKEN, _line(words))
    said = status.status or set()
    fate = Fate.TAKEN if said and said <= {"sent", "queued"} else Fate.UNSURE
    return Outcome(fate, f"The provider says: {', '.join(sorted(said)) or 'nothing'}.")


def _read(problem: Exception) -> tuple[Fate, str]:
    """What an exception of a mailer says of the mail."""
    match problem:
        case smtplib.SMTPException():
            return _read_smtp(problem)
        case AnymailError():
            return _read_provider(problem)
        case ValueError():  # Django's word for an address that cannot be written to
            return Fate.REFUSED, str(problem)
    return Fate.AWAY, f"The mail server cannot be reached: {problem}"


def _read_smtp(problem: smtplib.SMTPException) -> tuple[Fate, str]:
    match problem:
        case Unsure():
            return Fate.UNSURE, f"The mail server had it and fell silent: {problem}"
        case smtplib.SMTPRecipientsRefused(recipients=recipients):
            code, answer = next(iter(recipients.values()))
            return _of_code(code), said(code, answer)
        case smtplib.SMTPAuthenticationError(smtp_code=code, smtp_error=words):
            return Fate.LOCKED_OUT if code >= 500 else Fate.AWAY, said(code, words)
        case smtplib.SMTPSenderRefused() | smtplib.SMTPDataError():
            code, words = problem.smtp_code, problem.smtp_error
            return Fate.LOCKED_OUT if code == LOG_IN_FIRST else _of_code(code), said(code, words)
        case smtplib.SMTPResponseException(smtp_code=code, smtp_error=words):
            return Fate.AWAY, said(code, words)  # at the door: greeting, EHLO, STARTTLS
    return Fate.AWAY, str(problem)


def _of_code(code: int) -> Fate:
    return Fate.REFUSED if code >= 500 else Fate.LATER


def _read_provider(problem: AnymailError) -> tuple[Fate, str]:
    """By HTTP, the answer is everything; one that does not come may mean anything."""
    words = f"{problem.esp_name or 'The provider'}: {problem}"
    if isinstance(problem, AnymailRecipientsRefused):
        return Fate.REFUSED, words
    if not isinstance(problem, AnymailAPIError):
        return Fate.REFUSED, words
    code = problem.status_code
    if code is None:
        return Fate.AWAY if _never_arrived(problem) else Fate.UNSURE, words
    if code in {401, 403}:
        return Fate.LOCKED_OUT, words
    if code in {408, 425, 429, 503}:
        return Fate.LATER, words
    return Fate.REFUSED if code < 500 else Fate.UNSURE, words


def _never_arrived(problem: Exception) -> bool:
    """Whether there was no connection through which the mail could have gone."""
    if isinstance(problem, requests.ConnectTimeout):
        return True
    reason = getattr(next(iter(getattr(problem.__cause__, "args", ())), None), "reason", None)
    return isinstance(reason, NewConnectionError | NameResolutionError)
