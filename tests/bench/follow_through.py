"""What the follow-through page costs a manager of 50 sellers: `-m tests.bench.follow_through`.

Fills the database of DATABASE_URL, a PostgreSQL that should be empty, with 50,000 contacts and
500,000 promises, then twice as many that ended long ago: the page must not cost more for them.
`.ci/with_postgres.sh .venv/bin/python -m tests.bench.follow_through`
"""

import os
import sys
from statistics import quantiles
from time import perf_counter

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
django.setup()

from django.conf import settings  # noqa: E402 - Django must be set up first
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from crm.models import Member, Team, User  # noqa: E402
from crm.policy import Role  # noqa: E402

SELLERS, CONTACTS, PROMISES = 50, 50_000, 500_000
ROUNDS = int(os.environ.get("ROUNDS", "60"))
PAGES = {
    "90 days": "/follow-through/",
    "30 days": "/follow-through/?period=30",
    "this year": "/follow-through/?period=year",
    "one seller": "/follow-through/?who={member}",
    "overdue, a list": "/follow-through/overdue/",
    "not on time, a list": "/follow-through/word-not/",
    "CSV": "/follow-through/table.csv",
}

PEOPLE = """
INSERT INTO contacts_contact (version, trashed_at, team_id, keeper_id, uid, name, sort_name,
    nickname, pronunciation, pronouns, title, how_met, customer_since, created_at, circle,
    cadence_days, first_due_on, last_touch_at, last_feeling)
SELECT 1, NULL, %(team)s, %(first)s + n %% %(sellers)s, 'urn:' || n, 'Person ' || n,
    'person ' || n, '', '', '', '', '', CASE WHEN n %% 3 = 0 THEN 2015 + n %% 11 END,
    now() - interval '400 days', (ARRAY['inner', 'close', 'wide', ''])[1 + n %% 4],
    CASE WHEN n %% 10 = 0 THEN 30 END, current_date - 300,
    now() - ((n * 7919) %% 250) * interval '1 day', ''
FROM generate_series(1, %(contacts)s) AS n
"""
# Of each ten thousand 400 are open; the others ended within the years before.
MADE = """
INSERT INTO followups_promise (version, contact_id, team_id, owner_id, made_by, text, made_on,
    written_on, due_on, told_due_on, sharing, state, ended_on, wake_on, moves)
SELECT 1, c.id, c.team_id, c.keeper_id, CASE WHEN n %% 8 = 0 THEN 'them' ELSE 'me' END,
    'Promise ' || n, due - 14, due - 14, due, due,
    (ARRAY['managers', 'managers', 'managers', 'team', 'private'])[1 + n %% 5], state,
    CASE state WHEN 'open' THEN NULL WHEN 'kept_late' THEN due + 3 ELSE due - 1 END, NULL,
    CASE WHEN n %% 7 = 0 THEN 1 ELSE 0 END
FROM (
    SELECT n, current_date - %(ago)s - ((n::bigint * 7919) %% %(span)s)::int AS due,
        CASE WHEN n %% 100 < 80 THEN 'kept' WHEN n %% 100 < 90 THEN 'kept_late'
             WHEN n %% 100 < 94 THEN 'broken' WHEN n %% 100 < 96 THEN 'released'
             WHEN %(ago)s > 0 THEN 'kept' ELSE 'open' END AS state
    FROM generate_series(1, %(promises)s) AS n
) AS p
JOIN contacts_contact AS c ON c.id = %(contact)s + (n::bigint * 104729) %% %(contacts)s
"""
EVENTS = """
INSERT INTO contacts_lifeevent (version, contact_id, author_id, kind, title, year, month, day,
    yearly, march_first, noted_on)
SELECT 1, id, keeper_id,
    CASE WHEN e = 1 THEN 'trip' WHEN id %% 100 = 0 THEN 'death' ELSE 'birthday' END, '',
    1970, 1 + id %% 12, 1 + id %% 28, TRUE, FALSE, current_date
FROM contacts_contact, generate_series(0, 1) AS e
"""
# One in seven of the people has written by themselves, five times; one in ten of that waits.
LETTERS = """
INSERT INTO contacts_note (version, trashed_at, team_id, author_id, text, at, channel, feeling,
    private, began, answered_at, is_touch, created_at)
SELECT 1, NULL, team_id, keeper_id, 'note ' || id, said, 'email', '', TRUE, 'them',
    CASE WHEN (id + n) %% 10 > 0 THEN said + (id %% 9) * interval '1 day' END, TRUE, said
FROM contacts_contact, generate_series(0, 4) AS n,
    LATERAL (SELECT now() - ((id * 7919 + n * 104729) %% 700) * interval '1 day' AS said) AS s
WHERE id %% 7 = 0
"""
ABOUT = """
INSERT INTO contacts_note_contacts (note_id, contact_id)
SELECT id, split_part(text, ' ', 2)::bigint FROM contacts_note
"""
NUDGES = """
INSERT INTO followups_nudge (keeper_id, contact_id, kind, source, occurrence_on, show_on,
    latest_on, late, state, made_at)
SELECT keeper_id, id, 'occasion', 'life_event:' || y, current_date - 365 * y - id::int %% 365,
    current_date, current_date, FALSE,
    (ARRAY['done', 'done', 'done', 'expired', 'skipped'])[1 + id %% 5], now()
FROM contacts_contact, generate_series(0, 3) AS y
"""


