"""Whether a request is sent again: after a failure, and to the address of a redirect to the same host."""

from __future__ import annotations

import math
import random

import httpx

from matui.base.backoff import Backoff, is_transient
from matui.base.errors import BadAnswerError, CloudError, MatuiError, RateLimitedError, UnreachableError
from matui.base.text.formatting import format_duration
from matui.clouds.http.error_bodies import clean_line
from matui.clouds.http.messages import Call

MAX_RETRIES = 2
LONGEST_WAIT_S = 10.0
_OK = 200
_FIRST_OF_SERVER = 500
_BACKOFF = Backoff(first_s=0.5, cap_s=2.0, jitter=(0.5, 1.0))
MAX_REDIRECTS = 3
_STATUSES = (301, 302, 303, 307, 308)


def wait_before_retry(
    call: Call, error: MatuiError, attempt: int, rng: random.Random, most: int = MAX_RETRIES
) -> float | None:
    """Return the seconds to wait before sending ``call`` again, None when it is not.

    Only GETs (and repeatable calls) that are no actions, after a transient failure, and no earlier than the
    Retry-After of the answer; never where that is over ten seconds. ``attempt`` counts from 0; ``most``
    retries at most, and never more than two where nothing answers at all.
    """
    if call.action or not (call.method == "GET" or call.repeatable):
        return None
    unanswered = isinstance(error, UnreachableError) and not error.sent
    if attempt >= (min(most, MAX_RETRIES) if unanswered else most):
        return None
    if not is_transient(error) or (isinstance(error, BadAnswerError) and not _may_be_read_later(error)):
        return None
    asked = error.retry_after_s if isinstance(error, CloudError) else None
    if asked is not None:
        return asked + rng.uniform(0.0, 0.25) if asked <= LONGEST_WAIT_S else None
    return rng.uniform(2.0, 5.0) if isinstance(error, RateLimitedError) else _BACKOFF.wait_s(attempt + 1, rng)


def describe_retry_after(error: RateLimitedError) -> str:
    """Return the wait that the cloud asks for, to follow "takes no more requests"."""
    if error.retry_after_s is None:
        return "now"
    return f"for {format_duration(math.ceil(error.retry_after_s))} (Retry-After)"


def _may_be_read_later(error: BadAnswerError) -> bool:
    """Return whether another try may be answered in JSON: a page with a 4xx is a refusal by a firewall."""
    return error.status == _OK or error.status >= _FIRST_OF_SERVER


def build_next_url(request: httpx.Request, response: httpx.Response, followed: int) -> httpx.URL | None:
    """Return the address to go on to, None when the answer is no redirect.

    Raises CloudError for another host, for anything but a GET, and for the fourth redirect in a row.
    """
    if response.status_code not in _STATUSES or "location" not in response.headers:
        return None
    target = _find_target(request, response)
    if target is None:
        raise _build_refusal(response, "The server redirects to an address that makes no sense.")
    if not _is_same_place(request.url, target):
        where = clean_line(f"{target.scheme}://{target.netloc.decode('ascii', 'replace')}{target.path}")
        raise _build_refusal(
            response, f"The server redirects to another place, {where}; it was not followed."
        )
    if request.method != "GET":
        raise _build_refusal(response, f"The server answered a {request.method} with a redirect.")
    if followed >= MAX_REDIRECTS:
        raise _build_refusal(response, f"The server redirected more than {MAX_REDIRECTS} times.")
    return target


def _find_target(request: httpx.Request, response: httpx.Response) -> httpx.URL | None:
    try:
        target = request.url.join(response.headers["location"])
    except (httpx.InvalidURL, ValueError):
        return None
    return target.copy_with(fragment=None, username=None, password=None) if target.host else None


def _is_same_place(here: httpx.URL, there: httpx.URL) -> bool:
    return (here.scheme, here.host, here.port) == (there.scheme, there.host, there.port)


def _build_refusal(response: httpx.Response, sentence: str) -> CloudError:
    return CloudError(
        sentence,
        status=response.status_code,
        request_id=clean_line(response.headers.get("x-request-id", "")),
        remedy="Check the endpoint of the profile, and whether a proxy or login page is in between.",
    )
