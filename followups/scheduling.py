"""Makes nudges of everything that falls due. May run twice, in two places, or after a crash.

Whatever can fall due carries `wake_on`, the next date on which it must be looked at: the cost of a
sweep follows what is due, not how many contacts there are. Each `make_*` reads what has woken for
one keeper, inserts its nudges (a no-op where they exist already) and sets the next `wake_on`, in
one transaction.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet

from contacts import cadence
from contacts.models import Circle, Contact, LifeEvent, LifeEventKind
from crm.local_time import day_in
from crm.models import User
from followups.issue_nudges import Watch
from followups.models import Issue, Nudge, Promise
from followups.occasions import (
    FORGOTTEN,
    Moment,
    Rule,
    asks_on,
    moments,
    next_moment_on,
    rule_of,
)

BATCH = 500
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep did: nudges made, and open ones that ended by themselves."""

    made: int = 0
    ended: int = 0

    def __add__(self, other: "Swept") -> "Swept":
        return Swept(self.made + other.made, self.ended + other.ended)


def sweep(now: datetime) -> Swept:
    """Bring every active member up to date at the instant `now`, each in their own zone."""
    members = User.objects.filter(is_active=True, member__isnull=False)
    done = Swept()
    for zone in members.order_by("time_zone").values_list("time_zone", flat=True).distinct():
        inside = members.filter(time_zone=zone)
        today = day_in(ZoneInfo(zone), now)
        done += Swept(ended=_end_what_has_passed(inside, today=today, now=now))
        for keeper in inside.filter(has_woken(today)).select_related("member__team"):
            done += Swept(made=sweep_keeper(keeper, today=today, now=now))
    return done


def turn_some(keeper: User, *, today: date, now: datetime) -> tuple[Swept, bool]:
    """Bring one keeper nearer to `today`: end what has passed, make a batch of what is due.

    Returns what it did, and whether that was all. So little at a time keeps transactions short
    after months in which nothing ran: on SQLite everybody else waits to write meanwhile.
    """
    ended = _end_what_has_passed(User.objects.filter(pk=keeper.pk), today=today, now=now)
    made, is_all = _sweep_some(keeper, today=today, now=now)
    return Swept(made=made, ended=ended), is_all


def sweep_keeper(keeper: User, *, today: date, now: datetime) -> int:
    """Make all that has fallen due for one keeper by `today`; returns how many nudges are new."""
    made, is_all = 0, False
    while not is_all:
        new, is_all = _sweep_some(keeper, today=today, now=now)
        made += new
    return made


def _sweep_some(keeper: User, *, today: date, now: datetime) -> tuple[int, bool]:
    """A batch of each kind: how many nudges are new, and whether nothing is left."""
    makers = (
        make_issue_nudges,
        make_promise_nudges,
        make_occasion_nudges,
        make_contact_nudges,
    )
    done = [make(keeper, today=today, now=now) for make in makers]
    return sum(new for _, new in done), all(looked_at < BATCH for looked_at, _ in done)


def has_woken(today: date) -> Q:
    """A condition on users: in their book, or among their team's issues, something must be looked
    at on `today`."""
    return Q(
        Exists(_woken_events(today).filter(author=OuterRef("pk")))
        | Exists(_woken_contacts(today).filter(keeper=OuterRef("pk")))
        | Exists(_woken_promises(today).filter(owner=OuterRef("pk")))
        | Exists(_woken_issues(today).filter(team=OuterRef("member__team")))
    )


def _woken_events(today: date) -> QuerySet[LifeEvent]:
    return LifeEvent.objects.present().filter(wake_on__lte=today).order_by("wake_on", "pk")


def _woken_contacts(today: date) -> QuerySet[Contact]:
    return Contact.objects.present().filter(wake_on__lte=today).order_by("wake_on", "pk")


def _woken_promises(today: date) -> QuerySet[Promise]:
    return Promise.objects.filter(wake_on__lte=today).order_by("wake_on", "pk")


def _woken_issues(today: date) -> QuerySet[Issue]:
    return Issue.objects.filter(wake_on__lte=today).order_by("wake_on", "pk")


def _locked[M: Model](rows: QuerySet[M]) -> QuerySet[M]:
    """The rows, kept from changing until they sleep: else what somebody has just moved would not
    wake again. SQLite needs no lock, for only one transaction at a time writes there."""
    return rows.select_for_update(of=("self",), no_key=True)


