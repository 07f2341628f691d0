"""A contact's photo: brought, cut, removed, and shown to nobody else."""

from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client
from PIL import Image

from contacts.faces import MAX_BYTES
from contacts.models import Contact, Photo
from contacts.photos import move_focus, set_photo
from crm.models import User
from crm.policy import Role
from tests.factories import NOW, client_of, make_contact, make_user

HTMX = {"HX-Request": "true"}


def picture(size: tuple[int, int] = (60, 90), colour: str = "teal", kind: str = "JPEG") -> bytes:
    stream = BytesIO()
    Image.new("RGB", size, colour).save(stream, kind)
    return stream.getvalue()


def upload(data: bytes, name: str = "anna.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


@pytest.fixture
def anna(keeper: User) -> Contact:
    return make_contact(keeper=keeper, name="Anna Novak")


@pytest.fixture
def photo(anna: Contact) -> Photo:
    return set_photo(anna, author=anna.keeper, data=picture())


def face(photo: Photo, size: str = "small") -> str:
    return f"/contacts/{photo.contact_id}/face/{size}/?v={photo.stamp}"


@pytest.mark.parametrize("field", ["file", "camera"])
def test_photo_is_kept_from_a_file_or_the_camera(
    keeper_client: Client, anna: Contact, field: str
) -> None:
    url = f"/contacts/{anna.pk}/photo/"
    response = keeper_client.post(
        url, {field: upload(picture()), "focus_x": "0.5", "focus_y": "0.2"}
    )
    photo = Photo.objects.get()
    assert [response.status_code, response.url] == [303, anna.get_absolute_url()]
    assert [photo.author, photo.focus_x, photo.focus_y] == [anna.keeper, 0.5, 0.2]
    with photo.large.open() as file:
        assert Image.open(file).size == (60, 60)
    page = keeper_client.get(anna.get_absolute_url()).content.decode()
    assert f"/contacts/{anna.pk}/face/large/?v={photo.stamp}" in page


def test_file_names_say_nothing_of_what_was_uploaded(keeper_client: Client, anna: Contact) -> None:
    hostile = upload(picture(), name="../../anna\u202egpj.html")
    keeper_client.post(f"/contacts/{anna.pk}/photo/", {"file": hostile})
    names = [getattr(Photo.objects.get(), size).name for size in ("whole", "large", "small")]
    assert len(set(names)) == 3
    assert all(name.startswith("faces/") and name.endswith(".jpg") for name in names)
    assert not any("anna" in name for name in names)


def test_new_photo_takes_the_place_of_the_old_one_and_its_files(
    anna: Contact, photo: Photo, django_capture_on_commit_callbacks: object
) -> None:
    old, storage = [photo.whole.name, photo.large.name, photo.small.name], photo.whole.storage
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        new = set_photo(anna, author=anna.keeper, data=picture(colour="red"))
    assert [new.pk, new.stamp == photo.stamp] == [photo.pk, False]
    assert [storage.exists(name) for name in old] == [False, False, False]
    assert storage.exists(new.whole.name)


def test_focus_is_moved_without_a_new_upload(
    keeper_client: Client, anna: Contact, photo: Photo
) -> None:
    data = {"focus_x": "0.5", "focus_y": "0.9"}
    assert keeper_client.post(f"/contacts/{anna.pk}/photo/", data).status_code == 303
    moved = Photo.objects.get()
    assert [moved.focus_y, moved.whole.name] == [0.9, photo.whole.name]
    assert moved.stamp != photo.stamp


def test_moved_focus_cuts_another_square(anna: Contact) -> None:
    two = Image.new("RGB", (40, 120), "white")
    two.paste("black", (0, 60, 40, 120))
    stream = BytesIO()
    two.save(stream, "PNG")
    photo = set_photo(anna, author=anna.keeper, data=stream.getvalue(), focus=(0.5, 0.0))
    move_focus(photo, focus=(0.5, 1.0))
    with photo.small.open() as file:
        assert max(Image.open(file).convert("L").getpixel((20, 20)), 0) < 20


def test_focus_moved_in_another_tab_is_of_the_photo_as_it_is_by_now(anna: Contact) -> None:
    in_the_other_tab = set_photo(anna, author=anna.keeper, data=picture(colour="red"))
    set_photo(anna, author=anna.keeper, data=picture((90, 60), "blue"))

    move_focus(in_the_other_tab, focus=(0.0, 0.0))

    with Photo.objects.get().whole.open() as file:
        assert Image.open(file).size == (90, 60)


@pytest.mark.django_db(transaction=True)
def test_first_photos_sent_at_once_are_one() -> None:
    anna = make_contact(keeper=make_user())

    def send(_number: int) -> None:
        try:
            set_photo(anna, author=anna.keeper, data=picture())
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(send, range(4)))

    assert Photo.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "This is not a photo Kept can read."),
        (b"<html><script>alert(1)</script>", "This is not a photo Kept can read."),
        (picture()[:300], "damaged"),
        (b"\xff" * (MAX_BYTES + 1), "larger than 8 MB"),
        (picture((9000, 9000), kind="PNG"), "megapixels"),
    ],
)
def test_file_that_cannot_be_a_face_is_refused_with_the_reason(
    keeper_client: Client, anna: Contact, data: bytes, sentence: str
) -> None:
    response = keeper_client.post(
        f"/contacts/{anna.pk}/photo/", {"file": upload(data)}, headers=HTMX
    )
    page = response.content.decode()
    assert [response.status_code, sentence in page, "<html" in page] == [422, True, False]
    assert Photo.objects.count() == 0


