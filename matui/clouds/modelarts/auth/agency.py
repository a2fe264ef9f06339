"""Temporary keys of the agency of the ECS this runs on, from its metadata service."""

from __future__ import annotations

from typing import Any

from matui.base.clock import Clock
from matui.base.errors import BadAnswerError, CloudError, ConfigError, UnreachableError
from matui.clouds.http.api_errors import HttpResponse, build_error_from_response, parse_json
from matui.clouds.http.budget import Budget
from matui.clouds.http.client import HttpClient
from matui.clouds.http.messages import Call, parse_http_date, parse_iso_date
from matui.clouds.http.transport import open_client
from matui.clouds.modelarts.auth.renewal import CachedValue
from matui.clouds.peer_cloud import AccessKey

METADATA_URL = "http://169.254.169.254"
_TOKEN_PATH = "/meta-data/latest/api/token"  # noqa: S105  a path
_KEY_PATH = "/openstack/latest/securitykey"
_LIFE_HEADER = ("X-Metadata-Token-Ttl-Seconds", "21600")
_OLD_METADATA = (404, 405, 503)


def open_metadata(clock: Clock, *, asgi_app: Any = None) -> HttpClient:
    """Return a client for the metadata service: no proxy, three seconds for everything."""
    client = open_client(METADATA_URL, asgi_app=asgi_app, connect_s=3.0, read_s=3.0)
    budget = Budget(60, clock)
    return HttpClient(
        METADATA_URL, client, clock=clock, budget=budget, raise_for_error=_refuse_status, deadline_s=10
    )


class AgencyKeys:
    """Fetches the keys; metadata services without the token step are asked without it."""

    def __init__(self, metadata: HttpClient, clock: Clock) -> None:
        self._metadata = metadata
        self._clock = clock

    async def fetch(self) -> CachedValue[AccessKey]:
        """Return temporary keys. Raises ConfigError when this machine has no agency."""
        try:
            token = await self._fetch_token()
            headers = (("X-Metadata-Token", token),) if token else ()
            answer = await self._metadata.send(Call("GET", _KEY_PATH, headers=headers))
        except (UnreachableError, CloudError) as error:
            raise ConfigError(
                f"The metadata service of this machine gives no keys: {error.sentence}",
                key="auth",
                remedy='auth = "agency" works only on an ECS with an agency; choose another auth elsewhere.',
            ) from error
        return _parse_keys(parse_json(answer.body), self._clock.now(), answer.headers.get("date", ""))

    async def _fetch_token(self) -> str:
        try:
            answer = await self._metadata.send(Call("PUT", _TOKEN_PATH, headers=(_LIFE_HEADER,)))
        except CloudError as error:
            if error.status in _OLD_METADATA:
                return ""
            raise
        text = answer.body.decode("ascii", "replace").strip()
        return text if text.isascii() and text.isprintable() else ""


def _refuse_status(received: HttpResponse, method: str) -> None:  # noqa: ARG001  the token is no JSON
    if not 200 <= received.status < 300:
        raise build_error_from_response(received)


def _parse_keys(tree: Any, now: float, date: str) -> CachedValue[AccessKey]:
    found = tree.get("credential") if isinstance(tree, dict) else None
    fields = found if isinstance(found, dict) else {}
    parts = [fields.get(name) for name in ("access", "secret", "securitytoken")]
    if not all(isinstance(part, str) and part and part.isascii() and part.isprintable() for part in parts):
        raise BadAnswerError(
            "The metadata service answered without usable keys.",
            remedy="Check that this instance has an agency, and that it may use ModelArts.",
        )
    expires = parse_iso_date(str(fields.get("expires_at", "")))
    server_now = parse_http_date(date) or now
    life = expires - server_now if expires is not None else 3600.0
    return CachedValue(AccessKey(*(str(part) for part in parts)), now, now + max(5.0, life))
