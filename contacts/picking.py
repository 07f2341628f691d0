"""Choosing whom something is about: a form field that takes people by tick or by name."""

from collections.abc import Container
from typing import Any, cast

from django import forms
from django.http import QueryDict

from contacts.folding import fold, sort_key, terms
from contacts.models import Contact
from contacts.models.contact import ContactQuerySet
from crm.http import Request
from crm.models import User

MOST_PEOPLE = 50
MOST_SUGGESTED = 8


def suggest(user: User, query: str) -> list[Contact]:
    """The few people a half-typed name may mean, one's own and the closest names first.

    None for a query of which nothing could be seen.
    """
    if not terms(query):
        return []
    found = Contact.objects.visible_to(user).present().search(user, query).closest_first(query)
    own = found.filter(keeper=user)[:MOST_SUGGESTED]
    others = found.exclude(keeper=user)[:MOST_SUGGESTED]
    return [*with_cards(own, user), *with_cards(others, user)][:MOST_SUGGESTED]


def chosen_people(request: Request, name: str) -> list[Contact]:
    """Those whom the address names, e.g. `?people=3&people=7`, as far as the user may see them."""
    wanted = _numbers(request.GET.getlist(name))
    if not wanted:
        return []
    people = Contact.objects.visible_to(request.user).present().filter(pk__in=wanted)
    return list(with_cards(people, request.user).in_order())


def _numbers(texts: list[str]) -> set[int]:
    return {int(t) for t in texts if t.isascii() and t.isdecimal() and len(t) < 18}


def with_cards(people: ContactQuerySet, user: User) -> ContactQuerySet:
    """`people` with what a chip shows of them."""
    return people.with_face(user).select_related("company")


class PeopleInput(forms.Widget):
    """Ticked people, and a box for the name of another; works without scripts."""

    template_name = "contacts/people_input.html"
    needs_multipart_form = False

    def __init__(self) -> None:
        super().__init__()
        self.chosen: list[Contact] = []
        self.offered: list[Contact] = []
        self.understood: set[str] = set()
        self.most = MOST_PEOPLE

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, list[str]]:
        posted: QueryDict = data
        return {"ticked": posted.getlist(name), "named": posted.getlist(f"{name}_named")}

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and f"{name}_named" not in data

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_named"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        named = value.get("named", []) if isinstance(value, dict) else []
        context["widget"] |= {
            "chosen": self.chosen,
            "offered": self.offered,
            "named": " ".join(name for name in named if name not in self.understood),
            "described_by": context["widget"]["attrs"].get("aria-describedby", ""),
            "most": self.most,
            "label": context["widget"]["attrs"].get("aria-label", ""),
            "is_invalid": "aria-invalid" in context["widget"]["attrs"],
        }
        return context


class PeopleField(forms.Field):
    """Cleans to the list of contacts that were ticked or named, among those `user` may see."""

    widget = PeopleInput

    def __init__(self, *, most: int = MOST_PEOPLE, **options: Any) -> None:
        super().__init__(**options)
        self.most = self.input.most = most
        self.user: User | None = None

    def serve(self, user: User, chosen: list[Contact] | None = None) -> None:
        """Take the user whose people these are, and who is chosen at first."""
        self.user = user
        # A form's widget is a shallow copy of its class's: nothing in it may be added to.
        self.input.chosen, self.input.offered, self.input.understood = chosen or [], [], set()

    @property
    def input(self) -> PeopleInput:
        return cast(PeopleInput, self.widget)

    def clean(self, value: dict[str, list[str]]) -> list[Contact]:
        chosen = {contact.pk: contact for contact in self._ticked(value["ticked"])}
        self.input.chosen = list(chosen.values())
        for name in filter(str.strip, value["named"]):
            contact = self._named(name, chosen)
            chosen[contact.pk] = contact
            self.input.understood.add(name)
        self.input.chosen = list(chosen.values())
        if self.required and not chosen:
            raise forms.ValidationError("Whom is this about? Choose somebody, or type a name.")
        if len(chosen) > self.most:
            raise forms.ValidationError(f"Please choose at most {self.most} people.")
        return self.input.chosen

    def _ticked(self, numbers: list[str]) -> list[Contact]:
        wanted = _numbers(numbers)
        return list(with_cards(self._people().filter(pk__in=wanted), self._user()).in_order())

    def _named(self, name: str, ticked: Container[int]) -> Contact:
        """Whom `name` means; of several people, the one that is ticked already."""
        same = self._people().filter(sort_name=sort_key(name))
        exact = list(with_cards(same, self._user())[:MOST_SUGGESTED])
        suggested = suggest(self._user(), name)
        found = (
            exact or [contact for contact in suggested if _is_called(contact, name)] or suggested
        )
        meant = [contact for contact in found if contact.pk in ticked] or found
        if len(meant) == 1:
            return meant[0]
        self.input.offered = [contact for contact in found if contact.pk not in ticked]
        if not found:
            raise forms.ValidationError(
                f"You keep nobody called “{name}”. Add them first, or check the spelling."
            )
        raise forms.ValidationError(f"Several people may be “{name}”. Tick whom you mean.")

    def _people(self) -> ContactQuerySet:
        return Contact.objects.visible_to(self._user()).present()

    def _user(self) -> User:
        if self.user is None:
            raise RuntimeError("PeopleField.serve(user) has not been called.")
        return self.user


def _is_called(contact: Contact, name: str) -> bool:
    """Whether words of the contact's own names begin with all of `name`'s."""
    own = fold(f"{contact.name} {contact.nickname}").split()
    return all(any(word.startswith(term) for word in own) for term in terms(name))
