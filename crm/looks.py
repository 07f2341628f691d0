"""Who has looked at what of whose: written where somebody opens a thing that is not theirs."""

from collections.abc import Collection
from datetime import datetime, timedelta

from crm.models import Look, User

LOOKS_KEPT = timedelta(days=90)


def looked(*, viewer: User, whose_id: int, thing: str, now: datetime) -> None:
    """Write down that `viewer` opens `thing` of the user `whose_id`; one's own is no look.

    `thing` names a row ("contact:12", "promise:3") or a list ("list:overdue"). Once for each local
    day of the viewer, in one statement; the one who is looked at sees it at `/settings/looks/`.
    """
    looked_through(viewer=viewer, whose_ids={whose_id}, thing=thing, now=now)


def looked_through(*, viewer: User, whose_ids: Collection[int], thing: str, now: datetime) -> None:
    """The same of a list in which several users' things stand."""
    others = sorted(set(whose_ids) - {viewer.pk})
    on = viewer.today(now)
    looks = [Look(viewer=viewer, whose_id=pk, thing=thing, on=on, at=now) for pk in others]
    if looks:
        Look.objects.bulk_create(looks, ignore_conflicts=True)


def purge_looks(now: datetime) -> int:
    """Forget what is older than `LOOKS_KEPT`; returns how many rows."""
    return Look.objects.filter(at__lt=now - LOOKS_KEPT).delete()[0]
