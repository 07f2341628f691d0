"""Acts on a contact's photo: setting it, moving its focus, and clearing its files away."""

import secrets
from datetime import datetime
from hashlib import sha256

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models.fields.files import FieldFile

from contacts.faces import CENTRE, Face, Point, crop_face, prepare_face
from contacts.models import Contact, Photo
from contacts.models.contact import lock_contacts
from crm.models import User

_FILES = ("whole", "large", "small")


def set_photo(contact: Contact, *, author: User, data: bytes, focus: Point = CENTRE) -> Photo:
    """Make `data`, an uploaded file, the photo of `contact`, in place of the one there was.

    Raises `FaceError` with a sentence where it cannot be used; then nothing has changed.
    """
    face = prepare_face(data, focus=focus)
    return keep_face(contact, author=author, face=face, data=data, focus=focus)


@transaction.atomic
def keep_face(
    contact: Contact, *, author: User, face: Face, data: bytes, focus: Point = CENTRE
) -> Photo:
    """Store `face`, made of `data`, as the photo of `contact`."""
    lock_contacts([contact.pk])  # two first photos at once: there is no row yet to lock
    photo = Photo.objects.filter(contact=contact, author=author).first()
    photo = photo or Photo(contact=contact, author=author)
    photo.trashed_at = None
    photo.source_digest = sha256(data).hexdigest()
    _replace(photo, whole=face.whole, large=face.large, small=face.small)
    _focus(photo, focus)
    photo.save()
    return photo


@transaction.atomic
def move_focus(photo: Photo, *, focus: Point) -> None:
    """Cut the photo, as it is by now, anew round `focus`, in parts of its width and height."""
    lock_contacts([photo.contact_id])
    photo.refresh_from_db()
    with photo.whole.open("rb") as file:
        large, small = crop_face(file.read(), focus)
    _replace(photo, large=large, small=small)
    _focus(photo, focus)
    photo.save()


def remove_photo(photo: Photo, *, at: datetime) -> None:
    """Take the photo away for thirty days."""
    photo.trash(at)


def clear_files(photo: Photo) -> None:
    """Delete the photo's files once the transaction is certain."""
    for field in _FILES:
        _delete_later(getattr(photo, field))


def _focus(photo: Photo, focus: Point) -> None:
    photo.focus_x, photo.focus_y = (min(max(part, 0.0), 1.0) for part in focus)
    photo.stamp = secrets.token_hex(6)


def _replace(photo: Photo, **contents: bytes) -> None:
    """Write new files and have the old ones deleted; what a rollback leaves is an orphan file."""
    for field, content in contents.items():
        _delete_later(getattr(photo, field))
        getattr(photo, field).save("face.jpg", ContentFile(content), save=False)


def _delete_later(file: FieldFile) -> None:
    storage, name = file.storage, file.name
    if name:
        transaction.on_commit(lambda: storage.delete(name))
