"""Puts the whole stack together: which processes, on which ports, with which environment."""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from bezkart.local import gateway, health
from bezkart.local.keys import Secrets
from bezkart.local.ports import HOST
from bezkart.local.programs import Programs
from bezkart.local.rundir import PROJECT_ROOT, RunDir
from bezkart.local.servers import STORE_PORTS, VHOST, store_specs
from bezkart.local.services import SERVICES, Need, Service
from bezkart.local.spec import Spec, Stage
from bezkart.local.standins import logins

Env = Literal["demo", "dev"]
Parts = Literal["all", "stores"]
ENVS: Final[dict[str, Env]] = {"demo": "demo", "dev": "dev"}
PARTS: Final[dict[str, Parts]] = {"all": "all", "stores": "stores"}

STACK_ID = "BEZKART_STACK_ID"
"""In the environment of every process of a stack, so that none can be lost."""

_PACES = (
    "BEZKART_TELEGRAM_PER_SECOND",
    "BEZKART_TELEGRAM_SECONDS_PER_CHAT",
    "BEZKART_SMS_PER_SECOND",
    "BEZKART_BOT_PER_SECOND",
)
"""For the benchmarks: how fast it goes where no provider sets a limit."""

_TRACES = ("BEZKART_OTLP_ENDPOINT", "BEZKART_OTLP_SHARE")

_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "BEZKART_LOG_LEVEL", "BEZKART_FAULTS", *_TRACES, *_PACES)
_SMS_PROVIDER: Final = "smsc"
_TELEGRAM: Final = "https://api.telegram.org"
_RATING_DELAY: Final[dict[Env, str]] = {"demo": "20", "dev": "1800"}
"""Seconds from a purchase to the question about it: whoever tries the demo does not wait half an hour."""

_STORE_OF = {Need.MONGO: "mongo", Need.REDIS: "redis", Need.AMQP: "rabbitmq"}


