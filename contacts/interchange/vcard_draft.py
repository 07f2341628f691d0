"""A card while its properties are gone through."""

import re
from functools import lru_cache
from typing import Any

from contacts.interchange.card import Address, Card, Detail, Label, Lost, one_line, plain_label
from contacts.interchange.vcard_lines import Block, Property
from contacts.interchange.vcard_names import LABELS, PHONETIC, SAYS_NOTHING
from contacts.interchange.vcard_text import types_in

_WORD = re.compile(r"\w+")
# How the parts of what a card holds once are put together where a file has several.
_JOINED = {"nickname": ", ", "department": ", ", "note": "\n\n"}


class Draft:
    """What is known so far: `once` holds single fields of `Card`, `many` what there may be more of.

    What has to wait for the other properties is kept aside until `finish`: parts of the
    pronunciation, addresses as on envelopes, and troubles that a later property may make up for.
    """

    def __init__(self, block: Block) -> None:
        self.block = block
        self.once: dict[str, Any] = {}
        self.many: dict[str, list[Any]] = {}
        self.problems: list[tuple[int, str]] = []
        self.phonetic: dict[str, str] = {}
        self.envelopes: list[tuple[Property, str]] = []
        self.troubles: dict[str, list[tuple[int, str]]] = {"birthday": [], "photo": []}
        self.is_group = False
        self.labels = {
            prop.group: plain_label(prop.value)
            for prop in block.properties
            if prop.name == "X-ABLABEL" and prop.group
        }

    def put(self, place: str, value: object, prop: Property) -> None:
        """Fill `place`, which holds one: the first counts, and another one is lost."""
        if self.once.setdefault(place, value) != value:
            self.lose(prop)

    def put_line(self, place: str, prop: Property) -> None:
        if line := one_line(prop.value):
            self.put(place, line, prop)

    def add(self, place: str, value: object) -> None:
        self.many.setdefault(place, []).append(value)

    def lose(self, prop: Property, value: str | None = None) -> None:
        """Keep what `prop` says among the lost, with its label, and as a size if it is no text."""
        if value is None:
            value = prop.value if not prop.data else f"({len(prop.data) * 3 // 4:,} bytes)"
        if value and (label := self.label_of(prop)):
            value = f"{label}: {value}"
        self.add("lost", Lost(prop.name, value))

    def problem(self, line: int, what: str) -> None:
        self.problems.append((line, what))

    def label_of(self, prop: Property) -> str:
        """The label that another line gives to the group of `prop`, as Apple does."""
        return self.labels.get(prop.group, "")

    def labelling(self, prop: Property) -> tuple[Label, str, bool]:
        """Label, kind and whether it is the preferred one, from the types and Apple's label."""
        params = prop.params
        label, kind, preferred = _labelling(params.get("TYPE", ""), params.get("PREF", ""))
        return label, self.label_of(prop) or kind, preferred

    def detail(self, prop: Property, value: str, *, kind: str = "") -> Detail:
        label, said, preferred = self.labelling(prop)
        return Detail(value, label, preferred, kind or said)

    def finish(self) -> Card:
        """The card, with everything settled that had to wait."""
        self._settle_envelopes()
        if self.phonetic:
            said = (self.phonetic.get(name, "") for name in PHONETIC)
            self.once["pronunciation"] = " ".join(filter(None, said))
        for place, troubles in self.troubles.items():
            self.problems += troubles[:1] if place not in self.once else []
        self._judge_block()
        said_once = {
            place: joint.join(self.many.pop(place))
            for place, joint in _JOINED.items()
            if place in self.many
        }
        several = {place: tuple(values) for place, values in self.many.items()}
        return Card(**{**self.once, **said_once, **several}, line=self.block.line)

    def _settle_envelopes(self) -> None:
        """Take addresses as they stand on envelopes unless their words are in one already."""
        known = [_words_of(address.value) for address in self.many.get("addresses", [])]
        for prop, text in self.envelopes:
            words = _words_of(text)
            if words and not any(words <= of_one for of_one in known):
                label, kind, preferred = self.labelling(prop)
                self.add("addresses", Address(text, label=label, preferred=preferred, kind=kind))
                known.append(words)

    def _judge_block(self) -> None:
        block = self.block
        if block.beyond:
            self.problem(block.line, f"This card has {block.beyond}; the rest was left out.")
        if block.has_odd_start:
            self.problem(block.line, "This card begins oddly; it was read all the same.")
        if not block.has_end:
            self.problem(block.line, "This card has no end; what there is of it was read.")


@lru_cache(maxsize=256)
def _labelling(listed: str, pref: str) -> tuple[Label, str, bool]:
    types = types_in(listed)
    label: Label = next((LABELS[word] for word in types if word in LABELS), "other")
    rest = (word for word in types if word not in LABELS and word not in SAYS_NOTHING)
    kind = ", ".join(word.removeprefix("x-") for word in rest)
    return label, kind, "pref" in types or pref == "1"


def _words_of(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))
