"""The stages of a training job (``…/stages``): scheduling, preparing, running, end; a bar for each."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from matui.base.text.formatting import format_duration
from matui.base.text.sanitize import clean
from matui.clouds.sections import build_section, join_text
from matui.clouds.wire_types import ModelRows, Text, Whole, WireModel, to_millis
from matui.resources.detail import DetailRow, Section

BAR_CELLS = 16
_EIGHTHS = " ▏▎▍▌▋▊▉"


class SubStage(WireModel):
    """A step within a stage; the last one is under way."""

    name: Text = ""
    en_message: Text = ""
    zh_message: Text = ""


class Stage(WireModel):
    """A stage; ``end_time`` is empty while it lasts."""

    name: Text = ""
    en_message: Text = ""
    zh_message: Text = ""
    start_time: Text = ""
    end_time: Text = ""
    stage_order: Whole = None
    sub_stages: ModelRows[SubStage] = Field(default_factory=list)

    @property
    def span(self) -> tuple[int | None, int | None]:
        """Start and end in ms since the epoch, None where it has none."""
        return to_millis(self.start_time), to_millis(self.end_time)

    @property
    def steps(self) -> list[SubStage]:
        """The sub-stages that could be read."""
        return [step for step in self.sub_stages if step is not None]


class StageRecord(WireModel):
    """The stages of one run; the newest has the highest ``record_order``."""

    record_order: Whole = None
    stages: ModelRows[Stage] = Field(default_factory=list)


class StageRecords(WireModel):
    running_records: ModelRows[StageRecord] = Field(default_factory=list)


def select_newest_stages(records: StageRecords) -> list[Stage]:
    """Return the stages of the newest run in their order; unknown stages keep their place."""
    rows = [row for row in records.running_records if row is not None and row.stages]
    if not rows:
        return []
    newest = max(enumerate(rows), key=lambda pair: (pair[1].record_order or 0, pair[0]))[1]
    stages = [stage for stage in newest.stages if stage is not None]
    return sorted(stages, key=lambda stage: stage.stage_order if stage.stage_order is not None else 99)


def build_stage_sections(
    records: StageRecords, until_ms: float | None, language: str = "en", *, ended: bool = False
) -> tuple[Section, ...]:
    """Return what is under way, then each stage of the newest run with a bar of its share of the time.

    ``until_ms`` is now, or the end of a job that has ``ended``, None where it is not stated.
    """
    stages = select_newest_stages(records)
    runs = len([row for row in records.running_records if row is not None])
    title = f"Stages of run {runs}" if runs > 1 else "Stages"
    return build_section(title, _build_rows(stages, until_ms, language, ended))


def describe_stage(stages: list[Stage], now_ms: float) -> str:
    """Return the stage under way, its duration and step: ``preparing 34m: image pull``; ``""`` for none."""
    stage = _find_current_stage(stages)
    if stage is None:
        return ""
    seconds = _compute_durations(stages, now_ms)[stages.index(stage)]
    spent = format_duration(seconds) if seconds is not None else ""
    head = join_text(_format_name(stage.name), spent)
    step = _format_name(stage.steps[-1].name) if stage.steps else ""
    return f"{head}: {step}" if step else head


def _find_current_stage(stages: list[Stage]) -> Stage | None:
    """Return the stage that began last, unless it has ended."""
    begun = [(start, place) for place, stage in enumerate(stages) if (start := stage.span[0]) is not None]
    latest = stages[max(begun)[1]] if begun else None
    return latest if latest is not None and not latest.end_time.strip() else None


def _build_rows(
    stages: list[Stage], until_ms: float | None, language: str, ended: bool
) -> Iterator[DetailRow]:
    current = _find_current_stage(stages)
    yield "Now", "" if ended or until_ms is None else describe_stage(stages, until_ms)
    durations = _compute_durations(stages, until_ms)
    longest = max((seconds for seconds in durations if seconds is not None), default=0.0)
    for stage, seconds in zip(stages, durations, strict=True):
        bar = make_bar(seconds / longest) if seconds is not None and longest > 0 else " " * BAR_CELLS
        spent = format_duration(seconds) if seconds is not None else "–"
        message = _choose_message(stage, language)
        yield _format_name(stage.name) or "?", f"{bar} {spent:<7} {message}".rstrip()
        if stage is current:
            for step in stage.steps:
                yield f"  {_format_name(step.name)}", clean(_choose_words(step, language))


def _choose_words(step: Stage | SubStage, language: str) -> str:
    """Return the message in a language, in the other where there is none."""
    texts = (step.zh_message, step.en_message) if language == "zh" else (step.en_message, step.zh_message)
    return texts[0] or texts[1]


def _choose_message(stage: Stage, language: str) -> str:
    own = _choose_words(stage, language)
    steps = [_choose_words(step, language) for step in stage.steps]
    return clean(own or next((message for message in reversed(steps) if message), ""))


def _compute_durations(stages: list[Stage], until_ms: float | None) -> list[float | None]:
    """Return seconds; a stage without an end lasts until the next begins, the last one until ``until_ms``."""
    starts = [(begun, place) for place, stage in enumerate(stages) if (begun := stage.span[0]) is not None]
    found: list[float | None] = []
    for place, stage in enumerate(stages):
        begun, end = stage.span
        ended: float | None = end
        if begun is not None and not stage.end_time.strip():
            ended = min((start for start in starts if start > (begun, place)), default=(until_ms,))[0]
        known = begun is not None and ended is not None and ended >= begun
        found.append((ended - begun) / 1000 if known and begun is not None and ended is not None else None)
    return found


def _format_name(name: str) -> str:
    return clean(name.replace("_", " "))


def make_bar(share: float) -> str:
    """Return a bar of ``BAR_CELLS`` cells; any share above 0 shows at least a sliver."""
    eighths = round(max(0.0, min(1.0, share)) * BAR_CELLS * 8)
    full, rest = divmod(max(eighths, 1) if share > 0 else eighths, 8)
    return ("█" * full + (_EIGHTHS[rest] if rest else "")).ljust(BAR_CELLS)
