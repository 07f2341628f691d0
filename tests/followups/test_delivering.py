"""A digest is handed over once at most, and what it says is lost by nothing."""

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import connections

from crm.local_time import instant_of
from crm.models import Away, User
from followups import delivering
from followups.delivering import State, days_due, latest_for
from followups.models import Delivery, Nudge
from tests.factories import NOW, make_contact, make_promise, make_user
from tests.processes import run

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
TODAY = NOW.date()
MORNING = datetime(2026, 11, 18, 7, 0, tzinfo=UTC)


@pytest.fixture
def rosa(db: None, now: datetime) -> User:
    """A seller in UTC whose digest is due at seven, with a promise due today."""
    user = make_user(name="Rosa Vega", email="rosa@example.com")
    promise_something(user)
    return wake(user)


def promise_something(user: User) -> None:
    contact = make_contact(keeper=user, name="Tom Beaumont")
    make_promise(contact, text="Send the quote", due_on=TODAY, at=NOW - DAY)


def wake(user: User, on: date = TODAY) -> User:
    """Have the digest of `on` be the next one."""
    user.digest_on = on
    user.digest_due_at = instant_of(on, user.digest_at, user.zone)
    user.save()
    return user


def states(user: User) -> dict[date, str]:
    rows = Delivery.objects.filter(user=user).values_list("local_date", "state")
    return dict(sorted(rows))


def the_only(user: User) -> Delivery:
    return Delivery.objects.get(user=user)


# --- Which dates, and when -------------------------------------------------------------------


def test_a_digest_is_made_due_at_its_minute_and_once(rosa) -> None:
    assert delivering.find_due_users(MORNING - MINUTE) == []
    assert delivering.find_due_users(MORNING) == [rosa.pk]

    made = [delivering.make_due([rosa.pk], MORNING + n * MINUTE) for n in range(3)]

    assert (made, states(rosa)) == ([1, 0, 0], {TODAY: State.DUE})
    rosa.refresh_from_db()
    assert (rosa.digest_on, rosa.digest_due_at) == (TODAY + DAY, MORNING + DAY)


def test_after_an_outage_today_s_is_made_until_noon_and_older_ones_are_left_out(rosa) -> None:
    wake(rosa, TODAY - 3 * DAY)

    delivering.make_due([rosa.pk], MORNING + 4 * HOUR)

    skipped = {TODAY - n * DAY: State.SKIPPED for n in (3, 2, 1)}
    assert states(rosa) == skipped | {TODAY: State.DUE}
    whys = Delivery.objects.filter(state=State.SKIPPED).values_list("why", flat=True)
    assert set(whys) == {Delivery.Why.OUTAGE}


def test_after_noon_today_s_is_left_out_too(rosa) -> None:
    delivering.make_due([rosa.pk], MORNING + 5 * HOUR)
    assert states(rosa) == {TODAY: State.SKIPPED}


def test_a_long_outage_is_written_down_for_a_month(rosa) -> None:
    wake(rosa, TODAY - 400 * DAY)
    delivering.make_due([rosa.pk], MORNING)
    assert len(states(rosa)) == delivering.REMEMBERED
    assert states(rosa)[TODAY] == State.DUE


@pytest.mark.parametrize("wall", [time(0), time(7), time(12, 30), time(23, 59)])
def test_a_digest_may_come_late_until_noon_or_for_two_hours(wall: time) -> None:
    zone = ZoneInfo("Europe/Berlin")
    due = instant_of(TODAY, wall, zone)
    latest = {time(0): 12 * HOUR, time(7): 5 * HOUR}.get(wall, 2 * HOUR)
    assert latest_for(TODAY, due, zone) == due + latest


@pytest.mark.parametrize(
    "change",
    [{"digest_wanted": False}, {"mail_stopped_at": NOW}],
    ids=["switched off", "bounced"],
)
def test_who_gets_no_mail_has_no_delivery_and_their_clock_goes_on(rosa, change) -> None:
    User.objects.filter(pk=rosa.pk).update(**change)
    delivering.make_due([rosa.pk], MORNING)
    rosa.refresh_from_db()
    assert (states(rosa), rosa.digest_on) == ({}, TODAY + DAY)


def test_a_user_who_moves_west_after_the_digest_gets_no_second_one_for_that_date(rosa) -> None:
    delivering.make_due([rosa.pk], MORNING)
    rosa.refresh_from_db()
    rosa.time_zone = "Pacific/Honolulu"  # there it is still the day before
    rosa.set_clocks(MORNING)
    rosa.save()

    for hours in range(1, 40):
        delivering.make_due(delivering.find_due_users(MORNING + hours * HOUR), MORNING)

    assert states(rosa) == {TODAY: State.DUE}


