"""Letters that tests name in MAIL_LETTERS."""

from accounts.mail import Attachment, Message
from accounts.models import Letter


def plain(letter: Letter) -> Message:
    return Message(
        subject=f"About\n{letter.subject_id}",
        text=f"Text in {letter.language}",
        html=f"<p>Text in {letter.language}</p>",
        reply_to="billing@example.com",
        attachments=(Attachment("a.pdf", b"%PDF-", "application/pdf"),),
    )


def broken(letter: Letter) -> Message:
    raise ZeroDivisionError("The letter cannot be written.")
