"""What the deploy files say, as Python sees it."""

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic.fields import FieldInfo

from bezkart.kit.settings import Settings
from services.bot.settings import BotSettings
from services.campaigns.settings import CampaignsSettings
from services.feedback.settings import FeedbackSettings
from services.identity.settings import IdentitySettings
from services.notifications.settings import NotificationsSettings
from services.purchases.settings import PurchasesSettings
from services.reports.settings import ReportsSettings
from services.segments.settings import SegmentsSettings
from services.web.settings import WebSettings

ROOT: Final = Path(__file__).parents[2]
DEPLOY: Final = ROOT / "deploy"
CHART: Final = DEPLOY / "helm" / "bezkart"
VALUES: Final = {name: DEPLOY / "helm" / "values" / f"{name}.yaml" for name in ("trial", "production", "minimal")}

SETTINGS: Final[dict[str, type[Settings]]] = {
    "bot": BotSettings,
    "campaigns": CampaignsSettings,
    "feedback": FeedbackSettings,
    "identity": IdentitySettings,
    "notifications": NotificationsSettings,
    "purchases": PurchasesSettings,
    "reports": ReportsSettings,
    "segments": SegmentsSettings,
    "standins": Settings,
    "web": WebSettings,
}
"""The environment of each service."""


def setting_names(service: str) -> set[str]:
    """Every name that the processes of a service read."""
    return {f"BEZKART_{name.upper()}" for name in SETTINGS[service].model_fields}


def required_names(service: str) -> set[str]:
    """Names without which a process of a service does not start."""
    fields: dict[str, FieldInfo] = SETTINGS[service].model_fields
    return {f"BEZKART_{name.upper()}" for name, field in fields.items() if field.is_required()}


@cache
def read_yaml(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
