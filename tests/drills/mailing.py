"""F7: the mail server is ill in every way that the sink knows, and then well again."""

import signal
from collections.abc import Callable

from tests.drills.killing import STOPS_WITHIN
from tests.drills.rig import SMTP_SECONDS, Round
from tests.sink import MODES

ILL_FOR = 5.0
# What becomes of the mails of that time: nobody knows, or they are refused for good.
UNSURE = {"vanish", "mute", "garbage"}
REFUSING = {"550", "552"}
LOGS_IN = {"535", "454", "530"}


def server_is(mode: str) -> Callable[[Round], None]:
    def sicken(round_: Round) -> None:
        rig = round_.rig
        rig.sink.mode = mode
        # Late is within the patience of whoever sends, so it counts as taken; the others are not.
        rig.sink.wait = SMTP_SECONDS - 1 if mode == "late" else 3 * SMTP_SECONDS
        rig.sink.drip_every = 0.5
        rig.log_in_as = "kept:wrong@" if mode in LOGS_IN else ""
        if mode == "no-tls":
            url = rig.mail_url.replace("smtp://", "smtp+tls://")
            rig.more[rig.scheduler] = {"EMAIL_URL": f"{url}?timeout={SMTP_SECONDS}"}
        if mode in UNSURE:
            round_.unknown_at_most = len(round_.book.sellers)
        if mode in REFUSING:
            round_.may_end_as = frozenset({"refused"})
        round_.begin()
        round_.pause(ILL_FOR)
        clear = [line for line in rig.sink.spoken if line.startswith("MAIL")]
        if mode == "no-tls" and clear:
            round_.faults.append("mail was spoken of in the clear")
        if mode == "no-tls":  # this server never can: whoever runs it has to set another
            rig.more.clear()
            rig.stop(rig.scheduler, signal.SIGTERM, within=STOPS_WITHIN)
            rig.start(rig.scheduler)
        rig.sink.mode = "ok"
        round_.heal()

    sicken.__name__ = mode
    return sicken


ILLNESSES = tuple(server_is(mode) for mode in MODES if mode != "ok")
