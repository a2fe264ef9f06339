"""The rules for actions of a profile: ``[profiles.NAME.guard]``."""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from matui.config.field_types import StrictModel, check_regex

ActionWord: TypeAlias = Literal[
    "start", "stop", "restart", "delete", "delete-versions", "edit", "create", "rerun", "rollback", "scale",
    "lock", "unlock", "drain", "reboot", "reset", "save-image", "accept",
]  # fmt: skip
Wait = Annotated[float, Field(ge=0, le=3600, allow_inf_nan=False)]


def _pattern(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise ValueError("must be a name, a pattern such as prod-* or a /regex/")
    if len(text) > 1 and text[0] == text[-1] == "/":
        if text == "//":
            raise ValueError("holds no regex between its slashes")
        check_regex(text[1:-1])
    return text


NamePattern = Annotated[str, StringConstraints(max_length=500), AfterValidator(_pattern)]


class Countdown(StrictModel):
    """Seconds in which a confirmed action can still be cancelled; one number stands for every action."""

    start: Wait = 0.0
    stop: Wait = 0.0
    restart: Wait = 0.0
    delete: Wait = 5.0
    edit: Wait = 0.0
    create: Wait = 0.0
    rerun: Wait = 0.0
    rollback: Wait | None = None
    scale: Wait | None = None
    lock: Wait | None = None
    unlock: Wait | None = None
    drain: Wait | None = None
    reboot: Wait | None = None
    reset: Wait | None = None
    save_image: Wait | None = Field(default=None, alias="save-image")
    accept: Wait | None = None

    @model_validator(mode="before")
    @classmethod
    def _of_one_number(cls, value: Any) -> Any:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            names = [field.alias or name for name, field in cls.model_fields.items()]
            return dict.fromkeys(names, float(value))
        if not isinstance(value, dict | Countdown):
            raise ValueError("must be a number of seconds, or one for each action")
        return value


class Guard(StrictModel):
    """The rules for actions in a profile: ``[profiles.NAME.guard]``."""

    allow: list[ActionWord] | None = Field(default=None, description="Actions that are allowed; absent: all.")
    deny: list[ActionWord] = Field(default=[], description="Actions that are refused; overrides `allow`.")
    protect: Annotated[list[NamePattern], Field(max_length=200)] = Field(
        default=[],
        description="Protected names or ids: patterns such as `prod-*`, or a `/regex/`; case is ignored.",
    )
    protect_how: Literal["typed", "never"] = Field(
        default="typed", description="What protects them: the name has to be typed, or no action at all."
    )
    most: Annotated[int, Field(ge=1, le=100_000)] | None = Field(
        default=None, description="Resources in one action."
    )
    countdown: Countdown = Field(
        default_factory=Countdown,
        description="Seconds to cancel a confirmed action; one number, or one for each action.",
    )

    def plain(self) -> dict[str, Any]:
        """Return the rules as plain values, in the form that the guard takes."""
        return {
            "allow": self.allow,
            "deny": self.deny,
            "protect": self.protect,
            "protect_how": self.protect_how,
            "most": self.most,
            "countdown_s": self.countdown.model_dump(by_alias=True, exclude_none=True),
        }
