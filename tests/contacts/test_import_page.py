import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from contacts.models import Contact, ImportRecord
from crm.models import User
from tests.factories import NOW, make_contact, make_user

FRAGMENT = {"HX-Request": "true"}
CARD = b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ana Lind\r\nEND:VCARD\r\n"


def upload(data: bytes, name: str = "people.vcf") -> dict[str, object]:
    return {"file": SimpleUploadedFile(name, data, content_type="text/vcard")}


def test_file_is_brought_in_and_told_of(keeper_client: Client) -> None:
    data = CARD + b"BEGIN:VCARD\r\nVERSION:3.0\r\nEND:VCARD\r\n"

    response = keeper_client.post("/import/", upload(data))

    record = ImportRecord.objects.get()
    assert (response.status_code, response["Location"]) == (303, f"/import/{record.pk}/")
    assert (record.file_name, record.read, record.new, record.failed) == ("people.vcf", 2, 1, 1)
    page = keeper_client.get(response["Location"]).content.decode()
    assert "2 cards read." in page
    assert '<td class="number">5</td>' in page
    assert "people.vcf" in keeper_client.get("/import/").content.decode()


def test_same_file_again_says_that_nothing_has_changed(keeper_client: Client) -> None:
    keeper_client.post("/import/", upload(CARD))

    page = keeper_client.post("/import/", upload(CARD), follow=True).content.decode()

    assert "so nothing has changed" in page
    assert Contact.objects.count() == 1


def test_htmx_is_led_to_what_became_of_it(keeper_client: Client) -> None:
    response = keeper_client.post("/import/", upload(CARD), headers=FRAGMENT)

    assert response["HX-Redirect"] == f"/import/{ImportRecord.objects.get().pk}/"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "Choose a file first."),
        (upload(b""), "This file is empty."),
        (upload(b"\xff\xd8\xff\xe0JFIF", "a.vcf"), "This is not a vCard file"),
        (upload("name,email\nAna,a@x.example".encode("utf-16")), "This is not a vCard file"),
        (upload(b"BEGIN:VCALENDAR\nEND:VCALENDAR\n"), "This is a calendar"),
        (upload(CARD + b"x" * 12 * 2**20), "This file has 12 MB; 10 MB can be read at once."),
        (upload(CARD * 20_001), "20,001"),
    ],
    ids=["none", "empty", "picture", "csv", "calendar", "large", "many"],
)
def test_file_that_cannot_be_read_is_answered_clearly(
    keeper_client: Client, data: dict[str, object], said: str
) -> None:
    response = keeper_client.post("/import/", data, headers=FRAGMENT)

    page = response.content.decode()
    assert response.status_code == 422
    assert said in page
    assert page.strip().startswith('<form class="form" id="import-form"')
    assert ImportRecord.objects.count() == 0


def test_letters_that_say_nothing_of_themselves_are_guessed_and_told(
    keeper_client: Client,
) -> None:
    card = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Jürgen Müller\r\nEND:VCARD\r\n".encode("cp1252")

    page = keeper_client.post("/import/", upload(card), follow=True).content.decode()

    assert Contact.objects.get().name == "Jürgen Müller"
    assert "Please look at the accents in the names." in page


def test_scripts_in_a_card_stay_text(keeper_client: Client) -> None:
    evil = b"<script>alert(1)</script>"
    card = b"BEGIN:VCARD\r\nFN:" + evil + b"\r\nBDAY:" + evil + b"\r\nEND:VCARD\r\n"

    result = keeper_client.post("/import/", upload(card, "<b>.vcf"), follow=True)

    for page in (result, keeper_client.get("/contacts/"), keeper_client.get("/import/")):
        assert b"<script>alert" not in page.content
        assert b"<b>.vcf" not in page.content


def test_other_methods_are_refused(keeper_client: Client) -> None:
    assert keeper_client.delete("/import/").status_code == 405
    assert keeper_client.post("/import/1/").status_code == 405


def test_record_is_seen_by_its_keeper_alone(
    keeper_client: Client, stranger_client: Client, keeper: User
) -> None:
    keeper_client.post("/import/", upload(CARD))
    url = f"/import/{ImportRecord.objects.get().pk}/"

    assert keeper_client.get(url).status_code == 200
    assert stranger_client.get(url).status_code == 404
    assert "people.vcf" not in stranger_client.get("/import/").content.decode()
    teammate = Client()
    teammate.force_login(make_user(team=keeper.member.team))
    assert teammate.get(url).status_code == 404


def test_result_is_also_a_fragment(keeper_client: Client, keeper: User) -> None:
    record = ImportRecord.objects.create(keeper=keeper, file_name="a.vcf", format="vcard", at=NOW)

    page = keeper_client.get(f"/import/{record.pk}/", headers=FRAGMENT).content.decode()

    assert page.strip().startswith('<div id="import-result"')


def test_signed_out_people_are_sent_to_log_in(client: Client, db: None) -> None:
    make_contact(keeper=make_user())

    for url in (
        "/contacts/",
        "/search/",
        "/companies/",
        "/import/",
        "/export/",
        "/export/kept.json",
    ):
        assert client.get(url)["Location"].startswith("/accounts/login/")
