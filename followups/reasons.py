"""Sentences for the queue, built from stored facts and saying where they come from.

Pure functions: rows and `today` in, words out. Nothing is invented: a sentence holds only what is
stored, an age only where the year is known.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from contacts.discretion import hushed
from contacts.models import Contact, Fact, LifeEvent, LifeEventKind
from contacts.partial_dates import turning
from followups.due_words import say_due
from followups.models import Nudge, Promise

# Life events are asked about this long before and after.
_AHEAD = timedelta(days=60)
_AFTER = timedelta(days=30)
MOST_ASKS = 3
MOST_MINDS = 2


@dataclass(frozen=True, slots=True)
class Reason:
    """Why to reach out: `strong` leads the sentence `text`; `whence` says how it is known.

    `on` is the occurrence, `late` whether it is past; `tone` is owed, glad, touch or gentle.
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

    @property
    def css(self) -> str:
        return {"glad": "occasion", "gentle": "touch"}.get(self.tone, self.tone)

    @property
    def sentence(self) -> str:
        """The whole of it in plain text."""
        said = " ".join(part for part in (self.strong, self.text) if part)
        return f"{said} ({self.whence})" if self.whence else said


@dataclass(frozen=True, slots=True)
class Ask:
    """Something to ask about or to mind, and where it comes from."""

    text: str
    whence: str

    @property
    def sentence(self) -> str:
        return f"{self.text} ({self.whence})" if self.whence else self.text


def of(
    contact: Contact, nudges: list[Nudge], *, today: date, sorrow: LifeEvent | None
) -> list[Reason]:
    """A contact's reasons in the order of their nudges; after a sorrow, gentle ones."""
    said = [_reason(contact, nudge, today) for nudge in nudges]
    if sorrow is None:
        return said
    kept = [r for r in said if r.tone in ("owed", "gentle")]
    held = [r for r in said if r.tone not in ("owed", "gentle")]
    return [*kept, _gentle(contact, held[0], sorrow, today)] if held else kept


def _reason(contact: Contact, nudge: Nudge, today: date) -> Reason:
    if nudge.promise is not None:
        return _of_promise(contact, nudge, nudge.promise, today)
    if nudge.life_event is not None:
        return _of_event(contact, nudge, nudge.life_event, today)
    if nudge.kind == Nudge.Kind.NEXT:
        return _of_next(nudge, today)
    if nudge.kind == Nudge.Kind.LOYAL:
        return _of_loyal(contact, nudge, today)
    return _of_cadence(contact, nudge, today)


def _of_promise(contact: Contact, nudge: Nudge, promise: Promise, today: date) -> Reason:
    name = contact.first_name
    due = promise.due_on
    when = f"due {say_due(due, today)}" if due else "no date was set"
    if due and due < today:
        when = f"was due {say_due(due, today)}"
    lead = f"You promised {name}:" if promise.is_mine else f"{name} promised you:"
    return Reason(
        kind=nudge.kind,
        strong=lead,
        text=f"{_lower_first(promise.text)}, {when}",
        whence=f"promised on {day(promise.made_on)}",
        on=due or nudge.occurrence_on,
        late=promise.is_overdue(today),
        tone="owed" if promise.is_mine else "touch",
        icon="handshake",
        nudge_id=nudge.pk,
        promise=promise,
    )


def _of_event(contact: Contact, nudge: Nudge, event: LifeEvent, today: date) -> Reason:
    on = nudge.occurrence_on
    strong, text = _event_words(contact, event, on, today)
    if nudge.kind == Nudge.Kind.PREPARE:
        text = f"{text}: time to post a card"
    is_sad = event.nature.guards > 0
    return Reason(
        kind=event.kind if nudge.kind == Nudge.Kind.OCCASION else nudge.kind,
        strong=strong,
        text=text,
        whence=f"you noted on {day(event.noted_on)}",
        on=on,
        late=on < today,
        tone="gentle" if is_sad else "glad",
        icon=event.nature.icon,
        nudge_id=nudge.pk,
    )


def _event_words(contact: Contact, event: LifeEvent, on: date, today: date) -> tuple[str, str]:
    """What leads and what follows: ("His birthday", "is today; turns 52")."""
    what = _what(contact, event)
    strong = what[0].upper() + what[1:]
    if event.kind == LifeEventKind.BIRTHDAY:
        return strong, _birthday_words(event, on, today)
    if not event.yearly and event.happens_on and on > event.happens_on:
        return strong, f"was {long_time((on - event.happens_on).days)} before: ask how it is going"
    be = "was" if on < today else "is"
    return strong, f"{be} {_when_of(event, on, today)}{_years(event, on)}"


def _birthday_words(event: LifeEvent, on: date, today: date) -> str:
    age = turning(event.when, on.year)
    be, turns = ("was", "turned") if on < today else ("is", "turns")
    words = f"{be} {_when_of(event, on, today)}"
    return f"{words}; {turns} {age}" if age else words


def _when_of(event: LifeEvent, on: date, today: date) -> str:
    """The day, or no more of it than is known."""
    if event.day is not None:
        return say_due(on, today)
    if event.month is not None:
        return f"in {on:%B}"
    return f"in {on.year}"


def _years(event: LifeEvent, on: date) -> str:
    years = turning(event.when, on.year) if event.yearly else None
    return f"; {years} years" if years else ""


