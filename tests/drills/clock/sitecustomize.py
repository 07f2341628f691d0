"""Lets a drill set the clock of running processes: the file that DRILL_CLOCK names holds how many
seconds they are ahead. Python imports this by itself where the folder is on its path."""

import os
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

LOOKS_EVERY = 0.05


class Clock:
    """The true time, however often it was changed, is what the monotonic clock says."""

    def __init__(self, file: Path) -> None:
        self.file, self.ahead, self.travel = file, 0.0, None
        self.true, self.began = time.time(), time.monotonic()

    def look(self) -> None:
        try:
            ahead = float(self.file.read_text())
        except (OSError, ValueError):
            return
        if ahead != self.ahead:
            self.set(ahead)

    def set(self, ahead: float) -> None:
        import time_machine  # noqa: PLC0415 - most processes never need it

        true = self.true + time.monotonic() - self.began
        if self.travel is not None:
            self.travel.stop()
        shown = datetime.fromtimestamp(true, UTC) + timedelta(seconds=ahead)
        self.travel = time_machine.travel(shown, tick=True)
        self.travel.start()
        self.ahead = ahead

    def watch(self) -> None:
        while True:
            self.look()
            time.sleep(LOOKS_EVERY)

    def start(self) -> None:
        self.look()
        threading.Thread(target=self.watch, daemon=True).start()


if "DRILL_CLOCK" in os.environ:
    _clock = Clock(Path(os.environ["DRILL_CLOCK"]))
    _clock.start()
    os.register_at_fork(after_in_child=_clock.start)
