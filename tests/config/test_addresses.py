"""Addresses that are put together once: the same as Django finds each time."""

from __future__ import annotations

import pytest
from django.conf import STATICFILES_STORAGE_ALIAS
from django.template import Context, Template
from django.urls import NoReverseMatch, get_script_prefix, path, reverse, set_script_prefix
from django.views.generic import View

from config.addresses import address

# Another site, which one test stands on.
urlpatterns = [path("elsewhere/", View.as_view(), name="home")]


@pytest.fixture
def under():
    """The site under an address of its own, as a web server may serve it."""
    before = get_script_prefix()
    set_script_prefix("/portal/")
    yield
    set_script_prefix(before)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("home", ()),
        ("billing:overview", (7,)),
        ("billing:overview", (8,)),
        ("billing:change", (7, "users-plus")),
        ("accounts:invitation", ("a b&c",)),
        ("admin:accounts_account_change", ("1_2/3",)),
    ],
)
def test_it_is_that_of_the_page(name, arguments):
    for _ in range(2):
        assert address(name, *arguments) == reverse(name, args=arguments)


def test_arguments_of_another_type_are_others():
    assert address("billing:overview", 1) == "/accounts/1/billing/"
    for _ in range(2):
        with pytest.raises(NoReverseMatch):
            address("billing:overview", True)


def test_it_stands_under_the_address_of_the_site(under):
    assert address("billing:overview", 7) == "/portal/accounts/7/billing/"


def test_it_is_that_of_the_site_that_is_set(settings):
    assert address("home") == "/"

    settings.ROOT_URLCONF = __name__

    assert address("home") == reverse("home") == "/elsewhere/"


def test_it_does_not_stand_there_for_others():
    assert address("billing:overview", 7) == "/accounts/7/billing/"


@pytest.mark.parametrize(
    ("tag", "drawn"),
    [
        ("{% url 'billing:overview' 7 %}", "/accounts/7/billing/"),
        ("{% url page number %}", "/accounts/7/billing/"),
        ("{% url page account_id=number %}", "/accounts/7/billing/"),
        ("{% url page number as it %}[{{ it }}]", "[/accounts/7/billing/]"),
        ("{% url 'no_such_page' as it %}[{{ it }}]", "[]"),
        ("{% url 'accounts:invitation' 'a&b' %}", "/invitations/a&amp;b/"),
        (
            "{% autoescape off %}{% url 'accounts:invitation' 'a&b' %}{% endautoescape %}",
            "/invitations/a&b/",
        ),
        ("{% url 'admin:index' %}", "/admin/"),
    ],
)
def test_the_tag_says_what_djangos_says(tag, drawn):
    context = {"page": "billing:overview", "number": 7}

    assert Template(tag).render(Context(context)) == drawn


def test_a_page_that_is_not_there_is_said_each_time():
    template = Template("{% url 'no_such_page' %}")
    for _ in range(2):
        with pytest.raises(NoReverseMatch):
            template.render(Context())


def test_the_site_that_a_page_belongs_to_is_asked_for(rf):  # as where two desks stand side by side
    request = rf.get("/admin/")
    request.current_app = "admin"

    found = Template("{% url 'admin:index' %}").render(Context({"request": request}))

    assert found == "/admin/"


def test_a_file_is_where_the_site_serves_it_now(settings):
    tag = Template('{% static "portal/tokens.css" %} {% static "a b.css" as it %}[{{ it }}]')
    assert tag.render(Context()) == "/static/portal/tokens.css [/static/a%20b.css]"

    elsewhere = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage",
        "OPTIONS": {"base_url": "https://files.example/"},
    }
    settings.STORAGES = {**settings.STORAGES, STATICFILES_STORAGE_ALIAS: elsewhere}

    assert tag.render(Context()).startswith("https://files.example/portal/tokens.css ")
