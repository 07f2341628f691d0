"""Every address of Kept."""

from django.conf import settings
from django.urls import include, path

from crm.views import failures, health, styleguide
from followups.views.health import ready

handler400 = failures.misread
handler500 = failures.broken

urlpatterns = [
    path("healthz", health.process, name="healthz"),
    path("readyz", ready, name="readyz"),
    path("accounts/", include("allauth.urls")),
    path("", include("contacts.urls")),
    path("", include("followups.urls")),
    path("", include("crm.account_urls")),
]

if "WEBHOOK_SECRET" in settings.ANYMAIL:
    urlpatterns += [path("anymail/", include("anymail.urls"))]

if settings.DEBUG:
    urlpatterns += [path("styleguide/", styleguide.show, name="styleguide")]
