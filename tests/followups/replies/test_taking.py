"""Mails that come in: which of them become notes, on whom, and what happens to all others."""

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime

import pytest
from django.db import connections
from pytest_django import Settings

from contacts.models import Contact, Note
from crm.accounts import vouch_for
from crm.models import User
from followups.models import Delivery, InboundMail
from followups.replies.addresses import make_reply_address
from followups.replies.taking import take_reply
from tests.factories import NOW, make_contact, make_nudge, make_user

ON = NOW.date()


@pytest.fixture(autouse=True)
def reply_domain(settings: Settings) -> None:
    settings.REPLY_DOMAIN = "in.example.org"


@pytest.fixture
def writer(keeper: User) -> User:
    """The keeper, with an address that is known to be theirs."""
    vouch_for(keeper)
    return keeper


@pytest.fixture
def tom(writer: User) -> Contact:
    return make_contact(keeper=writer, name="Tom Baker")


@pytest.fixture
def priya(writer: User) -> Contact:
    return make_contact(keeper=writer, name="Priya Nair")


def digest_about(user: User, *people: Contact, on: date = ON) -> Delivery:
    """A digest that went out to `user`, with a reason for each of `people`."""
    nudges = [make_nudge(contact) for contact in people]
    return Delivery.objects.create(
        user=user,
        local_date=on,
        due_at=NOW,
        made_at=NOW,
        ended_at=NOW,
        state=Delivery.State.SENT,
        items=[nudge.pk for nudge in nudges],
    )


def reply(
    user: User,
    words: str,
    *,
    to: str = "",
    sender: str = "",
    on: date = ON,
    at: str = "",
    number: int = 1,
    more: str = "",
) -> bytes:
    """A reply of `user` to the digest of `on`, as it arrives."""
    to = to or make_reply_address(user, on)
    head = (
        f"From: {sender or f'Karin Keeper <{user.email}>'}\r\nTo: Kept <{to}>\r\n"
        f"Subject: Re: 2 people today\r\nDate: {at or format_datetime(NOW)}\r\n"
        f"Message-ID: <{number}@example.com>\r\n{more}"
        "Content-Type: text/plain; charset=utf-8\r\n\r\n"
    )
    quote = f"On Wed, 18 Nov 2026 at 07:00, Kept <{to}> wrote:\n\n> Good morning.\n"
    return f"{head}{words}\n\n{quote}".encode()


def texts() -> list[str]:
    return list(Note.objects.order_by("pk").values_list("text", flat=True))


# --- Notes ------------------------------------------------------------------------------------


def test_reply_becomes_a_private_note_on_whom_it_names(writer: User, tom: Contact) -> None:
    taken = take_reply(reply(writer, "Tom: the lease ends in March."), now=NOW)
    [note] = taken.notes
    assert (note.text, note.private, note.author) == ("the lease ends in March.", True, writer)
    assert list(note.contacts.all()) == [tom]
    assert (note.channel, note.is_touch, note.at) == ("other", False, NOW)
    assert taken.mail is not None
    assert (taken.mail.outcome, taken.mail.words) == ("noted", "")
    assert list(taken.mail.notes.all()) == [note]


def test_reply_is_a_touch_where_it_says_so(writer: User, tom: Contact) -> None:
    take_reply(reply(writer, "Called Tom about the lease."), now=NOW)
    tom.refresh_from_db()
    assert tom.last_touch_at == NOW
    assert Note.objects.get().channel == "call"


def test_reply_to_a_digest_about_one_person_needs_no_name(
    writer: User, tom: Contact, priya: Contact
) -> None:
    digest_about(writer, tom)
    [note] = take_reply(reply(writer, "The lease ends in March."), now=NOW).notes
    assert list(note.contacts.all()) == [tom]


def test_reply_names_the_digests_person_rather_than_another(writer: User, tom: Contact) -> None:
    make_contact(keeper=writer, name="Tom Ford")
    digest_about(writer, tom)
    [note] = take_reply(reply(writer, "Tom: the lease ends."), now=NOW).notes
    assert list(note.contacts.all()) == [tom]


