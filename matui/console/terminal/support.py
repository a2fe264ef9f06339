"""Whether the Textual that is installed has the private parts that this package relies on."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from matui.base.process import FALSE, STOCK_TERMINAL

TESTED_SERIES = (8, 2)

# (module, class, method, its positional parameters): methods that are overridden or called.
METHODS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("textual.app", "App", "_display", ("self", "screen", "renderable")),
    ("textual.app", "App", "_fatal_error", ("self",)),
    ("textual.app", "App", "_close_messages_no_wait", ("self",)),
    ("textual.screen", "Screen", "_on_idle", ("self", "event")),
    ("textual.screen", "Screen", "_on_timer_update", ("self",)),
    ("textual.screen", "Screen", "_key_escape", ("self",)),
    ("textual.screen", "Screen", "_compositor_refresh", ("self",)),
    ("textual._compositor", "Compositor", "render_full_update", ("self", "simplify")),
    ("textual._compositor", "Compositor", "render_partial_update", ("self",)),
    ("textual._compositor", "Compositor", "_get_renders", ("self", "crop")),
    ("textual._compositor", "Compositor", "_render_chops", ("self", "crop", "is_rendered_line")),
    ("textual._compositor", "ChopsUpdate", "__init__", ("self", "chops", "spans", "chop_ends")),
    ("textual._compositor", "ChopsUpdate", "render_segments", ("self", "console")),
    ("textual._compositor", "LayoutUpdate", "__init__", ("self", "strips", "region")),
    ("textual._compositor", "LayoutUpdate", "render_segments", ("self", "console")),
    ("textual.drivers.linux_driver", "LinuxDriver", "run_input_thread", ("self",)),
    ("textual.drivers.linux_driver", "LinuxDriver", "write", ("self", "data")),
    ("textual.drivers.linux_driver", "LinuxDriver", "_sigtstp_application", ("self",)),
    ("textual.drivers.linux_driver", "LinuxDriver", "_sigcont_application", ("self",)),
    ("textual._xterm_parser", "XTermParser", "__init__", ("self", "debug")),
    ("textual._xterm_parser", "XTermParser", "feed", ("self", "data")),
    ("textual._xterm_parser", "XTermParser", "tick", ("self",)),
)
# (module, class, names): attributes that are set by a class's __init__, or on the class itself.
ATTRIBUTES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("textual.app", "App", ("_batch_count", "_clipboard", "_driver", "_exception", "_filters")),
    (
        "textual.screen",
        "Screen",
        ("_binding_chain", "_compositor", "_dirty_widgets", "_layout_required", "focused"),
    ),
    ("textual.dom", "DOMNode", ("_bindings",)),
    ("textual._compositor", "Compositor", ("_dirty_regions", "cuts", "visible_widgets")),
    (
        "textual.drivers.linux_driver",
        "LinuxDriver",
        ("_auto_restart", "_debug", "_key_thread", "_must_signal_resume", "_writer_thread", "exit_event"),
    ),
    ("textual._parser", "ParseError", ()),
    ("textual._styles_cache", "StylesCache", ("get_inner_outer",)),
    ("rich.console", "Console", ("_color_system",)),
    ("rich.style", "Style", ("_attributes", "_set_attributes")),
)


def explain_unsupported(environ: Mapping[str, str] = os.environ) -> str | None:
    """Return None where this package can be used, else why the console is to run on stock Textual.

    On stock Textual (its own compositor and driver) everything works, with more bytes to the terminal.
    """
    if environ.get(STOCK_TERMINAL, "").strip().lower() not in {"", *FALSE}:
        return f"{STOCK_TERMINAL} is set"
    return find_missing_parts()


@cache
def find_missing_parts() -> str | None:
    """Return what the Textual installed lacks, or that its version is untested; None when all is there."""
    version = _find_textual_version()
    if tuple(version.split(".")[:2]) != tuple(map(str, TESTED_SERIES)):
        return f"Textual {version} is untested"
    return find_missing()


def find_missing() -> str | None:
    """Return the first part that is missing or has other parameters, None when all are there."""
    for module, owner, name, parameters in METHODS:
        method = getattr(_find_class(module, owner), name, None)
        if _list_parameters(method) != parameters:
            return f"{owner}.{name} has changed"
    for module, owner, names in ATTRIBUTES:
        cls = _find_class(module, owner)
        if cls is None:
            return f"{owner} is missing"
        for name in names:
            if not any(name in vars(base) or name in _list_names_in_init(base) for base in cls.__mro__):
                return f"{owner}.{name} is missing"
    return None


def _find_class(module: str, name: str) -> type | None:
    from importlib import import_module

    try:
        found = getattr(import_module(module), name, None)
    except ImportError:
        return None
    return found if isinstance(found, type) else None


def _list_parameters(method: Any) -> tuple[str, ...]:
    code = getattr(getattr(method, "__wrapped__", method), "__code__", None)
    return () if code is None else code.co_varnames[: code.co_argcount]


def _list_names_in_init(cls: type) -> tuple[str, ...]:
    """Return the attribute names that a class's ``__init__`` uses."""
    code = getattr(vars(cls).get("__init__"), "__code__", None)
    return () if code is None else code.co_names


def _find_textual_version() -> str:
    """Return the version by the name of its dist-info; importlib.metadata takes 20 ms to import."""
    import textual

    installed = Path(textual.__file__).parent.parent
    found = [path.name for path in installed.glob("textual-*.dist-info")]
    if len(found) == 1:
        return found[0].removeprefix("textual-").removesuffix(".dist-info")
    from importlib.metadata import version

    return version("textual")
