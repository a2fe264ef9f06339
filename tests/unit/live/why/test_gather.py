"""A why card: its parts come one by one, each with its source or the reason it is missing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import Any

import pytest

from matui.base.clock import ManualClock
from matui.base.errors import MatuiError, PermissionDeniedError, TimedOutError
from matui.base.log_lines.times import TimestampParser
from matui.live.audit.entry import AuditEntry
from matui.live.journal.change import Account, ListScope, Reading
from matui.live.journal.journal import Journal
from matui.live.triage.health import evaluate_lists, evaluate_quotas
from matui.live.triage.item import Evidence, ListHealth, QuotaUse
from matui.live.triage.ranking import find_items, to_row
from matui.live.why.card import PARTS, MetricReading, Part, WhyCard, serialize_card
from matui.live.why.gather import WhyGatherer
from matui.live.why.parts import Sources, find_course_texts
from matui.live.why.text import ORDER, TITLES, format_card_markdown, render_card
from matui.resources.detail import Detail, Event, Gauge, Metrics, MetricSeries, Section
from matui.resources.model import Phase, Resource
from tests.unit.live.triage.samples import NOW, make_row
from tests.unit.live.why.logs import Logs

JOB = make_row("JOBSTAT_FAILED", Phase.FAILED, created_at=1_000, duration_ms=9_000)
LINES = [
    "2025-10-09 08:00:01 INFO start",
    "2025-10-09 08:00:02 ERROR exitcode: -9 worker killed",
    "2025-10-09 08:00:03 INFO end",
]


class Told(Logs):
    """A cloud with everything; what is an error is raised."""

    name = "modelarts"

    def __init__(self, **told: Any) -> None:
        super().__init__({"worker-0": told.get("lines", LINES)})
        self._told = told

    def _say(self, name: str, value: Any) -> Any:
        told = self._told.get(name, value)
        if isinstance(told, MatuiError):
            raise told
        return told

    async def fetch_events(self, _resource: Resource) -> tuple[Event, ...]:
        bad = Event(9_500, "ModelArts.6333 volume is attached elsewhere", abnormal=True)
        return self._say("events", (Event(2_000, "scheduled"), bad))  # type: ignore[no-any-return]

    async def fetch_metrics(self, _resource: Resource) -> Metrics:
        usage = MetricSeries("CPU", (1.0, 7.0, None), "%")
        return self._say("metrics", Metrics((usage,), (Gauge("Calls", 3, 5),)))  # type: ignore[no-any-return]

    async def describe(self, resource: Resource) -> Detail:
        rate = "0.1" if resource.id.endswith("good") else "5.0"
        rows = (("learning_rate", rate), ("batch_size", "64"))
        parts = (Section("Parameters", rows), Section("Overview", (("Version", resource.name),)))
        return self._say("describe", Detail(resource, parts))  # type: ignore[no-any-return]

    async def fetch_versions(self, _job: Resource) -> tuple[Resource, ...]:
        failed = make_row("JOBSTAT_FAILED", Phase.FAILED, kind="versions", ident="1/bad")
        good = make_row("JOBSTAT_COMPLETED", Phase.DONE, kind="versions", ident="1/good", name="V1")
        return self._say("versions", (failed, good))  # type: ignore[no-any-return]


AUDIT = [
    AuditEntry(
        "a",
        {
            "profile": "p",
            "kind": "jobs",
            "resource_id": "1",
            "action": "start",
            "user": "li",
            "utc": "2025-10-09T08:00:00.000Z",
        },
        {"outcome": "done", "status_after": "JOBSTAT_INIT"},
    )
]


def gather(
    cloud: Any = None,
    job: Resource = JOB,
    *,
    audit: Sequence[AuditEntry] = AUDIT,
    journal: Journal | None = None,
) -> tuple[WhyCard, list[WhyCard]]:
    published: list[WhyCard] = []
    clock = ManualClock(1_760_000_000.0)
    sources = Sources(cloud or Told(), clock, TimestampParser, lambda: audit, journal)
    card = asyncio.run(WhyGatherer(sources, job, published.append).run())
    return card, published


def test_every_part_comes_with_its_source_and_its_age() -> None:
    card, published = gather()
    assert card.is_complete
    assert {name for name in PARTS if card.get_part(name).value is None} == set()
    assert all(
        card.get_part(name).source and card.get_part(name).read_at == 1_760_000_000_000.0 for name in PARTS
    )
    assert len(published) >= len(PARTS)
    assert any(not one.is_complete for one in published)


def test_the_findings_of_the_log_are_read_side_by_side_with_the_parts_and_state_the_reasons() -> None:
    asked: list[str] = []
    found: list[str] = []

    class Slow(Told):
        def _say(self, name: str, value: Any) -> Any:
            asked.append(name)
            return super()._say(name, value)

    async def load() -> None:
        for _turn in range(20):
            await asyncio.sleep(0)
        assert {"events", "describe", "metrics"} <= set(asked)
        found.append("worker-3 is slow.")

    sources = Sources(
        Slow(),
        ManualClock(),
        TimestampParser,
        lambda: AUDIT,
        None,
        read_findings=lambda: found,
        load_findings=load,
    )
    card = asyncio.run(WhyGatherer(sources, JOB, lambda _card: None).run())
    assert "worker-3 is slow." in card.reasons


def test_a_finding_that_triage_states_is_no_second_reason() -> None:
    facts = {"what": "stuck", "why": "No step for 2 min after step 9 (line 10 of the log)"}
    job = replace(JOB, status="RUNNING", phase=Phase.RUNNING, facts=facts)
    found = ["No step for 2 min after step 9. (line 10 of the log)", "worker-3 is slow."]
    sources = Sources(
        Told(), ManualClock(), TimestampParser, lambda: AUDIT, None, read_findings=lambda: found
    )
    card = asyncio.run(WhyGatherer(sources, job, lambda _card: None).run())
    assert [one for one in card.reasons if "step 9" in one] == [f"stuck: {facts['why']}"]
    assert "worker-3 is slow." in card.reasons


def test_next_steps_and_codes_come_while_the_log_hangs() -> None:
    class Hanging(Told):
        async def list_log_files(self, _job: Resource) -> tuple[str, ...]:
            await asyncio.Event().wait()
            raise AssertionError

    async def show() -> WhyCard:
        killed = Event(9_500, "container exited with code 137 (OOMKilled)", abnormal=True)
        cloud = Hanging(events=(killed,))
        sources = Sources(cloud, ManualClock(), TimestampParser, lambda: AUDIT, None)  # type: ignore[arg-type]
        gatherer = WhyGatherer(sources, JOB, lambda _card: None)
        task = asyncio.ensure_future(gatherer.run())
        for _turn in range(200):
            await asyncio.sleep(0.01)
            if gatherer.card.get_part("actions").value and gatherer.card.get_part("differs").value:
                break
        task.cancel()
        return gatherer.card

    card = asyncio.run(show())
    assert card.get_part("first_error").is_loading
    assert "rerun" in [step.command for step in card.get_part("next").value]
    assert card.get_part("exit").value[0].code.startswith("SIGKILL")
    assert card.get_part("code").is_loading


def test_codes_are_explained_out_of_events_and_log() -> None:
    card, _ = gather()
    assert [entry.code for entry in card.get_part("code").value] == ["ModelArts.6333"]
    assert [entry.code.split()[0] for entry in card.get_part("exit").value] == ["SIGKILL"]


def test_only_what_differs_from_the_last_good_version_is_shown() -> None:
    card, _ = gather()
    assert [(one.path, one.before, one.now) for one in card.get_part("differs").value] == [
        ("Parameters: learning_rate", "0.1", "5.0")
    ]


def test_a_part_that_fails_is_missing_with_its_reason_and_the_others_stay() -> None:
    card, _ = gather(Told(metrics=TimedOutError("No answer."), versions=TimedOutError("No answer.")))
    assert (card.get_part("metrics").missing, card.get_part("differs").missing) == (
        "No answer.",
        "No answer.",
    )
    assert card.get_part("first_error").value.line == 2


def test_what_a_kind_lacks_is_missing_with_the_reason() -> None:
    notebook = make_row("START_FAILED", Phase.FAILED, kind="notebooks")
    card, _ = gather(job=notebook, audit=())
    assert card.get_part("first_error").missing == "notebooks have no logs"
    assert card.get_part("differs").missing == "notebooks have no versions"
    assert card.get_part("actions").missing == "nothing in the audit of this user"


def test_a_journal_that_cannot_be_read_is_not_said_to_know_nothing(tmp_path: Path) -> None:
    (tmp_path / "journal.db").mkdir()
    card, _ = gather(journal=Journal(tmp_path / "journal.db", clock=ManualClock(1_000.0)))
    assert card.get_part("states").source == "cloud; the journal is not available"


def test_the_journal_has_the_states(tmp_path: Path) -> None:
    account = Account("modelarts")
    journal = Journal(tmp_path / "journal.db", clock=ManualClock(1_000.0))
    journal.accounts.add("p", lambda: account)
    for at, status in ((10, "JOBSTAT_WAITING"), (20, "JOBSTAT_FAILED")):
        one = make_row(status, Phase.FAILED)
        journal.record(Reading(ListScope(account, "p", "jobs"), at, (one,), is_complete=True, keep={"1"}))
    journal.flush()
    card, _ = gather(journal=journal)
    states = card.get_part("states").value
    assert [(state.before, state.status, state.exact) for state in states] == [
        (None, "created", True),
        ("JOBSTAT_WAITING", "JOBSTAT_FAILED", False),  # seen, at a time that nothing states
    ]
    journal.close()


def test_the_details_date_a_state_that_the_list_does_not() -> None:
    listed = make_row("JOBSTAT_FAILED", Phase.FAILED, created_at=1_000, duration_ms=9_000, version_count=3)
    read = make_row("JOBSTAT_FAILED", Phase.FAILED, created_at=1_000, version_count=3, ended_at=70_000)
    card, _ = gather(Told(describe=Detail(read, ())), listed)
    assert card.get_part("states").value[-1].at == 70_000
    assert "since 70000" in render_text(card)


def test_details_of_a_newer_state_do_not_replace_the_one_that_is_explained() -> None:
    newer = make_row("JOBSTAT_RUNNING", Phase.RUNNING)
    card, _ = gather(Told(describe=Detail(newer, ())))
    assert card.resource.status == "JOBSTAT_FAILED"


def test_an_action_on_another_profile_s_resource_of_that_id_is_not_shown() -> None:
    card, _ = gather(job=make_row("JOBSTAT_FAILED", Phase.FAILED, profile="q"))
    assert card.get_part("actions").missing


def test_the_json_has_every_part_and_the_missing_ones_with_their_reason() -> None:
    card, _ = gather(Told(metrics=TimedOutError("No answer.")))
    tree = serialize_card(card, {"id": "1"})
    assert set(tree) == {"resource", "reasons", *PARTS, "missing", "sources"}
    assert (tree["metrics"], tree["missing"]) == (None, {"metrics": "No answer."})
    assert set(tree["first_error"]) == {"file", "line", "at", "text", "around"}
    assert tree["states"][-1]["to"] == "JOBSTAT_FAILED"
    assert tree["actions"] == [
        {
            "at": "2025-10-09T08:00:00Z",
            "action": "start",
            "by": "li",
            "outcome": "done",
            "status_after": "JOBSTAT_INIT",
        }
    ]


def render_text(card: WhyCard, width: int | None = 78) -> str:
    lines = render_card(card, now_ms=1_760_000_060_000.0, time=str, keys={"logs": "l"}, width=width)
    return "\n".join(line.text for line in lines)


def test_the_text_says_what_loads_and_what_is_missing() -> None:
    assert "First error  loading …" in render_text(WhyCard(JOB))
    card, _ = gather(Told(metrics=TimedOutError("No answer.")))
    assert "› 2025-10-09 08:00:02 ERROR exitcode: -9 worker killed" in render_text(card)
    assert "  Metrics: No answer." in render_text(card)
    assert "60s old" in render_text(card)
    titles = [
        line.text for line in render_card(card, now_ms=1_760_000_059_000.0, time=str, keys={}, width=78)
    ]
    shown = [name for name in ORDER if card.get_part(name).value is not None]
    assert len(shown) > 3
    for name in shown:
        (title,) = (text for text in titles if text.startswith(TITLES[name] + "  "))
        assert card.get_part(name).source in title
        assert title.endswith(", <1m old")
    assert format_card_markdown(card, now_ms=0.0, time=str).count(", read 1760000000000") == len(shown)
    assert "  l    the log" in render_text(card)


def test_sentences_fit_the_width() -> None:
    card, _ = gather()
    assert max(len(line) for line in render_text(card, 60).splitlines()) <= 62


def test_the_head_is_whole_on_a_narrow_screen() -> None:
    facts = {"ended_at": 10_000}
    job = replace(JOB, name="llama-7b-pretrain-of-a-longer-name", owner="ops_dev_env", facts=facts)
    head = render_text(WhyCard(job), 42).split("\n\n")[0]
    assert head.splitlines()[1:] == ["for 55y, since 10000", "id 1  owner ops_dev_env  profile p"]


def test_the_head_bounds_a_state_whose_beginning_is_not_read_yet() -> None:
    assert JOB.created_at is not None
    ended = replace(JOB, duration_ms=60_000)
    head = format_card_markdown(WhyCard(ended), now_ms=JOB.created_at + 660_000.0, time=str)
    assert "FAILED for at most 10m" in head


def test_markdown_quotes_the_lines_of_the_log() -> None:
    card, _ = gather()
    text = format_card_markdown(card, now_ms=1_760_000_000_000.0, time=str)
    assert text.startswith("# jobs jobs-1: FAILED\n")
    assert "```\n2025-10-09 08:00:01 INFO start\n" in text
    assert "## Metrics\n\n- CPU" in text


def test_an_exit_code_is_no_reason_beside_the_first_error_but_explained() -> None:
    facts = {"failure": "worker-0: exit code 1"}
    card, _ = gather(job=replace(JOB, facts={**JOB.facts, **facts}))
    assert card.get_part("first_error").value is not None
    assert "worker-0: exit code 1" not in card.reasons
    assert "exit 1" in {one.code for one in card.get_part("exit").value}


def list_troubled() -> list[Resource]:
    """Return a row of triage for each trouble that is none of a failed or degraded resource."""
    access = ListHealth("p", "jobs", "modelarts", error=PermissionDeniedError("Not yours."))
    stale = ListHealth("p", "services", "modelarts", fetched_at=NOW - 3_600_000)
    quota = QuotaUse("p", "GPUs", 95, 100, "modelarts")
    evidence = Evidence(NOW, sold_out={"p": frozenset({"V100"})})
    rows = [
        make_row("RUNNING", Phase.RUNNING, kind="notebooks", auto_stop_at=NOW + 60_000),
        make_row("JOBSTAT_WAITING", Phase.PENDING, created_at=int(NOW - 3_600_000), flavor="V100"),
        make_row("JOBSTAT_WAITING", Phase.PENDING, created_at=int(NOW - 3_600_000)),
        make_row("JOBSTAT_RUNNING", Phase.RUNNING, last_line_at=NOW - 3_600_000),
        make_row("running", Phase.RUNNING, kind="pools", gpu=0, cards=8),
    ]
    items = [
        *find_items(rows, evidence),
        *evaluate_lists((access, stale), evidence),
        *evaluate_quotas([quota], evidence),
    ]
    return [to_row(item) for item in items]


@pytest.mark.parametrize(
    "troubled_row", list_troubled(), ids=lambda one: f"{one.kind} {one.get_text('what')}"
)
def test_every_row_of_triage_has_a_card_that_says_why(troubled_row: Resource) -> None:
    card, published = gather(job=troubled_row)
    said = f"{troubled_row.get_text('what')}: {troubled_row.get_text('why')}"
    assert card.reasons[0] == published[0].reasons[0] == said
    assert card.is_complete
    assert card.get_part("next").value


@pytest.mark.parametrize(
    "troubled_row", list_troubled(), ids=lambda one: f"{one.kind} {one.get_text('what')}"
)
def test_a_row_that_triage_has_not_shown_is_judged_for_its_card(troubled_row: Resource) -> None:
    """``matui why pool ID`` did not say that a pool is nearly full, nor did ``Y`` on the table of pools."""
    shown = ("what", "why", "why_source", "urgency", "help")
    facts = {name: fact for name, fact in troubled_row.facts.items() if name not in shown}

    async def judge() -> Resource:
        return troubled_row

    plain = replace(troubled_row, facts=facts)
    sources = Sources(Told(), ManualClock(), TimestampParser, lambda: AUDIT, judge=judge)
    card = asyncio.run(WhyGatherer(sources, plain, lambda _card: None).run())
    assert f"{troubled_row.get_text('what')}: {troubled_row.get_text('why')}" in card.reasons


@pytest.mark.parametrize(("status", "phase"), [("FAILED", Phase.FAILED), ("RUNNING", Phase.DEGRADED)])
def test_the_reason_that_triage_shows_is_in_the_card_of_what_has_failed(status: str, phase: Phase) -> None:
    why = "the checkpoint on node-3 cannot be read"
    card, _ = gather(job=make_row(status, phase, what=phase.value, why=why, why_source="log"))
    assert card.reasons[0] == why
    seen = LINES[1].partition("ERROR ")[2]
    for where in ("line 2 of the log", "worker-0"):
        card, _ = gather(job=make_row(status, phase, what=phase.value, why=f"{seen} ({where})"))
        assert not any(seen in reason for reason in card.reasons)  # the first error says it


def test_a_reason_that_triage_explains_is_no_second_one() -> None:
    """An exit code stood twice: as triage explains it, and as the cloud states it."""
    why = "worker-0: exit code 137 (SIGKILL), OOMKilled – The process was killed."
    failure = why.partition(" – ")[0]
    job = make_row("FAILED", Phase.FAILED, what="failed", why=why, why_source="code", failure=failure)
    card, _ = gather(job=job)
    assert card.reasons == (why,)


def test_what_waits_says_its_place_and_stage_and_a_job_its_recoveries() -> None:
    waiting = (
        Section("Stages", (("Now", "preparing 34m: image pull"),)),
        Section("Waiting", (("Place in the queue", "3"),)),
    )
    runs = Section(
        "Runs",
        (
            ("Run 1 started", "x"),
            ("Run 1 recovery", "node fault; job reschedule success"),
            ("Run 2 recovery", "chip fault on worker-5; npu proc restart success"),
        ),
    )
    pending = make_row("Pending", Phase.PENDING)
    assert tuple(find_course_texts(pending, waiting)) == (
        "stage preparing 34m: image pull · place 3 in the queue",
    )
    assert tuple(find_course_texts(make_row("Running", Phase.RUNNING), (*waiting, runs))) == (
        "Run 2 recovery: chip fault on worker-5; npu proc restart success",
        "Run 1 recovery: node fault; job reschedule success",
    )


@pytest.mark.parametrize(
    ("sold_out", "said"),
    [(frozenset({"T4"}), "flavor T4 is sold out"), (frozenset(), "The job could not be submitted; compare")],
)
def test_what_no_part_explains_has_its_flavor_or_the_meaning_of_its_status(
    sold_out: frozenset[str], said: str
) -> None:
    class Shop(Told):
        async def list_sold_out_flavors(self, _kind: str) -> frozenset[str]:
            return sold_out

    job = make_row("JOBSTAT_SUBMIT_FAILED", Phase.FAILED, flavor="T4")
    card, _ = gather(Shop(lines=["INFO"], events=()), job)
    assert [reason.startswith(said) for reason in card.reasons] == [True]


def test_metrics_that_were_zero_throughout_are_named() -> None:
    zero = (MetricSeries("GPU", (0.0, 0.0), "%"), MetricSeries("CPU", (5.0,), "%"))
    card, _ = gather(Told(metrics=Metrics(zero)))
    assert "0 throughout           GPU\n" in render_text(card)


def test_memory_is_given_in_units_of_bytes() -> None:
    reading = MetricReading("Memory", 11_119_616, total=11_827_200, unit="MB")
    card = WhyCard(JOB).add_part("metrics", Part((reading,)))
    assert "10.6 TiB of 11.3 TiB" in render_text(card)
    reading = MetricReading("Memory", 512, total=inf, unit="MB")
    assert "512.0 MiB of unlimited" in render_text(WhyCard(JOB).add_part("metrics", Part((reading,))))
