"""Did everything fire? For any day of the last month: what was due, and what became of it.

Nothing of it is written down for the purpose. What waited on a day follows from the nudges as they
are stored, and what showed then from the queue's own order and choice, both pure functions
(`ranking.order`, `ranking.pick`): asked again for that day, they say why somebody was held back.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import F, Q, QuerySet

from contacts.discretion import hushed
from contacts.models import Contact, Fact
from crm.clocks import DAY
from crm.local_time import instant_of
from crm.models import User
from followups import care, ranking, reasons
from followups.models import Answer, Delivery, Nudge
from followups.ranking import Place, Waiting

DAYS = 30
# So many of those who were held back are named.
NAMED = 20
# A mail that left so long after its time was late.
PUNCTUAL = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Line:
    """One reason that was due: what it was, what became of it, and why it was late or held back."""

    contact: Contact
    what: str
    became: str
    why: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of one mail, in sentences."""

    delivery: Delivery
    said: str
    tone: str


@dataclass(frozen=True, slots=True)
class Day:
    """`shown` and `held` in the order of the queue; `unnamed` more were held back."""

    on: date
    mails: list[Posted]
    shown: list[Line]
    held: list[Line]
    unnamed: int


def look(user: User, on: date, *, today: date) -> Day:
    """What was due for `user` on `on`, their own local date; fourteen queries at most."""
    gone = care.read_gone(user)
    rows = _waiting_on(user, on)
    silent = [row for row in rows if gone.silence(row.contact_id, row.kind)]
    ordered = ranking.order([row for row in rows if row not in silent], on)
    is_resting = _rested(user, on)
    picked = ranking.pick(ordered, room=0 if is_resting else user.people_a_day)
    held = _rest(ordered, picked)
    unsettled = care.read_unsettled(user, between=_day_of(user, on))
    sayer = _Sayer(user, on, today, unsettled)
    load = "A day off." if is_resting else f"More than the {user.people_a_day} a day you take on."
    return Day(
        on=on,
        mails=[say(row, user, today) for row in _mails(user, on)],
        shown=sayer.lines(_ids(picked), why=lambda _: ""),
        held=[
            *sayer.lines([row.pk for row in silent], why=lambda _: "They have died."),
            *sayer.lines(_ids(held[:NAMED]), why=lambda _: load),
        ],
        unnamed=max(len(held) - NAMED, 0),
    )


def _mails(user: User, on: date) -> QuerySet[Delivery]:
    return Delivery.objects.visible_to(user).filter(local_date=on)


def _waiting_on(user: User, on: date) -> list[Waiting]:
    """The nudges that waited for an answer on `on`, as the queue orders them."""
    begins, ends = _day_of(user, on)
    asleep = Q(answer__kind=Answer.Kind.SNOOZED, answer__on__lt=on, show_on__gt=on)
    touched_before = Q(state=Nudge.State.DONE, answer=None, ended_at__lt=ends)
    nudges = Nudge.objects.visible_to(user).filter(
        Q(ended_at=None) | Q(ended_at__gte=begins),
        Q(expires_on=None) | Q(expires_on__gt=on),
        Q(show_on__lte=on) | Q(answer__kind=Answer.Kind.SNOOZED, occurrence_on__lte=on),
        Q(life_event=None) | Q(life_event__trashed_at=None),
        Q(promise=None) | Q(promise__owner=user),
        contact__keeper=user,
        contact__trashed_at=None,
        made_at__lt=ends,
    )
    nudges = nudges.exclude(asleep).exclude(touched_before, kind__in=Nudge.BY_CONTACT)
    rows = nudges.annotate(circle=F("contact__circle"))
    wanted = ("pk", "contact_id", "kind", "occurrence_on", "latest_on", "circle")
    return [Waiting(*row) for row in rows.values_list(*wanted)]


def _day_of(user: User, on: date) -> tuple[datetime, datetime]:
    """When `user`'s date `on` begins and ends."""
    zone = user.zone
    return instant_of(on, time.min, zone), instant_of(on + DAY, time.min, zone)


def _rested(user: User, on: date) -> bool:
    away = user.away.filter(starts_on__lte=on, ends_on__gte=on)
    return not user.works_on(on) or away.exists()


type Ranked = list[tuple[Place, list[Waiting]]]


def _rest(ordered: Ranked, picked: Ranked) -> Ranked:
    shown = {place for place, _ in picked}
    return [pair for pair in ordered if pair[0] not in shown]


def _ids(ranked: Ranked) -> list[int]:
    return [nudge.pk for _, nudges in ranked for nudge in nudges]


