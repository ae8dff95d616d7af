"""What a person says about themselves: their name, how they read, which e-mails they want."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from accounts.inbox import Topic
from accounts.models import NotificationChoice, User


@transaction.atomic
def change(
    *, person: User, name: str, language: str, time_zone: str, by_email: Mapping[Topic, bool]
) -> None:
    """Write a person's profile, and for each topic whether its messages come by e-mail too.

    An empty ``language`` is the browser's, an empty ``time_zone`` that of the account looked at.
    """
    person.name, person.language, person.time_zone = name, language, time_zone
    person.save(update_fields=["name", "language", "time_zone"])
    NotificationChoice.objects.bulk_create(
        [
            NotificationChoice(person=person, topic=topic, by_email=wanted)
            for topic, wanted in by_email.items()
        ],
        update_conflicts=True,
        unique_fields=["person", "topic"],
        update_fields=["by_email"],
    )


def choices(person: User) -> dict[Topic, bool]:
    """For each topic whether its messages come to this person by e-mail too."""
    rows = NotificationChoice.objects.filter(person=person)
    chosen = dict(rows.values_list("topic", "by_email"))
    return {topic: chosen.get(topic, True) for topic in Topic}
