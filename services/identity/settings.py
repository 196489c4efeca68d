"""The environment of identity."""

from pydantic import SecretStr

from bezkart.kit.backbone import BackboneSettings


class IdentitySettings(BackboneSettings):
    """`phone_keys`: Fernet keys, comma separated, the newest first; `contact_keys`: the same for the way to notifications;
    `jwt_private_jwk`: the Ed25519 key that signs tokens."""

    jwt_private_jwk: SecretStr
    phone_keys: SecretStr
    phone_index_key: SecretStr
    contact_keys: SecretStr
    ops_key: SecretStr
    cookie_secure: bool = True
