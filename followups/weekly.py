"""The weekly mail's content, for those who coach: numbers and promises, never a note.

It tells of the week that is over, Monday to Sunday, what changed against the one before, and who
may need a hand. A promise that is marked private is not in it, not even one's own: mails are read
over shoulders.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import ClassVar

from django.urls import reverse

from crm.models import Member, User
from crm.policy import Reach, Thing, reach
from crm.templatetags.ui import count
from followups import mail_links
from followups.follow_through import reviewing
from followups.follow_through.promises import OLDEST
from followups.follow_through.reviewing import Figures, Line
from followups.follow_through.scope import Period, Scope
from followups.follow_through.sums import Ratio
from followups.models import Delivery, Issue, Promise

WEEK = timedelta(days=7)
MONDAY = 1
# So many lines under a heading are read.
LINES = 8


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, about a member or a promise, that leads to a page."""

    who: str
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Part:
    title: str
    lines: list[Sentence]


@dataclass(slots=True)
class Weekly:
    """All that one weekly mail says."""

    user: User
    on: date
    period: Period
    total: Figures
    changed: list[str]
    parts: list[Part]
    faces: dict[str, bytes] = field(default_factory=dict)
    nudge_ids: list[int] = field(default_factory=list)

    kind: ClassVar = Delivery.Kind.WEEKLY

    @property
    def is_empty(self) -> bool:
        return self.total.is_empty

    @property
    def greeting(self) -> str:
        return "Last week"

    @property
    def week(self) -> str:
        return f"{self.period.first:%-d %B} to {self.period.last:%-d %B}"

    @property
    def figures(self) -> str:
        """How many, and nothing else: it stands where anybody may read it."""
        word, open_ = self.total.word.now, self.total.open
        parts = []
        if word.whole:
            parts.append(f"{word.part} of {count(word.whole, 'promise')} kept on time")
        if open_.overdue:
            parts.append(f"{open_.overdue} overdue")
        return ", ".join(parts) or "No promise was due last week"

    @property
    def subject(self) -> str:
        return f"{self.figures} ({_short(self.period.first)} to {_short(self.period.last)})"


def is_for(user: User) -> bool:
    """Whether `user` coaches a team of more than themselves."""
    if reach(user.role, Thing.COUNTS) is not Reach.TEAM:
        return False
    others = Member.objects.visible_to(user).filter(user__is_active=True).exclude(user=user.pk)
    return others.exists()


def build(user: User, *, on: date, now: datetime) -> Weekly:
    """The weekly mail of `user`, sent `on` a day of the week after, as things stand at `now`."""
    monday = on - timedelta(days=on.isoweekday() - MONDAY)
    scope, period = Scope(user, on), Period.until(monday - timedelta(days=1), WEEK)
    review = reviewing.review(scope, period)
    parts = [
        Part("Who may need a hand", [_needs(line) for line in review.lines if _may_need(line)]),
        Part("To make right, for more than a week", [_wrong(each, on) for each in _old(scope)]),
        Part("Waiting longest", [_waits(promise) for promise in _waiting(scope)]),
        Part("Well done", [_won(line) for line in review.lines if _has_won(line)]),
    ]
    return Weekly(
        user=user,
        on=on,
        period=period,
        total=review.total,
        changed=list(_changes(review.total)),
        parts=[Part(part.title, part.lines[:LINES]) for part in parts if part.lines],
    )


def _changes(total: Figures) -> list[str]:
    """The figures of the week against those of the week before, a sentence each."""
    word, marked = total.word, total.occasions
    said = [
        f"Kept on time: {_of(word.now)}; the week before {_of(word.before)}.",
        f"Open: {count(total.open.whole, 'promise')}, {total.open.overdue} of them overdue.",
        f"Moved in time: {total.moved.moved}; the week before {total.moved.moved_before}. "
        f"Broken: {total.broken.broken}; the week before {total.broken.broken_before}.",
    ]
    if marked.now.whole or marked.before.whole:
        said.append(f"Occasions marked: {_of(marked.now)}; the week before {_of(marked.before)}.")
    if total.cadence.now.whole:
        said.append(f"Within their cadence: {_of(total.cadence.now)} people.")
    if total.loyal.unheard:
        said.append(f"Loyal and unheard of: {count(total.loyal.unheard, 'customer')}.")
    return said


def _of(ratio: Ratio) -> str:
    return f"{ratio.part} of {ratio.whole}" if ratio.whole else "none"


def _may_need(line: Line) -> bool:
    return bool(line.user and (line.figures.open.overdue or line.figures.broken.broken))


def _needs(line: Line) -> Sentence:
    overdue, broken = line.figures.open.overdue, line.figures.broken.broken
    said = [f"{count(overdue, 'promise')} overdue"] if overdue else []
    said += [f"{broken} not kept last week"] if broken else []
    return Sentence(str(line.user), f"{', '.join(said)}.", _page(line))


def _has_won(line: Line) -> bool:
    word = line.figures.word.now
    return bool(line.user and word.whole and not word.rest)


def _won(line: Line) -> Sentence:
    due = line.figures.word.due
    kept = {1: "the promise that was due", 2: "both promises that were due"}
    said = kept.get(due, f"all {due} promises that were due")
    return Sentence(str(line.user), f"kept {said}.", _page(line))


def _page(line: Line) -> str:
    assert line.user is not None
    path = reverse("followups:follow_through")
    return mail_links.at_base(f"{path}?who={line.user.member.pk}")


def _waiting(scope: Scope) -> list[Promise]:
    rows = scope.promises().open().filter(told_due_on__lt=scope.today)
    rows = rows.exclude(sharing=Promise.Sharing.PRIVATE).select_related("contact", "owner")
    return list(rows.order_by("told_due_on", "pk")[:OLDEST])


def _waits(promise: Promise) -> Sentence:
    due = _short(promise.told_due_on) if promise.told_due_on else ""
    text = f"to {promise.contact.name}, was due {due}; ask {promise.owner}."
    return Sentence(promise.text, text, mail_links.at_base(promise.get_absolute_url()))


def _old(scope: Scope) -> list[Issue]:
    """Issues that were opened more than a week ago, the oldest first."""
    rows = Issue.objects.visible_to(scope.viewer).present().open()
    rows = rows.filter(opened_at__lt=scope.starts(scope.today) - WEEK)
    return list(rows.select_related("contact", "company", "assignee").order_by("opened_at", "pk"))


def _wrong(issue: Issue, on: date) -> Sentence:
    days = (on - issue.opened_at.date()).days
    who = f"{issue.assignee} is on it" if issue.assignee else "nobody is on it yet"
    said = f"{issue.gist}. Open for {days} days; {who}."
    return Sentence(str(issue.about), said, mail_links.at_base(issue.get_absolute_url()))


def _short(day: date) -> str:
    return f"{day.day} {day:%b}"
