"""What makes the start faster can be switched off, and ends with the start."""

from __future__ import annotations

import dataclasses
import gc
import json
import subprocess
import sys
import typing
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, ModuleType

import pytest

from matui.cli.process import startup


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Begin as a new process does, whatever earlier tests of this process have started."""
    before, modules, of_dataclasses = gc.get_threshold(), dict(sys.modules), dict(vars(dataclasses))
    gc.unfreeze()
    gc.set_threshold(700, 10, 10)
    yield
    gc.unfreeze()
    gc.set_threshold(*before)
    for name in (startup.HTTPX_COMMAND_LINE, startup.SNIFFIO, startup.SOCKS, startup.PYDANTIC_PLUGINS):
        if name not in modules:
            sys.modules.pop(name, None)
    vars(typing).pop("compile", None)
    vars(dataclasses).update(of_dataclasses)


@pytest.mark.parametrize(("options", "lines"), [([], 0), (["-W", "default"], 1)], ids=["as installed", "-W"])
def test_a_warning_of_python_is_hidden_unless_it_is_asked_for(options: list[str], lines: int) -> None:
    program = (
        "from matui.cli.process import startup; startup.hide_warnings(); "
        "import warnings; warnings.warn('left', RuntimeWarning)"
    )
    done = subprocess.run(
        [sys.executable, *options, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stderr.count("RuntimeWarning: left") == lines


def test_collecting_is_put_off_while_starting_and_goes_on_at_work() -> None:
    startup.start_process()
    starting = gc.get_threshold()[0]
    startup.finish_start()
    assert gc.get_threshold()[0] * 10 == starting
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0


def test_work_leaves_a_process_alone_that_was_not_started_so() -> None:
    before = gc.get_threshold()
    startup.finish_start()
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0


def test_each_measure_can_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    before = gc.get_threshold()
    monkeypatch.setenv("MATUI_STARTUP_OFF", "gc,libs,hints,methods")
    compiler = getattr(dataclasses, "_create_fn", None)
    startup.start_process()
    assert getattr(dataclasses, "_create_fn", None) is compiler
    assert "compile" not in vars(typing)
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0
    assert not startup.is_on("libs")
    assert startup.is_on("defer")


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="typing itself compiles them late")
def test_an_annotation_is_compiled_when_it_is_evaluated() -> None:
    startup.start_process()

    class Row(typing.NamedTuple):
        count: int | None
        others: list[Row]

    reference = Row.__annotations__["count"]
    assert not isinstance(reference.__forward_code__, CodeType)
    assert typing.get_type_hints(Row, localns={"Row": Row}) == {"count": int | None, "others": list[Row]}


def test_what_is_imported_already_stays_whole() -> None:
    names = (startup.HTTPX_COMMAND_LINE, startup.SNIFFIO, startup.SOCKS, startup.PYDANTIC_PLUGINS)
    loaded = {name: ModuleType(name) for name in names}
    modules = dict(loaded)
    startup.skip_unused_parts(modules, {})
    assert modules == loaded


@pytest.mark.parametrize(
    ("name", "value", "skipped"),
    [
        ("ALL_PROXY", "socks5h://localhost:1080", False),
        ("https_proxy", "SOCKS://localhost", False),
        ("HTTPS_PROXY", "http://localhost:3128", True),
        ("SHELL_TITLE", "socks", True),
    ],
)
def test_socks_is_left_out_only_without_such_a_proxy(name: str, value: str, skipped: bool) -> None:
    modules: dict[str, ModuleType] = {}
    startup.skip_unused_parts(modules, {name: value})
    assert (startup.SOCKS in modules) is skipped


_PARTS = """
import json, sys
from matui.cli.process import startup
startup.start_process()
import pydantic, httpx
class Model(pydantic.BaseModel):
    number: int
httpx.AsyncClient()
names = ("importlib.metadata", "socksio.socks5", "pygments")
print(json.dumps([Model.model_validate({"number": "1"}).number, [n for n in names if n in sys.modules]]))
"""


def test_libraries_work_without_the_parts_that_are_left_out() -> None:
    env = {"PATH": "/usr/bin:/bin"}
    done = subprocess.run([sys.executable, "-c", _PARTS], capture_output=True, text=True, env=env, timeout=60)
    assert json.loads(done.stdout) == [1, []], done.stderr


def test_another_name_of_the_module_of_plugins_is_that_of_pydantic() -> None:
    stand_in = startup.NoPlugins(startup.PYDANTIC_PLUGINS)
    assert list(stand_in.get_plugins()) == []
    assert stand_in.PYDANTIC_ENTRY_POINT_GROUP == "pydantic"
    with pytest.raises(AttributeError):
        _ = stand_in.__path__


def test_the_modules_that_are_deferred_exist() -> None:
    startup._load_deferred()


@pytest.mark.parametrize("is_installed", [False, True])
def test_no_request_searches_the_path_for_sniffio_which_older_anyio_needs(
    is_installed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if is_installed:
        (tmp_path / "sniffio.py").touch()
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    modules: dict[str, ModuleType] = {}
    startup.skip_unused_parts(modules, {})
    assert (startup.SNIFFIO in modules) is not is_installed
