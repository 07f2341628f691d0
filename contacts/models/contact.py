"""A person the seller looks after."""

import uuid
from collections.abc import Iterable
from datetime import date
from typing import Self

from django.apps import apps
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, F, FilteredRelation, IntegerField, Max, Q, Value, When
from django.urls import reverse

from contacts import cadence
from contacts.folding import fold, sort_key, terms
from contacts.models.base import PieceQuerySet, Trashable, Versioned
from contacts.models.company import Company
from crm.models import Team, User
from crm.policy import Thing, visible


class Circle(models.TextChoices):
    INNER = "inner", "Inner"
    CLOSE = "close", "Close"
    WIDE = "wide", "Wide"


class TagQuerySet(models.QuerySet["Tag"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(
            visible(user, Thing.PRIVATE, whose="author", team="author__member__team")
        )


class Tag(models.Model):
    """A word of the keeper's own to group contacts by; private like everything they write."""

    author = models.ForeignKey(User, models.CASCADE, related_name="tags")
    name = models.CharField(max_length=60)
    folded = models.CharField(max_length=80, editable=False)

    objects = TagQuerySet.as_manager()

    class Meta:
        ordering = ["folded", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["author", "folded"], name="tag_once_per_author")
        ]

    def __str__(self) -> str:
        return self.name


class ContactQuerySet(PieceQuerySet["Contact"]):
    def visible_to(self, user: User) -> Self:
        """Contacts whose card `user` may see: the whole team's."""
        return self.filter(visible(user, Thing.CARD, whose="keeper", team="team"))

    def kept_by(self, user: User) -> Self:
        """The contacts of `user`'s own book."""
        return self.filter(visible(user, Thing.PRIVATE, whose="keeper", team="team"))

    def with_face(self, user: User) -> Self:
        """Each with `face_stamp` where `user` may see the photo: what `face_url` goes by."""
        theirs = visible(user, Thing.PRIVATE, whose="photos__author", team="team")
        return self.annotate(
            face=FilteredRelation("photos", condition=theirs & Q(photos__trashed_at=None)),
            face_stamp=F("face__stamp"),
        )

    def search(self, user: User, query: str) -> Self:
        """Those in whom every word of `query` is found, in anything that `user` may see of them."""
        entries = apps.get_model("contacts", "SearchEntry").objects.visible_to(user)
        found = self
        for term in terms(query):
            found = found.filter(pk__in=entries.matching(term).values("contact_id"))
        return found

    def in_order(self) -> Self:
        """By name, totally: the order that keyset paging goes by."""
        return self.order_by("sort_name", "pk")

    def closest_first(self, query: str) -> Self:
        """Whose name is `query`, or begins as it does, before those who only have to do with it."""
        return self.order_by(_distance(query), "sort_name", "pk")


def _distance(query: str) -> Case:
    """How far a name is from the query.

    0 where it begins with it, 1 where its words begin with all of the query's, 2 where it has them
    all somewhere, 3 where they stand in something else that is known.
    """
    words = terms(query)
    starts = [Q(sort_name__startswith=word) | Q(sort_name__contains=f" {word}") for word in words]
    return Case(
        When(sort_name__startswith=fold(query), then=Value(0)),
        When(Q(*starts), then=Value(1)),
        When(Q(*(Q(sort_name__contains=word) for word in words)), then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )


def new_uid() -> str:
    return f"urn:uuid:{uuid.uuid4()}"


class Contact(Trashable, Versioned):
    """A person with one keeper, in the keeper's team.

    Name, nickname, pronunciation, pronouns, company, title and details that are not personal are
    the card, which the team sees. Everything else is the keeper's.
    """

    class Pronouns(models.TextChoices):
        UNSAID = "", "not said"
        SHE = "she", "she, her"
        HE = "he", "he, him"
        THEY = "they", "they, them"

    team = models.ForeignKey(Team, models.PROTECT, related_name="contacts")
    keeper = models.ForeignKey(User, models.PROTECT, related_name="contacts")
    uid = models.CharField(max_length=255, default=new_uid, editable=False)
    name = models.CharField(max_length=200)
    sort_name = models.CharField(max_length=250, editable=False)
    nickname = models.CharField(max_length=100, blank=True)
    pronunciation = models.CharField("how to say it", max_length=100, blank=True)
    pronouns = models.CharField(max_length=4, blank=True, choices=Pronouns, default="")
    company = models.ForeignKey(
        Company, models.SET_NULL, null=True, blank=True, related_name="contacts"
    )
    title = models.CharField(max_length=200, blank=True)
    how_met = models.TextField("how we met", blank=True, max_length=2000)
    customer_since = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1900), MaxValueValidator(2200)]
    )
    tags = models.ManyToManyField(Tag, related_name="contacts", blank=True)
    created_at = models.DateTimeField()

    circle = models.CharField(max_length=5, blank=True, choices=Circle, default="")
    cadence_days = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(3660)]
    )
    first_due_on = models.DateField(editable=False)
    answered_on = models.DateField(null=True, blank=True, editable=False)
    last_touch_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_feeling = models.CharField(max_length=7, blank=True, editable=False)
    due_on = models.DateField(null=True, blank=True, editable=False)
    wake_on = models.DateField(null=True, blank=True, editable=False)

    objects = ContactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["keeper", "uid"], name="contact_uid_once_per_keeper"),
            models.CheckConstraint(condition=~models.Q(name=""), name="contact_has_a_name"),
            models.CheckConstraint(
                condition=models.Q(circle__in=["", "inner", "close", "wide"]),
                name="contact_circle",
            ),
        ]
        indexes = [
            models.Index(fields=["keeper", "sort_name", "id"], name="contact_by_name"),
            models.Index(fields=["keeper", "last_touch_at"], name="contact_by_last_touch"),
            models.Index(fields=["team", "sort_name", "id"], name="contact_by_team"),
            # All that the list counts, so that it need not read the rows of a large book.
            models.Index(
                fields=["keeper", "team", "circle", "last_touch_at"],
                name="contact_counts",
                condition=models.Q(trashed_at=None),
            ),
            models.Index(
                fields=["keeper", "team", "circle", "cadence_days"],
                name="contact_load",
                condition=models.Q(trashed_at=None),
            ),
            # How long ago each was spoken to, for a whole team.
            models.Index(
                fields=[
                    *("team", "keeper", "circle", "cadence_days", "last_touch_at"),
                    *("first_due_on", "customer_since", "created_at", "id"),
                ],
                name="contact_silence",
                condition=models.Q(trashed_at=None),
            ),
            models.Index(
                fields=["keeper", "wake_on"],
                name="contact_wakes",
                condition=models.Q(wake_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("contacts:detail", args=[self.pk])

    def face_url(self, size: str) -> str:
        """Where the photo is served in `size` ("small" or "large"); empty where none may be seen.

        Only contacts read `with_face(user)` have one: no query of its own.
        """
        stamp: str | None = getattr(self, "face_stamp", None)
        if not stamp:
            return ""
        return reverse("contacts:face", args=[self.pk, size]) + f"?v={stamp}"

    @property
    def first_name(self) -> str:
        """What to call them: the nickname, else the first word of the name."""
        return self.nickname or self.name.split()[0]

    @property
    def their(self) -> str:
        return {"she": "her", "he": "his"}.get(self.pronouns, "their")

    @property
    def them(self) -> str:
        return {"she": "her", "he": "him"}.get(self.pronouns, "them")

    @property
    def cadence(self) -> int | None:
        """Days between touches, own or the circle's; None on no cadence."""
        return cadence.cadence_of(self.circle, self.cadence_days)

    def is_loyal(self, today: date) -> bool:
        since = self.customer_since
        return since is not None and today.year - since >= cadence.LOYAL_AFTER_YEARS

    def last_touch_on(self) -> date | None:
        """The keeper's date of the last touch."""
        return self.keeper.today(self.last_touch_at) if self.last_touch_at else None

    def rename(self, name: str) -> None:
        """Take `name` on, with the folded form that sorting goes by."""
        self.name, self.sort_name = name, sort_key(name)[:250]  # folding can make it longer

    @property
    def restarted_on(self) -> date | None:
        """When the cadence last began anew: a touch, or a "done" without one."""
        return max(filter(None, [self.last_touch_on(), self.answered_on]), default=None)

    def plan(self) -> None:
        """Compute from the rule when they are next due: by cadence, or as loyal and unheard of.

        To be called whenever circle, cadence, customer since or a touch has changed; does not save
        (`PLANNED` names the columns).
        """
        restarted = self.restarted_on
        if self.cadence is not None:
            self.due_on = cadence.due_on(
                days=self.cadence, restarted_on=restarted, first_on=self.first_due_on
            )
        else:
            self.due_on = cadence.loyal_due_on(
                customer_since=self.customer_since, quiet_since=restarted or self.first_due_on
            )
        self.wake_on = self.due_on

    PLANNED = ["due_on", "wake_on", "answered_on", "last_touch_at", "last_feeling"]

    def recount_touches(self) -> None:
        """Read the keeper's touches anew after a note was written, changed or removed, and save."""
        touches = self.notes.present().filter(author=self.keeper_id, is_touch=True)
        self.last_touch_at = touches.aggregate(last=Max("at"))["last"]
        felt = touches.exclude(feeling="").order_by("-at", "-pk").values_list("feeling", flat=True)
        self.last_feeling = felt.first() or ""
        self.plan()
        self.save(update_fields=self.PLANNED)

    def restart_cadence(self, today: date) -> None:
        """Begin the cadence anew on `today` without claiming that they spoke, and save."""
        self.answered_on = today
        self.plan()
        self.save(update_fields=self.PLANNED)


def lock_contacts(pks: Iterable[int]) -> list[Contact]:
    """The contacts `pks`, locked in a steady order: two writers never wait for each other."""
    rows = Contact.objects.select_related("keeper").select_for_update(of=("self",))
    return list(rows.filter(pk__in=pks).order_by("pk"))
