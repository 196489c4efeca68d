"""`/internal/token`: where the gateway swaps a session for a signed token. Not reachable from outside."""

from typing import Annotated

from fastapi import APIRouter, Cookie, Header, Response

from services.identity.api.service import Service
from services.identity.usecases.issue_token import Credentials, issue_token

SIGNED_HEADER = "X-Access-Token"
COOKIE = "bezkart_session"

router = APIRouter(include_in_schema=False)


@router.get("/internal/token")
async def token(
    service: Service,
    authorization: Annotated[str, Header()] = "",
    bezkart_session: Annotated[str, Cookie()] = "",
) -> Response:
    """200; the header is empty for credentials that are good for nothing, and the service behind answers 401.

    503 when nobody can tell for now; the gateway answers `sign-in-unavailable`.
    """
    scheme, _, bearer = authorization.partition(" ")
    by_cookie = scheme.lower() != "bearer"
    credentials = Credentials(bezkart_session if by_cookie else bearer.strip(), by_cookie)
    signed = await issue_token(credentials, service) if credentials.token else ""
    return Response(status_code=200, headers={SIGNED_HEADER: signed})
