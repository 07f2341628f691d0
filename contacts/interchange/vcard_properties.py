"""What each property of a vCard means, whichever program wrote it: one function a kind."""

import re
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import unquote

from contacts.interchange.card import (
    Address,
    CardDate,
    CardRelative,
    NameParts,
    many_lines,
    one_line,
)
from contacts.interchange.vcard_dates import read_date
from contacts.interchange.vcard_draft import Draft
from contacts.interchange.vcard_lines import Property
from contacts.interchange.vcard_names import (
    ANDROID_EVENTS,
    ANDROID_RELATIONS,
    DATES,
    GENDERS,
    LINES,
    MACHINERY,
    PHONE_KINDS,
    PHONETIC,
    PICTURES,
    RELATIVES,
    SAYS_NOTHING,
    SOCIALS,
)
from contacts.interchange.vcard_text import (
    decode_base64,
    decode_parameter,
    split,
    split_raw,
    types_in,
)
from contacts.partial_dates import PartialDateError, UnreadableDateError

_POINTER = re.compile(r"(?:urn|https?|data|ldaps?|cid):", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"[^<>]*<([^<>\s]+@[^<>\s]+)>\s*")
_AGENT_NAME = re.compile(r"^(?:[\w-]+\.)?(FN|N)\b[^:\n]*:(.+)$", re.MULTILINE | re.IGNORECASE)
_DATA_URI = re.compile(r"data:[^,;]{0,100}(?:;[^,;]{0,100}){0,9},", re.IGNORECASE)
_DATA_URI_BYTES = re.compile(rb"\A\s*data:[^,]{0,1000};base64,", re.IGNORECASE)
_BARE_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]{100,}")
_BASE64_IN_URI = {"%2B": "+", "%2b": "+", "%2F": "/", "%2f": "/", "%3D": "=", "%3d": "="}
_ANY_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_DAMAGED = "The photo is damaged, so it was left out."
_ONLY_A_LINK = "The photo is only a link, and links are not followed; it was left out."


def read_property(draft: Draft, prop: Property) -> None:
    """Give `prop` to whatever understands it; else it is lost, unless it is pure machinery."""
    name = prop.name
    if reader := _READERS.get(name):
        reader(draft, prop)
    elif name in LINES:
        draft.put_line(LINES[name], prop)
    elif name in SOCIALS:
        draft.add("socials", draft.detail(prop, prop.value, kind=SOCIALS[name]))
    elif name in RELATIVES:
        draft.add("relatives", CardRelative(RELATIVES[name], prop.value))
    elif name in DATES:
        _read_date(draft, prop, draft.label_of(prop) or DATES[name])
    elif name.startswith("X-MESSAGING/"):
        network = name.removeprefix("X-MESSAGING/").removesuffix("-ALL").lower()
        draft.add("socials", draft.detail(prop, prop.value, kind=network))
    elif name not in MACHINERY:
        draft.lose(prop)


def _read_name(draft: Draft, prop: Property) -> None:
    if not _is_derived(prop):
        draft.put_line("name", prop)


def _read_name_parts(draft: Draft, prop: Property) -> None:
    if sort_as := prop.params.get("SORT-AS"):
        draft.once.setdefault("sort_as", decode_parameter(sort_as))
    if _is_derived(prop):
        return
    parts = [" ".join(filter(None, split(part, ","))) for part in split_raw(prop.text, ";", 6)]
    found = NameParts(*parts[:5])
    if found != NameParts():
        draft.put("name_parts", found, prop)
    if "".join(parts[5:]).strip("; "):
        draft.lose(prop)


def _is_derived(prop: Property) -> bool:
    """RFC 9554, DERIVED: whether the property only repeats others."""
    return prop.params.get("DERIVED", "").lower() == "true"


def _read_nickname(draft: Draft, prop: Property) -> None:
    for nickname in filter(None, map(one_line, split(prop.text, ","))):
        draft.add("nickname", nickname)


def _read_phonetic_name(draft: Draft, prop: Property) -> None:
    draft.phonetic.setdefault(prop.name, one_line(prop.value))


def _read_sound(draft: Draft, prop: Property) -> None:
    """How to say the name, in the kana of Japanese phones; or a recording, which is lost."""
    if "x-irmc-n" in prop.types:
        said = " ".join(filter(None, map(one_line, prop.components())))
        draft.phonetic.setdefault(PHONETIC[0], said)
    else:
        draft.lose(prop)


def _read_gender(draft: Draft, prop: Property) -> None:
    sex, identity, *_ = [*map(one_line, prop.components(2)), ""]
    if gender := identity or GENDERS.get(sex.upper(), sex):
        draft.put("gender", gender, prop)


def _read_kind(draft: Draft, prop: Property) -> None:
    kind = prop.value.strip().lower()
    if kind == "group":
        draft.is_group = True
    elif kind in ("org", "organization", "organisation"):
        draft.once["is_company"] = True
    elif kind not in ("", "individual"):
        draft.lose(prop)