def test_a_user_who_moves_east_before_the_digest_gets_it_at_once(rosa) -> None:
    rosa.time_zone = "Asia/Kathmandu"
    rosa.set_clocks(MORNING - 3 * HOUR)
    rosa.save()

    assert delivering.find_due_users(MORNING - 3 * HOUR) == [rosa.pk]
    delivering.make_due([rosa.pk], MORNING - 3 * HOUR)
    assert states(rosa) == {TODAY: State.DUE}


ZONES = """
America/New_York Europe/London Africa/Cairo Asia/Beirut
America/Santiago America/Havana Atlantic/Azores America/Nuuk
Australia/Lord_Howe Antarctica/Troll Africa/Casablanca Pacific/Chatham
Asia/Kathmandu Australia/Eucla Pacific/Marquesas America/St_Johns
Pacific/Kiritimati Pacific/Pago_Pago Europe/Berlin Europe/Dublin
Asia/Tehran Asia/Kolkata America/Scoresbysund America/Sao_Paulo
America/Los_Angeles America/Phoenix Asia/Tokyo Australia/Adelaide
Pacific/Auckland Pacific/Apia Asia/Gaza Africa/Johannesburg
America/Mexico_City Asia/Kabul Asia/Yangon Pacific/Norfolk
America/Asuncion Europe/Chisinau Africa/El_Aaiun UTC
""".split()  # noqa: SIM905
WALLS = [time(0), time(0, 30), time(1, 30), time(2), time(2, 30), time(3), time(6, 30), time(7)]
WALLS += [time(23, 30), time(23, 59)]
TICK = 5 * MINUTE


def changes_of_clocks(zone: ZoneInfo, year: int) -> list[datetime]:
    """The instants in `year` at which clocks in `zone` change, to the hour; January without any."""
    hours = [datetime(year, 1, 1, tzinfo=UTC) + n * HOUR for n in range(366 * 24)]
    offsets = [hour.astimezone(zone).utcoffset() for hour in hours]
    found = [h for h, (a, b) in zip(hours[1:], itertools.pairwise(offsets), strict=True) if a != b]
    return found or [datetime(year, 1, 10, tzinfo=UTC)]


def first_shown(minutes: list[datetime], shown: list[datetime], wanted: datetime) -> datetime:
    """The first of `minutes` at which a clock shows `wanted` or later: minute by minute."""
    return next(m for m, local in zip(minutes, shown, strict=True) if local >= wanted)


@pytest.mark.parametrize("name", ZONES)
def test_each_local_date_has_one_digest_within_a_tick_of_its_hour(name: str) -> None:
    """Around both changes of the clocks in a year, ticking every five minutes, at ten hours."""
    zone = ZoneInfo(name)
    for change in changes_of_clocks(zone, 2027):
        begin = change - 2 * DAY
        minutes = [begin + n * MINUTE for n in range(4 * 24 * 60)]
        shown = [minute.astimezone(zone).replace(tzinfo=None) for minute in minutes]
        dates = sorted({local.date() for local in shown})[1:-1]
        for wall in WALLS:
            served: dict[date, datetime] = {}
            on = dates[0]
            for tick in minutes[::5]:
                for day in days_due(on, wall, zone, tick):
                    assert day not in served
                    served[day], on = tick, day + DAY
            for day in dates:
                due = first_shown(minutes, shown, datetime.combine(day, wall))
                assert due <= served[day] < due + TICK, (day, wall)


def test_a_date_that_never_was_has_no_digest() -> None:
    """Apia went from 29 to 31 December 2011."""
    apia = ZoneInfo("Pacific/Apia")
    noon = datetime(2012, 1, 1, 12, tzinfo=apia)
    assert days_due(date(2011, 12, 29), time(7), apia, noon) == [
        date(2011, 12, 29),
        date(2011, 12, 31),
        date(2012, 1, 1),
    ]


# --- From due to sent ------------------------------------------------------------------------


def test_a_digest_goes_out_once_with_its_key_and_the_server_s_words(rosa, sink) -> None:
    assert delivering.sweep(MORNING) == {"sent": 1}
    assert delivering.sweep(MORNING + MINUTE) == {}

    row = the_only(rosa)
    nudge = Nudge.objects.get()
    assert (row.state, row.answer, row.tries) == (State.SENT, "250 2.0.0 Ok: queued as 1", 1)
    assert (row.items, row.message_id) == ([nudge.pk], f"<digest.20261118.{rosa.pk}@127.0.0.1>")
    assert row.written_at - MORNING < MINUTE
    assert [t.mail["Message-ID"] for t in sink.taken] == [row.message_id]


