"""Messages of the bell that tests name in INBOX_MESSAGES."""

from django.utils.translation import get_language

from accounts.inbox import Told
from accounts.models import InboxMessage


def waiting(message: InboxMessage) -> Told:
    return Told(
        text=f"{message.details['who']} waits for approval ({get_language()})",
        link=f"/accounts/{message.account_id}/team/",
    )
