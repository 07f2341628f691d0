"""A contact's photo: taking it, cutting it, and serving it to those who may see it."""

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from django.views.decorators.http import require_http_methods, require_safe

from contacts.faces import MEDIA_TYPE, FaceError
from contacts.forms.photo import PhotoForm
from contacts.models import Contact, Photo
from contacts.photos import move_focus, set_photo
from contacts.views.person import find_own
from crm.http import Request, render_page, see_other, toast

SIZES = {"small", "large", "whole"}
A_YEAR = 365 * 24 * 60 * 60
# Whatever a decoder may have let through: nothing in it can run.
SANDBOX = "default-src 'none'; sandbox"


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, pk: int) -> HttpResponse:
    """Bring a photo, or move the point that it is cut round."""
    contact = find_own(request.user, pk)
    photo = Photo.objects.visible_to(request.user).present().filter(contact=contact).first()
    posted = [request.POST, request.FILES] if request.method == "POST" else []
    form = PhotoForm(*posted, has_photo=photo is not None)
    if form.is_bound and form.is_valid() and _keep(request, contact, photo, form):
        toast(request, "That is the face.")
        return see_other(request, contact.get_absolute_url())
    context: dict[str, Any] = {"contact": contact, "photo": photo, "form": form}
    status = 422 if form.is_bound else 200
    return render_page(request, "contacts/photo.html", "photo-form", context, status=status)


def _keep(request: Request, contact: Contact, photo: Photo | None, form: PhotoForm) -> bool:
    """Whether the photo could be used; if not, the form says why."""
    try:
        if form.upload is not None:
            data = form.upload.read()
            set_photo(contact, author=request.user, data=data, focus=form.focus)
        elif photo is not None:
            move_focus(photo, focus=form.focus)
    except FaceError as problem:
        form.refuse(problem)
        return False
    return True


@require_safe
def face(request: Request, pk: int, size: str) -> HttpResponseBase:
    """The photo's bytes. Its address changes with it (`?v=`), so a browser may keep it."""
    photos = Photo.objects.visible_to(request.user).present().filter(contact__trashed_at=None)
    photo = get_object_or_404(photos, contact=pk)
    if size not in SIZES:
        raise Http404
    etag = quote_etag(f"{photo.stamp}-{size}")
    response = get_conditional_response(request, etag=etag) or _picture(photo, size)
    response.headers["ETag"] = etag
    if request.GET.get("v") == photo.stamp:
        patch_cache_control(response, private=True, max_age=A_YEAR, immutable=True)
    else:
        patch_cache_control(response, private=True, no_cache=True)
    response.headers["Content-Security-Policy"] = SANDBOX
    return response


def _picture(photo: Photo, size: str) -> HttpResponse:
    try:
        with getattr(photo, size).open("rb") as file:
            response = HttpResponse(file.read(), content_type=MEDIA_TYPE)
    except FileNotFoundError as error:
        raise Http404 from error
    response.headers["Content-Disposition"] = 'inline; filename="face.jpg"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