def test_a_digest_with_nothing_to_say_is_left_out(db, now, sink) -> None:
    user = wake(make_user())
    assert delivering.sweep(MORNING) == {"skipped": 1}
    assert (the_only(user).why, sink.taken) == (Delivery.Why.NOTHING, [])


def test_a_digest_with_nothing_to_say_goes_out_to_whoever_asks_for_it(db, now, sink) -> None:
    wake(make_user(digest_when_empty=True))
    assert delivering.sweep(MORNING) == {"sent": 1}
    assert sink.taken[0].mail["Subject"] == "Nothing is due today (Wed 18 Nov)"


def test_on_a_day_off_the_digest_brings_one_s_word_alone(rosa, sink) -> None:
    Away.objects.create(user=rosa, starts_on=TODAY, ends_on=TODAY)
    make_contact(keeper=rosa, name="Cadence", circle="inner")
    assert delivering.sweep(MORNING) == {"sent": 1}
    assert sink.taken[0].mail["Subject"] == "1 person today, 1 promise due (Wed 18 Nov)"


def test_a_digest_that_is_switched_off_between_is_not_sent(rosa, sink) -> None:
    delivering.make_due([rosa.pk], MORNING)
    User.objects.filter(pk=rosa.pk).update(digest_wanted=False)
    assert delivering.sweep(MORNING) == {"skipped": 1}
    assert (the_only(rosa).why, sink.taken) == (Delivery.Why.OFF, [])


def test_a_claim_holds_for_its_lease_and_is_then_taken_again(rosa, sink, settings) -> None:
    settings.MAIL_LEASE_SECONDS = 300
    delivering.make_due([rosa.pk], MORNING)
    row = the_only(rosa)

    assert delivering.claim(row.pk, MORNING).tries == 1
    assert delivering.claim(row.pk, MORNING + 4 * MINUTE) is None
    assert delivering.deliver(row.pk, MORNING + 5 * MINUTE) is State.SENT
    assert (the_only(rosa).tries, len(sink.taken)) == (2, 1)


def test_who_lost_their_claim_hands_nothing_over(rosa, sink) -> None:
    """A worker that slept for longer than its lease finds that another has sent the mail."""
    delivering.make_due([rosa.pk], MORNING)
    row = the_only(rosa)
    sleeper = delivering.claim(row.pk, MORNING)
    assert delivering.deliver(row.pk, MORNING + 6 * MINUTE) is State.SENT

    woken = delivering._carry_out(sleeper, delivering._Clock(MORNING + 7 * MINUTE))

    assert (woken, len(sink.taken), the_only(rosa).state) == (None, 1, State.SENT)


def test_a_hand_over_whose_worker_died_is_unknown_and_never_sent_again(rosa, sink) -> None:
    delivering.make_due([rosa.pk], MORNING)
    row = the_only(rosa)
    Delivery.objects.filter(pk=row.pk).update(
        state=State.HANDING_OVER, tries=1, claimed_until=MORNING + 5 * MINUTE
    )
    assert delivering.sweep(MORNING + 4 * MINUTE) == {}
    assert delivering.sweep(MORNING + 5 * MINUTE) == {"unknown": 1}
    assert delivering.sweep(MORNING + HOUR) == {}
    assert (the_only(rosa).state, sink.taken) == (State.UNKNOWN, [])


def test_who_wakes_up_after_being_given_up_still_knows_that_the_mail_was_taken(rosa) -> None:
    delivering.make_due([rosa.pk], MORNING)
    sleeper = delivering.claim(the_only(rosa).pk, MORNING)
    Delivery.objects.update(state=State.UNKNOWN, ended_at=MORNING)
    outcome = delivering.Outcome(delivering.Fate.TAKEN, "250 Ok")
    assert delivering._record(sleeper, outcome, MORNING) is State.SENT
    assert the_only(rosa).answer == "250 Ok"


# --- When the server is ill ------------------------------------------------------------------


def next_tries(user: User, sink, *, until: datetime) -> list[int]:
    """The minutes after seven at which a delivery is tried, ticking every minute."""
    delivering.make_due([user.pk], MORNING)
    row, tried = the_only(user), []
    for minute in range(int((until - MORNING) / MINUTE)):
        delivering.sweep(MORNING + minute * MINUTE)
        row.refresh_from_db()
        if row.tries > len(tried):
            tried.append(minute)
    return tried


