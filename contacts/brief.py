"""What to know at the door: the same facts as on the page, fewer, and nothing to stumble over."""

from dataclasses import dataclass
from datetime import date, timedelta

from contacts import rows, timeline
from contacts.ages import say_birthday
from contacts.discretion import hushed
from contacts.known import Known, falls_on, is_birthday, is_death
from contacts.models import Fact, LifeEvent, Note
from contacts.rendering import plain_excerpt
from contacts.rows import Row
from crm.models import User

_AHEAD = timedelta(days=60)
_BIRTHDAYS_AHEAD = timedelta(days=14)
_NOTES = 2
_LETTERS = 400


@dataclass(frozen=True, slots=True)
class Said:
    """One of the last notes; `text` is empty where it touches on what is not to be mentioned."""

    note: Note
    text: str


@dataclass(frozen=True, slots=True)
class Brief:
    """`steer_clear` is for the keeper's eyes; nothing else touches on what stands there."""

    birthday: Row | None
    upcoming: list[Row]
    said: list[Said]
    family: list[Row]
    likes: list[Row]
    needs: list[Row]
    steer_clear: list[str]


def of(known: Known, viewer: User) -> Brief:
    """The brief on what is `known` to `viewer`; two queries, for the notes."""
    quiet = hushed(known.facts)
    today = known.today

    def spoken(found: list[Row]) -> list[Row]:
        return [row for row in found if not quiet(f"{row.text} {row.small}")]

    def facts(*kinds: str) -> list[Row]:
        return spoken([rows.fact_row(fact, today) for fact in known.facts_of(*kinds)])

    soon = [e for e in known.coming if falls_on(e, today) <= today + _AHEAD]
    soon = sorted([*soon, *_birthdays_soon(known)], key=lambda e: (falls_on(e, today), e.pk))
    family = [rows.relative_row(each, known.events_of(each), today) for each in known.relatives]
    birthday = known.birthday
    return Brief(
        birthday=rows.birthday_row(birthday, today) if birthday and not known.died else None,
        upcoming=spoken([_coming(event, today) for event in soon]),
        said=_last_said(known, viewer),
        family=spoken(family),
        likes=facts(Fact.Kind.TEAM, Fact.Kind.PREFERENCE, Fact.Kind.INTEREST, Fact.Kind.OTHER),
        needs=facts(Fact.Kind.NEED),
        steer_clear=[fact.text for fact in known.facts_of(Fact.Kind.DO_NOT_MENTION)],
    )


def _coming(event: LifeEvent, today: date) -> Row:
    if not is_birthday(event):
        return rows.event_row(event, today)
    whose = f"{event.relative}: birthday" if event.relative else "Birthday"
    age = say_birthday(event.when, today, march_first=event.march_first)
    return Row(f"birthdays-{event.pk}", whose, age, event.nature.icon)


def _birthdays_soon(known: Known) -> list[LifeEvent]:
    """Birthdays of the living in the next days, the contact's own and in the family."""
    dead = {event.relative_id for event in known.events if is_death(event)}
    last = known.today + _BIRTHDAYS_AHEAD
    return [
        event
        for event in known.events
        if is_birthday(event)
        and event.relative_id not in dead
        and event.day
        and falls_on(event, known.today) <= last
    ]


def _last_said(known: Known, viewer: User) -> list[Said]:
    quiet = hushed(known.facts)
    return [
        Said(note, "" if quiet(note.text) else plain_excerpt(note.text, _LETTERS))
        for note in timeline.latest(known.contact, viewer, _NOTES)
    ]
