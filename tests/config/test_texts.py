"""Texts that are translated when a template is read: the same as Django says each time. ALL-2."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template import Context, Engine, TemplateSyntaxError, engines
from django.template.base import Lexer, Node, TextNode, TokenType
from django.templatetags import i18n
from django.utils import translation

from config.templatetags.texts import _Kept, _Sentence

SOURCES = sorted(Path(settings.BASE_DIR, "templates").rglob("*.*"))
_backend: Any = engines["django"]  # whose engine the stubs do not know
OWN: Engine = _backend.engine
DJANGOS = Engine(
    dirs=OWN.dirs,
    libraries={**OWN.libraries, "texts": "django.templatetags.i18n"},
    builtins=OWN.builtins,
)


def in_memory(**sources: str) -> Engine:
    loaders = [
        ("config.templatetags.texts.Loader", [("django.template.loaders.locmem.Loader", sources)])
    ]
    return Engine(loaders=loaders, libraries=OWN.libraries)


def nodes(engine: Engine, source: str) -> list[Node]:
    return engine.from_string(source).nodelist.get_nodes_by_type(Node)


def said_by(node: Any) -> str:
    """What a tag of Django's writes, or puts into its variable, whatever it is drawn with."""
    context = Context()
    with context.bind_template(DJANGOS.from_string("")):
        return node.render(context) + context.get(getattr(node, "asvar", None) or "", "")


def told_alike(ours: Any, its: Any) -> bool:
    """Whether a text is the same; of one that says a value, what is looked up for it."""
    if not isinstance(ours, _Sentence):
        own = Context()
        text = ours.render(own)
        return text + own.get(getattr(its, "asvar", None) or "", "") == said_by(its)
    texts = [(ours.singular, its.singular), (ours.plural, its.plural)]
    return all(
        ours.render_token_list(tokens) == its.render_token_list(theirs)
        for tokens, theirs in texts
        if tokens
    )


@pytest.mark.parametrize("language", ["en", "it", "cs"])
def test_every_text_of_every_template_is_said_as_django_says_it(language):  # ALL-2
    kinds: Counter[type[Node]] = Counter()
    with translation.override(language):
        for source in SOURCES:
            text = source.read_text()
            for ours, its in zip(nodes(OWN, text), nodes(DJANGOS, text), strict=True):
                if isinstance(its, i18n.TranslateNode | i18n.BlockTranslateNode):
                    kinds[type(ours)] += 1
                    if not isinstance(ours, i18n.TranslateNode):
                        assert told_alike(ours, its), f"{source}: {its!r}"

    assert kinds[TextNode] > 500
    assert kinds[_Kept] > 50
    assert kinds[_Sentence] > 200
    assert kinds[i18n.TranslateNode] < 50


def test_a_template_is_drawn_in_the_language_of_each_reader():
    engine = in_memory(
        whole="{% extends 'frame' %}{% load texts %}{% block inner %}{% translate 'Team' %}"
        "{% include 'part' %}{% endblock %}",
        frame="{% load texts %}{% translate 'Profile' as it %}{{ it }} "
        "{% block inner %}{% endblock %}",
        part="{% load texts %} {% blocktranslate %}Language{% endblocktranslate %}",
    )

    def drawn(language: str) -> str:
        with translation.override(language):
            return engine.get_template("whole").render(Context())

    asked = ["en", "it", "cs", "it", "en", "cs"] * 20
    with ThreadPoolExecutor(6) as readers:
        found = list(readers.map(drawn, asked))

    said = {"en": "Profile Team Language", "it": "Profilo Team Lingua", "cs": "Profil Tým Jazyk"}
    assert found == [said[language] for language in asked]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{% translate 'A & B' %}", "A & B"),
        ("{% translate 'Fish & chips'|upper %}", "FISH &amp; CHIPS"),
        ("{% translate word %}", "&lt;b&gt;"),
        ("{% translate 'May' context 'month' %}", "May"),
        ("{% translate '50 % off' %}", "50 % off"),
        ("{% translate 'Team' as it %}[{{ it }}]", "[Team]"),
        ("{% translate 'Team' noop %}", "Team"),
        ("{% translate _('Team') %}", "Team"),
        ("{% blocktranslate %}50 % off{% endblocktranslate %}", "50 % off"),
        ("{% blocktranslate trimmed %}\n  one\n  two\n{% endblocktranslate %}", "one two"),
        ("{% blocktranslate asvar it %}three{% endblocktranslate %}[{{ it }}]", "[three]"),
        ("{% blocktranslate with it=word %}{{ it }}!{% endblocktranslate %}", "&lt;b&gt;!"),
        (
            "{% for many in numbers %}{% blocktranslate count many=many %}{{ many }} seat"
            "{% plural %}{{ many }} seats{% endblocktranslate %}, {% endfor %}",
            "1 seat, 2 seats, ",
        ),
        ("{% blocktranslate context kind %}four{% endblocktranslate %}", "four"),
    ],
)
def test_what_is_said_hangs_on_values_only_where_there_are_some(source, said):
    context = {"word": "<b>", "numbers": [1, 2], "kind": "x"}
    engine = in_memory(page="{% load texts %}" + source)

    with translation.override("en"):
        assert engine.get_template("page").render(Context(context)) == said
        assert engine.get_template("page").render(Context(context)) == said


def test_a_sentence_does_not_grow_as_it_is_drawn():
    source = "{% load texts %}{% blocktranslate count many=many %}{{ many }} seat{% plural %}"
    source += "{{ many }} seats{% endblocktranslate %}"
    engine = in_memory(page=source)
    template: Any = engine.get_template("page")
    [sentence] = template.nodelist.get_nodes_by_type(_Sentence)

    for many in (2, 3, 2):
        template.render(Context({"many": many}))

    assert sentence.render_token_list(sentence.singular)[1] == ["many"]
    assert sentence.render_token_list(sentence.plural)[1] == ["many"]


def test_a_part_in_another_language_is_refused():
    engine = in_memory(page="{% load texts %}{% language 'it' %}x{% endlanguage %}")

    with pytest.raises(TemplateSyntaxError, match=r"translation\.override"):
        engine.get_template("page")


def test_no_template_of_ours_translates_its_texts_each_time():
    for source in SOURCES:
        for token in Lexer(source.read_text()).tokenize():
            if token.token_type == TokenType.BLOCK and token.contents.startswith("load "):
                assert "i18n" not in token.split_contents(), f"{source}: load texts instead."