@transaction.atomic
def make_issue_nudges(keeper: User, *, today: date, now: datetime) -> tuple[int, int]:
    """Nudge everybody who keeps somebody there for the open issues of `keeper`'s team.

    Returns (looked at, made). An open issue is looked at once a day: who keeps somebody there may
    change without its hearing of it.
    """
    woken = list(_locked(_woken_issues(today).filter(team=keeper.team_id))[:BATCH])
    open_ones = [issue for issue in woken if issue.is_open]
    watch = Watch.read(open_ones)
    made = _insert([row for issue in open_ones for row in watch.rows(issue, today, now)])
    Issue.objects.filter(pk__in=[issue.pk for issue in open_ones]).update(wake_on=today + DAY)
    return len(woken), made


@transaction.atomic
def make_promise_nudges(keeper: User, *, today: date, now: datetime) -> tuple[int, int]:
    """Nudge for open promises that have come due; returns (looked at, made)."""
    woken = list(_locked(_woken_promises(today).filter(owner=keeper))[:BATCH])
    rows = [
        Nudge(
            keeper=keeper,
            contact_id=promise.contact_id,
            kind=Nudge.Kind.PROMISE if promise.is_mine else Nudge.Kind.OWED,
            source=f"promise:{promise.pk}",
            promise=promise,
            occurrence_on=promise.wake_on,
            show_on=promise.wake_on,
            latest_on=promise.wake_on,
            late=promise.wake_on < today,
            made_at=now,
        )
        for promise in woken
        if promise.is_open and promise.wake_on
    ]
    made = _insert(rows)
    _sleep(Promise, woken)
    return len(woken), made


@transaction.atomic
def make_occasion_nudges(keeper: User, *, today: date, now: datetime) -> tuple[int, int]:
    """Nudge for the moments of life events that have come; returns (looked at, made)."""
    woken = list(
        _locked(_woken_events(today).filter(author=keeper).select_related("contact"))[:BATCH]
    )
    dead = Dead.among({event.contact_id for event in woken})
    rules: dict[int, Rule] = {}
    rows: list[Nudge] = []
    for event in woken:
        waking, event.wake_on = event.wake_on or today, None
        if event.contact.keeper_id == keeper.pk and not dead.silence(event):
            rule = rules[event.pk] = rule_of(event, sends_card=_sends_card(event))
            rows += _occasion_rows(event, rule, waking=waking, today=today, now=now)
            event.wake_on = next_moment_on(rule, today)
    _withdraw(woken, rules)
    made = _insert(rows)
    LifeEvent.objects.bulk_update(woken, ["wake_on"], batch_size=BATCH)
    return len(woken), made


@transaction.atomic
def make_contact_nudges(keeper: User, *, today: date, now: datetime) -> tuple[int, int]:
    """Nudge for cadences that have come round, and for loyal customers left alone."""
    woken = list(_locked(_woken_contacts(today).filter(keeper=keeper))[:BATCH])
    dead = Dead.among({contact.pk for contact in woken})
    alive = [contact for contact in woken if contact.pk not in dead.contacts]
    made = _insert([_contact_row(keeper, contact, today, now) for contact in alive])
    _sleep(Contact, woken)
    return len(woken), made


@dataclass(frozen=True, slots=True)
class Dead:
    """Contacts and relatives who have died: they have no birthdays."""

    contacts: frozenset[int]
    relatives: frozenset[int]

    @classmethod
    def among(cls, contact_ids: Iterable[int]) -> "Dead":
        deaths = LifeEvent.objects.present().filter(
            Q(kind=LifeEventKind.DEATH, relative=None)
            | Q(kind__in=[LifeEventKind.BEREAVEMENT, LifeEventKind.DEATH], relative__isnull=False),
            contact_id__in=list(contact_ids),
        )
        rows = list(deaths.values_list("contact_id", "relative_id"))
        return cls(
            contacts=frozenset(contact for contact, relative in rows if relative is None),
            relatives=frozenset(relative for _, relative in rows if relative is not None),
        )

    def silence(self, event: LifeEvent) -> bool:
        """Whether death has made the event something not to be mentioned."""
        if event.contact_id in self.contacts:
            return True
        is_sorrow = event.kind in (LifeEventKind.BEREAVEMENT, LifeEventKind.DEATH)
        return event.relative_id in self.relatives and not is_sorrow


