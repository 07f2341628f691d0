"""Ways to reach a contact: emails, phones, addresses, links."""

from typing import Self

from django.db import models
from django.db.models import Q

from contacts.models.base import PieceQuerySet, Trashable, Versioned
from contacts.models.contact import Contact
from crm.models import User
from crm.policy import Thing, visible


class DetailQuerySet(PieceQuerySet["Detail"]):
    def visible_to(self, user: User) -> Self:
        """Business details go with the card; personal ones are the keeper's alone.

        Sealed ones are only for whom they were sealed.
        """
        card = visible(user, Thing.CARD, whose="contact__keeper", team="contact__team")
        own = visible(user, Thing.PRIVATE, whose="contact__keeper", team="contact__team")
        sealed = visible(user, Thing.PRIVATE, whose="sealed_for", team="contact__team")
        open_ones = Q(sealed_for=None) & (own | card & ~Q(label=Detail.Label.PERSONAL))
        return self.filter(open_ones | sealed)

    def in_use(self) -> Self:
        """Neither removed nor sealed: those by which the contact is reached."""
        return self.present().filter(sealed_for=None)


class Detail(Trashable, Versioned):
    class Kind(models.TextChoices):
        EMAIL = "email", "Email"
        PHONE = "phone", "Phone"
        ADDRESS = "address", "Address"
        URL = "url", "Link"

    class Label(models.TextChoices):
        WORK = "work", "Work"
        PERSONAL = "personal", "Personal"
        OTHER = "other", "Other"

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="details")
    kind = models.CharField(max_length=7, choices=Kind)
    label = models.CharField(max_length=8, choices=Label, default=Label.WORK)
    # What it is for, beyond the label: "mobile", "fax", or a word of whoever wrote it.
    use = models.CharField(max_length=60, blank=True)
    # Phones as E.164 where they can be understood, emails in lower case, else as given.
    value = models.CharField(max_length=500)
    position = models.PositiveSmallIntegerField(default=0)
    # A former keeper, whose a personal detail stays when the contact is handed over.
    sealed_for = models.ForeignKey(
        User, models.CASCADE, null=True, blank=True, related_name="+", editable=False
    )

    objects = DetailQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "kind", "value"],
                condition=Q(trashed_at=None, sealed_for=None),
                name="detail_once_per_contact",
            )
        ]

    def __str__(self) -> str:
        return self.value

    @property
    def is_for_the_team(self) -> bool:
        """Whether it goes with the card, as `visible_to` says."""
        return self.label != self.Label.PERSONAL and self.sealed_for_id is None

    @property
    def has_a_voice(self) -> bool:
        """Whether somebody answers it: nobody does on a fax or a pager."""
        return self.kind == self.Kind.PHONE and self.use not in {"fax", "pager"}
