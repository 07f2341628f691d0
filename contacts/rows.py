"""What is known of a contact as rows in groups, each in words: what the pages show of it.

Rows are plain values: whoever may not change a thing gets a row without the address to do so.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from urllib.parse import urlencode

from django.urls import reverse

from contacts import ways
from contacts.ages import say_birthday, say_leap_day, say_near, say_span
from contacts.cadence import say_cadence
from contacts.known import Known, falls_on, is_birthday, is_death
from contacts.models import Contact, Detail, Fact, Job, LifeEvent, Relation, Relative
from contacts.partial_dates import MONTHS, turning
from contacts.phones import shown_phone
from contacts.ways import Way

type Piece = Detail | Relative | LifeEvent | Fact | Job

# Facts age: from then on a row says when it was noted.
_FRESH = timedelta(days=180)
_RECENT_PAST = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One thing known: `text`, with `small` beneath; `edit` is the address of its form.

    Where it is a way to reach somebody, `link` is what pressing it does, and `ways` are others.
    """

    key: str
    text: str
    small: str = ""
    icon: str = ""
    edit: str = ""
    link: str = ""
    ways: tuple[Way, ...] = ()


@dataclass(frozen=True, slots=True)
class Add:
    """The form for one more of a group: its address, and the word on what leads there."""

    word: str
    url: str


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of a kind under one title, with what may be added; `older` show only on demand."""

    key: str
    title: str
    icon: str
    rows: list[Row]
    adds: list[Add]
    older: list[Row] = field(default_factory=list)

    @property
    def is_filled(self) -> bool:
        return bool(self.rows or self.older)


@dataclass(frozen=True, slots=True)
class FactGroup:
    """Which kinds of facts stand together, and which of them is added there."""

    key: str
    title: str
    icon: str
    kinds: tuple[str, ...]


FACT_GROUPS = (
    FactGroup("follows", "Follows", "trophy", (Fact.Kind.TEAM,)),
    FactGroup("likes", "Likes", "coffee", (Fact.Kind.PREFERENCE, Fact.Kind.INTEREST)),
    FactGroup("needs", "Needs", "package", (Fact.Kind.NEED,)),
    FactGroup("gifts", "Gifts", "gift", (Fact.Kind.GIFT,)),
    FactGroup("do-not-mention", "Do not mention", "ban", (Fact.Kind.DO_NOT_MENTION,)),
    FactGroup("worth-knowing", "Worth knowing", "sparkles", (Fact.Kind.OTHER,)),
)


def group_of(kind: str) -> FactGroup:
    """Where facts of `kind` stand."""
    return next(group for group in FACT_GROUPS if kind in group.kinds)


def matters(known: Known) -> list[Group]:
    """What matters to them, group by group; those with nothing in them come last."""
    contact = known.contact
    facts = [
        Group(
            group.key,
            group.title,
            group.icon,
            [fact_row(fact, known.today) for fact in known.facts_of(*group.kinds)],
            [_add(contact, group.title, "facts", kind=group.kinds[0])],
        )
        for group in FACT_GROUPS
    ]
    groups = [_birthday(known), _family(known), _life(known), *facts, _jobs(known)]
    groups += [_story(known), _tags(known)]
    return sorted(groups, key=lambda group: not group.is_filled)


def written(known: Known) -> list[Group]:
    """What a viewer who does not keep the contact wrote of them once, to read and no more."""
    return [
        replace(
            group,
            rows=[replace(row, edit="") for row in group.rows],
            older=[replace(row, edit="") for row in group.older],
            adds=[],
        )
        for group in matters(known)
        if group.is_filled
    ]


def reach(known: Known) -> Group:
    """Every way to reach them."""
    contact, is_keeper = known.contact, known.is_keeper
    adds = [_add(contact, kind.label, "details", kind=kind.value) for kind in _REACHED_BY]
    details = [each for kind in _REACHED_BY for each in known.details if each.kind == kind]
    rows = [detail_row(detail, may_edit=is_keeper) for detail in details]
    title = f"How to reach {contact.them}"
    return Group("reach", title, "phone", rows, adds if is_keeper else [])


def place(known: Known) -> str:
    """Their first address, in one line."""
    kinds = (detail for detail in known.details if detail.kind == Detail.Kind.ADDRESS)
    return next((", ".join(detail.value.splitlines()) for detail in kinds), "")


_REACHED_BY = (Detail.Kind.PHONE, Detail.Kind.EMAIL, Detail.Kind.ADDRESS, Detail.Kind.URL)


def row_of(piece: Piece, today: date) -> Row:
    """The row of one piece that its keeper has just saved."""
    match piece:
        case Detail():
            return detail_row(piece, may_edit=True)
        case Relative():
            events = piece.life_events.present()
            return relative_row(piece, list(events), today)
        case LifeEvent():
            return birthday_row(piece, today) if is_birthday(piece) else event_row(piece, today)
        case Fact():
            return fact_row(piece, today)
        case Job():
            return job_row(piece)


# --- One row each ----------------------------------------------------------------------------


def detail_row(detail: Detail, *, may_edit: bool) -> Row:
    is_phone = detail.kind == Detail.Kind.PHONE
    found = ways.of(detail)
    return Row(
        key=f"details-{detail.pk}",
        text=shown_phone(detail.value) if is_phone else detail.value,
        small=", ".join(filter(None, [_label_of(detail), detail.use])),
        icon=_DETAIL_ICONS[detail.kind],
        edit=_edit(detail.contact_id, "details", detail.pk) if may_edit else "",
        link=found[0].href if found else "",
        ways=tuple(found[1:]),
    )


def _label_of(detail: Detail) -> str:
    return detail.get_label_display() if detail.label != Detail.Label.OTHER else ""


_DETAIL_ICONS = {"email": "mail", "phone": "phone", "address": "map-pin", "url": "link"}


def birthday_row(event: LifeEvent, today: date, *, died: bool = False) -> Row:
    """`died`: the dead have no birthdays, only the day on which they were born."""
    said = () if died else _say_age(event, today)
    return Row(
        key=f"birthdays-{event.pk}",
        text=str(event.when),
        small=" · ".join(said),
        edit=_edit(event.contact_id, "birthdays", event.pk),
    )


def relative_row(relative: Relative, events: Sequence[LifeEvent], today: date) -> Row:
    """`events` are what is dated in this relative's life."""
    birthday = next(filter(is_birthday, events), None)
    death = next(filter(is_death, events), None)
    said = [] if death or not birthday else [str(birthday.when), *_say_age(birthday, today)]
    if death:
        said.append(f"died {death.when}")
    return Row(
        key=f"relatives-{relative.pk}",
        text=", ".join(filter(None, [relative.name, _relation(relative)])),
        small=" · ".join(filter(None, [*said, relative.about])),
        icon="paw-print" if relative.relation == Relation.PET else "",
        edit=_edit(relative.contact_id, "relatives", relative.pk),
    )


