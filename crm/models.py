"""Who uses Kept: users, teams, their members, and invitations."""

import secrets
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower

from crm.clocks import FURTHEST_AHEAD, day_that_is, first_day_to_reach, next_midnight
from crm.local_time import day_in, instant_of, is_zone
from crm.policy import Role, Thing, may_view_as, visible


def validate_zone(name: str) -> None:
    if not is_zone(name):
        raise ValidationError("“%(name)s” is not a time zone Kept knows.", params={"name": name})


def validate_working_days(days: object) -> None:
    if not isinstance(days, list) or not set(days) <= set(range(1, 8)):
        raise ValidationError("Working days are numbers from 1 (Monday) to 7 (Sunday).")


def default_working_days() -> list[int]:
    return [1, 2, 3, 4, 5]


def default_zone() -> str:
    return settings.TIME_ZONE


def invitation_token() -> str:
    return secrets.token_urlsafe(32)


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save()
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """Somebody who logs in. What they see hangs on their membership (`role`, `team_id`)."""

    class Theme(models.TextChoices):
        SYSTEM = "", "As my device"
        LIGHT = "light", "Light"
        DARK = "dark", "Dark"

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120, blank=True)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)
    time_zone = models.CharField(max_length=64, default=default_zone, validators=[validate_zone])
    day_first = models.BooleanField("15/8 means 15 August", default=True)
    people_a_day = models.PositiveSmallIntegerField(
        default=8, validators=[MinValueValidator(1), MaxValueValidator(50)]
    )
    working_days = models.JSONField(
        default=default_working_days, validators=[validate_working_days]
    )
    digest_at = models.TimeField(default=time(7, 0))
    # Clocks, for the scheduler to look up: when this user's day next turns, the local date of
    # their next digest, and when that is due. None, as in a new user, asks it to look now.
    day_turns_at = models.DateTimeField(null=True, blank=True, editable=False)
    digest_on = models.DateField(null=True, blank=True, editable=False)
    digest_due_at = models.DateTimeField(null=True, blank=True, editable=False)
    digest_wanted = models.BooleanField("Morning mail", default=True, db_default=True)
    digest_when_empty = models.BooleanField(
        "Also when there is nothing to say", default=False, db_default=False
    )
    weekly_wanted = models.BooleanField("Weekly mail", default=True, db_default=True)
    # The user's address does not take mail any more: nothing is sent until they say so.
    mail_stopped_at = models.DateTimeField(null=True, blank=True, editable=False)
    mail_stopped_because = models.CharField(
        max_length=500, blank=True, default="", db_default="", editable=False
    )
    keys_on = models.BooleanField("Keyboard shortcuts", default=True)
    theme = models.CharField(max_length=5, blank=True, choices=Theme, default=Theme.SYSTEM)

    # What `crm.middleware.ViewingAs` sets for the requests of one session.
    viewing_as: Role | None = None

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_any_case"),
            models.CheckConstraint(
                condition=models.Q(people_a_day__gte=1), name="user_people_a_day"
            ),
        ]
        indexes = [
            models.Index(
                fields=["day_turns_at"], name="user_day_turns", condition=models.Q(is_active=True)
            ),
            models.Index(
                fields=["digest_due_at"], name="user_digest_due", condition=models.Q(is_active=True)
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def today(self, now: datetime) -> date:
        """The date in this user's zone at the aware instant `now`."""
        return day_in(self.zone, now)

    CLOCKS = ["day_turns_at", "digest_on", "digest_due_at"]

    def set_clocks(self, now: datetime) -> None:
        """Compute the clocks from the rule (zone, digest hour) at the aware instant `now`.

        Saves nothing. `digest_on` only ever grows, whatever zone the user moves to: a local date
        that had its digest gets no second one, and the dates after it get theirs (engine.md 3).
        It may lie in the past, when nothing ran: those dates still wait for their answer. Further
        ahead than any move leads, it comes of a clock that was wrong, and begins anew.
        """
        self.day_turns_at = next_midnight(self.zone, now)
        wanted = self.digest_on
        if wanted is None or wanted > self.today(now) + FURTHEST_AHEAD:
            wanted = first_day_to_reach(self.digest_at, self.zone, now)
        self.digest_on = day_that_is(wanted, self.zone)
        self.digest_due_at = instant_of(self.digest_on, self.digest_at, self.zone)

    def stop_clocks(self) -> None:
        """The rule has changed: have the scheduler look at once. Saves nothing."""
        self.day_turns_at = self.digest_due_at = None

    @property
    def first_name(self) -> str:
        return self.name.split()[0] if self.name.split() else ""

    def greeting(self, now: datetime) -> str:
        """ "Good morning, Rosa", by this user's clock at the aware instant `now`."""
        hour = now.astimezone(self.zone).hour
        part = "morning" if 4 <= hour < 12 else "afternoon" if 12 <= hour < 18 else "evening"
        return f"Good {part}, {self.first_name}" if self.first_name else f"Good {part}"

    @property
    def role(self) -> Role | None:
        """What the member may do now; None for who is in no team. Looking as another, as they."""
        own = self.own_role
        if self.viewing_as is not None and may_view_as(own, self.viewing_as):
            return self.viewing_as
        return own

    @property
    def own_role(self) -> Role | None:
        """What the member is, whatever they are looking as."""
        member = getattr(self, "member", None)
        return Role(member.role) if member else None

    @property
    def team_id(self) -> int | None:
        member = getattr(self, "member", None)
        return member.team_id if member else None

    def works_on(self, day: date) -> bool:
        return day.isoweekday() in self.working_days


class Heartbeat(models.Model):
    """When something that runs by itself last ran."""

    name = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()

    TICK = "tick"
    PURGE = "purge"
    START = "start"
    # Five missed ticks.
    STALE = timedelta(minutes=5)

    def __str__(self) -> str:
        return f"{self.name} at {self.at:%Y-%m-%d %H:%M:%S}"

    @staticmethod
    def beat(name: str, at: datetime) -> None:
        """Write down that `name` runs at `at`; one statement, whoever else does."""
        Heartbeat.objects.bulk_create(
            [Heartbeat(name=name, at=at)],
            update_conflicts=True,
            unique_fields=["name"],
            update_fields=["at"],
        )

    @staticmethod
    def last(*names: str) -> datetime | None:
        """When any of `names` last ran; None if never. One query."""
        rows = Heartbeat.objects.filter(pk__in=names).order_by("-at")
        return rows.values_list("at", flat=True).first()

    @staticmethod
    def is_stale(at: datetime | None, now: datetime) -> bool:
        """Whether what last ran `at` runs no more; nor does what a wrong clock puts ahead."""
        return at is None or abs(now - at) > Heartbeat.STALE


class Away(models.Model):
    """A stretch of days, both ends included, on which the user is not nudged beyond their word."""

    user = models.ForeignKey(User, models.CASCADE, related_name="away")
    starts_on = models.DateField()
    ends_on = models.DateField()

    class Meta:
        ordering = ["starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="away_in_order"
            )
        ]

    def __str__(self) -> str:
        return f"{self.starts_on} to {self.ends_on}"


class Team(models.Model):
    name = models.CharField(max_length=120)
    founded_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class MemberQuerySet(models.QuerySet["Member"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(visible(user, Thing.MEMBERSHIP, whose="user", team="team"))


class Member(models.Model):
    """A user's place in their one team."""

    Role = Role
    ROLES = [(role.value, role.value.capitalize()) for role in Role]

    user = models.OneToOneField(User, models.CASCADE, related_name="member")
    team = models.ForeignKey(Team, models.CASCADE, related_name="members")
    role = models.CharField(max_length=7, choices=ROLES, default=Role.SELLER)
    since = models.DateTimeField(auto_now_add=True)

    objects = MemberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(role__in=[role.value for role in Role]), name="member_role"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.role}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(visible(user, Thing.MEMBERSHIP, whose="invited_by", team="team"))

    def open(self, now: datetime) -> Self:
        return self.filter(accepted_at=None, sent_at__gt=now - Invitation.LASTS)


class Invitation(models.Model):
    """A link, sent by mail, that lets one address join a team."""

    LASTS = timedelta(days=14)

    team = models.ForeignKey(Team, models.CASCADE, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=7, choices=Member.ROLES, default=Role.SELLER)
    token = models.CharField(max_length=64, unique=True, default=invitation_token)
    invited_by = models.ForeignKey(User, models.CASCADE, related_name="+")
    sent_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                "team",
                condition=models.Q(accepted_at=None),
                name="invitation_open_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.email} to {self.team}"

    def is_open(self, now: datetime) -> bool:
        return self.accepted_at is None and self.sent_at > now - self.LASTS


class LookQuerySet(models.QuerySet["Look"]):
    def visible_to(self, user: User) -> Self:
        """What others have looked at of `user`'s: told to nobody else."""
        return self.filter(visible(user, Thing.PRIVATE, whose="whose", team="whose__member__team"))


class Look(models.Model):
    """One user opened one thing of another's, on one local day of the viewer."""

    viewer = models.ForeignKey(User, models.CASCADE, related_name="+")
    whose = models.ForeignKey(User, models.CASCADE, related_name="looks")
    # "contact:12", "promise:3", "list:overdue": what it was, for `followups.looks` to name.
    thing = models.CharField(max_length=40)
    on = models.DateField()
    at = models.DateTimeField()

    objects = LookQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["whose", "viewer", "thing", "on"], name="look_once_a_day"
            )
        ]
        indexes = [models.Index(fields=["whose", "-at"], name="look_latest")]

    def __str__(self) -> str:
        return f"{self.viewer_id} at {self.thing} on {self.on}"
