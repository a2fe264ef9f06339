"""Base of the forms of all kinds: values to a checked request, problems of a request to paths."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from importlib import import_module
from typing import Any, ClassVar, Generic, NamedTuple, TypeAlias, TypeVar, cast

from matui.base.errors import MatuiError, RefusedError
from matui.base.toml import TomlPath
from matui.clouds.modelarts.client_registry import ClientRegistry, find_outer_kind
from matui.clouds.modelarts.kind_client import REMEDY_CONSOLE, KindClient
from matui.clouds.modelarts.mapping import CLOUD
from matui.clouds.modelarts.operations import BoundOperation
from matui.clouds.modelarts.requests import InvalidRequestError, RequestModel, validate_request
from matui.clouds.protocols import FormResult
from matui.clouds.wire_types import WireModel
from matui.resources.forms.form import Field, Form, FormMode, Problem, Values, find_blamed_field, is_same
from matui.resources.kinds.configs import Choice
from matui.resources.model import Phase, Resource

M = TypeVar("M", bound=WireModel)
S = TypeVar("S", bound=RequestModel)
C = TypeVar("C", bound=KindClient)
AS_A_WHOLE = "All of it is sent: a line that is left out is given up."
_MOST_CHOICES = 40

FieldChoices: TypeAlias = Mapping[str, tuple[str, ...]]
"""The values that can be chosen, by field."""


class Request(NamedTuple):
    """One request that is checked already. ``about`` names what it changes, where a form makes several."""

    send: Callable[[], Awaitable[FormResult]]
    about: str = ""


def build_request(
    operation: BoundOperation[M, S],
    *arguments: str | S,
    result: Callable[[M], tuple[str, str]],
    about: str = "",
) -> Request:
    """Return the request that calls ``operation``; ``result`` reads the resource's id and status."""

    async def send() -> FormResult:
        reply = await operation(*arguments)
        resource_id, status = result(reply.value)
        return FormResult(resource_id, reply.answer.request_id, status)

    return Request(send, about)


class KindForms(ABC, Generic[C]):
    """The forms of one kind over its client, which names those that there are; only they are asked for."""

    kind: ClassVar[str]

    def __init__(self, clients: ClientRegistry) -> None:
        self.scope = clients.scope
        self.client = cast("C", clients.get_client(self.kind))

    async def edit_form(self, resource: Resource) -> Form:
        """Return what can be edited of the resource as it is now."""
        raise NotImplementedError

    async def create_form(self, workspace: str) -> Form:
        """Return what something new of this kind needs."""
        raise NotImplementedError

    async def create_inner_form(self, kind: str, workspace: str) -> Form:
        """Return what something new of an inner kind needs."""
        raise NotImplementedError

    async def rerun_form(self, job: Resource) -> Form:
        """Return what the same thing again needs."""
        raise NotImplementedError

    @abstractmethod
    def build_requests(self, form: Form, values: Values) -> list[Request]:
        """Return the requests that make ``values`` so. Raises InvalidRequestError."""

    def build_stand_in(self, workspace: str = "") -> Resource:
        """Return a stand-in for what is not there yet."""
        scope = self.scope
        return Resource(
            self.kind, "", "", "", Phase.UNKNOWN, CLOUD, scope.profile, workspace=workspace or scope.workspace
        )

    def find_problems(self, form: Form, values: Values) -> tuple[Problem, ...]:
        """Return what the reference's limits forbid in ``values``."""
        try:
            self.build_requests(form, values)
        except InvalidRequestError as error:
            return tuple(_locate_problem(form, p.path, p.sentence) for p in error.problems)
        return ()


def _locate_problem(form: Form, dotted: str, sentence: str) -> Problem:
    path: TomlPath = tuple(int(step) if step.isdecimal() else step for step in dotted.split(".") if step)
    if form.find_field(path) is None:
        path = find_blamed_field(form, sentence) or path
    return Problem(path, sentence)


def build_change_request(
    operation: BoundOperation[M, S],
    model: type[S],
    form: Form,
    values: Values,
    names: Iterable[str],
    status: Callable[[M], str] = lambda _: "",
) -> list[Request]:
    """Return the request with what differs of the body's own fields ``names``, none where nothing does.

    ``status`` reads the resource's status from the reply.
    """
    parts = select_changed_values(form, values, names)
    if not parts:
        return []
    subject_id, body = form.subject.id, validate_request(model, parts)
    return [build_request(operation, subject_id, body, result=lambda reply: (subject_id, status(reply)))]


