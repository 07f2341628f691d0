"""The rehearsal: it passes, it stays away from the book, and it can fail."""

import json
import os
import subprocess
import sys
from collections import Counter
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from time import monotonic

import pytest
from django.db import connection, transaction

from crm.models import Team, User
from followups.models import Delivery, Nudge
from followups.rehearsal.apart import own_settings
from followups.rehearsal.books import Keeper, Person
from followups.rehearsal.journal import Entry, Journal, Verdict
from followups.rehearsal.keepers import Lives
from followups.rehearsal.letters import Letters
from followups.rehearsal.plain_calendar import DAY, Due, Written, due_of
from followups.rehearsal.trouble import Broker, Crash, PostOffice, Saboteur
from followups.ticking import DUTIES, tick
from tests.factories import NOW, make_contact, make_life_event, make_team, make_user
from tests.followups.test_ticking import ROOT, database_url

TODAY = NOW.date()
END = date(2040, 1, 1)
# From NOW to the hour of the next mail.
MORNING = timedelta(hours=16)


def rehearse(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "rehearse", *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=300,
    )


# All of it


def databases() -> list[str]:
    with connection.cursor() as cursor:
        mine = f"{connection.settings_dict['NAME']}_rehearsal_%"
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [mine])
        return [name for (name,) in cursor.fetchall()]


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_nothing_is_missed_or_doubled_in_a_year_and_the_book_is_not_touched():
    user = make_user()

    done = rehearse("--people", "40", "--years", "1", "--json", DATABASE_URL=database_url())

    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["faults"], told["examples"]) == (0, [])
    assert (told["database"], told["seed"]) == (connection.vendor, 1)
    occasions, mails = told["occasions"], told["mails"]
    seen = occasions["on_the_day"] + occasions["late"] + occasions["too_late"]
    assert occasions["due"] == seen > 50
    assert mails["states"]["sent"] > 50
    assert min(told["crashes"], told["outages"], told["tasks"]["twice"]) > 0
    assert list(User.objects.all()) == [user]
    assert connection.vendor == "sqlite" or databases() == []


@pytest.mark.django_db(transaction=True)
def test_stopped_it_leaves_no_database_behind(tmp_path: Path):
    environment = os.environ | {"DATABASE_URL": database_url(), "TMPDIR": str(tmp_path)}
    command = [sys.executable, "manage.py", "rehearse", "--people", "4", "--years", "9"]
    running = subprocess.Popen(
        command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True
    )
    with running:
        assert running.stderr is not None
        give_up_at = monotonic() + 30
        while not (list(tmp_path.glob("*/*")) if connection.vendor == "sqlite" else databases()):
            assert monotonic() < give_up_at
        running.terminate()
        assert running.stderr.read() == "CommandError: Stopped before its end.\n"
    assert running.returncode == 1
    assert list(tmp_path.iterdir()) == []
    assert connection.vendor == "sqlite" or databases() == []


def test_without_a_database_of_its_own_it_says_so():
    refused = rehearse(DATABASE_URL="postgres://nobody@127.0.0.1:1/none")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "CommandError: A rehearsal needs a database of its own" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_for_nobody_or_no_time_there_is_a_sentence(tmp_path: Path):
    url = f"sqlite:///{tmp_path}/none.sqlite3"
    for wrong in (["--people", "0"], ["--years", "0"], ["--years", "51"]):
        refused = rehearse(*wrong, DATABASE_URL=url)
        assert refused.returncode == 1
        assert refused.stderr.startswith("CommandError: Ask for at least one person")
    assert list(tmp_path.iterdir()) == []


# The plain calendar, by hand


def written(kind: str, when: str, **fields: object) -> Written:
    """`when` is year-month-day with ? for what is unknown."""
    parts = [None if part == "?" else int(part) for part in when.split("-")]
    fields = {"yearly": False, "noted_on": date(2026, 6, 1)} | fields
    return Written(kind, *parts, **fields)


