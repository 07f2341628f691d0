"""How things are called and counted in sentences about people: pure functions, rows in, words out.

Nothing is invented: a word stands only for what is stored, and nobody is "he" or "she" who was not
said to be.
"""

from datetime import date, timedelta

from contacts.models import Contact, LifeEvent, LifeEventKind, Relative
from contacts.models.relative import Relation
from contacts.partial_dates import MONTHS, turning
from followups.due_words import WEEKDAYS, say_due
from followups.occasions import one_off, rule_of

_SHE = {Relation.WIFE, Relation.DAUGHTER, Relation.MOTHER, Relation.SISTER}
_HE = {Relation.HUSBAND, Relation.SON, Relation.FATHER, Relation.BROTHER}

# Where the name of a kind does not follow "Emma’s".
_NOUNS = {
    LifeEventKind.SCHOOL_START: "first day at school",
    LifeEventKind.COLLEGE_START: "start at college",
    LifeEventKind.BEREAVEMENT: "loss",
    LifeEventKind.DEATH: "death",
    LifeEventKind.OTHER: "day",
}


def turns(contact: Contact, relative: Relative | None, *, past: bool) -> str:
    """Who reaches an age: "he turns", "they turn", "Tom turned"; "turning" if there is no name."""
    who = (contact.pronouns or contact.first_name) if relative is None else _pronoun(relative)
    if not who:
        return "turned" if past else "turning"
    if past:
        return f"{who} turned"
    return f"{who} turn" if who == Contact.Pronouns.THEY else f"{who} turns"


def _pronoun(relative: Relative) -> str:
    """What the relation tells, else the name; empty where neither is known."""
    if relative.relation in _SHE | _HE:
        return "she" if relative.relation in _SHE else "he"
    return relative.name


def how_they_are(contact: Contact) -> str:
    """ "how she is", "how they are"."""
    be = "are" if contact.pronouns == Contact.Pronouns.THEY else "is"
    return f"how {contact.pronouns or contact.first_name} {be}"


def needs(contact: Contact) -> str:
    """ "she needs", "they need", "Tom needs"."""
    they = contact.pronouns == Contact.Pronouns.THEY
    return "they need" if they else f"{contact.pronouns or contact.first_name} needs"


def since(contact: Contact, event: LifeEvent, today: date) -> str:
    """How long ago something was: "three weeks since her father’s death"."""
    ago = (today - one_off(rule_of(event))).days
    it = what(contact, event)
    return f"{long_time(ago)} since {it}" if ago else f"{it} today"


def what(contact: Contact, event: LifeEvent) -> str:
    """Whose and what: "her daughter Emma’s graduation", "his mother’s death", "Tom’s birthday"."""
    return f"{_whose(contact, event.relative)} {noun(event)}"


def noun(event: LifeEvent) -> str:
    """What an event is, to follow whose it is."""
    if event.title:
        return event.title
    if event.kind == LifeEventKind.BEREAVEMENT and event.relative_id:
        return "death"
    kind = LifeEventKind(event.kind)
    return _NOUNS.get(kind, kind.label.lower())


def what_happens(event: LifeEvent, on: date) -> str:
    """What an occurrence is, for lists: "turns 52", "Emma’s exam", "anniversary, ten years"."""
    years = turning(event.when, on.year) if event.yearly else None
    who = (event.relative.name or str(event.relative)) if event.relative else ""
    if event.kind == LifeEventKind.BIRTHDAY and years:
        return f"{who} turns {years}".strip()
    words = f"{possessive(who)} {noun(event)}" if who else noun(event)
    return f"{words}, {count(years, 'year')}" if years else words


def _whose(contact: Contact, relative: Relative | None) -> str:
    """The one it happens to, as an owner: "Tom’s", "his daughter Emma’s"."""
    own = contact.their if contact.pronouns else possessive(contact.first_name)
    if relative is None:
        return own
    relation = relative.get_relation_display().lower()
    if relative.relation == Relation.OTHER:
        return possessive(relative.name) if relative.name else own
    return possessive(f"{own} {relation} {relative.name}".strip())


def possessive(name: str) -> str:
    return f"{name}’s"


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def after_colon(text: str, contact: Contact) -> str:
    """A promise in the middle of a sentence: "send it", but "VAT form" and "Friday’s list"."""
    text = text.rstrip(" .")
    first = text.split(maxsplit=1)[0] if text else ""
    names = {*MONTHS, *WEEKDAYS, "I", *contact.name.split(), *str(contact.company or "").split()}
    is_name = first in names or first.partition("’")[0].partition("'")[0] in names
    if is_name or any(letter.isupper() for letter in first[1:]):
        return text
    return text[:1].lower() + text[1:]


# --- Days and stretches of time --------------------------------------------------------------


def day(on: date, today: date) -> str:
    """A date as it is said: "3 Oct", with its year where that is another one: "3 Oct 2022"."""
    year = "" if on.year == today.year else f" {on.year}"
    return f"{on.day} {MONTHS[on.month - 1][:3]}{year}"


def day_of(event: LifeEvent, on: date, today: date) -> str:
    """When an occurrence is, or no more of it than is known: "on Friday", "in May", "this year"."""
    if event.day is not None:
        return say_due(on, today)
    if event.month is not None:
        month = MONTHS[on.month - 1]
        if (on.year, on.month) == (today.year, today.month):
            return "this month"
        return f"in {month}" if abs((on - today).days) < 183 else f"in {month} {on.year}"
    return "this year" if on.year == today.year else f"in {on.year}"


def long_time(days: int) -> str:
    """A stretch of days as it is said: "six days", "a week", "three weeks", "five months"."""
    size, word = _unit(days)
    number = round(days / size)
    return _A[word] if number == 1 else count(number, word)


def stretch(time: timedelta) -> str:
    """Some time as it is said: "at once", "40 minutes", "three hours", "six days"."""
    minutes = int(time.total_seconds()) // 60
    if minutes < 2:
        return "at once"
    if minutes < 60:
        return count(minutes, "minute")
    hours = round(minutes / 60)
    return count(hours, "hour") if hours < 48 else long_time(hours // 24)


def every(days: int) -> str:
    """How often, as it is said: "every week", "every three weeks", "about every six weeks"."""
    size, word = _unit(days)
    if days % size and days >= 21:
        size, word = 7, "week"
    elif days % size:
        size, word = 1, "day"
    number = round(days / size)
    often = f"every {word}" if number == 1 else f"every {count(number, word)}"
    return f"about {often}" if days % size else often


def without_unit(often: str, since: str) -> str:
    """ "every four weeks" as "every four" after "seven weeks": the unit need not be said twice."""
    head, _, unit = often.rpartition(" ")
    has_number = not head.endswith("every")
    is_said = since.split()[-1].rstrip("s") == unit.rstrip("s")
    return head if has_number and is_said else often


def _unit(days: int) -> tuple[int, str]:
    if days in _EXACT:
        return _EXACT[days]
    for size, word in ((365, "year"), (30, "month"), (7, "week")):
        if days >= 2 * size:
            return size, word
    return 1, "day"


_EXACT = {7: (7, "week"), 30: (30, "month"), 31: (31, "month"), 365: (365, "year")}
_A = {"day": "a day", "week": "a week", "month": "a month", "year": "a year"}


def count(number: int, word: str) -> str:
    """A number with its noun: "no days", "one year", "seven weeks", "45 days"."""
    said = _NUMBERS[number] if number < len(_NUMBERS) else str(number)
    return f"{said} {word}{'' if number == 1 else 's'}"


_NUMBERS = (
    *("no", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)
