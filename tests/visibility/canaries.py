"""Canaries: words that stand in one field of one person's things, and who may ever read them.

The table of product.md is written down here once more, on purpose without a look at `crm.policy`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from io import BytesIO

from PIL import Image


class Audience(Enum):
    """Who may read a canary, beside whoever wrote it."""

    NOBODY = "nobody at all, not even its writer"
    OWN = "nobody else"
    COACHES = "managers and owners of the team"
    TEAM = "the whole team"
    HANDED = "those between whom somebody was handed over, and the owner"


TEAM_OF = {
    "keeper": "A",
    "teammate": "A",
    "manager": "A",
    "owner": "A",
    "deactivated": "A",
    "stranger": "B",
    "foreigner": "B",
}
COACHES = {"manager", "owner", "stranger", "foreigner"}
# The keeper’s contact is handed over to the teammate by the owner.
PARTIES = {"keeper", "teammate", "owner"}
RECEIVER = "teammate"
# What a face of each one's contact is painted with, so that its bytes say whose it is.
COLOURS = {
    "keeper": (220, 20, 20),
    "teammate": (20, 200, 20),
    "manager": (20, 20, 220),
    "stranger": (220, 200, 20),
}


@dataclass(frozen=True, slots=True)
class Canary:
    """`who` wrote it in `field` of `thing`; each is made of letters alone."""

    who: str
    thing: str
    field: str
    audience: Audience

    def __str__(self) -> str:
        return f"CNRY-{self.who}-{self.thing}-{self.field}"

    @property
    def needle(self) -> str:
        """A word that stands beside the canary: a search for it does not say the canary itself."""
        return f"zq{self.who}{self.thing}{self.field}"

    def may_be_seen_by(self, role: str) -> bool:
        if TEAM_OF.get(role) != TEAM_OF[self.who] or role == "deactivated":
            return False
        if role == self.who:
            return self.audience is not Audience.NOBODY
        if self.audience is Audience.COACHES:
            return role in COACHES
        if self.audience is Audience.HANDED:
            return role in PARTIES
        return self.audience is Audience.TEAM


# One canary, or where it was cut off all that it may have been.
type Song = frozenset[Canary]

# Folded, as search and sorting keep it, it has spaces for hyphens.
_CANARY = re.compile(r"cnry[- ][a-z]+(?:[- ][a-z]+){0,2}", re.IGNORECASE)
# How scripts, addresses and the lines of vCards and calendars may write it.
_DISGUISES = [("\\u002d", "-"), ("\\u002D", "-"), ("%2D", "-"), ("%2d", "-"), ("\r\n ", "")]


@dataclass(slots=True)
class Aviary:
    """Every canary there is; `painted` are the faces, by whose contact's they are."""

    by_text: dict[str, Canary] = field(default_factory=dict)
    painted: dict[str, Canary] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Canary]:
        return iter(self.by_text.values())

    def add(self, canary: Canary) -> str:
        """The text to write down: the canary, and its needle."""
        text = str(canary).lower()
        assert text not in self.by_text, f"{text} stands in two places"
        self.by_text[text] = canary
        return f"{canary} {canary.needle}"

    def add_painted(self, who: str) -> bytes:
        """A photo in a colour that is theirs alone."""
        self.painted[who] = Canary(who, "photo", "pixels", Audience.OWN)
        self.by_text[str(self.painted[who]).lower()] = self.painted[who]
        return paint(who)

    def songs_in(self, text: str) -> set[Song]:
        """What is heard in `text`: of each song, all canaries whose it may be."""
        for disguise, plain in _DISGUISES:
            text = text.replace(disguise, plain)
        songs = {song.lower().replace(" ", "-") for song in _CANARY.findall(text)}
        return {self._meant_by(song) for song in songs}

    def _meant_by(self, song: str) -> Song:
        if song in self.by_text:
            return frozenset([self.by_text[song]])
        meant = [canary for text, canary in self.by_text.items() if text.startswith(song)]
        assert meant, f"nobody wrote {song}"
        return frozenset(meant)


def painted_by(picture: bytes) -> str:
    """Whose contact's face these bytes show."""
    with Image.open(BytesIO(picture)) as image:
        pixel = image.convert("RGB").getpixel((image.width // 2, image.height // 2))
    assert isinstance(pixel, tuple)
    distance = {
        who: sum(abs(ours - theirs) for ours, theirs in zip(colour, pixel, strict=True))
        for who, colour in COLOURS.items()
    }
    return min(distance, key=distance.__getitem__)


def paint(who: str) -> bytes:
    """A photo in the colour of `who`, as a file that can be uploaded."""
    file = BytesIO()
    Image.new("RGB", (200, 200), COLOURS[who]).save(file, "PNG")
    return file.getvalue()