def test_nothing_chosen_is_said(keeper_client: Client, anna: Contact) -> None:
    response = keeper_client.post(f"/contacts/{anna.pk}/photo/", {})
    assert response.status_code == 422
    assert "Choose a photo first." in response.content.decode()


@pytest.mark.parametrize("focus", ["nan", "-1", "2", "left", "1e999"])
def test_focus_that_is_no_place_is_refused(
    keeper_client: Client, anna: Contact, photo: Photo, focus: str
) -> None:
    data = {"focus_x": focus, "focus_y": "0.5"}
    assert keeper_client.post(f"/contacts/{anna.pk}/photo/", data).status_code == 422


def test_form_offers_the_camera_and_is_a_fragment_to_htmx(
    keeper_client: Client, anna: Contact
) -> None:
    page = keeper_client.get(f"/contacts/{anna.pk}/photo/").content.decode()
    fragment = keeper_client.get(f"/contacts/{anna.pk}/photo/", headers=HTMX).content.decode()
    assert ["<html" in page, "<html" in fragment] == [True, False]
    assert ['capture="environment"' in fragment, 'accept="image/*' in fragment] == [True, True]


def test_face_is_served_to_be_kept_by_this_browser_alone(
    keeper_client: Client, photo: Photo
) -> None:
    response = keeper_client.get(face(photo))
    assert [response.status_code, response.headers["Content-Type"]] == [200, "image/jpeg"]
    assert Image.open(BytesIO(response.content)).size == (60, 60)
    said = {part.strip() for part in response.headers["Cache-Control"].split(",")}
    assert said == {"private", "max-age=31536000", "immutable"}
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Disposition"] == 'inline; filename="face.jpg"'
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_face_that_is_known_is_not_sent_again(keeper_client: Client, photo: Photo) -> None:
    etag = keeper_client.get(face(photo)).headers["ETag"]
    again = keeper_client.get(face(photo), headers={"If-None-Match": etag})
    assert [again.status_code, again.content] == [304, b""]
    assert "immutable" in again.headers["Cache-Control"]


def test_face_under_an_old_address_is_not_kept(keeper_client: Client, photo: Photo) -> None:
    for stamp in ("old", ""):
        response = keeper_client.get(f"/contacts/{photo.contact_id}/face/small/?v={stamp}")
        assert "max-age=31536000" not in response.headers["Cache-Control"]


@pytest.mark.parametrize("size", ["small", "large", "whole"])
def test_face_is_shown_to_its_author_alone(
    keeper: User, stranger_client: Client, photo: Photo, size: str
) -> None:
    others = [client_of(make_user(team=keeper.member.team, role=role)) for role in Role]
    codes = [each.get(face(photo, size)).status_code for each in [*others, stranger_client]]
    assert codes == [404] * 4
    assert Client().get(face(photo, size)).status_code == 302


def test_face_of_unknown_size_or_removed_or_lost_is_404(
    keeper_client: Client, photo: Photo
) -> None:
    assert keeper_client.get(face(photo, "huge")).status_code == 404
    photo.small.storage.delete(photo.small.name)
    assert keeper_client.get(face(photo, "small")).status_code == 404
    photo.trash(NOW)
    assert keeper_client.get(face(photo, "large")).status_code == 404


def test_only_the_keeper_may_bring_a_photo(
    keeper: User, stranger_client: Client, anna: Contact
) -> None:
    teammate = client_of(make_user(team=keeper.member.team))
    codes = [
        client.post(f"/contacts/{anna.pk}/photo/", {"file": upload(picture())}).status_code
        for client in (teammate, stranger_client)
    ]
    assert [codes, Photo.objects.count()] == [[404, 404], 0]


def test_other_methods_are_refused(keeper_client: Client, photo: Photo) -> None:
    assert keeper_client.post(face(photo)).status_code == 405
    assert keeper_client.put(f"/contacts/{photo.contact_id}/photo/").status_code == 405


def test_removed_photo_comes_back(keeper_client: Client, anna: Contact, photo: Photo) -> None:
    keeper_client.post(f"/trash/photos/{photo.pk}/")
    assert "/face/" not in keeper_client.get(anna.get_absolute_url()).content.decode()
    keeper_client.post(f"/trash/photos/{photo.pk}/restoration/")
    assert "/face/large/" in keeper_client.get(anna.get_absolute_url()).content.decode()
