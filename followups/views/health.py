"""Whether Kept can work: for who watches the installation, and for the proxy in front of it."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from followups import readiness


@require_safe
@login_not_required
def ready(request: HttpRequest) -> JsonResponse:
    """200 when everything works, else 503 with the names of what does not in `red`."""
    seen = readiness.look(timezone.now())
    shown = {
        "ok": seen.is_ready,
        "red": seen.red,
        "database": "here" if seen.database else "away",
        "broker": {None: "none", True: "here", False: "away"}[seen.broker],
        "last_tick": seen.last_tick,
        "oldest_due": seen.oldest_due,
    }
    return JsonResponse(shown, status=200 if seen.is_ready else 503)