def event_row(event: LifeEvent, today: date) -> Row:
    on = falls_on(event, today)
    years = turning(event.when, on.year) if event.yearly else None
    said = [str(event.when), say_near(on, today)]
    if years:
        said.append(f"{years} {'year' if years == 1 else 'years'} in {on.year}")
    return Row(
        key=f"life-events-{event.pk}",
        text=say_event(event),
        small=" · ".join(filter(None, said)),
        icon=event.nature.icon,
        edit=_edit(event.contact_id, "life-events", event.pk),
    )


def say_event(event: LifeEvent) -> str:
    """Whose and what: "Emma: graduation", "Surgery on the knee"."""
    what = str(event)
    if event.relative is None:
        return what
    return f"{event.relative}: {what[:1].lower() + what[1:] if not event.title else what}"


def fact_row(fact: Fact, today: date) -> Row:
    is_old = today - fact.noted_on > _FRESH
    noted = f"noted in {MONTHS[fact.noted_on.month - 1]} {fact.noted_on.year}" if is_old else ""
    return Row(
        key=f"facts-{fact.pk}",
        text=fact.text,
        small=noted,
        edit=_edit(fact.contact_id, "facts", fact.pk),
    )


def job_row(job: Job) -> Row:
    return Row(
        key=f"jobs-{job.pk}",
        text=str(job),
        small=say_span(job.from_year, job.to_year),
        edit=_edit(job.contact_id, "jobs", job.pk),
    )


