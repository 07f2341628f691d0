"""Bringing an address book in, and what became of it."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from contacts.forms.importing import ImportForm
from contacts.importing import import_file
from contacts.interchange.vcard import NotVCard, TooLarge
from contacts.models import ImportRecord
from crm.http import Request, render_page, see_other

LATEST = 5


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: Request) -> HttpResponse:
    if request.user.role is None:
        raise Http404  # who is in no team has no book
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if form.is_bound and form.is_valid() and (record := _bring(request, form)):
        return see_other(request, reverse("contacts:import_result", args=[record.pk]))
    latest = ImportRecord.objects.visible_to(request.user)[:LATEST]
    context = {"form": form, "latest": latest, "now": request.now}
    status = 422 if form.is_bound else 200
    return render_page(request, "contacts/import.html", "import-form", context, status=status)


def _bring(request: Request, form: ImportForm) -> ImportRecord | None:
    """What the import did; None if the file could not be read, and then the form says why."""
    file = form.cleaned_data["file"]
    try:
        return import_file(
            keeper=request.user, data=file.read(), file_name=file.name, at=request.now
        )
    except (NotVCard, TooLarge) as problem:
        form.refuse(problem)
        return None


@require_safe
def show(request: Request, pk: int) -> HttpResponse:
    record = get_object_or_404(ImportRecord.objects.visible_to(request.user), pk=pk)
    context = {"record": record, "now": request.now}
    return render_page(request, "contacts/import_result.html", "import-result", context)
