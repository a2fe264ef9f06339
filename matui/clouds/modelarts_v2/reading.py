"""Answers that are a bare array."""

from __future__ import annotations

from typing import TypeVar

from matui.clouds.calls import Answer
from matui.clouds.decode import bad_answer, parse, parse_model
from matui.clouds.lenient import WireModel, to_list

M = TypeVar("M", bound=WireModel)


def parse_rows(model: type[M], answer: Answer) -> list[M]:
    """Read an answer that is a list of objects, or holds it in ``body``. Raises BadAnswerError."""
    try:
        tree = parse(answer.body) if answer.body.strip() else []
    except ValueError as error:
        raise bad_answer(answer, "is not JSON") from error
    if isinstance(tree, dict):
        tree = tree.get("body")
    return [parse_model(model, row, answer) for row in to_list(tree) if isinstance(row, dict)]
