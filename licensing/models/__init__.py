"""The nouns of licensing."""

from licensing.models.conversations import ConversationsDay, ConversationsLevel, Level
from licensing.models.limits import UsageLimit, UsageLimitStep
from licensing.models.queues import QaForm, Queue, QueueLogin
from licensing.models.recording import RecordingRetention

__all__ = [
    "ConversationsDay",
    "ConversationsLevel",
    "Level",
    "QaForm",
    "Queue",
    "QueueLogin",
    "RecordingRetention",
    "UsageLimit",
    "UsageLimitStep",
]
