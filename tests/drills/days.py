"""T1 to T3 and T6: the right day and the right hour, by the pure functions and by processes."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo, available_timezones

from crm.clocks import day_that_is, first_day_to_reach
from crm.local_time import instant_of
from followups.delivering import days_due, latest_for
from tests.drills import oracle
from tests.drills.checking import Verdict
from tests.drills.rig import GaveUp, Rig, Round, Shelf, instant_in

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
TICK = 5 * MINUTE
START, DAYS = datetime(2026, 11, 18, tzinfo=UTC), 400
ZONES = """
America/New_York Europe/London Africa/Cairo Asia/Beirut America/Santiago America/Havana
Atlantic/Azores America/Nuuk Australia/Lord_Howe Antarctica/Troll Africa/Casablanca Pacific/Chatham
Asia/Kathmandu Australia/Eucla Pacific/Marquesas America/St_Johns Pacific/Kiritimati
Pacific/Pago_Pago Europe/Berlin Europe/Dublin Asia/Tehran Asia/Kolkata America/Scoresbysund
America/Sao_Paulo America/Los_Angeles America/Phoenix Asia/Tokyo Australia/Adelaide
Pacific/Auckland Pacific/Apia Asia/Gaza Africa/Johannesburg America/Mexico_City Asia/Kabul
Asia/Yangon Pacific/Norfolk America/Asuncion Europe/Chisinau Africa/El_Aaiun UTC
""".split()  # noqa: SIM905
WALLS = [time(0), time(0, 30), time(1, 30), time(2), time(2, 30), time(3), time(6, 30), time(7)]
WALLS += [time(23, 30), time(23, 59)]
# The table of reliability.md 2.3: a zone, and the instants at which its clocks go on and back.
STEPS = [
    ("America/New_York", "2027-03-14T07:00", "2027-11-07T06:00"),
    ("Europe/London", "2027-03-28T01:00", "2027-10-31T01:00"),
    ("Africa/Cairo", "2027-04-29T22:00", "2027-10-28T21:00"),
    ("Asia/Beirut", "2027-03-27T22:00", "2027-10-30T21:00"),
    ("America/Santiago", "2027-09-05T04:00", "2027-04-04T03:00"),
    ("America/Havana", "2027-03-14T05:00", "2027-11-07T05:00"),
    ("Atlantic/Azores", "2027-03-28T01:00", "2027-10-31T01:00"),
    ("America/Nuuk", "2027-03-28T01:00", "2027-10-31T01:00"),
    ("Australia/Lord_Howe", "2027-10-02T15:30", "2027-04-03T15:00"),
    ("Antarctica/Troll", "2027-03-28T01:00", "2027-10-31T01:00"),
    ("Africa/Casablanca", "2027-03-14T02:00", "2027-02-07T02:00"),
    ("Pacific/Chatham", "2027-09-25T14:00", "2027-04-03T14:00"),
]


def every_day_of_a_year(
    seed: str, number: int, shelf: Shelf, folder: Path, *, zones: int = 40, days: int = DAYS
) -> Verdict:
    """T1: a user for each zone and hour, `days` of ticks every five minutes."""
    verdict, pairs = Verdict(), 0
    for name in ZONES[:zones]:
        shown = list(watch(name, days))
        for wall in WALLS:
            pairs += live(name, wall, shown, verdict)
    verdict.remarks.append(f"{zones * len(WALLS)} users, {pairs} (user, local date) pairs")
    return verdict


def watch(name: str, days: int) -> Iterator[tuple[datetime, datetime]]:
    """Every minute of `days`, and what a clock in the zone shows."""
    zone = ZoneInfo(name)
    for number in range(days * 24 * 60):
        minute = START + number * MINUTE
        yield minute, minute.astimezone(zone).replace(tzinfo=None)


def live(name: str, wall: time, shown: list[tuple[datetime, datetime]], verdict: Verdict) -> int:
    """One user's days by the product's functions, against those that the clock has shown."""
    zone = ZoneInfo(name)
    wanted, ends = first_minutes(shown, wall)
    on = first_day_to_reach(wall, zone, START)
    due_at, served = instant_of(on, wall, zone), {}
    for tick in (minute for minute, _ in shown[::5]):
        if due_at > tick:
            continue
        for day in days_due(on, wall, zone, tick):
            verdict.twice += day in served
            served[day] = tick
            on = day_that_is(day + DAY, zone)
        due_at = instant_of(on, wall, zone)
    for day, minute in wanted.items():
        if day not in served:
            verdict.lost += 1
            verdict.wrong.append(f"{name} at {wall}: nothing on {day}")
        elif not minute <= served[day] < minute + TICK:
            verdict.wrong.append(f"{name} at {wall}: {day} was served at {served[day]}")
    verdict.wrong += [
        f"{name} at {wall}: {day} for no reason" for day in served.keys() - wanted - ends
    ]
    return len(wanted)


def first_minutes(
    shown: list[tuple[datetime, datetime]], wall: time
) -> tuple[dict[date, datetime], set[date]]:
    """For each date, the first minute at which the clock shows `wall` on it, or has jumped over.

    And the dates at the ends: of one the beginning was not seen, the other has no end.
    """
    found: dict[date, datetime] = {}
    dates = {local.date() for _, local in shown}
    ends = {min(dates), max(dates)}
    for minute, local in shown:
        day = local.date()
        if local.time() >= wall:
            found.setdefault(day, minute)
        if day - DAY in dates:  # the gap may have led over midnight
            found.setdefault(day - DAY, minute)
    return {day: minute for day, minute in found.items() if day not in ends}, ends


def moves(seed: str, number: int, shelf: Shelf, folder: Path, *, pairs: int = 1000) -> Verdict:
    """T3: a move at a random moment, from any zone to any other, also over the date line."""
    rng, verdict = Random(seed), Verdict()
    names = sorted(available_timezones() - {"Factory", "localtime"})
    for _ in range(pairs):
        old, new = (ZoneInfo(name) for name in rng.sample(names, 2))
        wall, now = rng.choice(WALLS), START + rng.randrange(365 * 24 * 60) * MINUTE
        on, served = first_day_to_reach(wall, old, now), []
        moves_at = now + rng.randrange(4 * 24 * 60) * MINUTE
        for tick in (now + n * TICK for n in range(9 * 24 * 12)):
            zone = old if tick < moves_at else new
            for day in days_due(day_that_is(on, zone), wall, zone, tick):
                served.append(day)
                on = day + DAY
        days = [served[0] + n * DAY for n in range(len(served))]
        verdict.twice += len(served) - len(set(served))
        if served != days or len(served) < 7:
            verdict.wrong.append(f"{old} to {new} at {moves_at}: {served}")
    verdict.remarks.append(f"{pairs} moves")
    return verdict


def late_ticks(seed: str, number: int, shelf: Shelf, folder: Path, *, users: int = 400) -> Verdict:
    """T6: ticks up to 90 minutes late, and some missing for six hours: none after the cut-off."""
    rng, verdict, sent = Random(seed), Verdict(), 0
    for _ in range(users):
        zone, wall = ZoneInfo(rng.choice(ZONES)), rng.choice(WALLS)
        on, now, served = first_day_to_reach(wall, zone, START), START, []
        while now < START + 30 * DAY:
            late = rng.uniform(60, 360) if rng.random() < 0.1 else rng.uniform(1, 90)
            now += timedelta(minutes=late)
            days = days_due(on, wall, zone, now)
            on = day_that_is(days[-1] + DAY, zone) if days else on
            for day in days[-1:]:
                due_at = instant_of(day, wall, zone)
                served += [day] if now < latest_for(day, due_at, zone) else []
                noon = max(oracle.instant(day, time(12), zone.key), due_at + 2 * HOUR)
                if day in served and now >= noon:
                    verdict.wrong.append(f"{zone} at {wall}: {day} came at {now}")
        sent += len(served)
        verdict.twice += len(served) - len(set(served))
    verdict.remarks.append(f"{sent} mails of {users} users")
    return verdict


def a_step(seed: str, number: int, shelf: Shelf, folder: Path) -> Verdict:
    """T2: a change of the clocks lived through by the real scheduler, with a clock set by hand."""
    verdict = Verdict()
    name, *instants = STEPS[number // 2 % len(STEPS)]
    change = datetime.fromisoformat(instants[number % 2] + "+00:00")
    begin = change - 25 * HOUR
    due = wished(name, begin, change + 25 * HOUR)
    with shelf.copy() as database, Rig(folder, database.url, static=shelf.folder) as rig:
        assert shelf.book is not None
        round_ = Round(rig, shelf.book, shelf.filled, Random(seed))
        rig.has_clock = True
        set_clock(rig, begin)
        place_sellers(round_, name, begin)
        services = [each for each in rig.services if each != "web"]
        round_.start(*services)
        round_.wait(lambda: begin <= round_.last_tick() < begin + DAY, 60, "a tick")
        round_.wait(lambda: clocks_run(round_), 60, "everybody's clock to be wound")
        patience = 30.0
        for tick in sorted({at + after for at in due.values() for after in (-MINUTE, MINUTE / 2)}):
            set_clock(rig, tick)
            round_.wait(lambda tick=tick: round_.last_tick() > tick, 30, f"the tick at {tick}")
            expected = {key for key, at in due.items() if at <= tick}
            try:
                round_.wait(lambda ks=expected: ks <= made(round_).keys(), patience, "mails")
                round_.wait(lambda: not waiting(round_), patience, "mails under way")
            except GaveUp:  # what has not come by then is said below
                patience = 2.0
        sent = made(round_)
    for key, at in due.items():
        if key not in sent:
            verdict.lost += 1
            verdict.wrong.append(f"{name} at {WALLS[key[0]]}: nothing for {key[1]}")
        elif not at <= sent[key] < at + MINUTE:
            verdict.wrong.append(f"{name} at {WALLS[key[0]]}: {key[1]} was served at {sent[key]}")
    verdict.wrong += [f"{name}: {key} for no reason" for key in sent.keys() - due.keys()]
    verdict.remarks.append(f"{name}, {change:%Y-%m-%d %H:%M}, {len(due)} mails")
    return verdict


def wished(name: str, begin: datetime, end: datetime) -> dict[tuple[int, date], datetime]:
    """When the mails of each hour are due from `begin` to `end`, by the oracle."""
    first = begin.astimezone(ZoneInfo(name)).date() - DAY
    found = {
        (number, on): oracle.instant(on, wall, name)
        for number, wall in enumerate(WALLS)
        for on in (first + n * DAY for n in range(5))
    }
    return {key: at for key, at in found.items() if begin < at < end}


def set_clock(rig: Rig, at: datetime) -> None:
    rig.clock.write_text(str((at - datetime.now(UTC)).total_seconds()))


def place_sellers(round_: Round, name: str, begin: datetime) -> None:
    """One seller for each hour; the others get no mail. All ask for one on empty days, too."""
    round_.database.ask("UPDATE crm_user SET digest_wanted = ?, is_active = ?", False, False)
    for number, wall in enumerate(WALLS):
        round_.database.ask(
            "UPDATE crm_user SET digest_wanted = ?, is_active = ?, digest_when_empty = ?,"
            " time_zone = ?, digest_at = ?, digest_on = NULL, digest_due_at = NULL,"
            " day_turns_at = NULL WHERE email = ?",
            True,
            True,
            True,
            name,
            wall.isoformat(),
            f"seller{number}@example.com",
        )


def clocks_run(round_: Round) -> bool:
    """Whether the scheduler has reckoned everybody's first hour; later, it would be tomorrow's."""
    rows = round_.database.ask(
        "SELECT count(*) FROM crm_user WHERE is_active AND digest_due_at IS NULL"
    )
    return rows == [(0,)]


def made(round_: Round) -> dict[tuple[int, date], datetime]:
    """When each delivery was made, by the clock that its maker saw."""
    found = round_.database.ask(
        "SELECT u.email, d.local_date, d.made_at FROM followups_delivery d"
        " JOIN crm_user u ON u.id = d.user_id"
    )
    numbers = {f"seller{number}@example.com": number for number in range(len(WALLS))}
    return {
        (numbers[email], date.fromisoformat(str(on))): instant_in(at) for email, on, at in found
    }


def waiting(round_: Round) -> int:
    states = "('due', 'claimed', 'handing_over')"
    found = round_.database.ask(f"SELECT count(*) FROM followups_delivery WHERE state IN {states}")
    return int(found[0][0])
