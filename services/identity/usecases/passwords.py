"""Password hashes: argon2id in a thread, so that a sign-in does not hold up the others."""

import asyncio
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError


class Passwords:
    """argon2id with 19 MiB, two passes, one lane (OWASP's minimum)."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._decoy = self._hasher.hash(secrets.token_hex())

    async def hash(self, password: str) -> str:
        return await asyncio.to_thread(self._hasher.hash, password)

    async def matches(self, password: str, password_hash: str | None) -> bool:
        """False without a hash as well, after the same time: an unknown login cannot be told from a wrong password."""
        return await asyncio.to_thread(self._verify, password, password_hash)

    def _verify(self, password: str, password_hash: str | None) -> bool:
        try:
            self._hasher.verify(password_hash or self._decoy, password)
        except VerificationError:
            return False
        return password_hash is not None
