"""Who may call which route, where ids go in it, and what somebody of another shop is answered. A new route needs a row here."""

from dataclasses import dataclass, field
from typing import Any, Final

ANONYMOUS, BARISTA, OWNER, SUPPORT, OPS = "anonymous", "barista", "owner", "support", "ops"
GUEST, VISITOR = "guest", "visitor"
ROLES: Final = (ANONYMOUS, BARISTA, OWNER, SUPPORT, OPS, GUEST, VISITOR)
EVERYBODY: Final = frozenset(ROLES)
STAFF: Final = frozenset({BARISTA, OWNER, SUPPORT})
OWNERS: Final = frozenset({OWNER, SUPPORT})
PLATFORM: Final = frozenset({OPS})
OWN: Final = frozenset({GUEST})
BY_TELEGRAM: Final = frozenset({GUEST, VISITOR})


@dataclass(frozen=True, slots=True)
class Row:
    """`{names}` in the path, `params` and `body` are filled in with ids of the foreign shop.

    `answers`: the status codes for those whose role may call it; all others get 401 or 403.
    """

    allowed: frozenset[str]
    answers: frozenset[int]
    params: dict[str, str] = field(default_factory=dict)
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


def row(
    allowed: frozenset[str],
    *answers: int,
    body: Any = None,
    params: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> Row:
    return Row(allowed, frozenset(answers), params or {}, body, headers or {})


KEY: Final = {"Idempotency-Key": "{key}"}
NEW_SHOP: Final = {"slug": "third-{role}", "name": "Третья"}
NEW_STAFF: Final = {"login": "hired-by-{role}", "name": "Новый", "password": "correct horse"}
NEW_GUEST: Final = {"phone": "{phone}", "card": "{card}", "consents": {"processing": True}}
OLD_GUEST: Final = {"phone": "{phone}", "card": "{card}", "registered_at": "2024-01-01T00:00:00Z"}
OLD_PURCHASE: Final = {"guest_id": "{guest_id}", "key": "row-{key}", "at": "2024-01-01T00:00:00Z"}
OF_GUEST: Final = {"guest_id": "{guest_id}"}
CORRECTION: Final = {"points": 100, "reason": "чужой"}
PROGRAM: Final = {"cups_per_gift": 7, "gift": "чай"}
THRESHOLDS: Final = {"new_days": 7, "active_days": 7, "sleeping_days": 30, "regular_purchases": 2}
PERIOD: Final = {"from": "2026-01-01", "to": "2026-01-02"}

OTHER_CODE: Final = {"code": "000000"}
SIGN_IN: Final = {"shop": "other", "phone": "{phone}"}  # anybody may have a code sent: it would stand in the shop's log
CONSENTS: Final = {"consents": {"processing": True}}

IDENTITY: Final = {
    "GET /api/v1/sessions": row(STAFF, 200),
    "POST /api/v1/sessions": row(EVERYBODY, 401, 429, body={"login": "{login}", "password": "guess"}),
    "GET /api/v1/sessions/current": row(STAFF, 200),
    "DELETE /api/v1/sessions/{session_id}": row(STAFF | OWN, 404),
    "POST /api/v1/guest-sign-ins": row(EVERYBODY, 202, 429, body=SIGN_IN),
    "POST /api/v1/guest-sign-ins/{sign_in_id}/confirm": row(EVERYBODY, 410, body=OTHER_CODE),
    "POST /api/v1/guest-sign-ins/{sign_in_id}/register": row(EVERYBODY, 410, body=CONSENTS),
    "POST /api/v1/telegram/guests": row(BY_TELEGRAM, 200, 201, 409, body={"phone": "{phone}", **CONSENTS}),
    "POST /api/v1/telegram/guests/prove": row(BY_TELEGRAM, 410, body={"sign_in_id": "{sign_in_id}", **OTHER_CODE}),
    "POST /api/v1/telegram/staff-links": row(BY_TELEGRAM, 410, body={"code": "{invitation}"}),
    "GET /api/v1/telegram/shops": row(BY_TELEGRAM, 200),
    "GET /api/v1/shops": row(PLATFORM, 200),
    "POST /api/v1/shops": row(PLATFORM, 201, body=NEW_SHOP),
    "GET /api/v1/shops/current": row(STAFF, 200),
    "PATCH /api/v1/shops/current": row(OWNERS, 200, body={"name": "Другая"}),
    "PATCH /api/v1/shops/{slug}": row(PLATFORM, 200, body={"name": "Другая"}),
    "GET /api/v1/shops/{slug}/card": row(EVERYBODY, 200),
    "POST /api/v1/shops/{slug}/sessions": row(PLATFORM, 201),
    "GET /api/v1/staff": row(OWNERS, 200),
    "POST /api/v1/staff": row(OWNERS, 201, body=NEW_STAFF),
    "DELETE /api/v1/staff/{staff_id}": row(OWNERS, 404),
    "POST /api/v1/staff/{staff_id}/telegram-invitation": row(OWNERS, 404),
    "DELETE /api/v1/staff/{staff_id}/telegram": row(OWNERS, 404),
    "POST /api/v1/guests/import": row(OWNERS, 200, body={"guests": [OLD_GUEST]}),
    "POST /api/v1/guests": row(STAFF, 201, 409, body=NEW_GUEST),
    "POST /api/v1/guests/search": row(STAFF, 200, body={"phone": "{phone}"}),
    "GET /api/v1/guests/totals": row(OWNERS, 200),
    "GET /api/v1/guests/lookups": row(OWNERS, 200),
    "GET /api/v1/guests/me": row(OWN, 200),
    "PATCH /api/v1/guests/me": row(OWN, 200, body={"name": "Сам"}),
    "DELETE /api/v1/guests/me": row(OWN, 204),
    "PUT /api/v1/guests/me/consents/{purpose}": row(OWN, 200, body={"granted": True}),
    "GET /api/v1/guests/me/export": row(OWN, 200),
    "GET /api/v1/guests/{guest_id}": row(STAFF, 404),
    "PATCH /api/v1/guests/{guest_id}": row(STAFF, 404, body={"name": "Чужой"}),
    "DELETE /api/v1/guests/{guest_id}": row(OWNERS, 404),
    "PUT /api/v1/guests/{guest_id}/consents/{purpose}": row(STAFF, 404, body={"granted": True}),
    "GET /api/v1/operations/identity/invariants": row(PLATFORM, 200),
    "POST /api/v1/operations/identity/keys/phones": row(PLATFORM, 200, body={}),
}
PURCHASES: Final = {
    "GET /api/v1/accounts/totals": row(OWNERS, 200),
    "GET /api/v1/accounts": row(STAFF, 200, params={"guest_id": "{guest_id}"}),
    "GET /api/v1/accounts/me": row(OWN, 200),
    "GET /api/v1/accounts/me/operations": row(OWN, 200),
    "GET /api/v1/accounts/me/export": row(OWN, 200),
    "GET /api/v1/accounts/me/offline-key": row(OWN, 200),
    "GET /api/v1/accounts/me/offline-code": row(OWN, 200),
    "GET /api/v1/accounts/{guest_id}": row(STAFF, 404),
    "GET /api/v1/accounts/{guest_id}/ledger": row(OWNERS, 404),
    "POST /api/v1/purchases": row(STAFF, 404, body={"guest_id": "{guest_id}"}, headers=KEY),
    "POST /api/v1/purchases/try": row(OWNERS, 404, body=OF_GUEST),
    "POST /api/v1/purchases/{purchase_id}/undo": row(STAFF, 404, body={"guest_id": "{guest_id}"}, headers=KEY),
    "GET /api/v1/accounts/flags": row(OWNERS, 200),
    "POST /api/v1/accounts/{guest_id}/referral": row(STAFF, 404, body={"code": "{share_code}"}, headers=KEY),
    "POST /api/v1/accounts/{guest_id}/adjustments": row(OWNERS, 404, body=CORRECTION, headers=KEY),
    "POST /api/v1/gifts/request": row(STAFF, 404, body=OF_GUEST, headers=KEY),
    "POST /api/v1/gifts/override": row(OWNERS, 404, body={**OF_GUEST, "reason": "чужой"}, headers=KEY),
    "POST /api/v1/gifts/issue-offline": row(STAFF, 404, body={**OF_GUEST, "code": "00000000"}, headers=KEY),
    "POST /api/v1/gifts/{gift_id}/resend": row(STAFF, 404, body=OF_GUEST, headers=KEY),
    "POST /api/v1/gifts/{gift_id}/issue": row(STAFF, 404, body={**OF_GUEST, "code": "000000"}, headers=KEY),
    "POST /api/v1/gifts/{gift_id}/release": row(STAFF, 404, body=OF_GUEST, headers=KEY),
    "POST /api/v1/gifts/{gift_id}/undo": row(STAFF, 404, body=OF_GUEST, headers=KEY),
    "GET /api/v1/program": row(STAFF, 200),
    "GET /api/v1/program/mine": row(BY_TELEGRAM, 200),
    "PUT /api/v1/program": row(OWNERS, 200, body=PROGRAM),
    "POST /api/v1/program/preview": row(OWNERS, 200, body=PROGRAM),
    "POST /api/v1/imports/purchases": row(OWNERS, 404, body={"rows": [OLD_PURCHASE]}),
    "GET /api/v1/operations/purchases/invariants": row(PLATFORM, 200),
    "GET /api/v1/operations/purchases/dead-letters": row(PLATFORM, 200),
    "GET /api/v1/operations/purchases/dead-letters/{letter_id}": row(PLATFORM, 404),
    "POST /api/v1/operations/purchases/dead-letters/{letter_id}/replay": row(PLATFORM, 404),
}
SEGMENTS: Final = {
    "GET /api/v1/segments/settings": row(OWNERS, 200),
    "PUT /api/v1/segments/settings": row(OWNERS, 200, body=THRESHOLDS),
    "GET /api/v1/segments/live": row(OWNERS, 200),
    "GET /api/v1/segments": row(OWNERS, 200),
    "GET /api/v1/segments/comparison": row(OWNERS, 200),
    "GET /api/v1/segments/snapshots": row(OWNERS, 200, params=PERIOD),
    "GET /api/v1/segments/totals": row(OWNERS, 200),
    "GET /api/v1/segments/guests/{guest_id}": row(OWNERS, 404),
    "GET /api/v1/operations/segments/invariants": row(PLATFORM, 200),
    "GET /api/v1/operations/segments/dead-letters": row(PLATFORM, 200),
    "GET /api/v1/operations/segments/dead-letters/{letter_id}": row(PLATFORM, 404),
    "POST /api/v1/operations/segments/dead-letters/{letter_id}/replay": row(PLATFORM, 404),
}
ORDER: Final = {"guest_id": "{guest_id}", "key": "row-{key}", "text": "привет"}
WORDS: Final = {"texts": {"ru": "Спасибо! [Ещё {{left}}.]"}}
ABOUT_GUEST: Final = {"guest_id": "{guest_id}"}
BROWSER: Final = {"endpoint": "https://push.example/x", "keys": {"p256dh": "x", "auth": "x"}}
NOTIFICATIONS: Final = {
    "GET /api/v1/messages": row(STAFF, 404, params=ABOUT_GUEST),
    "POST /api/v1/messages": row(frozenset({SUPPORT}), 404, body={"messages": [ORDER]}),
    "GET /api/v1/messages/{message_id}": row(STAFF, 404),
    "POST /api/v1/messages/{message_id}/escalate": row(STAFF, 404, body={"channel": "sms"}),
    "GET /api/v1/templates": row(OWNERS, 200),
    "PUT /api/v1/templates/{name}": row(OWNERS, 200, body=WORDS),
    "POST /api/v1/templates/{name}/preview": row(OWNERS, 200, body=WORDS),
    "GET /api/v1/channels": row(OWNERS, 200),
    "GET /api/v1/channels/reachability": row(OWNERS, 200),
    "GET /api/v1/inbox": row(OWNERS | OWN, 404, params=ABOUT_GUEST),
    "GET /api/v1/inbox/live": row(OWNERS | OWN, 404, params=ABOUT_GUEST),
    "POST /api/v1/inbox/read": row(OWN, 200, body={"up_to": "2026-01-01T00:00:00Z"}),
    "GET /api/v1/inbox/settings": row(OWN, 200),
    "PUT /api/v1/inbox/settings": row(OWN, 200, body={"receipts": False}),
    "GET /api/v1/inbox/push": row(OWN, 200),
    "PUT /api/v1/inbox/push": row(OWN, 200, 409, 422, 503, body=BROWSER),
    "DELETE /api/v1/inbox/push": row(OWN, 204),
    "GET /api/v1/inbox/export": row(OWN, 200),
    "GET /api/v1/operations/notifications/channels": row(PLATFORM, 200),
    "GET /api/v1/operations/notifications/invariants": row(PLATFORM, 200),
    "POST /api/v1/operations/notifications/keys/contacts": row(PLATFORM, 200, body={}),
    "GET /api/v1/operations/notifications/dead-letters": row(PLATFORM, 200),
    "GET /api/v1/operations/notifications/dead-letters/{letter_id}": row(PLATFORM, 404),
    "POST /api/v1/operations/notifications/dead-letters/{letter_id}/replay": row(PLATFORM, 404),
}
LETTER: Final = {"text": "привет"}
FEEDBACK: Final = {
    "GET /api/v1/feedback/live": row(OWNERS, 200),
    "GET /api/v1/feedback/mine": row(OWN, 200),
    "GET /api/v1/feedback/mine/export": row(OWN, 200),
    "GET /api/v1/feedback/ratings": row(OWNERS, 200),
    "POST /api/v1/feedback/ratings": row(OWN, 409, body={"stars": 1}),
    "POST /api/v1/feedback/ratings/{rating_id}": row(OWN, 404, body={"stars": 1}),
    "GET /api/v1/feedback/statistics": row(OWNERS, 200),
    "GET /api/v1/feedback/settings": row(OWNERS, 200),
    "PUT /api/v1/feedback/settings": row(OWNERS, 200, body={"ask_for_ratings": False}),
    "GET /api/v1/feedback/surveys": row(OWNERS, 200),
    "POST /api/v1/feedback/surveys": row(OWNERS, 201, 409, body={}),
    "GET /api/v1/feedback/surveys/{survey_id}": row(OWNERS, 404),
    "POST /api/v1/feedback/surveys/{survey_id}/answers": row(OWN, 404, body={"score": 0}),
    "GET /api/v1/feedback/threads": row(OWNERS, 200),
    "POST /api/v1/feedback/threads": row(OWN, 201, body=LETTER, headers=KEY),
    "GET /api/v1/feedback/threads/{thread_id}": row(OWNERS, 404),
    "POST /api/v1/feedback/threads/{thread_id}/messages": row(OWNERS | OWN, 404, body=LETTER, headers=KEY),
    "POST /api/v1/feedback/threads/{thread_id}/close": row(OWNERS, 404),
    "GET /api/v1/operations/feedback/invariants": row(PLATFORM, 200),
    "GET /api/v1/operations/feedback/dead-letters": row(PLATFORM, 200),
    "GET /api/v1/operations/feedback/dead-letters/{letter_id}": row(PLATFORM, 404),
    "POST /api/v1/operations/feedback/dead-letters/{letter_id}/replay": row(PLATFORM, 404),
}
MAILING: Final = {"name": "Чужая", "texts": [{"text": "Привет"}]}
AUDIENCE: Final = {"name": "Чужие", "audience": {"segments": ["new"]}}
TRIGGER: Final = {"name": "Чужой", "on": {"kind": "registered"}, "text": "Привет"}
RULE: Final = {"rule": {"kind": "discount", "name": "Чужая", "benefit": {"percent": 10}}}
CAMPAIGNS: Final = {
    "GET /api/v1/mailings/live": row(OWNERS, 200),
    "POST /api/v1/mailings/estimate": row(OWNERS, 200, body={"audience": {}}),
    "POST /api/v1/mailings/preview": row(OWNERS, 404, body={"text": "Привет", "guest_id": "{guest_id}"}),
    "GET /api/v1/mailings/audiences": row(OWNERS, 200),
    "POST /api/v1/mailings/audiences": row(OWNERS, 201, body=AUDIENCE),
    "DELETE /api/v1/mailings/audiences/{audience_id}": row(OWNERS, 404),
    "GET /api/v1/mailings": row(OWNERS, 200),
    "POST /api/v1/mailings": row(OWNERS, 201, body=MAILING),
    "GET /api/v1/mailings/{mailing_id}": row(OWNERS, 404),
    "PATCH /api/v1/mailings/{mailing_id}": row(OWNERS, 404, body={"name": "моя"}),
    "DELETE /api/v1/mailings/{mailing_id}": row(OWNERS, 404),
    "POST /api/v1/mailings/{mailing_id}/launch": row(OWNERS, 404, body={"expected": 1}, headers=KEY),
    "POST /api/v1/mailings/{mailing_id}/cancel": row(OWNERS, 404),
    "POST /api/v1/mailings/{mailing_id}/stop": row(OWNERS, 404),
    "POST /api/v1/mailings/{mailing_id}/test": row(OWNERS, 404),
    "GET /api/v1/mailings/{mailing_id}/progress": row(OWNERS, 404),
    "GET /api/v1/mailings/{mailing_id}/effect": row(OWNERS, 404),
    "GET /api/v1/mailings/effects": row(OWNERS, 200),
    "GET /api/v1/triggers": row(OWNERS, 200),
    "POST /api/v1/triggers": row(OWNERS, 201, body=TRIGGER),
    "GET /api/v1/triggers/scenarios": row(OWNERS, 200),
    "POST /api/v1/triggers/scenarios/{name}": row(OWNERS, 404, body={}),
    "GET /api/v1/triggers/{trigger_id}": row(OWNERS, 404),
    "PATCH /api/v1/triggers/{trigger_id}": row(OWNERS, 404, body={"active": True}),
    "DELETE /api/v1/triggers/{trigger_id}": row(OWNERS, 404),
    "GET /api/v1/triggers/{trigger_id}/effect": row(OWNERS, 404),
    "GET /api/v1/promotions": row(OWNERS, 200),
    "POST /api/v1/promotions": row(OWNERS, 201, body=RULE),
    "GET /api/v1/promotions/mine": row(OWN, 200),
    "GET /api/v1/promotions/{promotion_id}": row(OWNERS, 404),
    "PATCH /api/v1/promotions/{promotion_id}": row(OWNERS, 404, body=RULE),
    "DELETE /api/v1/promotions/{promotion_id}": row(OWNERS, 404),
    "POST /api/v1/promotions/{promotion_id}/pause": row(OWNERS, 404),
    "POST /api/v1/promotions/{promotion_id}/resume": row(OWNERS, 404),
    "POST /api/v1/promotions/{promotion_id}/end": row(OWNERS, 404),
    "GET /api/v1/coupons": row(OWNERS, 200),
    "GET /api/v1/coupons/mine": row(OWN, 200),
    "GET /api/v1/operations/campaigns/invariants": row(PLATFORM, 200),
    "GET /api/v1/operations/campaigns/dead-letters": row(PLATFORM, 200),
    "GET /api/v1/operations/campaigns/dead-letters/{letter_id}": row(PLATFORM, 404),
    "POST /api/v1/operations/campaigns/dead-letters/{letter_id}/replay": row(PLATFORM, 404),
}
REPORTS: Final = {
    "GET /api/v1/reports/today": row(OWNERS, 200),
    "GET /api/v1/reports/totals": row(OWNERS, 200),
    "GET /api/v1/reports/days": row(OWNERS, 200),
    "GET /api/v1/reports/kpis": row(OWNERS, 200),
    "GET /api/v1/reports/cohorts": row(OWNERS, 200),
    "GET /api/v1/reports/hours": row(OWNERS, 200),
    "GET /api/v1/reports/staff": row(OWNERS, 200),
    "GET /api/v1/reports/export.csv": row(OWNERS, 200, params={"kind": "staff"}),
    "GET /api/v1/reports/daily/{day}": row(OWNERS, 404),
    "GET /api/v1/reports/daily/{day}/picture.png": row(OWNERS, 404),
    "POST /api/v1/reports/daily/{day}/send": row(OWNERS, 404, headers=KEY),
    "GET /api/v1/reports/charts/{chart}": row(OWNERS, 422),
    "GET /api/v1/reports/charts/{chart}.png": row(OWNERS, 422),
    "GET /api/v1/reports/settings": row(OWNERS, 200),
    "PUT /api/v1/reports/settings": row(OWNERS, 200, body={"closing_time": "20:00", "daily_report": False}),
    "GET /api/v1/operations/reports/invariants": row(PLATFORM, 200),
    "GET /api/v1/operations/reports/dead-letters": row(PLATFORM, 200),
    "GET /api/v1/operations/reports/dead-letters/{letter_id}": row(PLATFORM, 404),
    "POST /api/v1/operations/reports/dead-letters/{letter_id}/replay": row(PLATFORM, 404),
}
TABLE: Final = {
    "campaigns": CAMPAIGNS,
    "feedback": FEEDBACK,
    "identity": IDENTITY,
    "notifications": NOTIFICATIONS,
    "purchases": PURCHASES,
    "reports": REPORTS,
    "segments": SEGMENTS,
}
