"""Secrets of one run directory: made once, kept in `secrets.json`, read again at every start (the data needs them)."""

import base64
import json
import secrets
from dataclasses import asdict, dataclass, fields

from joserfc.jwk import KeySet, OKPKey

from bezkart.local.rundir import RunDir, write_private

_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@dataclass(frozen=True, slots=True)
class Secrets:
    stack_id: str
    ops_key: str
    bot_key: str
    jwt_private_jwk: str
    jwt_public_jwks: str
    guest_id_key: str
    phone_keys: str
    phone_index_key: str
    push_private_key: str
    contact_keys: str
    redis_password: str
    amqp_user: str
    amqp_password: str
    erlang_cookie: str


def load_or_create(run_dir: RunDir) -> Secrets:
    """The secrets of this run directory. A file made by an older version gets what it lacks and keeps what it has."""
    try:
        known = json.loads(run_dir.secrets_file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        known = {}
    made = asdict(fresh())
    if {"jwt_private_jwk", "jwt_public_jwks"} - set(known):
        known.pop("jwt_private_jwk", None)  # the two are one pair
        known.pop("jwt_public_jwks", None)
    names = [field.name for field in fields(Secrets)]
    complete = {name: str(known.get(name) or made[name]) for name in names}
    if any(known.get(name) != complete[name] for name in names):
        write_private(run_dir.secrets_file, json.dumps({**known, **complete}, indent=2) + "\n")
    return Secrets(**complete)


def fresh() -> Secrets:
    """Secrets that nobody had before."""
    key = OKPKey.generate_key("Ed25519", {"kid": secrets.token_hex(8), "use": "sig"})
    return Secrets(
        stack_id=secrets.token_hex(8),
        ops_key=secrets.token_urlsafe(32),
        bot_key=secrets.token_urlsafe(32),
        jwt_private_jwk=json.dumps(key.as_dict(private=True)),
        jwt_public_jwks=json.dumps(KeySet([key]).as_dict(private=False)),
        guest_id_key=secrets.token_urlsafe(32),
        phone_keys=base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),  # the form of a Fernet key
        phone_index_key=secrets.token_urlsafe(32),
        push_private_key=_p256_scalar(),
        contact_keys=base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        redis_password=secrets.token_hex(16),
        amqp_user=f"bezkart-{secrets.token_hex(4)}",
        amqp_password=secrets.token_hex(16),
        erlang_cookie=secrets.token_hex(16).upper(),
    )


def _p256_scalar() -> str:
    """A private key on P-256 as VAPID tools write it: 32 octets in base64url."""
    number = 1 + secrets.randbelow(_P256_ORDER - 1)
    return base64.urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode()
