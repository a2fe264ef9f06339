"""How the simulated clouds beside ModelArts say no."""

from __future__ import annotations


class PeerRefusal(Exception):  # noqa: N818 - the field's word for an answer that is no failure of ours
    """An answer of the error kind: HTTP status, the cloud's code, a message in words."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message
