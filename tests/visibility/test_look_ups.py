"""Views, forms and templates look things up by words that ask who is looking, and by no other."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

MANAGERS = {"objects", "_default_manager", "_base_manager"}
WORDS = {"visible_to", "kept_by", "owned_by", "helped_by", "offers_to"}
SHORTCUTS = {"get_object_or_404", "get_list_or_404"}
SOURCES = ["*/views/**/*.py", "*/views.py", "*/forms/**/*.py", "*/*forms.py", "*/templatetags/*.py"]

# Where it begins without the word, and why that is right.
ALLOWED = {
    "contacts/forms/company.py: CompanyForm.clean_name": (
        "says whether the team has another company of that name, one in the trash included"
    ),
    "contacts/forms/filters.py: PeopleFilters.pick": (
        "names the manager once and says one of both words in the next line"
    ),
    "contacts/forms/piece.py: PieceForm._refuse_twin": (
        "looks among the pieces of the one contact, which the view has found for its keeper"
    ),
    "crm/views/settings.py: log_out_everywhere": "sessions know their user, and have no words",
    "followups/forms/issue.py: IssueForm.open": (
        "finds the issue that the user has opened by the same form again"
    ),
    "followups/forms/handover.py: ColleagueField.__init__": (
        "offers nobody, until its form knows whose colleagues are meant"
    ),
    "followups/forms/handover.py: colleagues": "names the keeper’s own team in the same line",
    "followups/forms/follow_through.py: MemberField.__init__": "begins with nobody",
    "followups/forms/promise.py: PromiseForm.make": (
        "finds the user’s own promise of the same composer again"
    ),
    "followups/views/mail.py: off": "acts for the one user whom its signed link names",
    "followups/views/promises.py: detail": "adds faces to the contact of a promise found before",
    "followups/views/promises.py: index": "adds faces to the contacts of one’s own promises",
}


def looked_up_freely(source: str) -> Iterator[str]:
    """The functions of `source` that begin at a model’s manager without asking who looks."""
    tree = ast.parse(source)
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in MANAGERS:
            word = parents[node]
            is_asked = isinstance(word, ast.Attribute) and word.attr in WORDS
            if not is_asked:
                yield _function_of(node, parents)
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in SHORTCUTS:
            looked_in = node.args[0]
            if isinstance(looked_in, ast.Name) and looked_in.id[0].isupper():
                yield _function_of(node, parents)


def _function_of(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> str:
    """The name of the function that `node` stands in, with those that it stands in itself."""
    names = []
    while node in parents:
        node = parents[node]
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.insert(0, node.name)
    return ".".join(names)


def test_views_and_forms_ask_who_is_looking() -> None:
    root = settings.ROOT
    paths = sorted({path for pattern in SOURCES for path in root.glob(pattern)})
    found = {
        f"{path.relative_to(root)}: {function}"
        for path in paths
        if not path.is_relative_to(root / "tests")
        for function in looked_up_freely(path.read_text())
    }

    assert len(paths) > 20
    assert found == ALLOWED.keys()


def test_this_test_finds_free_look_ups() -> None:
    source = """
class Form:
    def clean(self):
        return Note.objects.filter(pk=1)
def show(request, pk):
    people = Contact._default_manager
    return get_object_or_404(Contact, pk=pk)
def fine(request, pk):
    return get_object_or_404(Contact.objects.visible_to(request.user), pk=pk)
"""
    assert sorted(looked_up_freely(source)) == ["Form.clean", "show", "show"]


# Beginnings of look-ups that a template could make by itself.
_LOOK_UP = re.compile(r"(?<!forloop)\.(?:objects|all|first|last|count|exists|\w+_set)\b")


def templates() -> Iterator[Path]:
    yield from sorted((settings.ROOT / "templates").rglob("*.*"))


def test_templates_look_nothing_up() -> None:
    inside = re.compile(r"\{[{%].*?[%}]\}", re.DOTALL)
    found = {
        f"{path.name}: {tag}"
        for path in templates()
        for tag in inside.findall(path.read_text())
        if _LOOK_UP.search(re.sub(r"\"[^\"]*\"|'[^']*'", "", tag))
    }

    assert found == set()
