"""Tags and filters that every page shares: icons, faces, fields, dates as people say them.

They are built in (settings.TEMPLATES): no page needs to load them. The style guide shows each.
"""

import math
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, Protocol
from zlib import crc32

from django import template
from django.forms import BoundField
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

TINTS = 8
PHOTO_OF_SIZE = {"large": "large", "huge": "large"}
SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv", "phd", "md"})
ZERO_WIDTH_JOINER = "\u200d"


class Faced(Protocol):
    """Anybody with a face: a contact (`uid`, `face_url`) or a user (neither)."""

    pk: Any
    name: str


# --- Places ----------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def place(
    context: template.Context, view: str, label: str, symbol: str, number: int | None = None
) -> SafeString | str:
    """A link of the navigation to the URL named `view`; nothing as long as there is no such URL.

    Current is the place that the page is, or is below.
    """
    url = _address_of(view)
    if not url:
        return ""
    path = context["request"].path
    is_below = url != "/" and path.startswith(url)
    current = _CURRENT["page" if path == url else "true" if is_below else ""]
    count = format_html("<b>{}</b>", number) if number else ""
    return format_html(_PLACE, url, current, icon(symbol), label, count)


# No template of their own: every page shows two dozen.
_PLACE = '<a class="place" href="{}"{}>{}<span>{}</span>{}</a>'
_CURRENT = {
    "": "",
    "page": mark_safe(' aria-current="page"'),
    "true": mark_safe(' aria-current="true"'),
}


@cache
def _address_of(view: str) -> str:
    try:
        return reverse(view)
    except NoReverseMatch:
        return ""


# --- Icons and faces -------------------------------------------------------------------------


@register.simple_tag
@cache  # a page shows a hundred, and the sprite's address does not change while Kept runs
def icon(name: str) -> SafeString:
    """The Lucide icon `name` of the sprite. It says nothing to a screen reader: a word must."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', static("icons.svg"), name
    )


@register.simple_tag
def face(who: Faced, size: str = "medium") -> SafeString:
    """The photo of `who`, else initials on a tint that stays theirs.

    Sizes: tiny, small, medium, large, huge. Silent to a screen reader: the name stands beside it.
    """
    photo_url = getattr(who, "face_url", None)
    photo = photo_url(PHOTO_OF_SIZE.get(size, "small")) if photo_url else ""
    if photo:
        return format_html(_PHOTO, size, photo)
    tint = tint_of(str(getattr(who, "uid", who.pk)))
    return format_html(_INITIALS, size, tint, initials(who.name or str(who)))


# No template of their own: a list of people draws fifty.
_PHOTO = (
    '<span class="face {}" aria-hidden="true"><img src="{}" alt="" width="112" height="112" '
    'loading="lazy" decoding="async"></span>'
)
_INITIALS = '<span class="face {} tint-{}" aria-hidden="true">{}</span>'


def tint_of(uid: str) -> int:
    """One of eight tints, the same for the same uid in every process and on every day."""
    return crc32(uid.encode()) % TINTS


def initials(name: str) -> str:
    """One or two letters for a name in any script, "?" for a name without a letter.

    First and last word; one letter where the script joins its letters or writes without spaces.
    """
    words = [word for word in name.split() if _letter_at(word) < len(word)]
    if len(words) > 1 and words[-1].strip(".,").lower() in SUFFIXES:
        words.pop()
    if not words:
        return "?"
    first, last = (_first_grapheme(words[at]) for at in (0, -1))
    if len(words) == 1 or not (_has_case(first) and _has_case(last)):
        return first
    return first + last


def _letter_at(word: str) -> int:
    """Where the first letter of `word` is; its length if there is none."""
    return next((at for at, char in enumerate(word) if char.isalpha()), len(word))


def _first_grapheme(word: str) -> str:
    """The first letter with the marks that belong to it, upper-case where that is one letter."""
    start = _letter_at(word)
    end = start + 1
    while end < len(word) and _belongs_to_previous(word, end):
        end += 1
    letter = unicodedata.normalize("NFC", word[start:end])
    upper = letter.upper()
    return upper if len(upper) == len(letter) else letter


def _belongs_to_previous(word: str, at: int) -> bool:
    is_mark = unicodedata.category(word[at]).startswith("M") or word[at] == ZERO_WIDTH_JOINER
    # After a virama (class 9) or a joiner the next letter is part of the same sign.
    return is_mark or unicodedata.combining(word[at - 1]) == 9 or word[at - 1] == ZERO_WIDTH_JOINER


def _has_case(letter: str) -> bool:
    return letter.upper() != letter.lower()


# --- Dates as people say them ----------------------------------------------------------------
# Each is "" for no date; a name that the page does not know comes in as "", too.


@register.filter
def relative_date(day: date | None, today: date) -> SafeString | str:
    """`day` as one says it on `today`: "tomorrow", "Thu 26 Nov", "in 5 weeks", "12 Nov 2024".

    The exact date is in the element's title.
    """
    return "" if not day else _time(_day_in_words(day, today), _only_date(day))


@register.filter
def short_date(day: date | None, today: date) -> SafeString | str:
    """`day` without weekday, and without the year if that is today's: "12 Nov"."""
    return "" if not day else _time(_short(_only_date(day), today), _only_date(day))


