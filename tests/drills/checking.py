"""What must hold after every round (reliability.md 3.2, a to e); sentences where it does not."""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from tests.drills import oracle
from tests.drills.book import Seller
from tests.drills.load import Browser, Load
from tests.drills.rig import LEASE, TICK, Round
from tests.sink import Taken

PAGES_READ = 12
SLACK = timedelta(seconds=3)
DIGEST = re.compile(r"<digest\.(\d{8})\.\d+@")


@dataclass
class Verdict:
    """`wrong` says what did not hold; the figures are those of the table."""

    wrong: list[str] = field(default_factory=list)
    twice: int = 0
    lost: int = 0
    unknown: int = 0
    recovery: float | None = None
    remarks: list[str] = field(default_factory=list)


def key_of(taken: Taken) -> tuple[str, str, str]:
    """(user, kind, local date) of a mail, as it arrived."""
    found = DIGEST.match(taken.mail["Message-ID"])
    assert found is not None, taken.mail["Message-ID"]
    return taken.recipients[0], "digest", found[1]


def mails_twice(round_: Round) -> int:
    keys = Counter(key_of(taken) for taken in round_.rig.sink.taken)
    return sum(number - 1 for number in keys.values())


def words_of(round_: Round, seller: Seller, on: date) -> set[str]:
    """The marks in the plain words and in the HTML of the seller's mail of `on`."""
    wanted = (seller.email, "digest", f"{on:%Y%m%d}")
    for taken in round_.rig.sink.taken:
        if key_of(taken) == wanted:
            plain, html = (taken.mail.get_body((kind,)) for kind in ("plain", "html"))
            marks = oracle.marks_in(plain.get_content())
            assert marks == oracle.marks_in(html.get_content())
            return marks
    return set()


def check(round_: Round, load: Load | None, verdict: Verdict) -> None:
    """All of it but the next morning, while everything still runs."""
    verdict.twice = mails_twice(round_)
    if verdict.twice:
        verdict.wrong.append(f"{verdict.twice} mails went out twice")
    check_states(round_, verdict)
    check_mails(round_, verdict)
    check_nudges(round_, verdict)
    check_leases(round_, verdict)
    if load is not None:
        check_journal(round_, load, verdict)
        check_pages(round_, verdict)


def check_states(round_: Round, verdict: Verdict) -> None:
    counted = Counter(round_.states().values())
    verdict.unknown = counted["unknown"]
    allowed = {"sent", "unknown", *round_.may_end_as}
    if counted.total() != len(round_.book.sellers):
        verdict.wrong.append(f"{len(round_.book.sellers) - counted.total()} have no delivery")
    nothing = sum(not oracle.due(seller, seller.today) for seller in round_.book)
    counted["skipped"] -= nothing
    days = Counter(key_of(taken)[2] for taken in round_.rig.sink.taken)
    for seller in round_.book:
        days.pop(f"{seller.today:%Y%m%d}", None)
    if days and not round_.may_be_of_other_days:
        verdict.wrong.append(f"mails of other days went out: {dict(days)}")
    other = {state: n for state, n in counted.items() if n and state not in allowed}
    if other:
        verdict.wrong.append(f"deliveries ended as {other}")
    if verdict.unknown > round_.unknown_at_most:
        verdict.wrong.append(f"{verdict.unknown} unknown, at most {round_.unknown_at_most} may be")

    mails = Counter(key_of(taken)[0] for taken in round_.rig.sink.taken)
    for number, state in round_.states().items():
        sent = mails[f"seller{number}@example.com"]
        if state == "unknown" and sent not in round_.mails_of_unknown:
            verdict.wrong.append(f"{sent} mails went to seller {number}, whose row is unknown")


def check_mails(round_: Round, verdict: Verdict) -> None:
    """Who was told by mail was told all that was due, and nothing else."""
    states = round_.states()
    for seller in round_.book:
        if states.get(seller.number) != "sent":
            continue
        found = words_of(round_, seller, seller.today)
        if off := difference(round_, seller, found):
            verdict.lost += len(off - found)
            verdict.wrong.append(f"{seller.email} was told of {off} wrongly or not")


