"""The statistics of servers of language models: vLLM, SGLang and TGI."""

from __future__ import annotations

import re

from matui.signals.names import Value
from matui.signals.reading import LineReading

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
