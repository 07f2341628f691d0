"""Somebody at work while things break: logs in, reads pages, writes notes and promises.

Keeps a journal of every write that Kept has acknowledged: those must be there afterwards.
"""

import http.client
import http.cookies
import re
import threading
import time
import urllib.parse
from collections import Counter
from random import Random
from uuid import UUID

EMAIL, PASSWORD = "writer@example.com", "a-long-one-for-drills"
PAGES = ["/", "/contacts/", "/promises/", "/calendar/", "/fired/", "/readyz"]
PATIENCE = 30.0
NOT_THERE = 0


class Browser:
    """One person's browser, without scripts, that tells of each answer: status, headers, words."""

    def __init__(self, port: int, *, session: str = "") -> None:
        self.port = port
        self.cookies = {"sessionid": session} if session else {}

    def ask(
        self, path: str, fields: dict[str, str] | None = None
    ) -> tuple[int, http.client.HTTPMessage | None, str]:
        """GET `path`, or POST `fields` to it; the status is 0 where nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if fields is not None:
            token = {"csrfmiddlewaretoken": self.cookies.get("csrftoken", "")}
            body = urllib.parse.urlencode(fields | token)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request("GET" if fields is None else "POST", path, body, headers)
            answer = connection.getresponse()
            words = answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException):
            return NOT_THERE, None, ""
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie", []):
            for name, morsel in http.cookies.SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        return answer.status, answer.headers, words

    def log_in(self) -> bool:
        status, _, _ = self.ask("/accounts/login/")
        if status != 200:
            return False
        typed = {"login": EMAIL, "password": PASSWORD}
        return self.ask("/accounts/login/", typed)[0] == 302


class Load(threading.Thread):
    """Asks `a_second` times, by chance, until it is stopped."""

    def __init__(self, port: int, contact: int, rng: Random, *, a_second: float) -> None:
        super().__init__(daemon=True)
        self.browser, self.contact, self.rng, self.pause = (
            Browser(port),
            contact,
            rng,
            1 / a_second,
        )
        self.journal: list[tuple[str, str]] = []
        self.answers: Counter[int] = Counter()
        self.wrong: list[str] = []
        self.seconds_to_write: list[float] = []
        self._done = threading.Event()

    def run(self) -> None:
        while not self._done.is_set() and not self.browser.log_in():
            self._done.wait(self.pause)
        while not self._done.wait(self.pause):
            self._act()

    def stop(self) -> None:
        self._done.set()
        self.join()

    def _act(self) -> None:
        act = self.rng.choices([self._read, self._note, self._promise], [5, 3, 2])[0]
        act()

    def _read(self) -> None:
        self._look_at(self.rng.choice(PAGES), None)

    def _note(self) -> None:
        text = f"Note {self._key()}"
        people = {"people": str(self.contact), "channel": "call", "reader": "only-me"}
        if self._look_at("/notes/new/", people | {"text": text, "when": "now"}):
            self.journal.append(("contacts_note", text))

    def _promise(self) -> None:
        text = f"Promise {self._key()}"
        fields = {"contact": str(self.contact), "made_by": "me", "sharing": "private"}
        if self._look_at("/promises/new/", fields | {"text": text, "due_on": "in 30 days"}):
            self.journal.append(("followups_promise", text))

    def _key(self) -> str:
        return UUID(int=self.rng.getrandbits(128)).hex

    def _look_at(self, path: str, fields: dict[str, str] | None) -> bool:
        """Whether a write was acknowledged. A page that is not as it should be is written down."""
        began = time.monotonic()
        status, headers, words = self.browser.ask(path, fields)
        took = time.monotonic() - began
        self.answers[status] += 1
        if fields is not None:
            self.seconds_to_write.append(took)
        if path == "/readyz" and status == 503:
            return False
        is_kind = status == 503 and headers is not None and "Retry-After" in headers
        if status not in (200, 302, 303, NOT_THERE) and not is_kind:
            said = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", words))[:200]
            self.wrong.append(f"{path}: {status} {said}")
        if fields is not None and status == 200:
            self.wrong.append(f"{path}: what was typed was refused")
        return fields is not None and status == 303
