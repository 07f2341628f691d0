"""Where allauth meets Kept: loading the user with their membership, signing up, mail links."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest

from crm.models import User
from crm.teams import found_team


class MemberBackend(AuthenticationBackend):
    """Logs in by email; a request's user comes with member and team in one query."""

    def get_user(self, user_id: Any) -> User | None:
        user = User.objects.select_related("member__team").filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None


class AccountAdapter(DefaultAccountAdapter):
    """Signing up makes a team of one; links in mails start at the configured address."""

    @transaction.atomic
    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        user.name = form.cleaned_data.get("name", "").strip()
        saved: User = super().save_user(request, user, form, commit=commit)
        if commit:
            found_team(saved)
        return saved

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        return _at_base(super().get_email_confirmation_url(request, emailconfirmation))

    def get_reset_password_from_key_url(self, key: str) -> str:
        return _at_base(super().get_reset_password_from_key_url(key))


def _at_base(url: str) -> str:
    """The same path under `BASE_URL`: a forged Host header must not reach a mail."""
    path = "/" + url.split("/", 3)[3]
    return settings.BASE_URL + path
