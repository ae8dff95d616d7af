"""Logs: one line for one thing that happened, key=value, on standard error."""

from __future__ import annotations

from typing import Any


def logging_at(level: str) -> dict[str, Any]:
    """The settings of Python's logging, from this level up."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "format": "{asctime} level={levelname} logger={name} {message}",
                "style": "{",
                "datefmt": "%Y-%m-%dT%H:%M:%S%z",
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "django.server": {"handlers": [], "level": "INFO", "propagate": True},
        },
    }
