"""The state of the data, the reason of the selected row and an error, in the room of the status bar."""

from __future__ import annotations

from matui.console.bars.bars import fit_state

FAILED = "20 s old · offline · retry in 5 s · jobs: Connection refused by the proxy of the company network"
REASON = "log worker-0: CUDA out of memory, 512 MiB asked"
MORE = " E: all of it"


def test_a_reason_that_its_column_cuts_comes_before_the_error_of_a_list() -> None:
    shown = fit_state(FAILED, REASON, MORE, 79, failed=True)
    assert shown.startswith(f"{REASON} · 20 s old")
    assert shown.endswith(MORE)
    assert fit_state(FAILED, REASON, MORE, 200, failed=True) == f"{REASON} · {FAILED}"


def test_a_reason_beside_which_no_error_fits_stands_alone() -> None:
    assert fit_state(FAILED, REASON, MORE, 59, failed=True) == REASON


def test_an_error_is_cut_for_the_key_that_shows_all_of_it_and_a_reason_follows_live_data() -> None:
    shown = fit_state(FAILED, "", MORE, 79, failed=True)
    assert len(shown) == 79
    assert shown.endswith(MORE)
    assert fit_state("live", REASON, MORE, 40, failed=False) == f"live · {REASON}"
