"""A TCP proxy in front of Redis or PostgreSQL, whose line can be as bad as reliability.md asks."""

import asyncio
import threading
from contextlib import suppress
from pathlib import Path
from typing import Self

MODES = {
    "pass": "hands on what comes",
    "refuse": "lets nobody in, and hangs up on those inside",
    "hole": "lets everybody in, and hands on nothing",
    "reset": "breaks every connection off, new ones as soon as they speak",
    "delay": "hands on everything a fifth of a second later",
    "slow": "hands on a kilobyte a second",
}
CHUNK = 65536
DELAY = 0.2
BYTES_A_SECOND = 1024


class Proxy:
    """In front of `target`: a port of this machine, or the path of a socket. Used by `with`."""

    def __init__(self, target: int | Path) -> None:
        self.target, self.port = target, 0
        self._mode = "pass"
        self._open: set[asyncio.StreamWriter] = set()
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
    def mode(self) -> str:
        return self._mode

    @mode.setter
    def mode(self, mode: str) -> None:
        """Change the line from now on; what passed before is not what passes after."""
        assert mode in MODES
        before, self._mode = self._mode, mode
        if mode in ("refuse", "reset") or before == "hole":
            self._loop.call_soon_threadsafe(self._hang_up)

    def _hang_up(self) -> None:
        for writer in self._open:
            writer.transport.abort()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        left = asyncio.all_tasks(self._loop)
        for task in left:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        self._loop.run_until_complete(asyncio.sleep(0.01))
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            if self._mode == "refuse":
                return
            await self._join(reader, writer, *await self._reach())
        except OSError:
            pass  # whoever is behind the proxy is away: so is the proxy
        finally:
            writer.transport.abort()
            self._open.discard(writer)

    async def _join(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        from_there: asyncio.StreamReader,
        to_there: asyncio.StreamWriter,
    ) -> None:
        """Hand on, both ways, until either side ends."""
        self._open.add(to_there)
        ways = [self._carry(reader, to_there), self._carry(from_there, writer)]
        tasks = [asyncio.ensure_future(way) for way in ways]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            to_there.transport.abort()
            self._open.discard(to_there)

    async def _reach(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self.target, Path):
            return await asyncio.open_unix_connection(str(self.target))
        return await asyncio.open_connection("127.0.0.1", self.target)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(CHUNK):
                await self._hinder(data)
                writer.write(data)
                await writer.drain()

    async def _hinder(self, data: bytes) -> None:
        match self._mode:
            case "hole":
                await asyncio.Event().wait()
            case "reset":
                raise ConnectionResetError
            case "delay":
                await asyncio.sleep(DELAY)
            case "slow":
                await asyncio.sleep(len(data) / BYTES_A_SECOND)
