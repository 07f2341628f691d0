"""Today's people: one entry per contact with all its reasons, in the order of `ranking`."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    Subquery,
    Value,
    When,
)

from contacts import ways
from contacts.cadence import cadence_of
from contacts.discretion import hushed
from contacts.models import Contact, Detail, Fact, LifeEvent
from crm.models import Away, User
from followups import asking, care, reasons, scheduling, wording
from followups.asking import Ask
from followups.models import Answer, Nudge, Promise
from followups.ranking import Place, Waiting, order, pick
from followups.reasons import Reason


@dataclass(slots=True)
class Entry:
    """One contact of the day, with why, what to ask about and what to mind."""

    contact: Contact
    place: Place
    nudges: list[Nudge]
    reasons: list[Reason]
    asks: list[Ask] = field(default_factory=list)
    minds: list[Ask] = field(default_factory=list)
    details: list[Detail] = field(default_factory=list)
    # Whom a colleague keeps is here for one's word alone.
    is_kept: bool = True

    @property
    def can_be_done(self) -> bool:
        """Whether there is more than one's word to answer for."""
        return self.is_kept and any(
            reason.promise is None and reason.nudge_id for reason in self.reasons
        )

    @property
    def hints(self) -> list[tuple[str, list[Ask]]]:
        """What to ask about, what they need and what to mind, each under its word."""
        found: dict[str, list[Ask]] = {label: [] for label in asking.LABELS}
        for ask in (*self.asks, *self.minds):
            found[ask.label].append(ask)
        return [(label, asks) for label, asks in found.items() if asks]

    @property
    def only_promise(self) -> Promise | None:
        """The promise, where one is all there is."""
        return self.reasons[0].promise if len(self.reasons) == 1 else None

    @property
    def first_promise(self) -> Promise | None:
        """The promise that is most pressing, where there is one."""
        return next((reason.promise for reason in self.reasons if reason.promise), None)

    @property
    def links(self) -> list[ways.Way]:
        """How to reach them, the likeliest first."""
        return ways.to_reach(self.details)


@dataclass(slots=True)
class Queue:
    """The day's entries, best first, and what stands behind them.

    `more` people are of the day, too, but were not read; `waiting` ones come on other days; `owed`
    of one's own promises are due.
    """

    today: date
    entries: list[Entry]
    more: int
    owed: int
    answered: int
    waiting: int
    is_resting: bool
    gone: care.Gone
    unsettled: care.Unsettled

    @property
    def people(self) -> int:
        """How many are of the day and not yet answered."""
        return len(self.entries) + self.more


def build(keeper: User, *, today: date, now: datetime, most: int | None = None) -> Queue:
    """The queue of `keeper` on `today`, brought up to date first if something has woken.

    With `most`, only the first so many are read: the page of a day with forty birthdays costs no
    more than that of a day with ten.
    """
    day = _read_day(keeper, today)
    if day.has_woken:
        scheduling.sweep_keeper(keeper, today=today, now=now)
    gone, unsettled = care.read_gone(keeper), care.read_unsettled(keeper)
    ordered = order(_waiting(keeper, today, gone), today)
    room = 0 if day.is_resting else keeper.people_a_day - day.answered
    picked = pick(ordered, room=room)
    shown = picked[:most]
    return Queue(
        today=today,
        entries=_entries(keeper, shown, today, unsettled),
        more=len(picked) - len(shown),
        owed=sum(nudge.kind == Nudge.Kind.PROMISE for _, mine in picked for nudge in mine),
        answered=day.answered,
        waiting=len(ordered) - len(picked),
        is_resting=day.is_resting,
        gone=gone,
        unsettled=unsettled,
    )


@dataclass(frozen=True, slots=True)
class _Day:
    """A keeper's day apart from its people: whether something has woken, who is answered."""

    has_woken: bool
    is_away: bool
    answered: int
    works: bool

    @property
    def is_resting(self) -> bool:
        """A day off or away: promises and occasions still show, nothing else does."""
        return self.is_away or not self.works


def _read_day(keeper: User, today: date) -> _Day:
    """All of it in one query."""
    away = Away.objects.filter(user=keeper, starts_on__lte=today, ends_on__gte=today)
    answers = Answer.objects.standing().filter(keeper=keeper, on=today).order_by()
    people = answers.values("keeper").annotate(people=Count("contact", distinct=True))
    row = (
        User.objects.filter(pk=keeper.pk)
        .annotate(
            woken=ExpressionWrapper(scheduling.has_woken(today), BooleanField()),
            is_away=Exists(away.order_by()),
            answered=Subquery(people.values("people")),
        )
        .values_list("woken", "is_away", "answered")
        .get()
    )
    return _Day(row[0], row[1], row[2] or 0, keeper.works_on(today))


@dataclass(frozen=True, slots=True)
class Load:
    """People a day that the cadences of a book ask for, against those the keeper takes on."""

    needed: float
    taken: int

    @property
    def is_too_much(self) -> bool:
        return self.needed > self.taken