def days(what: Written, until: str, since: str = "2026-06-01") -> list[str]:
    dues = due_of(what, date.fromisoformat(until))
    return [due.on.isoformat() for due in dues if due.shows.isoformat() >= since]


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        (written("birthday", "1974-3-26", yearly=True), ["2027-03-26", "2028-03-26"]),
        (written("birthday", "?-8-31", yearly=True), ["2026-08-31", "2027-08-31", "2028-08-31"]),
        (written("birthday", "2000-2-29", yearly=True), ["2027-02-28", "2028-02-29"]),
        (
            written("birthday", "2000-2-29", yearly=True, march_first=True),
            ["2027-03-01", "2028-02-29"],
        ),
        (written("birthday", "?-7-?", yearly=True), ["2026-07-01", "2027-07-01", "2028-07-01"]),
        (written("birthday", "1974-?-?", yearly=True), []),
        (written("birthday", "2028-1-5", yearly=True), ["2028-01-05"]),
        (written("exam", "2026-9-3"), ["2026-09-03"]),
        (written("exam", "?-9-3"), ["2026-09-03"]),
        (written("exam", "?-5-31"), ["2027-05-31"]),
        (written("graduation", "2027-?-?"), ["2027-05-15"]),
        (written("move", "2027-?-?"), ["2027-01-01"]),
        (written("exam", "2026-5-30"), []),
        (written("surgery", "2026-6-2"), ["2026-06-02", "2026-06-05", "2026-06-16"]),
        (written("surgery", "2026-7-?"), ["2026-07-01"]),
        (written("birth", "2026-7-?"), ["2026-07-01", "2026-07-31"]),
        (written("bereavement", "2026-5-31"), ["2026-06-21", "2027-05-31"]),
    ],
)
def test_plain_calendar_by_hand(what: Written, expected: list[str]):
    assert days(what, "2028-12-30") == expected


def test_plain_calendar_has_a_card_written_six_days_before():
    card = written("birthday", "1974-3-26", yearly=True, card=True)
    assert due_of(card, date(2027, 3, 22))[-1] == Due(
        date(2027, 3, 20), "prepare", date(2027, 3, 26), date(2027, 3, 26)
    )


def test_plain_calendar_imports_nothing_of_kept():
    source = (ROOT / "followups/rehearsal/plain_calendar.py").read_text()
    imports = [line for line in source.splitlines() if line.startswith(("import", "from"))]
    assert [line.split()[1] for line in imports] == ["dataclasses", "datetime"]


# That the comparison can fail


class World:
    """One keeper with a birthday today and one the day after tomorrow, both in the journal."""

    def __init__(self) -> None:
        user = make_user(working_days=[1, 2, 3, 4, 5, 6, 7], people_a_day=50)
        self.user = user
        self.journal = Journal()
        rng = Random(1)
        self.saboteur = Saboteur(rng)
        self.saboteur.retire()
        self.office = PostOffice(rng, self.saboteur)
        self.lives = Lives(rng, self.journal, END)
        self.keeper = self.lives.keepers[user.pk] = Keeper(user.pk, "UTC", time(7), set(), True)
        self.letters = Letters(self.journal, self.lives, self.office)
        for days_away in (0, 2):
            self.add_birthday(TODAY + days_away * DAY)

    def add_birthday(self, day: date) -> None:
        contact = make_contact(keeper=self.user)
        event = make_life_event(contact, month=day.month, day=day.day)
        self.keeper.people[contact.pk] = Person(contact, None)
        known = written("birthday", f"?-{day.month}-{day.day}", yearly=True, noted_on=TODAY)
        source = f"life_event:{event.pk}"
        dues = due_of(known, TODAY + 30 * DAY)
        entry = Entry(self.user.pk, contact.pk, source, dues, TODAY, TODAY)
        self.journal.write(entry)

    def live(self, *after: timedelta) -> None:
        for each in after:
            now = NOW + each
            self.keeper.reached = self.keeper.today(now)
            with own_settings(self.office):
                tick(now)
            self.lives.look(now)
            self.letters.read(now)

    def compare(self) -> Verdict:
        return self.journal.compare({self.user.pk: self.keeper.reached}, ["occasion", "prepare"])


@pytest.fixture
def world(db: None, now: datetime) -> World:
    return World()


def faults(verdict: Verdict) -> dict[str, int]:
    names = ("missed", "doubled", "unmarked", "early", "uncalled_for", "vanished")
    return {name: getattr(verdict, name) for name in names if getattr(verdict, name)}


def test_what_comes_on_its_day_or_is_marked_late_is_no_fault(world: World):
    world.live(0 * DAY, 3 * DAY)

    verdict = world.compare()

    assert (verdict.due, verdict.on_the_day, verdict.late, verdict.faults) == (2, 1, 1, 0)


def test_what_comes_after_its_use_is_told_apart(world: World):
    world.live(0 * DAY, 20 * DAY)
    assert (world.compare().too_late, world.compare().faults) == (1, 0)


def test_what_came_up_before_somebody_moves_came_on_the_date_they_had(world: World):
    early = NOW - timedelta(hours=10)  # yesterday still in Pago Pago
    world.keeper.reached = world.keeper.today(early)
    tick(early)
    world.lives._zones = iter(["Pacific/Pago_Pago"])
    world.lives._move(world.keeper, early)
    assert world.keeper.today(early) == TODAY - DAY
    assert faults(world.compare()) == {}


def test_a_nudge_that_was_not_made_is_missed(world: World):
    tick(NOW)
    Nudge.objects.filter(occurrence_on=TODAY).delete()
    world.live(2 * DAY)
    assert faults(world.compare()) == {"missed": 1}


