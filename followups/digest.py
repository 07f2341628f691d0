"""The morning mail's content: today's queue, and what an earlier mail may have failed to bring.

Mail goes out at most once, so it may get lost; what it tells of must not (engine.md 16). A digest
therefore knows the last mail that surely arrived, and brings whatever has come up since.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import ClassVar

from django.db.models import F, Q, QuerySet

from contacts import ways
from contacts.discretion import hushed
from contacts.faces import FaceError, shrink_face
from contacts.models import Contact, Fact, LifeEvent, Photo
from crm.models import User
from crm.templatetags.ui import count, initials, tint_of
from followups import care, mail_links, queue, reasons, upcoming
from followups.asking import Ask
from followups.models import Delivery, Nudge, Press
from followups.queue import Entry, Queue
from followups.ranking import Rank

# So many are shown with all there is to say, and with their faces; the others in a line each.
CARDS = 10
ASKS, MINDS = 2, 1
# So many lines at most under one heading; more would not be read, and Gmail cuts at 102 kB.
LINES = 40
# What is older than this is not brought again.
LOOKS_BACK = timedelta(days=31)
DAY = timedelta(days=1)

_TITLES = {
    Rank.ISSUE: "Make it right first",
    Rank.PROMISE: "You promised",
    Rank.OWED: "Promised to you",
    Rank.OCCASION: "Occasions",
    Rank.BELATED: "Occasions",
    Rank.PREPARE: "Occasions",
    Rank.NEXT: "Time to be in touch",
    Rank.CADENCE: "Time to be in touch",
    Rank.LOYAL: "Time to be in touch",
}


@dataclass(frozen=True, slots=True)
class Button:
    word: str
    url: str


@dataclass(slots=True)
class Person:
    """One of the day’s people as the mail shows them; `face` names the picture it carries."""

    entry: Entry
    url: str
    buttons: list[Button]
    face: str = ""

    @property
    def contact(self) -> Contact:
        return self.entry.contact

    @property
    def face_url(self) -> str:
        """Where the picture is on a page of Kept's own."""
        return self.contact.face_url("small")

    @property
    def role(self) -> str:
        return ", ".join(str(part) for part in (self.contact.title, self.contact.company) if part)

    @property
    def asks(self) -> list[Ask]:
        return self.entry.asks[:ASKS]

    @property
    def minds(self) -> list[Ask]:
        return self.entry.minds[:MINDS]

    @property
    def initials(self) -> str:
        return initials(self.contact.name)

    @property
    def tint(self) -> int:
        return tint_of(self.contact.uid)

    @property
    def ways(self) -> list[ways.Way]:
        """A call, and a mail: what a phone does with one tap."""
        return [way for way in self.entry.links if way.shown]


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence about one contact."""

    contact: Contact
    url: str
    text: str


@dataclass(slots=True)
class Lines:
    """Sentences under a heading; `more` were left out, for there are too many."""

    title: str
    lines: list[Line]
    more: int = 0

    @classmethod
    def cut(cls, title: str, lines: list[Line]) -> "Lines":
        return cls(title, lines[:LINES], max(len(lines) - LINES, 0))


@dataclass(slots=True)
class Section:
    """The day's people whose strongest reason is of one kind."""

    title: str
    people: list[Person] = field(default_factory=list)
    others: list[Line] = field(default_factory=list)


@dataclass(slots=True)
class Digest:
    """All that one mail says. `nudge_ids` are those it tells of, `faces` its pictures by id."""

    user: User
    on: date
    greeting: str
    sections: list[Section]
    after: list[Lines]
    people: int
    owed: int
    more: int
    nudge_ids: list[int]
    faces: dict[str, bytes]

    kind: ClassVar = Delivery.Kind.DIGEST

    @property
    def is_empty(self) -> bool:
        return not self.people and not self.after

    @property
    def figures(self) -> str:
        """How many, and nothing else: it stands where anybody may read it."""
        parts = []
        if self.people:
            parts.append(f"{count(self.people, 'person', 'people')} today")
        if self.owed:
            parts.append(f"{count(self.owed, 'promise')} due")
        if not parts and self.after:
            left = sum(len(lines.lines) + lines.more for lines in self.after)
            parts.append(f"nobody today, {count(left, 'thing')} to know")
        said = ", ".join(parts) or "nothing is due today"
        return said[0].upper() + said[1:]

    @property
    def subject(self) -> str:
        return f"{self.figures} ({self.on:%a} {self.on.day} {self.on:%b})"


