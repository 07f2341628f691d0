"""Companies: the team's, and who of the team's contacts works there."""

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from contacts.folding import fold
from contacts.forms.company import CompanyForm
from contacts.models import Company, Contact
from contacts.models.base import Conflict
from contacts.paging import Order, page_of
from crm.http import Request, draft_saved, is_fragment, render_page, see_other, toast
from crm.models import User

PAGE = 100
BY_NAME = Order("company", ("folded", "pk"))


@require_safe
def index(request: Request) -> HttpResponse:
    query, after = request.GET.get("q", "")[:200].strip(), request.GET.get("after", "")
    companies = Company.objects.visible_to(request.user).present()
    found = companies.filter(folded__contains=fold(query)) if query else companies
    present = Count("contacts", filter=Q(contacts__trashed_at=None))
    page = page_of(found.annotate(people=present), BY_NAME, after=after, size=PAGE)
    next_page = {name: value for name, value in [("q", query), ("after", page.after)] if value}
    context = {"page": page, "query": query, "next_page": f"?{urlencode(next_page)}"}
    if is_fragment(request) and after:
        return render_page(request, "contacts/companies.html", "company-more", context)
    context["total"] = found.count()
    return render_page(request, "contacts/companies.html", "company-rows", context)


@require_safe
def show(request: Request, pk: int) -> HttpResponse:
    """The company and the team's people there; of a large one the first, the list has them all."""
    company = _find(request.user, pk)
    people = Contact.objects.visible_to(request.user).present().with_face(request.user)
    there = people.filter(company=company).select_related("company", "keeper").in_order()
    context = {
        "company": company,
        "people": there[:PAGE],
        "total": there.count(),
        "now": request.now,
        "today": request.today,
    }
    return render(request, "contacts/company.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, pk: int) -> HttpResponse:
    company = _find(request.user, pk)
    url = reverse("contacts:company", args=[pk])
    draft = f"company:{pk}"
    context = {"company": company, "draft": draft}
    form, status = _submit(request, company)
    if status == 303:
        toast(request, "Changed.")
        return draft_saved(see_other(request, url), draft)
    template, partial = "contacts/company_edit.html", "company-form"
    return render_page(request, template, partial, context | {"form": form}, status=status)


def _submit(request: Request, company: Company) -> tuple[CompanyForm, int]:
    """The form and its answer's status: 200 asked for, 303 saved, 409 conflict, 422 wrong."""
    keeper, today = request.user, request.today
    if request.method != "POST":
        return CompanyForm(company=company, keeper=keeper, today=today), 200
    form = CompanyForm(request.POST, company=company, keeper=keeper, today=today)
    if not form.is_valid():
        return form, 422
    try:
        form.save(request.now)
    except Conflict:
        theirs = _find(keeper, company.pk)
        form.face(CompanyForm(company=theirs, keeper=keeper, today=today))
        form.changed_by, form.changed_at = theirs.changed_by, theirs.changed_at
        return form, 409 if form.conflict else 303
    return form, 303


def _find(user: User, pk: int) -> Company:
    return get_object_or_404(Company.objects.visible_to(user).present(), pk=pk)
