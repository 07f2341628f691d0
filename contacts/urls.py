"""Addresses of people and what is known of them."""

from django.urls import path

from contacts.views import (
    brief,
    companies,
    exports,
    grouping,
    imports,
    listing,
    names,
    person,
    photo,
    pieces,
    suggestions,
    trash,
)

app_name = "contacts"
urlpatterns = [
    # People
    path("contacts/", listing.show, name="list"),
    path("contacts/grouping/", grouping.create, name="grouping"),
    path("contacts/grouping/<str:token>/undoing/", grouping.undo, name="grouping_undoing"),
    path("search/", listing.search, name="search"),
    path("companies/", companies.index, name="companies"),
    path("companies/<int:pk>/", companies.show, name="company"),
    path("companies/<int:pk>/edit/", companies.edit, name="company_edit"),
    path("import/", imports.create, name="import"),
    path("import/<int:pk>/", imports.show, name="import_result"),
    path("export/", exports.show, name="export"),
    path("export/<str:name>", exports.download, name="export_file"),
    # A person
    path("contacts/new/", person.add, name="new"),
    path("contacts/new/twins/", person.twins, name="twins"),
    path("contacts/<int:pk>/", person.show, name="detail"),
    path("contacts/<int:pk>/card/", person.card, name="card"),
    path("contacts/<int:pk>/circle/", person.circle, name="circle"),
    path("contacts/<int:pk>/story/", person.story, name="story"),
    path("contacts/<int:pk>/tags/", person.tags, name="contact_tags"),
    path("contacts/<int:pk>/brief/", brief.show, name="brief"),
    path("contacts/<int:pk>/vcard/", exports.vcard, name="vcard"),
    path("contacts/<int:pk>/photo/", photo.edit, name="photo"),
    path("contacts/<int:pk>/face/<slug:size>/", photo.face, name="face"),
    path("contacts/<int:pk>/<slug:slug>/new/", pieces.add, name="piece_new"),
    path("contacts/<int:pk>/<slug:slug>/<int:piece_pk>/", pieces.change, name="piece"),
    path("names/companies/", names.companies, name="company_names"),
    path("names/teams/", names.teams, name="team_names"),
    # Trash
    path("trash/", trash.show, name="trash"),
    path("trash/<slug:kind>/<int:pk>/", trash.remove, name="removal"),
    path("trash/<slug:kind>/<int:pk>/restoration/", trash.restore, name="restoration"),
    path("contacts/suggestions/", suggestions.show, name="suggestions"),
]
