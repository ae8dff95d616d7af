"""What a queue may have switched on: the rules of LIC-9, without a database."""

import pytest

from licensing.metered import Switch
from licensing.queue_rules import Feature, Reason, Settings, obstacle, obstacles

ALL = frozenset(Switch)
CHANNELS = ("voice", "email", "chat", "sms", "social")


@pytest.mark.parametrize("channel", CHANNELS)
def test_each_channel_has_what_it_may(channel):  # LIC-9, LIC-10
    wanted = Settings(channel, speech_to_text=channel == "voice")

    against = {one: obstacle(one, wanted, on=ALL) for one in Feature}

    assert against == {
        Feature.SMART_ROUTING: None if channel == "email" else Reason.ONLY_EMAIL,
        Feature.AI_TOPICS: None,
        Feature.AI_QA: None,
        Feature.SPEECH_TO_TEXT: None if channel == "voice" else Reason.ONLY_CALLS,
    }


def test_topics_of_calls_need_them_written_down():  # LIC-9
    assert obstacle(Feature.AI_TOPICS, Settings("voice"), on=ALL) is Reason.CALLS_NEED_SPEECH
    assert obstacle(Feature.AI_TOPICS, Settings("voice", speech_to_text=True), on=ALL) is None


def test_a_form_that_is_not_allowed_reviews_nothing():  # LIC-9
    wanted = Settings("chat", ai_qa=True, form_allowed=False)

    assert obstacles(wanted, on=ALL) == {Feature.AI_QA: Reason.FORM_NOT_ALLOWED}


@pytest.mark.parametrize(
    ("on", "reasons"),
    [
        (frozenset(), {Reason.POWER_PACK_OFF, Reason.SPEECH_OFF}),
        (frozenset({Switch.POWER_PACK}), {Reason.SPEECH_OFF}),
        (frozenset({Switch.SPEECH_TO_TEXT}), {Reason.POWER_PACK_OFF}),
        (ALL, set()),
    ],
)
def test_nothing_is_on_without_its_switch(on, reasons):  # LIC-9, LIC-10
    wanted = Settings("voice", ai_topics=True, ai_qa=True, speech_to_text=True)

    assert set(obstacles(wanted, on=on).values()) == reasons


def test_what_is_not_wanted_stands_in_nobodys_way():
    assert obstacles(Settings("sms"), on=frozenset()) == {}
