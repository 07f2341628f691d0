"""Bring an address book into a keeper's own."""

import json as json_format
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from contacts.importing import import_file
from contacts.interchange.vcard import MAX_BYTES
from contacts.models import ImportRecord
from crm.local_time import parse_at
from crm.management.keepers import find_keeper

NUMBERS = ("read", "new", "updated", "same", "failed")


class Command(BaseCommand):
    help = "Brings a vCard file into a keeper's book; read once more, it changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="a vCard file of any version")
        parser.add_argument("--keeper", metavar="EMAIL", required=True, help="into whose book")
        parser.add_argument("--dry-run", action="store_true", help="only say what it would do")
        parser.add_argument("--json", action="store_true", help="one JSON document")
        parser.add_argument("--at", metavar="ISO", help="as of this instant (the keeper's zone)")

    def handle(
        self,
        *args: Any,
        file: str,
        keeper: str,
        dry_run: bool,
        json: bool,
        at: str | None,
        **options: Any,
    ) -> None:
        user = find_keeper(keeper)
        try:
            now = parse_at(at, user.zone) if at else timezone.now()
            record = import_file(
                keeper=user,
                data=read(Path(file)),
                file_name=Path(file).name,
                at=now,
                dry_run=dry_run,
            )
        except ValueError as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(as_json(record) if json else as_words(record, dry_run=dry_run))


def read(path: Path) -> bytes:
    """The file's bytes, and no more of them than can be read."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error


def as_json(record: ImportRecord) -> str:
    numbers = {name: getattr(record, name) for name in NUMBERS}
    shape = {"import_id": record.pk, "format": record.format, **numbers}
    return json_format.dumps(shape | {"problems": record.problems}, ensure_ascii=False, indent=1)


def as_words(record: ImportRecord, *, dry_run: bool) -> str:
    numbers = ", ".join(f"{getattr(record, name):,} {name}" for name in NUMBERS)
    lines = [f"Line {problem['at']}: {problem['what']}" for problem in record.problems]
    heading = f"Would have done this: {numbers}." if dry_run else f"{numbers.capitalize()}."
    return "\n".join([heading, *lines])
