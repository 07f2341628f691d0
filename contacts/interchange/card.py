"""What one entry of an address book says, whatever format it came in or goes out in.

Readers build these and writers spell them. Every class brings its own text into the shape that any
format can carry: one line has no line breaks, nothing has other control characters or spare white
space at its ends, and nothing empty is kept. So a card that exists can be written and read back.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from contacts.partial_dates import PartialDate

Label = Literal["work", "personal", "other"]

_LABEL_WORDS: dict[str, Label] = {
    "work": "work",
    "business": "work",
    "office": "work",
    "home": "personal",
    "personal": "personal",
    "private": "personal",
    "other": "other",
    "homepage": "other",
}
_ANNIVERSARY_WORDS = frozenset(["anniversary", "wedding anniversary", "wedding day"])
_DEATH_WORDS = frozenset(["died", "death", "date of death", "deathday", "deceased"])
_DATE_WORDS = _ANNIVERSARY_WORDS | _DEATH_WORDS | {"birthday", "other"}
_RELATIONS = """
    acquaintance agent assistant aunt boss brother child co-resident co-worker colleague contact
    cousin crush date daughter emergency father friend grandchild granddaughter grandfather
    grandmother grandparent grandson husband kin manager me met mother muse neighbor neighbour
    nephew niece other parent partner pet relative sibling sister son spouse sweetheart uncle wife
"""
_RELATION_WORDS = frozenset([*_RELATIONS.split(), "domestic partner", "referred by"])

# Line breaks of every kind become spaces in one line; other control characters and lone halves of
# surrogate pairs go, because neither vCard nor PostgreSQL can hold them.
_BREAKS = re.compile("[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]+")
_NEW_LINE = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]+")
# `_$!<Mother>!$_` is Apple's way to say that a label is one of its own; some programs mangle it.
_APPLE_LABEL = re.compile(r"_?\$!<(.*)>!\$_?")
_EAST_ASIAN = re.compile("[\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff]+")


def one_line(text: str) -> str:
    """`text` without line breaks and control characters, and without white space at its ends."""
    if not text.isprintable():
        text = _CONTROL.sub("", _BREAKS.sub(" ", text))
    return text.strip()


def many_lines(text: str) -> str:
    """`text` with every line break as a newline, without other control characters but tabs."""
    if not text.isprintable():
        text = _CONTROL.sub("", _NEW_LINE.sub("\n", text))
    return text.strip()


def plain_label(label: str) -> str:
    """A label in words: without the brackets that Apple puts round its own."""
    found = _APPLE_LABEL.fullmatch(label := one_line(label))
    return one_line(found[1]) if found else label


@dataclass(frozen=True, slots=True)
class Detail:
    """An email, phone, link or profile.

    `kind` says more than the label where the source does: "mobile", "fax" or "pager" for a phone,
    the network for a profile, or a label in the words of whoever wrote it.
    """

    value: str
    label: Label = "other"
    preferred: bool = False
    kind: str = ""

    def __post_init__(self) -> None:
        _set_lines(self, "value")
        _settle_label(self, self.label, self.kind)


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address in the parts that address books know; one whole text goes in `street`."""

    street: str = ""
    city: str = ""
    region: str = ""
    code: str = ""
    country: str = ""
    extended: str = ""
    box: str = ""
    label: Label = "other"
    preferred: bool = False
    kind: str = ""

    def __post_init__(self) -> None:
        parts = ("street", "city", "region", "code", "country", "extended", "box")
        _set(self, **{part: many_lines(getattr(self, part)) for part in parts})
        _settle_label(self, self.label, self.kind)

    @property
    def value(self) -> str:
        """The address as it would stand on an envelope, line by line."""
        town = ", ".join(filter(None, [self.city, f"{self.region} {self.code}".strip()]))
        lines = [self.box, self.extended, self.street, town, self.country]
        return "\n".join(filter(None, lines))


@dataclass(frozen=True, slots=True)
class NameParts:
    """A name in the parts that address books know, for those that sort or greet by them."""

    family: str = ""
    given: str = ""
    additional: str = ""
    prefix: str = ""
    suffix: str = ""

    def __post_init__(self) -> None:
        _set_lines(self, "family", "given", "additional", "prefix", "suffix")

    @property
    def whole(self) -> str:
        """The name in one piece: as in the West, or family name first if all is in Han, kana or
        hangul."""
        order = [self.prefix, self.given, self.additional, self.family, self.suffix]
        if _EAST_ASIAN.fullmatch("".join(order)):
            order = [self.prefix, self.family, self.given, self.additional, self.suffix]
        return " ".join(filter(None, order))


@dataclass(frozen=True, slots=True)
class CardDate:
    """A dated event with the label it was given; usual labels are in lower case English."""

    label: str
    date: PartialDate

    def __post_init__(self) -> None:
        label = plain_label(self.label)
        _set(self, label=_usual(label, _DATE_WORDS))


