"""Large language models: Megatron-LM, Megatron-DeepSpeed and MindSpeed, DeepSpeed, and veRL."""

from __future__ import annotations

import re
from collections.abc import Iterator

from matui.signals.names import Value, parse_number
from matui.signals.pairs import as_evaluation, collect, find_pairs, split_pairs
from matui.signals.progress import RunProgress, find_progress
from matui.signals.reading import LineReading

_TRAINING = re.compile(r"iteration:?\s+(?P<step>\d+)\s*/\s*(?P<total>\d+)\s*\|(?P<rest>.*)")
_VALIDATION = re.compile(
    r"(?:validation|test)(?:-\S+)? (?:loss|results) at iteration\s+(?P<step>\d+)[^|]*\|(?P<rest>.*)"
)
_MEMORY = re.compile(r"memory \(MB\) \|.*?\bmax allocated: (?P<mb>[\d.]+)")
_STEP = re.compile(r"\bstep=(?P<step>\d+), skipped=(?P<skipped>\d+), lr=\[(?P<lr>[-+\d.e]+)")
_RATE = re.compile(r"(?:\bglobal_step=|\b\d+/)(?P<step>\d+), (?P<rest>(?:RunningAvg)?SamplesPerSec=.*)")
_PIPELINE = re.compile(r"\bsteps: (?P<step>\d+) (?P<rest>loss: .*)")
_PIPELINE_PAIR = re.compile(r"(?P<word>loss|iter time \(s\)|samples/sec): (?P<value>[-+\w.]+)")
_SKIP = re.compile(
    r"(?:Skipping step.*?reducing to|\bloss scale (?:adjust )?(?:from [\d.e+]+ )?to:?|Attempted loss scale:)"
    r"\s+(?P<scale>[\d.e+]*\d)"
)
# DeepSpeed-Chat.
_CHAT = re.compile(r"(?:\bLatency: .*\bSamples/sec: |\|CurSamplesPerSec=)(?P<rate>[\d.]+)")
_VERL_STEP = re.compile(r"(?<![\w/.])step:(?P<step>\d+) - (?P<rest>\S+:.*)")
_WRAPPED = re.compile(r"^np\.\w+\(")


def read_megatron(line: str) -> LineReading | None:
    """Read ``iteration 200/ 1000 | lm loss: 7.39E+00 | … |`` and the loss of a validation.

    NeMo counts the iterations of each epoch, and states the step of the run. GPT-NeoX has the rate before.
    """
    match = _TRAINING.search(line)
    if match is not None:
        values = collect((*_split(match["rest"]), *find_pairs(line[: match.start()]).items()))
        if "global_step:" in line:
            progress = find_progress(line)
            return progress.build_reading(values)
        return LineReading(values, int(match["step"]), int(match["total"])) if values else None
    match = _VALIDATION.search(line) if " at iteration" in line else None
    if match is None:
        return None
    values = as_evaluation(collect(split_pairs(match["rest"], "|")))
    return LineReading(values, int(match["step"])) if values else None


def _split(rest: str) -> Iterator[tuple[str, str]]:
    """Yield words and texts; the first releases write no colon: ``lm loss 1.04E+01``."""
    for part in rest.split("|"):
        word, found, value = part.partition(": ")
        if not found:
            word, _, value = part.rstrip().rpartition(" ")
        yield word, value


def read_memory(line: str) -> LineReading | None:
    """Read the memory report, in MB."""
    match = _MEMORY.search(line)
    return None if match is None else LineReading((Value("memory_gib", float(match["mb"]) / 1024, "GiB"),))


def read_deepspeed(line: str) -> LineReading | None:
    """Read DeepSpeed's steps, throughput, skipped steps and the losses of its pipelines."""
    match = _STEP.search(line)
    if match is not None:
        rate = Value("learning_rate", float(match["lr"]))
        return LineReading((rate, Value("skipped_steps", float(match["skipped"]))), int(match["step"]))
    match = _RATE.search(line)
    if match is not None:
        values = collect((word.strip(), text) for word, text in split_pairs(match["rest"], ",", "="))
        return LineReading(values, int(match["step"])) if values else None
    match = _PIPELINE.search(line)
    if match is not None:
        values = collect((pair["word"], pair["value"]) for pair in _PIPELINE_PAIR.finditer(match["rest"]))
        return LineReading(values, int(match["step"])) if values else None
    match = _CHAT.search(line)
    if match is not None:
        return LineReading((Value("throughput", float(match["rate"]), "samples/s"),))
    match = _SKIP.search(line)
    return None if match is None else LineReading((Value("loss_scale", float(match["scale"])),))


def read_verl(line: str) -> LineReading | None:
    """Read ``step:10 - actor/pg_loss:0.01 - actor/lr:1e-06 - perf/throughput:500.5``."""
    match = _VERL_STEP.search(line)
    if match is None:
        return None
    texts: dict[str, str] = {}
    for part in match["rest"].split(" - "):
        word, _, text = part.rpartition(":")
        texts.setdefault(word, _WRAPPED.sub("", text))
    values = collect(texts.items())
    epoch = parse_number(texts.get("training/epoch", ""))
    return RunProgress(int(match["step"]), None, epoch).build_reading(values)
