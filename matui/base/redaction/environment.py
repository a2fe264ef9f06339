"""The environment of programs that need no credentials: an editor, a pager, tmux, a notification command."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from matui.base.redaction.known import PIECE, get_known_secrets


def drop_secrets(environ: Mapping[str, str]) -> dict[str, str]:
    """Return an environment without the variables that hold a secret which this process has read."""
    secrets = get_known_secrets()
    return {name: value for name, value in environ.items() if not _holds_any(value, secrets)}


def _holds_any(value: str, secrets: Iterable[str]) -> bool:
    """Whether a variable is a secret, or holds one that is too long to be there by chance."""
    return any(secret == value or (len(secret) >= PIECE and secret in value) for secret in secrets)
