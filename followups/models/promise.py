"""The ledger of promises: who owes whom, by when, and how it ended."""

from datetime import date, datetime, timedelta
from typing import Self
from uuid import UUID

from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse

from contacts.folding import fold
from contacts.models import Contact, Note
from contacts.models.base import Versioned
from crm.models import Team, User
from crm.policy import Thing, visible
from followups.models.issue import Issue
from followups.models.promise_event import PromiseEvent

# A promise without a date is asked about after a week, and stays in the queue from then on.
UNDATED_ASK = timedelta(days=7)
# Made again in the same words so soon after it ended unkept, it is the same promise.
RENEWS_FOR = timedelta(days=90)

# Rows it hangs on: they come as rows, and need not be looked up to be believed.
_ROWS = {"contact", "team", "owner", "note", "issue"}


class PromiseEnded(ValueError):
    """The promise has ended already; reopen it first."""


class PromiseQuerySet(models.QuerySet["Promise"]):
    def visible_to(self, user: User) -> Self:
        """Own ones; the team's shared ones; to managers also those not marked private."""
        own = visible(user, Thing.PRIVATE, whose="owner", team="team")
        shared = visible(user, Thing.SHARED, whose="owner", team="team")
        told = visible(user, Thing.PROMISE, whose="owner", team="team")
        return self.filter(
            own
            | shared & Q(sharing=Promise.Sharing.TEAM)
            | told & ~Q(sharing=Promise.Sharing.PRIVATE)
        )

    def owned_by(self, user: User) -> Self:
        """Made by or to `user` themself."""
        return self.filter(visible(user, Thing.PRIVATE, whose="owner", team="team"))

    def counted_for(self, user: User) -> Self:
        """Those of which `user` may see counts and rates: all their own, and to managers those of
        others that are not marked private."""
        own = visible(user, Thing.PRIVATE, whose="owner", team="team")
        told = visible(user, Thing.COUNTS, whose="owner", team="team")
        return self.filter(own | told & ~Q(sharing=Promise.Sharing.PRIVATE))

    def helped_by(self, user: User) -> Self:
        """Others' promises with which `user` may help: a manager's, or an owner's, team's."""
        told = visible(user, Thing.PROMISE, whose="owner", team="team")
        return self.filter(told, ~Q(sharing=Promise.Sharing.PRIVATE), ~Q(owner=user.pk))

    def open(self) -> Self:
        return self.filter(state=Promise.State.OPEN, contact__trashed_at=None)

    def ended(self) -> Self:
        return self.exclude(state=Promise.State.OPEN)

    def mine(self) -> Self:
        return self.filter(made_by=Promise.By.ME)

    def theirs(self) -> Self:
        return self.filter(made_by=Promise.By.THEM)

    def due(self, on: date) -> Self:
        """Open ones that should be kept by `on`."""
        return self.open().filter(due_on__lte=on)

    def latest_first(self) -> Self:
        """Ended ones by when they ended."""
        return self.order_by("-ended_on", "-pk")

    def soonest_first(self) -> Self:
        return self.order_by(F("due_on").asc(nulls_last=True), "pk")


