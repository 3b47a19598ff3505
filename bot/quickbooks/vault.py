"""Tokens at rest: encrypted, and bound to the company they belong to."""

import json
from dataclasses import asdict, dataclass, field

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from bot.errors import BotError, ConfigError


class VaultError(BotError):
    """The stored tokens cannot be read with the keys in SECRET_KEYS."""


@dataclass(frozen=True)
class Tokens:
    """What one company's connection consists of. Its repr shows no secret."""

    company_id: int
    realm_id: str
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)


def new_key() -> str:
    """Make a key for SECRET_KEYS."""
    return Fernet.generate_key().decode("ascii")


class Vault:
    """Seals with the first key, opens with any of them (so that keys can be changed)."""

    def __init__(self, secret_keys: str) -> None:
        """Take the comma-separated keys of SECRET_KEYS. Raises ConfigError."""
        keys = [key.strip() for key in secret_keys.split(",") if key.strip()]
        if not keys:
            msg = "SECRET_KEYS is empty; make a key with `python app.py keys new`"
            raise ConfigError(msg)
        try:
            self._fernet = MultiFernet([Fernet(key) for key in keys])
        except ValueError:
            msg = (
                "SECRET_KEYS holds something that is not a key; "
                "make one with `python app.py keys new`"
            )
            raise ConfigError(msg) from None

    def seal(self, tokens: Tokens) -> str:
        """Encrypt; the company id goes inside, so that a row copied to another is refused."""
        return self._fernet.encrypt(json.dumps(asdict(tokens)).encode()).decode("ascii")

    def open(self, company_id: int, sealed: str) -> Tokens:
        """Decrypt what `seal` made for this company. Raises VaultError."""
        try:
            tokens = Tokens(**json.loads(self._fernet.decrypt(sealed.encode())))
        except (InvalidToken, ValueError, TypeError):
            raise VaultError from None
        if tokens.company_id != company_id:
            msg = "The stored tokens belong to another company; nothing was done with them."
            raise VaultError(msg)
        return tokens