@dataclass(frozen=True, slots=True)
class CardRelative:
    """Somebody in their life. Usual relations are in lower case English, others as written."""

    relation: str
    name: str

    def __post_init__(self) -> None:
        relation = plain_label(self.relation)
        _set(self, name=one_line(self.name), relation=_usual(relation, _RELATION_WORDS))


@dataclass(frozen=True, slots=True)
class Lost:
    """A property that has no place on a card: its name in the source, and its value as text."""

    name: str
    value: str

    def __post_init__(self) -> None:
        _set(self, name=one_line(self.name), value=many_lines(self.value))


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be read: in which line, whose card it is (if that is known) and a
    sentence for the person who brought the file.

    `skipped` says that the card as a whole was left out; else the card itself came, too.
    """

    line: int
    what: str
    name: str = ""
    skipped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Everything an address book knows of one person or company.

    `name` is never empty as long as anything else can stand for it: the parts of the name, the
    nickname, the company (then `is_company`), else an email, a phone or a profile. `photo` is what
    was embedded, unchecked; a photo that is only a link is nowhere fetched. `lost` keeps what has
    no place here, so that an import can put it into a note; writers leave it out. `line` is where
    the card begins in the file, 0 if in none, and does not make cards differ.
    """

    name: str = ""
    name_parts: NameParts | None = None
    nickname: str = ""
    pronunciation: str = ""
    sort_as: str = ""
    pronouns: str = ""
    gender: str = ""
    is_company: bool = False
    company: str = ""
    department: str = ""
    title: str = ""
    role: str = ""
    emails: tuple[Detail, ...] = ()
    phones: tuple[Detail, ...] = ()
    addresses: tuple[Address, ...] = ()
    urls: tuple[Detail, ...] = ()
    socials: tuple[Detail, ...] = ()
    birthday: PartialDate | None = None
    anniversary: PartialDate | None = None
    deathday: PartialDate | None = None
    dates: tuple[CardDate, ...] = ()
    relatives: tuple[CardRelative, ...] = ()
    tags: tuple[str, ...] = ()
    interests: tuple[str, ...] = ()
    note: str = ""
    photo: bytes | None = field(default=None, repr=False)
    uid: str = ""
    rev: str = ""
    time_zone: str = ""
    language: str = ""
    lost: tuple[Lost, ...] = ()
    line: int = field(default=0, compare=False)

    def __post_init__(self) -> None:
        _set_lines(self, *_CARD_LINES)
        _set(self, note=many_lines(self.note), photo=self.photo or None)
        self._drop_what_is_empty()
        self._place_dates()
        self._settle_name()

    def _drop_what_is_empty(self) -> None:
        for many in ("emails", "phones", "addresses", "urls", "socials"):
            _set(self, **{many: tuple(one for one in getattr(self, many) if one.value)})
        _set(
            self,
            tags=_lines_once(self.tags),
            interests=_lines_once(self.interests),
            relatives=tuple(relative for relative in self.relatives if relative.name),
            lost=tuple(lost for lost in self.lost if lost.value),
        )
        if self.name_parts == NameParts():
            _set(self, name_parts=None)

    def _place_dates(self) -> None:
        """Give anniversaries and deaths their own place, and keep each date once."""
        dates = dict.fromkeys(self.dates)
        for place, words in (("anniversary", _ANNIVERSARY_WORDS), ("deathday", _DEATH_WORDS)):
            named = [one for one in dates if one.label in words]
            if named and getattr(self, place) is None:
                _set(self, **{place: named[0].date})
            for one in named:
                if one.date == getattr(self, place):
                    del dates[one]
        _set(self, dates=tuple(dates))

    def _settle_name(self) -> None:
        if self.role and not self.title:
            _set(self, title=self.role, role="")
        if not self.name:
            named = self.name_parts.whole if self.name_parts else ""
            _set(self, name=named or self.nickname)
        if not self.name and self.company:
            _set(self, name=self.company, is_company=True)
        if not self.name:
            reached = (*self.emails, *self.phones, *self.socials)
            _set(self, name=next((detail.value for detail in reached), ""))


_CARD_LINES = tuple(
    each.name for each in fields(Card) if each.type is str and each.name not in {"note"}
)


def _usual(label: str, words: frozenset[str]) -> str:
    """`label` as it stands among `words`, if it does."""
    usual = label.replace("_", " ").casefold()
    return usual if usual in words else label


def _lines_once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, map(one_line, texts))))


def _settle_label(detail: Detail | Address, label: Label, kind: str) -> None:
    """Let a `kind` that only names a label be that label."""
    if not kind:
        return
    kind = plain_label(kind)
    meant = _LABEL_WORDS.get(kind.casefold())
    if meant is not None and label in ("other", meant):
        label, kind = meant, ""
    _set(detail, label=label, kind=kind)


def _set_lines(frozen: object, *names: str) -> None:
    for name in names:
        text = getattr(frozen, name)
        if text and (line := one_line(text)) is not text:
            object.__setattr__(frozen, name, line)


def _set(frozen: object, **values: Any) -> None:
    for name, value in values.items():
        object.__setattr__(frozen, name, value)
