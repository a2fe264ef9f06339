"""The bytes a second that go to the terminal, said in words that seldom change."""

from __future__ import annotations

from matui.console.terminal.line_rate import LineRate


def test_the_rate_is_a_mean_over_ten_seconds_in_steps() -> None:
    rate = LineRate()
    assert rate.words == "… B/s"
    for second in range(60):
        rate.take(float(second), 50_000 if second < 20 else 50_000 + (second - 20) * 37)
    assert rate.words == "≤ 50 B/s"
    words = set()
    for second in range(60, 90):
        rate.take(float(second), 51_443 + (second - 60) * (36 + second % 5))
        words.add(rate.words)
    assert words <= {"≤ 50 B/s", "≤ 100 B/s"}


def test_nothing_written_and_very_much_have_their_words() -> None:
    rate = LineRate()
    rate.take(0.0, 5)
    rate.take(5.0, 5)
    assert rate.words == "≤ 10 B/s"
    rate.take(6.0, 12_000 * 6)
    assert rate.words == "≤ 20 kB/s"
    rate.take(7.0, 10**9)
    assert rate.words == "> 500 kB/s"
