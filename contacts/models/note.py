"""What was said, when, through which channel, and how they left it."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q

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
        indexes = [models.Index(fields=["author", "-at"], name="note_by_author")]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} on {self.at:%Y-%m-%d}"

    def said_on(self) -> date:
        """The author's date on which it was said."""
        return self.author.today(self.at)

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
