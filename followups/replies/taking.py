"""Replies to the digest become notes.

The proof is the address that a reply goes to: signed for one user and one date, and short-lived.
The sender must be that user besides, so that a digest which was forwarded does not let others
write; a sender can be forged, and an address cannot. What is refused is logged without a word of
what it says, and nothing is ever sent back. All functions take `now`.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction

from contacts.folding import fold
from contacts.models import Channel, Contact, Note
from contacts.models.contact import ContactQuerySet
from contacts.notes import MOST_TEXT, write_note
from crm.models import User
from followups.models import Delivery, InboundMail, Nudge
from followups.replies import naming
from followups.replies.addresses import AddressRefused, Refusal, ReplyTo, read_reply_address
from followups.replies.naming import Circle, Named
from followups.replies.parts import read_mail
from followups.replies.text import words_typed

# Where the address that a mail went to may stand; forwarding on the way changes some of them.
_ADDRESSED = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To", "X-Forwarded-To")
_AUTOMATIC = ("X-Autoreply", "X-Autorespond", "X-Auto-Reply", "X-Failed-Recipients", "List-Id")
# A phone's clock may run ahead; one that was written offline may be a day older than its digest.
_AHEAD, _BEHIND = timedelta(minutes=5), timedelta(days=1)
_LONGEST_HEADER = 1000

logger = logging.getLogger(__name__)


class Why(StrEnum):
    """Why a mail was not taken, beside what was wrong with its address, in words for the log."""

    AUTOMATIC = "nobody wrote it"
    GONE = "its user is not here any more"
    FOREIGN = "it does not come from its user"
    EMPTY = "nothing was typed into it"
    AGAIN = "it was taken before"


class Refused(Exception):
    """A mail that is not taken; carries why."""

    def __init__(self, why: Why | Refusal) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a mail: the notes it became, its row, and if it was not taken, why."""

    notes: list[Note] = field(default_factory=list)
    mail: InboundMail | None = None
    why: str = ""


def take_reply(raw: bytes, *, now: datetime) -> Taken:
    """Note what the mail `raw` says, if it is a user's reply to a digest.

    Never raises for anything in the mail. The same mail taken twice is noted once.
    """
    message = read_mail(raw)
    try:
        _must_be_written(message)
        reply_to = _addressed(message, now)
        user = _writer(message, reply_to)
        words = _words(message)
    except Refused as refused:
        logger.warning("A mail was not taken: %s.", refused.why)
        return Taken(why=str(refused.why))
    mail = InboundMail(
        user=user,
        message_id=_message_id(message, raw),
        at=now,
        said_at=_said_at(message, reply_to, now),
    )
    taken = _take(mail, words, reply_to, now)
    logger.info("Mail %s of user %s: %s.", mail.pk, user.pk, taken.why or mail.outcome)
    return taken


# --- Whether it is to be taken ---------------------------------------------------------------


def _must_be_written(message: "Message[Any, Any]") -> None:
    """Refuse what answers by itself (RFC 3834), and what reports that a mail came back."""
    answered = _header(message, "Auto-Submitted").partition(";")[0].strip().lower()
    precedence = _header(message, "Precedence").lower()
    if (
        answered not in {"", "no"}
        or precedence in {"bulk", "junk", "list", "auto_reply"}
        or any(name in message for name in _AUTOMATIC)
        or ("Return-Path" in message and _header(message, "Return-Path") in {"", "<>"})
        or message.get_content_type() == "multipart/report"
    ):
        raise Refused(Why.AUTOMATIC)


def _addressed(message: "Message[Any, Any]", now: datetime) -> ReplyTo:
    """What the signed address says that the mail went to."""
    refusal = Refusal.NOT_OURS
    for name in _ADDRESSED:
        for value in message.get_all(name, []):
            try:
                return read_reply_address(str(value), now)
            except AddressRefused as refused:
                refusal = refused.why if refused.why is not Refusal.NOT_OURS else refusal
    raise Refused(refusal)


def _writer(message: "Message[Any, Any]", reply_to: ReplyTo) -> User:
    """The user whose digest is answered, if they are here and the mail comes from them."""
    users = User.objects.select_related("member__team").filter(member__isnull=False)
    user = users.filter(pk=reply_to.user_id, is_active=True).first()
    if user is None:
        raise Refused(Why.GONE)
    addresses = EmailAddress.objects.filter(user=user, verified=True)
    if not addresses.filter(email__iexact=_sender(message)).exists():
        raise Refused(Why.FOREIGN)
    return user


def _sender(message: "Message[Any, Any]") -> str:
    """The one address that the mail says it is from; empty if it is not one."""
    values = [str(value) for value in message.get_all("From", [])]
    # What is nested deeply, Python reads by calling itself.
    if len(values) != 1 or len(values[0]) > _LONGEST_HEADER or values[0].count("(") > 9:
        return ""
    found = getaddresses(values)
    return found[0][1] if len(found) == 1 else ""


