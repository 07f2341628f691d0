"""Every request there is to be tried: who asks, by which method, for what, and of whose."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Model
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse

from tests.visibility.canaries import COACHES as COACHING
from tests.visibility.canaries import PARTIES, RECEIVER, TEAM_OF
from tests.visibility.table import Row, Who
from tests.visibility.world import ROLES, SIGNED_OUT, World

SAFE = ("GET", "HEAD", "OPTIONS")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
FORM = "application/x-www-form-urlencoded"
# Whose things each role tries to get at.
TRIES = {
    "keeper": ["keeper", "teammate", "owner", "stranger", "foreigner"],
    "teammate": ["teammate", "keeper", "owner", "stranger"],
    "manager": ["manager", "keeper", "owner", "stranger"],
    "owner": ["owner", "keeper", "stranger", "foreigner"],
    "stranger": ["stranger", "foreigner", "keeper", "owner"],
    "foreigner": ["stranger", "foreigner", "keeper", "owner"],
} | {role: ["keeper", "owner"] for role in ("teamless", *SIGNED_OUT)}

type Table = Mapping[str, list[Row]]


@dataclass(frozen=True, slots=True)
class Ask:
    """One request: who asks, by which method, at which row of the table, about whose things."""

    role: str
    method: str
    name: str
    row: Row
    whose: str
    query: str = ""
    is_htmx: bool = False

    def __str__(self) -> str:
        about = f" of {self.whose}’s {self.row.args}" if self.row.args else ""
        by = " by htmx" if self.is_htmx else ""
        return f"{self.role}: {self.method} {self.name}{about}?{self.query}{by}"

    @property
    def is_safe(self) -> bool:
        return self.method in SAFE

    @property
    def is_with_things_of_others(self) -> bool:
        """Whether a form that is everybody's is sent with keys that may not be understood."""
        is_everybodys = all(arg.startswith("=") for arg in self.row.args)
        return is_everybodys and self.whose != self.role

    @property
    def is_let_in(self) -> bool:
        """Whether the object exists for who asks."""
        whole, card = self.row.whole, self.row.card
        return lets_in(whole, self.role, self.whose) or (
            card is not None and lets_in(card, self.role, self.whose)
        )


def lets_in(who: Who, role: str, whose: str) -> bool:
    """Whether `role` is among those meant by `who`, where the thing is `whose`."""
    if who is Who.ANYBODY or role in SIGNED_OUT:
        return who is Who.ANYBODY
    is_in_team = TEAM_OF.get(role) == TEAM_OF[whose]
    return {
        Who.MEMBERS: True,
        Who.OWNERS: is_in_team and role in {"owner", "stranger"},
        Who.TEAM: is_in_team,
        Who.COACHES: role == whose or (is_in_team and role in COACHING),
        Who.HELPERS: role != whose and is_in_team and role in COACHING,
        Who.COACHING: role in COACHING,
        Who.NOBODY: False,
        Who.OWN: role == whose,
        Who.LEADERS: is_in_team and role in COACHING,
        Who.PARTIES: is_in_team and role in PARTIES,
        Who.RECEIVER: is_in_team and role == RECEIVER,
        Who.GIVERS: is_in_team and (role == whose or role in {"owner", "stranger"}),
    }[who]


def asks(world: World, role: str, table: Table) -> Iterator[Ask]:
    """Everything that `role` is to try, by plain requests and by those of htmx.

    What an address does not take is refused before anybody looks whose thing it is, and HEAD goes
    with GET: those are tried about one person's things. They, and what is asked for in queries, are
    tried plainly by one role and by htmx by the next.
    """
    turn = ROLES.index(role)
    for name, rows in table.items():
        for row in rows:
            people, taken = _people(world, role, row), _taken(row)
            for method in taken:
                for whose in people:
                    for is_htmx in (False, True):
                        yield Ask(role, method, name, row, whose, is_htmx=is_htmx)
            once = [(method, people[-1], "") for method in METHODS if method not in taken]
            once += [
                ("GET", whose, q) for q in row.queries for whose in _meant_by(world, role, row, q)
            ]
            for method, whose, query in once:
                turn += 1
                yield Ask(role, method, name, row, whose, query, is_htmx=turn % 2 == 0)


def _taken(row: Row) -> list[str]:
    """Methods by which something may be had from an address or done to it; HEAD goes with GET."""
    return ["GET"] * (row.get is not None) + ["POST"] * (row.post is not None)


def _people(world: World, role: str, row: Row) -> list[str]:
    """Whose things to try, one's own first; of those who are alike to `role`, one.

    An address that names nobody's thing is tried once, with what one would send oneself.
    """
    named = [arg for arg in row.args if not arg.startswith("=")]
    sent = [name for name, _ in _PLACE.findall(repr(dict(row.data)))]
    having = [who for who in TRIES[role] if world.things[who].keys() >= {*named, *sent}]
    return having if named else having[:1]


def _meant_by(world: World, role: str, row: Row, query: str) -> list[str]:
    """Whose things to name in the query of an address."""
    things = [name for name, _ in _PLACE.findall(query)]
    if not things or any(not arg.startswith("=") for arg in row.args):
        return _people(world, role, row)
    return [who for who in TRIES[role] if all(name in world.things[who] for name in things)]


_PLACE = re.compile(r"\{(\w+)(?:\.(\w+))?\}")


def filled(world: World, whose: str, text: str) -> str:
    """`text` with the keys (or columns) of `whose` things in their places."""

    def value(place: re.Match[str]) -> str:
        return str(getattr(world.things[whose][place[1]], place[2] or "pk"))

    return _PLACE.sub(value, text)


def address(world: World, ask: Ask) -> str:
    things = world.things.get(ask.whose, {})
    args = [arg[1:] if arg.startswith("=") else _key(things[arg]) for arg in ask.row.args]
    query = filled(world, ask.whose, ask.query)
    return reverse(ask.name, args=args) + (f"?{query}" if query else "")


def _key(thing: Model | str) -> str:
    return str(thing.pk) if isinstance(thing, Model) else thing


def body(world: World, ask: Ask) -> str:
    """What the form at the row sends."""
    sent = {
        name: [
            filled(world, ask.whose, each)
            for each in ([value] if isinstance(value, str) else value)
        ]
        for name, value in ask.row.data.items()
    }
    return urlencode(sent, doseq=True)


def send(world: World, ask: Ask, data: str | None = None) -> HttpResponseBase:
    """Send the request from the browser of who asks, and forget what the answer set there."""
    client = world.clients[ask.role]
    before = {name: morsel.value for name, morsel in client.cookies.items()}
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/"} if ask.is_htmx else {}
    form = "" if ask.is_safe else data if data is not None else body(world, ask)
    response = client.generic(ask.method, address(world, ask), form, FORM, headers=headers)
    _reset(client, before)
    return response


def _reset(client: Client, cookies: dict[str, str]) -> None:
    client.cookies.clear()
    for name, value in cookies.items():
        client.cookies[name] = value
