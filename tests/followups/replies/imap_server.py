"""A mailbox to test with: as much of an IMAP server (RFC 9051) as fetching needs."""

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast


class Mailbox(socketserver.ThreadingTCPServer):
    """Serves `mails` by number, with those that have been `seen`, to whoever knows the password.

    After `breaks_after` fetches the connection is cut. `heard` is all that was said to it.
    """

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, mails: dict[int, bytes], password: str = "secret word") -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.mails, self.password = mails, password
        self.seen: set[int] = set()
        self.breaks_after = 1000
        self.heard: list[str] = []

    @property
    def url(self) -> str:
        word = self.password.replace(" ", "%20")
        return f"imap://karin%40example.com:{word}@127.0.0.1:{self.server_address[1]}/Kept%20in"


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.box = cast(Mailbox, self.server)
        self.say("* OK ready")
        for line in self.rfile:
            tag, _, rest = line.decode().strip().partition(" ")
            self.box.heard.append(rest)
            if not self.obey(tag, rest):
                return

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def obey(self, tag: str, command: str) -> bool:
        match command.split():
            case ["CAPABILITY"]:
                self.say("* CAPABILITY IMAP4rev1")
            case ["LOGIN", *_] if f'"{self.box.password}"' not in command:
                self.say(f"{tag} NO wrong password")
                return True
            case ["SELECT", *name] if " ".join(name) != '"Kept in"':
                self.say(f"{tag} NO no such folder")
                return True
            case ["UID", "SEARCH", "UNSEEN", "UNDELETED"]:
                unseen = [str(number) for number in self.box.mails if number not in self.box.seen]
                self.say(f"* SEARCH {' '.join(unseen)}".rstrip())
            case ["UID", "FETCH", number, *_]:
                if self.box.breaks_after == 0:
                    return False
                self.box.breaks_after -= 1
                self.send(int(number), command)
            case ["UID", "STORE", number, *_]:
                self.box.seen.add(int(number))
            case ["LOGOUT"]:
                self.say("* BYE")
        self.say(f"{tag} OK done")
        return command != "LOGOUT"

    def send(self, number: int, command: str) -> None:
        most = int(re.findall(r"<0\.(\d+)>", command)[0])
        body = self.box.mails[number][:most]
        self.wfile.write(f"* 1 FETCH (UID {number} BODY[]<0> {{{len(body)}}}\r\n".encode())
        self.wfile.write(body + b")\r\n")


@contextmanager
def serving(mails: dict[int, bytes]) -> Iterator[Mailbox]:
    with Mailbox(mails) as box:
        thread = threading.Thread(target=box.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield box
        finally:
            box.shutdown()
            thread.join()
