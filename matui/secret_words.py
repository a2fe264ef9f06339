"""Which names are those of secrets, and where secrets stand in a command line."""

from __future__ import annotations

import re

_NAME = re.compile(
    r"pass(word|wd|phrase)?(?![a-z])|pwd|secret|token|credential|private.?key|api.?key|access.?key"
    r"|(^|[^a-z])(ak|sk)([^a-z]|$)|authorization",
    re.IGNORECASE,
)
_IN_COMMAND = re.compile(
    r"((?:^|\s)-{0,2}[\w.-]*(?:password|passwd|pwd|secret|token|credential|api[_-]?key|access[_-]?key"
    r"|(?<![a-z])(?:ak|sk))[\w-]*(?:=|\s+))(\"[^\"]*\"|'[^']*'|[^\s]+)",
    re.IGNORECASE,
)


def is_secret(name: str) -> bool:
    """Whether a name, in camel case or with any separators, is that of a secret."""
    return _NAME.search(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)) is not None


def command_without_secrets(command: str, mask: str) -> str:
    """Return a command line with ``mask`` for the values of secret options."""
    return _IN_COMMAND.sub(lambda match: match.group(1) + mask, command)
