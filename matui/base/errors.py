"""The exception hierarchy of every failure shown to a user.

::

    MatuiError                    exit 1
    ├── UsageError                exit 2   a wrong command, kind, filter or argument
    │   └── SeveralProfilesError           one profile is needed
    ├── ConfigError               exit 2   a wrong or missing setting: file, line, key
    ├── RefusedError              exit 1   refused by matui: read-only, wrong state, changed meanwhile
    ├── IncompleteOutputError     exit 6   the output was written, and lacks lines or is not filtered
    ├── CloudError                exit 1   the cloud answered with an error
    │   ├── NotFoundError
    │   ├── ConflictError                  forbidden by the resource's state
    │   ├── AuthenticationError   exit 3
    │   │   └── TokenRejectedError         ModelArts.0201-0205: a new token may be accepted
    │   ├── PermissionDeniedError exit 3
    │   ├── RateLimitedError               429, or ModelArts.0114
    │   ├── ServerFaultError               5xx
    │   └── BadAnswerError                 HTML, truncated or malformed instead of JSON
    └── UnreachableError          exit 4   no answer
        ├── TimedOutError
        ├── TlsError
        ├── ProxyRefusedError             the proxy's name, credentials or rules; a retry does not help
        └── ConnectionLostError            connection lost after the request was sent
"""

from __future__ import annotations

from typing import ClassVar

UNKNOWN_OUTCOME_EXIT = 5
CHANGED_ON_DISK = "matui was changed on disk while it runs; restart it."


class MatuiError(Exception):
    """Base class: a failure in one plain sentence with a remedy.

    ``sentence`` describes the failure, ``remedy`` what the user can do about it (may be empty), ``tries`` is
    how often the request was sent.
    """

    exit_code: ClassVar[int] = 1
    tries = 1

    def __init__(self, sentence: str, *, remedy: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.remedy = remedy

    @property
    def fact(self) -> str:
        """The failure without its remedy: for an action, after which "try again" would be wrong."""
        return self.sentence

    def __str__(self) -> str:
        return f"{self.fact} {self.remedy}".strip()


class UsageError(MatuiError):
    """A command, kind, filter or argument is invalid."""

    exit_code = 2


class SeveralProfilesError(UsageError):
    """Several profiles were given to a command that takes one; ``names`` are their names."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(
            f"This takes one profile, and several are asked for: {', '.join(names)}.",
            remedy="Name one with: -p NAME",
        )
        self.names = names


class ConfigError(MatuiError):
    """A setting is wrong or missing. ``line`` counts from 1; ``key`` is dotted (``profiles.prod.region``)."""

    exit_code = 2

    def __init__(
        self, sentence: str, *, file: str = "", line: int | None = None, key: str = "", remedy: str = ""
    ) -> None:
        super().__init__(sentence, remedy=remedy)
        self.file = file
        self.line = line
        self.key = key

    def __str__(self) -> str:
        where = self.file + (f":{self.line}" if self.line is not None else "")
        parts = [p for p in (where, self.key) if p]
        return f"{': '.join(parts)}: {super().__str__()}" if parts else super().__str__()


class RefusedError(MatuiError):
    """matui refuses the operation; nothing was sent."""


class NotRecordedError(RefusedError):
    """A recording has no answer up to the time that is shown; it may have one later."""


class IncompleteOutputError(MatuiError):
    """The output was written but is incomplete, or a filter could not be applied to all of it."""

    exit_code = 6


class CloudError(MatuiError):
    """The cloud answered with an error.

    ``code`` is the cloud's own (``ModelArts.6305``), ``message`` its message without control characters,
    ``request_id`` the id to give to support, ``status`` the HTTP status, ``retry_after_s`` the value of
    Retry-After in seconds.
    """

    def __init__(
        self,
        sentence: str,
        *,
        code: str = "",
        message: str = "",
        request_id: str = "",
        status: int = 0,
        retry_after_s: float | None = None,
        remedy: str = "",
    ) -> None:
        super().__init__(sentence, remedy=remedy)
        self.code = code
        self.message = message
        self.request_id = request_id
        self.status = status
        self.retry_after_s = retry_after_s

    @property
    def reference(self) -> str:
        """The code, HTTP status and request id that are known, to quote to support."""
        parts = [self.code, f"HTTP {self.status}" if self.status else ""]
        parts.append(f"request {self.request_id}" if self.request_id else "")
        return ", ".join(p for p in parts if p)

    @property
    def fact(self) -> str:
        """The failure with what is to be quoted to support, without its remedy."""
        return f"{self.sentence} ({self.reference})" if self.reference else self.sentence


class NotFoundError(CloudError):
    """The resource does not exist."""


class ConflictError(CloudError):
    """The state of the resource forbids the operation."""


class AuthenticationError(CloudError):
    """The credentials were not accepted."""

    exit_code = 3


class TokenRejectedError(AuthenticationError):
    """The token is invalid or expired; a new one may be accepted."""


class PermissionDeniedError(CloudError):
    """The credentials are valid but lack a permission."""

    exit_code = 3


class RateLimitedError(CloudError):
    """Too many requests; ``retry_after_s`` is the wait that the cloud asks for, if any."""


class ServerFaultError(CloudError):
    """The cloud failed (5xx)."""


class BadAnswerError(CloudError):
    """The answer is not what the API specifies."""


class UnreachableError(MatuiError):
    """No answer. With ``sent`` the request may have reached the cloud: its outcome is unknown."""

    exit_code = 4

    def __init__(self, sentence: str, *, sent: bool = False, remedy: str = "") -> None:
        super().__init__(sentence, remedy=remedy)
        self.sent = sent


class TimedOutError(UnreachableError):
    """No answer in time."""


class TlsError(UnreachableError):
    """The certificate or the TLS handshake failed."""


class ProxyRefusedError(UnreachableError):
    """The proxy's name does not resolve, or it refuses the credentials or the host; a retry does not help."""


class ConnectionLostError(UnreachableError):
    """The connection was lost while waiting for the answer."""


def drop_frames(error: MatuiError) -> MatuiError:
    """Clear the traceback and causes of an error that is kept.

    Their frames hold whole answers, views and credentials.
    """
    error.__traceback__ = error.__cause__ = error.__context__ = None
    return error


PART_ERRORS = (CloudError, UnreachableError)
"""The errors of a request for one part: the rest is shown, and the error in the place of the part."""


def is_own_import_error(error: BaseException) -> bool:
    """Whether a module of matui could not be imported, or lacks a name that another one imports from it."""
    return isinstance(error, ImportError) and (error.name or "").partition(".")[0] == "matui"
