"""The list of people, and whom a search finds."""

from typing import Any

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_safe

from contacts.facets import Total, count_facets, count_people
from contacts.folding import terms
from contacts.forms.filters import PeopleFilters
from contacts.forms.grouping import GroupingForm
from contacts.models import Company, Contact
from contacts.models.contact import ContactQuerySet
from contacts.paging import page_of
from crm.http import Request, is_fragment, render_page
from crm.models import Member

PAGE = 50
PALETTE = 8
SHOWN = (
    "name",
    "sort_name",
    "uid",
    "title",
    "company__name",
    "keeper__name",
    "keeper__email",
    "circle",
    "last_touch_at",
    "due_on",
)


@require_safe
def show(request: Request) -> HttpResponse:
    """The people of the book, or of the team, that the filters in the address ask for."""
    filters = PeopleFilters(request.GET)
    after = request.GET.get("after", "")
    if is_fragment(request):
        return _rows(request, filters, after)
    return list_page(request, filters, after=after)


def list_page(
    request: Request,
    filters: PeopleFilters,
    *,
    after: str = "",
    posted: QueryDict | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of those whom `filters` ask for, with the bar for changing many at once.

    `posted` is what was asked of that bar and refused: it is kept, and said what is wrong with it.
    """
    people = filters.pick(request.user, request.now)
    facets = count_facets(request.user)
    total = _count(filters, people, everybody=facets.everybody)
    context = _context(request, filters, people, after) | _over_rows(request, filters, total)
    grouping = GroupingForm(posted, keeper=request.user, tags=facets.tags)
    context |= {
        "facets": facets,
        "filters": filters.with_counts(**facets.choices),
        "company": _company(request, filters),
        "without_company": filters.address(company="") or "?",
        "grouping": grouping,
        "chosen": grouping.chosen(),
        "is_later_page": bool(after),
    }
    return render_page(request, "contacts/list.html", "contact-rows", context, status=status)


def _rows(request: Request, filters: PeopleFilters, after: str) -> HttpResponse:
    """What htmx asks for: the rows anew as one types, or those that come after."""
    people = filters.pick(request.user, request.now)
    context = _context(request, filters, people, after)
    if after:
        return render_page(request, "contacts/list.html", "contact-more", context)
    context |= _over_rows(request, filters, _count(filters, people))
    response = render_page(request, "contacts/list.html", "contact-rows", context)
    response["HX-Replace-Url"] = reverse("contacts:list") + filters.address()
    return response


def _context(
    request: Request, filters: PeopleFilters, people: ContactQuerySet, after: str
) -> dict[str, Any]:
    page = page_of(_as_rows(people, request), filters.order, after=after, size=PAGE)
    return {
        "filters": filters,
        "page": page,
        "next_page": filters.address(after=page.after),
        "is_choosable": "whose" not in filters.asked,
        "my_pk": request.user.pk,
        "today": request.today,
        "now": request.now,
    }


def _count(
    filters: PeopleFilters, people: ContactQuerySet, *, everybody: int | None = None
) -> Total:
    """How many there are; `everybody` in the own book, where they have been counted already."""
    if everybody is not None and not filters.is_narrow and "whose" not in filters.asked:
        return Total(everybody)
    return count_people(people, searched="q" in filters.asked)


def _over_rows(request: Request, filters: PeopleFilters, total: Total) -> dict[str, Any]:
    """What stands over the rows: how many there are, and whether they are mine or the team's."""
    teammates = Member.objects.visible_to(request.user).exclude(user=request.user)
    return {
        "total": total,
        "has_teammates": "whose" in filters.asked or teammates.exists(),
        "mine": filters.address(whose="") or "?",
        "the_teams": filters.address(whose="team"),
    }


def _as_rows(people: ContactQuerySet, request: Request) -> ContactQuerySet:
    """With all that a row shows, and nothing else."""
    return people.with_face(request.user).select_related("company", "keeper").only(*SHOWN)


def _company(request: Request, filters: PeopleFilters) -> Company | None:
    asked = filters.asked.get("company")
    return Company.objects.visible_to(request.user).filter(pk=asked).first() if asked else None


@require_safe
def search(request: Request) -> HttpResponse:
    """The best few people for what is typed: by name first, then by what is known of them."""
    filters = PeopleFilters(request.GET)
    query = filters.asked.get("q", "")
    found = list(_closest(request, query)[: PALETTE + 1]) if terms(query) else []
    context = {
        "query": query,
        "people": found[:PALETTE],
        "has_more": len(found) > PALETTE,
        "address": filters.address(),
    }
    return render_page(request, "contacts/search.html", "found", context)


def _closest(request: Request, query: str) -> ContactQuerySet:
    people = Contact.objects.visible_to(request.user).present().search(request.user, query)
    return _as_rows(people, request).closest_first(query)
