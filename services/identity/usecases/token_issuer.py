"""Signs the short-lived tokens that every service verifies by itself."""

import json
from datetime import datetime
from typing import Final

from joserfc import jwt
from joserfc.jwk import OKPKey

from bezkart.kit.auth import ALGORITHM, Caller, claims_of

TOKEN_SECONDS: Final = 60


class TokenIssuer:
    """Signs tokens with identity's private key."""

    def __init__(self, private_jwk: str) -> None:
        self._key = OKPKey.import_key(json.loads(private_jwk))

    def issue(self, caller: Caller, now: datetime) -> str:
        header = {"alg": ALGORITHM, "kid": self._key.kid}
        claims = claims_of(caller, expires=int(now.timestamp()) + TOKEN_SECONDS)
        return jwt.encode(header, claims, self._key, algorithms=[ALGORITHM])