def test_a_mail_that_may_go_later_is_tried_after_growing_pauses_until_noon(rosa, sink) -> None:
    sink.mode = "450"
    tried = next_tries(rosa, sink, until=MORNING + 6 * HOUR)
    pauses = [b - a for a, b in itertools.pairwise(tried)]
    assert pauses == sorted(pauses)
    assert (tried[0], pauses[:3], pauses[-1] >= 60, tried[-1] < 300) == (0, [2, 3, 6], True, True)
    row = the_only(rosa)
    assert (row.state, row.why, row.answer) == (
        State.REFUSED,
        Delivery.Why.TOO_LATE,
        "450 4.2.1 Try again later",
    )


def test_a_server_that_is_well_again_gets_the_mail_in_the_same_morning(rosa, sink) -> None:
    sink.mode = "452"
    assert delivering.sweep(MORNING) == {"due": 1}
    sink.mode = "ok"
    assert delivering.sweep(MORNING + 2 * MINUTE) == {"sent": 1}
    assert len(sink.taken) == 1


def test_an_address_that_is_refused_concerns_its_user_alone(rosa, sink) -> None:
    other = make_user(email="other@example.com")
    promise_something(wake(other))
    sink.mode = "550"
    delivering.make_due([rosa.pk], MORNING)
    assert delivering.sweep(MORNING)["refused"] == 2
    sink.mode = "ok"
    assert delivering.sweep(MORNING + HOUR) == {}
    assert the_only(rosa).answer == "550 5.1.1 Nobody here by that name"


@pytest.mark.parametrize("mode", ["vanish", "garbage"])
def test_a_mail_of_which_nobody_knows_is_not_sent_again(rosa, sink, mode: str) -> None:
    sink.mode = mode
    assert delivering.sweep(MORNING) == {"unknown": 1}
    sink.mode = "ok"
    assert delivering.sweep(MORNING + HOUR) == {}
    assert (len(sink.taken), the_only(rosa).is_in_doubt) == (1, True)


def test_a_server_that_is_away_holds_up_all_mail_for_a_while(rosa, sink) -> None:
    for _ in range(3):
        promise_something(wake(make_user()))
    sink.mode = "421"
    assert delivering.sweep(MORNING) == {"due": 1}  # the others wait without a try
    assert delivering.halt(MORNING + MINUTE) is not None
    assert delivering.find_ready(MORNING + MINUTE) == []
    sink.mode = "ok"
    assert delivering.sweep(MORNING + 3 * MINUTE) == {"sent": 4}
    assert delivering.halt(MORNING + 3 * MINUTE) is None


def test_a_refused_log_in_stops_all_mail_and_alarms(rosa, sink, settings, caplog) -> None:
    settings.MAILERS["default"]["OPTIONS"] |= {"username": "kept", "password": "wrong"}
    promise_something(wake(make_user()))
    sink.mode = "535"
    assert delivering.sweep(MORNING) == {"due": 1}
    assert delivering.sweep(MORNING + 14 * MINUTE) == {}
    assert delivering.halt(MORNING + 14 * MINUTE).answer == "535 5.7.8 Wrong user or password"
    assert [record.levelname for record in caplog.records] == ["CRITICAL"]
    sink.mode = "ok"
    assert delivering.sweep(MORNING + 16 * MINUTE) == {"sent": 2}


def test_when_the_server_is_well_again_all_who_waited_for_it_go_next(rosa, sink) -> None:
    sink.mode = "421"
    delivering.sweep(MORNING)
    for minute in (3, 7, 14, 26):
        delivering.sweep(MORNING + minute * MINUTE)
    late = the_only(rosa)
    assert late.next_try_at > MORNING + 40 * MINUTE
    sink.mode = "ok"
    other = make_user()
    promise_something(wake(other))
    delivering.sweep(MORNING + 30 * MINUTE)
    delivering.sweep(MORNING + 31 * MINUTE)
    assert {row.state for row in Delivery.objects.all()} == {State.SENT}


def test_a_digest_that_cannot_be_written_does_not_stop_the_others(rosa, sink, settings) -> None:
    settings.BASE_URL = None  # whatever it is that breaks
    assert delivering.sweep(MORNING) == {"due": 1}
    row = the_only(rosa)
    assert (row.answer, row.tries) == ("Kept could not write this mail; its log says why.", 1)
    settings.BASE_URL = "http://127.0.0.1:8000"
    assert delivering.sweep(MORNING + 2 * MINUTE) == {"sent": 1}


# --- Races and crashes -----------------------------------------------------------------------


