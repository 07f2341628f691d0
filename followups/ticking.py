"""What Kept does by itself: a tick looks up what has come due, and hands it out by id.

Due times stand in indexed columns, so a tick with nothing to do costs the same however many
contacts there are. Whoever is handed ids claims each in the transaction that acts on it: two
schedulers, ten workers or a task that comes twice do no harm, and what a crash undoes, the next
tick finds again (engine.md 5 to 7, 20 and 21). All functions take `now`.
"""

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F, Q, QuerySet

from contacts import trash
from crm.failpoints import fail_at
from crm.looks import purge_looks
from crm.models import Heartbeat, User
from followups import delivering, scheduling
from followups.replies import mailbox
from followups.scheduling import Swept

# So many ids are handed out at once: a task is done within seconds.
BATCH = 20
PURGES_EVERY = timedelta(days=1)
EVERYTHING = 0
LONGEST_DAY = timedelta(days=2)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Duty:
    """Something Kept does by itself.

    `find` looks up the ids of all that is due, the longest waiting first, by indexed conditions;
    `act` does it for some of them, however often it is asked, and returns what it did in words;
    `oldest` says since when the longest waiting has been due. `at_once` ids are handed out in one.
    """

    name: str
    find: Callable[[datetime], list[int]]
    act: Callable[[list[int], datetime], str]
    oldest: Callable[[datetime], datetime | None]
    at_once: int = BATCH


type Hand = Callable[[Duty, list[int], datetime], None]


def act_here(duty: Duty, ids: list[int], now: datetime) -> None:
    """Hand out to oneself: what a scheduler without workers does."""
    logger.info("%s: %s", duty.name, duty.act(ids, now))


def tick(now: datetime, *, hand: Hand = act_here) -> dict[str, int]:
    """Look up all that is due at `now` and hand it out; returns how much of each duty there was."""
    Heartbeat.beat(Heartbeat.TICK, now)
    found = {}
    for duty in DUTIES:
        ids = duty.find(now)
        for some in batched(ids, duty.at_once):
            hand(duty, list(some), now)
        found[duty.name] = len(ids)
    return found


def duty_named(name: str) -> Duty:
    """The duty called `name`; KeyError if Kept has no such."""
    return {duty.name: duty for duty in DUTIES}[name]


def turn_days(user_ids: list[int], now: datetime) -> Swept:
    """Turn the day of each of these users, as far as it has come; one's trouble is theirs alone."""
    done = Swept()
    for user_id in user_ids:
        try:
            done += turn_day(user_id, now)
        except (OperationalError, InterfaceError):  # the next one would fare no better
            raise
        except Exception:
            logger.exception("The day of user %s could not be turned.", user_id)
    return done


def turn_day(user_id: int, now: datetime) -> Swept:
    """Make one user's nudges for the date it is for them, end what has passed, set their clocks.

    In one transaction, as a rule; after months without a tick in several short ones, each of which
    leaves the day to be turned by whoever goes on. Nothing if it has not come, or if somebody else
    is at it.
    """
    done, is_all = Swept(), False
    while not is_all:
        swept, is_all = _turn_some(user_id, now)
        done += swept
    return done


@transaction.atomic
def _turn_some(user_id: int, now: datetime) -> tuple[Swept, bool]:
    """Some of the user's day, and whether that was all of it."""
    user = _claim_day(user_id, now)
    if user is None:
        return Swept(), True
    fail_at("after_claim")
    swept, is_all = scheduling.turn_some(user, today=user.today(now), now=now)
    if is_all:
        user.set_clocks(now)
        clocks = {name: getattr(user, name) for name in User.CLOCKS}
        User.objects.filter(_has_turned(now), pk=user_id).update(**clocks)
    fail_at("before_commit")
    return swept, is_all


def _claim_day(user_id: int, now: datetime) -> User | None:
    """Take the user's day until this transaction ends; None if there is nothing to take.

    By `SKIP LOCKED` where the database has it; SQLite lets only one transaction write, and it has
    begun as one that writes.
    """
    waiting = _days_due(now).select_for_update(skip_locked=True, no_key=True, of=("self",))
    return waiting.filter(pk=user_id).first()


def _days_due(now: datetime) -> QuerySet[User]:
    members = User.objects.filter(_has_turned(now), is_active=True, member__isnull=False)
    return members.order_by(F("day_turns_at").asc(nulls_first=True), "pk")


def _has_turned(now: datetime) -> Q:
    """Also what turns later than any day does: it was set by a clock that ran ahead."""
    ahead = Q(day_turns_at__gt=now + LONGEST_DAY)
    return Q(day_turns_at__lte=now) | Q(day_turns_at=None) | ahead


def find_days(now: datetime) -> list[int]:
    return list(_days_due(now).values_list("pk", flat=True))


def oldest_day(now: datetime) -> datetime | None:
    due = _days_due(now).filter(day_turns_at__lte=now)
    return due.values_list("day_turns_at", flat=True).first()


def find_purge(now: datetime) -> list[int]:
    last = Heartbeat.last(Heartbeat.PURGE)
    return [] if last and abs(now - last) < PURGES_EVERY else [EVERYTHING]


def oldest_purge(now: datetime) -> datetime | None:
    last = Heartbeat.last(Heartbeat.PURGE)
    return last + PURGES_EVERY if last and find_purge(now) else None


def purge(_: list[int], now: datetime) -> str:
    """Empty the trash of what has lain in it long enough, and forget old looks, once a day."""
    if not find_purge(now):
        return "done already"
    Heartbeat.beat(Heartbeat.PURGE, now)
    forgotten = purge_looks(now)
    return f"{sum(trash.purge(now).values()) + forgotten} things are gone for good"


def _act_on_days(user_ids: list[int], now: datetime) -> str:
    swept = turn_days(user_ids, now)
    return f"{len(user_ids)} days turned, {swept.made} nudges made, {swept.ended} ended"


def _act_on_digests(user_ids: list[int], now: datetime) -> str:
    return _counted(delivering.start(user_ids, now))


def _act_on_deliveries(delivery_ids: list[int], now: datetime) -> str:
    return _counted(delivering.deliver_all(delivery_ids, now))


def _counted(states: Counter[str]) -> str:
    return ", ".join(f"{number} {state}" for state, number in states.items()) or "nothing to do"


DUTIES = [
    Duty("turn_days", find=find_days, act=_act_on_days, oldest=oldest_day),
    # One at a time: each may wait for the mail server.
    Duty(
        "digests",
        find=delivering.find_due_users,
        act=_act_on_digests,
        oldest=delivering.oldest_due_user,
        at_once=1,
    ),
    Duty(
        "deliveries",
        find=delivering.find_ready,
        act=_act_on_deliveries,
        oldest=delivering.oldest_ready,
        at_once=1,
    ),
    Duty("replies", find=mailbox.find_look, act=mailbox.look, oldest=mailbox.oldest_look),
    Duty("purge", find=find_purge, act=purge, oldest=oldest_purge),
]
