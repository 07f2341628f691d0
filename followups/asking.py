"""What is worth asking about, and how somebody likes to be treated: stored facts in few words.

Pure functions: rows and `today` in, words out. Whatever touches on something that is not to be
mentioned is left out.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from contacts.ages import last_day_of
from contacts.discretion import hushed
from contacts.models import Contact, Fact, LifeEvent, LifeEventKind
from contacts.teams import team
from followups import wording
from followups.care import guard_days
from followups.occasions import one_off, rule_of

# Life events are asked about this long before and after.
_AHEAD = timedelta(days=60)
_AFTER = timedelta(days=30)
MOST_ASKS = 3
MOST_MINDS = 2
# Leagues whose clubs are called by name alone: "Liverpool", but "the Boston Red Sox".
_BARE = {"Premier League", "La Liga", "Serie A", "Ligue 1", "Bundesliga", "MLS"}


@dataclass(frozen=True, slots=True)
class Ask:
    """Something to ask about or to mind; `label` says which, `noted_on` since when it is known.

    `lead` stands before the text where the label does not.
    """

    label: str
    text: str
    noted_on: date
    today: date
    lead: str = ""

    @property
    def whence(self) -> str:
        return f"you noted on {wording.day(self.noted_on, self.today)}"

    @property
    def sentence(self) -> str:
        """All of it in plain text, to follow "ask about"."""
        return f"{self.lead}{self.text} ({self.whence})"


LABELS = ASK_ABOUT, NEEDS, MIND = "Ask about", "Needs", "Mind"


def asks(
    contact: Contact,
    facts: list[Fact],
    events: Iterable[LifeEvent],
    *,
    today: date,
    said: Collection[int | None] = (),
) -> list[Ask]:
    """What is ahead or just past, then needs, interests and teams; at most `MOST_ASKS`.

    `facts` come newest first; `said` are the events that are a reason already.
    """
    near = [event for event in events if event.pk not in said and _is_near(event, today)]
    found = [_of_event(contact, event, today) for event in near]
    found += [
        Ask(NEEDS, fact.text, fact.noted_on, today, lead=f"what {wording.needs(contact)}: ")
        for fact in _of(facts, Fact.Kind.NEED)
    ]
    found += [
        Ask(ASK_ABOUT, fact.text, fact.noted_on, today) for fact in _of(facts, Fact.Kind.INTEREST)
    ]
    found += [
        Ask(ASK_ABOUT, _team_name(fact), fact.noted_on, today)
        for fact in _of(facts, Fact.Kind.TEAM)
    ]
    return _spoken(found, facts)[:MOST_ASKS]


def minds(facts: list[Fact], *, today: date) -> list[Ask]:
    """How they like to be treated, newest first; at most `MOST_MINDS`."""
    found = [
        Ask(MIND, fact.text, fact.noted_on, today) for fact in _of(facts, Fact.Kind.PREFERENCE)
    ]
    return _spoken(found, facts)[:MOST_MINDS]


def mind_sorrow(contact: Contact, sorrow: LifeEvent, today: date) -> Ask:
    """What to know before one dials somebody who is to be treated gently."""
    text = f"go gently, {wording.since(contact, sorrow, today)}"
    return Ask(MIND, text, sorrow.noted_on, today)


def _spoken(found: list[Ask], facts: list[Fact]) -> list[Ask]:
    silent = hushed(facts)
    return [ask for ask in found if not silent(ask.text)]


def _of(facts: list[Fact], kind: str) -> list[Fact]:
    return [fact for fact in facts if fact.kind == kind]


def _of_event(contact: Contact, event: LifeEvent, today: date) -> Ask:
    when = wording.day_of(event, one_off(rule_of(event)), today)
    return Ask(ASK_ABOUT, f"{wording.what(contact, event)}, {when}", event.noted_on, today)


def _team_name(fact: Fact) -> str:
    """How a club is spoken of; one that the list does not know, as it was written."""
    known = team(fact.team_key) if fact.team_key else None
    return f"the {fact.text}" if known and known.league not in _BARE else fact.text


def _is_near(event: LifeEvent, today: date) -> bool:
    """Once, no sorrow, and within sight: a month counts until its end."""
    if event.yearly or guard_days(event) or event.kind == LifeEventKind.DEATH:
        return False
    on = one_off(rule_of(event))
    return today - _AFTER <= last_day_of(event.when, on) and on <= today + _AHEAD
