"""``matui explain CODE``: what a code of the API, HTTP, a process, an accelerator or a fault means."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from matui.base.codes.error_codes import (
    Language,
    explain,
    explain_peer_code,
    list_explanations,
    list_peer_codes,
    suggest_codes,
)
from matui.base.codes.run_codes import explain_run_code, list_run_codes
from matui.base.errors import MatuiError, UsageError
from matui.base.text.sanitize import clean
from matui.cli.completion.candidates import complete_codes
from matui.cli.options import output_option
from matui.cli.output.streams import print_line

if TYPE_CHECKING:
    from matui.base.codes.error_codes import Explanation

_LONGEST_SHOWN = 60
_REMEDY: dict[Language, str] = {"en": "What to do: ", "zh": "处理方法："}


@click.command(
    "explain",
    context_settings={"ignore_unknown_options": True},  # -9 is a code
)
@click.argument("words", metavar="CODE", nargs=-1, shell_complete=complete_codes)
@click.option("--list", "list_all", is_flag=True, help="Show every code that is known.")
@output_option("text", "json")
@click.option(
    "--lang",
    "language",
    type=click.Choice(["en", "zh"]),
    metavar="LANG",
    default="en",
    show_default=True,
    help="en or zh; codes of HTTP, processes and accelerators are in English only.",
)
def command(words: tuple[str, ...], list_all: bool, output: str, language: Language) -> None:
    """Say what an error code means and what to do about it.

    CODE is a code of the API as the cloud sends it (ModelArts.6305, APIGW.0301) or as a number (6305), of
    Qianfan (111) or OpenSearch (Throttling.User); an HTTP status (404); an exit code or signal (137, -9,
    SIGSEGV); a code of an accelerator (EI0006, ERR01100, 507018, Xid 79, CUDA error 700,
    ncclSystemError); the reason of a container (OOMKilled); or the fault of a job (job_hanged). A number
    with several meanings is explained with each.
    """
    code = " ".join(words).strip()
    if list_all == bool(code):
        raise UsageError("Give one error code or --list.", remedy="Example: matui explain ModelArts.6305")
    if list_all:
        _show_all(output, language)
    else:
        _show_one(code, output, language)


def _show_one(code: str, output: str, language: Language) -> None:
    entry = explain(code, language)
    entries = (
        *((entry,) if entry is not None else ()),
        *explain_peer_code(code),
        *explain_run_code(code),
    )
    if not entries:
        shown = clean(code[:_LONGEST_SHOWN])
        raise MatuiError(
            f"The error code {shown} does not exist in matui's list.", remedy=_suggest_near_codes(code)
        )
    if output == "json":
        others = [_as_dict(other) for other in entries[1:]]
        print_line(_format_json(_as_dict(entries[0]) | ({"others": others} if others else {})))
    else:
        print_line("\n\n".join(map(_as_text, entries)))


def _show_all(output: str, language: Language) -> None:
    entries = (*list_explanations(language), *list_peer_codes(), *list_run_codes())
    if output == "json":
        print_line(_format_json([_as_dict(entry) for entry in entries]))
        return
    width = max(len(entry.code) for entry in list_explanations())
    print_line("\n".join(f"{entry.code:<{width}}  {entry.meaning}" for entry in entries))


def _suggest_near_codes(code: str) -> str:
    near = suggest_codes(code)
    if near:
        return f"Did you mean {' or '.join(near)}?"
    return "See every code with: matui explain --list"


def _as_text(entry: Explanation) -> str:
    """Return the explanation with the label in its own language, which is English without a translation."""
    remedy = _REMEDY["en" if entry.meaning.isascii() else "zh"]
    return f"{entry.code} ({entry.kind})\n{entry.meaning}\n{remedy}{entry.remedy}"


def _as_dict(entry: Explanation) -> dict[str, str]:
    return {"code": entry.code, "kind": entry.kind, "meaning": entry.meaning, "remedy": entry.remedy}


def _format_json(value: object) -> str:
    import json

    return json.dumps(value, indent=2, ensure_ascii=False)
