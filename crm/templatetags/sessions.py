"""What a browser calls itself, in words."""

import re

from django import template

register = template.Library()

# The first that is found counts: each of these also claims to be some of those below it.
BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox|FxiOS": "Firefox",
    "Chrome|Chromium|CriOS": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "CrOS": "ChromeOS",
    "Windows": "Windows",
    "Mac OS X|Macintosh": "Mac",
    "Linux": "Linux",
}


@register.filter
def browser(user_agent: str) -> str:
    """Browser and system from a User-Agent header: "Firefox on Linux"."""
    found = [_first(BROWSERS, user_agent), _first(SYSTEMS, user_agent)]
    return " on ".join(filter(None, found)) or "Something without a browser’s name"


def _first(names: dict[str, str], user_agent: str) -> str:
    return next((name for mark, name in names.items() if re.search(mark, user_agent)), "")
