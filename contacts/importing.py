"""Bringing the cards of an address book into a keeper's own.

An import only adds: what the keeper wrote, changed or removed stays as it is, and where the card
says otherwise that is reported. So the same file, read once more, changes nothing. Whom a card
means is decided in `contacts.matching`, what it says in `contacts.intake`, and what of it is new
in `contacts.additions`.

Nobody who is imported is on a circle, so that an import never floods a day; birthdays before the
day of the import are not made up for.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched

from django.db import DatabaseError

from contacts.additions import Known, News
from contacts.intake import Intake, intake_of
from contacts.interchange.card import Card, Problem
from contacts.interchange.vcard import read_cards
from contacts.matching import Book, Person
from contacts.models import ImportRecord
from contacts.phones import region_of_zone
from contacts.photos import keep_face
from contacts.storing import read_known, store
from crm.models import User

CHUNK = 250
# Reading on is no use to anybody where everything is wrong.
MOST_PROBLEMS = 1000

NO_NAME = "This card has no name that could be read; it was left out."
IN_THE_TRASH = "is in the trash, and stays there until you bring them back."
NOT_STORED = "could not be stored just now. Import the file once more."
PHOTO_NOT_STORED = "The photo could not be stored just now. Import the file once more."


def import_file(
    *, keeper: User, data: bytes, file_name: str, at: datetime, dry_run: bool = False
) -> ImportRecord:
    """Bring the people of a file into `keeper`'s book; see `import_cards`.

    Raises `NotVCard` or `TooLarge`, with a sentence, before anything is written.
    """
    cards = read_cards(data)
    return import_cards(
        keeper=keeper, cards=cards, file_name=file_name, format="vcard", at=at, dry_run=dry_run
    )


def import_cards(
    *,
    keeper: User,
    cards: Iterable[Card | Problem],
    file_name: str,
    format: str,
    at: datetime,
    dry_run: bool = False,
) -> ImportRecord:
    """Bring `cards` into `keeper`'s book at the instant `at`, and say what became of each.

    Written in chunks, each in a transaction of its own: an import that was cut off can be begun
    again. With `dry_run` nothing is written, nor is the record saved.
    """
    record = ImportRecord(keeper=keeper, file_name=file_name[-255:], format=format, at=at)
    run = _Run(record, dry_run=dry_run)
    for chunk in batched(cards, CHUNK):
        run.read(chunk)
    record.problems = run.told()
    record.read = record.new + record.updated + record.same + record.failed
    if not dry_run:
        record.save()
    return record


@dataclass(slots=True)
class _Meeting:
    """A card and whom it means; `outcome` is the count of the record that it belongs to."""

    intake: Intake
    person: Person
    is_new: bool
    outcome: str = "same"


class _Run:
    """One import on its way; the record counts along."""

    def __init__(self, record: ImportRecord, *, dry_run: bool) -> None:
        self.record, self.keeper, self.dry_run = record, record.keeper, dry_run
        self.today = self.keeper.today(record.at)
        self.region = region_of_zone(self.keeper.time_zone)
        self.book = Book(self.keeper)
        self.known: dict[Person, Known] = {}
        self.problems: list[tuple[int, str]] = []

    def read(self, chunk: Sequence[Card | Problem]) -> None:
        for problem in (one for one in chunk if isinstance(one, Problem)):
            self.hear(problem)
        intakes = [intake_of(c, region=self.region) for c in chunk if isinstance(c, Card)]
        meetings = [self.meet(intake) for intake in intakes if self.has_name(intake)]
        self.recall(meetings)
        for meeting in meetings:
            self.take(meeting)
        self.write(list(dict.fromkeys(self.known_of(meetings))))
        for meeting in meetings:
            self.count(meeting)

    def told(self) -> list[dict[str, object]]:
        """The problems by line, as the record keeps them."""
        told = sorted(self.problems)
        more = len(told) - MOST_PROBLEMS
        if more > 0:
            told[MOST_PROBLEMS:] = [(told[MOST_PROBLEMS][0], f"And {more:,} more problems.")]
        return [{"at": line, "what": what} for line, what in told]

    def hear(self, problem: Problem) -> None:
        """Note what the reader could not read; a card that was skipped has failed."""
        self.tell(problem.line, problem.what, problem.name)
        self.record.failed += problem.skipped

    def tell(self, line: int, what: str, name: str) -> None:
        self.problems.append((line, f"{name}: {what}" if name else what))

    def has_name(self, intake: Intake) -> bool:
        if not intake.name:
            self.hear(Problem(intake.line, NO_NAME, skipped=True))
        return bool(intake.name)

    def meet(self, intake: Intake) -> _Meeting:
        if person := self.book.find(intake):
            self.book.learn(person, intake)
            return _Meeting(intake, person, is_new=False)
        person = self.book.add(intake)
        self.known[person] = Known.nobody_yet(intake, self.keeper, self.record.at)
        return _Meeting(intake, person, is_new=True)

    def recall(self, meetings: list[_Meeting]) -> None:
        """Read what is known of those who were in the book before and have not been met yet."""
        people = {meeting.person for meeting in meetings} - self.known.keys()
        unread = {one.pk: one for one in people if one.pk and not one.is_trashed}
        texts = [text for m in meetings if m.person.pk in unread for text in m.intake.notes]
        for known in read_known(unread, self.keeper, texts):
            self.known[unread[known.contact.pk]] = known

    def take(self, meeting: _Meeting) -> None:
        """Take from the card what is new."""
        intake, known = meeting.intake, self.known.get(meeting.person)
        if known is None:
            self.tell(intake.line, IN_THE_TRASH, intake.name)
            return
        before = len(known.news)
        for left_out in known.take(intake, self.today):
            self.tell(intake.line, left_out, intake.name)
        if len(known.news) > before:
            meeting.outcome = "updated"
        if meeting.is_new:
            meeting.outcome = "new"

    def known_of(self, meetings: list[_Meeting]) -> list[Known]:
        return [self.known[meeting.person] for meeting in meetings if meeting.person in self.known]

    def write(self, known: list[Known]) -> None:
        """Store what is new; where the database will not take it all together, one by one."""
        news = [one for one in known if one.news and not self.dry_run]
        if not self.try_to_store(news):
            for one in news:
                one.is_broken = not self.try_to_store([one])
        for one in news:
            self.write_photo(one)
        for one in known:
            one.news = News()

    def try_to_store(self, known: list[Known]) -> bool:
        try:
            store(known, self.keeper, self.record.at)
        except DatabaseError:
            return False
        return True

    def write_photo(self, known: Known) -> None:
        if known.news.photo is None or known.is_broken:
            return
        face, data = known.news.photo
        try:
            keep_face(known.contact, author=self.keeper, face=face, data=data)
        except OSError:
            self.tell(0, PHOTO_NOT_STORED, known.contact.name)

    def count(self, meeting: _Meeting) -> None:
        known = self.known.get(meeting.person)
        if known and known.is_broken:
            meeting.outcome = "failed"
            self.tell(meeting.intake.line, NOT_STORED, meeting.intake.name)
        setattr(self.record, meeting.outcome, getattr(self.record, meeting.outcome) + 1)
