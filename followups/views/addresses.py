"""What addresses and forms say of where to go on."""

from django.utils.http import url_has_allowed_host_and_scheme

from crm.addresses import is_short
from crm.http import Request


def wished(request: Request) -> str:
    """The page of this site on which to go on, by the form's or the address's `next`; or none.

    One that is too long to be carried along is none.
    """
    page = request.POST.get("next") or request.GET.get("next") or ""
    is_here = url_has_allowed_host_and_scheme(page, allowed_hosts=None)
    return page if is_here and is_short(page) else ""


def is_number(text: str) -> bool:
    """Whether `text` may be the key of a row."""
    return text.isascii() and text.isdecimal() and len(text) < 18
