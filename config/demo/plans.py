"""What the demo's plans are made of: their products, levels, and the features of each level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from billing.models import Feature, LevelFeature, PlanLevel, PlanLine
from config.demo.catalogue import LEVELS, PLAN_PRODUCTS
from config.demo.offers import Names

FAMILY: Final = "plan"
BUNDLE: Final = "bundle"


@dataclass(frozen=True, slots=True)
class Can:
    """A feature from ``since`` this level on; ``of`` a plan product alone, else of all of them.

    ``times`` are how often the contact limit each level has it, where it is counted.
    """

    code: str
    names: Names
    since: str
    of: str = ""
    descriptions: Names = ("", "", "")
    times: tuple[int, ...] = ()


# The sends are published figures, everything else is invented.
FEATURES: Final = (
    Can(
        "sends",
        ("E-mails a month", "E-mail al mese", "E-maily za měsíc"),
        "starter",
        descriptions=(
            "How many may be sent, counted by the contact limit.",
            "Quante se ne possono inviare, in base al limite di contatti.",
            "Kolik jich lze odeslat, podle limitu kontaktů.",
        ),
        times=(10, 10, 12, 15),
    ),
    Can(
        "timeline",
        ("Timeline of each contact", "Cronologia di ogni contatto", "Časová osa každého kontaktu"),
        "starter",
    ),
    Can("forms", ("Web forms", "Moduli web", "Webové formuláře"), "starter"),
    Can("campaigns", ("Campaigns", "Campagne", "Kampaně"), "starter", "marketing"),
    Can(
        "deals", ("Deals and tasks", "Trattative e attività", "Obchody a úkoly"), "starter", "sales"
    ),
    Can(
        "automations",
        ("Automations", "Automazioni", "Automatizace"),
        "plus",
        descriptions=(
            "What happens by itself once a contact does something.",
            "Ciò che avviene da sé quando un contatto fa qualcosa.",
            "Co se stane samo, jakmile kontakt něco udělá.",
        ),
    ),
    Can(
        "own-fields",
        ("Fields of your own", "Campi personalizzati", "Vlastní pole"),
        "plus",
    ),
    Can(
        "landing-pages",
        ("Landing pages", "Pagine di destinazione", "Vstupní stránky"),
        "plus",
        "marketing",
    ),
    Can("offers", ("Written offers", "Preventivi", "Cenové nabídky"), "plus", "sales"),
    Can("roles", ("Roles and teams", "Ruoli e team", "Role a týmy"), "pro"),
    Can(
        "experiments",
        ("Tests of two versions", "Test di due versioni", "Testy dvou verzí"),
        "pro",
        "marketing",
    ),
    Can(
        "best-hour",
        ("Sending at the best hour", "Invio all'ora migliore", "Odesílání v nejlepší hodinu"),
        "pro",
        "marketing",
    ),
    Can(
        "forecast",
        ("Sales forecast", "Previsione delle vendite", "Předpověď prodeje"),
        "pro",
        "sales",
    ),
    Can(
        "telephone", ("Support by telephone", "Assistenza telefonica", "Telefonická podpora"), "pro"
    ),
    Can(
        "origin",
        ("Where sales come from", "Origine delle vendite", "Odkud přicházejí prodeje"),
        "enterprise",
        "marketing",
    ),
    Can("territories", ("Territories", "Territori", "Obchodní oblasti"), "enterprise", "sales"),
    Can(
        "single-sign-on",
        ("Single sign-on", "Accesso unico (SSO)", "Jednotné přihlášení (SSO)"),
        "enterprise",
    ),
    Can(
        "own-adviser",
        ("An adviser of your own", "Un consulente dedicato", "Vlastní poradce"),
        "enterprise",
    ),
    Can(
        "handing-over",
        (
            "Leads handed from marketing to sales",
            "Contatti passati dal marketing alle vendite",
            "Předávání kontaktů z marketingu do prodeje",
        ),
        "starter",
        BUNDLE,
    ),
)


def write() -> None:
    """Put them into the catalogue, unless they stand there; the products come after them."""
    if PlanLine.objects.filter(family=FAMILY).exists():
        return
    lines = {
        code: PlanLine.objects.create(
            family=FAMILY, code=code, position=10 * place, **_named("name", names)
        )
        for place, (code, (names, _)) in enumerate(PLAN_PRODUCTS.items(), 1)
    }
    lines[BUNDLE].bundles.set([line for code, line in lines.items() if code != BUNDLE])
    levels = {
        code: PlanLevel.objects.create(
            family=FAMILY, code=code, position=10 * place, **_named("name", (name, name, name))
        )
        for place, (code, (name, *_)) in enumerate(LEVELS.items(), 1)
    }
    for place, can in enumerate(FEATURES, 1):
        _write_one(can, 10 * place, lines, levels)


def _write_one(
    can: Can, position: int, lines: dict[str, PlanLine], levels: dict[str, PlanLevel]
) -> None:
    feature = Feature.objects.create(
        code=can.code,
        position=position,
        placeholder=not can.times,
        **_named("name", can.names),
        **_named("description", can.descriptions),
    )
    if can.of:
        feature.lines.set([lines[can.of]])
    having = list(levels)[list(levels).index(can.since) :]
    for place, code in enumerate(having):
        times = can.times[place] if can.times else None
        LevelFeature.objects.create(feature=feature, level=levels[code], times=times)


def _named(what: str, names: Names) -> dict[str, str]:
    return {
        f"{what}_{language}": name for language, name in zip(("en", "it", "cs"), names, strict=True)
    }
