"""Sends the morning and weekly mails: at most once each, whatever crashes, hangs or comes twice.

A row for each user, kind and local date goes from due over claimed to handing over, committed just
before the mail is spoken of with the server, and then to its end (engine.md 16, reliability.md
2.2). Each step is a conditional UPDATE that only the holder of the claim can make. A claim whose
holder died is taken again, since nothing had left the house; of a hand-over whose worker died
nobody knows, so it ends as unknown, and its content goes with the next mail. All functions take
`now`.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from datetime import time as wall_time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F, Min, QuerySet, Value
from django.db.models.functions import Least

from crm.clocks import DAY, day_that_is
from crm.failpoints import fail_at
from crm.local_time import instant_of
from crm.mailing import Fate, Outcome, hand_over
from crm.models import User
from followups import digest, mail, weekly
from followups.models import Delivery

logger = logging.getLogger(__name__)

# A digest still makes sense until noon, or for two hours where it is wished for later.
NOON = wall_time(12)
GRACE = timedelta(hours=2)
# Of the dates of an outage, so many are written down.
REMEMBERED = 31
# The pause after each try, in units of settings.MAIL_RETRY_SECONDS; the last one for all others.
PAUSES = (1, 2, 5, 10, 20, 30, 60)
MOST_TRIES = 20
# In the same units: how long nothing goes out to anybody when the server was away, and when it did
# not let us in.
HALT_AWAY, HALT_LOCKED_OUT = 2, 15
LONGEST_HALT = timedelta(hours=1)

State, Why, Kind = Delivery.State, Delivery.Why, Delivery.Kind

# How the content of each kind is read from the book.
WRITERS: dict[str, Callable[..., mail.Content]] = {
    Kind.DIGEST: digest.build,
    Kind.WEEKLY: weekly.build,
}


# --- Which mails there are to be -------------------------------------------------------------


def days_due(on: date, wall: wall_time, zone: ZoneInfo, now: datetime) -> list[date]:
    """The dates from `on` for which clocks in `zone` have shown `wall` by `now`, in order."""
    found = []
    day = day_that_is(on, zone)
    while instant_of(day, wall, zone) <= now:
        found.append(day)
        day = day_that_is(day + DAY, zone)
    return found


def latest_for(day: date, due_at: datetime, zone: ZoneInfo) -> datetime:
    """The instant from which the mail of `day`, due at `due_at`, comes too late to be sent."""
    return max(instant_of(day, NOON, zone), due_at + GRACE)


def find_due_users(now: datetime) -> list[int]:
    """Whose digest is due, the longest waiting first."""
    return list(_due_users(now).order_by("digest_due_at", "pk").values_list("pk", flat=True))


def oldest_due_user(now: datetime) -> datetime | None:
    oldest: datetime | None = _due_users(now).aggregate(oldest=Min("digest_due_at"))["oldest"]
    return oldest


def make_due(user_ids: Iterable[int], now: datetime) -> int:
    """Write down the deliveries of these users that have come due; returns how many are new."""
    return sum(make_due_for(user_id, now) for user_id in user_ids)


@transaction.atomic
def make_due_for(user_id: int, now: datetime) -> int:
    """One row of each kind for each of its local dates whose hour has come; returns how many.

    Of a kind only the last is to be sent, and only if it is not too late; the ones before it fell
    into an outage. Twice, or in two places, is a no-op.
    """
    user = _due_users(now).filter(pk=user_id).first()
    if user is None or user.digest_on is None:
        return 0
    days = days_due(user.digest_on, user.digest_at, user.zone, now)
    next_on = day_that_is(days[-1] + DAY if days else user.digest_on, user.zone)
    moved = User.objects.filter(pk=user.pk, digest_due_at=user.digest_due_at).update(
        digest_on=next_on, digest_due_at=instant_of(next_on, user.digest_at, user.zone)
    )
    if not moved:
        return 0
    rows = [row for kind in Kind for row in _rows(user, kind, days[-REMEMBERED:], now)]
    return len(Delivery.objects.bulk_create(rows, ignore_conflicts=True))


def _rows(user: User, kind: Delivery.Kind, days: list[date], now: datetime) -> list[Delivery]:
    if kind == Kind.WEEKLY:
        days = [day for day in days if day.isoweekday() == weekly.MONDAY]
    if not days or not _wants_mail(user, kind):
        return []
    rows = [_row(user, day, now, kind) for day in days]
    for row in rows[:-1]:
        _leave_out(row, Why.OUTAGE, now)
    return rows


def _due_users(now: datetime) -> QuerySet[User]:
    return User.objects.filter(digest_due_at__lte=now, is_active=True, member__isnull=False)


def _wants_mail(user: User, kind: Delivery.Kind = Kind.DIGEST) -> bool:
    wished = user.is_active and getattr(user, kind.wish) and user.mail_stopped_at is None
    return wished and (kind != Kind.WEEKLY or weekly.is_for(user))


def _row(user: User, day: date, now: datetime, kind: Delivery.Kind = Kind.DIGEST) -> Delivery:
    due_at = instant_of(day, user.digest_at, user.zone)
    row = Delivery(
        user=user, kind=kind, local_date=day, due_at=due_at, made_at=now, next_try_at=due_at
    )
    if now >= latest_for(day, due_at, user.zone):
        _leave_out(row, Why.OUTAGE, now)
    return row


def _leave_out(row: Delivery, why: Delivery.Why, now: datetime) -> None:
    row.state, row.why, row.ended_at = State.SKIPPED, why, now


# --- Sending one -----------------------------------------------------------------------------


def find_ready(now: datetime) -> list[int]:
    """What is to be delivered, or to be given up as unknown; the longest waiting first."""
    waiting = Delivery.objects.waiting()
    rows = (waiting.may_be_claimed(now) | waiting.left_in_doubt(now)).values_list("pk", "state")
    doubtful = [pk for pk, state in rows if state == State.HANDING_OVER]
    return doubtful if rows and halt(now) else [pk for pk, _ in rows]


def oldest_ready(now: datetime) -> datetime | None:
    ready = Delivery.objects.waiting().filter(next_try_at__lte=now).order_by()
    oldest: datetime | None = ready.aggregate(oldest=Min("next_try_at"))["oldest"]
    return oldest


def halt(now: datetime) -> Delivery | None:
    """The delivery that found the server away, or closed to us, so that nothing goes out now."""
    rows = Delivery.objects.filter(halts_until__gt=now, halts_until__lte=now + LONGEST_HALT)
    return rows.order_by("-halts_until").first()


def claim(delivery_id: int, now: datetime) -> Delivery | None:
    """Take a delivery for a few minutes; None if it is not to be had."""
    free = Delivery.objects.filter(pk=delivery_id).may_be_claimed(now)
    until = now + timedelta(seconds=settings.MAIL_LEASE_SECONDS)
    if not free.update(state=State.CLAIMED, claimed_until=until, tries=F("tries") + 1):
        return None
    return Delivery.objects.select_related("user__member__team").get(pk=delivery_id)


def deliver(delivery_id: int, now: datetime) -> Delivery.State | None:
    """Write, send and log one delivery; returns its state then, None if there was nothing to do.

    Not within a transaction: the mail server may take a minute and a half.
    """
    if _give_up_in_doubt(delivery_id, now):
        return State.UNKNOWN
    if halt(now) is not None:
        return None
    delivery = claim(delivery_id, now)
    if delivery is None:
        return None
    fail_at("after_claim")
    clock = _Clock(now)
    try:
        return _carry_out(delivery, clock)
    except (OperationalError, InterfaceError):  # the claim ends by itself
        raise
    except Exception:
        logger.exception("Delivery %s could not be written.", delivery.pk)
        outcome = Outcome(Fate.LATER, "Kept could not write this mail; its log says why.")
        return _move(delivery, _after(delivery, outcome, clock.now()), State.CLAIMED)


class _Clock:
    """The time since an instant that was given: a mail server takes a while."""

    def __init__(self, now: datetime) -> None:
        self._started_at, self._started = now, time.monotonic()

    def now(self) -> datetime:
        return self._started_at + timedelta(seconds=time.monotonic() - self._started)


def _carry_out(delivery: Delivery, clock: _Clock) -> Delivery.State | None:
    now = clock.now()
    if end := _obstacle(delivery, now):
        return _move(delivery, end, State.CLAIMED)
    user = delivery.user
    written = WRITERS[delivery.kind](user, on=delivery.local_date, now=now)
    if written.is_empty and not (delivery.kind == Kind.DIGEST and user.digest_when_empty):
        nothing = _end(State.SKIPPED, now, why=Why.NOTHING) | {"written_at": now}
        return _move(delivery, nothing, State.CLAIMED)
    letter = mail.compose(written, message_id=mail.message_id_of(delivery))
    begun = {
        "state": State.HANDING_OVER,
        "claimed_until": clock.now() + timedelta(seconds=settings.MAIL_LEASE_SECONDS),
        "message_id": letter.extra_headers["Message-ID"],
        "items": written.nudge_ids,
        "written_at": now,
    }
    if _move(delivery, begun, State.CLAIMED) is None:
        return None
    fail_at("before_smtp")
    outcome = hand_over(letter)
    fail_at("after_smtp")
    return _record(delivery, outcome, clock.now())


def _obstacle(delivery: Delivery, now: datetime) -> dict[str, object] | None:
    """How a delivery ends that is not to be sent (any more)."""
    user = delivery.user
    if user.team_id is None or not _wants_mail(user, Kind(delivery.kind)):
        return _end(State.SKIPPED, now, why=Why.OFF)
    if now < latest_for(delivery.local_date, delivery.due_at, user.zone):
        return None if delivery.tries <= MOST_TRIES else _too_late(now)
    return _end(State.SKIPPED, now, why=Why.OUTAGE) if delivery.tries == 1 else _too_late(now)


def _record(delivery: Delivery, outcome: Outcome, now: datetime) -> Delivery.State | None:
    """Write down what became of a mail that was handed over.

    A worker that slept so long that its mail was given up as unknown still knows better.
    """
    change = _after(delivery, outcome, now)
    is_certain = outcome.fate in {Fate.TAKEN, Fate.REFUSED}
    held = (State.HANDING_OVER, State.UNKNOWN) if is_certain else (State.HANDING_OVER,)
    state = _move(delivery, change, *held, last=True)
    if outcome.fate is Fate.LOCKED_OUT:
        logger.critical("The mail server does not let Kept in: %s", outcome.answer)
    elif outcome.fate is Fate.TAKEN:
        end_halt(now)
    return state


def _after(delivery: Delivery, outcome: Outcome, now: datetime) -> dict[str, object]:
    """A delivery's columns by what became of its mail."""
    match outcome.fate:
        case Fate.TAKEN:
            return _end(State.SENT, now, answer=outcome.answer)
        case Fate.REFUSED:
            return _end(State.REFUSED, now, answer=outcome.answer)
        case Fate.UNSURE:
            return _end(State.UNKNOWN, now, answer=outcome.answer)
    halts = {Fate.AWAY: HALT_AWAY, Fate.LOCKED_OUT: HALT_LOCKED_OUT}.get(outcome.fate, 0)
    halts_until = now + _units(halts) if halts else None
    pause = PAUSES[min(delivery.tries, len(PAUSES)) - 1]
    next_try_at = max(now + _units(pause), halts_until or now)
    if next_try_at >= latest_for(delivery.local_date, delivery.due_at, delivery.user.zone):
        change = _too_late(now)
    else:
        change = {"state": State.DUE, "next_try_at": next_try_at, "claimed_until": None}
    return change | {"answer": outcome.answer, "halts_until": halts_until}


