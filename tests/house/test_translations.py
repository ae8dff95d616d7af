"""The catalogues hold all that the sources say, translated, with the same places to fill in."""

import ast
import re
from collections import defaultdict

import pytest
from babel.messages import Message

from accounts.translations import SOURCES, Translation, as_text, compile_all, translations
from tests.house.source import product

PLACES = re.compile(r"%\((\w+)\)s")
GETTEXT = {"_", "gettext", "gettext_lazy", "ngettext", "pgettext", "pgettext_lazy"}
CATALOGUES = translations()


@pytest.fixture(params=CATALOGUES, ids=lambda one: f"{one.app}-{one.language}")
def translation(request) -> Translation:
    return request.param


def texts(message: Message) -> tuple[list[str], list[str]]:
    """What the source says, and what the translation does, in all forms of number."""
    asked, answered = message.id, message.string
    return (
        [asked] if isinstance(asked, str) else list(asked),
        [answered] if isinstance(answered, str) else list(answered or ()),
    )


def test_there_are_translations():
    assert {one.language for one in CATALOGUES} == {"it", "cs"}


def test_a_catalogue_is_what_the_sources_say(translation):  # ALL-2
    collected = as_text(translation.collected()).decode()

    assert translation.po.read_text() == collected, "Run make translations and translate."


def test_every_text_is_translated(translation):  # ALL-2
    missing = [
        message.id
        for message in translation.read()
        if message.id and (message.fuzzy or not all(texts(message)[1]))
    ]

    assert missing == []


def test_a_translation_fills_in_the_same_places(translation):
    differs = [
        message.id
        for message in translation.read()
        if message.id
        for asked, answered in [texts(message)]
        if any(set(PLACES.findall(text)) != set(PLACES.findall(asked[-1])) for text in answered)
    ]

    assert differs == []


@pytest.mark.parametrize("language", ["cs", "it"])
def test_a_text_has_one_translation_in_all_catalogues(language):  # ALL-2
    """They are read as one: of two translations, one would be shown in the place of the other."""
    found = defaultdict(set)
    for translation in CATALOGUES:
        if translation.language == language:
            for message in translation.read():
                if message.id:
                    asked, answered = texts(message)
                    found[(message.context, *asked)].add(tuple(answered))

    assert {text: both for text, both in found.items() if len(both) > 1} == {}


def test_no_text_hides_in_the_sources(translation):
    """Collecting reads tokens, and misses what is said inside an f-string."""
    known = {text for message in translation.read() for text in texts(message)[0]}
    folders = SOURCES[translation.app]

    said = {
        argument.value
        for it in product()
        if it.name.startswith(tuple(f"{folder}/" for folder in folders))
        for call in it.places(ast.Call)
        if isinstance(call.func, ast.Name) and call.func.id in GETTEXT
        for argument in call.args[1 if call.func.id.startswith("pgettext") else 0 :]
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    }

    assert said - known == set()


def test_compiling_twice_writes_nothing_new():
    compile_all()

    assert compile_all() == []


# Forms of address that are formal, or can be nothing else in these texts: customers are "tu".
FORMAL = re.compile(
    r"\b(Lei|Suo|Sua|Suoi|Sue|Le (sarà|viene|è)|le (chiede|ha chiesto)|glielo"
    r"|[Ll]a sua (banca|carta)"
    r"|[Ss]celga|[Cc]hieda|[Rr]iprovi|[Ss]criva|[Aa]ggiunga|[Ss]ostituisca|[Rr]imuova|[Rr]isponda"
    r"|[Tt]olga|[Ii]nserisca|[Cc]licchi|[Vv]erifichi|[Aa]pra|[Vv]ada|[Ll]egga|[Uu]si un|[Gg]uardi"
    r"|[Aa]cquisti (una|postazioni)|si rivolga|[Bb]onifichi|[Cc]ontrolli|[Ss]i assicuri)\b"
)


@pytest.mark.parametrize(
    "translation", [one for one in CATALOGUES if one.language == "it"], ids=lambda one: one.app
)
def test_italian_says_tu_to_everybody(translation):  # ALL-2
    formal = [
        text
        for message in translation.read()
        if message.id
        for text in texts(message)[1]
        if FORMAL.search(text)
    ]

    assert formal == []


PLAN = re.compile(r"\bplán(u|em|y|ů|ům|ech)?\b", re.IGNORECASE)


@pytest.mark.parametrize(
    "translation", [one for one in CATALOGUES if one.language == "cs"], ids=lambda one: one.app
)
def test_czech_has_one_word_for_a_plan(translation):  # ALL-2
    """Tarif: naplánovaná is what is planned."""
    others = [
        text
        for message in translation.read()
        if message.id
        for text in texts(message)[1]
        if PLAN.search(text)
    ]

    assert others == []
