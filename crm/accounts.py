"""Where allauth meets Kept: who is loaded, who joins which team, and what leaves by mail."""

import logging
from contextlib import suppress
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from crm.addresses import is_short
from crm.carrying import carried_invitation
from crm.models import User
from crm.teams import TeamError, found_team, join

logger = logging.getLogger(__name__)


class MemberBackend(AuthenticationBackend):
    """Logs in by email; a request's user comes with member and team in one query."""

    def get_user(self, user_id: Any) -> User | None:
        user = User.objects.select_related("member__team").filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None


class AccountAdapter(DefaultAccountAdapter):
    """Signing up makes a team of one, or joins the one that invited; mails link to `BASE_URL`."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "duplicate_email": "This is your address already.",
        "email_password_mismatch": "This email and this password do not belong together. Try "
        "again, or set a new password.",
        "email_taken": "Somebody uses this address already.",
        "enter_current_password": "That is not your current password.",
        "incorrect_password": "That is not your password.",
        "too_many_login_attempts": "That was wrong too often. Wait five minutes and try again, or "
        "set a new password.",
    }

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """Save who signs up, as a member; in the team of the invitation they came with, if any.

        The address that an invitation went to needs no other proof.
        """
        user.name, user.time_zone = form.cleaned_data["name"], form.cleaned_data["time_zone"]
        with transaction.atomic():
            saved: User = super().save_user(request, user, form, commit=commit)
            if self._joins_by_invitation(request, saved):
                self.stash_verified_email(request, saved.email)
            else:
                found_team(saved)
        return saved

    def _joins_by_invitation(self, request: HttpRequest, user: User) -> bool:
        now = timezone.now()
        invitation = carried_invitation(request, now)
        if invitation is None:
            return False
        try:
            join(invitation, user=user, at=now)
        except TeamError:
            return False
        return True

    def is_safe_url(self, url: str) -> bool:
        """Log-in leads to pages of this installation only: a path, never a host, not even ours."""
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None) and is_short(url)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Hand a mail over; when that fails, say so instead of going on as if it were on its way.

        Its links start at the configured address: a forged Host header must not reach a mail.
        """
        links = {name: at_base(value) for name, value in context.items() if name.endswith("_url")}
        try:
            super().send_mail(template_prefix, email, context | links)
        except OSError as problem:  # of which smtplib's errors are
            logger.error("A mail could not be handed over: %s", type(problem).__name__)
            page = render(self.request, "account/mail_failed.html", status=503)
            raise ImmediateHttpResponse(page) from problem

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Tell of a change that has been made; it stands, also when the mail cannot go out."""
        with suppress(ImmediateHttpResponse):
            super().send_notification_mail(*args, **kwargs)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # allauth counts for each Host header by itself, so that another port would begin anew.
        return str(credentials.get("email", "")).lower()


def vouch_for(user: User) -> None:
    """Take `user`'s address as proven: whoever runs the installation says so."""
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)


def at_base(url: str) -> str:
    """The same path under `BASE_URL`."""
    path = "/" + url.split("/", 3)[3] if "://" in url else url
    return settings.BASE_URL + path
