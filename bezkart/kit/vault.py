"""Personal data at rest: encrypted with keys that can be rotated, found by a keyed hash under another key."""

import hmac
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class VaultLocked(Exception):
    """None of the keys opens this text."""


class Envelopes:
    """Texts that only the holders of a key may read, at rest or between two services. `keys` are Fernet keys, the newest first."""

    def __init__(self, *, keys: Sequence[str]) -> None:
        fernets = [Fernet(key) for key in keys]
        self._newest = fernets[0]
        self._fernet = MultiFernet(fernets)

    def seal(self, text: str) -> str:
        """Encrypted text, another one each time."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """The text again. Raises VaultLocked."""
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken:
            raise VaultLocked from None

    def renew(self, sealed: str) -> str | None:
        """The same text under the newest key; None if it is under that already. Raises VaultLocked."""
        try:
            self._newest.decrypt(sealed)
        except InvalidToken:
            return self.seal(self.open(sealed))
        return None


class Vault(Envelopes):
    """Personal data that must be found again as well. `keys` are Fernet keys, the newest first: it encrypts, all of them decrypt."""

    def __init__(self, *, keys: Sequence[str], index_key: str) -> None:
        super().__init__(keys=keys)
        self._index_key = index_key.encode()

    def blind_index(self, scope: str, text: str) -> str:
        """The same text in the same `scope` gives the same hash; in two scopes (shops) they cannot be joined."""
        return hmac.new(self._index_key, f"{scope}\x1f{text}".encode(), "sha256").hexdigest()[:40]
