"""Giving contacts into another keeper's hands: what was private stays with whoever wrote it.

The card, notes and promises that are shared, and the circle with its cadence go along: nobody falls
out of care. Facts, relatives, life events, jobs, photos, tags and private notes stay where they
are, for their authors alone; personal details and how they met are sealed for the former keeper.
Whoever gets somebody back finds all of their own as it was.
"""

from collections.abc import Collection
from datetime import date

from django.db.models import Exists, OuterRef

from contacts.grouping import spread_first_due
from contacts.models import Contact, Detail, Keepsake, Note
from contacts.searching import index_contacts
from crm.models import User

_HANDED = ["keeper", "uid", "how_met", "first_due_on", *Contact.PLANNED]


def hand_contacts(contacts: Collection[Contact], *, to: User, today: date) -> None:
    """Make `to` the keeper of `contacts`, which are locked and of one keeper, in a few statements.

    Their cadence begins with `to`'s own touches; of those who have none nobody is due all at once:
    they are spread from `today` on. The caller's transaction.
    """
    former = {contact.keeper_id for contact in contacts}
    assert len(former) <= 1, "contacts of several keepers are handed over one keeper at a time"
    _seal(contacts)
    _unseal(contacts, to)
    read_touches(contacts, to)
    _keep_apart(contacts, to)
    for contact in contacts:
        contact.keeper, contact.answered_on = to, None
    spread_first_due(contacts, today)
    for contact in contacts:
        contact.plan()
    Contact.objects.bulk_update(contacts, _HANDED, batch_size=500)
    index_contacts(contacts)


def _seal(contacts: Collection[Contact]) -> None:
    """Keep for the keeper, until now, what stands on the contacts and is theirs alone."""
    personal = Detail.objects.filter(contact__in=contacts, label=Detail.Label.PERSONAL)
    for keeper_id in {contact.keeper_id for contact in contacts}:
        personal.filter(sealed_for=None).update(sealed_for=keeper_id)
    Keepsake.objects.bulk_create(
        (
            Keepsake(contact=contact, author_id=contact.keeper_id, how_met=contact.how_met)
            for contact in contacts
            if contact.how_met
        ),
        update_conflicts=True,
        unique_fields=["contact", "author"],
        update_fields=["how_met"],
    )
    for contact in contacts:
        contact.how_met = ""


def _unseal(contacts: Collection[Contact], keeper: User) -> None:
    """Give back to `keeper` what was sealed for them when they kept these before."""
    keepsakes = Keepsake.objects.filter(contact__in=contacts, author=keeper)
    how_met = dict(keepsakes.values_list("contact_id", "how_met"))
    for contact in contacts:
        contact.how_met = how_met.get(contact.pk, "")
    keepsakes.delete()
    sealed = Detail.objects.filter(contact__in=contacts, sealed_for=keeper)
    twin = Detail.objects.in_use().filter(
        contact=OuterRef("contact"), kind=OuterRef("kind"), value=OuterRef("value")
    )
    sealed.filter(~Exists(twin)).update(sealed_for=None)


def read_touches(contacts: Collection[Contact], keeper: User) -> None:
    """Take `keeper`'s own touches for the last ones; does not save."""
    for contact in contacts:
        contact.last_touch_at, contact.last_feeling = None, ""
    by_pk = {contact.pk: contact for contact in contacts}
    touches = Note.objects.present().filter(author=keeper, is_touch=True, contacts__in=by_pk)
    for pk, at, feeling in touches.order_by("at", "pk").values_list("contacts", "at", "feeling"):
        by_pk[pk].last_touch_at = at
        by_pk[pk].last_feeling = feeling or by_pk[pk].last_feeling


def _keep_apart(contacts: Collection[Contact], keeper: User) -> None:
    """A new uid for those who share theirs with somebody whom `keeper` keeps already."""
    uids = {contact.uid for contact in contacts}
    taken = set(Contact.objects.filter(keeper=keeper, uid__in=uids).values_list("uid", flat=True))
    for contact in contacts:
        if contact.uid in taken:
            contact.uid = Contact._meta.get_field("uid").get_default()
