"""The queue of one keeper, as words or as JSON."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from crm.local_time import parse_at
from crm.models import User
from followups import queue


class Command(BaseCommand):
    help = "Shows whom a keeper is to reach out to and why; changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--keeper", metavar="EMAIL", required=True, help="whose queue")
        parser.add_argument("--at", metavar="ISO", help="as of this instant (the keeper's zone)")
        parser.add_argument("--json", action="store_true", help="one JSON document")

    def handle(
        self, *args: Any, keeper: str, at: str | None, json: bool = False, **options: Any
    ) -> None:
        user = User.objects.select_related("member__team").filter(email__iexact=keeper).first()
        if user is None:
            raise CommandError(f"Nobody with the address {keeper} uses Kept.")
        try:
            now = parse_at(at, user.zone) if at else timezone.now()
        except ValueError as problem:
            raise CommandError(str(problem)) from problem
        # Looking at a day must not make its nudges: what is made on the way is taken back.
        with transaction.atomic():
            entries = queue.build(user, today=user.today(now), now=now).entries
            transaction.set_rollback(True)
        shown = [shape(rank, entry) for rank, entry in enumerate(entries, 1)]
        self.stdout.write(as_json(shown) if json else "\n".join(map(as_words, shown)))


def shape(rank: int, entry: queue.Entry) -> dict[str, Any]:
    """An entry as other programs read it."""
    return {
        "rank": rank,
        "contact": {"id": entry.contact.pk, "name": entry.contact.name},
        "reasons": [
            {
                "kind": reason.kind,
                "text": reason.sentence,
                "on": reason.on.isoformat(),
                "late": reason.late,
            }
            for reason in entry.reasons
        ],
        "ask_about": [ask.sentence for ask in entry.asks],
    }


def as_json(shown: list[dict[str, Any]]) -> str:
    return json.dumps(shown, ensure_ascii=False, indent=1)


def as_words(entry: dict[str, Any]) -> str:
    lines = [f"{entry['rank']}. {entry['contact']['name']}"]
    lines += [f"   {reason['text']}" for reason in entry["reasons"]]
    lines += [f"   Ask about {ask}" for ask in entry["ask_about"]]
    return "\n".join(lines)
