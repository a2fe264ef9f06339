"""The last net under what widgets paint."""

from __future__ import annotations

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from matui.console.harmless import Harmless
from matui.text import harmless

NET: LineFilter = Harmless()
BACK = Color(0, 0, 0)


def test_what_is_harmless_passes_as_it_is():
    segments = [Segment("a\u00e9训 "), Segment("x")]
    assert NET.apply(segments, BACK) is segments


def test_controls_go_and_surrogates_become_visible_in_as_many_cells():
    (painted,) = NET.apply([Segment("a\x1b[31mb\x9bc\u202ed\x00\ud800")], BACK)
    assert painted.text == "a[31mbcd\ufffd"


def test_what_joins_characters_stays():
    assert harmless("👨\u200d👩") == "👨\u200d👩"