def _units(number: int) -> timedelta:
    return timedelta(seconds=number * settings.MAIL_RETRY_SECONDS)


def _too_late(now: datetime) -> dict[str, object]:
    return _end(State.REFUSED, now, why=Why.TOO_LATE)


def _end(state: Delivery.State, now: datetime, **more: object) -> dict[str, object]:
    return {"state": state, "ended_at": now, "claimed_until": None} | more


def _move(
    delivery: Delivery, change: dict[str, object], *held: Delivery.State, last: bool = False
) -> Delivery.State | None:
    """Make a step from one of the states in `held`; None, and nothing, if the claim was lost.

    Committed when this returns: what comes next is told to a mail server.
    """
    with transaction.atomic(durable=True):
        mine = Delivery.objects.filter(pk=delivery.pk, tries=delivery.tries, state__in=held)
        moved = mine.update(**change)
        if last:
            fail_at("before_commit")
    return State(str(change["state"])) if moved else None


def _give_up_in_doubt(delivery_id: int, now: datetime) -> bool:
    """End a hand-over whose worker died: it may have gone out, so it is never sent again."""
    dead = Delivery.objects.filter(pk=delivery_id).left_in_doubt(now)
    answer = "Kept was stopped while it handed this mail over."
    return bool(dead.update(**_end(State.UNKNOWN, now, answer=answer)))


