"""Queues and what is switched on in them, in words and as the rules see it."""

from __future__ import annotations

from typing import Final

from django.utils.translation import get_language_info, gettext_lazy

from licensing.models import QaForm, Queue
from licensing.queue_rules import Feature, Settings
from licensing.wording import listed

NAMES: Final = {
    Feature.SMART_ROUTING: gettext_lazy("Smart routing"),
    Feature.AI_TOPICS: gettext_lazy("AI topics"),
    Feature.AI_QA: gettext_lazy("AI QA"),
    Feature.SPEECH_TO_TEXT: gettext_lazy("Speech-to-text"),
}


def settings_of(queue: Queue) -> Settings:
    """What is switched on in a queue, as the rules see it."""
    form = queue.ai_qa_form
    return Settings(
        channel=queue.channel,
        smart_routing=queue.smart_routing,
        ai_topics=queue.ai_topics,
        ai_qa=form is not None,
        form_allowed=form is None or form.allowed_for_ai,
        speech_to_text=queue.speech_to_text,
    )


def described(queue: Queue) -> list[str]:
    """What is switched on in a queue, in words."""
    found = []
    if queue.smart_routing:
        found.append(str(NAMES[Feature.SMART_ROUTING]))
    if queue.ai_topics:
        found.append(str(NAMES[Feature.AI_TOPICS]))
    if queue.ai_qa_form is not None:
        found.append(f"{NAMES[Feature.AI_QA]}: {queue.ai_qa_form.name}")
    if queue.speech_to_text:
        spoken = language_name(queue.speech_language)
        found.append(f"{NAMES[Feature.SPEECH_TO_TEXT]}: {spoken}")
    return found


def language_name(code: str) -> str:
    """What a language is called in the reader's."""
    return str(get_language_info(code)["name_translated"])


def reviewed_by(form: QaForm) -> str:
    """Which queues AI QA reviews by this form; empty where none."""
    names = list(Queue.objects.filter(ai_qa_form=form).values_list("name", flat=True))
    return listed(names) if names else ""
