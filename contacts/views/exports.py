"""Taking the book, or one contact, along in open formats."""

from collections.abc import Callable, Iterator

from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from contacts.exporting import book_as_json, book_as_vcards, contact_as_vcard
from contacts.models import Contact
from crm.http import Request, render_page
from crm.models import User

VCARD = "text/vcard; charset=utf-8"
# By the name of the file: its type, and what writes it.
FILES: dict[str, tuple[str, Callable[[User], Iterator[bytes]]]] = {
    "kept.json": ("application/json", book_as_json),
    "kept.vcf": (VCARD, book_as_vcards),
    "kept-3.vcf": (VCARD, lambda keeper: book_as_vcards(keeper, "3.0")),
}


@require_safe
def show(request: Request) -> HttpResponse:
    people = Contact.objects.kept_by(request.user).present().count()
    return render_page(request, "contacts/export.html", "export", {"people": people})


@require_safe
def download(request: Request, name: str) -> HttpResponseBase:
    """The whole book as a file, written while it is sent."""
    if name not in FILES:
        raise Http404
    content_type, write = FILES[name]
    stem, _, ending = name.partition(".")
    dated = f"{stem}-{request.today.isoformat()}.{ending}"
    return _attached(StreamingHttpResponse(write(request.user), content_type=content_type), dated)


@require_safe
def vcard(request: Request, pk: int) -> HttpResponseBase:
    """One contact as a vCard to pass on: as much as the one who asks may see, without notes."""
    contacts = Contact.objects.visible_to(request.user).present().select_related("company")
    contact = get_object_or_404(contacts, pk=pk)
    content = contact_as_vcard(contact, request.user)
    return _attached(HttpResponse(content, content_type=VCARD), f"{contact.name}.vcf")


def _attached[R: HttpResponseBase](response: R, name: str) -> R:
    disposition = content_disposition_header(as_attachment=True, filename=name.replace("/", "-"))
    response["Content-Disposition"] = disposition or "attachment"
    return response
