"""What addresses and forms say of where to go on."""

from django.utils.http import url_has_allowed_host_and_scheme

from crm.http import Request


def wished(request: Request) -> str:
    """The page of this site on which to go on, by the form's or the address's `next`; or none."""
    page = request.POST.get("next") or request.GET.get("next") or ""
    return page if url_has_allowed_host_and_scheme(page, allowed_hosts=None) else ""


def is_number(text: str) -> bool:
    """Whether `text` may be the key of a row."""
    return text.isascii() and text.isdecimal() and len(text) < 18
