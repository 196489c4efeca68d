"""Secrets of an installation in Docker or Kubernetes: a folder with one file per secret, made once."""

import base64
import hashlib
import json
import os
import secrets
from pathlib import Path

from bezkart.local.keys import Secrets, fresh
from bezkart.local.standins import logins

AMQP_USER = "bezkart"
WATCHER = "watcher"
_VHOST = "bezkart"


def write_missing(folder: Path, *, demo: bool) -> list[str]:
    """Write what is not there yet and return its names. `demo` adds the logins of the stand-ins.

    Only the owner may enter the folder; the files themselves can be read by all, because a container runs as another user.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    there = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir() if path.is_file()}
    if not {"BEZKART_JWT_PRIVATE_JWK", "BEZKART_JWT_PUBLIC_JWKS"} <= set(there):  # the two are one pair
        there.pop("BEZKART_JWT_PRIVATE_JWK", None)
        there.pop("BEZKART_JWT_PUBLIC_JWKS", None)
    wanted = _of_services(fresh()) | (_of_stand_ins() if demo else {})
    known = {**wanted, **_passwords(), **there}
    known = {**_of_stores(known), **known}
    missing = [name for name in sorted(known) if name not in there]
    for name in missing:
        _write(folder / name, known[name])
    return missing


def _of_services(made: Secrets) -> dict[str, str]:
    return {
        "BEZKART_JWT_PRIVATE_JWK": made.jwt_private_jwk,
        "BEZKART_JWT_PUBLIC_JWKS": made.jwt_public_jwks,
        "BEZKART_GUEST_ID_KEY": made.guest_id_key,
        "BEZKART_PHONE_KEYS": made.phone_keys,
        "BEZKART_PHONE_INDEX_KEY": made.phone_index_key,
        "BEZKART_CONTACT_KEYS": made.contact_keys,
        "BEZKART_OPS_KEY": made.ops_key,
        "BEZKART_BOT_KEY": made.bot_key,
        "BEZKART_BOT_WEBHOOK_SECRET": secrets.token_urlsafe(32),
        "BEZKART_PUSH_PRIVATE_KEY": made.push_private_key,
    }


def _of_stand_ins() -> dict[str, str]:
    return {"BEZKART_TELEGRAM_TOKEN": logins.TELEGRAM_TOKEN, "BEZKART_SMS_PASSWORD": logins.SMS_PASSWORD}


def _passwords() -> dict[str, str]:
    names = ("mongo-password", "redis-password", "amqp-password", "watcher-password", "grafana-password")
    keyfile = base64.b64encode(secrets.token_bytes(96)).decode()  # members of a set of MongoDB know each other by it
    return {"watcher-username": WATCHER, "mongo-keyfile": keyfile, **{name: secrets.token_hex(16) for name in names}}


def _of_stores(known: dict[str, str]) -> dict[str, str]:
    """What follows from the passwords: the addresses in docker-compose.yml, and the broker's users."""
    amqp = known["amqp-password"]
    return {
        "BEZKART_REDIS_URL": f"redis://:{known['redis-password']}@redis:6379/0",
        "BEZKART_AMQP_URL": f"amqp://{AMQP_USER}:{amqp}@rabbitmq:5672/{_VHOST}",
        "rabbitmq-definitions.json": _definitions(amqp=amqp, watcher=known["watcher-password"]),
    }


def _definitions(*, amqp: str, watcher: str) -> str:
    users = [_user(AMQP_USER, amqp, tags=[]), _user(WATCHER, watcher, tags=["monitoring"])]
    everything = {"configure": ".*", "write": ".*", "read": ".*"}
    nothing = {"configure": "^$", "write": "^$", "read": "^$"}
    permissions = [
        {"user": AMQP_USER, "vhost": _VHOST, **everything},
        {"user": WATCHER, "vhost": _VHOST, **nothing},
    ]
    return json.dumps({"users": users, "vhosts": [{"name": _VHOST}], "permissions": permissions}, indent=2)


def _user(name: str, password: str, *, tags: list[str]) -> dict[str, object]:
    salt = secrets.token_bytes(4)
    digest = hashlib.sha256(salt + password.encode()).digest()
    return {
        "name": name,
        "password_hash": base64.b64encode(salt + digest).decode(),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": tags,
    }


def _write(path: Path, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    path.chmod(0o644)
