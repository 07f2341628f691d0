"""People and pets in a contact's life."""

from django.db import models

from contacts.models.base import PrivateQuerySet, Trashable, Versioned
from contacts.models.contact import Contact
from crm.models import User


class Relation(models.TextChoices):
    SPOUSE = "spouse", "Spouse"
    WIFE = "wife", "Wife"
    HUSBAND = "husband", "Husband"
    PARTNER = "partner", "Partner"
    EX = "ex", "Ex"
    CHILD = "child", "Child"
    SON = "son", "Son"
    DAUGHTER = "daughter", "Daughter"
    GRANDCHILD = "grandchild", "Grandchild"
    PARENT = "parent", "Parent"
    MOTHER = "mother", "Mother"
    FATHER = "father", "Father"
    SIBLING = "sibling", "Sibling"
    BROTHER = "brother", "Brother"
    SISTER = "sister", "Sister"
    FRIEND = "friend", "Friend"
    COLLEAGUE = "colleague", "Colleague"
    ASSISTANT = "assistant", "Assistant"
    BOSS = "boss", "Boss"
    PET = "pet", "Pet"
    OTHER = "other", "Somebody else"


class RelativeQuerySet(PrivateQuerySet["Relative"]):
    pass


class Relative(Trashable, Versioned):
    """Somebody in the contact's life; their birthday is a life event like any other."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="relatives")
    author = models.ForeignKey(User, models.CASCADE, related_name="+")
    relation = models.CharField(max_length=10, choices=Relation)
    name = models.CharField(max_length=120, blank=True)
    about = models.CharField(max_length=500, blank=True)
    # The form's own: one that is sent twice adds one.
    key = models.UUIDField(null=True, blank=True, editable=False)

    objects = RelativeQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["author", "key"], name="relative_once_per_key")
        ]

    def __str__(self) -> str:
        return self.name or f"the {self.get_relation_display().lower()}"
