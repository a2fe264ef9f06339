"""Options that commands share: the global ones, the format, the filter and moments."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from matui.base.errors import UsageError
from matui.base.text.formatting import end_sentence
from matui.base.text.sanitize import decode_argument
from matui.cli.completion.candidates import complete_times

if TYPE_CHECKING:
    from matui.resources.filters import Filter

Command = TypeVar("Command", bound=Callable[..., Any])
_BARE_NUMBER = re.compile(r"[+-]?\d{1,7}(?:\.\d*)?")
since_option = click.option(
    "--since",
    metavar="TIME",
    shell_complete=complete_times,
    help="Such as 30m, 7d, 03:12, 2025-11-02 or 2025-11-02T14:30+08:00.",
)
show_secrets_option = click.option(
    "--show-secrets", is_flag=True, help="Show the values of secrets in raw; they are *** without."
)


class Options(NamedTuple):
    """The global options as typed; None for those not given."""

    profile: str | None = None
    config: Path | None = None
    workspace: str | None = None
    screen: str | None = None
    read_only: bool = False
    theme: str | None = None
    debug: bool = False
    demo: bool = False
    all_profiles: bool = False
    record: Path | None = None
    redact: bool = False
    replay: Path | None = None


def decode_text(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    """Return the value of an option that is compared with texts of the cloud, decoded as UTF-8."""
    return None if value is None else decode_argument(value)


def parse_filter_option(expression: str, kind_id: str = "") -> Filter | None:
    """Parse the value of --filter; None for an empty one. Raises UsageError for wrong terms.

    With the id of the one kind that is filtered, a field that it lacks is named as lacking first.
    """
    if not expression.strip():
        return None
    from matui.resources.filters import parse_filter

    chosen = parse_filter(expression)
    if chosen.errors:
        raise build_wrong_filter_error(chosen.list_errors(kind_id) if kind_id else chosen.errors)
    return chosen


def build_wrong_filter_error(faults: Iterable[str]) -> UsageError:
    """Return the error for a filter with these wrong terms."""
    return UsageError(
        end_sentence(f"The filter is wrong: {'; '.join(faults)}"),
        remedy="See the fields and their words with: matui help filters",
    )


def output_option(*formats: str) -> Callable[[Command], Command]:
    """Return the option for the format of the output; the first of ``formats`` is the default."""
    return click.option(
        "-o",
        "--output",
        type=click.Choice(formats),
        metavar="FORMAT",
        default=formats[0],
        show_default=True,
        help=f"{', '.join(formats[:-1])} or {formats[-1]}.",
    )


DASH = Path("-")  # stdin or stdout


class FilePath(click.Path):
    """The path of a file: not empty, which would be the current folder; ``-`` only with ``allow_dash``."""

    def __init__(self, *, allow_dash: bool = False) -> None:
        super().__init__(dir_okay=False, allow_dash=allow_dash, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path. Raises click.BadParameter for one that names no file."""
        if not str(value).strip():
            self.fail("the path is empty.", param, ctx)
        if str(value) == "-" and not self.allow_dash:
            self.fail("- is no file here. For a file of that name give ./-.", param, ctx)
        return super().convert(value, param, ctx)


def refuse_ineffective(option: str, given: bool, beside: str, remedy: str = "") -> None:
    """Raise UsageError for an option that was given and has no effect ``beside`` other options."""
    if given:
        raise UsageError(f"{option} has no effect with {beside}.", remedy=remedy)


def refuse_secrets_in(output: str, show_secrets: bool) -> None:
    """Raise UsageError for --show-secrets with a format that does not write ``raw``."""
    is_without_raw = output not in ("json", "jsonl", "yaml")
    refuse_ineffective("--show-secrets", show_secrets and is_without_raw, f"-o {output}", "Use -o json.")


def list_chosen_profiles(options: Options) -> list[str] | None:
    """Return the profiles of ``-p``, None for all."""
    if not options.profile or options.all_profiles:
        return None
    return [name for each in options.profile.split(",") if (name := each.strip())]


def refuse_bare_number(option: str, typed: str) -> None:
    """Raise UsageError for a moment that is a number without a unit, such as ``0`` or ``-5``."""
    if _BARE_NUMBER.fullmatch(typed.strip()):
        raise UsageError(f"{option} {typed} has no unit.", remedy="Add one, such as 30s, 10m, 8h or 7d.")


def parse_moment_option(option: str, typed: str | None, now_ms: float) -> int | None:
    """Return the value of an option in ms since the epoch; None for no limit."""
    if typed is None:
        return None
    from matui.base.moments import parse_moment

    refuse_bare_number(option, typed)
    try:
        return int(parse_moment(typed, last_ms=now_ms, zone=None))
    except ValueError as wrong:
        raise UsageError(f"{option} {typed!r} is {wrong}.") from None


def refuse_empty_range(
    since: str | None, until: str | None, bounds: tuple[int | None, int | None], now_ms: float
) -> None:
    """Raise UsageError where nothing can lie between the moments of the options (ms since the epoch)."""
    start, end = bounds
    if start is not None and start > now_ms:
        raise UsageError(f"--since {since} is in the future.", remedy="Name an earlier time.")
    if start is not None and start == int(now_ms):
        raise UsageError(
            f"--since {since} is now: nothing can lie in between.", remedy="Name an earlier time."
        )
    if start is not None and end is not None and end < start:
        raise UsageError(
            f"--until {until} is before --since {since}.",
            remedy="Name an earlier --since or a later --until.",
        )


class SuggestingGroup(click.Group):
    """Names the nearest command where the one that is typed does not exist."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return click's answer. Raises UsageError for a command that does not exist."""
        name = args[0]
        if name not in self.list_commands(ctx) and not name.startswith("-"):
            typed = " ".join([*ctx.command_path.split()[1:], name])
            ctx.fail(f"There is no command {typed!r}.{self.suggest(ctx, name)}")
        return super().resolve_command(ctx, args)

    def suggest(self, ctx: click.Context, name: str) -> str:
        """Return what may have been meant, after a space, ``""`` where nothing is near."""
        from matui.base.text.near_names import format_suggestion

        return format_suggestion(name, self.list_commands(ctx))