def _read_shown_as(draft: Draft, prop: Property) -> None:
    if prop.value.strip().upper() == "COMPANY":
        draft.once["is_company"] = True


def _read_company(draft: Draft, prop: Property) -> None:
    company, *units = map(one_line, prop.components())
    units = list(filter(None, units))
    if company:
        draft.put("company", company, prop)
    if units and company == draft.once.get("company", ""):
        draft.many.setdefault("department", units)


def _read_department(draft: Draft, prop: Property) -> None:
    draft.many.setdefault("department", [one_line(prop.value)])


def _read_email(draft: Draft, prop: Property) -> None:
    value = one_line(prop.value)
    if found := _IN_BRACKETS.fullmatch(value):
        value = found[1]
    draft.add("emails", draft.detail(prop, _without_scheme(value, "mailto:")))


def _read_phone(draft: Draft, prop: Property) -> None:
    value = _without_scheme(one_line(prop.value), "tel:")
    kind = _phone_kind(prop.params.get("TYPE", ""))
    if kind and draft.label_of(prop):
        draft.lose(prop)  # the words of its label, which the kind leaves no room for
    draft.add("phones", draft.detail(prop, value, kind=kind))


@lru_cache(maxsize=256)
def _phone_kind(listed: str) -> str:
    return next((PHONE_KINDS[word] for word in types_in(listed) if word in PHONE_KINDS), "")


def _read_callback(draft: Draft, prop: Property) -> None:
    """The number on which Outlook says to call back: mostly one of the others again."""
    if all(one_line(prop.value) != phone.value for phone in draft.many.get("phones", [])):
        _read_phone(draft, prop)


def _without_scheme(value: str, scheme: str) -> str:
    return value[len(scheme) :] if value[: len(scheme)].lower() == scheme else value


def _read_address(draft: Draft, prop: Property) -> None:
    parts = [*map(many_lines, prop.components(8)), *[""] * 7]
    box, extended, street, city, region, code, country, more, *_ = parts
    label, kind, preferred = draft.labelling(prop)
    place = (street, city, region, code, country, extended, box)
    draft.add("addresses", Address(*place, label=label, preferred=preferred, kind=kind))
    if more.strip("; "):
        draft.lose(prop)
    if envelope := prop.params.get("LABEL"):
        draft.envelopes.append((prop, decode_parameter(envelope)))


def _read_envelope(draft: Draft, prop: Property) -> None:
    draft.envelopes.append((prop, prop.value))


def _read_link(draft: Draft, prop: Property) -> None:
    draft.add("urls", draft.detail(prop, prop.value))


def _read_social(draft: Draft, prop: Property) -> None:
    """A profile or a messenger; where no network is said, the scheme of the address is it."""
    value = one_line(prop.value)
    scheme, _, rest = value.partition(":")
    if scheme.lower() == "x-apple":
        value = prop.params.get("X-USER") or unquote(rest)
    network = prop.params.get("X-SERVICE-TYPE") or prop.params.get("SERVICE-TYPE") or ""
    if not network and prop.name == "IMPP" and rest and not draft.labelling(prop)[1]:
        network = scheme
    draft.add("socials", draft.detail(prop, value, kind=network))


def _read_birthday(draft: Draft, prop: Property) -> None:
    try:
        birthday = read_date(prop.text, prop.params)
    except PartialDateError as error:
        draft.lose(prop)
        draft.troubles["birthday"].append((prop.line, _left_out("birthday", prop, error)))
    else:
        if birthday:
            draft.put("birthday", birthday, prop)


def _read_date(draft: Draft, prop: Property, label: str) -> None:
    try:
        date = read_date(prop.text, prop.params)
    except PartialDateError as error:
        draft.lose(prop)
        draft.problem(prop.line, _left_out(label or "date", prop, error))
    else:
        if date:
            draft.add("dates", CardDate(label, date))


def _left_out(what: str, prop: Property, error: PartialDateError) -> str:
    raw = one_line(prop.value)
    quoted = f"“{raw[:40]}…”" if len(raw) > 40 else f"“{raw}”"
    if isinstance(error, UnreadableDateError):
        return f"The {what[:40]} {quoted} was left out: it is no date."
    return f"The {what[:40]} {quoted} was left out. {error}"


def _read_relative(draft: Draft, prop: Property) -> None:
    """Somebody by name; a mere pointer to another card is lost."""
    name = one_line(prop.value)
    if prop.name == "RELATED" and prop.params.get("VALUE", "").lower() != "text":
        name = _without_scheme(name, "mailto:")
        if _POINTER.match(name):
            draft.lose(prop)
            return
    types = (word for word in prop.types if word not in SAYS_NOTHING)
    draft.add("relatives", CardRelative(draft.label_of(prop) or next(types, ""), name))


