"""Asking every address, as every role, by every method; judging each answer to its last byte."""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model
from django.http import HttpResponseBase
from django.shortcuts import resolve_url
from django.test import Client
from django.urls import reverse

from tests.visibility.canaries import COACHES as COACHING
from tests.visibility.canaries import TEAM_OF, Canary, Song, painted_by
from tests.visibility.table import Row, Who
from tests.visibility.world import ROLES, SIGNED_OUT, World

SAFE = ("GET", "HEAD", "OPTIONS")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
FORM = "application/x-www-form-urlencoded"
# What even a refused request may write: who is logged in since when, and how often they tried.
UNTOLD = {"django_session", "usersessions_usersession", "crm_cache"}

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
        Who.OWN: role == whose,
    }[who]


# --- Asking ----------------------------------------------------------------------------------


def asks(world: World, role: str, table: Table) -> Iterator[Ask]:
    """Everything that `role` is to try, by plain requests and by those of htmx.

    What an address does not take is refused before anybody looks whose thing it is: that is tried
    with one person's things, and by plain requests and those of htmx in turn.
    """
    turn = ROLES.index(role)
    for name, rows in table.items():
        for row in rows:
            first, *others = _people(world, role, row)
            for method in METHODS:
                turn += 1
                both = (False, True) if method in _taken(row) else (turn % 2 == 0,)
                yield from (Ask(role, method, name, row, first, is_htmx=x) for x in both)
            for whose in others:
                for method in _taken(row):
                    yield from (
                        Ask(role, method, name, row, whose, is_htmx=x) for x in (False, True)
                    )
            for query in row.queries:
                for whose in _meant_by(world, role, row, query):
                    yield from (Ask(role, "GET", name, row, whose, query, x) for x in (False, True))


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


# --- Judging ---------------------------------------------------------------------------------


@dataclass(slots=True)
class Walked:
    """How many requests were made, what was wrong with the answers, and what was heard in them."""

    requests: int = 0
    faults: list[str] = field(default_factory=list)
    heard: set[Canary] = field(default_factory=set)


def walk(world: World, role: str, table: Table) -> Walked:
    """Try everything as `role`.

    Whoever is let in acts in vain: it is taken back. Where nothing may happen, nothing is taken
    back, and whatever did happen is a fault.
    """
    walked = Walked()
    for ask in asks(world, role, table):
        walked.requests += 1
        with _watched_writes() as written, _in_vain() if ask.is_let_in else nullcontext():
            response = send(world, ask)
            songs = songs_in(world, response)
        walked.heard |= {canary for song in songs if len(song) == 1 for canary in song}
        songs -= world.aviary.songs_in(address(world, ask))  # an answer may say what it was told
        walked.faults += [f"{ask}: {fault}" for fault in faults(ask, response, songs, written)]
    return walked


@contextmanager
def _in_vain() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


_WRITING = re.compile(
    r'\s*(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE|DELETE\s+FROM|REPLACE\s+INTO)\s+"?(\w+)', re.I
)


