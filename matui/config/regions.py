"""The regions of ModelArts, as Huawei Cloud's SDK lists them; one that is not listed is only warned about."""

from __future__ import annotations

from matui.base.text.near_names import format_suggestion
from matui.config.settings import Profile

REGIONS = (
    "cn-north-1",
    "cn-north-2",
    "cn-north-4",
    "cn-north-9",
    "cn-north-11",
    "cn-north-12",
    "cn-east-3",
    "cn-east-4",
    "cn-south-1",
    "cn-southwest-2",
    "cn-southwest-3",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "la-south-2",
    "la-north-2",
    "sa-brazil-1",
    "af-south-1",
    "af-north-1",
    "tr-west-1",
    "me-east-1",
)


def describe_unknown_region(profile: Profile) -> str:
    """Return a warning about a region that the SDK does not list, with the nearest name; ``""`` for none.

    A profile with an endpoint of its own may name its region as it likes.
    """
    region = profile.region
    if profile.cloud != "modelarts" or profile.endpoint or not region or region in REGIONS:
        return ""
    hint = format_suggestion(region, REGIONS)
    return f"Profile {profile.name!r}: the region {region} is not a known region of ModelArts.{hint}"
