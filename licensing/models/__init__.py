"""The nouns of licensing."""

from licensing.models.queues import QaForm, Queue, QueueLogin

__all__ = ["QaForm", "Queue", "QueueLogin"]