def select_changed_values(form: Form, values: Values, names: Iterable[str]) -> Values:
    """Return those of the body's own fields whose values differ from the form's."""
    before = form.values
    return {
        name: values[name] for name in names if name in values and not is_same(before.get(name), values[name])
    }


def drop_blanks(values: Values) -> Values:
    """Return the values without the texts, tables and lists that say nothing; what is in a list stays."""
    kept = {name: drop_blanks(value) if isinstance(value, dict) else value for name, value in values.items()}
    return {name: value for name, value in kept.items() if value not in ("", None, {}, [])}


def make_field(path: str, help_text: str, value: Any = None, **more: Any) -> Field:
    """Make a field; ``path`` is dotted."""
    return Field(tuple(path.split(".")), help_text, value, **more)


async def fetch_choices(fetch: Callable[[], Awaitable[Sequence[Choice]]]) -> tuple[str, ...]:
    """Return what can be chosen, a line each; where it cannot be read, the reason."""
    try:
        found = tuple(dict.fromkeys(await fetch()))  # two lists may return the same row
    except MatuiError as error:
        return (f"The choices could not be listed: {error.sentence}",)
    lines = [_format_choice(choice) for choice in found[:_MOST_CHOICES]]
    beyond = len(found) - len(lines)
    return (*lines, f"… and {beyond} more") if beyond > 0 else tuple(lines)


def _format_choice(choice: Choice) -> str:
    label = choice.label if choice.label != choice.id else ""
    parts = (choice.id, label, choice.note, f"({choice.why_not})" if choice.why_not else "")
    return "  ".join(part for part in parts if part)


def parse_whole(value: Any) -> int | None:
    """Return an id that requests want as a number, None when it is no number or 0."""
    text = str(value).strip() if value is not None else ""
    return int(text) or None if text.isascii() and text.isdecimal() and len(text) < 19 else None


class FormSet:
    """Finds the forms of a kind, in the module ``forms`` beside its client; versions share those of jobs.

    :class:`matui.clouds.protocols.Forms` describes the methods.
    """

    def __init__(self, clients: ClientRegistry) -> None:
        self._clients = clients
        self._made: dict[str, KindForms[Any]] = {}

    async def edit_form(self, resource: Resource) -> Form:
        return await self._require(resource.kind, "edit").edit_form(resource)

    async def create_form(self, kind: str, workspace: str) -> Form:
        forms = self._require(kind, "create")
        if kind != forms.kind:
            return await forms.create_inner_form(kind, workspace)
        return await forms.create_form(workspace)

    async def rerun_form(self, job: Resource) -> Form:
        return await self._require(job.kind, "rerun").rerun_form(job)

    def find_problems(self, form: Form, values: Values) -> tuple[Problem, ...]:
        return self._require(form.subject.kind, form.mode).find_problems(form, values)

    async def send_form(self, form: Form, values: Values) -> FormResult:
        """Send the requests of a form; an error of a later one says what was changed before it."""
        made = FormResult(form.subject.id)
        done: list[str] = []
        for request in self._require(form.subject.kind, form.mode).build_requests(form, values):
            try:
                made = await request.send()
            except MatuiError as error:
                if done:
                    error.remedy = f"{error.remedy} Changed already: {', '.join(done)}.".strip()
                raise
            done.append(request.about)
        return made

    def _require(self, kind: str, mode: FormMode) -> KindForms[Any]:
        clients = self._clients
        if not clients.has_kind(kind) or mode not in clients.get_client(kind).forms:
            raise RefusedError(f"{clients.title} cannot {mode} {kind}.", remedy=REMEDY_CONSOLE)
        outer = find_outer_kind(kind)
        if outer not in self._made:
            self._made[outer] = find_forms(type(clients.get_client(outer)))(clients)
        return self._made[outer]


def find_forms(client: type[KindClient]) -> type[KindForms[Any]]:
    """Import the forms class of a kind from the module ``forms`` beside that of its client."""
    module = import_module(f"{client.__module__.rpartition('.')[0]}.forms")
    classes = (found for found in vars(module).values() if isinstance(found, type))
    return next(c for c in classes if issubclass(c, KindForms) and getattr(c, "kind", "") == client.kind)
