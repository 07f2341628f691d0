"""Who sees what: the one place where it is decided.

`SEES` is the table of product.md. Every QuerySet's `visible_to(user)` asks `visible()`, and every
view starts its look-up there; what a person may not see does not exist for them (404).
"""

from enum import Enum, StrEnum
from typing import TYPE_CHECKING

from django.db.models import Q

if TYPE_CHECKING:
    from crm.models import User


class Role(StrEnum):
    """What a member is in their team."""

    SELLER = "seller"
    MANAGER = "manager"
    OWNER = "owner"


class Thing(Enum):
    """Kinds of things that are seen or not, by who wrote them and how they were marked."""

    CARD = "a contact’s name, company and business details"
    PRIVATE = "private notes, facts, life events, relatives, photos, private promises"
    SHARED = "notes and promises shared with the team"
    PROMISE = "promises not marked private"
    COUNTS = "counts and rates"
    ISSUE = "issues"
    MEMBERSHIP = "the team's members and invitations"
    HANDOVER = "who was handed over, by whom and to whom"


class Reach(Enum):
    """How far somebody's sight goes for one kind of thing."""

    NOTHING = 0
    OWN = 1
    TEAM = 2


_COACHES = {Role.MANAGER, Role.OWNER}
_EVERYONE = set(Role)

# For each thing, the roles that see their whole team's; every other member sees their own.
SEES: dict[Thing, set[Role]] = {
    Thing.CARD: _EVERYONE,
    Thing.PRIVATE: set(),
    Thing.SHARED: _EVERYONE,
    Thing.PROMISE: _COACHES,
    Thing.COUNTS: _COACHES,
    Thing.ISSUE: _EVERYONE,
    Thing.MEMBERSHIP: _EVERYONE,
    Thing.HANDOVER: {Role.OWNER},
}


def reach(role: Role | None, thing: Thing) -> Reach:
    """How far a member of `role` sees `thing`; no role (no team) sees nothing."""
    if role is None:
        return Reach.NOTHING
    return Reach.TEAM if role in SEES[thing] else Reach.OWN


def visible(user: "User", thing: Thing, *, whose: str, team: str) -> Q:
    """The condition under which rows of `thing` exist for `user`.

    `whose` and `team` name the fields that lead from the row to the user it belongs to and to
    its team. Own things stay within the team, too: who has left a team has left its book.
    """
    if not user.is_active or user.role is None:
        return Q(pk__in=[])
    within = Q(**{team: user.team_id})
    if reach(user.role, thing) is Reach.TEAM:
        return within
    return within & Q(**{whose: user.pk})


def may_manage_team(role: Role | None) -> bool:
    """Whether `role` may invite people, change roles and name the team."""
    return role is Role.OWNER


def may_hand_over(user: "User", *, keeper_id: int, team_id: int | None) -> bool:
    """Whether `user` may give away whom `keeper_id` keeps: one's own, and an owner the team's."""
    if user.role is None or user.team_id != team_id:
        return False
    return user.pk == keeper_id or user.role is Role.OWNER


def table() -> list[tuple[str, list[str]]]:
    """`SEES` in words: what a teammate, a manager and an owner see of what somebody keeps."""
    told = (Thing.CARD, Thing.PRIVATE, Thing.SHARED, Thing.PROMISE, Thing.COUNTS, Thing.ISSUE)
    return [(thing.value, [_in_a_word(role, thing) for role in Role]) for thing in told]


def _in_a_word(role: Role, thing: Thing) -> str:
    return "yes" if reach(role, thing) is Reach.TEAM else "no"


# Whom each role may look as: those who see less.
VIEWS_AS: dict[Role, list[Role]] = {
    Role.OWNER: [Role.MANAGER, Role.SELLER],
    Role.MANAGER: [Role.SELLER],
    Role.SELLER: [],
}


def may_view_as(role: Role | None, other: Role) -> bool:
    """Whether a member of `role` may look at Kept as `other`: never to see more than before."""
    return role is not None and other in VIEWS_AS[role]
