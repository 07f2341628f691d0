"""Acts on companies."""

from datetime import datetime

from django.db import transaction

from contacts.models import Company
from contacts.searching import index_contacts
from crm.models import User

FIELDS = ("name", "website", "about")


@transaction.atomic
def change_company(
    company: Company, *, seen: int, name: str, website: str, about: str, by: User, at: datetime
) -> None:
    """Change what the team knows of a company; everybody there is found by its new name.

    Raises `Conflict`, and changes nothing, where the stored version is no longer `seen`.
    """
    is_renamed = name != company.name
    company.rename(name)
    company.website, company.about = website, about
    company.changed_by, company.changed_at = by, at
    company.save_over(seen, fields=["name", "folded", *FIELDS[1:], "changed_by", "changed_at"])
    if is_renamed:
        index_contacts(company.contacts.all())
