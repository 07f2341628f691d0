"""Cards as vCards: 4.0 (RFC 6350 and its extensions) or 3.0 (RFC 2426 with Apple's)."""

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from itertools import batched
from typing import Literal

from contacts.interchange.card import Address, Card, CardDate, Detail, Label, NameParts
from contacts.interchange.vcard_dates import write_date
from contacts.interchange.vcard_names import APPLE_RELATIONS, GENDERS, RELATED_TYPES
from contacts.interchange.vcard_text import encode_parameter, escape, escape_uri, fold
from contacts.partial_dates import PartialDate

Version = Literal["3.0", "4.0"]

_TYPES: dict[Label, str] = {"work": "work", "personal": "home", "other": ""}
_PHONE_TYPES = {"mobile": "cell", "fax": "fax", "pager": "pager"}
# Networks that programs know by their type; any other is written as a label.
_NETWORKS = {
    network: network
    for network in ("facebook", "flickr", "instagram", "linkedin", "mastodon", "twitter")
}
_SEXES = {word: sex for sex, word in GENDERS.items() if word}
_PICTURES = {b"\xff\xd8\xff": "jpeg", b"\x89PNG": "png", b"GIF8": "gif", b"RIFF": "webp"}


def write_cards(cards: Iterable[Card], *, version: Version = "4.0") -> Iterator[bytes]:
    """The vCards of `cards`, one piece of the file each.

    `read_cards` turns them back into equal cards, but for what a card keeps as lost: that is not
    written.
    """
    for card in cards:
        yield _Writing(card, version).whole()


