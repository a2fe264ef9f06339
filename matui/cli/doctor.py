"""``matui doctor``: check what matui needs, one line a check, with the remedy where one fails."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import TYPE_CHECKING

import click

from matui.base.calls.gather import iterate_side_by_side
from matui.base.calls.slow_calls import report_slow_calls
from matui.base.errors import MatuiError
from matui.base.text.sanitize import clean
from matui.cli.context.session import run_async
from matui.cli.options import Options
from matui.cli.output.streams import add_demo, print_line

if TYPE_CHECKING:
    from matui.base.clock import Clock
    from matui.clouds.doctor import Check
    from matui.config.settings import Profile, Settings

_SYMBOLS = {"ok": "✓", "warn": "!", "fail": "✗"}
_NAME_CELLS = 20
_REFERENCE = re.compile(r"\s*\([^()]*\)\.?$")
_OWN_ADVICE = re.compile(r";? ?`matui doctor` tests (?:them|each|it)|[^.;]*matui doctor[^.;]*[.;]?")


@click.command("doctor")
@click.pass_obj
def command(options: Options) -> int:
    """Check everything between you and the cloud, one line a check, with the remedy where one fails."""
    from matui.cli.context.warnings import note_wait

    with report_slow_calls(note_wait):
        return run_async(_run_doctor(options))


async def _run_doctor(options: Options) -> int:
    worst = 0
    group: list[Check] = []
    async for check in _run_checks(options):
        worst = max(worst, check.exit_code)
        if group and not _is_same_trouble(group[-1], check):
            print_line(add_demo(format_checks(group), demo=options.demo))
            group.clear()
        group.append(check)
    if group:
        print_line(add_demo(format_checks(group), demo=options.demo))
    return worst


def _is_same_trouble(one: Check, other: Check) -> bool:
    """Whether two checks failed in the same way, request ids aside."""
    return one.state == other.state != "ok" and _remove_reference(one) == _remove_reference(other)


def _remove_reference(check: Check) -> str:
    return _REFERENCE.sub("", check.found)


def format_checks(checks: Sequence[Check]) -> str:
    """Return checks with one result as a line: symbol, names, finding, and remedies after an arrow."""
    first = checks[0]
    same = len({check.name.partition(" ")[0] for check in checks}) == 1
    names = [check.name.partition(" ")[2] if same and at else check.name for at, check in enumerate(checks)]
    remedies = dict.fromkeys(filter(None, (_trim_remedy(check.remedy) for check in checks)))
    remedy = f" → {' '.join(remedies)}" if remedies else ""
    return clean(f"{_SYMBOLS[first.state]} {', '.join(names):<{_NAME_CELLS}} {first.found}{remedy}")


def _trim_remedy(remedy: str) -> str:
    """Return a remedy without the advice to run this command."""
    return _OWN_ADVICE.sub("", remedy).strip()


async def _run_checks(options: Options) -> AsyncIterator[Check]:
    from matui.base.clock import SystemClock

    clock = SystemClock()
    if options.demo:
        from matui.cli.context.demo import Demo, parse_demo_profiles
        from matui.clouds.factory import examine

        demo = Demo()
        names = parse_demo_profiles(options.profile, every=options.all_profiles)
        for name in names:
            if len(names) > 1:
                yield _check_chosen(demo.build_profile(name))
            async for check in examine(
                demo.build_profile(name), clock=clock, cache_dir=None, asgi_app=demo.app
            ):
                yield check
        return
    from matui.cli.context.settings import read_settings
    from matui.clouds.doctor import build_failed_check
    from matui.config.profiles import list_profile_names

    try:
        settings = read_settings(options)
    except MatuiError as error:
        yield build_failed_check("config file", error)
        return
    yield _check_config_file(settings)
    for check in _check_themes(settings):
        yield check
    names = list_profile_names(settings, options.profile, os.environ, every=options.all_profiles) or ("",)
    examined = [_examine_profile(settings, name or None, clock) for name in names]
    async for check in iterate_side_by_side(examined):
        yield check


async def _examine_profile(settings: Settings, name: str | None, clock: Clock) -> AsyncIterator[Check]:
    from matui.clouds.factory import examine
    from matui.config.paths import make_cache_dir

    check, profile = _check_profile(settings, name)
    yield check
    if profile is not None:
        async for check in examine(profile, clock=clock, cache_dir=make_cache_dir()):
            yield check


def _check_profile(settings: Settings, name: str | None) -> tuple[Check, Profile | None]:
    """Return the check of a profile, and the profile when it can be used."""
    from matui.clouds.doctor import Check, build_failed_check
    from matui.config.profiles import NoProfileError, choose_profile

    try:
        profile = choose_profile(settings, name, os.environ)
    except NoProfileError as error:
        looked = "; ".join(error.looked_for)
        return Check("profile", "fail", f"None. Looked for: {looked}.", error.remedy, 2), None
    except MatuiError as error:
        return build_failed_check("profile", error), None
    return _check_chosen(profile), profile


def _check_chosen(profile: Profile) -> Check:
    from matui.clouds.doctor import Check

    where = profile.endpoint or profile.region or ""
    mode = ", read-only" if profile.read_only else ""
    return Check("profile", "ok", f"{profile.name}: {profile.cloud} {where}{mode}")


def _check_themes(settings: Settings) -> Iterator[Check]:
    """Yield a warning for each theme of the settings and the profiles that does not exist."""
    from matui.cli.context.settings import find_wrong_themes
    from matui.clouds.doctor import Check

    for sentence in find_wrong_themes(settings):
        yield Check("theme", "warn", sentence)


def _check_config_file(settings: Settings) -> Check:
    from matui.clouds.doctor import Check
    from matui.config.private_files import find_folder_open_to_others

    source = settings.source
    if source is None or not source.exists:
        where = source.file if source else ""
        return Check("config file", "warn", f"{where} does not exist", "Write one with: matui config init")
    mode = source.file.stat().st_mode & 0o777
    found = f"{source.file} (mode {mode:04o})"
    folder = find_folder_open_to_others(source.file)
    if folder is None:
        return Check("config file", "ok", found)
    return Check(
        "config file",
        "warn",
        f"{found}: everybody can write to {folder} and could put another file in its place.",
        f"Fix: chmod o-w {shlex.quote(str(folder))}",
    )