@dataclass(frozen=True, slots=True)
class Plan:
    run_dir: RunDir
    env: Env
    ports: Mapping[str, int]
    secrets: Secrets
    programs: Programs
    services: tuple[Service, ...]

    @property
    def mongo_url(self) -> str:
        return f"mongodb://{HOST}:{self.ports['mongo']}/?replicaSet=bezkart"

    @property
    def redis_url(self) -> str:
        return f"redis://:{self.secrets.redis_password}@{HOST}:{self.ports['redis']}/0"

    @property
    def amqp_url(self) -> str:
        login = f"{self.secrets.amqp_user}:{self.secrets.amqp_password}"
        return f"amqp://{login}@{HOST}:{self.ports['rabbitmq']}/{VHOST}"

    @property
    def management_url(self) -> str:
        login = f"{self.secrets.amqp_user}:{self.secrets.amqp_password}"
        return f"http://{login}@{HOST}:{self.ports['rabbitmq-management']}"

    def url(self, name: str) -> str:
        return f"http://{HOST}:{self.ports[name]}"

    def addresses(self) -> dict[str, str]:
        """The head of `stack.json`."""
        gateway_address = (
            {"gateway": self.url("gateway"), "phones": self.url("standins") + "/phone"} if self.services else {}
        )
        return gateway_address | {
            "mongo_url": self.mongo_url,
            "redis_url": self.redis_url,
            "amqp_url": self.amqp_url,
            "rabbitmq_management": self.management_url,
        }

    def specs(self) -> list[Spec]:
        """Every process; writes the configuration files of the servers."""
        base = self._base_environment()
        specs = store_specs(self.run_dir, ports=self.ports, secrets=self.secrets, programs=self.programs, base=base)
        if self.services:
            specs += [self._service(service, base) for service in self.services]
            specs.append(gateway.spec(self.run_dir, ports=self.ports, program=self.programs.nginx, base=base))
        return specs

    def _base_environment(self) -> dict[str, str]:
        passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        return {**passed_on, "PYTHONUNBUFFERED": "1", STACK_ID: self.secrets.stack_id}

    def _service(self, service: Service, base: Mapping[str, str]) -> Spec:
        values = self._values()
        environment = {**base, "BEZKART_ENV": self.env, **{need.value: values[need] for need in service.needs}}
        port = self.ports[service.name] if service.has_http else None
        if port is not None:
            environment |= {"BEZKART_HTTP_HOST": HOST, "BEZKART_HTTP_PORT": str(port)}
        return Spec(
            name=service.name,
            stage=Stage.SERVICE,
            argv=(sys.executable, "-m", service.module, service.entry),
            environment=environment,
            folder=PROJECT_ROOT,
            port=port,
            after=frozenset(_STORE_OF[need] for need in service.after),
            healthy=health.http_ok(port, "/health/ready") if port is not None else health.alive,
        )

    def _values(self) -> dict[Need, str]:
        secrets = self.secrets
        return {
            Need.MONGO: self.mongo_url,
            Need.REDIS: self.redis_url,
            Need.AMQP: self.amqp_url,
            Need.TOKENS: secrets.jwt_public_jwks,
            Need.GUEST_IDS: secrets.guest_id_key,
            Need.SIGNING_KEY: secrets.jwt_private_jwk,
            Need.PHONES: secrets.phone_keys,
            Need.PHONE_INDEX: secrets.phone_index_key,
            Need.CONTACTS: secrets.contact_keys,
            Need.OPS: secrets.ops_key,
            Need.BOT_KEY: secrets.bot_key,
            Need.CODES_PER_ADDRESS: "1000",  # the machine is one address to itself, whoever signs in on it
            Need.GATEWAY_URL: self.url("gateway"),
            Need.COOKIES: "false",  # the local gateway speaks plain HTTP on loopback
            Need.IDENTITY_URL: self.url("identity"),
            Need.PURCHASES_URL: self.url("purchases"),
            Need.SEGMENTS_URL: self.url("segments"),
            Need.FEEDBACK_URL: self.url("feedback"),
            Need.CAMPAIGNS_URL: self.url("campaigns"),
            Need.REPORTS_URL: self.url("reports"),
            Need.RATING_DELAY: _RATING_DELAY[self.env],
            Need.NOTIFICATIONS_URL: self.url("notifications"),
            **self._stand_in_values(),
        }

    def _stand_in_values(self) -> dict[Need, str]:
        """On one machine nothing leaves the house: the stand-ins take the providers' place, unless a bot's token was given."""
        base = self.url("standins")
        return {
            **_telegram(f"{base}/telegram"),
            Need.SMS_PROVIDER: _SMS_PROVIDER,
            Need.SMS_API: f"{base}/{_SMS_PROVIDER}",
            Need.SMS_LOGIN: logins.SMS_LOGIN,
            Need.SMS_PASSWORD: logins.SMS_PASSWORD,
            Need.PUSH_KEY: self.secrets.push_private_key,
            Need.PUSH_SERVICES: json.dumps([HOST]),
            Need.INBOX_MIRROR: f"{base}/inbox",
        }


def _telegram(stand_in: str) -> dict[Need, str]:
    """The real one where the caller's environment has a bot's token."""
    if token := os.environ.get(Need.TELEGRAM_TOKEN.value):
        api = os.environ.get(Need.TELEGRAM_API.value) or _TELEGRAM
        name = os.environ.get(Need.BOT_NAME.value, "")
        return {Need.TELEGRAM_API: api, Need.TELEGRAM_TOKEN: token, Need.BOT_NAME: name}
    return {
        Need.TELEGRAM_API: stand_in,
        Need.TELEGRAM_TOKEN: logins.TELEGRAM_TOKEN,
        Need.BOT_NAME: logins.TELEGRAM_USERNAME,
    }


def port_names(parts: Parts) -> tuple[str, ...]:
    """Every port a stack of these parts listens on."""
    if parts == "stores":
        return STORE_PORTS
    return (*STORE_PORTS, "gateway", *(service.name for service in SERVICES if service.has_http))
