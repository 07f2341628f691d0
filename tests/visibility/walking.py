"""The walk: every answer to every request, judged to its last byte."""

import re
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponseBase
from django.shortcuts import resolve_url

from tests.visibility.asking import Ask, Table, address, asks, send
from tests.visibility.canaries import Canary, Song, painted_by
from tests.visibility.table import Who
from tests.visibility.world import SIGNED_OUT, World

# What even a refused request may write: who is logged in since when, and how often they tried; and
# what looking writes: who has looked.
UNTOLD = {"django_session", "usersessions_usersession", "crm_cache", "crm_look"}


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
        with watched_writes() as written, _in_vain() if ask.is_let_in else nullcontext():
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
def watched_writes() -> Iterator[set[str]]:
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
    faces = {world.aviary.painted[painted_by(picture)] for picture in _pictures_in(response, said)}
    text = said.decode(errors="replace")
    return songs | {frozenset([face]) for face in faces} | world.aviary.songs_in(text)


def _pictures_in(response: HttpResponseBase, said: bytes) -> list[bytes]:
    """The answer itself if it is a picture; if it is a vCard, those inside it."""
    kind = response.headers.get("Content-Type", "")
    if kind.startswith("image/") and said:
        return [said]
    if not kind.startswith("text/vcard"):
        return []
    lines = said.replace(b"\r\n ", b"").splitlines()
    photos = [line.partition(b":")[2] for line in lines if line.startswith(b"PHOTO")]
    return [b64decode(photo.rpartition(b",")[2]) for photo in photos]


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
    if status == HTTPStatus.UNPROCESSABLE_CONTENT and ask.is_with_things_of_others:
        return ""
    # Those in no team have no book: what they fill in may be refused, or not be there at all.
    may_differ = right < HTTPStatus.BAD_REQUEST or right == HTTPStatus.UNPROCESSABLE_CONTENT
    return "" if ask.role == "teamless" and may_differ else f"is {status}, not {right}"


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
