"""Mistakes of an installation that are told before it serves anybody."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

SHORTEST_SECRET = 50


@register
def check_secret_key(**options: Any) -> list[CheckMessage]:
    if len(settings.SECRET_KEY) >= SHORTEST_SECRET and len(set(settings.SECRET_KEY)) >= 5:
        return []
    hint = "Leave SECRET_KEY out and one is made, or take 50 random characters or more."
    return [Error("SECRET_KEY can be guessed.", hint=hint, id="kept.E001")]


@register
def check_allowed_hosts(**options: Any) -> list[CheckMessage]:
    if "*" not in settings.ALLOWED_HOSTS:
        return []
    hint = "Name the hosts that people use, or leave it out: the host of BASE_URL is let in."
    return [Error("ALLOWED_HOSTS lets any host in.", hint=hint, id="kept.E002")]


@register
def check_base_url(**options: Any) -> list[CheckMessage]:
    """Links in mails begin with it, and whether cookies need HTTPS hangs on it."""
    url = urlsplit(settings.BASE_URL)
    if url.scheme not in {"http", "https"} or not url.hostname or url.query or url.fragment:
        hint = "Write it like https://kept.example."
        return [Error("BASE_URL is not an address of the web.", hint=hint, id="kept.E003")]
    if url.scheme == "http" and not settings.IS_LOCAL:
        hint = "Begin it with https://; Kept sends people there anyway."
        return [Warning("BASE_URL is not encrypted.", hint=hint, id="kept.W004")]
    return []