def _of_cadence(contact: Contact, nudge: Nudge, today: date) -> Reason:
    means = f"you mean to every {long_time(contact.cadence or 0)}"
    last = contact.last_touch_on()
    if last is None:
        return _plain(nudge, "You have not spoken yet;", means, "clock", today)
    ago = long_time((today - last).days)
    strong = f"{ago[0].upper()}{ago[1:]} since you spoke;"
    return replace(_plain(nudge, strong, means, "clock", today), whence=f"last on {day(last)}")


def _of_loyal(contact: Contact, nudge: Nudge, today: date) -> Reason:
    last = contact.last_touch_on()
    spoke = f"you last spoke on {day(last)}" if last else "you have not spoken yet"
    text = f"and {spoke}: do not take {contact.them} for granted"
    return _plain(nudge, f"A customer since {contact.customer_since},", text, "heart", today)


def _of_next(nudge: Nudge, today: date) -> Reason:
    when = say_due(nudge.occurrence_on, today)
    return _plain(nudge, "You meant to be in touch", when, "clock", today)


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


def _gentle(contact: Contact, held: Reason, sorrow: LifeEvent, today: date) -> Reason:
    """A quiet word in place of good cheer, standing for the nudge it replaces."""
    ago = (today - (sorrow.happens_on or today)).days
    when = "today" if ago == 0 else f"{long_time(ago)} ago"
    return replace(
        held,
        kind="gentle",
        strong=f"Go gently with {contact.first_name}:",
        text=f"{_what(contact, sorrow)}, {when}; a quiet word, no good cheer",
        whence=f"you noted on {day(sorrow.noted_on)}",
        tone="gentle",
        icon="hand-heart",
    )


def what_happens(contact: Contact, event: LifeEvent, on: date) -> str:
    """What an occurrence is, for lists: "turns 52", "Emma’s graduation", "10 years married"."""
    years = turning(event.when, on.year) if event.yearly else None
    who = (event.relative.name or str(event.relative)) if event.relative else ""
    if event.kind == LifeEventKind.BIRTHDAY and years:
        return f"{who} turns {years}".strip()
    what = event.title or event.get_kind_display().lower()
    words = f"{_possessive(who)} {what}" if who else what
    return f"{words}, {years} years" if years else words


def asks(contact: Contact, facts: list[Fact], events: list[LifeEvent], *, today: date) -> list[Ask]:
    """What is worth asking about: what is ahead or just past, needs, then interests.

    `facts` come newest first. Whatever touches on something not to be mentioned is left out.
    """
    found = [
        Ask(f"{_what(contact, e)} {_nearness(e, today)}", f"you noted on {day(e.noted_on)}")
        for e in events
        if _is_near(e, today)
    ]
    for kind, words in _ASK_WORDS.items():
        found += [
            Ask(words.format(fact.text), f"you noted on {day(fact.noted_on)}")
            for fact in facts
            if fact.kind == kind
        ]
    silent = hushed(facts)
    return [ask for ask in found if not silent(ask.text)][:MOST_ASKS]


def minds(facts: list[Fact], *, today: date) -> list[Ask]:
    """How they like to be treated, newest first."""
    silent = hushed(facts)
    return [
        Ask(fact.text, f"you noted on {day(fact.noted_on)}")
        for fact in facts
        if fact.kind == Fact.Kind.PREFERENCE and not silent(fact.text)
    ][:MOST_MINDS]


_ASK_WORDS = {
    Fact.Kind.NEED: "what they need: {}",
    Fact.Kind.INTEREST: "{}",
    Fact.Kind.TEAM: "the {}",
}


def _is_near(event: LifeEvent, today: date) -> bool:
    if event.happens_on is None or event.yearly or event.nature.guards:
        return False
    return today - _AFTER <= event.happens_on <= today + _AHEAD


def _nearness(event: LifeEvent, today: date) -> str:
    on = event.happens_on or today
    be = "was" if on < today else "is"
    return f"{be} {_when_of(event, on, today)}"


def _what(contact: Contact, event: LifeEvent) -> str:
    """Whose and what: "her daughter Emma’s graduation", "his mother’s death"."""
    what = event.title or event.get_kind_display().lower()
    return f"{_whose(contact, event)} {what}"


def _whose(contact: Contact, event: LifeEvent) -> str:
    """The one it happens to, as an owner: "Tom’s", "his daughter Emma’s"."""
    if event.relative is None:
        return contact.their if contact.pronouns else _possessive(contact.first_name)
    relation = event.relative.get_relation_display().lower()
    return _possessive(f"{contact.their} {relation} {event.relative.name}".strip())


def _possessive(name: str) -> str:
    return f"{name}’s"


def day(on: date) -> str:
    """A date in full as it is said: "3 Oct 2022"."""
    return f"{on.day} {on:%b} {on.year}"


def long_time(days: int) -> str:
    """A stretch of days as it is said: "six days", "three weeks", "five months"."""
    for size, word in ((365, "year"), (30, "month"), (7, "week")):
        if days >= 2 * size:
            return _count(round(days / size), word)
    return _count(days, "day")


def _count(number: int, word: str) -> str:
    said = _NUMBERS[number] if number < len(_NUMBERS) else str(number)
    return f"{said} {word}{'' if number == 1 else 's'}"


_NUMBERS = [
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
]


def _lower_first(text: str) -> str:
    """Promises follow a colon: "Send it" as "send it", but "VAT form" as it is."""
    return text[0].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text
