"""The form by which the desk says how a refund that needed a person was dealt with."""

from __future__ import annotations

from typing import Any, Final

from django import forms

from billing.dealing import came_again
from billing.models import DealtWith, RefundAttempt

PUT_BACK: Final = "put_back"
ELSEWHERE: Final = "elsewhere"


class DealingForm(forms.Form):
    """What was done, and where the money of a refund that came again is."""

    reason = forms.CharField(
        label="What was done",
        max_length=DealtWith.REASON_LENGTH,
        help_text="For the desk, with your name. It is never edited.",
        error_messages={"required": "Write what was done about it: nobody else knows."},
    )
    money = forms.ChoiceField(
        label="Where the money is",
        choices=[
            (ELSEWHERE, "The customer has it another way"),
            (PUT_BACK, "It is with us: it is credit again"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Say where the money is: the books depend on it."},
    )

    def __init__(self, data: Any, *, refund: RefundAttempt) -> None:
        super().__init__(data)
        if not came_again(refund):
            del self.fields["money"]

    @property
    def puts_back(self) -> bool:
        return bool(self.cleaned_data.get("money") == PUT_BACK)
