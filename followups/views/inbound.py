"""Where a mail provider posts the mail that comes in."""

import logging

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from followups.replies.parts import MOST_BYTES
from followups.replies.taking import take_reply

# Fields of a form in which providers send a mail as it came: Mailgun's and SendGrid's.
FIELDS = ("body-mime", "email")

logger = logging.getLogger(__name__)


@csrf_exempt
@login_not_required
@require_POST
def take(request: HttpRequest, secret: str) -> HttpResponse:
    """Take one mail, raw or in a form. Also for one that is refused the answer is 200: a provider
    would only send it again, and who wrote it is to learn nothing."""
    if not settings.INBOUND_SECRET or not constant_time_compare(secret, settings.INBOUND_SECRET):
        raise Http404
    take_reply(_mail(request), now=timezone.now())
    return HttpResponse("Thank you.", content_type="text/plain")


def _mail(request: HttpRequest) -> bytes:
    """The mail's first megabyte; words come before pictures."""
    if request.content_type not in {"multipart/form-data", "application/x-www-form-urlencoded"}:
        return request.read(MOST_BYTES)
    try:
        return next((request.POST[name] for name in FIELDS if name in request.POST), "").encode()
    except RequestDataTooBig:
        logger.warning("A mail was not taken: it is too big for a form.")
        return b""
