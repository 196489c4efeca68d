"""The environment of identity."""

from pydantic import SecretStr

from bezkart.kit.settings import BackboneSettings


class IdentitySettings(BackboneSettings):
    """`phone_keys`: Fernet keys, comma separated, the newest first; `contact_keys`: the same for the way to notifications;
    `jwt_private_jwk`: the Ed25519 key that signs tokens; `bot_key`: the one that the bot signs its assertions with.

    `codes_per_address` and `codes_per_shop`: how many sign-in codes an hour may cost.
    """

    jwt_private_jwk: SecretStr
    phone_keys: SecretStr
    phone_index_key: SecretStr
    contact_keys: SecretStr
    ops_key: SecretStr
    bot_key: SecretStr
    bot_username: str = ""
    codes_per_address: int = 60  # the guests of a café share its address
    codes_per_shop: int = 200
    cookie_secure: bool = True