def test_reply_about_two_people_becomes_two_notes(
    writer: User, tom: Contact, priya: Contact
) -> None:
    words = "Tom: the lease ends.\nMore on Friday.\n\nPriya: met her at the fair."
    notes = take_reply(reply(writer, words), now=NOW).notes
    assert [(n.text, n.channel, list(n.contacts.all())) for n in notes] == [
        ("the lease ends.\nMore on Friday.", "other", [tom]),
        ("met her at the fair.", "meeting", [priya]),
    ]


def test_address_says_about_whom_before_any_name(
    writer: User, tom: Contact, priya: Contact
) -> None:
    to = make_reply_address(writer, ON, tom)
    [note] = take_reply(reply(writer, "Priya: likes it.", to=to), now=NOW).notes
    assert (note.text, list(note.contacts.all())) == ("Priya: likes it.", [tom])


def test_address_about_somebody_who_is_gone_leaves_it_to_the_name(
    writer: User, tom: Contact, priya: Contact
) -> None:
    to = make_reply_address(writer, ON, tom)
    tom.trash(NOW)
    [note] = take_reply(reply(writer, "Priya: likes it.", to=to), now=NOW).notes
    assert (note.text, list(note.contacts.all())) == ("likes it.", [priya])


def test_others_contacts_cannot_be_named(writer: User, stranger: User) -> None:
    make_contact(keeper=make_user(team=writer.member.team), name="Tom Baker")
    theirs = make_contact(keeper=stranger, name="Priya Nair")
    take_reply(reply(writer, "Tom: hm.", number=1), now=NOW)
    take_reply(reply(writer, "Priya: hm.", number=2), now=NOW)
    about = make_reply_address(writer, ON, theirs)
    take_reply(reply(writer, "hm.", to=about, number=3), now=NOW)
    assert texts() == []
    outcomes = InboundMail.objects.visible_to(writer).values_list("outcome", flat=True)
    assert list(outcomes) == ["nobody"] * 3


# --- When -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Wed, 18 Nov 2026 09:30:00 +0100", datetime(2026, 11, 18, 8, 30, tzinfo=UTC)),
        ("Wed, 18 Nov 2026 08:30:00 -0000", datetime(2026, 11, 18, 8, 30, tzinfo=UTC)),
        (format_datetime(NOW + timedelta(minutes=3)), NOW),
        (format_datetime(NOW + timedelta(hours=3)), NOW),
        ("Mon, 16 Nov 2026 08:30:00 +0000", NOW),
        ("Wed, 18 Nov 1970 08:30:00 +0000", NOW),
        ("yesterday", NOW),
        ("Wed, 99 Nov 2026 99:99:99 +9999", NOW),
        ("9" * 5000, NOW),
    ],
)
def test_note_has_the_mails_time_where_that_can_be_right(
    writer: User, tom: Contact, said: str, expected: datetime
) -> None:
    [note] = take_reply(reply(writer, "Tom: hm.", at=said), now=NOW).notes
    assert note.at == expected


# --- Words that find nobody -------------------------------------------------------------------


def test_words_about_nobody_wait_for_their_user(writer: User, tom: Contact, priya: Contact) -> None:
    digest_about(writer, tom, priya)
    taken = take_reply(reply(writer, "Said yes!"), now=NOW)
    assert (taken.notes, texts()) == ([], [])
    mail = InboundMail.objects.unplaced().get()
    assert (mail.user, mail.outcome, mail.words) == (writer, "nobody", "Said yes!")


def test_words_about_one_of_two_wait_for_their_user(writer: User, tom: Contact) -> None:
    make_contact(keeper=writer, name="Tom Ford")
    take_reply(reply(writer, "Tom: said yes!\n@Baker and he sails."), now=NOW)
    mail = InboundMail.objects.get()
    assert (mail.outcome, mail.words) == ("unclear", "Tom: said yes!")
    assert texts() == ["Baker and he sails."]


# --- Once -------------------------------------------------------------------------------------


def test_mail_that_comes_twice_is_noted_once(writer: User, tom: Contact) -> None:
    raw = reply(writer, "Tom: hm.")
    take_reply(raw, now=NOW)
    again = take_reply(raw, now=NOW + timedelta(hours=1))
    assert (again.notes, again.why) == ([], "it was taken before")
    assert texts() == ["hm."]


