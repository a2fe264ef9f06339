"""The last net under what widgets paint."""

from __future__ import annotations

import gc
import weakref

from rich.segment import Segment
from textual._styles_cache import StylesCache
from textual.color import Color
from textual.filter import LineFilter

from matui.base.text.sanitize import strip_controls
from matui.console.terminal.app import shrink_styles_cache
from matui.console.terminal.filters import ControlFilter

NET: LineFilter = ControlFilter()
BACK = Color(0, 0, 0)


def test_what_is_harmless_passes_as_it_is():
    segments = [Segment("a\u00e9训 "), Segment("x")]
    assert NET.apply(segments, BACK) is segments


def test_controls_go_and_surrogates_become_visible_in_as_many_cells():
    (painted,) = NET.apply([Segment("a\x1b[31mb\x9bc\u202ed\x00\ud800")], BACK)
    assert painted.text == "a[31mbcd\ufffd"


def test_what_joins_characters_stays():
    assert strip_controls("👨\u200d👩") == "👨\u200d👩"


def test_the_paint_of_removed_widgets_is_let_go_of():
    shrink_styles_cache()
    caches = [StylesCache() for _ in range(200)]
    for cache in caches:
        cache.get_inner_outer(BACK, BACK)
    kept = [weakref.ref(cache) for cache in caches]
    del caches, cache
    gc.collect()
    assert sum(one() is not None for one in kept) <= 64
