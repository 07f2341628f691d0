"""What an imported card adds to what is known of somebody; nothing is written here.

What the keeper wrote is never changed: only what was empty is filled, only what is not there is
added, and what lies in the trash counts as there.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django.db import models

from contacts.faces import Face, FaceError, prepare_face
from contacts.folding import fold
from contacts.intake import Event, Intake, Kin
from contacts.models import Contact, Detail, Fact, LifeEvent, LifeEventKind, Relative
from contacts.models.company import folded
from contacts.partial_dates import PartialDate, next_occurrence
from contacts.tags import key_of
from crm.models import User

# A column of the contact, and what it is called.
_TEXTS = {"nickname": "nickname", "pronunciation": "way to say the name", "title": "title"}


@dataclass(slots=True)
class News:
    """What a card added to one contact and what is still to be stored.

    `filled` are columns of the contact that were empty. Company and tags are names, the tags by
    their folded form.
    """

    is_contact: bool = False
    filled: dict[str, str] = field(default_factory=dict)
    company: str = ""
    pieces: list[models.Model] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    photo: tuple[Face, bytes] | None = None

    def __len__(self) -> int:
        one_of_each = self.is_contact + bool(self.company) + bool(self.photo)
        return one_of_each + sum(map(len, (self.filled, self.pieces, self.tags, self.notes)))


@dataclass(slots=True, eq=False)
class Known:
    """A contact, stored or new, with what each of its pieces is recognised by.

    `is_broken` once the database would not take it.
    """

    contact: Contact
    company: str = ""
    ways: set[tuple[str, str]] = field(default_factory=set)
    birthday: PartialDate | None = None
    events: set[tuple[str, str, PartialDate]] = field(default_factory=set)
    kin: set[str] = field(default_factory=set)
    interests: set[str] = field(default_factory=set)
    tags: set[str] = field(default_factory=set)
    notes: set[str] = field(default_factory=set)
    photo_digest: str = ""
    news: News = field(default_factory=News)
    is_broken: bool = False

    @classmethod
    def nobody_yet(cls, intake: Intake, keeper: User, at: datetime) -> "Known":
        """Somebody new in the book, on no circle."""
        contact = Contact(
            keeper=keeper,
            team_id=keeper.member.team_id,
            uid=intake.uid,
            created_at=at,
            first_due_on=keeper.today(at),
        )
        contact.rename(intake.name)
        contact.plan()
        return cls(contact=contact, news=News(is_contact=True))

    def take(self, intake: Intake, today: date) -> list[str]:
        """Add what the card says to the news; returns a sentence for each thing left out."""
        left_out = [*self._fill(intake), *self._take_birthday(intake, today)]
        self._take_ways(intake)
        for event in intake.events:
            self._once(self.events, _key_of(event), self._event(event, today))
        for kin in intake.kin:
            self._once(self.kin, plain(kin.name), self._relative(kin))
        for text in intake.interests:
            self._once(self.interests, plain(text), self._interest(text, today))
        named = {key_of(name): name for name in intake.tags}
        self.news.tags |= {key: name for key, name in named.items() if key not in self.tags}
        self.tags |= self.news.tags.keys()
        self.news.notes += [text for text in intake.notes if text not in self.notes]
        self.notes |= set(intake.notes)
        return left_out + self._take_photo(intake)

    def _once[K](self, known: set[K], key: K, piece: models.Model) -> None:
        if key not in known:
            known.add(key)
            self.news.pieces.append(piece)

    def _fill(self, intake: Intake) -> list[str]:
        left_out = []
        for column, value in intake.texts.items():
            ours = getattr(self.contact, column)
            if value and not ours:
                setattr(self.contact, column, value)
                self.news.filled[column] = value
            elif value and column in _TEXTS and fold(value) != fold(ours):
                left_out.append(_kept(_TEXTS[column], value, ours))
        if intake.company and not self.company:
            self.company = self.news.company = intake.company
        elif intake.company and folded(intake.company) != folded(self.company):
            left_out.append(_kept("company", intake.company, self.company))
        return left_out

    def _take_birthday(self, intake: Intake, today: date) -> list[str]:
        if intake.birthday is None or intake.birthday == self.birthday:
            return []
        if self.birthday is not None:
            return [_kept("birthday", str(intake.birthday), str(self.birthday))]
        self.birthday = intake.birthday
        event = Event(LifeEventKind.BIRTHDAY, "", intake.birthday)
        self.news.pieces.append(self._event(event, today))
        return []

    def _take_ways(self, intake: Intake) -> None:
        for way in intake.ways:
            detail = Detail(
                contact=self.contact,
                kind=way.kind,
                value=way.value,
                label=way.label,
                use=way.use,
                position=sum(kind == way.kind for kind, _ in self.ways),
            )
            self._once(self.ways, way.key, detail)

    def _take_photo(self, intake: Intake) -> list[str]:
        if intake.photo is None:
            return []
        digest = sha256(intake.photo).hexdigest()
        if self.photo_digest:
            is_other = self.photo_digest != digest
            return ["There is a photo already; it was kept."] if is_other else []
        try:
            self.news.photo = prepare_face(intake.photo), intake.photo
        except FaceError as problem:
            return [str(problem)]
        self.photo_digest = digest
        return []

    def _event(self, event: Event, today: date) -> LifeEvent:
        row = LifeEvent(
            **self._authored(),
            kind=event.kind,
            title=event.title,
            yearly=event.yearly,
            noted_on=today,
        )
        row.when = event.when
        row.plan(today)
        if event.yearly and not self.contact.circle:
            # Nothing to prepare: the scheduler need not look at thousands of them today.
            season = row.nature.season
            row.wake_on = next_occurrence(event.when, today, yearly=True, season=season)
        return row

    def _relative(self, kin: Kin) -> Relative:
        return Relative(**self._authored(), relation=kin.relation, name=kin.name, about=kin.about)

    def _interest(self, text: str, today: date) -> Fact:
        return Fact(**self._authored(), kind=Fact.Kind.INTEREST, text=text, noted_on=today)

    def _authored(self) -> dict[str, Any]:
        return {"contact": self.contact, "author": self.contact.keeper}


def plain(text: str) -> str:
    """By this texts are the same: case and accents do not count, unless there is nothing else."""
    return fold(text) or text


def _key_of(event: Event) -> tuple[str, str, PartialDate]:
    return event.kind, plain(event.title), event.when


def _kept(what: str, theirs: str, ours: str) -> str:
    return f"The {what} in the file is “{_short(theirs)}”; yours, “{_short(ours)}”, was kept."


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"
