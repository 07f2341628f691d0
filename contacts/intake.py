"""What an address book's card says, in Kept's own terms: pure functions, nothing is looked up.

Nothing of a card is lost: what has no place of its own becomes a line of the contact's note, in
the words of the source.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from uuid import NAMESPACE_URL, uuid5

from contacts.folding import clean_line, clean_text, fold
from contacts.interchange import card as cards
from contacts.interchange.card import Card
from contacts.models import Detail, LifeEventKind, Relation
from contacts.partial_dates import PartialDate
from contacts.phones import normal_phone
from contacts.tags import MOST_LETTERS

# A note longer than this is parted: the composer could not save it again.
MOST_OF_A_NOTE = 50_000
_MOST = {
    "uid": 255,
    "name": 200,
    "nickname": 100,
    "pronunciation": 100,
    "company": 200,
    "title": 200,
    "value": 500,
    "use": 60,
    "relative": 120,
    "fact": 500,
}
_RELATIONS = {relation.value: relation for relation in Relation} | {
    "acquaintance": Relation.FRIEND,
    "co-worker": Relation.COLLEAGUE,
    "domestic partner": Relation.PARTNER,
    "granddaughter": Relation.GRANDCHILD,
    "grandson": Relation.GRANDCHILD,
    "manager": Relation.BOSS,
}
_EVENTS = {
    "engagement": LifeEventKind.ENGAGEMENT,
    "graduation": LifeEventKind.GRADUATION,
    "retirement": LifeEventKind.RETIREMENT,
    "wedding": LifeEventKind.WEDDING,
}
_WEB = re.compile(r"https?://\S+", re.IGNORECASE)
_BARE_WEB = re.compile(r"(?:[\w-]+\.)+[a-z]{2,}(?:[/?#]\S*)?", re.IGNORECASE)

type DetailKey = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Way:
    """A way to reach somebody, normalised as it is kept."""

    kind: str
    value: str
    label: str
    use: str

    @property
    def key(self) -> DetailKey:
        return self.kind, self.value


@dataclass(frozen=True, slots=True)
class Event:
    kind: str
    title: str
    when: PartialDate

    @property
    def yearly(self) -> bool:
        """Other address books remind of every date they know each year."""
        return LifeEventKind(self.kind).nature.yearly or self.kind == LifeEventKind.OTHER


@dataclass(frozen=True, slots=True)
class Kin:
    """Somebody in their life; `about` has the relation as written where Kept has no word for it."""

    relation: str
    name: str
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """One card, ready to be compared with what is known; without a name it is nobody's.

    `uid` is the source's, or made from all that the card says: the same card always has the same.
    `has_own_uid` tells which.
    """

    line: int
    uid: str
    has_own_uid: bool
    texts: dict[str, str]
    company: str
    ways: tuple[Way, ...]
    birthday: PartialDate | None
    events: tuple[Event, ...]
    kin: tuple[Kin, ...]
    interests: tuple[str, ...]
    tags: tuple[str, ...]
    notes: tuple[str, ...]
    photo: bytes | None

    @property
    def name(self) -> str:
        return self.texts["name"]

    def values(self, kind: str) -> set[str]:
        return {way.value for way in self.ways if way.kind == kind}


def intake_of(card: Card, *, region: str | None) -> Intake:
    """`card` in Kept's terms; `region` is where phone numbers without a country were written."""
    reading = _Reading(card, region)
    return Intake(
        line=card.line,
        uid=_uid_of(card),
        has_own_uid=bool(card.uid),
        texts={
            "name": reading.text("name", card.name),
            "nickname": reading.text("nickname", card.nickname),
            "pronunciation": reading.text("pronunciation", card.pronunciation),
            "pronouns": reading.pronouns(),
            "title": reading.text("title", card.title),
        },
        company=reading.text("company", card.company),
        ways=tuple({way.key: way for way in reading.ways()}.values()),
        birthday=card.birthday,
        events=tuple(dict.fromkeys(reading.events())),
        kin=tuple(dict.fromkeys(reading.kin())),
        interests=tuple(reading.fitting("Interest", card.interests, _MOST["fact"])),
        tags=tuple(reading.fitting("Category", card.tags, MOST_LETTERS)),
        notes=tuple(reading.notes()),
        photo=card.photo,
    )


