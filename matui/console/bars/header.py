"""The texts of the header and of the tabs: place, profiles, counts by phase; kinds. Pure but for Content."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from textual.content import Content

from matui.base.text.cells import fit, measure_width
from matui.console.bars.text_bar import make_clickable
from matui.resources.columns import PHASE_ORDER, PHASE_SYMBOLS
from matui.resources.kind import Kind
from matui.resources.kinds.triage import TROUBLE
from matui.resources.model import Phase

if TYPE_CHECKING:
    from matui.console.fleet import Chip

_LONGEST_CHIP, _SHORT_CHIP, _SHORTEST_CHIP = 18, 10, 4  # cells of a profile's name
_ENDED = (Phase.DONE, Phase.STOPPED)
_BRIGHT = 128_000  # of 255,000: beyond it black is read more easily than white
CHANGED_SIGN = "•"
_FEW = 2  # triage and one kind, as in a capsule: their plurals, as in most profiles
_HERE = "bold $cursor-text on $cursor"


class HeaderPlace(NamedTuple):
    """Profile, region and workspace shown; ``workspace`` is None for a cloud that has none."""

    profile: str
    region: str
    workspace: str | None
    read_only: bool = False
    colour: str = ""


class RowCounts(NamedTuple):
    """How many rows are in each phase, are shown and are there in all; None where that is not known.

    ``acknowledged`` are counted in no phase: who has seen them is not to look for them again.
    """

    phases: Mapping[Phase, int]
    shown: int | None
    total: int | None
    acknowledged: int = 0

    def leave_out_ended(self) -> RowCounts:
        """Return the counts without ended phases and what is acknowledged."""
        moving = {phase: count for phase, count in self.phases.items() if phase not in _ENDED}
        return self._replace(phases=moving, acknowledged=0)


def build_header(place: HeaderPlace, kind: Kind, counts: RowCounts, width: int) -> Content:
    """Return the header: profile, region, workspace, kind and how many are in each phase.

    Until it fits ended phases and what is acknowledged are left out, then the workspace, then the region.
    """
    moving = counts.leave_out_ended()
    placed = place._replace(workspace=None)
    for where, shown_counts in ((place, counts), (place, moving), (placed, moving)):
        row = _place_row(where, kind, shown_counts)
        if row.cell_length <= width:
            return row
    return _place_row(placed._replace(region=""), kind, moving)


def _place_row(place: HeaderPlace, kind: Kind, counts: RowCounts) -> Content:
    chip = Content.styled(f" {place.profile} ", get_chip_style(place.colour))
    parts: list[Content] = [make_clickable(chip, "profiles")]
    if place.region:
        parts.append(Content(f" {place.region}"))
    if place.workspace is not None:
        words = Content.styled(f" · ws {place.workspace or 'default'}", "$text-muted")
        parts.append(make_clickable(words, "workspace"))
    if place.read_only:
        parts.append(Content.styled("  READ-ONLY", "bold $text-warning"))
    return Content("").join([*parts, *_format_kind_and_counts(kind, counts)])


def _format_kind_and_counts(kind: Kind, counts: RowCounts) -> list[Content]:
    phases, acknowledged = counts.phases, counts.acknowledged
    return [
        Content.styled(f"  {kind.id} ", "bold"),
        Content.styled(_format_count(counts.shown, counts.total), "$text-muted"),
        *(
            make_clickable(
                Content.styled(f"  {PHASE_SYMBOLS[phase]} {phases[phase]}", get_phase_style(phase)),
                "filter",
                f"phase:{phase.value}",
            )
            for phase in sorted(phases, key=PHASE_ORDER.__getitem__)
            if phases[phase]
        ),
        *([Content.styled(f"  {acknowledged:,} acknowledged", "$text-muted")] if acknowledged else []),
    ]


def build_fleet_header(chips: Sequence[Chip], kind: Kind, counts: RowCounts, width: int) -> Content:
    """Return the header of several profiles: a chip each, then kind and phases.

    Until it fits names are shortened, then ended phases and what is acknowledged are left out, then names
    are shortened further.
    """
    row = Content("")
    moving = counts.leave_out_ended()
    sizes = [(most, counts) for most in range(_LONGEST_CHIP, _SHORT_CHIP, -2)]
    sizes += [(most, moving) for most in range(_SHORT_CHIP, _SHORTEST_CHIP - 1, -1)]
    tried: tuple[list[str], RowCounts | None] = ([], None)
    for most, shown_counts in sizes:
        names = shorten_names([chip.name for chip in chips], most)
        if tried == (names, shown_counts):
            continue
        tried = (names, shown_counts)
        parts = [_format_chip(chip, name) for chip, name in zip(chips, names, strict=True)]
        row = Content("").join([*parts, *_format_kind_and_counts(kind, shown_counts)])
        if row.cell_length <= width:
            break
    return row


def shorten_names(names: Sequence[str], most: int) -> list[str]:
    """Return names of at most ``most`` cells; names that would be equal keep their ends instead."""
    cut = [fit(name, min(most, measure_width(name))) for name in names]
    return [
        fit(name[::-1], most)[::-1] if cut.count(shown) > 1 and shown != name else shown
        for name, shown in zip(names, cut, strict=True)
    ]


def _format_chip(chip: Chip, name: str) -> Content:
    mark = {"failed": " ✗", "opening": " …", "open": ""}[chip.state]
    read_only = " RO" if chip.read_only else ""
    row = Content.styled(f" {name}{read_only}{mark} ", get_chip_style(chip.colour))
    return make_clickable(row, "profiles") + Content(" ")


def get_chip_style(colour: str) -> str:
    """Return the style of a profile's name on its own colour: one of the palette, ``#rrggbb``, or none."""
    if not colour:
        return "bold $background on $accent"
    if not colour.startswith("#"):
        return f"bold $background on $profile-{colour}"
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    is_bright = red * 299 + green * 587 + blue * 114 > _BRIGHT
    return f"bold {'#000000' if is_bright else '#ffffff'} on {colour}"


