"""A digest or a weekly mail as a mail: words, HTML and pictures that any mail program shows."""

import re
import textwrap
from email.message import EmailMessage, MIMEPart
from email.policy import Policy
from email.policy import default as default_policy
from functools import cache
from urllib.parse import urlsplit
from uuid import uuid4

from css_inline import CSSInliner
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from followups import mail_links
from followups.digest import Digest
from followups.models import Delivery
from followups.replies.addresses import make_reply_address
from followups.weekly import Weekly

WIDTH = 72
LONGEST_LINE = 998
# Fills the line that mail programs show beside the subject, on locked screens, too.
PADDING = range(90)

# What is written as a mail, each by the templates of its kind.
type Content = Digest | Weekly

_inliner = CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


class PicturedMail(EmailMultiAlternatives):
    """One whose attachments are pictures of its HTML part, and stand with that part alone.

    Its lines may be as long as SMTP lets them: folded at 78, Python would write the address in
    List-Unsubscribe in a code that no mail program reads there.
    """

    def message(self, *, policy: Policy | None = None) -> EmailMessage:
        wide = (policy or default_policy).clone(max_line_length=LONGEST_LINE)
        return super().message(policy=wide)

    def _add_attachments(self, msg: EmailMessage) -> None:
        html = msg.get_body(("html",))
        if html is None or not self.attachments:
            return
        html.make_related()
        for picture in self.attachments:
            html.attach(picture)


def compose(digest: Content, *, message_id: str) -> PicturedMail:
    """The mail of `digest` to its user."""
    user = digest.user
    off_url = mail_links.unsubscribe_url(user=user, kind=digest.kind, on=digest.on)
    reply_to = make_reply_address(user, digest.on) if _takes_replies(digest) else None
    mail = PicturedMail(
        subject=digest.subject,
        body=as_text(digest),
        to=[user.email],
        reply_to=[reply_to] if reply_to else None,
        headers={
            "Auto-Submitted": "auto-generated",
            "List-Unsubscribe": f"<{off_url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Message-ID": message_id,
            "X-Auto-Response-Suppress": "All",
        },
    )
    mail.attach_alternative(as_html(digest), "text/html")
    for name, data in digest.faces.items():
        mail.attach(_picture(name, data))
    return mail


def message_id_of(delivery: Delivery) -> str:
    """The same for the same user, kind and date, so that mail programs fold copies into one."""
    return f"<{delivery.kind}.{delivery.local_date:%Y%m%d}.{delivery.user_id}@{_host()}>"


def new_message_id() -> str:
    """One of its own, for a mail that was asked for."""
    return f"<{uuid4().hex}@{_host()}>"


def _host() -> str:
    host = urlsplit(settings.BASE_URL).hostname or ""
    return host if re.fullmatch(r"[a-z0-9.-]+", host) else "localhost"


def as_html(digest: Content) -> str:
    """The HTML part; its styles stand in the tags, since some programs drop all others."""
    html = _inliner.inline(
        render_to_string(f"email/{digest.kind}.html", _context(digest) | {"css": _css()})
    )
    return re.sub(r"\n\s*", "\n", html)  # Gmail cuts what is longer than 102 kB


def as_page(digest: Content) -> str:
    """The HTML part as a page of Kept's own: its styles and pictures come from here."""
    return render_to_string(f"email/{digest.kind}.html", _context(digest) | {"is_page": True})


def as_text(digest: Content) -> str:
    """The plain part, in lines of `WIDTH`."""
    lines = render_to_string(f"email/{digest.kind}.txt", _context(digest)).strip().splitlines()
    text = "\n".join(_wrapped(line) for line in lines)
    return re.sub(r"\n{3,}", "\n\n", text) + "\n"


@cache
def _css() -> str:
    return (settings.ROOT / "static" / "css" / "mail.css").read_text()


def _context(digest: Content) -> dict[str, object]:
    return {
        "digest": digest,
        "padding": PADDING,
        "takes_replies": _takes_replies(digest) and bool(settings.REPLY_DOMAIN),
        "today_url": mail_links.at_base(reverse("followups:today")),
        "settings_url": mail_links.at_base(reverse("followups:digest")),
        "follow_through_url": mail_links.at_base(reverse("followups:follow_through")),
        "off_url": mail_links.unsubscribe_url(user=digest.user, kind=digest.kind, on=digest.on),
    }


def _takes_replies(content: Content) -> bool:
    """Only what names one's own people is answered with notes about them."""
    return content.kind == Delivery.Kind.DIGEST


def _wrapped(line: str) -> str:
    """A line in the width of a terminal, hanging under its first letter; addresses stay whole."""
    if "://" in line:
        return line.rstrip()
    indent = re.match(r" *(?:[*-] )?", line)
    hang = " " * indent.end() if indent else ""
    return textwrap.fill(
        line, WIDTH, subsequent_indent=hang, break_long_words=False, break_on_hyphens=False
    )


def _picture(name: str, data: bytes) -> MIMEPart:
    part = MIMEPart(policy=default_policy)
    part.set_content(data, maintype="image", subtype="jpeg", disposition="inline", cid=f"<{name}>")
    return part
