"""What the style guide alone needs: specimens in both themes, invented people, a form."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django import forms, template
from django.template.base import NodeList, Parser, Token, TokenType
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

# What ties one element to another must differ between the two copies of a specimen.
TIES = re.compile(r'\b(id|for|name|aria-(?:labelledby|describedby|label))="([^"]*)"')
WRAPPED = {
    TokenType.BLOCK: "{{% {} %}}",
    TokenType.VAR: "{{{{ {} }}}}",
    TokenType.COMMENT: "",
    TokenType.TEXT: "{}",
}


class Specimen(template.Node):
    """A component on light and on dark paper, and the markup that made it."""

    def __init__(self, name: str, sentence: str, nodelist: NodeList, source: str) -> None:
        self.name, self.sentence = name, sentence
        self.nodelist, self.source = nodelist, source

    def render(self, context: template.Context) -> SafeString:
        drawn = self.nodelist.render(context)
        return format_html(
            '<section class="specimen" id="{}"><h2>{}</h2><p>{}</p><div class="both">'
            '<div class="theme" data-theme="light">{}</div>'
            '<div class="theme" data-theme="dark">{}</div></div>'
            '<details class="markup"><summary>Markup</summary><pre tabindex="0">{}</pre></details>'
            "</section>",
            self.name.lower().replace(" ", "-"),
            self.name,
            self.sentence,
            drawn,
            SafeString(TIES.sub(r'\1="\2-dark"', drawn)),
            self.source.strip(),
        )


@register.tag
def specimen(parser: Parser, token: Token) -> Specimen:
    """`{% specimen "Name" "What it is for." %}markup{% endspecimen %}`"""
    _, name, sentence = token.split_contents()
    source = _source_until(parser, "endspecimen")
    nodelist = parser.parse(("endspecimen",))
    parser.delete_first_token()
    return Specimen(name.strip('"'), sentence.strip('"'), nodelist, source)


def _source_until(parser: Parser, end: str) -> str:
    source = []
    tokens: list[Token] = parser.tokens  # type: ignore[assignment]
    for token in reversed(tokens):
        if token.token_type is TokenType.BLOCK and token.contents == end:
            break
        source.append(WRAPPED[token.token_type].format(token.contents))
    return "".join(source)


@dataclass(frozen=True)
class Sitter:
    """Somebody invented who sits for the specimens."""

    name: str
    pk: int

    @property
    def uid(self) -> str:
        return f"sitter-{self.pk}"


NAMES = (
    "Tom Beaumont",
    "Priya Raman",
    "王小明",
    "Åsa Öberg",
    "محمد الفاتح",
    "Иван Петров",
    "क्षमा शर्मा",
    "Walt Oyelaran",
)


@register.simple_tag
def sitters() -> list[Sitter]:
    return [Sitter(name=name, pk=at) for at, name in enumerate(NAMES)]


@register.simple_tag
def sample_points() -> list[int]:
    return [88, 87, 89, 88, 91, 90, 92, 91, 93, 92, 94]


@register.simple_tag
def now() -> datetime:
    return timezone.now()


@register.simple_tag
def today() -> date:
    return timezone.localdate()


@register.filter
def days_on(day: date, days: int) -> date:
    return day + timedelta(days=days)


class SampleForm(forms.Form):
    name = forms.CharField(help_text="As they say it themselves, in any script.")
    email = forms.EmailField(required=False)
    company = forms.CharField(required=False)
    circle = forms.ChoiceField(
        choices=[("inner", "Inner"), ("close", "Close"), ("wide", "Wide")],
        help_text="How often you mean to be in touch.",
    )
    feeling = forms.ChoiceField(
        label="How did they leave it?",
        choices=[("good", "Good"), ("neutral", "Neutral"), ("bad", "Bad")],
        widget=forms.RadioSelect,
    )
    due_on = forms.DateField(label="By when", widget=forms.DateInput(attrs={"type": "date"}))
    photo = forms.FileField(required=False, help_text="JPEG, PNG, WebP or HEIC, up to 8 MB.")
    text = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), label="Note", required=False)
    is_private = forms.BooleanField(
        label="Only for me",
        required=False,
        help_text="Everything is private unless you share it.",
    )


@register.simple_tag
def sample_form() -> SampleForm:
    """A form that was refused, so that its errors show."""
    return SampleForm(
        {"email": "tom@northline", "company": "Northline Freight", "circle": "close"},
        auto_id="sample_%s",
    )