def test_mail_without_a_message_id_is_noted_once(writer: User, tom: Contact) -> None:
    raw = reply(writer, "Tom: hm.").replace(b"Message-ID: <1@example.com>\r\n", b"")
    take_reply(raw, now=NOW)
    take_reply(raw, now=NOW)
    take_reply(raw.replace(b"hm", b"aha"), now=NOW)
    assert texts() == ["hm.", "aha."]


@pytest.mark.django_db(transaction=True)
def test_mail_that_comes_eight_times_at_once_is_noted_once(writer: User, tom: Contact) -> None:
    raw = reply(writer, "Tom: hm.")

    def take(_: int) -> int:
        try:
            return len(take_reply(raw, now=NOW).notes)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(take, range(8))) == 1
    assert texts() == ["hm."]


def test_same_message_id_of_two_users_is_two_mails(writer: User, tom: Contact) -> None:
    other = make_user()
    vouch_for(other)
    make_contact(keeper=other, name="Tom Baker")
    take_reply(reply(writer, "Tom: hm."), now=NOW)
    take_reply(reply(other, "Tom: hm."), now=NOW)
    assert texts() == ["hm.", "hm."]


# --- Refused ----------------------------------------------------------------------------------


def refused(raw: bytes, caplog: pytest.LogCaptureFixture, *, now: datetime = NOW) -> str:
    """Why `raw` was not taken; nothing was written, and nothing of it is in the log."""
    caplog.set_level(logging.DEBUG)
    taken = take_reply(raw, now=now)
    assert (taken.notes, taken.mail, texts(), InboundMail.objects.count()) == ([], None, [], 0)
    assert caplog.messages == [f"A mail was not taken: {taken.why}."]
    return taken.why


@pytest.mark.usefixtures("tom")
def test_mail_to_no_address_of_ours_is_refused(
    writer: User, caplog: pytest.LogCaptureFixture
) -> None:
    raw = reply(writer, "Tom: hm.", to="kept@example.org")
    assert refused(raw, caplog) == "not an address for replies"


@pytest.mark.usefixtures("tom")
def test_mail_to_an_unsigned_address_is_refused(
    writer: User, caplog: pytest.LogCaptureFixture
) -> None:
    raw = reply(writer, "Tom: hm.", to=f"reply+{'a' * 48}@in.example.org")
    assert refused(raw, caplog) == "the address is not signed by Kept"


@pytest.mark.usefixtures("tom")
def test_mail_to_an_old_address_is_refused(writer: User, caplog: pytest.LogCaptureFixture) -> None:
    raw = reply(writer, "Tom: hm.")
    assert refused(raw, caplog, now=NOW + timedelta(days=31)) == "the address has expired"


@pytest.mark.usefixtures("tom")
@pytest.mark.parametrize(
    "sender",
    [
        "Eve <eve@example.com>",
        '"keeper@example.com" <eve@example.com>',
        "keeper@example.com <eve@example.com>",
        "eve@example.com (keeper@example.com)",
        "keeper@example.com, eve@example.com",
        "keeper@example.com\r\nFrom: eve@example.com",
        "keeper@example.com.example.net",
        "(" * 20_000,
        "<" * 20_000,
        "keeper@example.com" + " " * 2000,
        "",
    ],
)
def test_mail_of_somebody_else_is_refused(
    writer: User, caplog: pytest.LogCaptureFixture, sender: str
) -> None:
    raw = reply(writer, "Tom: hm.", sender=sender or " ")
    assert refused(raw, caplog) == "it does not come from its user"


@pytest.mark.usefixtures("tom")
def test_mail_from_an_unproven_address_is_refused(
    writer: User, caplog: pytest.LogCaptureFixture
) -> None:
    writer.emailaddress_set.update(verified=False)
    assert refused(reply(writer, "Tom: hm."), caplog) == "it does not come from its user"


@pytest.mark.usefixtures("tom")
def test_mail_from_another_address_of_the_user_is_taken(writer: User) -> None:
    writer.emailaddress_set.create(email="karin@home.example", verified=True)
    take_reply(reply(writer, "Tom: hm.", sender="Karin@Home.example"), now=NOW)
    assert texts() == ["hm."]