def _format_count(shown: int | None, total: int | None) -> str:
    if shown is None:
        return "–"
    return f"{shown:,}" if total is None or total == shown else f"{shown:,} of {total:,}"


def get_phase_style(phase: Phase) -> str:
    """Return the style of a phase; bold for trouble."""
    return f"{'bold ' if phase in TROUBLE else ''}$phase-{phase.value}"


def build_tabs(
    kinds: Sequence[tuple[str, Kind]],
    here: str,
    trouble: Mapping[str, int],
    width: int,
    changed: Collection[str] = (),
) -> Content:
    """Return the tabs with their keys; the kind shown is marked, and rows in trouble are counted.

    A dot marks the kinds that have ``changed`` unseen.

    Until the tabs fit into ``width`` cells, titles are replaced by plurals and then, from the last kind on,
    names by the key alone; the kind shown keeps its name. A kind without a default key has a tab while it
    is shown.
    """
    kinds = [(key, kind) for key, kind in kinds if key or kind.key or kind.id == here]
    row = Content("")
    for names, pad in _name_sets(kinds, here):
        row = Content("").join(
            _format_tab(
                kind.id, key, names[kind.id], pad, _format_counts(kind.id, trouble, changed), kind.id == here
            )
            for key, kind in kinds
        )
        if row.cell_length <= width:
            break
    return row


def _name_sets(kinds: Sequence[tuple[str, Kind]], here: str) -> Iterator[tuple[Mapping[str, str], str]]:
    """Yield the names of the kinds by id and the padding before each key, the longest first."""
    if len(kinds) > _FEW:
        yield {kind.id: kind.title for _, kind in kinds}, " "
    names = {kind.id: kind.id for _, kind in kinds}
    yield names, " "
    yield names, ""
    for key, kind in reversed(kinds):
        if key and kind.id != here:
            names = {**names, kind.id: ""}
            yield names, ""


def _format_counts(kind_id: str, trouble: Mapping[str, int], changed: Collection[str]) -> tuple[str, str]:
    """Return the count of rows in trouble and the mark of unseen changes, each with its space."""
    count = trouble.get(kind_id, 0)
    failed = f"{PHASE_SYMBOLS[Phase.FAILED]}{count} " if count else ""
    return failed, f"{CHANGED_SIGN} " if kind_id in changed else ""


def _format_tab(
    kind_id: str, key: str, word: str, pad: str, counts: tuple[str, str], is_shown: bool
) -> Content:
    failed, changed = counts
    tab = Content.assemble(
        (f"{pad}{key} " if key else pad, _HERE if is_shown else "$accent"),
        (f"{word} " if word else "", _HERE if is_shown else "$text-muted"),
        (failed, _HERE if is_shown else get_phase_style(Phase.FAILED)),
        (changed, _HERE if is_shown else "$accent"),
    )
    return make_clickable(tab, kind_id)
