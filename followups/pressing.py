"""What a button of a mail does, once it was asked for: done, tomorrow or talked, for one contact.

A button works once. Twenty presses at the same instant are one, too: the row that remembers it is
unique, and is written in the transaction of the act.
"""

from datetime import datetime, timedelta

from django.db import transaction

from contacts.models import Contact
from crm.models import User
from followups import answering
from followups.mail_links import Button
from followups.models import Answer, Nudge, Press


def find(button: Button) -> tuple[User, Contact] | None:
    """Whose the button is and whom it is about; None where either is no longer theirs to act on."""
    user = User.objects.select_related("member__team").filter(pk=button.user_id).first()
    if user is None:
        return None
    contacts = Contact.objects.kept_by(user).present().select_related("keeper")
    contact = contacts.filter(pk=button.contact_id).first()
    return None if contact is None else (user, contact)


def is_spent(button: Button, user: User, contact: Contact, now: datetime) -> bool:
    """Whether there is nothing left to do: it was pressed, or answered in Kept meanwhile."""
    pressed = Press.objects.filter(
        user=user, contact=contact, act=button.act, local_date=button.on
    ).exists()
    return pressed or _is_answered(button, user, contact, now)


@transaction.atomic
def press(button: Button, user: User, contact: Contact, *, now: datetime) -> Answer | None:
    """Do what the button says; None, and nothing done, if there was nothing left to do."""
    row, is_first = Press.objects.get_or_create(
        user=user,
        contact=contact,
        act=button.act,
        local_date=button.on,
        defaults={"at": now},
    )
    if not is_first or _is_answered(button, user, contact, now):
        return None
    row.answer = _act(button, user, contact, now)
    row.save(update_fields=["answer"])
    return row.answer


def _is_answered(button: Button, user: User, contact: Contact, now: datetime) -> bool:
    """Done needs nobody who was done already; to put off, there must be something that waits."""
    if button.act == Press.Act.TALKED:
        return False
    if button.act == Press.Act.TOMORROW:
        waiting = Nudge.objects.standing(user.today(now))
        return not waiting.filter(keeper=user, contact=contact).exists()
    done = Answer.objects.standing().filter(keeper=user, contact=contact, kind=Answer.Kind.DONE)
    return done.filter(on__gte=button.on).exists()


def _act(button: Button, user: User, contact: Contact, now: datetime) -> Answer | None:
    today = user.today(now)
    if button.act == Press.Act.TALKED:
        return answering.talked(keeper=user, contact=contact, today=today, at=now)
    if button.act == Press.Act.TOMORROW:
        until = today + timedelta(days=1)
        return answering.snooze(keeper=user, contact=contact, until=until, today=today, at=now)
    return answering.done(keeper=user, contact=contact, today=today, at=now)
