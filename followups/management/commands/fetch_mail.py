"""The mailbox that replies arrive in."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from followups.replies.mailbox import MailboxError, fetch_replies


class Command(BaseCommand):
    help = "Takes what is unread in the mailbox IMAP_URL: replies to the digest become notes."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.IMAP_URL:
            raise CommandError("Set IMAP_URL first, like imaps://user:password@host/INBOX.")
        try:
            taken = fetch_replies(settings.IMAP_URL, clock=timezone.now)
        except MailboxError as problem:
            raise CommandError(str(problem)) from problem
        notes = sum(len(each.notes) for each in taken)
        self.stdout.write(f"Read {len(taken)} mails; made {notes} notes.")
