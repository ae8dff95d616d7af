"""How often one may ask: sign-in and our own pages, as allauth counts them."""

from typing import Final

SIGN_IN: Final[dict[str, str]] = {
    "login": "20/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "signup": "20/h/ip",
    "confirm_email": "1/1m/key",
    "reset_password": "10/m/ip,3/10m/key",
    "reset_password_from_key": "10/m/ip",
    "change_password": "5/m/user",
    **dict.fromkeys(("manage_email", "reauthenticate"), "10/m/user"),
    # Our own pages: letters to others, accounts without end, and links that are tried.
    **{"invite": "100/h/user", "send_document": "20/h/user"},
    **{"open_account": "10/h/user", "accept_invitation": "10/m/ip"},
}