def difference(round_: Round, seller: Seller, found: set[str]) -> set[str]:
    """What is missing in `found`, or there without being due on any day that has been."""
    days = [seller.today + timedelta(days=number) for number in round_.days_seen]
    due = [oracle.due(seller, day) for day in days]
    return (set.intersection(*due) - found) | (found - set.union(*due))


def check_nudges(round_: Round, verdict: Verdict) -> None:
    """What waits for an answer in the database is what the oracle says."""
    rows = round_.database.ask(
        "SELECT u.email, c.name FROM followups_nudge n JOIN crm_user u ON u.id = n.keeper_id"
        " JOIN contacts_contact c ON c.id = n.contact_id WHERE n.state = 'open'"
    )
    found: dict[str, set[str]] = {}
    for email, name in rows:
        found.setdefault(email, set()).update(oracle.marks_in(name))
    for seller in round_.book:
        there = found.get(seller.email, set())
        if off := difference(round_, seller, there):
            verdict.lost += len(off - there)
            verdict.wrong.append(f"in {seller.email}'s app {off} wait wrongly or not")


def check_pages(round_: Round, verdict: Verdict) -> None:
    """Today, as some of the sellers see it."""
    some = round_.rng.sample(round_.book.sellers, min(PAGES_READ, len(round_.book.sellers)))
    for seller in some:
        session = round_.filled["sessions"][str(seller.number)]
        status, _, words = Browser(round_.rig.web_port, session=session).ask("/?all")
        found = oracle.marks_in(words)
        off = difference(round_, seller, found)
        if off or status != 200:
            verdict.lost += len(off - found)
            verdict.wrong.append(f"{seller.email}'s Today ({status}) is off by {off}")


def check_leases(round_: Round, verdict: Verdict) -> None:
    rows = round_.database.ask(
        "SELECT count(*) FROM followups_delivery WHERE state IN ('claimed', 'handing_over')"
        " AND claimed_until < ?",
        datetime.now(UTC) - timedelta(seconds=TICK) - SLACK,
    )
    if rows[0][0]:
        verdict.wrong.append(f"{rows[0][0]} rows are held for longer than {LEASE} s and a tick")


def check_journal(round_: Round, load: Load, verdict: Verdict) -> None:
    """All that was acknowledged is stored, once; and no page broke."""
    there = {
        table: Counter(text for (text,) in round_.database.ask(f"SELECT text FROM {table}"))
        for table in ("contacts_note", "followups_promise")
    }
    gone = [text for table, text in load.journal if there[table][text] != 1]
    if gone:
        verdict.wrong.append(f"{len(gone)} of {len(load.journal)} acknowledged writes: {gone[:3]}")
    slow = sorted(load.seconds_to_write)[int(0.95 * len(load.seconds_to_write)) :]
    if slow and slow[0] > round_.seconds_to_write:
        verdict.wrong.append(f"a write in twenty took {slow[0]:.1f} s or more")
    if load.wrong:
        verdict.wrong.append(f"{len(load.wrong)} pages went wrong, such as {load.wrong[0]}")


def check_next_morning(round_: Round, verdict: Verdict) -> None:
    """What a mail may have failed to bring is in the next; nothing of today goes out again."""
    states = round_.states()
    in_doubt = {"unknown", *round_.may_end_as}
    doubtful = [seller for seller in round_.book if states.get(seller.number) in in_doubt]
    if not doubtful:
        return
    assert round_.due_at is not None
    round_.rig.sink.mode = "ok"
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    round_.rig.by_hand("run_scheduler", "--at", tomorrow.isoformat())
    for seller in doubtful:
        missed = oracle.due(seller, seller.today)
        missed -= words_of(round_, seller, seller.today + timedelta(days=1))
        if missed:
            verdict.lost += len(missed)
            verdict.wrong.append(f"{seller.email}'s next mail leaves out {missed}")
    verdict.twice = mails_twice(round_)
    if verdict.twice:
        verdict.wrong.append(f"{verdict.twice} mails went out twice by the next morning")
