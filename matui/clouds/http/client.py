"""The async HTTP client of one endpoint of one profile: budget, retries, redirects, limits and errors."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from random import Random
from typing import TYPE_CHECKING, Protocol, runtime_checkable
from urllib.parse import urlsplit

import httpx

from matui.base.calls.exchange_limit import limit_exchange
from matui.base.calls.send_gate import BUDGET, SendGate, get_current_gate
from matui.base.calls.slow_calls import report_slow_call, report_throttled_call
from matui.base.clock import Clock
from matui.base.errors import (
    AuthenticationError,
    MatuiError,
    PermissionDeniedError,
    RateLimitedError,
    UnreachableError,
)
from matui.base.late_imports import LazyModule, postpone
from matui.base.redaction.known import get_known_secrets, hide_in_bytes
from matui.clouds.http.budget import (
    Budget,
    build_api_key,
    is_of_one_api,
    read_limit_in_headers,
    read_limit_in_text,
    take_for,
)
from matui.clouds.http.content import read_body
from matui.clouds.http.messages import Answer, Call, encode_path, measure_clock_offset
from matui.clouds.http.network_errors import (
    Route,
    build_bad_redirect_error,
    build_deadline_error,
    convert_httpx_error,
    name_error,
)
from matui.clouds.http.retry import MAX_RETRIES, build_next_url, describe_retry_after, wait_before_retry
from matui.clouds.http.transport import EndpointClient, RequestTrace, watch_sending
from matui.clouds.protocols import BudgetState

if TYPE_CHECKING:
    from matui.clouds.http import api_errors
    from matui.clouds.http.api_errors import HttpResponse
else:
    api_errors = LazyModule("matui.clouds.http.api_errors")

__all__ = ["Answer", "Call", "HttpClient", "Renewable"]

MAX_ANSWER_BYTES = 16 * 1024 * 1024
DEADLINE_S = 60.0
_ANSWERS = 3  # reads of ``read_timeout`` seconds in a deadline


@runtime_checkable
class Renewable(Protocol):
    """Credentials that can be renewed."""

    async def renew(self, refused: httpx.Request, error: AuthenticationError) -> bool:
        """Whether there are newer credentials now than those of the ``refused`` request."""


@contextmanager
def _name_proxy_when_cancelled(route: Route, clock: Clock) -> Iterator[None]:
    """Make a proxy that has not connected yet the cause of a cancellation."""
    began = clock.monotonic()
    try:
        yield
    except asyncio.CancelledError as cancelled:
        if route.at_proxy is None:
            raise
        waited_s = max(1, round(clock.monotonic() - began))
        raise cancelled from build_deadline_error(route, waited_s)


class _Patience:
    """How long tries of one call may stay without an answer, all together.

    ``left_s`` is what is left of it for the next try, in seconds. Waits for the request budget and refusals
    do not count.
    """

    def __init__(self, seconds: float) -> None:
        self.left_s = seconds
        self._least_s = seconds / _ANSWERS
        self._is_touched = False

    def spend(self, seconds: float) -> None:
        """Count a try without an answer."""
        self.left_s -= seconds
        self._is_touched = True

    def pass_by(self, seconds: float) -> None:
        """Count a wait after a try without an answer."""
        if self._is_touched:
            self.left_s -= seconds

    def is_over(self, wait_s: float) -> bool:
        """Return whether less than one read is left after a wait; never before a try went unanswered."""
        return self._is_touched and self.left_s - wait_s < self._least_s


class HttpClient:
    """Sends calls to one endpoint.

    ``raise_for_error`` raises the error of a bad response; None is that of ModelArts. ``deadline_s`` bounds
    one response in seconds however slowly it arrives, and all tries of a call that get no answer; ``largest``
    bounds its body in bytes. ``language`` is that of the messages to take from errors: ``en`` or ``zh``.
    """

    def __init__(
        self,
        base_url: str,
        client: httpx.AsyncClient,
        *,
        auth: httpx.Auth | None = None,
        clock: Clock,
        budget: Budget,
        rng: Random | None = None,
        raise_for_error: Callable[[HttpResponse, str], None] | None = None,
        largest: int = MAX_ANSWER_BYTES,
        deadline_s: float = DEADLINE_S,
        retries: int = MAX_RETRIES,
        language: str = "en",
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.host = urlsplit(base_url).netloc
        self.clock_offset_s: float | None = None
        self._client = client
        self._hides_secrets = auth is not None  # without it, the answers are the credentials
        self._proxy = client.proxy if isinstance(client, EndpointClient) else None
        self._auth = auth or httpx.Auth()
        seat: object = auth
        self._renewable = seat if isinstance(seat, Renewable) else None
        self._clock = clock
        self._budget = budget
        self._api_budgets: dict[str, Budget] = {}
        self._rng = rng or Random()  # noqa: S311  jitter, no secret
        self._raise_for_error = raise_for_error
        self._largest = largest
        self._deadline_s = deadline_s
        self._retries = retries
        self._language = language
        postpone(lambda: import_module("matui.clouds.http.api_errors"))

    def get_budget(self) -> BudgetState:
        """Return the request budget as it stands."""
        return self._budget.get_state()

    async def aclose(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    async def send(self, call: Call) -> Answer:
        """Return a good answer (2xx), after at most ``retries`` retries of a repeatable call.

        Raises the errors of :mod:`matui.base.errors` and nothing else. The cause of a cancellation is the
        error of the last try, or what its proxy has not done yet.
        """
        with report_slow_call(self._describe_wait):
            return await self._send_retrying(call)

    def _describe_wait(self) -> str:
        """Return what a request waits for, ``""`` for one of an action that was sent or reports its waits."""
        gate = get_current_gate()
        if gate is not None and (gate.is_waiting or gate.sent_at is not None):
            return ""
        budgets = (self._budget, *self._api_budgets.values())
        return BUDGET if any(budget.holds_polls for budget in budgets) else self.host

    async def _send_retrying(self, call: Call) -> Answer:
        attempt = 0
        throttled_s = 0.0
        failure: MatuiError | None = None
        patience = _Patience(self._deadline_s)
        try:
            while True:
                try:
                    return await self._send_renewing(call, patience)
                except MatuiError as error:
                    wait = wait_before_retry(call, error, attempt, self._rng, self._retries)
                    if wait is None or patience.is_over(wait):
                        error.tries = attempt + 1
                        raise
                    failure = error
                attempt += 1
                if isinstance(failure, RateLimitedError):
                    throttled_s += wait
                    asked = describe_retry_after(failure)
                    report_throttled_call(f"{self.host}, which takes no more requests {asked}", throttled_s)
                await self._clock.sleep(wait)
                patience.pass_by(wait)
        except asyncio.CancelledError as cancelled:
            raise cancelled from failure or cancelled.__cause__

    async def _send_renewing(self, call: Call, patience: _Patience) -> Answer:
        request = self._build_request(call)
        try:
            return await self._follow(request, call, patience)
        except AuthenticationError as error:
            gate = get_current_gate() if call.action else None
            if gate is not None:
                gate.mark_refused()
            if self._renewable is None or not await self._renewable.renew(request, error):
                raise
        return await self._follow(self._build_request(call), call, patience)

    def _build_request(self, call: Call) -> httpx.Request:
        url = self.base_url + encode_path(call.path, call.query)
        try:
            return self._client.build_request(call.method, url, content=call.body, headers=list(call.headers))
        except httpx.InvalidURL as error:
            raise convert_httpx_error(error, Route(self.host)) from error

    async def _follow(self, request: httpx.Request, call: Call, patience: _Patience) -> Answer:
        followed = 0
        while True:
            async with limit_exchange():
                answer, onward = await self._exchange(request, call.action, followed, patience)
            if onward is None:
                return answer
            followed += 1
            request = self._client.build_request(request.method, onward, headers=list(call.headers))

    async def _exchange(
        self, request: httpx.Request, action: bool, followed: int, patience: _Patience
    ) -> tuple[Answer, httpx.URL | None]:
        gate = get_current_gate()
        api = build_api_key(request.method, request.url.path)
        if not action and api in self._api_budgets:
            await self._api_budgets[api].take()
        await take_for(gate, self._budget, action=action)
        if self._client.is_closed:
            raise UnreachableError(
                f"The connection to {self.host} is closed.", remedy="Open the profile again."
            )
        began = self._clock.monotonic()
        limit = asyncio.timeout(patience.left_s)
        trace = RequestTrace(limit, self._client.timeout.connect)
        request.extensions["trace"] = trace
        route = Route(self.host, self._proxy, trace)
        try:
            async with limit:
                with _name_proxy_when_cancelled(route, self._clock):
                    return await self._read(request, followed, gate if action else None)
        except TimeoutError:
            late = build_deadline_error(route, trace.handshake_s or self._deadline_s)
            patience.spend(self._clock.monotonic() - began)
            if gate is not None and action and gate.may_abort:
                late.sent = False
            raise late from None
        except (httpx.HTTPError, ssl.SSLError) as error:
            patience.spend(self._clock.monotonic() - began)
            raise convert_httpx_error(error, route) from error
        except httpx.InvalidURL:
            raise build_bad_redirect_error() from None
        except UnicodeError:
            raise name_error(route) from None
        except PermissionDeniedError as error:
            from matui.clouds.http.denials import name_action

            name_action(error, request)
            raise
        except RateLimitedError as error:
            self._learn_from(error, api)
            raise

    async def _read(
        self, request: httpx.Request, followed: int, gate: SendGate | None
    ) -> tuple[Answer, httpx.URL | None]:
        sent_at = self._clock.now()
        auth = self._auth if gate is None else watch_sending(request, self._auth, gate)
        response = await self._client.send(request, auth=auth, stream=True)
        try:
            offset = measure_clock_offset(response.headers, sent_at, self._clock.now())
            self.clock_offset_s = self.clock_offset_s if offset is None else offset
            self._learn(read_limit_in_headers(response.headers))
            onward = build_next_url(response.request, response, followed)
            body = b"" if onward else await self._read_body(response)
        finally:
            await response.aclose()
        received = api_errors.HttpResponse(
            response.status_code, response.headers, body, self.clock_offset_s, self._language
        )
        if onward is None:
            (self._raise_for_error or api_errors.raise_for_error)(received, request.method)
        url = str(response.request.url)
        request_id = response.headers.get("x-request-id", "")
        return Answer(received.status, body, request_id, url, response.headers), onward

    async def _read_body(self, response: httpx.Response) -> bytes:
        body = await read_body(response, self._largest)
        return hide_in_bytes(body, get_known_secrets()) if self._hides_secrets else body

    def _learn_from(self, error: RateLimitedError, api: str) -> None:
        limit = read_limit_in_text(error.message)
        if limit is None or not is_of_one_api(error.message):
            self._learn(limit)
            return
        configured = self._budget.get_state().limit
        self._api_budgets.setdefault(api, Budget(configured, self._clock)).learn(limit)

    def _learn(self, limit_per_minute: float | None) -> None:
        if limit_per_minute is not None:
            self._budget.learn(limit_per_minute)