@pytest.mark.usefixtures("tom")
@pytest.mark.parametrize("change", ["inactive", "without a team"])
def test_mail_of_a_user_who_is_gone_is_refused(
    writer: User, caplog: pytest.LogCaptureFixture, change: str
) -> None:
    raw = reply(writer, "Tom: hm.")
    if change == "inactive":
        User.objects.update(is_active=False)
    else:
        writer.member.delete()
    assert refused(raw, caplog) == "its user is not here any more"


@pytest.mark.usefixtures("tom")
@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated; owner-email=x",
        "Precedence: bulk",
        "Precedence: auto_reply",
        "X-Autoreply: yes",
        "X-Autorespond: Out of office",
        "List-Id: <everybody.example.com>",
        "X-Failed-Recipients: kept@example.org",
        "Return-Path: <>",
    ],
)
def test_mail_that_nobody_wrote_is_refused(
    writer: User, caplog: pytest.LogCaptureFixture, header: str
) -> None:
    raw = reply(writer, "Tom: hm.", more=f"{header}\r\n")
    assert refused(raw, caplog) == "nobody wrote it"


@pytest.mark.usefixtures("tom")
def test_report_that_a_mail_came_back_is_refused(
    writer: User, caplog: pytest.LogCaptureFixture
) -> None:
    raw = reply(writer, "Tom: hm.").replace(
        b"text/plain; charset=utf-8", b"multipart/report; report-type=delivery-status; boundary=x"
    )
    assert refused(raw, caplog) == "nobody wrote it"


@pytest.mark.usefixtures("tom")
def test_reply_that_says_it_was_written_is_taken(writer: User) -> None:
    more = "Auto-Submitted: no\r\nReturn-Path: <keeper@example.com>\r\n"
    take_reply(reply(writer, "Tom: hm.", more=more), now=NOW)
    assert texts() == ["hm."]


@pytest.mark.usefixtures("tom")
def test_reply_without_words_is_refused(writer: User, caplog: pytest.LogCaptureFixture) -> None:
    assert refused(reply(writer, ""), caplog) == "nothing was typed into it"


@pytest.mark.usefixtures("tom")
def test_reply_that_was_forwarded_on_the_way_is_taken(writer: User) -> None:
    raw = reply(writer, "Tom: hm.", to="kept@example.org")
    took = f"Delivered-To: {make_reply_address(writer, ON)}\r\n".encode()
    take_reply(took + raw, now=NOW)
    assert texts() == ["hm."]


@pytest.mark.usefixtures("tom")
def test_log_of_what_is_taken_has_no_word_of_it(
    writer: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="followups")
    taken = take_reply(reply(writer, "Tom: hm."), now=NOW)
    assert taken.mail is not None
    assert caplog.messages == [f"Mail {taken.mail.pk} of user {writer.pk}: noted."]


@pytest.mark.usefixtures("tom")
def test_words_with_control_characters_are_stored_without(writer: User) -> None:
    take_reply(reply(writer, "Tom: h\x00m\x1b[1m."), now=NOW)
    assert texts() == ["hm[1m."]


def test_long_reply_to_a_large_book_is_taken_in_no_time(writer: User) -> None:
    Contact.objects.bulk_create(
        Contact(
            keeper=writer,
            team=writer.member.team,
            name=f"Tom {number}",
            sort_name=f"tom {number}",
            created_at=NOW,
            first_due_on=ON,
        )
        for number in range(5000)
    )
    started = time.process_time()
    taken = take_reply(reply(writer, "Tom 7: hm.\n" + "a b c d: e\n" * 8000), now=NOW)
    assert time.process_time() - started < 2
    assert len(taken.notes) == 1


def test_other_users_do_not_see_a_reply(writer: User, stranger: User, tom: Contact) -> None:
    take_reply(reply(writer, "Tom: hm."), now=NOW)
    assert InboundMail.objects.visible_to(writer).count() == 1
    assert InboundMail.objects.visible_to(stranger).count() == 0
