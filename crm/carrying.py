"""The invitation that a browser carries along while its owner signs up or logs in.

In a signed cookie: the link itself would stand in addresses, Referer headers and logs, and opening
it (a mail scanner does) would change the database if the session held it.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from crm.models import Invitation

_COOKIE = "invitation"
_CARRIED_FOR = timedelta(days=1)


def carry_invitation(response: HttpResponseBase, token: str) -> None:
    """Let the browser carry the invitation of `token`, whether there is such a one or not."""
    response.set_signed_cookie(
        _COOKIE,
        token,
        salt=_COOKIE,
        max_age=_CARRIED_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def carried_invitation(request: HttpRequest, now: datetime) -> Invitation | None:
    """The open invitation that the browser carries, with team and who invited; else None."""
    token = request.get_signed_cookie(_COOKIE, "", salt=_COOKIE, max_age=_CARRIED_FOR)
    if not token:
        return None
    open_ones = Invitation.objects.open(now).select_related("team", "invited_by")
    return open_ones.filter(token=token).first()
