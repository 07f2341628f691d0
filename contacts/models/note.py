"""What was said, when, through which channel, and how they left it."""

from datetime import date, datetime
from typing import Self

from django.db import models
from django.db.models import OuterRef, Q, Subquery

from contacts.models.base import PieceQuerySet, Trashable, Versioned
from contacts.models.contact import Contact
from crm.models import Team, User
from crm.policy import Thing, visible


class Channel(models.TextChoices):
    MEETING = "meeting", "Meeting"
    CALL = "call", "Call"
    VIDEO = "video", "Video"
    EMAIL = "email", "Email"
    MESSAGE = "message", "Message"
    CARD = "card", "Handwritten card"
    GIFT = "gift", "Gift"
    OTHER = "other", "Other"


# Through these the contact has really been reached; "other" is for what one only heard of.
TOUCHING = set(Channel) - {Channel.OTHER}
# Here both speak at once: whoever gets in touch so is answered as they do.
LIVE = {Channel.MEETING, Channel.CALL, Channel.VIDEO}


class Began(models.TextChoices):
    """Who got in touch with whom."""

    ME = "me", "I got in touch"
    ANSWERED = "answered", "They did, and I answered"
    THEM = "them", "They did, and wait for an answer"


class Feeling(models.TextChoices):
    UNSAID = "", "Not said"
    GOOD = "good", "Good"
    NEUTRAL = "neutral", "Neutral"
    BAD = "bad", "Bad"


class NoteQuerySet(PieceQuerySet["Note"]):
    def visible_to(self, user: User) -> Self:
        """Own notes, and those that teammates have shared."""
        own = visible(user, Thing.PRIVATE, whose="author", team="team")
        shared = visible(user, Thing.SHARED, whose="author", team="team")
        return self.filter(own | shared & Q(private=False))

    def answering(self) -> Self:
        """Those that answer whoever got in touch before: one's own word, or both speaking."""
        return self.filter(Q(began=Began.ME) | Q(channel__in=LIVE), is_touch=True)

    def recount_answers(self) -> None:
        """Read anew when whoever got in touch had their answer, and save.

        It is the next of the author's own words to any of those whom the note is about.
        """
        answers = Note.objects.present().answering()
        next_one = answers.filter(
            author=OuterRef("author"), contacts__notes=OuterRef("pk"), at__gt=OuterRef("at")
        )
        first_at = Subquery(next_one.order_by("at").values("at")[:1])
        self.filter(~Q(channel__in=LIVE), began=Began.THEM).update(answered_at=first_at)

    def latest_first(self) -> Self:
        return self.order_by("-at", "-pk")


class Note(Trashable, Versioned):
    team = models.ForeignKey(Team, models.PROTECT, related_name="notes")
    author = models.ForeignKey(User, models.PROTECT, related_name="notes")
    contacts = models.ManyToManyField(Contact, related_name="notes")
    text = models.TextField(blank=True)
    at = models.DateTimeField()
    channel = models.CharField(max_length=7, choices=Channel, default=Channel.MEETING)
    feeling = models.CharField(max_length=7, blank=True, choices=Feeling, default="")
    private = models.BooleanField("only me", default=True)
    began = models.CharField(
        "who got in touch", max_length=8, choices=Began, default=Began.ME, db_default=Began.ME
    )
    # When whoever got in touch had their answer; nobody answers a note that its author began.
    answered_at = models.DateTimeField(null=True, blank=True, editable=False)
    # The composer's own: a form that is sent twice writes one note.
    key = models.UUIDField(null=True, blank=True, editable=False)
    is_touch = models.BooleanField(editable=False)
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = NoteQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["author", "key"], name="note_once_per_key"),
        ]
        indexes = [
            models.Index(fields=["author", "-at"], name="note_by_author"),
            # How quickly whoever gets in touch is answered is read from this alone.
            models.Index(
                fields=["team", "at", "author", "answered_at", "began"],
                name="note_came_in",
                condition=~Q(began="me") & Q(trashed_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} on {self.at:%Y-%m-%d}"

    def said_on(self) -> date:
        """The author's date on which it was said."""
        return self.author.today(self.at)

    @property
    def is_waiting(self) -> bool:
        """Whether somebody got in touch, and has had no answer."""
        return self.began != Began.ME and self.answered_at is None

    def answered_in_it(self, written_at: datetime) -> datetime | None:
        """When the note itself answers whoever got in touch; that it does was `written_at`."""
        if self.began == Began.ME:
            return None
        if self.channel in LIVE:
            return self.at
        return max(self.at, written_at) if self.began == Began.ANSWERED else None

    def was_edited(self) -> bool:
        return self.edited_at is not None


class NoteRevision(models.Model):
    """What a note said before it was edited."""

    note = models.ForeignKey(Note, models.CASCADE, related_name="revisions")
    text = models.TextField()
    until = models.DateTimeField()

    class Meta:
        ordering = ["-until", "-pk"]

    def __str__(self) -> str:
        return f"until {self.until:%Y-%m-%d %H:%M}"
