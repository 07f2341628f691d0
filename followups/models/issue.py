"""Something that went wrong for a contact or a company, until it is put right."""

from datetime import UTC, date, datetime, timedelta
from typing import Self
from uuid import UUID

from django.db import models, transaction
from django.db.models import Case, F, Q, Value, When
from django.urls import reverse

from contacts.folding import terms
from contacts.models import Company, Contact
from contacts.models.base import Versioned
from contacts.models.note import Feeling
from contacts.search_text import index_text, is_short, needles
from crm.models import Team, User
from crm.policy import Thing, visible
from followups.models.issue_event import IssueEvent

# So much of the text stands where there is room for a sentence only.
GIST = 140

_ROWS = {"team", "contact", "company", "opened_by", "assignee"}


class IssueSettled(ValueError):
    """The issue is settled already; reopen it first."""


class IssueQuerySet(models.QuerySet["Issue"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(visible(user, Thing.ISSUE, whose="opened_by", team="team"))

    def present(self) -> Self:
        """Those whose contact or company has not been removed."""
        return self.filter(contact__trashed_at=None, company__trashed_at=None)

    def open(self) -> Self:
        return self.present().filter(settled_at=None)

    def settled(self) -> Self:
        return self.present().filter(settled_at__isnull=False)

    def open_between(self, begins: datetime, ends: datetime) -> Self:
        """Those that were open at some time between the two instants."""
        still = Q(settled_at=None) | Q(settled_at__gte=begins)
        return self.present().filter(still, opened_at__lt=ends)

    def search(self, query: str) -> Self:
        """Those in whose words every word of `query` is found, or in the name of whom they concern.

        One at least stands in their own words, which have an index: what else there is costs
        nothing. One or two letters stand in nearly every text, and count in names alone.
        """
        words = terms(query)
        found = self.filter(_says_one_of([word for word in words if not is_short(word)]))
        for word in words:
            named = Q(contact__sort_name__contains=word) | Q(company__folded__contains=word)
            found = found.filter(named if is_short(word) else named | _says_one_of([word]))
        return found

    def open_first(self) -> Self:
        """What is open before what is settled, the latest first."""
        return self.order_by(F("settled_at").desc(nulls_first=True), "-opened_at", "-pk")

    def weighed(self) -> Self:
        """Each with its `weight`: the graver, the smaller."""
        cases = [When(severity=each, then=Value(n)) for n, each in enumerate(Issue.GRAVEST_FIRST)]
        return self.annotate(weight=Case(*cases, output_field=models.SmallIntegerField()))

    def gravest_first(self) -> Self:
        return self.weighed().order_by("weight", "opened_at", "pk")


def _says_one_of(words: list[str]) -> Q:
    texts = [("search_text__contains", text) for word in words for text in needles(word)]
    return Q(*texts, _connector=Q.OR) if texts else Q(pk__in=[])


class Issue(Versioned):
    """What went wrong, how bad it is and who is on it; the whole team sees it.

    It is about one contact, or about a company as a whole. `assignee` is who is on it.
    """

    class Severity(models.TextChoices):
        ANNOYANCE = "annoyance", "An annoyance"
        SERIOUS = "serious", "Serious"
        GRAVE = "grave", "Grave"

    GRAVEST_FIRST = ["grave", "serious", "annoyance"]

    team = models.ForeignKey(Team, models.PROTECT, related_name="issues")
    contact = models.ForeignKey(
        Contact, models.CASCADE, null=True, blank=True, related_name="issues"
    )
    company = models.ForeignKey(
        Company, models.CASCADE, null=True, blank=True, related_name="issues"
    )
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    text = models.TextField(max_length=1000)
    # The same as search reads it.
    search_text = models.TextField(editable=False)
    severity = models.CharField(max_length=9, choices=Severity, default=Severity.SERIOUS)
    assignee = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="issues")
    first_answered_at = models.DateTimeField(null=True, blank=True, editable=False)
    settled_at = models.DateTimeField(null=True, blank=True, editable=False)
    settled_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    # How they felt about it when it was settled.
    feeling = models.CharField(max_length=7, blank=True, choices=Feeling, default="")
    wake_on = models.DateField(null=True, blank=True, editable=False)
    # The form's own: one that is sent twice opens one issue.
    key = models.UUIDField(null=True, blank=True, editable=False)

    objects = IssueQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(contact=None, company__isnull=False)
                | Q(contact__isnull=False, company=None),
                name="issue_about_a_contact_or_a_company",
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_by=None)
                | Q(settled_at__isnull=False, settled_by__isnull=False),
                name="issue_settled_by_somebody",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="issue_says_something"),
            models.UniqueConstraint(fields=["opened_by", "key"], name="issue_once_per_key"),
        ]
        indexes = [
            models.Index(
                fields=["team", "opened_at"], name="issue_open", condition=Q(settled_at=None)
            ),
            models.Index(
                fields=["team", "settled_at"],
                name="issue_settled",
                condition=Q(settled_at__isnull=False),
            ),
            models.Index(
                fields=["team", "wake_on"], name="issue_wakes", condition=Q(wake_on__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.gist

    def get_absolute_url(self) -> str:
        return reverse("followups:issue", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.settled_at is None

    @property
    def about(self) -> Contact | Company:
        """Whom it went wrong for."""
        about = self.contact or self.company
        assert about is not None  # by constraint
        return about

    @property
    def gist(self) -> str:
        """The text in one line, cut where it is long."""
        line = " ".join(self.text.split()).rstrip(".")
        return line if len(line) <= GIST else f"{line[:GIST].rsplit(' ', 1)[0]} …"

    @property
    def rewording(self) -> IssueEvent | None:
        """When how it is written down was last changed, and by whom; a query."""
        kinds = (IssueEvent.Kind.REWORDED, IssueEvent.Kind.SEVERITY)
        return self.events.filter(kind__in=kinds).select_related("by").last()

    @property
    def time_to_answer(self) -> timedelta | None:
        """From the opening until somebody had spoken with them; None as long as nobody has."""
        return self.first_answered_at - self.opened_at if self.first_answered_at else None

    @property
    def time_to_settle(self) -> timedelta | None:
        return self.settled_at - self.opened_at if self.settled_at else None

    @classmethod
    @transaction.atomic
    def open(
        cls,
        *,
        by: User,
        at: datetime,
        text: str,
        severity: str,
        contact: Contact | None = None,
        company: Company | None = None,
        assignee: User | None = None,
        key: UUID | None = None,
    ) -> "Issue":
        """Write down what went wrong for `contact` or for `company`, exactly one of the two."""
        about = contact or company
        assert about is not None
        issue = cls(
            team_id=about.team_id,
            contact=contact,
            company=company,
            opened_by=by,
            opened_at=at,
            text=text,
            search_text=index_text([text]),
            severity=severity,
            assignee=assignee,
            key=key,
            wake_on=_first_date(at),
        )
        issue.clean_fields(exclude=_ROWS)
        issue.save()
        issue._log(IssueEvent.Kind.OPENED, by=by, at=at)
        return issue

    @transaction.atomic
    def answer(self, *, by: User, at: datetime) -> IssueEvent | None:
        """Somebody has spoken with them; only the first time counts, a second is a no-op."""
        rows = Issue.objects.filter(pk=self.pk, settled_at=None, first_answered_at=None)
        if not rows.update(first_answered_at=at):
            return None
        self.first_answered_at = at
        return self._log(IssueEvent.Kind.ANSWERED, by=by, at=at)

    @transaction.atomic
    def assign(self, to: User | None, *, by: User, at: datetime) -> IssueEvent | None:
        """Put it into the hands of `to`, or of nobody; None where that is so already."""
        self._must_be_open()
        formerly, self.assignee = self.assignee, to
        if formerly == to:
            return None
        self.save(update_fields=["assignee"])
        name = str(to) if to else ""
        return self._log(
            IssueEvent.Kind.ASSIGNED, by=by, at=at, comment=name[:500], formerly=formerly
        )

    @transaction.atomic
    def reword(
        self, *, text: str, severity: str, seen: int, by: User, at: datetime
    ) -> IssueEvent | None:
        """Mend how it is written down, and how bad it is; what stood before stays in its history.

        Returns the last event, None where all is as it was. Raises `Conflict`, and changes nothing,
        where the stored version is no longer `seen`.
        """
        former, before = self.text, self.get_severity_display()
        is_as_bad = self.severity == severity
        self._write(text, severity, over=seen)
        event = None
        if text != former:
            event = self._log(IssueEvent.Kind.REWORDED, by=by, at=at, comment=former)
        if not is_as_bad:
            event = self._log(IssueEvent.Kind.SEVERITY, by=by, at=at, comment=before)
        return event

    def _write(self, text: str, severity: str, *, over: int) -> None:
        self.text, self.search_text, self.severity = text, index_text([text]), severity
        self.clean_fields(exclude=_ROWS)
        self.save_over(over, fields=["text", "search_text", "severity"])

    @transaction.atomic
    def settle(self, *, by: User, at: datetime, feeling: str = "", comment: str = "") -> None:
        """It has been put right; `feeling` is how they feel about it now."""
        rows = Issue.objects.filter(pk=self.pk, settled_at=None)
        if not rows.update(settled_at=at, settled_by=by, feeling=feeling, wake_on=None):
            raise IssueSettled("This is settled already.")
        self.settled_at, self.settled_by, self.feeling, self.wake_on = at, by, feeling, None
        self.nudges.filter(state__in=["open", "snoozed"]).update(state="done", ended_at=at)
        self._log(IssueEvent.Kind.SETTLED, by=by, at=at, comment=comment)

    @transaction.atomic
    def reopen(self, *, by: User, at: datetime) -> None:
        """It was not settled after all: what reminded of it until then does so again."""
        settled_at = self.settled_at
        rows = Issue.objects.filter(pk=self.pk, settled_at=settled_at)
        values = {"settled_at": None, "settled_by": None, "feeling": ""}
        if settled_at is None or not rows.update(**values, wake_on=_first_date(at)):
            return
        self.settled_at, self.settled_by, self.feeling = None, None, ""
        ended = self.nudges.filter(state="done", answer=None, ended_at=settled_at)
        ended.update(state="open", ended_at=None)
        self._log(IssueEvent.Kind.REOPENED, by=by, at=at)

    @transaction.atomic
    def take_back(self, event: IssueEvent, *, by: User) -> bool:
        """Undo `event`: whoever did it can, as long as nothing has happened since; else False.

        What was reworded and weighed anew at once is undone at once. An issue whose opening is
        taken back is gone.
        """
        issue = Issue.objects.select_for_update(of=("self",)).get(pk=self.pk)
        if event.by_id != by.pk or issue.events.last() != event:
            return False
        if event.kind == IssueEvent.Kind.OPENED:
            return issue._unopen()
        if not issue._unmake(event):
            return False
        event.delete()
        former = issue.events.last()
        if event.kind == IssueEvent.Kind.SEVERITY and former and former.is_of_one_with(event):
            issue.take_back(former, by=by)
        return True

    def _unopen(self) -> bool:
        if self.promises.exists():
            return False
        self.delete()
        return True

    def _unmake(self, event: IssueEvent) -> bool:
        """Put what `event` changed back as it was before, if it can be."""
        match event.kind:
            case IssueEvent.Kind.ANSWERED:
                self.first_answered_at = None
                self.save(update_fields=["first_answered_at"])
            case IssueEvent.Kind.ASSIGNED:
                self.assignee = event.formerly
                self.save(update_fields=["assignee"])
            case IssueEvent.Kind.REWORDED:
                self._write(event.comment, self.severity, over=self.version)
            case IssueEvent.Kind.SEVERITY:
                before = next(each for each in self.Severity if each.label == event.comment)
                self._write(self.text, before, over=self.version)
            case _:
                return False
        return True

    def _must_be_open(self) -> None:
        if not self.is_open:
            raise IssueSettled("This is settled already.")

    def _log(self, kind: IssueEvent.Kind, *, by: User, at: datetime, **what: object) -> IssueEvent:
        return IssueEvent.objects.create(issue=self, kind=kind, by=by, at=at, **what)


def _first_date(at: datetime) -> date:
    """A date that has begun everywhere at the instant `at`: keepers may live in several zones."""
    return at.astimezone(UTC).date() - timedelta(days=1)
