"""The endpoints of ModelArts and IAM of a region."""

from __future__ import annotations

from urllib.parse import urlsplit

from matui.base.errors import ConfigError
from matui.config.settings import Profile
from matui.config.values import is_loopback


def modelarts_endpoint(profile: Profile) -> str:
    """Return the endpoint of ModelArts: the profile's own, or its region's; any region name is taken."""
    if profile.endpoint:
        return profile.endpoint
    if profile.region:
        return f"https://modelarts.{profile.region}.myhuaweicloud.com"
    raise ConfigError(f"Profile {profile.name!r} has neither region nor endpoint.", remedy="Add a region.")


def iam_endpoint(profile: Profile) -> str:
    """Return the endpoint of IAM: the profile's own, its region's, or that of a simulator on this machine."""
    if profile.iam_endpoint:
        return profile.iam_endpoint.removesuffix("/v3")
    if profile.region:
        return f"https://iam.{profile.region}.myhuaweicloud.com"
    if profile.endpoint and is_loopback(urlsplit(profile.endpoint).hostname or ""):
        return profile.endpoint
    return "https://iam.myhuaweicloud.com"