def main() -> int:
    call_command("migrate", verbosity=0)
    manager, first = fill()
    client = Client()
    client.force_login(manager)
    settings.ALLOWED_HOSTS = ["testserver"]
    some = Member.objects.get(user=first).pk
    print(f"{SELLERS} sellers, {CONTACTS:,} contacts, {PROMISES:,} promises of five years")
    measure(client, some)
    ended = 2 * PROMISES
    promise(ended, ago=5 * 365, span=5 * 365)
    print(f"and {ended:,} more that ended longer ago")
    measure(client, some)
    return 0


def fill() -> tuple[User, User]:
    """The manager, and the first of the sellers."""
    team = Team.objects.create(name="Bench")
    manager = User.objects.create_user("manager@example.com", name="Manager", time_zone="UTC")
    Member.objects.create(user=manager, team=team, role=Role.MANAGER)
    sellers = User.objects.bulk_create(
        User(email=f"s{n}@example.com", name=f"Seller {n:02}", time_zone="UTC")
        for n in range(SELLERS)
    )
    Member.objects.bulk_create(Member(user=user, team=team) for user in sellers)
    run(PEOPLE, team=team.pk, first=sellers[0].pk)
    promise(PROMISES, ago=0, span=5 * 365)
    # Those that are open are of the last months.
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE followups_promise SET due_on = current_date + 40 - id::int % 60,"
            " told_due_on = current_date + 40 - id::int % 60,"
            " made_on = current_date - 21 - id::int % 90 WHERE state = 'open'"
        )
    for table in (EVENTS, NUDGES, LETTERS, ABOUT):
        run(table)
    analyse()
    return manager, sellers[0]


def promise(number: int, *, ago: int, span: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(id) FROM contacts_contact")
        (contact,) = cursor.fetchone()
    run(MADE, promises=number, ago=ago, span=span, contact=contact)
    analyse()


def run(sql: str, **values: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"sellers": SELLERS, "contacts": CONTACTS} | values)


def analyse() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def measure(client: Client, member: int) -> None:
    print(f"{'':22}{'queries':>9}{'p50':>9}{'p95':>9}{'of it SQL':>11}")
    for name, path in PAGES.items():
        url = path.format(member=member)
        assert client.get(url).status_code == 200
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        queries = list(captured)
        sql = sum(float(query["time"]) for query in queries)
        times = sorted(timed(client, url) for _ in range(ROUNDS))
        cuts = quantiles(times, n=20)
        p50, p95 = 1000 * cuts[9], 1000 * cuts[18]
        print(f"{name:22}{len(queries):>9}{p50:>6.0f} ms{p95:>6.0f} ms{1000 * sql:>8.0f} ms")
        if os.environ.get("EXPLAIN"):
            for query in queries:
                print(f"    {1000 * float(query['time']):>6.0f} ms  {query['sql'][:3000]}")


def timed(client: Client, url: str) -> float:
    started = perf_counter()
    client.get(url)
    return perf_counter() - started


if __name__ == "__main__":
    sys.exit(main())
