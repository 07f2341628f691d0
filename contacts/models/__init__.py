"""People and what is known of them."""

from contacts.models.company import Company
from contacts.models.contact import Circle, Contact, Tag
from contacts.models.detail import Detail
from contacts.models.fact import Fact
from contacts.models.import_record import ImportRecord
from contacts.models.job import Job
from contacts.models.keepsake import Keepsake
from contacts.models.life_event import LifeEvent, LifeEventKind
from contacts.models.note import Began, Channel, Feeling, Note, NoteRevision
from contacts.models.photo import Photo
from contacts.models.relative import Relation, Relative
from contacts.models.search_entry import SearchEntry

__all__ = [
    "Began",
    "Channel",
    "Circle",
    "Company",
    "Contact",
    "Detail",
    "Fact",
    "Feeling",
    "ImportRecord",
    "Job",
    "Keepsake",
    "LifeEvent",
    "LifeEventKind",
    "Note",
    "NoteRevision",
    "Photo",
    "Relation",
    "Relative",
    "SearchEntry",
    "Tag",
]