@register.filter
def near_date(day: date | None, today: date) -> SafeString | str:
    """`day` in little room: "Thu 19" within three weeks of `today`, else as `short_date`."""
    if not day:
        return ""
    only = _only_date(day)
    return _time(f"{only:%a %-d}" if abs((only - today).days) < 21 else _short(only, today), only)


@register.filter
def ago(when: date | None, now: date) -> SafeString | str:
    """How long before `now`: "just now", "3 hours ago", "yesterday", "7 weeks ago".

    Both are dates, or both aware instants. Days are counted on the calendar of the zone in force.
    """
    if not when:
        return ""
    if isinstance(when, datetime) and isinstance(now, datetime):
        seconds = (now - when).total_seconds()
        if 0 <= seconds < 20 * 3600 and _only_date(when) == _only_date(now):
            return _time(_today_ago(int(seconds)), when)
    return _time(_days_ago((_only_date(now) - _only_date(when)).days), when)


def _only_date(when: date) -> date:
    """The calendar date: of an aware instant, in the zone in force (the user's)."""
    return timezone.localtime(when).date() if isinstance(when, datetime) else when


def _time(words: str, when: date) -> SafeString:
    exact = f"{_only_date(when):%A %-d %B %Y}"
    if isinstance(when, datetime):
        exact = f"{exact}, {timezone.localtime(when):%H:%M}"
    return format_html('<time datetime="{}" title="{}">{}</time>', when.isoformat(), exact, words)


def _day_in_words(when: date, today: date) -> str:
    day = _only_date(when)
    days = (day - today).days
    if days in (-1, 0, 1):
        return ("yesterday", "today", "tomorrow")[days + 1]
    if -7 < days < 21:
        return f"{day:%a %-d %b}"
    if 21 <= days <= 70:
        return f"in {round(days / 7)} weeks"
    return _short(day, today)


def _short(day: date, today: date) -> str:
    return f"{day:%-d %b}" if day.year == today.year else f"{day:%-d %b %Y}"


def _today_ago(seconds: int) -> str:
    if seconds < 60:
        return "just now"
    if seconds < 3600:
        return f"{count(seconds // 60, 'minute')} ago"
    return f"{count(seconds // 3600, 'hour')} ago"


def _days_ago(days: int) -> str:
    if days <= 1:
        return _near(days)
    if days < 21:
        return f"{days} days ago"
    if days < 77:
        return f"{days // 7} weeks ago"
    if days < 730:
        return f"{round(days / 30.4375)} months ago"
    return f"{count(int(days / 365.25), 'year')} ago"


def _near(days: int) -> str:
    if days < -1:
        return f"in {count(-days, 'day')}"
    return ("tomorrow", "today", "yesterday")[days + 1]


# --- Numbers ---------------------------------------------------------------------------------


@register.simple_tag
def plural(number: int, one: str, many: str = "") -> str:
    """`number` with its noun: "1 person", "1,204 people". `many` is `one` with an s if left out."""
    return count(number, one, many)


def count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


@register.filter
def percent(share: float | None) -> str:
    """A share from 0 to 1 as "94%", rounded down so that 100% means all; empty for None."""
    return "" if share is None else f"{math.floor(share * 100 + 1e-9)}%"


@register.inclusion_tag("ui/sparkline.html")
def sparkline(points: Iterable[float], label: str) -> dict[str, Any]:
    """A trend as a line, oldest point first; `label` says in words what the line shows."""
    return {"path": _path(list(points)), "label": label}


WIDTH, HEIGHT, MARGIN = 240, 40, 4


def _path(points: Sequence[float]) -> str:
    """An SVG path through `points`, filling the box; a level line stands in the middle."""
    if len(points) < 2:
        return ""
    low, high = min(points), max(points)
    step = WIDTH / (len(points) - 1)
    reach = HEIGHT - 2 * MARGIN

    def height(point: float) -> float:
        return MARGIN + reach * ((high - point) / (high - low) if high > low else 0.5)

    spots = (f"{at * step:.4g} {height(point):.4g}" for at, point in enumerate(points))
    return "M" + " L".join(spots)


# --- Fields ----------------------------------------------------------------------------------

CHOICES = {"radioselect", "checkboxselectmultiple"}


@register.inclusion_tag("ui/field.html")
def field(
    bound: BoundField,
    label: str = "",
    size: str = "full",
    icon: str = "",
    hide_label: bool = False,
    hint: str = "",
) -> dict[str, Any]:
    """A form's field with label, hint and errors, each tied to the control for a screen reader.

    `size` is short, medium or full; `hint` stands in for the field's own help text.
    """
    if hint:
        bound.help_text = conditional_escape(hint)  # the widget's aria-describedby goes by it
    return {
        "field": bound,
        "kind": _kind(bound),
        "label": label or bound.label,
        "size": size,
        "icon": icon,
        "hide_label": hide_label,
    }


def _kind(bound: BoundField) -> str:
    """How the field is drawn: hidden, choices, check, select, or the plain control."""
    if bound.is_hidden:
        return "hidden"
    if bound.widget_type in CHOICES:
        return "choices"
    return {"checkbox": "check", "select": "select"}.get(bound.widget_type, "control")
