"""Where a drill may have the process crash: `KEPT_FAIL_AT` names the point."""

import os

from django.conf import settings


def fail_at(point: str) -> None:
    """End the process at once, as a crash would, if this point is named."""
    if point == settings.FAIL_AT:
        os._exit(9)
