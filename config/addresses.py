"""Addresses of pages and files, each found once: `address`, and `{% url %}` and `{% static %}`.

Django looks an address up among those of the whole site each time, and a page names some fifty.
Both tags are there without being loaded, by the setting TEMPLATES.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from django import template
from django.conf import STATICFILES_STORAGE_ALIAS, settings
from django.core.files.storage import Storage, storages
from django.template import Context, defaulttags
from django.template.base import Parser, Token
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

register = template.Library()

# Of all pages together; an address takes 1.6 kB.
_KEPT: Final = 4096


def address(name: str, *arguments: object, current_app: str | None = None) -> str:
    """The same as `django.urls.reverse` for a page of this name, arguments in their order.

    `NoReverseMatch` where there is none.
    """
    urlconf = get_urlconf(settings.ROOT_URLCONF)
    return _address(get_script_prefix(), urlconf, current_app, name, *arguments)


@lru_cache(maxsize=_KEPT, typed=True)
def _address(
    _prefix: str, urlconf: str, current_app: str | None, name: str, *arguments: object
) -> str:
    """``_prefix`` stands in the address, so it is one of what it hangs on."""
    return reverse(name, urlconf=urlconf, args=arguments, current_app=current_app)


class _Address(defaulttags.URLNode):
    """The tag with its arguments in their order; with named ones it is Django's own."""

    def render(self, context: Context) -> str:
        if self.kwargs:
            return super().render(context)
        name, *arguments = [one.resolve(context) for one in (self.view_name, *self.args)]
        try:
            found = address(name, *arguments, current_app=_current_app(context))
        except NoReverseMatch:
            if self.asvar is None:
                raise
            found = ""
        if self.asvar:
            context[self.asvar] = found
            return ""
        return _escaped(found) if context.autoescape else found


@lru_cache(maxsize=_KEPT)
def _escaped(found: str) -> SafeString:
    return conditional_escape(found)


def _current_app(context: Any) -> str | None:
    """Which of several sites of one kind the page belongs to, as Django finds it out."""
    request = getattr(context, "request", None)
    match = getattr(request, "resolver_match", None)
    found: str | None = getattr(request, "current_app", getattr(match, "namespace", None))
    return found


@register.tag
def url(parser: Parser, token: Token) -> _Address:
    """An address by the name of its page, as Django's tag of this name says it."""
    found = defaulttags.url(parser, token)
    return _Address(found.view_name, found.args, found.kwargs, found.asvar)


@register.simple_tag
def static(path: str) -> SafeString:
    """Where a file of the site is served."""
    return _served(storages[STATICFILES_STORAGE_ALIAS], path)


@lru_cache(maxsize=256)
def _served(storage: Storage, path: str) -> SafeString:
    """A storage always says the same of a file."""
    return conditional_escape(storage.url(path))