@contextmanager
def _watched_writes() -> Iterator[set[str]]:
    """The tables that are written to meanwhile, those aside that are nobody's business."""
    tables: set[str] = set()

    def watch(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if (match := _WRITING.match(sql)) and match[1] not in UNTOLD:
            tables.add(match[1])
        return execute(sql, *rest)

    with connection.execute_wrapper(watch):
        yield tables


def songs_in(world: World, response: HttpResponseBase) -> set[Song]:
    """Every canary in the answer: its body, its headers, its cookies."""
    said = content_of(response)
    head = "\n".join(f"{name}: {value}" for name, value in response.items())
    songs = world.aviary.songs_in(head + response.cookies.output())
    if response.headers.get("Content-Type", "").startswith("image/") and said:
        return songs | {frozenset([world.aviary.painted[painted_by(said)]])}
    return songs | world.aviary.songs_in(said.decode(errors="replace"))


def content_of(response: HttpResponseBase) -> bytes:
    if response.streaming:
        return b"".join(response.streaming_content)
    return response.content


def faults(
    ask: Ask, response: HttpResponseBase, songs: set[Song], written: set[str]
) -> Iterator[str]:
    """What is wrong with the answer."""
    if wrong := _wrong_status(ask, response):
        yield wrong
    if leaked := sorted(_leak(song) for song in songs if not _may_hear(ask.role, song)):
        yield f"LEAKS {', '.join(leaked)}"
    if written and (ask.is_safe or not ask.is_let_in):
        yield f"writes to {', '.join(sorted(written))}"
    yield from _wrong_headers(response)


def _may_hear(role: str, song: Song) -> bool:
    return any(canary.may_be_seen_by(role) for canary in song)


def _leak(song: Song) -> str:
    return " or ".join(sorted(map(str, song)))


def _wrong_status(ask: Ask, response: HttpResponseBase) -> str:
    status, right = response.status_code, _right_status(ask)
    if ask.role in SIGNED_OUT and ask.row.whole is not Who.ANYBODY:
        return "" if _leads_to_log_in(ask, response) else f"is {status}, not the log-in"
    if status == right or _is_the_same_to_htmx(ask, response, right):
        return ""
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        _, problem, _ = getattr(response, "exc_info", None) or (None, None, None)
        return f"is {status}: {problem!r}"
    # Those in no team have nothing to fill in: their forms may be refused for that, too.
    return (
        ""
        if ask.role == "teamless" and right < HTTPStatus.BAD_REQUEST
        else f"is {status}, not {right}"
    )


def _is_the_same_to_htmx(ask: Ask, response: HttpResponseBase, right: int) -> bool:
    """After something was done, htmx gets the part of the page, or is told where to go."""
    if right == HTTPStatus.FOUND:
        return _leads_to_log_in(ask, response)
    return ask.is_htmx and right == HTTPStatus.SEE_OTHER and response.status_code == HTTPStatus.OK


def _leads_to_log_in(ask: Ask, response: HttpResponseBase) -> bool:
    header, status = ("HX-Redirect", 200) if ask.is_htmx else ("Location", 302)
    to = response.headers.get(header, "").partition("?")[0]
    return response.status_code == status and to == resolve_url(settings.LOGIN_URL)


def _right_status(ask: Ask) -> int:
    row, method = ask.row, ask.method
    if ask.role in SIGNED_OUT and method in row.signed_out:
        return row.signed_out[method]
    known = dict(row.other)
    if row.get is not None:
        known |= {"GET": row.get, "HEAD": row.get}
    if row.post is not None:
        known["POST"] = row.post
    if method not in known:
        return 405
    return known[method] if ask.is_let_in else 404


def _wrong_headers(response: HttpResponseBase) -> Iterator[str]:
    """Whatever is answered: no other site may use it, nobody else may keep it."""
    said = response.headers
    policy = said.get("Content-Security-Policy", "unsafe-")
    if "unsafe-" in policy or "default-src 'none'" not in policy:
        yield f"has the policy {policy}"
    if said.get("X-Content-Type-Options") != "nosniff" or "Referrer-Policy" not in said:
        yield "may be sniffed, or tells where one came from"
    if "private" not in said.get("Cache-Control", ""):
        yield f"may be kept by others: {said.get('Cache-Control')}"
    vary = said.get("Vary", "")
    is_page = response.status_code == HTTPStatus.OK and "HX-Redirect" not in said
    if is_page and not ("Cookie" in vary and "HX-Request" in vary):
        yield f"varies by {vary!r} only"


# --- What is stored --------------------------------------------------------------------------


def stored() -> dict[str, dict[Any, tuple[Any, ...]]]:
    """Every row of every table that holds anything of anybody's, by table and key."""
    models = [
        m for m in apps.get_models(include_auto_created=True) if m._meta.db_table not in UNTOLD
    ]
    return {model._meta.label: {row[0]: row for row in _rows(model)} for model in models}


def _rows(model: type[Model]) -> Iterator[tuple[Any, ...]]:
    columns = [column.attname for column in model._meta.concrete_fields]
    return model._base_manager.order_by("pk").values_list("pk", *columns).iterator()


def fingerprint() -> str:
    """The same as long as nothing that is stored has changed."""
    return hashlib.sha256(repr(stored()).encode()).hexdigest()