def _words(message: "Message[Any, Any]") -> str:
    words = words_typed(message)[:MOST_TEXT]
    if not words:
        raise Refused(Why.EMPTY)
    return words


def _message_id(message: "Message[Any, Any]", raw: bytes) -> str:
    """What the mail is told from others by; made of all of it where it has no proper Message-ID."""
    named = _header(message, "Message-ID")
    is_proper = named.isascii() and named.isprintable() and 3 < len(named) <= 255
    return named if is_proper else f"sha256:{sha256(raw).hexdigest()}"


def _said_at(message: "Message[Any, Any]", reply_to: ReplyTo, now: datetime) -> datetime:
    """When the mail was written; `now` where its date cannot be right."""
    try:
        said_at = parsedate_to_datetime(_header(message, "Date")[:100])
        said_at = said_at.replace(tzinfo=said_at.tzinfo or UTC)  # "-0000" means UTC, too
        is_right = now - said_at > -_AHEAD and said_at.date() >= reply_to.on - _BEHIND
    except (ValueError, TypeError, IndexError, OverflowError):
        return now
    return min(said_at, now) if is_right else now


def _header(message: "Message[Any, Any]", name: str) -> str:
    return str(message.get(name, "")).strip()


# --- Whom it is about ------------------------------------------------------------------------


@transaction.atomic
def _take(mail: InboundMail, words: str, reply_to: ReplyTo, now: datetime) -> Taken:
    """Write down that the mail was taken, and its notes, all or nothing."""
    pieces = _pieces(mail.user, words, reply_to)
    left = [piece for piece in pieces if piece.pk is None]
    mail.words = "\n\n".join(piece.words for piece in left)
    mail.outcome = _outcome(left)
    stored, is_new = InboundMail.objects.get_or_create(
        user=mail.user,
        message_id=mail.message_id,
        defaults={name: getattr(mail, name) for name in ("at", "said_at", "outcome", "words")},
    )
    if not is_new:
        return Taken(mail=stored, why=str(Why.AGAIN))
    mail.pk = stored.pk
    notes = [_note(mail, piece, now) for piece in pieces if piece.pk is not None]
    stored.notes.set(notes)
    return Taken(notes=notes, mail=stored)


def _outcome(left: list[Named]) -> InboundMail.Outcome:
    if not left:
        return InboundMail.Outcome.NOTED
    is_unclear = any(piece.is_unclear for piece in left)
    return InboundMail.Outcome.UNCLEAR if is_unclear else InboundMail.Outcome.NOBODY


def _note(mail: InboundMail, piece: Named, now: datetime) -> Note:
    return write_note(
        author=mail.user,
        contacts=_book(mail.user).filter(pk__in=[piece.pk]),
        text=piece.words,
        at=mail.said_at,
        now=now,
        channel=Channel(piece.channel),
    )


def _pieces(user: User, words: str, reply_to: ReplyTo) -> list[Named]:
    """What is said about whom.

    The address may say it; else names do, looked for among the digest's people and then in the
    whole book; else it is the one person that the digest was about.
    """
    book = _book(user)
    about = book.filter(pk=reply_to.contact_id).first() if reply_to.contact_id else None
    if about is not None:
        named = naming.read(words, [_circle(book.filter(pk=about.pk))])
        return [Named(about.pk, named.words, named.channel)]
    ids = _digest_people(user, reply_to)
    pieces = naming.split(words, [_circle(book.filter(pk__in=ids)), _circle(book)])
    only = ids[0] if len(ids) == 1 else None
    return _with_default(pieces, only)


def _with_default(pieces: Sequence[Named], only: int | None) -> list[Named]:
    first, *others = pieces
    if first.pk is None and not first.is_unclear and only is not None:
        first = Named(only, first.words, first.channel)
    return [first, *others]


def _digest_people(user: User, reply_to: ReplyTo) -> list[int]:
    """The keys of those whom the digest of that date was about and whom `user` still keeps."""
    digests = Delivery.objects.filter(user=user, kind=Delivery.Kind.DIGEST, local_date=reply_to.on)
    nudge_ids: Iterable[int] = digests.values_list("items", flat=True).first() or []
    nudges = Nudge.objects.filter(keeper=user, pk__in=list(nudge_ids))
    return list(_book(user).filter(pk__in=nudges.values("contact")).values_list("pk", flat=True))


def _book(user: User) -> ContactQuerySet:
    return Contact.objects.kept_by(user).present()


def _circle(people: ContactQuerySet) -> Circle:
    rows = people.values_list("pk", "sort_name", "nickname")
    return Circle((pk, name, fold(nickname)) for pk, name, nickname in rows)