def build(user: User, *, on: date, now: datetime) -> Digest:
    """The digest of `user` for their local date `on`, as the book stands at `now`."""
    day = queue.build(user, today=on, now=now)
    past = _Past.read(user, on)
    shown = [nudge.pk for entry in day.entries for nudge in entry.nudges]
    left, slipped = past.left_over(user, on, shown), past.slipped_by(user)
    sayer = _Sayer.of(user, on, [*left, *slipped], day)
    after = [
        Lines.cut(past.title(on), sayer.lines(left)),
        Lines.cut("Slipped by", sayer.lines(slipped)),
        Lines.cut("Tomorrow: time for a card today", _birthdays(user, on + DAY, day)),
    ]
    faces = _faces(user, day.entries[:CARDS])
    return Digest(
        user=user,
        on=on,
        greeting=user.greeting(now),
        sections=_sections(user, day.entries, on, faces),
        after=[lines for lines in after if lines.lines],
        people=len(day.entries),
        owed=day.owed,
        more=max(len(day.entries) - CARDS - LINES, 0),
        nudge_ids=[*shown, *(nudge.pk for nudge in [*left, *slipped])],
        faces=faces,
    )


# --- The day's people ------------------------------------------------------------------------


def _sections(user: User, entries: list[Entry], on: date, faces: Collection[str]) -> list[Section]:
    """The queue in its order, under a heading for each kind of reason that leads."""
    sections: list[Section] = []
    for number, entry in enumerate(entries[: CARDS + LINES]):
        title = _TITLES[entry.place.rank]
        if not sections or sections[-1].title != title:
            sections.append(Section(title))
        if number < CARDS:
            sections[-1].people.append(_person(user, entry, on, faces))
        else:
            said = entry.reasons[0].sentence
            sections[-1].others.append(Line(entry.contact, _page(entry.contact), said))
    return sections


def _person(user: User, entry: Entry, on: date, faces: Collection[str]) -> Person:
    done = [Press.Act.DONE] if entry.can_be_done else []
    acts = [*done, Press.Act.TALKED, Press.Act.TOMORROW] if entry.is_kept else []
    buttons = [
        Button(act.label, mail_links.act_url(act, user=user, contact_id=entry.contact.pk, on=on))
        for act in acts
    ]
    face = _face_id(entry.contact.pk)
    return Person(entry, _page(entry.contact), buttons, face if face in faces else "")


def _faces(user: User, entries: list[Entry]) -> dict[str, bytes]:
    """Small pictures of those whose photo `user` may see; one query."""
    ids = [entry.contact.pk for entry in entries]
    faces = {}
    for photo in Photo.objects.visible_to(user).present().filter(contact__in=ids):
        try:
            with photo.small.open("rb") as file:
                faces[_face_id(photo.contact_id)] = shrink_face(file.read())
        except (OSError, FaceError):
            continue  # a picture that is lost or damaged: the initials do
    return faces


def _face_id(contact_id: int) -> str:
    return f"face{contact_id}@kept"


def _page(contact: Contact) -> str:
    return mail_links.at_base(contact.get_absolute_url())


