"""The forms of pieces, by the name of their kind."""

from contacts.forms.dates import BirthdayForm, LifeEventForm, RelativeForm
from contacts.forms.details import DetailForm
from contacts.forms.facts import FactForm, JobForm
from contacts.forms.piece import PieceForm

# By the name that stands in addresses.
PIECE_FORMS: dict[str, type[PieceForm]] = {
    "details": DetailForm,
    "birthdays": BirthdayForm,
    "life-events": LifeEventForm,
    "relatives": RelativeForm,
    "facts": FactForm,
    "jobs": JobForm,
}
