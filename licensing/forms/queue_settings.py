"""The form of what is switched on in a queue."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from licensing.metered import Switch
from licensing.models import QaForm, Queue
from licensing.queue_rules import SPOKEN, Feature, obstacle
from licensing.queue_settings import Chosen, words
from licensing.queue_words import language_name, settings_of


class SettingsForm(forms.Form):
    """What is switched on in a queue; each field says what stands in its way. LIC-9, LIC-10."""

    smart_routing = forms.BooleanField(label=_("Smart routing"), required=False)
    ai_topics = forms.BooleanField(label=_("AI topics"), required=False)
    ai_qa_form = forms.TypedChoiceField(
        label=_("AI QA reviews by"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=_("Forms that are allowed for AI QA under QA forms."),
    )
    speech_to_text = forms.BooleanField(label=_("Speech-to-text"), required=False)
    speech_language = forms.ChoiceField(label=_("Language spoken"), required=False)

    def __init__(
        self, data: Any = None, *, queue: Queue, forms_allowed: list[QaForm], on: frozenset[Switch]
    ) -> None:
        initial = {
            "smart_routing": queue.smart_routing,
            "ai_topics": queue.ai_topics,
            "ai_qa_form": queue.ai_qa_form_id or "",
            "speech_to_text": queue.speech_to_text,
            "speech_language": queue.speech_language,
        }
        super().__init__(data, initial=initial)
        named = [("", _("No AI QA")), *((one.pk, one.name) for one in forms_allowed)]
        cast(forms.ChoiceField, self.fields["ai_qa_form"]).choices = named
        spoken = sorted(((code, language_name(code)) for code in SPOKEN), key=lambda one: one[1])
        choices = [("", _("Choose a language")), *spoken]
        cast(forms.ChoiceField, self.fields["speech_language"]).choices = choices
        for feature in Feature:
            reason = obstacle(feature, settings_of(queue), on=on)
            if reason is not None:
                self.fields[feature].help_text = words(reason)

    def chosen(self) -> Chosen:
        """What was chosen, once the form is valid."""
        cleaned = self.cleaned_data
        return Chosen(
            smart_routing=cleaned["smart_routing"],
            ai_topics=cleaned["ai_topics"],
            form_id=cleaned["ai_qa_form"],
            speech_to_text=cleaned["speech_to_text"],
            speech_language=cleaned["speech_language"],
        )
