"""Tokens and settings: what is not signed by identity, or is too old, opens nothing."""

import json
from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from time import time

import pytest
from joserfc import jwt
from joserfc.jwk import OKPKey
from pydantic import SecretStr, ValidationError

from bezkart.kit.auth import ALGORITHM, Caller, Role, TokenVerifier, Unauthenticated, claims_of
from bezkart.kit.settings import Settings
from services.identity.usecases.token_issuer import TOKEN_SECONDS, TokenIssuer

KEY = OKPKey.generate_key("Ed25519", {"kid": "k1"})
CALLER = Caller("s_1", Role.OWNER, "x", "demo", "Europe/Moscow", "RUB", "pro", by_cookie=True)


def verifier(key: OKPKey = KEY) -> TokenVerifier:
    return TokenVerifier(json.dumps({"keys": [key.as_dict(private=False)]}))


def issued(*, age: int = 0) -> str:
    issuer = TokenIssuer(json.dumps(KEY.as_dict(private=True)))
    return issuer.issue(CALLER, datetime.fromtimestamp(time() - age, UTC))


def test_what_identity_issues_the_services_read() -> None:
    assert verifier().caller(f"Bearer {issued()}") == CALLER


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Bearer x.y.z", "Basic eDp5", "Bearer " + "a" * 5000])
def test_nothing_else_is_a_token(header: str) -> None:
    with pytest.raises(Unauthenticated):
        verifier().caller(header)


def test_an_old_token_is_refused_also_when_it_was_seen_young() -> None:
    with pytest.raises(Unauthenticated):
        verifier().caller(f"Bearer {issued(age=TOKEN_SECONDS + 1)}")


def test_another_key_or_algorithm_is_refused() -> None:
    stranger = OKPKey.generate_key("Ed25519", {"kid": "k1"})
    with pytest.raises(Unauthenticated):
        verifier(stranger).caller(f"Bearer {issued()}")
    parts = [{"alg": "none", "kid": "k1"}, claims_of(CALLER, expires=int(time()) + 60)]
    unsigned = ".".join(urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts) + "."
    with pytest.raises(Unauthenticated):
        verifier().caller(f"Bearer {unsigned}")


def test_a_token_without_a_claim_is_refused() -> None:
    claims = claims_of(CALLER, expires=int(time()) + 60)
    del claims["shop"]
    token = jwt.encode({"alg": ALGORITHM, "kid": "k1"}, claims, KEY, algorithms=[ALGORITHM])
    with pytest.raises(Unauthenticated):
        verifier().caller(f"Bearer {token}")


class WithSecret(Settings):
    some_secret: SecretStr


def test_development_secrets_are_refused_in_production() -> None:
    assert WithSecret(env="dev", some_secret=SecretStr("short")).env == "dev"
    assert WithSecret(env="prod", some_secret=SecretStr("s" * 32)).env == "prod"
    with pytest.raises(ValidationError, match="BEZKART_SOME_SECRET"):
        WithSecret(env="prod", some_secret=SecretStr("short"))