def _read_agent(draft: Draft, prop: Property) -> None:
    """The card of somebody who stands in for them: an assistant, and the rest is lost."""
    text = prop.value
    names = {found[1].upper(): found[2] for found in _AGENT_NAME.finditer(text)}
    if name := names.get("FN") or NameParts(*names.get("N", "").split(";")[:5]).whole:
        draft.add("relatives", CardRelative("assistant", name))
    draft.lose(prop, text)


def _read_android(draft: Draft, prop: Property) -> None:
    """A field that Android has and vCard has not: its kind, value, label number and label."""
    kind, value, number, label, *_ = [*prop.components(), "", "", ""]
    kind = kind.rpartition("/")[2]
    said = Property(prop.name, "", {}, value, b"", prop.line)
    event = label if number == "0" else _numbered(ANDROID_EVENTS, number)
    if kind == "nickname":
        draft.add("nickname", one_line(value))
    elif kind == "relation":
        relation = label if number == "0" else _numbered(ANDROID_RELATIONS, number)
        draft.add("relatives", CardRelative(relation, value))
    elif kind == "contact_event" and event == "birthday":
        _read_birthday(draft, said)
    elif kind == "contact_event":
        _read_date(draft, said, event)
    else:
        draft.lose(prop)


def _numbered(words: tuple[str, ...], number: str) -> str:
    is_known = number.isascii() and number.isdigit() and len(number) < 3
    return words[int(number)] if is_known and int(number) < len(words) else ""


def _read_tags(draft: Draft, prop: Property) -> None:
    for tag in split(prop.text, ","):
        draft.add("tags", tag)


def _read_interest(draft: Draft, prop: Property) -> None:
    draft.add("interests", prop.value)


def _read_note(draft: Draft, prop: Property) -> None:
    if note := many_lines(prop.value):
        draft.add("note", note)


def _read_picture(draft: Draft, prop: Property) -> None:
    if prop.data or prop.text:
        draft.lose(prop, f"({PICTURES[prop.name]})")


def _read_photo(draft: Draft, prop: Property) -> None:
    """A picture in the card itself; a link is noted and never followed."""
    text = prop.value.strip()
    if not prop.data.strip() and not text:
        return
    photo = _embedded(prop.data, text)
    if photo is None:
        is_link = bool(_ANY_URI.match(text)) and not _DATA_URI.match(text)
        draft.troubles["photo"].append((prop.line, _ONLY_A_LINK if is_link else _DAMAGED))
        draft.lose(prop, one_line(text)[:2000] if is_link else "")
    elif draft.once.setdefault("photo", photo) != photo:
        draft.problem(prop.line, "This card has more than one photo; the first was taken.")


def _embedded(data: bytes, text: str) -> bytes | None:
    """The bytes of a photo; None if there are none to be had."""
    if data:
        return decode_base64(_DATA_URI_BYTES.sub(b"", data))
    if (found := _DATA_URI.match(text)) and found[0].lower().endswith(";base64,"):
        encoded = text[found.end() :]
        for code, char in _BASE64_IN_URI.items():
            encoded = encoded.replace(code, char)
        return decode_base64(encoded.encode())
    return decode_base64(text.encode()) if _BARE_BASE64.fullmatch(text) else None


_READERS: dict[str, Callable[[Draft, Property], None]] = {
    "ADR": _read_address,
    "AGENT": _read_agent,
    "BDAY": _read_birthday,
    "CATEGORIES": _read_tags,
    "EMAIL": _read_email,
    "EXPERTISE": _read_interest,
    "FN": _read_name,
    "GENDER": _read_gender,
    "HOBBY": _read_interest,
    "IMPP": _read_social,
    "INTEREST": _read_interest,
    "KIND": _read_kind,
    "LABEL": _read_envelope,
    "N": _read_name_parts,
    "NICKNAME": _read_nickname,
    "NOTE": _read_note,
    "ORG": _read_company,
    "PHOTO": _read_photo,
    "RELATED": _read_relative,
    "SOCIALPROFILE": _read_social,
    "SOUND": _read_sound,
    "TEL": _read_phone,
    "URL": _read_link,
    "X-ABRELATEDNAMES": _read_relative,
    "X-ABSHOWAS": _read_shown_as,
    "X-ADDRESSBOOKSERVER-KIND": _read_kind,
    "X-ANDROID-CUSTOM": _read_android,
    "X-HOBBY": _read_interest,
    "X-INTEREST": _read_interest,
    "X-KADDRESSBOOK-X-DEPARTMENT": _read_department,
    "X-KEPT-BIRTHDAY": _read_birthday,
    "X-MS-TEL": _read_callback,
    "X-SOCIALPROFILE": _read_social,
    **dict.fromkeys(PHONETIC, _read_phonetic_name),
    **dict.fromkeys(PICTURES, _read_picture),
}