def test_a_nudge_made_again_is_doubled(world: World):
    world.live(0 * DAY)
    nudge = Nudge.objects.get()
    nudge.delete()
    nudge.pk = None
    nudge.save(force_insert=True)
    world.lives.look(NOW)
    assert faults(world.compare()) == {"doubled": 1}


def test_a_nudge_of_another_day_is_missed_and_uncalled_for(world: World):
    tick(NOW)
    Nudge.objects.update(occurrence_on=TODAY + DAY)
    world.live(0 * DAY)
    assert faults(world.compare()) == {"missed": 1, "uncalled_for": 1}


def test_a_late_nudge_that_does_not_say_so_is_a_fault(world: World):
    world.live(0 * DAY)
    tick(NOW + 3 * DAY)
    Nudge.objects.update(late=False)
    world.lives.look(NOW + 3 * DAY)
    world.keeper.reached = TODAY + 3 * DAY
    assert faults(world.compare()) == {"unmarked": 1}


def test_a_nudge_that_ends_by_itself_too_soon_has_vanished(world: World):
    world.live(0 * DAY)
    Nudge.objects.update(state="expired", ended_at=NOW)
    world.lives.live(NOW)
    assert faults(world.compare()) == {"vanished": 1}


def test_mails_that_come_once_with_all_that_is_due_are_no_fault(world: World):
    world.live(0 * DAY, MORNING, DAY + MORNING)
    post = world.letters.close()
    assert (post.states, post.items, post.faults) == ({"sent": 2}, 1, 0)


def test_a_mail_that_goes_out_twice_is_counted(world: World):
    world.live(0 * DAY, MORNING)
    [message_id] = world.office.taken
    world.office.take(message_id)
    assert world.letters.close().twice == 1


def test_what_is_not_in_a_mail_is_absent(world: World):
    world.live(0 * DAY, MORNING)
    now = NOW + DAY + MORNING
    with own_settings(world.office):
        tick(now)
    world.lives.look(now)
    Delivery.objects.update(items=[])
    world.letters.read(now)
    assert world.letters.close().absent == 1


def test_what_was_in_doubt_and_is_not_told_again_is_absent(world: World):
    world.live(0 * DAY, MORNING)
    lost = Delivery.objects.get()
    world.letters._doubtful[world.user.pk] = [(lost.local_date, lost.items)]
    Delivery.objects.update(state="unknown")
    with own_settings(world.office):
        tick(NOW + DAY + MORNING)
    world.lives.look(NOW + DAY + MORNING)
    told = Delivery.objects.exclude(pk=lost.pk)
    assert set(lost.items) < set(told.get().items)
    told.update(items=list(Nudge.objects.exclude(pk__in=lost.items).values_list("pk", flat=True)))
    world.letters.read(NOW + DAY + MORNING)
    assert world.letters.close().absent == len(lost.items) == 1


def test_a_date_without_a_row_is_forgotten_and_a_row_without_an_end_left_hanging(world: World):
    world.live(*[n * DAY for n in range(5)])
    rows = list(Delivery.objects.order_by("local_date"))
    rows[1].delete()
    Delivery.objects.filter(pk=rows[2].pk).update(state="due", ended_at=None)
    post = world.letters.close()
    assert (post.forgotten, post.left_hanging) == (1, 1)


def test_a_mail_at_another_hour_is_noticed(world: World):
    world.live(0 * DAY)
    world.keeper.digest_at = time(23)
    world.live(MORNING)
    assert world.letters.close().at_wrong_time == 1


# Trouble


@pytest.mark.django_db(transaction=True)
def test_a_crash_comes_at_any_statement_and_undoes_its_transaction():
    saboteur = Saboteur(Random(1), chance=1, statements=6)
    made = Counter()
    for _ in range(60):
        before = Team.objects.count()
        saboteur.arm()
        try:
            with connection.execute_wrapper(saboteur), transaction.atomic():
                make_team()
                make_team()
        except Crash:
            connection.close()
        saboteur.disarm()
        made[Team.objects.count() - before] += 1
    assert set(made) == {0, 2}
    assert made[0] == saboteur.crashes


def test_the_broker_loses_doubles_and_delays_but_invents_nothing():
    broker = Broker(Random(1))
    arrived = []
    for number in range(1000):
        broker.hand(DUTIES[0], [number], NOW)
        arrived += broker.deliver()
    numbers = [ids[0] for _, ids in arrived]
    assert set(numbers) <= set(range(1000))
    assert len(numbers) == 1000 + broker.twice - broker.lost - len(broker._tasks)
    assert min(broker.twice, broker.lost, broker.delayed) > 0
    assert numbers != sorted(numbers)
