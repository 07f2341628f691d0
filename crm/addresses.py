"""Addresses that are carried along, to go on there later."""

from urllib.parse import urlsplit

from django.utils.encoding import iri_to_uri

# Headers, cookies and the proxies in front take no more of an address with another one in it.
LONGEST = 2000


def is_short(url: str) -> bool:
    """Whether `url` can be carried along, as it is written in a header."""
    return len(url) <= LONGEST and len(iri_to_uri(url)) <= LONGEST


def path_of(url: str) -> str:
    """The page that `url` names, with its query; "/" for one that is too long to come back to."""
    page = urlsplit(url)
    path = page.path + (f"?{page.query}" if page.query else "")
    return path if is_short(path) else "/"
