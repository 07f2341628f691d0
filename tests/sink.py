"""A mail server that keeps what it takes, and can be ill in every way that reliability.md names.

In a test: `with Sink() as sink: sink.mode = "drip"`. As a process, for drills, one line a mail:
`python -m tests.sink PORT JOURNAL [MODE]`; the mode is then read anew from JOURNAL.mode.
"""

import asyncio
import json
import sys
import threading
import time
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Self

MODES = {
    "ok": "takes everything",
    "421": "closes at the greeting",
    "450": "asks to come back later, of the recipient",
    "550": "does not know the recipient",
    "452": "has no room, after all of the mail",
    "552": "finds the mail too large, after all of it",
    "535": "knows no such user or password",
    "454": "cannot ask for the password now",
    "530": "wants a log-in first",
    "drip": "says a letter at a time",
    "tarpit": "greets after a long while",
    "vanish": "has the mail, and hangs up without an answer",
    "mute": "has the mail, and says nothing",
    "late": "takes the mail, and says so late",
    "garbage": "has the mail, and answers nonsense",
    "no-tls": "offers STARTTLS and then cannot",
}


@dataclass(frozen=True, slots=True)
class Taken:
    """A mail that the sink has accepted (or kept and not owned up to)."""

    at: float
    sender: str
    recipients: list[str]
    data: bytes

    @property
    def mail(self) -> EmailMessage:
        return message_from_bytes(self.data, policy=policy.default)


class Sink:
    """`wait` is how many seconds its illnesses last; `drip_every` its seconds a letter."""

    def __init__(self, mode: str = "ok", *, port: int = 0, wait: float = 2.0) -> None:
        self.mode, self.port, self.wait, self.drip_every = mode, port, wait, 0.05
        self.taken: list[Taken] = []
        self.spoken: list[str] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._ready = threading.Event()

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def keep(self, taken: Taken) -> None:
        self.taken.append(taken)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(
            asyncio.start_server(self._serve, "127.0.0.1", self.port)
        )
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _Session(self, reader, writer).talk()
        except (ConnectionError, asyncio.IncompleteReadError, TimeoutError):
            pass
        finally:
            writer.close()


class _Session:
    def __init__(
        self, sink: Sink, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.sink, self.reader, self.writer, self.mode = sink, reader, writer, sink.mode
        self.sender, self.recipients = "", []

    async def say(self, line: str) -> None:
        for part in line + "\r\n" if self.mode == "drip" else [line + "\r\n"]:
            self.writer.write(part.encode())
            await self.writer.drain()
            if self.mode == "drip":
                await asyncio.sleep(self.sink.drip_every)

    async def talk(self) -> None:
        if self.mode == "tarpit":
            await asyncio.sleep(self.sink.wait)
        await self.say("421 4.3.2 Come back later" if self.mode == "421" else "220 sink ESMTP")
        while self.mode != "421" and (line := await self.reader.readline()):
            self.sink.spoken.append(line.decode(errors="replace").strip())
            if not await self.answer(line.decode(errors="replace").strip()):
                return

    async def answer(self, line: str) -> bool:
        verb = line.upper().split(" ")[0].split(":")[0]
        if verb == "DATA":
            return await self.take()
        if verb == "MAIL":
            self.sender, self.recipients = _address(line), []
        if verb == "RCPT":
            self.recipients.append(_address(line))
        await self.say(self.words_for(verb))
        return verb != "QUIT"

    def words_for(self, verb: str) -> str:
        ill = {
            ("450", "RCPT"): "450 4.2.1 Try again later",
            ("550", "RCPT"): "550 5.1.1 Nobody here by that name",
            ("535", "AUTH"): "535 5.7.8 Wrong user or password",
            ("454", "AUTH"): "454 4.7.0 Not now",
            ("530", "MAIL"): "530 5.7.0 Log in first",
            ("no-tls", "STARTTLS"): "454 4.7.0 TLS is not available",
        }
        well = {
            "EHLO": "250-sink\r\n250-STARTTLS\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME",
            "AUTH": "235 2.7.0 Welcome",
            "QUIT": "221 2.0.0 Bye",
        }
        return ill.get((self.mode, verb)) or well.get(verb, "250 2.0.0 Ok")

    async def take(self) -> bool:
        await self.say("354 Go on")
        data = (await self.reader.readuntil(b"\r\n.\r\n"))[:-3].replace(b"\r\n..", b"\r\n.")
        if self.mode in ("452", "552"):
            await self.say(f"{self.mode} {self.mode[0]}.2.2 Full")
            return True
        self.sink.keep(Taken(time.time(), self.sender, self.recipients, data))
        if self.mode == "vanish":
            return False
        if self.mode in ("mute", "late"):
            await asyncio.sleep(self.sink.wait)
        words = f"250 2.0.0 Ok: queued as {len(self.sink.taken):X}"
        await self.say({"mute": "", "garbage": "what?"}.get(self.mode, words))
        return True


def _address(line: str) -> str:
    return line.split("<", 1)[1].split(">", 1)[0]


class _Journal(Sink):
    """Writes down what it takes, before it says that it has."""

    def __init__(self, port: int, journal: Path, mode: str) -> None:
        super().__init__(mode, port=port, wait=40.0)
        self.journal, self.switch = journal, journal.with_suffix(".mode")
        self.drip_every = 1.0

    def keep(self, taken: Taken) -> None:
        line = {
            "at": taken.at,
            "to": taken.recipients,
            "message_id": taken.mail["Message-ID"],
            "kind": taken.mail["X-Kept-Kind"],
            "text": taken.mail.get_body(("plain",)).get_content(),
        }
        with self.journal.open("a") as file:
            file.write(json.dumps(line) + "\n")


def main(port: str, journal: str, mode: str = "ok") -> None:
    with _Journal(int(port), Path(journal), mode) as sink:
        while True:
            if sink.switch.exists():
                sink.mode = sink.switch.read_text().strip()
            time.sleep(0.1)


if __name__ == "__main__":
    main(*sys.argv[1:])