class _Reading:
    """A card while it is gone through; `lines` gathers what has no place of its own.

    `notes` has to be asked for last.
    """

    def __init__(self, card: Card, region: str | None) -> None:
        self.card, self.region = card, region
        self.lines: list[str] = []

    def text(self, name: str, value: str) -> str:
        """`value` as a line that fits; the whole of one too long goes into the note, too."""
        value = clean_line(value)
        if len(value) > _MOST[name]:
            self.say(name.capitalize(), value)
        return value[: _MOST[name]].strip()

    def say(self, name: str, value: str) -> None:
        if value := clean_text(value):
            self.lines.append(f"{name}: {value}")

    def fitting(self, name: str, values: Iterable[str], most: int) -> Iterator[str]:
        for value in map(clean_line, values):
            if len(value) > most:
                self.say(name, value)
            elif value:
                yield value

    def pronouns(self) -> str:
        said = self.card.pronouns
        first = re.split(r"[/, ]", said.casefold())[0]
        if first in {"she", "he", "they"}:
            return first
        self.say("Pronouns", said)
        return ""

    def ways(self) -> Iterator[Way]:
        card = self.card
        for email in _preferred_first(card.emails):
            if "@" in email.value:
                yield from self.way(Detail.Kind.EMAIL, email.value.lower(), email)
            else:
                self.say("Email", email.value)
        phones = _preferred_first(card.phones)
        for phone in sorted(phones, key=lambda phone: phone.kind in {"fax", "pager"}):
            number = normal_phone(phone.value, self.region)
            yield from self.way(Detail.Kind.PHONE, number or phone.value, phone)
        for address in _preferred_first(card.addresses):
            yield from self.way(Detail.Kind.ADDRESS, address.value, address)
        for url in card.urls:
            is_bare = _BARE_WEB.fullmatch(url.value)
            yield from self.link(url, f"https://{url.value}" if is_bare else url.value)
        for social in card.socials:
            yield from self.link(social, social.value)

    def way(self, kind: str, value: str, said: cards.Detail | cards.Address) -> Iterator[Way]:
        value = clean_text(value) if kind == Detail.Kind.ADDRESS else clean_line(value)
        if len(value) > _MOST["value"]:
            self.say(Detail.Kind(kind).label, value)
        elif value:
            yield Way(kind, value, said.label, self.text("use", said.kind))

    def link(self, said: cards.Detail, value: str) -> Iterator[Way]:
        """A web address is a link; any other profile is known by its network alone."""
        if _WEB.fullmatch(value):
            yield from self.way(Detail.Kind.URL, value, said)
        else:
            self.say(clean_line(said.kind).capitalize() or "Link", said.value)

    def events(self) -> Iterator[Event]:
        card = self.card
        if card.anniversary:
            yield Event(LifeEventKind.ANNIVERSARY, "", card.anniversary)
        if card.deathday:
            yield Event(LifeEventKind.DEATH, "", card.deathday)
        for each in card.dates:
            kind = _EVENTS.get(each.label.casefold(), LifeEventKind.OTHER)
            title = "" if kind != LifeEventKind.OTHER else self.text("title", each.label)
            yield Event(kind, title, each.date)

    def kin(self) -> Iterator[Kin]:
        for each in self.card.relatives:
            relation = _RELATIONS.get(each.relation.casefold(), Relation.OTHER)
            about = "" if relation == each.relation.casefold() else clean_line(each.relation)
            name = self.text("relative", each.name)
            if name:
                yield Kin(relation, name, about[: _MOST["value"]])

    def notes(self) -> Iterator[str]:
        """The card's own note, and below it the lines of what found no other place."""
        card = self.card
        if (parts := card.name_parts) and not _words(parts.whole) <= _words(card.name):
            self.say("Full name", parts.whole)
        if card.sort_as not in card.note and not _words(card.sort_as) <= _words(card.name):
            self.say("Sorted as", card.sort_as)
        self.say("Gender", card.gender)
        self.say("Department", card.department)
        self.say("Role", card.role)
        self.say("Time zone", card.time_zone)
        self.say("Language", card.language)
        for lost in card.lost:
            self.say(lost.name, lost.value)
        text = "\n\n".join(filter(None, [clean_text(card.note), "\n".join(self.lines)]))
        return _parted(text, MOST_OF_A_NOTE)


def _uid_of(card: Card) -> str:
    uid = clean_line(card.uid)
    if not uid:
        said = repr((card.name, card.company, card.emails, card.phones, card.birthday, card.note))
        return f"urn:uuid:{uuid5(NAMESPACE_URL, said)}"
    if len(uid) > _MOST["uid"]:
        return f"sha256:{sha256(uid.encode()).hexdigest()}"
    return uid


def _preferred_first[D: (cards.Detail, cards.Address)](details: Iterable[D]) -> list[D]:
    return sorted(details, key=lambda detail: not detail.preferred)


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", fold(text)))


def _parted(text: str, most: int) -> Iterator[str]:
    """`text` in pieces of at most `most` characters, parted at line breaks where there are any."""
    while len(text) > most:
        end = text.rfind("\n", 1, most)
        end = most if end < 0 else end
        yield text[:end].strip()
        text = text[end:].strip()
    if text:
        yield text
