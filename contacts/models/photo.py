"""A contact's face."""

import secrets

from django.core.files.storage import FileSystemStorage
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from contacts.models.base import PrivateQuerySet, Trashable
from contacts.models.contact import Contact
from crm.models import User


def private_storage() -> FileSystemStorage:
    """Files under MEDIA_ROOT, which no URL reaches."""
    return FileSystemStorage(base_url=None)


def random_name(instance: "Photo", filename: str) -> str:
    """A name that says nothing and cannot be guessed; `filename` only gives the ending."""
    token = secrets.token_hex(16)
    return f"faces/{token[:2]}/{token}.{filename.rsplit('.', 1)[-1]}"


SHARE = [MinValueValidator(0), MaxValueValidator(1)]


class PhotoQuerySet(PrivateQuerySet["Photo"]):
    pass


class Photo(Trashable):
    """One clean, upright picture: whole, and square round its focus in two sizes.

    Each author has one of a contact: a former keeper's stays theirs.
    """

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="photos")
    author = models.ForeignKey(User, models.CASCADE, related_name="+")
    whole = models.FileField(storage=private_storage, upload_to=random_name)
    large = models.FileField(storage=private_storage, upload_to=random_name)
    small = models.FileField(storage=private_storage, upload_to=random_name)
    focus_x = models.FloatField(default=0.5, validators=SHARE)
    focus_y = models.FloatField(default=0.5, validators=SHARE)
    # SHA-256 of the bytes it was made from: a second import of the same changes nothing.
    source_digest = models.CharField(max_length=64, blank=True)
    # Changes with every crop, and stands in the address: so browsers may keep what they have.
    stamp = models.CharField(max_length=12)

    objects = PhotoQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contact", "author"], name="photo_once_per_author")
        ]

    def __str__(self) -> str:
        return f"Photo of {self.contact_id}"