def load(keeper: User) -> Load:
    """What `keeper`'s cadences come to on a working day; one query."""
    rows = (
        Contact.objects.kept_by(keeper)
        .present()
        .exclude(circle="", cadence_days=None)
        .values_list("circle", "cadence_days")
        .annotate(people=Count("pk"))
    )
    a_day = sum(people / (cadence_of(circle, days) or 1) for circle, days, people in rows)
    return Load(needed=a_day * 7 / max(len(keeper.working_days), 1), taken=keeper.people_a_day)


def _waiting(keeper: User, today: date, gone: care.Gone) -> list[Waiting]:
    """What stands on `today`; of the dead only one's word."""
    circle = Case(When(contact__keeper=keeper, then="contact__circle"), default=Value(""))
    rows = (
        Nudge.objects.standing(today)
        .of(keeper)
        .annotate(circle=circle)
        .values_list("pk", "contact_id", "kind", "occurrence_on", "latest_on", "circle")
    )
    found = (Waiting(*row) for row in rows)
    return [nudge for nudge in found if not gone.silence(nudge.contact_id, nudge.kind)]


def _entries(
    keeper: User,
    picked: list[tuple[Place, list[Waiting]]],
    today: date,
    unsettled: care.Unsettled,
) -> list[Entry]:
    """Read all that the picked entries show, in as many queries for one as for fifty."""
    ids = [place.contact_id for place, _ in picked]
    if not ids:
        return []
    contacts = Contact.objects.with_face(keeper).select_related("company").in_bulk(ids)
    nudges = Nudge.objects.select_related(
        "life_event__relative", "promise", "issue__company"
    ).in_bulk([nudge.pk for _, waiting in picked for nudge in waiting])
    known = _Known.read(keeper, ids, unsettled)
    entries = []
    for place, waiting in picked:
        contact = contacts[place.contact_id]
        is_kept = contact.keeper_id == keeper.pk
        contact.keeper = keeper
        mine = [nudges[nudge.pk] for nudge in waiting]
        entry = known.entry(contact, place, mine, today, is_kept=is_kept)
        if entry.reasons:
            entries.append(entry)
    return entries


@dataclass(slots=True)
class _Known:
    """What is known of the day's people, read at once."""

    facts: dict[int, list[Fact]]
    events: dict[int, list[LifeEvent]]
    details: dict[int, list[Detail]]
    unsettled: care.Unsettled

    @classmethod
    def read(cls, keeper: User, ids: list[int], unsettled: care.Unsettled) -> "_Known":
        # By the contact they are few, by the author all: whose they are is looked at here. Of what
        # comes every year nothing is asked, for its day is a reason.
        facts = Fact.objects.present().filter(contact__in=ids).order_by("-noted_on", "-pk")
        events = LifeEvent.objects.present().filter(contact__in=ids, yearly=False)
        details = Detail.objects.in_use().filter(contact__in=ids)
        return cls(
            facts=_by_contact(fact for fact in facts if fact.author_id == keeper.pk),
            events=_by_contact(
                event for event in events.select_related("relative") if event.author_id == keeper.pk
            ),
            details=_by_contact(details.exclude(kind__in=["address", "url"])),
            unsettled=unsettled,
        )

    def entry(
        self, contact: Contact, place: Place, nudges: list[Nudge], today: date, *, is_kept: bool
    ) -> Entry:
        """A contact with all that is to be said; what is not to be mentioned is no reason."""
        facts, events = self.facts[contact.pk], self.events[contact.pk]
        sorrow = care.guarding(events, today)
        nudges = self._speakable(contact, nudges)
        said = {nudge.life_event_id for nudge in nudges}
        wrongs = self.unsettled.of(contact)
        why = reasons.of(contact, nudges, today=today, sorrow=sorrow, wrongs=wrongs)
        minds = asking.minds(facts, today=today)
        if sorrow and not any(reason.tone == "gentle" for reason in why):
            minds.insert(0, asking.mind_sorrow(contact, sorrow, today))
        return Entry(
            contact=contact,
            place=place,
            nudges=nudges,
            reasons=why,
            asks=asking.asks(contact, facts, events, today=today, said=said),
            minds=minds,
            details=[each for each in self.details[contact.pk] if is_kept or each.is_for_the_team],
            is_kept=is_kept,
        )

    def _speakable(self, contact: Contact, nudges: list[Nudge]) -> list[Nudge]:
        silent = hushed(self.facts[contact.pk])
        return [
            nudge
            for nudge in nudges
            if nudge.life_event is None or not silent(wording.what(contact, nudge.life_event))
        ]


def _by_contact[P: (Fact, LifeEvent, Detail)](rows: Iterable[P]) -> dict[int, list[P]]:
    found: dict[int, list[P]] = defaultdict(list)
    for row in rows:
        found[row.contact_id].append(row)
    return found
