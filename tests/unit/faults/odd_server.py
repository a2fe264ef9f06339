"""A small HTTP server on a real socket whose answers a test writes; knows nothing of the simulator."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

HANG, CLOSE = object(), object()
"""Instead of a body: never answer; close the connection after the request was read."""


@dataclass
class OddServer:
    """Answers by ``answer(method, path, query)``: a JSON value, HANG or CLOSE. Keeps what was asked."""

    answer: Callable[[str, str, dict[str, str]], Any]
    port: int = 0
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    @property
    def sent(self) -> list[tuple[str, str]]:
        """Method and path of the requests that are no reads."""
        return [(method, path) for method, path, _ in self.asked if method != "GET"]

    def format_profile(self, name: str = "odd", **fields: Any) -> str:
        """Return the section of a profile that leads here."""
        settings: dict[str, Any] = {
            "region": "cn-north-4", "project_id": "p", "ak": "A", "sk": "S", "read_timeout": 60.0,
            "endpoint": f"http://127.0.0.1:{self.port}", **fields,
        }  # fmt: skip
        return "\n".join([f"[profiles.{name}]", *(f"{k} = {json.dumps(v)}" for k, v in settings.items()), ""])


@contextmanager
def serve(answer: Callable[[str, str, dict[str, str]], Any]) -> Iterator[OddServer]:
    """Serve the answers on loopback until the block ends."""
    site = OddServer(answer)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one_request(self) -> None:
            with suppress(ConnectionError):
                super().handle_one_request()

        def __getattr__(self, name: str) -> Any:
            if name.startswith("do_"):
                return self.serve
            raise AttributeError(name)

        def serve(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            parts = urlsplit(self.path)
            query = dict(parse_qsl(parts.query))
            site.asked.append((self.command, parts.path, query))
            answer = site.answer(self.command, parts.path, query)
            if answer is HANG:
                site.released.wait(600)
            if answer is HANG or answer is CLOSE:
                self.close_connection = True
                with suppress(OSError):
                    self.connection.shutdown(socket.SHUT_RDWR)
                return
            body = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

    server = Server(("127.0.0.1", 0), Handler)
    site.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.released.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
