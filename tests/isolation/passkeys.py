"""A passkey without a device: what allauth keeps of one, for pages that list and remove it."""

from __future__ import annotations

from hashlib import sha256

from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

from accounts.models import User


def passkey_of(person: User) -> Authenticator:
    """A passkey of this person that nobody can sign in with."""
    key = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    name = str(person.pk).encode()
    known = AuthenticatorData.create(
        rp_id_hash=sha256(b"testserver").digest(),
        flags=AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.AT,
        counter=0,
        credential_data=AttestedCredentialData.create(Aaguid.NONE, name, key),
    )
    client = CollectedClientData.create("webauthn.create", name, "http://testserver")
    credential = {
        "id": websafe_encode(name),
        "rawId": websafe_encode(name),
        "type": "public-key",
        "response": {
            "clientDataJSON": websafe_encode(client),
            "attestationObject": websafe_encode(AttestationObject.create("none", known, {})),
        },
    }
    made: Authenticator = Authenticator.objects.create(
        user=person,
        type=Authenticator.Type.WEBAUTHN,
        data={"name": f"Passkey of {person.name}", "credential": credential},
    )
    return made
