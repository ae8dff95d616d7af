"""A field that was left empty, or got an empty file, says what to do next. ALL-4.

Never in Django's bare words.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.contrib import admin
from django.test import RequestFactory

from accounts.forms.sign_in import WANTED, AskForPassword, SignIn, SignUp, Worded
from accounts.models import User
from tests.house.source import APPS

BARE = forms.Field.default_error_messages["required"]
EMPTY = forms.FileField.default_error_messages["empty"]
# They begin what they serve when they are imported.
SERVERS = {"config.asgi", "config.wsgi"}


def every_module() -> None:
    for app in APPS:
        for found in pkgutil.walk_packages(importlib.import_module(app).__path__, f"{app}."):
            if ".migrations" not in found.name and found.name not in SERVERS:
                importlib.import_module(found.name)


def kinds(of: type[Any]) -> Iterator[Any]:
    for kind in of.__subclasses__():
        yield kind
        yield from kinds(kind)


def forms_of_the_house() -> list[Any]:
    """Those of rows apart: they get their fields from the page of the desk that shows them."""
    every_module()
    found = {kind for kind in kinds(forms.BaseForm) if kind.__module__.split(".")[0] in APPS}
    return [kind for kind in found if not issubclass(kind, forms.BaseModelForm)]


def bare(kind: Any) -> Iterator[str]:
    """The fields of a form that do not say what to do when they are left empty."""
    for name, field in kind.base_fields.items():
        if field.error_messages.get("empty") == EMPTY:
            yield f"{kind.__module__}.{kind.__qualname__}.{name}, of an empty file"
        if not field.required or field.widget.is_hidden:
            continue
        borrowed = issubclass(kind, Worded) and (name in WANTED or name in kind.drops)
        if field.error_messages["required"] == BARE and not borrowed:
            yield f"{kind.__module__}.{kind.__qualname__}.{name}"


def test_a_field_that_has_to_be_filled_in_says_what_to_do():
    found = forms_of_the_house()

    assert len(found) > 40
    assert sorted(one for kind in found for one in bare(kind)) == []


@pytest.mark.django_db
def test_so_does_every_field_of_the_desks_pages():
    """As the desk shows them to who may do everything."""
    every_module()
    request = RequestFactory().get("/")
    request.user = User(pk=1, is_active=True, is_staff=True, is_superuser=True)
    found: list[str] = []
    for page in admin.site._registry.values():
        if page.has_add_permission(request) or page.has_change_permission(request):
            found += bare(page.get_form(request))
            found += bare(page.get_form(request, change=True))
        for inline in page.get_inline_instances(request):
            found += bare(inline.get_formset(request).form)

    assert sorted(found) == []


@pytest.mark.parametrize("kind", [SignIn, SignUp, AskForPassword])
def test_a_borrowed_form_says_so_as_well(kind):
    """It makes some of its fields only once somebody sees it."""
    said = {name: one.error_messages["required"] for name, one in kind().fields.items()}

    assert said.keys() - {"remember"} <= WANTED.keys()
    assert [name for name, words in said.items() if words == BARE and name != "remember"] == []
