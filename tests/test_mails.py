"""Every kind of mail that Kept sends: what it says, word for word, and where it leads.

A new template without a case here fails the first test. To renew a golden file, delete it, run
this, and read what it wrote. The morning mail has its cases in tests/followups/test_digest.py.
"""

import re
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from allauth.account.adapter import get_adapter
from django.conf import settings
from django.template.loader import render_to_string
from django.test import RequestFactory

from tests.factories import NOW, make_invitation, make_user

TEMPLATES = Path(settings.ROOT) / "templates"
GOLDEN = Path(__file__).parent / "golden"
BASE = "https://kept.example"
ACCOUNT = sorted(
    path.name.removesuffix("_subject.txt")
    for path in (TEMPLATES / "account/email").glob("*_subject.txt")
)
OTHERS = {"base.html", "digest.html", "digest.txt", "digest_line.html", "invitation.txt"}
OTHERS |= {"weekly.html", "weekly.txt"}
SHARED = {"base_message.txt", "base_notification.txt"}


def test_every_mail_template_has_a_case() -> None:
    assert {path.name for path in (TEMPLATES / "email").iterdir()} == OTHERS
    pieces = {f"{name}_{part}.txt" for name in ACCOUNT for part in ("subject", "message")}
    assert {path.name for path in (TEMPLATES / "account/email").iterdir()} == pieces | SHARED


def assert_golden(name: str, text: str) -> None:
    path = GOLDEN / name
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        pytest.fail(f"{path.name} was not there and has been written: look at it.")
    assert text == path.read_text()


def assert_leads_home(text: str) -> None:
    """Links are whole, safe, and all of one host."""
    links = re.findall(r"\S+://\S+", text)
    assert [link for link in links if not link.startswith(f"{BASE}/")] == []


@pytest.mark.parametrize("kind", ACCOUNT)
def test_account_mail_reads_as_it_always_did(kind: str, db: None, now: object) -> None:
    user = make_user(name="Rosa\r\nBcc: all@example.com Vega")
    context = {
        "user": user,
        "activate_url": f"{BASE}/accounts/confirm-email/KEY/",
        "password_reset_url": f"{BASE}/accounts/password/reset/key/KEY/",
        "signup_url": f"{BASE}/accounts/signup/",
        "from_email": "before@example.com",
        "to_email": "after@example.com",
        "deleted_email": "gone@example.com",
        "ip": "192.0.2.1",
        "timestamp": NOW,
    }
    adapter = get_adapter(RequestFactory().get("/"))
    letter = adapter.render_mail(f"account/email/{kind}", "rosa@example.com", context).message()
    read = message_from_bytes(letter.as_bytes(), policy=policy.default)
    said = f"Subject: {read['Subject']}\n\n{read.get_content()}"
    assert (read["Bcc"], read["To"], read.get_content_type()) == (
        None,
        "rosa@example.com",
        "text/plain",
    )
    assert_leads_home(said)
    assert_golden(f"{kind}.txt", said)


def test_invitation_reads_as_it_always_did(db: None, now: object) -> None:
    invitation = make_invitation(by=make_user(name="Rosa Vega"))
    context = {"invitation": invitation, "url": f"{BASE}/invitations/TOKEN/", "days": 14}
    said = render_to_string("email/invitation.txt", context)
    assert_leads_home(said)
    assert_golden("invitation.txt", said)
