"""Take a keeper's book along, in open formats."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from contacts.exporting import book_as_json, book_as_vcards
from contacts.models import Contact
from crm.management.keepers import find_keeper
from crm.models import User
from crm.templatetags.ui import count

FORMATS: dict[str, Callable[[User], Iterator[bytes]]] = {
    "json": book_as_json,
    "vcard": book_as_vcards,
}


class Command(BaseCommand):
    help = "Writes everything that a keeper holds into a file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--keeper", metavar="EMAIL", required=True, help="whose book")
        parser.add_argument(
            "--format", choices=FORMATS, required=True, help="JSON has all there is"
        )
        parser.add_argument("--output", metavar="FILE", required=True, help="to be written")

    def handle(self, *args: Any, keeper: str, format: str, output: str, **options: Any) -> None:
        user = find_keeper(keeper)
        path = Path(output)
        try:
            with path.open("wb") as file:
                file.writelines(FORMATS[format](user))
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
        people = Contact.objects.kept_by(user).present().count()
        self.stdout.write(f"{count(people, 'person', 'people')} written to {path}.")