class Promise(Versioned):
    """Something that was promised; it is never deleted, it ends.

    `owner` is the member who owes it (`made_by` me) or to whom it is owed (them).
    """

    class By(models.TextChoices):
        ME = "me", "I promised"
        THEM = "them", "They promised"

    class State(models.TextChoices):
        OPEN = "open", "Open"
        KEPT = "kept", "Kept"
        KEPT_LATE = "kept_late", "Kept late"
        RELEASED = "released", "Released"
        BROKEN = "broken", "Broken"

    UNKEPT = ["released", "broken"]

    class Sharing(models.TextChoices):
        PRIVATE = "private", "Only me"
        MANAGERS = "managers", "Managers see it"
        TEAM = "team", "The team sees it"

    contact = models.ForeignKey(Contact, models.PROTECT, related_name="promises")
    team = models.ForeignKey(Team, models.PROTECT, related_name="promises")
    owner = models.ForeignKey(User, models.PROTECT, related_name="promises")
    made_by = models.CharField(max_length=4, choices=By, default=By.ME)
    text = models.CharField(max_length=500)
    made_on = models.DateField()
    # When it was put down in Kept, by the owner's calendar; what was promised may be older.
    written_on = models.DateField(editable=False)
    due_on = models.DateField(null=True, blank=True)
    # The date they reckon with: moving `due_on` leaves it where it was, unless they were told
    # before it came.
    told_due_on = models.DateField(null=True, blank=True, editable=False)
    sharing = models.CharField(max_length=8, choices=Sharing, default=Sharing.MANAGERS)
    note = models.ForeignKey(Note, models.SET_NULL, null=True, blank=True, related_name="promises")
    # What it is to make right, if anything.
    issue = models.ForeignKey(
        Issue, models.SET_NULL, null=True, blank=True, related_name="promises"
    )
    state = models.CharField(max_length=9, choices=State, default=State.OPEN, editable=False)
    ended_on = models.DateField(null=True, blank=True, editable=False)
    wake_on = models.DateField(null=True, blank=True, editable=False)
    # How often its date was moved, and they were told before the one they knew had passed.
    moves = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    # One that ended unkept, of which this is the same again: it is not counted a second time. What
    # has been made again says so itself, too: figures look at one row only.
    renewed = models.BooleanField(default=False, db_default=False, editable=False)
    renews = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, editable=False, related_name="renewals"
    )
    # The form's own: one that is sent twice writes one promise.
    key = models.UUIDField(null=True, blank=True, editable=False)

    objects = PromiseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", ended_on=None)
                | ~Q(state="open") & Q(ended_on__isnull=False),
                name="promise_ended_with_a_date",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="promise_says_something"),
            models.UniqueConstraint(fields=["owner", "key"], name="promise_once_per_key"),
        ]
        indexes = [
            models.Index(
                fields=["owner", "wake_on"],
                name="promise_wakes",
                condition=Q(wake_on__isnull=False),
            ),
            models.Index(
                fields=["owner", "due_on"], name="promise_open", condition=Q(state="open")
            ),
            models.Index(fields=["owner", "made_by", "due_on"], name="promise_by_due"),
            # Follow-through reads a stretch of dates, of a team or of one's own, from these alone:
            # what was due before it costs nothing.
            models.Index(
                fields=[
                    *("team", "told_due_on", "owner", "state", "ended_on", "written_on"),
                    *("sharing", "renews", "renewed", "moves", "id"),
                ],
                name="promise_judged",
                condition=Q(made_by="me", told_due_on__isnull=False),
            ),
            models.Index(
                fields=["owner", "told_due_on"],
                name="promise_judged_own",
                condition=Q(made_by="me", told_due_on__isnull=False),
            ),
            models.Index(
                fields=["team", "made_on"],
                name="promise_open_of_team",
                condition=Q(state="open", made_by="me"),
            ),
            models.Index(
                fields=["team", "told_due_on"],
                name="promise_awaited",
                condition=Q(state="open", made_by="me"),
            ),
            models.Index(
                fields=["team", "ended_on"],
                name="promise_unkept",
                condition=Q(state__in=["broken", "released"], made_by="me"),
            ),
        ]

    def __str__(self) -> str:
        return self.text

    def get_absolute_url(self) -> str:
        return reverse("followups:promise", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def is_mine(self) -> bool:
        return self.made_by == self.By.ME

    @property
    def asked_on(self) -> date:
        """The day from which it stands in the queue."""
        return self.due_on or self.made_on + UNDATED_ASK

    def is_overdue(self, today: date) -> bool:
        return self.is_open and self.due_on is not None and self.due_on < today

    def was_missed(self, today: date) -> bool:
        """Whether the day on which they waited went by, or it was broken."""
        if self.is_open:
            return self._has_passed(today) or self.is_overdue(today)
        return self.state in (self.State.KEPT_LATE, self.State.BROKEN)

    def _has_slipped(self, today: date) -> bool:
        """Whether it counts as not kept on time: missed, or released only after its day."""
        if self.state != self.State.RELEASED:
            return self.was_missed(today)
        return self.told_due_on is not None and self.told_due_on < (self.ended_on or today)

    def may_be_shared(self, sharing: str, today: date) -> bool:
        """Whether `share` is open to it: what slipped is not hidden from those who saw it."""
        hides = sharing == self.Sharing.PRIVATE != self.sharing
        return not (hides and self.is_mine and self._has_slipped(today))

    @property
    def can_be_taken(self) -> bool:
        """Whether somebody else can still see to it: what was kept or released needs nobody."""
        return self.state in (self.State.OPEN, self.State.BROKEN)

    def _has_passed(self, today: date) -> bool:
        return self.told_due_on is not None and self.told_due_on < today

    @classmethod
    @transaction.atomic
    def make(
        cls,
        *,
        contact: Contact,
        owner: User,
        text: str,
        at: datetime,
        made_by: str = By.ME,
        due_on: date | None = None,
        sharing: str = Sharing.MANAGERS,
        note: Note | None = None,
        issue: Issue | None = None,
        made_on: date | None = None,
        key: UUID | None = None,
    ) -> "Promise":
        """Write down a promise, and that it was made at `at` by `owner`'s hand."""
        promise = cls(
            contact=contact,
            team_id=contact.team_id,
            owner=owner,
            made_by=made_by,
            text=text,
            made_on=made_on or owner.today(at),
            written_on=owner.today(at),
            due_on=due_on,
            told_due_on=due_on,
            sharing=sharing,
            note=note,
            issue=issue,
            key=key,
        )
        promise.wake_on = promise.asked_on
        promise.clean_fields(exclude=_ROWS)
        promise.renews = promise._same_unkept()
        promise.save()
        if promise.renews:
            cls.objects.filter(pk=promise.renews.pk).update(renewed=True)
        promise._log(PromiseEvent.Kind.MADE, by=owner, at=at, due_after=due_on)
        return promise

    def keep(self, *, by: User, at: datetime) -> None:
        """It was done; late if after the day that the other side had been told."""
        late = self.told_due_on is not None and self.owner.today(at) > self.told_due_on
        self._end(self.State.KEPT_LATE if late else self.State.KEPT, by=by, at=at)

    def release(self, *, by: User, at: datetime, comment: str = "") -> None:
        """The one to whom it was owed no longer wants it, or it was written down by mistake."""
        self._end(self.State.RELEASED, by=by, at=at, comment=comment)

    def break_(self, *, by: User, at: datetime, comment: str = "") -> None:
        """It will not be kept."""
        self._end(self.State.BROKEN, by=by, at=at, comment=comment)

    @transaction.atomic
    def renegotiate(
        self, *, due_on: date | None, told: bool, by: User, at: datetime, comment: str = ""
    ) -> None:
        """Move the date; `told` says whether the other side was told.

        Told after the day on which they waited, they know, but that day has passed unkept.
        """
        self._lock()
        self._must_be_open()
        before, self.due_on = self.due_on, due_on
        in_time = told and not self._has_passed(self.owner.today(at))
        if in_time:
            self.told_due_on, self.moves = due_on, self.moves + 1
        self.wake_on = self.asked_on if due_on else self.owner.today(at) + UNDATED_ASK
        self.save(update_fields=["due_on", "told_due_on", "wake_on", "moves"])
        self._answer_nudges(at)
        # Moved back to a day on which it was due before: its reason is there, and answered.
        again = self.nudges.filter(occurrence_on=self.wake_on)
        again.update(state="open", ended_at=None, show_on=self.wake_on)
        dates = {"due_before": before, "due_after": due_on, "told": told}
        self._log(PromiseEvent.Kind.RENEGOTIATED, by=by, at=at, comment=comment, **dates)

    @transaction.atomic
    def reword(self, text: str, *, by: User, at: datetime) -> None:
        """Mend how it was written down; what it said before stays in its history."""
        before, self.text = self.text, text
        if text == before:
            return
        self.clean_fields(exclude=_ROWS)
        self.save(update_fields=["text"])
        self._log(PromiseEvent.Kind.REWORDED, by=by, at=at, comment=before)

    def share(self, sharing: str) -> None:
        """Let others see it, or nobody: one of `Sharing`."""
        self.sharing = sharing
        self.save(update_fields=["sharing"])

    def add_context(self, text: str, *, by: User, at: datetime) -> None:
        """What its owner says of how it came about; only of one that was not kept in time."""
        if not self.was_missed(self.owner.today(at)):
            raise ValueError("Only a promise that was not kept in time needs context.")
        self._log(PromiseEvent.Kind.CONTEXT, by=by, at=at, comment=text)

    def offer_help(self, text: str, *, by: User, at: datetime) -> None:
        """A word from `by` to its owner; only of one that was not kept in time."""
        if not self.was_missed(self.owner.today(at)):
            raise ValueError("Only a promise that was not kept in time needs help.")
        self._log(PromiseEvent.Kind.HELP, by=by, at=at, comment=text)

    @transaction.atomic
    def reopen(self, *, by: User, at: datetime) -> None:
        """Take its end back."""
        self._lock()
        if self.is_open:
            return
        self.state, self.ended_on, self.wake_on = self.State.OPEN, None, self.asked_on
        self.save(update_fields=["state", "ended_on", "wake_on"])
        self.nudges.filter(occurrence_on=self.asked_on).update(state="open", ended_at=None)
        self._log(PromiseEvent.Kind.REOPENED, by=by, at=at)

    @transaction.atomic
    def _end(self, state: State, *, by: User, at: datetime, comment: str = "") -> None:
        self._lock()
        self._must_be_open()
        self.state, self.ended_on, self.wake_on = state, self.owner.today(at), None
        self.save(update_fields=["state", "ended_on", "wake_on"])
        if state in self.UNKEPT and not self._was_slip:
            self._bind_renewals()
        self._answer_nudges(at)
        self._log(PromiseEvent.Kind(state.value), by=by, at=at, comment=comment)

    def _same_unkept(self) -> "Promise | None":
        """One that ended unkept not long ago, and said the same to the same person."""
        ended = self._alike(state__in=self.UNKEPT, ended_on__gte=self.written_on - RENEWS_FOR)
        return next((promise for promise in ended if not promise._was_slip), None)

    def _bind_renewals(self) -> None:
        """Those that said the same while this one was still open: made before it was ended."""
        assert self.ended_on is not None
        since = self.ended_on - RENEWS_FOR
        if later := self._alike(pk__gt=self.pk, renews=None, written_on__gte=since):
            self.renewals.add(*later)
            self.renewed = True
            self.save(update_fields=["renewed"])

    def _alike(self, **which: object) -> "list[Promise]":
        """Those of its owner that say the same to the same person, the last ended first."""
        whose = {"contact": self.contact_id, "owner": self.owner_id, "made_by": self.made_by}
        promises = type(self).objects.filter(**whose, **which).order_by("-ended_on", "-pk")
        return [each for each in promises if fold(each.text) == fold(self.text)]

    @property
    def _was_slip(self) -> bool:
        """Taken back on the day it was written down: a slip of the pen."""
        return self.state == self.State.RELEASED and self.ended_on == self.written_on

    def _lock(self) -> None:
        """Take the row for this transaction, as it is now: another tab may just have ended it."""
        fresh = type(self).objects.select_for_update().get(pk=self.pk)
        self.state, self.ended_on = fresh.state, fresh.ended_on
        self.due_on, self.told_due_on = fresh.due_on, fresh.told_due_on

    def _answer_nudges(self, at: datetime) -> None:
        """What reminded of it in its former state has been answered."""
        waiting = self.nudges.filter(state__in=["open", "snoozed"])
        waiting.update(state="done", ended_at=at)

    def _must_be_open(self) -> None:
        if not self.is_open:
            raise PromiseEnded("This promise has ended already.")

    def _log(self, kind: PromiseEvent.Kind, *, by: User, at: datetime, **what: object) -> None:
        PromiseEvent.objects.create(promise=self, kind=kind, by=by, at=at, **what)
