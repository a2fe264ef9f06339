"""Letters that a terminal cannot show, in bars and dialogs."""

from __future__ import annotations

from textual.content import Content

from matui.console.screens.confirm_text import format_typing_prompt
from matui.console.terminal.filters import Charset
from matui.console.terminal.spelling import spell_content
from matui.live.actions.guard import Plan, Target
from matui.live.actions.target_text import accepts
from matui.resources.kinds.jobs import JOBS
from matui.resources.model import Phase, Resource


def test_names_are_spelled_out_and_styles_stay_on_their_words() -> None:
    content = Content.assemble(("客服", "bold"), " – ", ("b", "red"))
    shown = spell_content(content, Charset.ASCII)
    assert shown.plain == r"\u5ba2\u670d – b"
    assert [shown.plain[span.start : span.end] for span in shown.spans] == [r"\u5ba2\u670d", "b"]
    assert spell_content(content, Charset.UNICODE) is content


def test_the_id_is_asked_for_where_the_terminal_cannot_show_the_name() -> None:
    job = Resource("jobs", "job-1", "客服", "JOBSTAT_FAILED", Phase.FAILED, "modelarts", "p")
    delete = JOBS.find_action("delete")
    assert delete is not None
    plan = Plan(delete, (Target(job, None),))
    assert format_typing_prompt(plan, Charset.ASCII).plain.endswith(": job-1")
    assert format_typing_prompt(plan, Charset.UNICODE).plain.endswith(": 客服")
    assert accepts(plan, "job-1")
