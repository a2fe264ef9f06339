"""Chooses the profile to use, applies the overrides of the environment, and checks that it is complete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matui.base.errors import ConfigError, SeveralProfilesError
from matui.base.text.near_names import suggest_or_list
from matui.base.text.sanitize import clean
from matui.config.environment import read_official_endpoint, read_overrides
from matui.config.settings import Profile, Settings

_NEEDS = {
    "aksk": ("ak", "sk"),
    "token": ("token",),
    "password": ("username", "password", "domain_name"),
    "agency": (),
}


class NoProfileError(ConfigError):
    """No profile and no credentials anywhere; ``looked_for`` lists the places, one text each.

    ``others`` are sentences on credentials of other tools, which matui does not read.
    """

    def __init__(self, looked_for: tuple[str, ...], others: tuple[str, ...] = ()) -> None:
        found = " ".join(f"{sentence}." for sentence in others)
        super().__init__(
            f"There is no profile, and no credentials were found. {found}".strip(),
            remedy="Write one with `matui config init`, or look around with `matui --demo`.",
        )
        self.looked_for = (*looked_for, *others)


def list_profile_names(
    settings: Settings, typed: str | None, environ: Mapping[str, str], *, every: bool = False
) -> tuple[str, ...]:
    """Return the profiles asked for: ``every`` one, those ``typed``, those of ``MATUI_PROFILE``, the default.

    Without any profile in the config, ``every`` returns those of the official places, one a cloud.
    Several are separated by commas. Empty where nothing names one: ``choose_profile`` then searches.
    """
    if every and not settings.profiles:
        from matui.config.discovery import find_names

        return find_names(environ)
    if every:
        return tuple(settings.profiles)
    wanted = typed or environ.get("MATUI_PROFILE", "").strip() or settings.default_profile
    return settings.split_names(wanted or "")


def choose_profile(
    settings: Settings, name: str | None, environ: Mapping[str, str], *, every: bool = False
) -> Profile:
    """Return the complete profile to use: ``name``, ``MATUI_PROFILE``, the default, or the only one.

    Without any profile in the config, one is built from the official variables and files of a cloud; its name
    (``environment``, ``huaweicloud``, ``qianfan``, ``opensearch``) chooses the cloud. ``MATUI_*`` variables
    override single fields. Raises ConfigError for an unknown or incomplete profile, NoProfileError for none,
    SeveralProfilesError where more than one is asked for.
    """
    asked = list_profile_names(settings, name, environ, every=every)
    if len(asked) > 1:
        raise SeveralProfilesError(tuple(clean(one) for one in asked))
    wanted = asked[0] if asked else None
    if wanted in settings.profiles or (settings.profiles and not wanted):
        profile = _select_profile(settings, wanted)
    else:
        profile = _find_elsewhere(settings, wanted or None, environ)
    profile = apply_overrides(profile, read_official_endpoint(profile, environ) | read_overrides(environ))
    require_complete(profile, settings)
    return profile


def apply_overrides(profile: Profile, changes: Mapping[str, Any]) -> Profile:
    """Return the profile with checked ``changes``."""
    return profile.model_copy(update=dict(changes)) if changes else profile


def _select_profile(settings: Settings, name: str | None) -> Profile:
    if name is None:
        if len(settings.profiles) == 1:
            return next(iter(settings.profiles.values()))
        known = clean(", ".join(settings.profiles))
        raise _build_error(
            settings,
            ("profiles",),
            "More than one profile, and none is the default.",
            f"Set default_profile, or give one with --profile: {known}.",
        )
    if name not in settings.profiles:
        remedy = suggest_or_list(name, tuple(settings.profiles)) or "Write one with: matui config init"
        raise _build_error(settings, (), f"There is no profile {clean(name)!r}.", clean(remedy))
    return settings.profiles[name]


def _find_elsewhere(settings: Settings, name: str | None, environ: Mapping[str, str]) -> Profile:
    """Return the profile that stands in no file. Raises ConfigError, NoProfileError for no profile at all."""
    from matui.config.discovery import NAMES, find_profile, list_places
    from matui.config.other_credentials import describe_other_credentials

    found = find_profile(name, environ)
    if found is not None:
        return found
    if name is not None and (settings.profiles or name not in NAMES):
        return _select_profile(settings, name)
    source = settings.source
    where = f"{source.file} ({'no profile in it' if source.exists else 'does not exist'})" if source else ""
    looked_for = (f"a profile in the config file {where}".strip(), *list_places(environ))
    others = describe_other_credentials(environ)
    raise NoProfileError(tuple(clean(place) for place in looked_for), tuple(clean(other) for other in others))


def require_complete(profile: Profile, settings: Settings) -> None:
    """Raise ConfigError that names the fields a profile lacks to sign in and to find its project."""
    path = ("profiles", profile.name)
    if profile.cloud != "modelarts":
        _require_complete_peer(profile, settings, path)
        return
    missing = [field for field in _NEEDS[profile.auth] if getattr(profile, field) is None]
    if missing:
        lacks = " and ".join(missing)
        sentence = f"Profile {profile.name!r} signs in by {profile.auth}, and {lacks} "
        sentence += "is missing." if len(missing) == 1 else "are missing."
        raise _build_error(settings, path, sentence, f"Add {lacks}, or choose another auth.")
    _require_place(profile, settings, path)


def _require_complete_peer(profile: Profile, settings: Settings, path: tuple[str, ...]) -> None:
    """Refuse a profile of Qianfan or OpenSearch; its keys may stand elsewhere and are looked for later."""
    if profile.auth != "aksk":
        sentence = f"Profile {profile.name!r} signs in by {profile.auth}, which {profile.cloud} has not."
        raise _build_error(settings, path, sentence, 'Leave auth out, or set auth = "aksk".')
    if profile.cloud != "opensearch":
        return
    if profile.region is None and profile.endpoint is None:
        sentence, remedy = "has no region.", 'Add region = "cn-hangzhou" or the like.'
    elif profile.app is None or not profile.functions:
        sentence = "names no app group or none of its functions."
        remedy = 'Add app = "my_app" and functions = ["ctr"]: the API of OpenSearch lists neither.'
    else:
        return
    raise _build_error(settings, path, f"Profile {profile.name!r} {sentence}", remedy)


def _require_place(profile: Profile, settings: Settings, path: tuple[str, ...]) -> None:
    if profile.region is not None:
        return
    if profile.endpoint is None:
        raise _build_error(
            settings,
            path,
            f"Profile {profile.name!r} has no region.",
            'Add region = "cn-north-4" or the like (MATUI_REGION for keys from the environment), '
            "or an endpoint.",
        )
    lacks = _lacks_without_region(profile)
    if lacks and not _is_here(profile.endpoint):
        sentence = f"Profile {profile.name!r} has an endpoint but neither region nor {lacks}."
        raise _build_error(settings, path, sentence, f"Add region, or {lacks}.")


def _lacks_without_region(profile: Profile) -> str:
    """Return the fields that have to be set when no region gives the project and its IAM."""
    if profile.auth == "password":
        missing = [name for name in ("iam_endpoint", "project_id") if getattr(profile, name) is None]
        return " and ".join(missing)
    return "" if profile.project_id or profile.iam_endpoint else "project_id or iam_endpoint"


def _is_here(endpoint: str) -> bool:
    from urllib.parse import urlsplit

    from matui.config.values import is_loopback

    return is_loopback(urlsplit(endpoint).hostname or "")


def _build_error(settings: Settings, path: tuple[str, ...], sentence: str, remedy: str) -> ConfigError:
    source = settings.source
    if source is None or not source.exists:
        return ConfigError(sentence, remedy=remedy)
    known = path if path in source.places.lines else ()
    return ConfigError(
        clean(sentence),
        file=str(source.file),
        line=source.find_line(known),
        key=clean(".".join(known)),
        remedy=remedy,
    )