def at_once(count: int, act: Callable[[], object]) -> list[object]:
    """What `act` returns in `count` threads that begin together."""
    barrier = Barrier(count)

    def wait_and_act(_: int) -> object:
        try:
            barrier.wait()
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(wait_and_act, range(count)))


@pytest.mark.django_db(transaction=True)
def test_of_ten_who_deliver_the_same_mail_one_does(now, sink) -> None:
    user = make_user()
    promise_something(wake(user))
    delivering.make_due([user.pk], MORNING)
    row = the_only(user)

    ended = at_once(10, lambda: delivering.deliver(row.pk, MORNING))

    assert (sorted(filter(None, ended)), len(sink.taken)) == ([State.SENT], 1)


@pytest.mark.django_db(transaction=True)
def test_of_four_who_claim_the_same_many_each_gets_others(now) -> None:
    user = make_user()
    rows = [
        Delivery(user=user, local_date=TODAY + n * DAY, due_at=MORNING, made_at=MORNING)
        for n in range(100)
    ]
    for row in rows:
        row.next_try_at = MORNING
    Delivery.objects.bulk_create(rows)
    ids = delivering.find_ready(MORNING)

    claimed = at_once(4, lambda: [pk for pk in ids if delivering.claim(pk, MORNING)])

    assert sorted(pk for some in claimed for pk in some) == sorted(ids)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_make_the_same_mail_due_one_does(now) -> None:
    user = wake(make_user())
    made = at_once(2, lambda: delivering.make_due_for(user.pk, MORNING))
    assert (sum(made), len(states(user))) == (1, 1)


CRASHES = {
    "after_claim": (0, State.CLAIMED, State.SENT, 1),
    "before_smtp": (0, State.HANDING_OVER, State.UNKNOWN, 0),
    "after_smtp": (1, State.HANDING_OVER, State.UNKNOWN, 1),
    "before_commit": (1, State.HANDING_OVER, State.UNKNOWN, 1),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("point", CRASHES)
def test_a_crash_sends_nothing_twice_and_loses_nothing(now, sink, point: str) -> None:
    """A process that ends itself at `point`, and what the next one makes of it, a lease later."""
    mails, left, ends, mails_then = CRASHES[point]
    user = make_user()
    promise_something(wake(user))
    at = MORNING.isoformat()

    crash = run("send_digests", "--at", at, EMAIL_URL=sink.url, KEPT_FAIL_AT=point)

    assert (crash.returncode, crash.stderr) == (9, "")
    assert (len(sink.taken), the_only(user).state) == (mails, left)
    delivering.sweep(MORNING + 6 * MINUTE)
    assert (len(sink.taken), the_only(user).state) == (mails_then, ends)
    delivering.sweep(MORNING + HOUR)
    assert len(sink.taken) == mails_then
    [wanted] = Nudge.objects.values_list("pk", flat=True)
    delivering.sweep(MORNING + DAY)
    assert Delivery.objects.get(user=user, local_date=TODAY + DAY).items == [wanted]


# --- By hand ---------------------------------------------------------------------------------


def test_send_now_sends_whatever_was_sent_today_and_writes_no_row(rosa, sink) -> None:
    delivering.sweep(MORNING)
    outcome = delivering.send_now(rosa, now=MORNING)
    assert (outcome.answer, Delivery.objects.count()) == ("250 2.0.0 Ok: queued as 2", 1)
    assert len({taken.mail["Message-ID"] for taken in sink.taken}) == 2


def test_command_sends_what_is_due_and_says_so(rosa, sink, capsys) -> None:
    call_command("send_digests", at="2026-11-18T07:00")
    call_command("send_digests", at="2026-11-18T07:01")
    assert capsys.readouterr().out == "Digests: 1 sent.\nDigests: nothing was due.\n"


def test_command_sends_their_first_digest_to_whoever_never_had_one(db, now, sink, capsys) -> None:
    user, late = make_user(), make_user(time_zone="Asia/Tokyo")  # there it is four in the afternoon
    for each in (user, late, make_user(digest_wanted=False)):
        promise_something(each)
    for minute in range(3):
        call_command("send_digests", at=f"2026-11-18T07:0{minute}")
    assert capsys.readouterr().out.splitlines() == [
        "Digests: 1 sent.",
        *["Digests: nothing was due."] * 2,
    ]
    assert [taken.recipients for taken in sink.taken] == [[user.email]]


def test_the_clock_set_back_sends_nothing_again(rosa, sink) -> None:
    assert delivering.sweep(MORNING) == {"sent": 1}
    assert [delivering.sweep(MORNING + n * HOUR) for n in range(-26, 3)] == [{}] * 29
