"""The error tree. Every failure a user can meet is one of these.

::

    MatuiError                    exit 1
    ├── UsageError                exit 2   a wrong command, kind, filter or argument
    │   └── SeveralProfilesError           one profile is needed
    ├── ConfigError               exit 2   a wrong or missing setting: file, line, key
    ├── RefusedError              exit 1   matui itself will not: read-only, wrong state, changed meanwhile
    ├── CloudError                exit 1   the cloud answered, and the answer is no
    │   ├── NotFoundError
    │   ├── ConflictError                  the resource's state forbids it
    │   ├── AuthenticationError   exit 3
    │   │   └── TokenRejectedError         ModelArts.0201-0205: a new token may help
    │   ├── PermissionDeniedError exit 3
    │   ├── RateLimitedError               429, or ModelArts.0114
    │   ├── ServerFaultError               5xx
    │   └── BadAnswerError                 HTML, truncated or malformed where JSON was due
    └── UnreachableError          exit 4   no answer at all
        ├── TimedOutError
        ├── TlsError
        └── ConnectionLostError            broke after the request was sent
"""

from __future__ import annotations

from typing import ClassVar


class MatuiError(Exception):
    """A failure told in one plain sentence, with what to do next.

    ``sentence`` says what happened; ``remedy`` what the user can do, empty when there is nothing to add.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, sentence: str, *, remedy: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.sentence} {self.remedy}".strip()


class UsageError(MatuiError):
    """The command was typed wrongly."""

    exit_code = 2


class SeveralProfilesError(UsageError):
    """One profile is needed and several were asked for; ``names`` are theirs."""

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
    """matui will not do this; nothing was sent."""


class CloudError(MatuiError):
    """The cloud answered no.

    ``code`` is the cloud's own (``ModelArts.6305``), ``message`` its words with control characters removed,
    ``request_id`` what its support asks for, ``status`` the HTTP status, ``retry_after_s`` the wait it asked
    for in seconds.
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
        """What to quote to support: the code, HTTP status and request id that are known."""
        parts = [self.code, f"HTTP {self.status}" if self.status else ""]
        parts.append(f"request {self.request_id}" if self.request_id else "")
        return ", ".join(p for p in parts if p)

    def __str__(self) -> str:
        reference = f" ({self.reference})" if self.reference else ""
        return f"{self.sentence}{reference} {self.remedy}".strip()


class NotFoundError(CloudError):
    """The resource does not exist, or no longer."""


class ConflictError(CloudError):
    """The state of the resource forbids the operation."""


class AuthenticationError(CloudError):
    """The credentials were not accepted."""

    exit_code = 3


class TokenRejectedError(AuthenticationError):
    """The token is invalid or expired; a new one may be accepted."""


class PermissionDeniedError(CloudError):
    """The credentials are good, but may not do this."""

    exit_code = 3


class RateLimitedError(CloudError):
    """Too many requests; ``retry_after_s`` says how long to wait when the cloud said so."""


class ServerFaultError(CloudError):
    """The cloud failed (5xx)."""


class BadAnswerError(CloudError):
    """Something answered, but not with what the API promises."""


class UnreachableError(MatuiError):
    """No answer. ``sent`` is true when the request may have reached the cloud, so its outcome is unknown."""

    exit_code = 4

    def __init__(self, sentence: str, *, sent: bool = False, remedy: str = "") -> None:
        super().__init__(sentence, remedy=remedy)
        self.sent = sent


class TimedOutError(UnreachableError):
    """No answer in time."""


class TlsError(UnreachableError):
    """The certificate or the TLS handshake failed."""


class ConnectionLostError(UnreachableError):
    """The connection broke while the answer was awaited."""


def drop_frames(error: MatuiError) -> MatuiError:
    """Let go of the frames behind an error that is kept: they hold whole answers, views, and credentials."""
    error.__traceback__ = error.__cause__ = error.__context__ = None
    return error