def end_halt(now: datetime) -> None:
    """The server takes mail again: whoever waited for it goes next."""
    waited = Delivery.objects.filter(halts_until__isnull=False)
    waited.update(halts_until=None, next_try_at=Least("next_try_at", Value(now)))


# --- All of it at once, and one by hand -------------------------------------------------------


def welcome(now: datetime) -> int:
    """Make today's due for those who never had a mail, if its hour has come and it is not too late.

    Who has just joined gets their first by themselves tomorrow; who sweeps by hand would see one.
    Returns how many are new.
    """
    members = User.objects.filter(is_active=True, member__isnull=False, deliveries=None)
    rows = [_row(user, user.today(now), now) for user in members if _wants_mail(user)]
    ready = [row for row in rows if row.due_at <= now and row.state == State.DUE]
    return len(Delivery.objects.bulk_create(ready, ignore_conflicts=True))


def sweep(now: datetime) -> Counter[str]:
    """Make what is due and deliver what is ready, one after another; counts by state."""
    return start(find_due_users(now), now) + deliver_all(find_ready(now), now)


def start(user_ids: Iterable[int], now: datetime) -> Counter[str]:
    """Make the deliveries of these users that have come due, and see to them; counts by state."""
    user_ids = list(user_ids)
    make_due(user_ids, now)
    mine = Delivery.objects.waiting().may_be_claimed(now).filter(user__in=user_ids)
    return deliver_all(mine.values_list("pk", flat=True), now)


def deliver_all(delivery_ids: Iterable[int], now: datetime) -> Counter[str]:
    """Deliver each, one after another; counts by state, without those that somebody else had."""
    clock = _Clock(now)
    states = (deliver(delivery_id, clock.now()) for delivery_id in delivery_ids)
    return Counter(str(state) for state in states if state is not None)


def send_now(user: User, *, now: datetime) -> Outcome:
    """Send `user` today's digest because they ask for it, whatever else was sent today."""
    written = digest.build(user, on=user.today(now), now=now)
    outcome = hand_over(mail.compose(written, message_id=mail.new_message_id()))
    if outcome.fate is Fate.TAKEN:
        end_halt(now)
    return outcome
