"""What a queue may have switched on, and why not: the declared rules of LIC-9, without Django."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from licensing.metered import Switch

VOICE: Final = "voice"
EMAIL: Final = "email"
SPOKEN: Final = ("cs", "de", "en", "es", "fr", "it", "pl", "pt", "sk")
"""The languages that calls are written down in."""


class Feature(StrEnum):
    """What can be switched on in a queue, by the name of its field."""

    SMART_ROUTING = "smart_routing"
    AI_TOPICS = "ai_topics"
    AI_QA = "ai_qa_form"
    SPEECH_TO_TEXT = "speech_to_text"


class Reason(StrEnum):
    """Why something cannot be switched on in a queue."""

    ONLY_EMAIL = "only_email"
    ONLY_CALLS = "only_calls"
    POWER_PACK_OFF = "power_pack_off"
    SPEECH_OFF = "speech_off"
    CALLS_NEED_SPEECH = "calls_need_speech"
    FORM_NOT_ALLOWED = "form_not_allowed"


@dataclass(frozen=True, slots=True)
class Settings:
    """What is wanted in a queue. ``form_allowed``: the form that was chosen is allowed for AI."""

    channel: str
    smart_routing: bool = False
    ai_topics: bool = False
    ai_qa: bool = False
    form_allowed: bool = True
    speech_to_text: bool = False

    def has(self, feature: Feature) -> bool:
        """Whether this is switched on."""
        return {
            Feature.SMART_ROUTING: self.smart_routing,
            Feature.AI_TOPICS: self.ai_topics,
            Feature.AI_QA: self.ai_qa,
            Feature.SPEECH_TO_TEXT: self.speech_to_text,
        }[feature]


NEEDS: Final[Mapping[Feature, Switch]] = {
    Feature.SMART_ROUTING: Switch.POWER_PACK,
    Feature.AI_TOPICS: Switch.POWER_PACK,
    Feature.AI_QA: Switch.POWER_PACK,
    Feature.SPEECH_TO_TEXT: Switch.SPEECH_TO_TEXT,
}
_OFF: Final = {
    Switch.POWER_PACK: Reason.POWER_PACK_OFF,
    Switch.SPEECH_TO_TEXT: Reason.SPEECH_OFF,
}


def obstacle(feature: Feature, settings: Settings, *, on: frozenset[Switch]) -> Reason | None:
    """Why this feature cannot be on in such a queue; None where it can. ``on``: what is licensed.

    Smart routing is for e-mail queues alone; AI topics are for any queue, of calls only where they
    are written down; AI QA reviews by a form that is allowed for AI; speech-to-text is for calls.
    """
    return next(_obstacles(feature, settings, on), None)


def obstacles(settings: Settings, *, on: frozenset[Switch]) -> dict[Feature, Reason]:
    """What of all that is switched on cannot be, and why."""
    found = {one: obstacle(one, settings, on=on) for one in Feature if settings.has(one)}
    return {feature: reason for feature, reason in found.items() if reason is not None}


def _obstacles(feature: Feature, settings: Settings, on: frozenset[Switch]) -> Iterator[Reason]:
    calls = settings.channel == VOICE
    if feature is Feature.SMART_ROUTING and settings.channel != EMAIL:
        yield Reason.ONLY_EMAIL
    if feature is Feature.SPEECH_TO_TEXT and not calls:
        yield Reason.ONLY_CALLS
    if NEEDS[feature] not in on:
        yield _OFF[NEEDS[feature]]
    if feature is Feature.AI_TOPICS and calls and not settings.speech_to_text:
        yield Reason.CALLS_NEED_SPEECH
    if feature is Feature.AI_QA and not settings.form_allowed:
        yield Reason.FORM_NOT_ALLOWED
