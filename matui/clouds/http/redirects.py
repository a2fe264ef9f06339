"""Follows redirects to the same host for a GET only; credentials never go to another host."""

from __future__ import annotations

import httpx

from matui.base.errors import CloudError
from matui.clouds.http.error_bodies import clean_line

MAX_REDIRECTS = 3
_STATUSES = (301, 302, 303, 307, 308)


def next_url(request: httpx.Request, response: httpx.Response, followed: int) -> httpx.URL | None:
    """Return the address to go on to, None when the answer is no redirect.

    Raises CloudError for another host, for anything but a GET, and for the fourth redirect in a row.
    """
    if response.status_code not in _STATUSES or "location" not in response.headers:
        return None
    target = _target(request, response)
    if target is None:
        raise _refused(response, "The server redirects to an address that makes no sense.")
    if not _same_place(request.url, target):
        where = clean_line(f"{target.scheme}://{target.netloc.decode('ascii', 'replace')}{target.path}")
        raise _refused(response, f"The server redirects to another place, {where}; it was not followed.")
    if request.method != "GET":
        raise _refused(response, f"The server answered a {request.method} with a redirect.")
    if followed >= MAX_REDIRECTS:
        raise _refused(response, f"The server redirected more than {MAX_REDIRECTS} times.")
    return target


def _target(request: httpx.Request, response: httpx.Response) -> httpx.URL | None:
    try:
        target = request.url.join(response.headers["location"])
    except (httpx.InvalidURL, ValueError):
        return None
    return target.copy_with(fragment=None, username=None, password=None) if target.host else None


def _same_place(here: httpx.URL, there: httpx.URL) -> bool:
    return (here.scheme, here.host, here.port) == (there.scheme, there.host, there.port)


def _refused(response: httpx.Response, sentence: str) -> CloudError:
    return CloudError(
        sentence,
        status=response.status_code,
        request_id=clean_line(response.headers.get("x-request-id", "")),
        remedy="Check the endpoint of the profile, and whether a proxy or login page is in between.",
    )
