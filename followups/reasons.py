"""Sentences for the queue, built from stored facts and saying where they come from.

Pure functions: rows and `today` in, words out. Nothing is invented: a sentence holds only what is
stored, an age only where the year is known.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from contacts.ages import last_day_of
from contacts.models import Contact, LifeEvent, LifeEventKind
from contacts.partial_dates import turning
from followups import wording
from followups.care import guard_days
from followups.due_words import say_due
from followups.models import Issue, Nudge, Promise
from followups.occasions import one_off, rule_of
from followups.wording import capital, day, long_time


@dataclass(frozen=True, slots=True)
class Reason:
    """Why to reach out: `strong` leads the sentence `text`; `whence` says how it is known.

    `on` is the occurrence, `late` whether it is past; `tone` is trouble, owed, glad, touch or
    gentle. `nudge_id` is 0 for what is said though nothing reminded of it.
    """

    kind: str
    strong: str
    text: str
    whence: str
    on: date
    late: bool
    tone: str
    icon: str
    nudge_id: int
    promise: Promise | None = None
    issue: Issue | None = None

    @property
    def css(self) -> str:
        return {"glad": "occasion", "gentle": "touch"}.get(self.tone, self.tone)

    @property
    def words(self) -> str:
        """What it says, without where that comes from."""
        if self.text.startswith((",", ";")):
            return f"{self.strong}{self.text}"
        return f"{self.strong} {self.text}"

    @property
    def sentence(self) -> str:
        """The whole of it in plain text."""
        return f"{self.words} ({self.whence})" if self.whence else self.words


def of(
    contact: Contact,
    nudges: list[Nudge],
    *,
    today: date,
    sorrow: LifeEvent | None,
    wrongs: Sequence[Issue] = (),
) -> list[Reason]:
    """A contact's reasons in the order of their nudges, what is to be made right before all.

    `wrongs` are the open issues that concern the contact, said whether or not a nudge reminds of
    them. After a sorrow and while something is open, good cheer and business stand back.
    """
    first = _of_issues(contact, nudges, wrongs, today)
    others = [nudge for nudge in nudges if nudge.issue is None]
    said = [_reason(contact, nudge, today) for nudge in _each_event_once(others)]
    if sorrow is None and not wrongs:
        return [*first, *said]
    kept = [r for r in said if r.promise or r.tone == "gentle"]
    held = [r for r in said if not r.promise and r.tone != "gentle"]
    if held and sorrow is not None:
        kept.append(_gentle(contact, held[0], sorrow, today))
    elif held:
        kept.append(_not_before_it_is_right(contact, held[0]))
    return [*first, *kept]


def _of_issues(
    contact: Contact, nudges: list[Nudge], wrongs: Sequence[Issue], today: date
) -> list[Reason]:
    """Each issue once, with the nudge that reminds of it if there is one."""
    by_issue = {nudge.issue: nudge for nudge in nudges if nudge.issue is not None}
    issues = [*wrongs, *(issue for issue in by_issue if issue not in wrongs)]
    return [_of_issue(contact, issue, by_issue.get(issue), today) for issue in issues]


def _each_event_once(nudges: list[Nudge]) -> list[Nudge]:
    """An event of the last days and the question how it went are one reason, said as the latter."""
    latest: dict[int, Nudge] = {}
    for nudge in nudges:
        if nudge.life_event_id is not None:
            other = latest.get(nudge.life_event_id, nudge)
            latest[nudge.life_event_id] = max(nudge, other, key=lambda n: (n.occurrence_on, n.pk))
    kept = {nudge.pk for nudge in latest.values()}
    return [nudge for nudge in nudges if nudge.life_event_id is None or nudge.pk in kept]


def _reason(contact: Contact, nudge: Nudge, today: date) -> Reason:
    if nudge.promise is not None:
        return _of_promise(contact, nudge, nudge.promise, today)
    if nudge.life_event is not None:
        return _of_event(contact, nudge, nudge.life_event, today)
    if nudge.kind == Nudge.Kind.NEXT:
        return _of_next(contact, nudge, today)
    if nudge.kind == Nudge.Kind.LOYAL:
        return _of_loyal(contact, nudge, today)
    return _of_cadence(contact, nudge, today)


# --- Something to make right -----------------------------------------------------------------


def _of_issue(contact: Contact, issue: Issue, nudge: Nudge | None, today: date) -> Reason:
    opened_on = contact.keeper.today(issue.opened_at)
    where = f", for {issue.company} as a whole" if issue.company else ""
    return Reason(
        kind=Nudge.Kind.ISSUE,
        strong="Make it right first:",
        text=f"{wording.after_colon(issue.gist, contact)}{where}",
        whence=f"{issue.get_severity_display().lower()}, opened on {day(opened_on, today)}",
        on=nudge.occurrence_on if nudge else opened_on,
        late=False,
        tone="trouble",
        icon="life-buoy",
        nudge_id=nudge.pk if nudge else 0,
        issue=issue,
    )


def _not_before_it_is_right(contact: Contact, held: Reason) -> Reason:
    """A quiet word in place of good cheer and business, standing for the nudge it replaces."""
    return replace(
        held,
        kind="gentle",
        strong=f"Go gently with {contact.first_name}:",
        text="no good cheer and no business until this is right",
        whence="",
        tone="gentle",
        icon="hand-heart",
    )


# --- One's word ------------------------------------------------------------------------------


def _of_promise(contact: Contact, nudge: Nudge, promise: Promise, today: date) -> Reason:
    name = contact.first_name
    said = wording.after_colon(promise.text, contact)
    return Reason(
        kind=nudge.kind,
        strong=f"You promised {name}:" if promise.is_mine else f"{name} promised you:",
        text=f"{said}, {_due_words(promise.due_on, today)}",
        whence=f"promised on {day(promise.made_on, today)}",
        on=promise.due_on or nudge.occurrence_on,
        late=promise.is_overdue(today),
        tone="owed" if promise.is_mine else "touch",
        icon="handshake",
        nudge_id=nudge.pk,
        promise=promise,
    )


def _due_words(due: date | None, today: date) -> str:
    if due is None:
        return "with no date set"
    return f"{'was due' if due < today else 'due'} {say_due(due, today)}"


# --- Occasions -------------------------------------------------------------------------------


def _of_event(contact: Contact, nudge: Nudge, event: LifeEvent, today: date) -> Reason:
    on = nudge.occurrence_on
    over = last_day_of(event.when, on) < today
    strong, text = _event_words(contact, event, on, today, over=over)
    is_ahead = nudge.kind == Nudge.Kind.PREPARE
    return Reason(
        kind=nudge.kind if is_ahead else event.kind,
        strong=strong,
        text=f"{text}: time to post a card" if is_ahead else text,
        whence=f"you noted on {day(event.noted_on, today)}",
        on=on,
        late=over,
        tone="gentle" if guard_days(event) else "glad",
        icon=event.nature.icon,
        nudge_id=nudge.pk,
    )


def _event_words(
    contact: Contact, event: LifeEvent, on: date, today: date, *, over: bool
) -> tuple[str, str]:
    """What leads and what follows: ("His birthday", "is today; he turns 52")."""
    if _is_echo(event, on):
        return f"{capital(wording.since(contact, event, today))}:", _ask_how(contact, event)
    when = f"{'was' if over else 'is'} {wording.day_of(event, on, today)}"
    years = _years_words(contact, event, on, over=over)
    return capital(wording.what(contact, event)), when + years


def _is_echo(event: LifeEvent, on: date) -> bool:
    """A day on which to ask how it went."""
    return not event.yearly and on > one_off(rule_of(event))


def _ask_how(contact: Contact, event: LifeEvent) -> str:
    match event.kind:
        case LifeEventKind.TRIP:
            return "ask how it was"
        case LifeEventKind.NEW_JOB:
            return "ask how it is going"
    if event.relative_id and event.kind in (LifeEventKind.SURGERY, LifeEventKind.ILLNESS):
        return "ask how things are"
    return f"ask {wording.how_they_are(contact)}"


def _years_words(contact: Contact, event: LifeEvent, on: date, *, over: bool) -> str:
    """ "; he turns 52", "; ten years"; empty where nobody knows."""
    years = turning(event.when, on.year) if event.yearly else None
    if not years:
        return ""
    if event.kind == LifeEventKind.BIRTHDAY:
        return f"; {wording.turns(contact, event.relative, past=over)} {years}"
    return f"; {wording.count(years, 'year')}"


# --- Being in touch --------------------------------------------------------------------------


def _of_cadence(contact: Contact, nudge: Nudge, today: date) -> Reason:
    often = wording.every(contact.cadence or 1)
    last = contact.last_touch_on()
    if last is None:
        return _plain(nudge, "You have not spoken yet;", f"you mean to {often}", "clock", today)
    ago = long_time((today - last).days)
    means = f"you meant to {wording.without_unit(often, ago)}"
    said = _plain(nudge, f"{capital(ago)} since you spoke;", means, "clock", today)
    return replace(said, whence=f"last on {day(last, today)}")


def _of_loyal(contact: Contact, nudge: Nudge, today: date) -> Reason:
    since = contact.customer_since or today.year
    years = wording.count(today.year - since, "year")
    last = contact.last_touch_on()
    spoke = f"{long_time((today - last).days)} since you spoke" if last else "you have not spoken"
    said = _plain(nudge, f"A customer for {years};", spoke, "heart", today)
    whence = f"since {since}, last on {day(last, today)}" if last else f"since {since}"
    return replace(said, whence=whence)


def _of_next(contact: Contact, nudge: Nudge, today: date) -> Reason:
    when = say_due(nudge.occurrence_on, today)
    said = _plain(nudge, "You meant to be in touch", when, "clock", today)
    return replace(said, whence=f"you decided on {day(contact.keeper.today(nudge.made_at), today)}")


def _plain(nudge: Nudge, strong: str, text: str, icon: str, today: date) -> Reason:
    return Reason(
        kind=nudge.kind,
        strong=strong,
        text=text,
        whence="",
        on=nudge.occurrence_on,
        late=nudge.occurrence_on < today,
        tone="touch",
        icon=icon,
        nudge_id=nudge.pk,
    )


# --- After a sorrow --------------------------------------------------------------------------


def _gentle(contact: Contact, held: Reason, sorrow: LifeEvent, today: date) -> Reason:
    """A quiet word in place of good cheer, standing for the nudge it replaces."""
    return replace(
        held,
        kind="gentle",
        strong=f"Go gently with {contact.first_name}:",
        text=f"{wording.since(contact, sorrow, today)}; a quiet word, no good cheer",
        whence=f"you noted on {day(sorrow.noted_on, today)}",
        tone="gentle",
        icon="hand-heart",
    )
