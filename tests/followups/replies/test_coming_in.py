"""How a mail comes in: posted by a provider, piped by a server, fetched from a mailbox."""

import io
import logging
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from anymail.inbound import AnymailInboundMessage
from anymail.signals import AnymailInboundEvent, inbound
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from contacts.models import Note
from crm.accounts import vouch_for
from crm.models import User
from followups.replies.addresses import make_reply_address
from followups.replies.mailbox import Mailbox, MailboxError, fetch_replies
from followups.ticking import tick
from tests.factories import NOW, make_contact
from tests.followups.replies.imap_server import serving

SECRET = "ever-so-secret"


@pytest.fixture(autouse=True)
def doors(settings: Settings) -> None:
    settings.REPLY_DOMAIN = "in.example.org"
    settings.INBOUND_SECRET = SECRET


@pytest.fixture
def writer(keeper: User) -> User:
    vouch_for(keeper)
    make_contact(keeper=keeper, name="Tom Baker")
    return keeper


def mail(user: User, words: str = "Tom: hm.", number: int = 1) -> bytes:
    message = EmailMessage()
    message["From"] = user.email
    message["To"] = make_reply_address(user, NOW.date())
    message["Message-ID"] = f"<{number}@example.com>"
    message.set_content(words)
    return message.as_bytes()


def texts() -> list[str]:
    return list(Note.objects.order_by("pk").values_list("text", flat=True))


# --- Posted -----------------------------------------------------------------------------------


def post(raw: bytes, *, secret: str = SECRET, kind: str = "message/rfc822", **more: str) -> int:
    client = Client(enforce_csrf_checks=True)
    url = reverse("followups:inbound", args=[secret])
    return client.post(url, raw, content_type=kind, **more).status_code


def test_raw_mail_is_taken(writer: User) -> None:
    assert (post(mail(writer)), texts()) == (200, ["hm."])


@pytest.mark.parametrize("name", ["body-mime", "email"])
def test_mail_in_a_form_is_taken(writer: User, name: str) -> None:
    url = reverse("followups:inbound", args=[SECRET])
    response = Client(enforce_csrf_checks=True).post(url, {name: mail(writer).decode(), "to": "x"})
    assert (response.status_code, texts()) == (200, ["hm."])


def test_refused_mail_is_answered_like_any_other(writer: User) -> None:
    url = reverse("followups:inbound", args=[SECRET])
    taken = Client().post(url, mail(writer), content_type="message/rfc822")
    for raw in (b"", b"\x00\xff", mail(writer), mail(writer).replace(b"reply+", b"reply-")):
        refused = Client().post(url, raw, content_type="message/rfc822")
        assert (refused.status_code, refused.content) == (200, taken.content)
    assert texts() == ["hm."]


def test_wrong_secret_leads_nowhere(writer: User) -> None:
    assert (post(mail(writer), secret="ever-so-wrong"), post(b"", secret="é")) == (404, 404)
    assert texts() == []


def test_without_a_secret_nothing_is_taken(writer: User, settings: Settings) -> None:
    settings.INBOUND_SECRET = ""
    assert (post(mail(writer), secret="x"), texts()) == (404, [])


def test_mail_is_only_posted() -> None:
    url = reverse("followups:inbound", args=[SECRET])
    assert [Client().get(url).status_code, Client().put(url).status_code] == [405, 405]


def test_large_mail_is_taken_as_far_as_words_go(writer: User) -> None:
    raw = mail(writer, "Tom: hm.\n-- \n" + "picture " * 600_000)
    assert len(raw) > 4_000_000
    assert (post(raw), texts()) == (200, ["hm."])


def test_large_form_is_left_and_said(writer: User, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, logger="followups")
    url = reverse("followups:inbound", args=[SECRET])
    raw = mail(writer, "picture " * 600_000).decode()
    assert Client().post(url, {"body-mime": raw}).status_code == 200
    assert caplog.messages[0] == "A mail was not taken: it is too big for a form."
    assert texts() == []


def test_mail_from_a_provider_is_taken(writer: User) -> None:
    message = AnymailInboundMessage.parse_raw_mime_bytes(mail(writer))
    event = AnymailInboundEvent(event_type="inbound", message=message)
    inbound.send(sender=None, event=event, esp_name="Any")
    assert texts() == ["hm."]


def test_mail_from_a_provider_that_cannot_be_read_is_left(writer: User) -> None:
    event = AnymailInboundEvent(event_type="inbound", message=None)
    inbound.send(sender=None, event=event, esp_name="Any")
    assert texts() == []


# --- Piped ------------------------------------------------------------------------------------


def take(*arguments: str) -> str:
    said = io.StringIO()
    call_command("take_mail", *arguments, stdout=said)
    return said.getvalue()


def test_mail_in_a_file_is_taken(writer: User, tmp_path: Path) -> None:
    file = tmp_path / "reply.eml"
    file.write_bytes(mail(writer))
    assert (take(str(file)), texts()) == ("Noted.\n", ["hm."])
    assert take(str(file)) == "Not taken: it was taken before.\n"


def test_mail_that_names_nobody_waits(writer: User, tmp_path: Path) -> None:
    file = tmp_path / "reply.eml"
    file.write_bytes(mail(writer, "hm."))
    assert take(str(file)) == "Taken; its user is asked whom it is about.\n"


def test_mail_on_standard_input_is_taken(writer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(mail(writer))))
    assert (take("-"), texts()) == ("Noted.\n", ["hm."])