def _sends_card(event: LifeEvent) -> bool:
    """Birthdays and anniversaries of the inner circle are worth a card in the post."""
    festive = event.kind in (LifeEventKind.BIRTHDAY, LifeEventKind.ANNIVERSARY)
    return festive and event.relative_id is None and event.contact.circle == Circle.INNER


def _occasion_rows(
    event: LifeEvent, rule: Rule, *, waking: date, today: date, now: datetime
) -> list[Nudge]:
    first = max(waking, today - FORGOTTEN)
    return [
        _occasion_row(event, moment, today=today, now=now) for moment in moments(rule, first, today)
    ]


def _withdraw(events: list[LifeEvent], rules: dict[int, Rule]) -> None:
    """Take back waiting nudges whose date has been corrected, or whose person has died."""
    waiting = Nudge.objects.filter(state__in=Nudge.WAITING, life_event__in=events)
    wrong = [
        nudge.pk
        for nudge in waiting
        if nudge.life_event_id not in rules
        or not asks_on(rules[nudge.life_event_id], nudge.kind, nudge.occurrence_on)
    ]
    Nudge.objects.filter(pk__in=wrong).delete()


def _occasion_row(event: LifeEvent, moment: Moment, *, today: date, now: datetime) -> Nudge:
    """A moment as a row; one whose time is over already is written down as missed."""
    over = moment.until <= today
    show_on = max(moment.show_on, event.noted_on)
    return Nudge(
        keeper_id=event.author_id,
        contact_id=event.contact_id,
        kind=moment.kind,
        source=f"life_event:{event.pk}",
        life_event=event,
        occurrence_on=moment.on,
        show_on=show_on,
        expires_on=moment.until,
        latest_on=moment.on,
        late=show_on < today,
        state=Nudge.State.EXPIRED if over else Nudge.State.OPEN,
        made_at=now,
        ended_at=now if over else None,
    )


def _contact_row(keeper: User, contact: Contact, today: date, now: datetime) -> Nudge:
    woke = contact.wake_on or today
    days = contact.cadence
    latest = woke
    if days is not None:
        touched = contact.last_touch_at is not None
        latest = cadence.latest_on(due=woke, days=days, ever_touched=touched)
    return Nudge(
        keeper=keeper,
        contact=contact,
        kind=Nudge.Kind.LOYAL if days is None else Nudge.Kind.CADENCE,
        source=f"contact:{contact.pk}",
        occurrence_on=woke,
        show_on=woke,
        latest_on=latest,
        late=woke < today,
        made_at=now,
    )


def _insert(rows: list[Nudge]) -> int:
    """Insert what is not there yet; returns how many were new."""
    keys = {
        (row.keeper_id, row.contact_id, row.kind, row.source, row.occurrence_on): row
        for row in rows
    }
    there = Nudge.objects.filter(
        keeper__in={row.keeper_id for row in rows}, source__in={row.source for row in rows}
    )
    for key in there.values_list("keeper", "contact", "kind", "source", "occurrence_on"):
        keys.pop(key, None)
    Nudge.objects.bulk_create(keys.values(), ignore_conflicts=True)
    return len(keys)


def _sleep(model: type[Promise] | type[Contact], woken: list[Promise] | list[Contact]) -> None:
    """Nothing more to look at until one of their own verbs sets `wake_on` again."""
    model._default_manager.filter(pk__in=[row.pk for row in woken]).update(wake_on=None)


def _end_what_has_passed(keepers: QuerySet[User], *, today: date, now: datetime) -> int:
    """Write down as missed what nobody answered in time, as done what a touch has answered."""
    waiting = Nudge.objects.filter(keeper__in=keepers, state__in=Nudge.WAITING)
    missed = waiting.filter(expires_on__lte=today)
    answered = waiting.filter(kind__in=Nudge.BY_CONTACT).exclude(contact__due_on=F("occurrence_on"))
    return missed.update(state=Nudge.State.EXPIRED, ended_at=now) + answered.update(
        state=Nudge.State.DONE, ended_at=now
    )
