"""The floor that puts the others together: settings, addresses, background work, the launcher."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
