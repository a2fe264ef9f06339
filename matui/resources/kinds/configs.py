"""Training job configurations (chapter 5.2 of the reference), and catalogs of choices for forms."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from matui.base.errors import UsageError
from matui.base.text.near_names import format_suggestion
from matui.resources.columns import AGE, ID, NAME, STATUS, build_fact_text_column, build_text_column
from matui.resources.kind import Kind, delete_action
from matui.resources.model import Phase, Resource

AVAILABLE = "available"
_CODE = build_text_column("id", "ID", lambda r: r.id, width=4, max_width=40, drop=9)


def _explain_no_delete(config: Resource) -> str | None:
    return "it is a sample of the cloud's" if config.facts.get("type") == "sample" else None


CONFIGS = Kind(
    id="configs",
    singular="config",
    short=("cfg",),
    title="Job configurations",
    key="8",
    by_workspace=False,
    columns=(
        NAME,
        build_fact_text_column("type", "TYPE", width=6, max_width=6, drop=7),
        build_fact_text_column("engine", "ENGINE", width=10, max_width=32, drop=8),
        AGE,
        build_fact_text_column("description", "DESCRIPTION", width=11, max_width=60, drop=10),
        ID,
    ),
    cadence_s=60,
    actions=(
        delete_action(
            _explain_no_delete,
            "The configuration is deleted for good; jobs created from it are kept.",
            "{count} configurations are deleted for good; jobs created from them are kept.",
        ),
    ),
)


class Choice(NamedTuple):
    """One entry of a catalog: requests take its ``id``; ``why_not`` is the reason it is unavailable."""

    id: str
    label: str
    note: str = ""
    why_not: str = ""


def select_sold_out(choices: Iterable[Choice]) -> frozenset[str]:
    """Return the ids and labels of the flavors that are sold out."""
    return frozenset(
        name for one in choices if one.why_not == "sold out" for name in (one.id, one.label) if name
    )


def map_choice(catalog: str, choice: Choice, *, cloud: str, profile: str) -> Resource:
    """Return one choice of a catalog as a row."""
    return Resource(
        kind=catalog,
        id=choice.id,
        name=choice.label or choice.id or "–",
        status=choice.why_not or AVAILABLE,
        phase=Phase.DEGRADED if choice.why_not else Phase.DONE,
        cloud=cloud,
        profile=profile,
        facts={"note": choice.note} if choice.note else {},
    )


def _build_catalog(ident: str, singular: str, title: str, note: str) -> Kind:
    return Kind(
        id=ident,
        singular=singular,
        short=(singular,),
        title=title,
        listed=False,
        columns=(NAME, STATUS, build_fact_text_column("note", note, width=10, max_width=60, drop=7), _CODE),
        cadence_s=300,
        panes=(),
    )


# By kind id (5.4.1, 5.4.2, 5.1.12 and 7.10 of the reference; experiments and images are of v2).
CATALOGS: dict[str, Kind] = {
    kind.id: kind
    for kind in (
        _build_catalog("flavors", "flavor", "Flavors of training jobs", "RESOURCES"),
        _build_catalog("engines", "engine", "Engines of training jobs", "FRAMEWORK"),
        _build_catalog("algorithms", "algorithm", "Algorithms", "WHAT IT IS"),
        _build_catalog("specs", "spec", "Deployment specifications", "NOTE"),
        _build_catalog("experiments", "experiment", "Experiments of training jobs", "JOBS"),
        _build_catalog("images", "image", "Images", "NOTE"),
    )
}


def find_catalog(word: str) -> Kind:
    """Return the catalog of a plural or singular name. Raises UsageError with the list of catalogs."""
    folded = word.casefold()
    for kind in CATALOGS.values():
        if folded in (kind.id, kind.singular):
            return kind
    hint = format_suggestion(word, CATALOGS)
    raise UsageError(f"There is no catalog {word!r}.{hint}", remedy=f"Catalogs: {', '.join(CATALOGS)}.")
