"""A process's environment. Built once in a service's `app.py`, never at import."""

import os
from typing import Literal

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SecretsSettingsSource, SettingsConfigDict

from bezkart.kit import faults

MIN_SECRET_LENGTH = 32
SECRETS_DIR = "BEZKART_SECRETS_DIR"
"""Names a folder with a file per setting, as Docker mounts secrets; the environment goes before it."""


class Settings(BaseSettings):
    """What every process reads, each name with the prefix `BEZKART_`.

    `namespace` goes before every database, exchange, queue and Redis key, so several systems can share one set of stores.
    `faults` is for chaos tests (`kit.faults`). `otlp_endpoint` is the base address of a collector of traces (OTLP over HTTP),
    none where it is empty; `otlp_share` the part of all traces that is recorded.
    """

    model_config = SettingsConfigDict(env_prefix="BEZKART_", extra="ignore", frozen=True)

    env: Literal["prod", "dev", "demo"] = "prod"
    namespace: str = ""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    http_host: str = "127.0.0.1"
    http_port: int = 8000
    faults: str = ""
    otlp_endpoint: str = ""
    otlp_share: float = Field(default=1.0, ge=0, le=1)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment, then the folder of secrets where one is named."""
        folder = os.environ.get(SECRETS_DIR)
        files = (SecretsSettingsSource(settings_cls, secrets_dir=folder),) if folder else ()
        return (init_settings, env_settings, *files)

    @field_validator("faults")
    @classmethod
    def _known_points(cls, text: str) -> str:
        faults.parse(text)
        return text

    @model_validator(mode="after")
    def _refuse_faults(self) -> "Settings":
        if self.faults and self.env == "prod":
            raise ValueError("BEZKART_FAULTS kills the process on purpose: refused in production")
        return self

    @model_validator(mode="after")
    def _refuse_weak_secrets(self) -> "Settings":
        for name, value in self:
            weak = isinstance(value, SecretStr) and len(value.get_secret_value()) < MIN_SECRET_LENGTH
            if weak and self.env == "prod":
                raise ValueError(
                    f"BEZKART_{name.upper()} is shorter than {MIN_SECRET_LENGTH} characters: refused in production"
                )
        return self


class HttpSettings(Settings):
    """A process that answers requests of signed-in people: it verifies their tokens by itself."""

    jwt_public_jwks: str


class StoreSettings(Settings):
    """A process with stores and the broker."""

    mongo_url: str
    redis_url: str
    amqp_url: str


class GuestIdSettings(Settings):
    """A process that issues guest ids or tells genuine ones from foreign ones."""

    guest_id_key: SecretStr


class BackboneSettings(HttpSettings, StoreSettings, GuestIdSettings):
    """What a process needs to stand on the backbone (`kit.backbone`)."""