class _Writing:
    """One card while its lines are put together."""

    def __init__(self, card: Card, version: Version) -> None:
        self.card = card
        self.version = version
        self.is_new = version == "4.0"
        self.lines: list[bytes] = []
        self.groups = 0

    def whole(self) -> bytes:
        card = self.card
        self.put("BEGIN", "VCARD")
        self.put("VERSION", self.version)
        self.identity()
        self.name()
        self.work()
        for email in card.emails:
            self.detail("EMAIL", email, escape(email.value))
        for phone in card.phones:
            self.detail("TEL", phone, escape(phone.value), types=_PHONE_TYPES)
        for address in card.addresses:
            self.detail("ADR", address, _components(address))
        for url in card.urls:
            self.detail("URL", url, escape_uri(url.value))
        for social in card.socials:
            self.detail("X-SOCIALPROFILE", social, escape_uri(social.value), types=_NETWORKS)
        self.dates()
        for relative in card.relatives:
            self.relative(relative.relation, relative.name)
        self.rest()
        self.put("END", "VCARD")
        return b"".join(self.lines)

    def put(
        self, name: str, value: str, params: Mapping[str, str] | None = None, *, label: str = ""
    ) -> None:
        """One line, its value already escaped, and with a `label` a second one that labels it."""
        group = ""
        if label:
            self.groups += 1
            group = f"item{self.groups}."
        said = "".join(f";{key}={text}" for key, text in (params or {}).items())
        self.lines.append(fold(f"{group}{name}{said}:{value}"))
        if label:
            self.lines.append(fold(f"{group}X-ABLabel:{escape(label)}"))

    def text(self, name: str, value: str, params: Mapping[str, str] | None = None) -> None:
        if value:
            self.put(name, escape(value), params)

    def named(self, name: str) -> str:
        """`name`, which is of 4.0, as 3.0 allows it."""
        return name if self.is_new else f"X-{name}"

    def identity(self) -> None:
        card = self.card
        if card.is_company and self.is_new:
            self.put("KIND", "org")
        elif card.is_company:
            self.put("X-ABShowAs", "COMPANY")
        is_text = self.is_new and ":" not in card.uid
        self.text("UID", card.uid, {"VALUE": "text"} if is_text else None)
        self.text("REV", card.rev)

    def name(self) -> None:
        card = self.card
        self.put("FN", escape(card.name))
        params = {} if card.name_parts else {"DERIVED": "true"}
        if card.sort_as and self.is_new:
            params["SORT-AS"] = encode_parameter(card.sort_as)
        parts = card.name_parts or _guessed_parts(card)
        names = (parts.family, parts.given, parts.additional, parts.prefix, parts.suffix)
        self.put("N", ";".join(map(escape, names)), params)
        if not self.is_new:
            self.text("SORT-STRING", card.sort_as)
        self.text("NICKNAME", card.nickname)
        self.text("X-PHONETIC-FIRST-NAME", card.pronunciation)
        self.text(self.named("PRONOUNS"), card.pronouns)
        self.gender(card.gender)

    def gender(self, gender: str) -> None:
        if self.is_new and gender in _SEXES:
            self.put("GENDER", _SEXES[gender])
        elif gender:
            self.put(self.named("GENDER"), f";{escape(gender)}" if self.is_new else escape(gender))

    def work(self) -> None:
        card = self.card
        if card.company or card.department:
            units = [card.company, card.department] if card.department else [card.company]
            self.put("ORG", ";".join(map(escape, units)))
        self.text("TITLE", card.title)
        self.text("ROLE", card.role)

    def detail(
        self,
        name: str,
        detail: Detail | Address,
        value: str,
        *,
        types: Mapping[str, str] | None = None,
    ) -> None:
        """A detail with its label and kind; `types` are the kinds that TYPE can say."""
        kind = (types or {}).get(detail.kind, "")
        said = [_TYPES[detail.label], kind]
        if detail.preferred and not self.is_new:
            said.append("pref")
        listed = ",".join(filter(None, said))
        params = {"TYPE": listed} if listed else {}
        if detail.preferred and self.is_new:
            params["PREF"] = "1"
        self.put(name, value, params, label="" if kind else detail.kind)

    def dates(self) -> None:
        card = self.card
        if card.birthday:
            self.date("BDAY", card.birthday, or_else="X-KEPT-BIRTHDAY")
        dates = list(card.dates)
        if self.is_new:
            if card.anniversary:
                self.date("ANNIVERSARY", card.anniversary)
            if card.deathday:
                self.date("DEATHDATE", card.deathday)
        else:
            for label, date in (("died", card.deathday), ("anniversary", card.anniversary)):
                if date:
                    dates.insert(0, CardDate(label, date))
        for one in dates:
            label = _apple(one.label) if one.label == "anniversary" else one.label
            self.date("X-ABDATE", one.date, or_else="X-KEPT-DATE", label=label)

    def date(self, name: str, date: PartialDate, *, or_else: str = "", label: str = "") -> None:
        """A date under `name`; where the version cannot hold it, cut short under `or_else`."""
        written = write_date(date, version=self.version)
        if written is None:
            name, written = or_else, write_date(date, version="4.0")
        if written is not None:
            params, value = written
            self.put(name, value, params, label=label)

    def relative(self, relation: str, name: str) -> None:
        if self.is_new and relation in RELATED_TYPES:
            self.put("RELATED", escape(name), {"TYPE": relation, "VALUE": "text"})
        elif self.is_new:
            self.put("RELATED", escape(name), {"VALUE": "text"}, label=relation)
        else:
            label = _apple(relation) if relation in APPLE_RELATIONS else relation
            self.put("X-ABRELATEDNAMES", escape(name), label=label)

    def rest(self) -> None:
        card = self.card
        for tags in batched(card.tags, 100):
            self.put("CATEGORIES", ",".join(map(escape, tags)))
        for interest in card.interests:
            self.text(self.named("INTEREST"), interest)
        self.text("TZ", card.time_zone, None if self.is_new else {"VALUE": "text"})
        self.text(self.named("LANG"), card.language)
        self.text("NOTE", card.note)
        if card.photo:
            self.photo(card.photo)

    def photo(self, photo: bytes) -> None:
        picture = _picture_type(photo)
        encoded = b64encode(photo).decode()
        if self.is_new:
            medium = f"image/{picture}" if picture else "application/octet-stream"
            self.put("PHOTO", f"data:{medium};base64,{encoded}")
        else:
            params = {"ENCODING": "b"} | ({"TYPE": picture.upper()} if picture else {})
            self.put("PHOTO", encoded, params)


def _components(address: Address) -> str:
    parts = (
        address.box,
        address.extended,
        address.street,
        address.city,
        address.region,
        address.code,
        address.country,
    )
    return ";".join(map(escape, parts))


def _guessed_parts(card: Card) -> NameParts:
    """Parts for programs that show nothing else: marked as derived (RFC 9554), so not read back."""
    if card.is_company or " " not in card.name:
        return NameParts(given=card.name)
    given, _, family = card.name.rpartition(" ")
    return NameParts(family=family, given=given)


def _apple(label: str) -> str:
    return f"_$!<{label.title()}>!$_"


def _picture_type(photo: bytes) -> str:
    if photo[4:8] == b"ftyp":
        return "heic"
    return next((name for start, name in _PICTURES.items() if photo.startswith(start)), "")
