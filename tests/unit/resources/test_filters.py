"""The filter language: what each term finds, and that nothing typed is ever thrown back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matui.resources.filters import parse_filter
from matui.resources.model import Phase, Resource

NOW = 1_600_000_000_000
HOUR = 3_600_000


def make_job(
    ident: str, name: str, status: str, phase: Phase, *, hours: float | None = 1, **fields
) -> Resource:
    created = None if hours is None else int(NOW - hours * HOUR)
    return Resource("jobs", ident, name, status, phase, "modelarts", "prod", created_at=created, **fields)


ROWS = (
    make_job(
        "10", "train-resnet", "JOBSTAT_RUNNING", Phase.RUNNING, owner="Li", facts={"flavor": "gpu.V100"}
    ),
    make_job(
        "11", "train-bert", "JOBSTAT_FAILED", Phase.FAILED, hours=50, duration_ms=3 * HOUR, workspace="ws-7"
    ),
    make_job("12", "Größe 大模型", "JOBSTAT_IMAGE_FAILED", Phase.FAILED, hours=None, owner="wang, li"),
    make_job(
        "20", "svc", "concerning", Phase.DEGRADED, hours=0.1, facts={"calls": 1200, "auto_stop_left_s": 90}
    ),
)


def find_names(text: str, **kwargs) -> str:
    parsed = parse_filter(text, **kwargs)
    assert parsed.errors == ()
    by_matches = [row for row in ROWS if parsed.matches(row, NOW)]
    assert parsed.select(ROWS, NOW) == by_matches
    return " ".join(row.id for row in by_matches)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("", "10 11 12 20"),
        ("train", "10 11"),
        ("trsnet", "10"),
        ("TRAIN", "10 11"),
        ("größe", "12"),
        ("grösse", "12"),
        ("大型", "12"),
        ("20", "20"),
        ("train bert", "11"),
        ("!train", "12 20"),
        ('"train-b"', "11"),
        ('"e 大"', "12"),
        ("'trnet'", ""),
        ("status:failed", "11 12"),
        ("status:FAILED", "11 12"),
        ("status:image", "12"),
        ("status:jobstat_run", "10"),
        ("status=jobstat_failed", "11"),
        ("!status:failed", "10 20"),
        ("status:failed,concerning", "11 12 20"),
        ("phase:degraded", "20"),
        ("phase:fail", "11 12"),
        ("!phase:failed", "10 20"),
        ("age<2h", "10 20"),
        ("age>2d", "11"),
        ("age>=1h", "10 11"),
        ("duration>1h", "11"),
        ("duration<1h", ""),
        ("owner:li", "10 12"),
        ('owner:"wang, li"', "12"),
        ("workspace:ws", "11"),
        ("id:1", "10 11 12"),
        ("id=11", "11"),
        ("flavor:v100", "10"),
        ("calls>1k", "20"),
        ("calls>1.3k", ""),
        ("calls>0 calls<=1200", "20"),
        ("auto_stop_left_s<2m", "20"),
        ("auto-stop<2m", "20"),
        (r"/^train-\w+$/", "10 11"),
        ("!/train/", "12 20"),
        ("/e 大/", "12"),
        ("/TRAIN/ status:run", "10"),
    ],
)
def test_a_filter_finds(text, ids):
    assert find_names(text) == ids


def test_a_fact_without_a_column_is_found_when_it_is_named():
    assert parse_filter("cluster:x").errors
    assert find_names("cluster:x", facts={"cluster"}) == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("statsu:failed", "did you mean status"),
        ("status:", "a value is missing"),
        (":failed", "the name of a field is missing before :"),
        ("<2h", "the name of a field is missing before <"),
        ("phase:broken", "there is no phase 'broken': running pending"),
        ("phase:faild", "there is no phase 'faild'; did you mean failed?"),
        ("stalled:maybe", "stalled is yes or no, not 'maybe'"),
        ("age<soon", "not a duration"),
        ("age<2y", "unit 'y'"),
        ("age:2h", "takes < or >"),
        ("calls>many", "not a number"),
        ("owner>li", "is text"),
        ("phase>failed", "is text"),
        ("bogus<3", "no field 'bogus'"),
        ("/(/", "not a regex"),
        ("/open", "between two slashes"),
        ("//", "between two slashes"),
        ("/(a+)+$/", "for ever"),
        ("!", "missing after !"),
        ("x" * 501, "at most 500"),
    ],
)
def test_a_wrong_term_is_named_and_nothing_matches(text, words):
    parsed = parse_filter(text)
    assert len(parsed.errors) == 1
    assert words in parsed.errors[0]
    assert parsed.select(ROWS, NOW) == []
    assert not any(parsed.matches(row, NOW) for row in ROWS)


def test_a_wrong_term_leaves_nothing_of_the_right_ones():
    parsed = parse_filter("status:failed age<soon bert")
    assert parsed.select(ROWS, NOW) == []
    assert len(parsed.errors) == 1


def test_a_field_that_a_kind_lacks_is_named_and_leaves_the_kind_out():
    job = Resource("jobs", "1", "a", "Running", Phase.RUNNING, "modelarts", "p", duration_ms=5)
    config = Resource("configs", "2", "b", "", Phase.UNKNOWN, "modelarts", "p", created_at=int(NOW))
    parsed = parse_filter("duration<2h")
    assert parsed.explain_missing_fields([job, config]) == {
        "configs": "duration<2h: configs have no such field here"
    }
    assert parsed.select([job, config], NOW) == [job]
    assert parse_filter("!duration>2h").select([job, config], NOW) == [job]
    assert parse_filter("updated<2h").explain_missing_fields([job]).keys() == {"jobs"}
    assert parse_filter("flavor:p100").explain_missing_fields([job]).keys() == {"jobs"}
    assert parse_filter("version:V1 phase:running kind:jobs").explain_missing_fields([job]) == {}
    assert parse_filter("a").explain_missing_fields([job, config]) == {}


def test_a_wrong_value_of_a_field_that_the_kind_lacks_is_named_as_that_field():
    parsed = parse_filter("age<x due_time<x")
    assert parsed.list_errors("jobs")[0] == "due_time<x: jobs have no such field here"
    assert len(parsed.list_errors("jobs")) == 2
    assert parsed.list_errors("services") == parsed.errors
    assert parse_filter("steps<2h owner<5").list_errors("jobs") == parse_filter("steps<2h owner<5").errors
    assert parse_filter("due_time<2h").explain_missing_fields([ROWS[0]]).keys() == {ROWS[0].kind}


def test_a_column_of_a_moment_takes_the_time_until_it():
    service = Resource(
        "services", "1", "a", "", Phase.RUNNING, "modelarts", "p", facts={"due_time": NOW + 9e6}
    )
    job = Resource("jobs", "1", "a", "", Phase.RUNNING, "modelarts", "p", facts={"eta_ms": NOW + 9e6})
    event = Resource(
        "maintenance", "1", "a", "", Phase.PENDING, "modelarts", "p", facts={"begins_at": NOW + 9e6}
    )
    for row, field in ((service, "due_time"), (service, "stops-in"), (job, "ends"), (event, "begins")):
        assert parse_filter(f"{field}<3h").select([row], NOW) == [row]
        assert parse_filter(f"{field}<2h").select([row], NOW) == []
        assert parse_filter(f"{field}<2h").select([row], NOW + 3.6e6) == [row]
        assert parse_filter(f"{field}<2h").depends_on_time
    assert parse_filter("ends<soon").errors


def test_a_kind_of_which_the_other_terms_match_nothing_is_not_named():
    job = Resource("jobs", "1", "a", "Failed", Phase.FAILED, "modelarts", "p", duration_ms=5)
    config = Resource("configs", "2", "b", "", Phase.UNKNOWN, "modelarts", "p", created_at=int(NOW))
    parsed = parse_filter("phase:failed duration<2h")
    assert parsed.explain_missing_fields([job, config], NOW) == {}
    assert parsed.select([job, config], NOW) == [job]
    assert parse_filter("b duration<2h").explain_missing_fields([job, config], NOW).keys() == {"configs"}
    assert parsed.explain_missing_fields([config], NOW).keys() == {"configs"}  # the one kind there is


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab!/\\:<>=\"' ()+*{}[]19hagephsttus,\n\x1b大"), max_size=30))
def test_nothing_that_is_typed_is_thrown(text):
    parse_filter(text).select(ROWS, NOW)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "status:JOBSTAT_RUNING",
            ["No status of jobs is like JOBSTAT_RUNING; did you mean JOBSTAT_RUNNING?"],
        ),
        ("status:runing,failed", ["No status of jobs is like runing; did you mean RUNNING?"]),
        ("!status:failled", ["No status of jobs is like failled; did you mean FAILED?"]),
        ("status:XYZZY", ["No status of jobs is like XYZZY"]),
        ("status=runn", ["No status of jobs is like runn; did you mean RUNNING?"]),
        ("status=running status:fail,JOBSTAT_IMAGE status:Concern", []),
    ],
)
def test_a_status_that_nobody_knows_is_named_with_the_nearest(text: str, words: list[str]) -> None:
    parsed = parse_filter(text)
    assert parsed.errors == ()  # a cloud may have added it
    seen = [*ROWS[:3], make_job("13", "new", "Concerning", Phase.UNKNOWN)]
    assert list(parsed.explain_unlikely_statuses(["jobs"], seen)) == words


def test_of_a_kind_without_known_statuses_none_is_unlikely() -> None:
    assert parse_filter("status:sent").explain_unlikely_statuses(["audit"], ()) == ()


def test_an_exact_status_may_lack_the_prefix_that_tables_leave_out() -> None:
    assert (find_names("status=running"), find_names("status=JOBSTAT_RUNNING")) == ("10", "10")


def test_what_is_not_read_yet_is_unknown_and_not_without_a_match() -> None:
    unread, read = (
        ROWS[0],
        make_job("14", "read", "JOBSTAT_RUNNING", Phase.RUNNING, facts={"log_read_at": NOW}),
    )
    for text in ("loss<1", "stalled:yes train", "eta<1h"):
        parsed = parse_filter(text)
        assert parsed.find_unknown([unread, read, ROWS[1]], NOW) == [unread]
        assert parsed.describe_unknown() == "log not read"
        assert parsed.describe_unknown("their") == "their log was not read"
    troubles = [
        make_job(str(n), "x", "", Phase.FAILED, facts={"what": "failed"} | f) for n, f in enumerate(FOUND)
    ]
    parsed = parse_filter("why:oom what:failed")
    assert parsed.find_unknown(troubles, NOW) == troubles[:1]
    assert parsed.describe_unknown() == "reason not known"
    assert parsed.explain_missing_fields(troubles[:1]) == {}
    both = parse_filter("why:oom since<1h")
    assert both.describe_unknown() == "reason not known or time not known"
    assert both.describe_unknown("its") == "its reason is not known or its time is not known"


def test_a_reason_that_explains_nothing_is_known_once_another_was_asked_for() -> None:
    """``worker-0: exit code 1`` of the list stood for the log, which nobody had read."""
    weak = make_job("1", "x", "", Phase.FAILED, facts={"what": "failed", "why": "exit code 1"})
    pending = replace(weak, facts={**weak.facts, "why_pending": True})
    assert parse_filter("why:oom").find_unknown([weak, pending], NOW) == [pending]
    assert parse_filter("why:exit").find_unknown([weak, pending], NOW) == []
    assert parse_filter("why:exit").matches(pending, NOW)


FOUND = ({}, {"why": "oom"}, {"why_sought": True})


def test_words_search_every_column_of_the_audit() -> None:
    row = Resource(
        "audit", "e1", "train", "done", Phase.RUNNING, "modelarts", "prod", facts={"action": "delete"}
    )
    for word in ("delete", "prod", "done", "train"):
        assert parse_filter(word).matches(row, 0), word
    assert not parse_filter("restart").matches(row, 0)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("status!=failed", "write !status:failed"),
        ("phase==failed", "write phase=failed"),
        ("status=~fail", "write status:fail"),
        ("name!~bert", "write !name:bert"),
        ("(phase:failed)", "no brackets"),
        ("phase:failed or phase:done", "status:failed,stopped"),
        ("train OR bert", "there is no or"),
        ("phase:failed AND age<2h", "leave it out"),
        ("phase:failed && age<2h", "leave it out"),
        ("not phase:failed", "write ! before"),
        ("name:/bert/", "stands alone: /bert/"),
        ("status~fail", "write status:fail"),
        ("status~=fail", "write status:fail"),
        ("status<>failed", "write !status:failed"),
        ("status:=failed", "write status=failed"),
        ('"open', 'the quote " is not closed'),
        ("!'open", "the quote ' is not closed"),
        ('name:"two words', 'the quote " is not closed'),
        ("it's phase:failed", "the quote ' is not closed"),
    ],
)
def test_the_syntax_of_other_filters_is_named(text: str, words: str) -> None:
    parsed = parse_filter(text)
    assert len(parsed.errors) == 1
    assert words in parsed.errors[0]


@pytest.mark.parametrize(
    "text",
    [
        "train or",
        "and",
        '"or" phase:failed',
        "name:a==b",
        'name="~x"',
        "train(1)",
        '"it\'s"',
        "/it's/",
        '"a~b"',
    ],
)
def test_what_only_resembles_it_is_a_term_like_others(text: str) -> None:
    assert parse_filter(text).errors == ()
