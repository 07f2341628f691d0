"""A mail, as a mail server pipes it."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from crm.local_time import parse_at
from followups.replies.parts import MOST_BYTES
from followups.replies.taking import take_reply

# What a mail server takes for "try again later" (sysexits.h).
TRY_LATER = 75


class Command(BaseCommand):
    help = "Takes one mail (.eml), a reply to the digest, and notes what it says."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="the mail, or - for standard input")
        parser.add_argument("--at", metavar="ISO", help="as of this instant (UTC without offset)")

    def handle(self, *args: Any, file: str, at: str | None = None, **options: Any) -> None:
        try:
            now = parse_at(at, timezone.get_default_timezone()) if at else timezone.now()
            taken = take_reply(_read(file), now=now)
        except ValueError as problem:
            raise CommandError(str(problem)) from problem
        except OSError as problem:
            raise CommandError(f"{file} cannot be read: {problem.strerror}.") from problem
        except (OperationalError, InterfaceError) as problem:
            raise CommandError("The database is away.", returncode=TRY_LATER) from problem
        if taken.why:
            self.stdout.write(f"Not taken: {taken.why}.")
        elif taken.mail and taken.mail.is_unplaced:
            self.stdout.write("Taken; its user is asked whom it is about.")
        else:
            self.stdout.write("Noted.")


def _read(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read(MOST_BYTES)
    with Path(file).open("rb") as source:
        return source.read(MOST_BYTES)
