"""What goes wrong: crashes between any two statements, a mail server's moods, lost tasks."""

import smtplib
from collections import Counter
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from crm.smtp import Unsure
from followups import ticking
from followups.ticking import Duty

# A user’s day takes some twenty statements, their mail some fifty.
STATEMENTS = 80
SOMETIMES, SELDOM = 0.06, 0.01


class Crash(BaseException):
    """The process is gone: no `except Exception` may catch it."""


class Saboteur:
    """Ends a process at a random statement, before or after it; a wrapper of `execute`.

    So it dies within transactions, before they are committed, and between any two of them.
    """

    def __init__(
        self, rng: Random, *, chance: float = SOMETIMES, statements: int = STATEMENTS
    ) -> None:
        self._rng, self._chance, self._statements = rng, chance, statements
        self._left = 0
        self._is_before = False
        self.crashes = 0
        self.is_retired = False

    def arm(self) -> None:
        """Let a crash come within the next statements, at times."""
        is_due = self._rng.random() < self._chance and not self.is_retired
        self._left = self._rng.randint(1, self._statements) if is_due else 0
        self._is_before = self._rng.random() < 0.5

    def disarm(self) -> None:
        self._left = 0

    def retire(self) -> None:
        self.is_retired = True

    def crash(self) -> None:
        self._left = 0
        self.crashes += 1
        raise Crash

    def __call__(
        self,
        execute: Callable[..., Any],
        sql: str,
        params: Any,
        many: bool,
        context: dict[str, Any],
    ) -> Any:
        is_last = self._left == 1
        self._left = max(self._left - 1, 0)
        if is_last and self._is_before:
            self.crash()
        result = execute(sql, params, many, context)
        if is_last:
            self.crash()
        return result


class PostOffice:
    """Takes mails, counts them by Message-ID, and has its moods."""

    def __init__(self, rng: Random, saboteur: Saboteur) -> None:
        self._rng, self._saboteur = rng, saboteur
        self.taken: Counter[str] = Counter()
        self.spoken_of: list[str] = []

    @property
    def twice(self) -> int:
        """How many mails came that had come before."""
        return self.taken.total() - len(self.taken)

    def take(self, message_id: str) -> None:
        """Raises what a mail server's answer, or a crash at this moment, would."""
        self.spoken_of.append(message_id)
        mood = 1.0 if self._saboteur.is_retired else self._rng.random()
        if mood < SELDOM:
            self._refuse()
        if mood < 2 * SELDOM:
            self._saboteur.crash()
        self.taken[message_id] += 1
        if mood < 3 * SELDOM:
            self._saboteur.crash()
        if mood < 3.5 * SELDOM:
            raise Unsure("the connection was lost")

    def _refuse(self) -> None:
        raise self._rng.choice(
            [
                ConnectionRefusedError("nobody there"),
                smtplib.SMTPDataError(451, b"later"),
                smtplib.SMTPDataError(554, b"never"),
                smtplib.SMTPAuthenticationError(535, b"who are you"),
            ]
        )


class Mailer(BaseEmailBackend):
    """The way to the post office of a rehearsal: nothing leaves the process."""

    def __init__(self, *, office: PostOffice, **options: Any) -> None:
        super().__init__(**options)
        self.office = office

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            self.office.take(message.extra_headers["Message-ID"])
        return len(email_messages)


type Task = tuple[str, list[int]]


class Broker:
    """Brings tasks to workers: in any order, some twice, some much later, some never."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._tasks: list[Task] = []
        self.twice = self.lost = self.delayed = 0

    def hand(self, duty: Duty, ids: list[int], _: object) -> None:
        self._tasks.append((duty.name, ids))
        if self._rng.random() < SOMETIMES:
            self._tasks.append((duty.name, ids))
            self.twice += 1

    def deliver(self) -> list[Task]:
        """What arrives now; what does not may come with the next."""
        self._rng.shuffle(self._tasks)
        arriving: list[Task] = []
        kept: list[Task] = []
        for task in self._tasks:
            chance = self._rng.random()
            if chance < SELDOM:
                self.lost += 1
            elif chance < SELDOM + SOMETIMES:
                self.delayed += 1
                kept.append(task)
            else:
                arriving.append(task)
        self._tasks = kept
        return arriving


def carry_out(task: Task, now: Any) -> None:
    """What a worker does with a task (see `followups.tasks.carry_out`)."""
    name, ids = task
    ticking.duty_named(name).act(ids, now)