def story_rows(contact: Contact) -> list[Row]:
    """How they met, and since when it is a customer: one row, changed in one form."""
    since = f"Customer since {contact.customer_since}" if contact.customer_since else ""
    text, small = (contact.how_met, since) if contact.how_met else (since, "")
    return [Row("story", text, small, edit=_of(contact, "story"))] if text else []


def tag_rows(contact: Contact, names: Iterable[str]) -> list[Row]:
    text = ", ".join(names)
    return [Row("tags", text, edit=_of(contact, "contact_tags"))] if text else []


def say_circle(contact: Contact) -> str:
    """Circle and cadence: "Inner circle, every 3 weeks"; empty for somebody on none."""
    circle = f"{contact.get_circle_display()} circle" if contact.circle else ""
    days = contact.cadence
    said = ", ".join(filter(None, [circle, say_cadence(days) if days else ""]))
    return said[:1].upper() + said[1:]


# --- Groups ----------------------------------------------------------------------------------


def _birthday(known: Known) -> Group:
    event, died = known.birthday, known.died is not None
    rows = [birthday_row(event, known.today, died=died)] if event else []
    adds = [] if event else [_add(known.contact, "Birthday", "birthdays")]
    return Group("birthday", "Birthday", "cake", rows, adds)


def _family(known: Known) -> Group:
    rows = [relative_row(each, known.events_of(each), known.today) for each in known.relatives]
    return Group("family", "Family", "users", rows, [_add(known.contact, "Family", "relatives")])


def _life(known: Known) -> Group:
    events = [*known.coming, *known.past]
    rows = [event_row(event, known.today) for event in events]
    shown = len(known.coming) + _RECENT_PAST
    rows, older = rows[:shown], rows[shown:]
    adds = [_add(known.contact, "Life event", "life-events")]
    return Group("life", "Life events", "calendar-days", rows, adds, older)


def _jobs(known: Known) -> Group:
    company = known.contact.company
    title = f"Before {company}" if company and known.jobs else "Worked before"
    rows = [job_row(job) for job in known.jobs]
    adds = [_add(known.contact, "Worked before", "jobs")]
    return Group("jobs", title, "briefcase", rows, adds)


def _story(known: Known) -> Group:
    rows = story_rows(known.contact)
    adds = [] if rows else [Add("How we met", _of(known.contact, "story"))]
    return Group("met", "How we met", "handshake", rows, adds)


def _tags(known: Known) -> Group:
    rows = tag_rows(known.contact, (tag.name for tag in known.tags))
    adds = [] if rows else [Add("Tags", _of(known.contact, "contact_tags"))]
    return Group("tags", "Tags", "tags", rows, adds)


# --- Words and addresses ---------------------------------------------------------------------


def _say_age(event: LifeEvent, today: date) -> list[str]:
    rule = {"march_first": event.march_first}
    age, leap = say_birthday(event.when, today, **rule), say_leap_day(event.when, today, **rule)
    # "turns 15 on 28 February" says it already.
    return [words for words in (age, "" if " on " in age else leap) if words]


def _relation(relative: Relative) -> str:
    """What they are to the contact: "his daughter"; nothing for "somebody else" with a name."""
    if relative.relation == Relation.OTHER:
        return "" if relative.name else "somebody"
    return f"{relative.contact.their} {relative.get_relation_display().lower()}"


def _add(contact: Contact, word: str, slug: str, **preset: str) -> Add:
    url = reverse("contacts:piece_new", args=[contact.pk, slug])
    return Add(word, f"{url}?{urlencode(preset)}" if preset else url)


def _edit(contact_id: int, slug: str, pk: int) -> str:
    return reverse("contacts:piece", args=[contact_id, slug, pk])


def _of(contact: Contact, name: str) -> str:
    return reverse(f"contacts:{name}", args=[contact.pk])
