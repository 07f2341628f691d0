"""Reading answers and mails."""

import re

from django.core.mail import EmailMessage
from django.http import HttpResponse


def told(response: HttpResponse, email: str) -> tuple[int, dict[str, str], str]:
    """All that an answer tells, without the address itself and the secret of its forms."""
    html = re.sub(r'(name="csrfmiddlewaretoken" value=|CSRFToken": )"\w+"', "", response.text)
    passing = {"Content-Length", "Expires"}  # the second may turn between two answers
    headers = {name: value for name, value in response.headers.items() if name not in passing}
    return response.status_code, headers, html.replace(email, "…")


def link_in(mail: EmailMessage) -> str:
    """The path of the one link in a mail, which begins at `BASE_URL`."""
    (link,) = re.findall(r"https?://\S+", mail.body)
    assert link.startswith("http://127.0.0.1:8000/")
    return link.removeprefix("http://127.0.0.1:8000")
