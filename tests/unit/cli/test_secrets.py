"""Marked secrets are planted in every source, and looked for in all that is written anywhere."""

from __future__ import annotations

import stat
import sys
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

import pytest

from matui.base.redaction.known import get_known_secrets, hide_known_secrets
from matui.cli.main import run
from matui.config.secrets import SecretSource
from tests.unit.faults.fault_rig import Site, serve_simulator


def make_secret(name: str) -> str:
    """Return a secret nobody would write by chance, with characters that have to be encoded."""
    return f"{name}+{sha256(name.encode()).hexdigest()}/=%"


AK, SK, PASSWORD, STS, TOKEN = map(make_secret, ("ACCESS", "SECRETKEY", "PASSWORD", "STSTOKEN", "READYTOKEN"))
SECRETS = (AK, SK, PASSWORD, STS, TOKEN)


def iterate_pieces(value: str) -> Iterator[str]:
    """Yield every piece of eight characters of a secret and of what encodes it."""
    for form in (value, quote(value, safe=""), b64encode(value.encode()).decode().rstrip("=")[:-1]):
        yield from (form[at : at + 8] for at in range(len(form) - 7))


def find_leaked(text: str, *more: str) -> list[str]:
    """Return the pieces of secrets that ``text`` holds."""
    return [piece for value in (*SECRETS, *more) for piece in iterate_pieces(value) if piece in text]


