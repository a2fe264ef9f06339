"""The simulator in a thread, for tests that need a socket."""

from __future__ import annotations

import asyncio
import threading
import time
from types import TracebackType
from typing import Self

from starlette.types import ASGIApp

from matui.sim.server.serve import HOST, listen, make_server, run_server


class ThreadedSim:
    """A context manager that serves ``app`` at ``url`` in a thread."""

    def __init__(self, app: ASGIApp, *, port: int = 0) -> None:
        self._socket = listen(port)
        self._server = make_server(app)
        self._thread = threading.Thread(target=self._run, name="matui-sim", daemon=True)
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://{HOST}:{self.port}"

    def _run(self) -> None:
        asyncio.run(run_server(self._server, self._socket))

    def __enter__(self) -> Self:
        self._thread.start()
        while not self._server.started and self._thread.is_alive():
            time.sleep(0.005)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop serving and free the port."""
        self._server.should_exit = True
        self._thread.join(timeout=10)
        self._socket.close()