def test_mail_is_taken_as_of_an_instant(writer: User, tmp_path: Path) -> None:
    file = tmp_path / "reply.eml"
    file.write_bytes(mail(writer))
    late = (NOW + timedelta(days=40)).isoformat()
    assert take(str(file), "--at", late) == "Not taken: the address has expired.\n"


@pytest.mark.parametrize("arguments", [["no-such-file.eml"], ["-", "--at", "soon"]])
def test_bad_arguments_are_said(db: None, arguments: list[str]) -> None:
    with pytest.raises(CommandError, match=r"No such file|This is not a time"):
        take(*arguments)


# --- Fetched ----------------------------------------------------------------------------------


def test_unread_mails_are_taken_and_marked(writer: User) -> None:
    mails = {3: mail(writer, "Tom: one.", 3), 4: b"spam", 7: mail(writer, "Tom: two.", 7)}
    with serving(mails) as box:
        taken = fetch_replies(box.url, clock=timezone.now)
        again = fetch_replies(box.url, clock=timezone.now)
    assert [len(each.notes) for each in taken] == [1, 0, 1]
    assert (again, box.seen, texts()) == ([], {3, 4, 7}, ["one.", "two."])


def test_mails_left_by_a_broken_connection_are_taken_next_time(writer: User) -> None:
    mails = {number: mail(writer, f"Tom: {number}.", number) for number in (1, 2, 3)}
    with serving(mails) as box:
        box.breaks_after = 2
        with pytest.raises(MailboxError, match="cannot be read"):
            fetch_replies(box.url, clock=timezone.now)
        box.breaks_after = 1000
        fetch_replies(box.url, clock=timezone.now)
    assert texts() == ["1.", "2.", "3."]


def test_mail_that_was_taken_and_not_marked_is_noted_once(writer: User) -> None:
    with serving({1: mail(writer)}) as box:
        fetch_replies(box.url, clock=timezone.now)
        box.seen.clear()
        fetch_replies(box.url, clock=timezone.now)
    assert texts() == ["hm."]


@pytest.mark.parametrize(("right", "wrong"), [("secret%20word", "x"), ("Kept%20in", "Other")])
def test_closed_mailbox_is_said_without_the_password(writer: User, right: str, wrong: str) -> None:
    with serving({1: mail(writer)}) as box, pytest.raises(MailboxError) as said:
        fetch_replies(box.url.replace(right, wrong), clock=timezone.now)
    assert "The mailbox at 127.0.0.1 cannot be read" in str(said.value)
    assert "secret" not in str(said.value)
    assert texts() == []


def test_no_password_is_said_to_a_server_that_cannot_encrypt(writer: User) -> None:
    with serving({1: mail(writer)}) as box, pytest.raises(MailboxError, match="cannot be read"):
        fetch_replies(box.url.replace("imap://", "imap+tls://"), clock=timezone.now)
    assert [said.split()[0] for said in box.heard] == ["CAPABILITY", "LOGOUT"]


def test_absent_mailbox_is_said() -> None:
    with pytest.raises(MailboxError, match="cannot be read"):
        fetch_replies("imap://karin@127.0.0.1:1/INBOX", clock=timezone.now)


def test_mailbox_url_is_read() -> None:
    box = Mailbox.parse("imaps://karin%40example.com:a%2Fb@mail.example.com")
    assert box == Mailbox("imaps", "mail.example.com", 993, "karin@example.com", "a/b", "INBOX")
    assert Mailbox.parse("imap+tls://k:p@mail.example.com/A%20B").port == 143


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mail.example.com",
        "pop3://k:p@mail.example.com",
        "imaps://mail.example.com",
        "imaps://k:p@:x",
        "imap://k:p@mail.example.com/INBOX",
    ],
)
def test_mailbox_url_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(MailboxError):
        Mailbox.parse(url)


def test_fetch_mail_says_what_it_did(writer: User, settings: Settings) -> None:
    said = io.StringIO()
    with serving({1: mail(writer), 2: b"spam"}) as box:
        settings.IMAP_URL = box.url
        call_command("fetch_mail", stdout=said)
    assert said.getvalue() == "Read 2 mails; made 1 notes.\n"


@pytest.mark.parametrize("url", ["", "pop3://k:p@mail.example.com"])
def test_fetch_mail_without_a_mailbox_says_so(db: None, settings: Settings, url: str) -> None:
    settings.IMAP_URL = url
    with pytest.raises(CommandError, match="IMAP_URL"):
        call_command("fetch_mail")


def test_tick_looks_into_the_mailbox_every_two_minutes(writer: User, settings: Settings) -> None:
    with serving({1: mail(writer)}) as box:
        settings.IMAP_URL = box.url
        looks = [tick(NOW + timedelta(minutes=minute))["replies"] for minute in (0, 1, 2)]
    assert (looks, texts()) == ([1, 0, 1], ["hm."])


def test_tick_goes_on_without_the_mailbox(
    writer: User, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.IMAP_URL = "imap://karin:secret@127.0.0.1:1/INBOX"
    found = tick(NOW)
    assert (found["replies"], found["purge"]) == (1, 1)
    [said] = [record.getMessage() for record in caplog.records if "mailbox" in record.name]
    assert said.startswith("The mailbox at 127.0.0.1 cannot be read")
    assert "secret" not in said


def test_tick_without_a_mailbox_looks_nowhere(db: None) -> None:
    assert tick(NOW)["replies"] == 0
