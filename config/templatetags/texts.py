"""Texts of templates, translated when a template is read and not each time that it is drawn.

`{% load texts %}` has the tags of Django's `i18n`. A template is kept once for each language, with
its texts in their places (decision 69): a page says some two hundred.
"""

from __future__ import annotations

from typing import Any, NoReturn

from django import template
from django.template import Context, Origin, Template, TemplateSyntaxError
from django.template.base import FilterExpression, Node, Parser, TextNode, Token, TokenType
from django.template.loaders import cached
from django.templatetags import i18n
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from accounts.stops import one_stop

register = template.Library()
register.tags |= i18n.register.tags
register.filters |= i18n.register.filters


class Loader(cached.Loader):
    """Keeps the templates that were read, one of each name and language."""

    def cache_key(self, template_name: str, skip: list[Origin] | None = None) -> str:
        return f"{super().cache_key(template_name, skip)}-{get_language() or ''}"


@register.tag("trans")
@register.tag("translate")
def translate(parser: Parser, token: Token) -> Node:
    """As Django's tag says it; a text that is always the same is translated now."""
    found = i18n.do_translate(parser, token)
    text = found.filter_expression
    is_fixed = getattr(text.var, "literal", None) is not None and not text.filters
    return _fixed(found) if is_fixed and _is_fixed(found.message_context) else found


@register.tag("blocktrans")
@register.tag("blocktranslate")
def blocktranslate(parser: Parser, token: Token) -> Node:
    """As Django's tag says it; a text without a value is translated now."""
    found: Any = i18n.do_block_translate(parser, token)
    names_value = any(part.token_type == TokenType.VAR for part in found.singular)
    if found.countervar or names_value or not _is_fixed(found.message_context):
        return _Sentence(
            found.extra_context,
            found.singular,
            found.plural,
            found.countervar,
            found.counter,
            found.message_context,
            trimmed=found.trimmed,
            asvar=found.asvar,
            tag_name=found.tag_name,
        )
    return _fixed(found)


@register.tag
def language(parser: Parser, token: Token) -> NoReturn:
    """Refused: no part of a template is in another language than the template was read in."""
    raise TemplateSyntaxError(
        "A template is read in one language. Draw what is in another as a template of its own, "
        "within `translation.override`."
    )


def _is_fixed(context: FilterExpression | None) -> bool:
    """Whether there is no context, or one that is written in the template."""
    return context is None or (isinstance(context.var, str) and not context.filters)


def _fixed(found: Any) -> Node:
    """What such a tag of Django's says, whatever it is drawn with."""
    drawn = Context()
    with drawn.bind_template(Template("")):
        text = found.render(drawn)
    return _Kept(found.asvar, drawn[found.asvar]) if found.asvar else TextNode(text)


class _Kept(Node):
    """A text that is put into a variable."""

    def __init__(self, name: str, text: str) -> None:
        self._name, self._text = name, text

    def render(self, context: Context) -> str:
        context[self._name] = self._text
        return ""


class _Sentence(i18n.BlockTranslateNode):
    """A text that says a value; what is looked up for it is put together once."""

    def __init__(self, *parts: Any, **options: Any) -> None:
        super().__init__(*parts, **options)
        self._texts = {
            id(tokens): super(_Sentence, self).render_token_list(tokens)
            for tokens in (self.singular, self.plural or [])
        }

    def render_token_list(self, tokens: list[Token]) -> tuple[str, list[str]]:
        text, names = self._texts[id(tokens)]
        return text, [*names]  # Django adds those of the plural to those of the singular

    def render(self, context: Context, nested: bool = False) -> str:
        text = one_stop(super().render(context, nested))
        if self.asvar:
            context[self.asvar] = SafeString(one_stop(context[self.asvar]))
        return text
