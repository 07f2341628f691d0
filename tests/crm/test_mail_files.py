"""Without a mail server a mail is a file, for people to read."""

from pathlib import Path

from django.core.mail import EmailMultiAlternatives, mailers

LINK = f"http://127.0.0.1:8000/accounts/confirm-email/{'x' * 120}/"


def test_link_in_a_mail_s_file_can_be_copied(tmp_path: Path, settings) -> None:
    backend = "crm.mail_files.EmailBackend"
    settings.MAILERS = {"default": {"BACKEND": backend, "OPTIONS": {"file_path": str(tmp_path)}}}
    message = EmailMultiAlternatives("Grüße", f"Für Jörg:\n\n{LINK}", to=["rosa@example.com"])
    message.attach_alternative(f'<a href="{LINK}">Für Jörg</a>', "text/html")

    mailers.default.send_messages([message])

    (file,) = tmp_path.iterdir()
    assert LINK in file.read_text().splitlines()
    assert f'<a href="{LINK}">Für Jörg</a>' in file.read_text().splitlines()