# --- What earlier mails left open ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Past:
    """The mails before this one, back to the last that surely arrived.

    `since` is that one's date, and `since_at` the instant at which it was written; None where there
    never was a mail. `doubtful` are those after it that may not have arrived.
    """

    since: date | None
    since_at: datetime | None
    doubtful: list[Delivery]

    @classmethod
    def read(cls, user: User, on: date) -> "_Past":
        rows = Delivery.objects.filter(
            user=user,
            kind=Delivery.Kind.DIGEST,
            local_date__lt=on,
            local_date__gte=on - LOOKS_BACK,
        )
        doubtful: list[Delivery] = []
        since, since_at = None, None
        for row in rows.order_by("-local_date"):
            if row.has_said_all:
                return cls(row.local_date, row.written_at, doubtful)
            since, since_at = row.local_date - DAY, row.due_at - DAY
            if row.is_in_doubt:
                doubtful.append(row)
        return cls(since, since_at, doubtful)

    def title(self, on: date) -> str:
        if not self.doubtful:
            return "Since your last mail"
        last = self.doubtful[0].local_date
        whose = "Yesterday’s" if on - last == DAY else f"{last:%A}’s"
        return f"{whose} mail may not have reached you; it was to say"

    def left_over(self, user: User, on: date, shown: list[int]) -> list[Nudge]:
        """What a lost mail told of, or what no mail has, and today's people do not show."""
        if self.since is None:
            return []
        unheard = Q(show_on__gt=self.since) | Q(made_at__gt=self.since_at)
        waiting = Nudge.objects.filter(
            Q(pk__in=self._items()) | unheard & ~Q(kind__in=Nudge.BY_CONTACT),
            keeper=user,
            show_on__lte=on,
            state__in=Nudge.WAITING,
        )
        return _with_words(waiting.exclude(pk__in=shown))

    def slipped_by(self, user: User) -> list[Nudge]:
        """What nobody answered in time since then: said once, and never as blame."""
        if self.since_at is None:
            return []
        missed = Nudge.objects.missed().filter(keeper=user)
        missed = missed.exclude(life_event__kind__in=upcoming.UNANNOUNCED)
        return _with_words(missed.filter(Q(ended_at__gt=self.since_at) | Q(pk__in=self._items())))

    def _items(self) -> list[int]:
        return [pk for row in self.doubtful for pk in row.items]


def _with_words(nudges: QuerySet[Nudge]) -> list[Nudge]:
    """Those whose person and reason are still there, with what their sentences need."""
    rows = nudges.filter(
        Q(life_event=None) | Q(life_event__trashed_at=None),
        contact__trashed_at=None,
        contact__keeper=F("keeper"),
    )
    return list(
        rows.select_related(
            "contact", "life_event__relative", "promise", "issue__company"
        ).order_by("occurrence_on", "pk")
    )


@dataclass(frozen=True, slots=True)
class _Sayer:
    """Says nudges in sentences, and leaves out what is better not said."""

    user: User
    on: date
    day: Queue
    sorrows: dict[int, LifeEvent]
    quiet: dict[int, list[Fact]]

    @classmethod
    def of(cls, user: User, on: date, nudges: list[Nudge], day: Queue) -> "_Sayer":
        """Two queries, and none where there is nothing to say."""
        ids = {nudge.contact_id for nudge in nudges}
        if not ids:
            return cls(user, on, day, {}, {})
        quiet: dict[int, list[Fact]] = defaultdict(list)
        for fact in Fact.objects.present().filter(author=user, contact__in=ids):
            quiet[fact.contact_id].append(fact)
        return cls(user, on, day, care.read_guarding(user, ids, on), quiet)

    def lines(self, nudges: list[Nudge]) -> list[Line]:
        """A line for each that may be said; after a sorrow only one's word."""
        return [
            Line(nudge.contact, _page(nudge.contact), reason.sentence)
            for nudge in nudges
            for reason in self._reasons(nudge)
        ]

    def _reasons(self, nudge: Nudge) -> list[reasons.Reason]:
        contact = nudge.contact
        contact.keeper = self.user
        if self.day.gone.silence(contact.pk, nudge.kind):
            return []
        sorrow, wrongs = self.sorrows.get(contact.pk), self.day.unsettled.of(contact)
        said = reasons.of(contact, [nudge], today=self.on, sorrow=sorrow, wrongs=wrongs)
        silent = hushed(self.quiet.get(contact.pk, []))
        return [each for each in said if each.nudge_id == nudge.pk and not silent(each.words)]


def _birthdays(user: User, on: date, day: Queue) -> list[Line]:
    """Whose birthday or anniversary `on` is, but for those who mourn or to whom something is to be
    made right; two queries at most."""
    coming = upcoming.festive(user, on, gone=day.gone)
    if not coming:
        return []
    mourning = care.read_guarding(user, {each.event.contact_id for each in coming}, on)
    return [
        Line(each.event.contact, _page(each.event.contact), each.what)
        for each in coming
        if each.event.contact_id not in mourning and not day.unsettled.of(each.event.contact)
    ]
