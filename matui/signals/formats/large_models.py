"""Large language models, and the statistics of their servers.

Megatron-LM, Megatron-DeepSpeed and MindSpeed, DeepSpeed, and veRL; vLLM, SGLang and TGI.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from matui.signals.names import Value, parse_number
from matui.signals.pairs import as_evaluation, collect, find_pairs, split_pairs
from matui.signals.progress import LineReading, RunProgress, find_progress

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
_VLLM = re.compile(r"Avg (?P<kind>prompt|generation) throughput: (?P<rate>[\d.]+) tokens/s")
_SGLANG = re.compile(r"\b(?P<kind>gen|input) throughput \(token/s\): (?P<rate>[\d.]+)")
_OFFLINE = re.compile(r"est\. speed input: (?P<prompt>[\d.]+) toks/s, output: (?P<rate>[\d.]+) toks/s")
# LMDeploy.
_IN_OUT = re.compile(r"Avg thr \(in/out\): (?P<prompt>[\d.]+) / (?P<rate>[\d.]+) tokens/s")
_NAMES = {
    **dict.fromkeys(("generation", "gen"), "throughput"),
    **dict.fromkeys(("prompt", "input"), "prompt_throughput"),
}
_COUNTS = (
    (
        "running_requests",
        re.compile(r"(?:Running: (\d+) reqs|#running-req: (\d+)|\(running/waiting\): (\d+))"),
        1.0,
    ),
    (
        "waiting_requests",
        re.compile(
            r"(?:(?:Waiting|Pending): (\d+) reqs|#queue-req: (\d+)|Engine \(running/waiting\): \d+ / (\d+))"
        ),
        1.0,
    ),
    ("kv_cache_usage", re.compile(r"(?:GPU KV cache usage|KV cache): ([\d.]+)%"), 0.01),
    ("kv_cache_usage", re.compile(r"token usage: ([\d.]+)"), 1.0),
    ("prefix_cache_hit_rate", re.compile(r"Prefix cache hit rate: ([\d.]+)%"), 0.01),
)
# TGI, a line a request: queue_time="58.5µs" inference_time="6.2s" time_per_token="62.5ms".
_TGI = re.compile(
    r"\b(?P<word>queue_time|inference_time|time_per_token)=\"(?P<time>[\d.]+)(?P<unit>ns|[uµμ]s|ms|s)\""
)
_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0}


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


def _read_request(line: str) -> LineReading | None:
    times = {match["word"]: float(match["time"]) * _SECONDS[match["unit"]] for match in _TGI.finditer(line)}
    values = [Value(word, seconds, "s") for word, seconds in times.items()]
    if times.get("time_per_token", 0.0) > 0:
        values.append(Value("throughput", 1 / times["time_per_token"], "tokens/s"))
    return LineReading(tuple(values)) if values else None


def read_serving(line: str) -> LineReading | None:
    """Read throughput, requests and cache; the throughput is that of the generation."""
    if "per_token=" in line:
        return _read_request(line)
    values = [
        Value(_NAMES[match["kind"]], float(match["rate"]), "tokens/s") for match in _VLLM.finditer(line)
    ]
    generated = _SGLANG.search(line)
    if generated is not None:
        values.append(Value(_NAMES[generated["kind"]], float(generated["rate"]), "tokens/s"))
    offline = _OFFLINE.search(line)
    if offline is not None:
        values.append(Value("prompt_throughput", float(offline["prompt"]), "tokens/s"))
        values.append(Value("throughput", float(offline["rate"]), "tokens/s"))
    both = _IN_OUT.search(line)
    if both is not None:
        values.append(Value("prompt_throughput", float(both["prompt"]), "tokens/s"))
        values.append(Value("throughput", float(both["rate"]), "tokens/s"))
    if not values:
        return None
    for name, pattern, scale in _COUNTS:
        found = pattern.search(line)
        if found is not None:
            values.append(Value(name, float(found[found.lastindex or 1]) * scale))
    return LineReading(tuple(values))