@dataclass(frozen=True, slots=True)
class _Sayer:
    """Says nudges as they stood on a day."""

    user: User
    on: date
    today: date
    unsettled: care.Unsettled

    def lines(self, ids: list[int], *, why: Callable[[Nudge], str]) -> list[Line]:
        """A line for each of `ids`, in that order; three queries, none if there are none."""
        if not ids:
            return []
        related = ("contact", "life_event__relative", "promise", "issue__company", "answer")
        nudges = Nudge.objects.visible_to(self.user).select_related(*related).in_bulk(ids)
        contacts = {nudge.contact_id for nudge in nudges.values()}
        quiet = self._quiet(contacts)
        sorrows = care.read_guarding(self.user, contacts, self.on)
        lines = []
        for nudge in map(nudges.__getitem__, ids):
            nudge.contact.keeper = self.user
            [reason] = reasons.of(nudge.contact, [nudge], today=self.on, sorrow=None)
            silent = hushed([fact for fact in quiet if fact.contact_id == nudge.contact_id])
            guard = _GUARDS[nudge.contact_id in sorrows, bool(self.unsettled.of(nudge.contact))]
            held = why(nudge) or _held(reason, silent=silent(reason.words), guard=guard)
            lines.append(self._line(nudge, reason, held))
        return lines

    def _quiet(self, contact_ids: set[int]) -> list[Fact]:
        facts = Fact.objects.present().filter(kind=Fact.Kind.DO_NOT_MENTION)
        return list(facts.filter(author=self.user, contact__in=contact_ids))

    def _line(self, nudge: Nudge, reason: reasons.Reason, held: str) -> Line:
        became, tone = self._became(nudge)
        why = " ".join(filter(None, [held, _late_words(nudge)]))
        return Line(nudge.contact, reason.sentence, became, why, tone)

    def _became(self, nudge: Nudge) -> tuple[str, str]:
        if nudge.ended_at is not None:
            ended_on = self.user.today(nudge.ended_at)
            # What passed, and what a touch had answered, ends when the next day turns.
            by_itself = nudge.kind in Nudge.BY_CONTACT and nudge.answer is None
            if nudge.state == Nudge.State.EXPIRED:
                return f"missed{self._when(ended_on - DAY)}", ""
            if by_itself:
                ended_on -= DAY
            word = "left out" if nudge.state == Nudge.State.SKIPPED else "done"
            return f"{word}{self._when(ended_on)}", "good"
        if nudge.state == Nudge.State.SNOOZED and nudge.show_on > self.today:
            return f"put off until {_day(nudge.show_on)}", ""
        return "waits for an answer", ""

    def _when(self, day: date) -> str:
        return "" if day == self.on else f" on {_day(day)}"


# By whether there was a sorrow, and whether something was to be made right.
_GUARDS = {
    (False, False): "",
    (False, True): "While something was to be made right, a gentle word took its place.",
    (True, False): "After a loss or an illness, a gentle word took its place.",
    (True, True): "After a loss or an illness, a gentle word took its place.",
}


def _held(reason: reasons.Reason, *, silent: bool, guard: str) -> str:
    """Why something that was due was not said; one's word and what went wrong always are."""
    if silent:
        return "You asked not to mention it."
    is_said = reason.promise or reason.issue or reason.tone == "gentle"
    return "" if is_said else guard


def _late_words(nudge: Nudge) -> str:
    if not nudge.late:
        return ""
    return f"It was due on {_day(nudge.show_on)}; Kept was not running, or did not know of it yet."


# --- Mails -----------------------------------------------------------------------------------


def say(row: Delivery, user: User, today: date) -> Posted:
    """What became of a mail, with the times of `user`'s own clock."""
    clock = _Clock(user, row.local_date)
    due = clock.at(row.due_at)
    match row.state:
        case Delivery.State.SENT:
            late = clock.at(row.ended_at) if row.ended_at else ""
            said = f"Sent at {late}.{_why_late(row, due)}"
            return Posted(row, said, "good")
        case Delivery.State.REFUSED if row.why:
            said = f"Due at {due}, and given up after {row.tries} tries: {row.get_why_display()}"
            return Posted(row, said, "owed")
        case Delivery.State.REFUSED:
            return Posted(row, f"Due at {due}, and refused by the mail server.", "owed")
        case Delivery.State.UNKNOWN:
            said = f"Due at {due}. Nobody knows whether it arrived, so it was not sent again."
            return Posted(row, f"{said} What it said is here, and in the next.", "owed")
        case Delivery.State.SKIPPED:
            return Posted(row, f"Due at {due}, and left out. {row.get_why_display()}", "")
    if row.tries and row.next_try_at and row.state == Delivery.State.DUE:
        said = f"Due at {due}. Kept tries again at {clock.at(row.next_try_at)}."
        return Posted(row, said, "owed")
    return Posted(row, f"Due at {due}, and on its way.", "")


def _why_late(row: Delivery, due: str) -> str:
    if row.ended_at is None or row.ended_at - row.due_at < PUNCTUAL:
        return ""
    if row.made_at - row.due_at >= PUNCTUAL:
        return f" It was due at {due}; Kept was not running then."
    if row.tries > 1:
        return f" It was due at {due}, and taken at try {row.tries}."
    return f" It was due at {due}, and waited for its turn."


@dataclass(frozen=True, slots=True)
class _Clock:
    """Says instants as times of a user's date, with the date where it is another."""

    user: User
    day: date

    def at(self, when: datetime) -> str:
        local = when.astimezone(self.user.zone)
        return f"{local:%H:%M}" if local.date() == self.day else f"{local:%H:%M} on {_day(local)}"


def _day(day: date) -> str:
    return f"{day.day} {day:%b}"
