"""Words that users read: those that the field uses, built by the code, and none of the earlier ones."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest

import matui
from matui.base.errors import ConfigError, UsageError
from matui.clouds.modelarts.v1.jobs.sections import build_version_sections
from matui.clouds.modelarts.v1.jobs.version_models import VersionRow
from matui.clouds.protocols import BudgetState, FormResult
from matui.config.private_files import refuse_if_readable_by_others
from matui.console.bars.bars import _format_budget_use
from matui.console.bars.header import build_tabs
from matui.console.commands.actions import show_outcomes
from matui.console.commands.availability import Situation
from matui.console.commands.registry import get_command, list_commands
from matui.console.commands.view import PollingCommands
from matui.console.screens.confirm_text import format_typing_prompt
from matui.console.terminal.filters import Charset
from matui.live.actions.guard import Plan, Target, make_plan
from matui.live.actions.outcome import Outcome
from matui.live.actions.policy import Policy
from matui.live.audit.entry import AuditEntry, list_entry_fields
from matui.live.forms.draft import Draft
from matui.live.forms.outcome import report_done
from matui.live.poll.freshness import Freshness, format_freshness
from matui.resources.forms.form import Form
from matui.resources.kind import Kind
from matui.resources.kinds.jobs import JOBS
from matui.resources.kinds.maintenance import MAINTENANCE
from matui.resources.kinds.models import MODELS
from matui.resources.kinds.notebooks import NOTEBOOKS
from matui.resources.kinds.triage import TRIAGE
from matui.resources.model import Phase, Resource
from matui.resources.registry import KINDS

JOB = Resource("jobs", "j1", "train", "RUNNING", Phase.RUNNING, "modelarts", "prod")
NOTHING: Any = None


def make_rows(kind: str, count: int, **fields: Any) -> list[Resource]:
    return [
        Resource(kind, f"id-{n}", f"{kind}-{n}", "RUNNING", Phase.RUNNING, "modelarts", "prod", **fields)
        for n in range(count)
    ]


def make_plan_of(kind: Kind, action_id: str, *rows: Resource) -> Plan:
    action: Any = kind.find_action(action_id)
    return Plan(action, tuple(Target(row, None) for row in rows))


def test_a_tab_has_the_whole_name_of_the_kind_or_its_number_alone() -> None:
    kinds = [("0", TRIAGE), *((kind.key, kind) for kind in KINDS.values() if kind.key.isdigit())]
    names = {"triage", "visualizations", "models", "pools", "configs", "devservers"}
    titles = {word for _, kind in kinds for word in kind.title.split()}
    assert names <= set(build_tabs(kinds, "jobs", {}, 120).plain.split())
    for width in range(200):
        words = {word for word in build_tabs(kinds, "jobs", {}, width).plain.split() if not word.isdigit()}
        assert words <= names | titles | {kind.id for _, kind in kinds}
    assert build_tabs(kinds, "jobs", {}, 30).plain == "0 1 2 jobs 3 4 5 6 7 8 9 "


def test_the_groups_of_the_help() -> None:
    groups = {command.group for command in list_commands()}
    assert {"View", "Catalogs", "Actions"} <= groups


def test_requests_are_shown_from_half_of_the_budget_on_and_always_when_asked_for() -> None:
    assert _format_budget_use(BudgetState(149, 300)).plain == ""
    assert _format_budget_use(BudgetState(150, 300)).plain.strip() == "requests 150/300 a min"
    member = SimpleNamespace(cloud=SimpleNamespace(profile="prod", get_budget=lambda: BudgetState(20, 300)))
    view: Any = Mock(fleet=SimpleNamespace(members=[member]))
    shown = PollingCommands._show_requests(SimpleNamespace(_view=view), "")  # type: ignore[arg-type]
    with pytest.raises(StopIteration):
        shown.send(None)
    assert view.show_notice.call_args.args == ("prod: requests 20/300 a min",)


def test_the_audit_names_what_was_verified_deleted_and_kept() -> None:
    line = {"id": "a", "line": "intent", "action": "delete-versions"}
    settled = {"utc": "2026-11-30T05:00:00Z", "verdict": "done", "went": ["1"], "stayed": ["2"]}
    fields = dict(list_entry_fields(AuditEntry("a", line, settled=settled)))
    assert fields["Verified"] == "done, seen 2026-11-30T05:00:00Z"
    assert (fields["Also deleted"], fields["Kept"]) == ('["1"]', '["2"]')


def test_several_that_were_asked_to_stop() -> None:
    rows = make_rows("notebooks", 2)
    app: Any = Mock()
    outcomes = [Outcome(row, "done", f"{row.name}: stop requested.") for row in rows]
    show_outcomes(app, make_plan_of(NOTEBOOKS, "stop", *rows), outcomes)
    assert app.notify.call_args.args == ("Stop requested for 2 notebooks.",)


def test_a_rerun_is_named_by_its_version() -> None:
    form = Form("rerun", JOB, ())
    outcome = report_done(Draft(form, {}), FormResult("j1/20100"))
    assert outcome.sentence.endswith("started as version 20100.")


@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS.values() if kind is not MODELS], ids=lambda kind: kind.id
)
def test_all_versions_of_what_has_none_cannot_be_deleted(kind: Kind) -> None:
    selection: Any = SimpleNamespace(in_lines=False, line_scopes=())
    here = Situation(NOTHING, NOTHING, kind, selection)
    assert get_command("delete-versions").explain_disabled(here) == "cannot delete all versions"
    with pytest.raises(UsageError) as refused:
        make_plan(NOTHING, kind, "delete-versions", [], policy=Policy())
    assert refused.value.sentence == f"{kind.title}: cannot delete all versions."


def test_a_name_that_was_typed_wrong() -> None:
    plan = make_plan_of(JOBS, "delete", JOB)
    assert format_typing_prompt(plan, Charset.UNICODE, wrong=True).plain == "Does not match. Type: train"


def test_jobs_are_deleted_with_their_versions_and_logs() -> None:
    rows = make_rows("jobs", 3, facts={"version_count": 2})
    delete: Any = JOBS.find_action("delete")
    said = delete.describe_consequence(rows)
    assert said == "3 jobs are deleted for good, with their 6 versions and logs."


def test_what_is_not_a_time_and_how_to_fix_a_file(tmp_path: Path) -> None:
    accept: Any = MAINTENANCE.find_action("accept")
    with pytest.raises(UsageError, match="'soon' is not a time"):
        accept.parse("soon")
    file = tmp_path / "config.toml"
    file.touch(0o644)
    with pytest.raises(ConfigError) as refused:
        refuse_if_readable_by_others(file)
    assert refused.value.remedy == f"Fix: chmod 600 {file}"


def test_an_alert_is_for_a_terminal_that_is_not_focused() -> None:
    assert get_command("alert").title == "alert on a match while the terminal is not focused"


def test_the_version_that_a_version_came_from() -> None:
    version = VersionRow.model_validate({"version_id": 2, "pre_version_id": 20096})
    [overview, *_] = build_version_sections(version, JOB)
    assert ("Parent version", "20096") in overview.rows


def test_data_of_one_kind_is_live_and_of_several_as_old_as_the_oldest() -> None:
    freshness = Freshness(880.0)
    assert format_freshness(freshness, 1000.0) == "live"
    assert format_freshness(freshness, 1000.0, several=True) == "oldest data 2 m"


EARLIER = [
    r"look closer|what there is to choose from|(?-i:^Act$)",
    r"\br/m\b",
    r"settled by reading|gone with it|not gone",
    r"\d accepted\.|\} accepted\.",
    r"runs again as",
    r"have no delete-versions",
    r"that is not it",
    r"gone for good",
    r"\bis no time\b|mend it",
    r"nobody looks",
    r"made from version",
    r"live · \d| ·? ?live · \{",
]


@cache
def read_texts() -> tuple[str, ...]:
    """Return the string literals of the package but docstrings, and the guide."""
    package = Path(matui.__file__).parent
    texts = [file.read_text() for file in (package / "guide").glob("*.md")]
    for file in package.rglob("*.py"):
        if "sim" in file.relative_to(package).parts:
            continue
        tree = ast.parse(file.read_text())
        docs = {
            id(node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                texts.append(
                    "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
                )
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
                texts.append(node.value)
    return tuple(texts)


@pytest.mark.parametrize("pattern", EARLIER)
def test_an_earlier_word_is_in_no_text(pattern: str) -> None:
    found = [text for text in read_texts() if re.search(pattern, text, re.IGNORECASE)]
    assert not found
