"""The real console on a pseudo-terminal with marked secrets: none reaches the screen, a file or a child."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.cli.test_secrets import AK, PASSWORD, SK, find_leaked, read_written
from tests.unit.faults.fault_rig import Site, serve_simulator
from tests.unit.terminal.terminal_rig import Terminal

CTRL_Q, CTRL_R, ESC = "\x11", "\x12", "\x1b"
# What the console adds to its own environment: how much Textual moves.
ADDED = {"TEXTUAL_ANIMATIONS", "TEXTUAL_SMOOTH_SCROLL", "TEXTUAL_FPS"}
SPY = """
import json, os, pathlib, sys
told = {pid: pathlib.Path(f"/proc/{pid}/cmdline").read_text() for pid in ("self", os.getppid())}
pathlib.Path(sys.argv[1]).write_text(json.dumps({"lines": list(told.values()), "environ": dict(os.environ)}))
print(open(sys.argv[2]).read() if sys.argv[1].endswith("vault.json") else "spied")
"""


@pytest.fixture
def site(tmp_path) -> Iterator[Site]:
    with serve_simulator() as site:
        site.auth.keys = {AK: SK}
        site.auth.users = {"li": (PASSWORD, "acme")}
        (tmp_path / "spy.py").write_text(SPY)
        (tmp_path / "vault").write_text(SK)
        yield site


def make_spy_command(folder: Path, name: str) -> str:
    return f"{sys.executable} {folder}/spy.py {folder}/{name}.json {folder}/vault"


def make_config(site: Site, folder: Path, source: str) -> str:
    if source == "agency":
        lines = site.format_profile("aksk", read_timeout=20.0).replace('auth = "aksk"', 'auth = "agency"')
        return "\n".join(line for line in lines.splitlines() if not line.startswith(("ak ", "sk ")))
    if source == "password":
        return site.format_profile("password", read_timeout=20.0)
    plain = site.format_profile("aksk", read_timeout=20.0)
    return plain.replace(f'sk = "{SK}"', f'sk = {{ command = "{make_spy_command(folder, "vault")}" }}')


def start(site: Site, folder: Path, source: str) -> tuple[Terminal, dict[str, str]]:
    """Run the console on the site; the metadata service is the simulator's too."""
    file = folder / "config.toml"
    file.touch(mode=0o600)
    file.write_text(make_config(site, folder, source))
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    places = {f"XDG_{name}_HOME": str(folder / name.lower()) for name in ("STATE", "CACHE", "CONFIG")}
    terms = {"TERM": "xterm-256color", "LANG": "C.UTF-8", "HOME": str(folder)}
    environ = kept | places | terms | {"EDITOR": make_spy_command(folder, "editor")}
    program = (
        "import sys\nimport matui.clouds.modelarts.auth.agency as agency\n"
        f"agency.METADATA_URL = '{site.url}'\nfrom matui.cli.main import run\n"
        f"sys.exit(run(['--config', '{file}', '--screen', 'jobs']))"
    )
    return Terminal(environ, program=(sys.executable, "-c", program), size=(140, 40)), environ


def look_at_everything(terminal: Terminal, folder: Path) -> None:
    terminal.type("/night-0021\r")
    for key, shown in (("d", "Created"), ("y", "job_id"), ("l", "trainer.py")):
        terminal.mark()
        terminal.type(key)
        terminal.read_until(shown)
    terminal.mark()
    terminal.type("|")
    terminal.read_until("pipe to")
    terminal.type(f"{make_spy_command(folder, 'pager')}\r")
    terminal.read_until("enter goes back")
    terminal.type("\r")
    terminal.mark()
    terminal.type("1")
    terminal.read_until("ctr-features")
    terminal.mark()
    terminal.type("i")
    terminal.read_until("Nothing was changed")


def list_issued(site: Site) -> list[str]:
    """Return every secret that the simulator has made up so far."""
    keys = [text for access, key in site.auth.temporary.items() for text in (access, key.secret, key.token)]
    return [*site.auth.tokens, *site.auth.metadata_tokens, *keys]


def revoke(site: Site) -> None:
    site.auth.keys, site.auth.users = {AK: "another"}, {}
    site.auth.revoke_all()
    for key in site.auth.temporary.values():
        key.expires = 0


@pytest.mark.slow
@pytest.mark.parametrize("source", ["command", "password", "agency"])
def test_no_secret_reaches_the_terminal_a_file_or_a_child(site, tmp_path, source):
    terminal, environ = start(site, tmp_path, source)
    terminal.read_until("resnet")
    if source == "command":
        look_at_everything(terminal, tmp_path)
    cmdline = Path(f"/proc/{terminal.pid}/cmdline").read_text()
    revoke(site)
    terminal.mark()
    terminal.type(CTRL_R)
    if source == "agency":  # gives new keys
        while len(site.auth.temporary) < 2:
            assert terminal.read(10.0)
    else:
        terminal.read_until("not signed in")
        terminal.type("!")
        terminal.read_until("401")
    terminal.type(f"{ESC}{CTRL_Q}")
    assert terminal.wait_for_exit_code() == 0
    everything = "\n".join([terminal.seen.decode(), cmdline, read_written(tmp_path)])
    assert find_leaked(everything, *list_issued(site)) == []
    spied = {file.stem: json.loads(file.read_text()) for file in tmp_path.glob("*.json")}
    assert set(spied) == ({"vault", "pager", "editor"} if source == "command" else set())
    for told in spied.values():
        assert find_leaked(json.dumps(told), *list_issued(site)) == []
        assert set(told["environ"]) - set(environ) <= ADDED | {"LINES", "COLUMNS", "LC_CTYPE"}
