"""The never-miss rehearsal: years with the real code, in a database of its own."""

import json
import logging
import signal
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from followups.rehearsal.apart import NoDatabase, own_database, own_settings
from followups.rehearsal.journal import Verdict
from followups.rehearsal.living import Outcome, Rehearsal

MOST_YEARS = 50


class Command(BaseCommand):
    help = (
        "Lives through years with crashes and outages, in a database of its own, and counts what "
        "was missed and what came twice; exits 1 if anything did."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--people", type=int, default=100, help="contacts (%(default)s)")
        parser.add_argument("--years", type=float, default=2, help="how long (%(default)s)")
        parser.add_argument("--seed", type=int, default=1, help="another one, other years")
        parser.add_argument("--json", action="store_true", help="one JSON document")

    def handle(
        self, *args: Any, people: int, years: float, seed: int, json: bool = False, **options: Any
    ) -> None:
        if people < 1 or not 0 < years <= MOST_YEARS:
            raise CommandError(f"Ask for at least one person and for up to {MOST_YEARS} years.")
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # its database must go
        logging.disable(logging.CRITICAL)  # of mail servers and crashes that are all invented
        rehearsal = Rehearsal(people=people, years=years, seed=seed, tell=self.stderr.write)
        try:
            with own_database(), own_settings(rehearsal.office):
                outcome = rehearsal.run()
        except NoDatabase as problem:
            raise CommandError(str(problem)) from problem
        except KeyboardInterrupt as stop:
            raise CommandError("Stopped before its end.") from stop
        finally:
            logging.disable(logging.NOTSET)
        self.stdout.write(as_json(outcome) if json else as_words(outcome))
        if outcome.faults:
            raise CommandError(f"{outcome.faults} things went wrong.")


def as_json(outcome: Outcome) -> str:
    found = {"faults": outcome.faults, "examples": outcome.examples}
    return json.dumps(asdict(outcome) | found, indent=1, default=str)


def as_words(outcome: Outcome) -> str:
    lines = [
        f"{outcome.people} people with {outcome.keepers} keepers through {outcome.years:g} years "
        f"and {outcome.zones} time zones on {outcome.database}, seed {outcome.seed}: "
        f"{outcome.minutes} minutes.",
        f"{outcome.ticks:,} ticks, {outcome.outages} outages (the longest "
        f"{outcome.longest_outage_days:g} days), {outcome.crashes:,} crashes, "
        f"{outcome.clock_jumps} clock jumps; tasks: {_counted(outcome.tasks)}.",
        f"Lived: {_counted(outcome.acts)}.",
    ]
    for name in ("occasions", "promises", "cadences"):
        verdict: Verdict = getattr(outcome, name)
        lines.append(f"{name.capitalize()}: {_judged(verdict)}")
    return "\n".join(lines + _mails(outcome) + [f"  {what}" for what in outcome.examples])


def _judged(verdict: Verdict) -> str:
    return (
        f"{verdict.due:,} due; {verdict.on_the_day:,} shown on the day, {verdict.late:,} late and "
        f"marked so, {verdict.too_late:,} written down as missed in an outage; {verdict.missed} "
        f"never made, {verdict.doubled} doubled, {verdict.unmarked} unmarked, {verdict.early} on "
        f"a wrong day, {verdict.uncalled_for} uncalled for, {verdict.vanished} vanished."
    )


def _mails(outcome: Outcome) -> list[str]:
    post = outcome.mails
    return [
        f"Mails: {post.dates:,} dates; {_counted(post.states)}; {post.twice} twice, "
        f"{post.forgotten} dates forgotten, {post.left_hanging} left hanging, "
        f"{post.at_wrong_time} at a wrong time.",
        f"In the mails: {post.items:,} things that had to be, {post.absent} absent; "
        f"{post.told_again} mails in doubt told again.",
    ]


def _counted(numbers: dict[str, int]) -> str:
    return ", ".join(f"{number:,} {what}" for what, number in numbers.items()) or "nothing"