@pytest.fixture
def site(monkeypatch, tmp_path) -> Iterator[Site]:
    for name in ("CONFIG", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.setenv("HOME", str(tmp_path))
    with serve_simulator() as site:
        site.auth.keys = {AK: SK}
        site.auth.users = {"li": (PASSWORD, "acme")}
        yield site


def read_written(tmp_path: Path, *, tokens: bool = False) -> str:
    """Return all that lies in the folders of state and cache; the token cache only on request."""
    files = [
        file for folder in ("state", "cache") for file in (tmp_path / folder).rglob("*") if file.is_file()
    ]
    chosen = [file for file in files if tokens or file.parent.name != "tokens"]
    return "\n".join(f"{file}\n{file.read_text(errors='replace')}" for file in chosen)


def make_command(tmp_path: Path, value: str) -> str:
    """Return a command that prints a secret, and writes down every command line it can see."""
    (tmp_path / "vault").write_text(value)
    script = tmp_path / "pass.py"
    script.write_text(
        "import os, pathlib, sys\n"
        f"here = pathlib.Path({str(tmp_path)!r})\n"
        "seen = [pathlib.Path(f'/proc/{pid}/cmdline').read_bytes() for pid in (os.getpid(), os.getppid())]\n"
        "(here / 'cmdlines').write_bytes(b'\\n'.join(seen))\n"
        "print((here / 'vault').read_text())\n"
    )
    return f'{{ command = ["{sys.executable}", "{script}", "; echo $HOME"] }}'


COMMANDS = (
    ("config", "show"),
    ("doctor",),
    ("get", "nb"),
    ("get", "nb", "-o", "json"),
    ("describe", "nb", "ctr-features"),
    ("stop", "nb", "ctr-features", "--yes"),
    ("get", "nb", "no-such"),
    ("--debug", "get", "nb", "--sort", "x"),
)


def list_sources(site: Site, tmp_path: Path) -> dict[str, str]:
    """Return a config file for each way a secret can come in."""
    plain = site.format_profile("aksk", read_timeout=20.0)
    return {
        "literal": plain + f'security_token = "{STS}"\n',
        "env": plain.replace(f'sk = "{SK}"', 'sk = { env = "MY_SK" }'),
        "command": plain.replace(f'sk = "{SK}"', f"sk = {make_command(tmp_path, SK)}"),
        "password": site.format_profile("password", read_timeout=20.0),
        "token": site.format_profile("token", read_timeout=20.0).replace("MII0123456789", TOKEN),
        "wrong": plain.replace(SK, SK[::-1]),
    }


@pytest.mark.parametrize("source", ["literal", "env", "command", "password", "token", "wrong"])
def test_no_secret_leaves_in_anything_that_is_written(source, site, tmp_path, capfd, monkeypatch, caplog):
    caplog.set_level("DEBUG")
    monkeypatch.setenv("MY_SK", SK)
    file = tmp_path / "config.toml"
    file.touch(mode=0o600)
    file.write_text(list_sources(site, tmp_path)[source])
    for arguments in COMMANDS:
        run(["--config", str(file), *arguments])
    out, err = capfd.readouterr()
    issued = list(site.auth.tokens)
    everything = "\n".join([out, err, caplog.text, read_written(tmp_path)])
    assert len(everything) > 1000
    assert find_leaked(everything, SK[::-1], *issued) == []
    if source == "command":
        assert find_leaked((tmp_path / "cmdlines").read_bytes().decode()) == []
        assert b"; echo $HOME" in (tmp_path / "cmdlines").read_bytes()
    if source == "password":
        assert issued[0] in read_written(tmp_path, tokens=True)


def test_no_secret_of_the_sdks_credentials_file_leaves(site, tmp_path, capfd, monkeypatch):
    folder = tmp_path / ".huaweicloud"
    folder.mkdir()
    file = folder / "credentials"
    file.touch(mode=0o600)
    file.write_text(f"[basic]\nak = {AK}\nsk = {SK}\nsecurity_token = {STS}\n")
    for name, value in (
        ("MATUI_ENDPOINT", site.url),
        ("MATUI_IAM_ENDPOINT", site.url),
        ("MATUI_REGION", "cn-north-4"),
    ):
        monkeypatch.setenv(name, value)
    for arguments in COMMANDS:
        run(list(arguments))
    out, err = capfd.readouterr()
    assert "huaweicloud" in out
    assert find_leaked(f"{out}\n{err}\n{read_written(tmp_path)}") == []


def test_a_bugs_traceback_hides_every_secret_this_process_knows(site, tmp_path, capfd, monkeypatch):
    async def broken(*_arguments: object, **_more: object) -> None:
        coded = [b64encode(start + SK.encode()).decode() for start in (b"", b"x", b"xy")]
        raise RuntimeError(f"{SK} {quote(AK)} {SK[3:14]} {coded}")

    monkeypatch.setattr("matui.cli.get.fetching.list_all", broken)
    code = run(["--config", site.write(tmp_path), "--debug", "get", "nb"])
    out, err = capfd.readouterr()
    (log,) = (tmp_path / "state").rglob("debug-*.log")
    assert code == 1
    assert "RuntimeError" in log.read_text()
    assert find_leaked(f"{out}\n{err}\n{log.read_text()}") == []


def test_everything_written_is_its_owners_alone(site, tmp_path):
    file = site.write(tmp_path, auth="password", read_timeout=20.0)
    assert run(["--config", file, "stop", "nb", "ctr-features", "--yes"]) == 0
    for folder in ("state", "cache"):
        for path in (tmp_path / folder / "matui").rglob("*"):
            assert stat.S_IMODE(path.lstat().st_mode) == (0o700 if path.is_dir() else 0o600), path
        assert stat.S_IMODE((tmp_path / folder / "matui").stat().st_mode) == 0o700


@pytest.mark.parametrize("what", ["folder", "file"])
def test_a_token_is_never_written_through_a_link_nor_read_through_one(what, site, tmp_path):
    file = site.write(tmp_path, auth="password", read_timeout=20.0)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    tokens = tmp_path / "cache" / "matui" / "tokens"
    assert run(["--config", file, "get", "nb"]) == 0
    (kept,) = tokens.iterdir()
    if what == "folder":
        tokens.rename(elsewhere / "tokens")
        tokens.symlink_to(elsewhere / "tokens")
    else:
        kept.rename(elsewhere / "token.json")
        kept.symlink_to(elsewhere / "token.json")
    before = site.auth.issued
    assert run(["--config", file, "get", "nb"]) == 0
    assert site.auth.issued == before + 1
    old = next(elsewhere.rglob("*.json")).read_text()
    assert not any(text in old for text in list(site.auth.tokens)[1:])


def test_a_piece_of_a_secret_is_hidden_and_what_is_none_stays():
    assert hide_known_secrets(f"a {SK[5:15]} b", [SK]) == "a <hidden> b"
    assert hide_known_secrets("nothing of it", [SK, "abc"]) == "nothing of it"
    assert hide_known_secrets("key=short1", ["short1"]) == "key=<hidden>"


def test_a_secret_is_known_once_it_is_read():
    assert SecretSource.parse("PLANTED-literal").is_literal
    assert "PLANTED-literal" in get_known_secrets()
