"""Measures that shorten the start; none of them changes behaviour.

Each measure has a name. ``MATUI_STARTUP_OFF`` switches measures off by name, separated by commas, to compare
times and to look for faults. Gains are millions of instructions (``valgrind --tool=cachegrind``, with
and without the measure) on Python 3.11 against ``matui sim`` on loopback; 4 of them take about 1 ms:

======== ========================================================= ================================
gc       collect garbage rarely until the first request            61 (get), 107 (rows over HTTP)
libs     do not import parts of libraries that are not used:       184 (get)
         httpx's command line with pygments (119), pydantic's
         search for plugins, SOCKS without such a proxy
hints    compile annotations that are text when they are evaluated 41 (get), 73 (rows over HTTP)
methods  compile methods of dataclasses at their first call        124 (get), 197 (rows in the demo)
help     print the prepared text of ``matui --help``               205 (--help)
defer    import the console's data layer after its first paint     168 (first paint)
======== ========================================================= ================================
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Mapping
from importlib import import_module
from importlib.machinery import PathFinder
from types import ModuleType

from matui.base.process import STARTUP_OFF

MEASURES = ("gc", "libs", "hints", "methods", "help", "defer")
HTTPX_COMMAND_LINE = "httpx._main"
SOCKS = "socksio"
SNIFFIO = "sniffio"
PYDANTIC_PLUGINS = "pydantic.plugin._loader"
_STARTING = 500_000  # allocations between two collections
_WORKING = 50_000
_DEFERRED = (
    "matui.base.redaction.masking",  # this and the next two report a crash, also where matui changed on disk
    "matui.base.text.sanitize",
    "matui.cli.process.error_report",
    "matui.console.profile_manager",
    "matui.console.bars.header",
    "matui.console.bars.overview",
    "matui.console.bars.bars",
    "matui.console.session",
    "matui.console.table.widget",
    "matui.console.triage.home",
    "matui.live.actions.executor",
    "matui.live.poll.poller_set",
    "matui.resources.registry",
)


def is_on(measure: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether a measure is not switched off."""
    return measure not in map(str.strip, environ.get(STARTUP_OFF, "").split(","))


def start_process(*, imports_libraries: bool = True) -> None:
    """Prepare the process; call before importing anything else."""
    if is_on("gc"):
        # Imports allocate much and leave little garbage; the default threshold scans it all again and again.
        gc.set_threshold(_STARTING, 20, 50)
    if imports_libraries and is_on("hints"):
        compile_hints_late()
    if imports_libraries and is_on("methods"):
        from matui.cli.process.late_methods import compile_methods_late

        compile_methods_late()
    if imports_libraries and is_on("libs"):
        skip_unused_parts()


def hide_warnings() -> None:
    """Keep warnings of Python and of libraries from stderr, unless ``-W`` or PYTHONWARNINGS asks for them.

    A coroutine that a closed pipe or ctrl+c leaves behind is reported as such a warning, after the last line.
    """
    if not sys.warnoptions:
        import warnings

        warnings.simplefilter("ignore")


def compile_hints_late() -> None:
    """Let ``typing`` keep an annotation that is text as text, and compile it when it is evaluated.

    It compiles each one of a TypedDict or NamedTuple at once, and few are ever evaluated; ``eval`` takes
    either.
    """
    import typing

    vars(typing)["compile"] = lambda source, *_: source


def skip_unused_parts(
    modules: dict[str, ModuleType] = sys.modules, environ: Mapping[str, str] = os.environ
) -> None:
    """Keep libraries from importing what is not used; what is imported already stays.

    None stops an import, as where httpx is installed without its command line, or without SOCKS. sniffio
    tells trio from asyncio, which alone runs here: httpcore and anyio import it again and again, and where it
    is not installed the path is searched each time. anyio before 4.12 cannot be imported without it.
    """
    modules.setdefault(HTTPX_COMMAND_LINE, None)  # type: ignore[arg-type]
    if PathFinder.find_spec(SNIFFIO) is None:
        modules.setdefault(SNIFFIO, None)  # type: ignore[arg-type]
    if not any(
        "socks" in value.lower() for name, value in environ.items() if name.lower().endswith("_proxy")
    ):
        modules.setdefault(SOCKS, None)  # type: ignore[arg-type]
    modules.setdefault(PYDANTIC_PLUGINS, NoPlugins(PYDANTIC_PLUGINS))


class NoPlugins(ModuleType):
    """Takes the place of the module in which pydantic reads the metadata of all packages for plugins."""

    def get_plugins(self) -> tuple[()]:
        """Return no plugin."""
        return ()

    def __getattr__(self, name: str) -> object:
        """Return what another version of pydantic imports from the module itself."""
        if name.startswith("__"):
            raise AttributeError(name)
        sys.modules.pop(self.__name__, None)
        return getattr(import_module(self.__name__), name)


def finish_start() -> None:
    """Restore normal garbage collection, without the objects that the start has allocated.

    Does nothing where ``start_process`` has not deferred it.
    """
    if gc.get_threshold()[0] == _STARTING:
        gc.freeze()
        gc.set_threshold(_WORKING, 20, 50)


async def load_console() -> None:
    """Import the modules needed after the first paint, in a thread, so that keys still work."""
    import asyncio

    await asyncio.to_thread(_load_deferred)


def load_console_now() -> None:
    """Import them before the first paint, where ``defer`` is switched off."""
    if not is_on("defer"):
        _load_deferred()


def _load_deferred() -> None:
    for module in _DEFERRED:
        import_module(module)
