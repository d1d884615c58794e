"""Words of a command line that are meant as text are taken as they are.

typer turns every value into its type by pydantic, whose import takes a third of the time of a short verb. Text needs no
turning, nor does a default, and what was not given has no value: only numbers on the line go typer's way.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, get_args, get_origin

from typer.core import TyperArgument, TyperGroup, TyperOption


def take_text_as_it_is(command: Any) -> None:
    """Of every option and argument of a command, and of the verbs below it.

    Another typer may turn values elsewhere: then this changes nothing but the time that a verb takes.
    """
    command.get_params = _shortened(command.get_params)
    if isinstance(command, TyperGroup):
        for verb in command.commands.values():
            take_text_as_it_is(verb)


def _shortened(usual: Callable[[Any], list[Any]]) -> Callable[[Any], list[Any]]:
    """`get_params` of a command; the option --help comes to be only there."""

    def parameters(context: Any) -> list[Any]:
        found = usual(context)
        for parameter in found:
            if "get_runtime_param" not in vars(parameter):
                _shorten(parameter)
        return found

    return parameters


def _shorten(parameter: Any) -> None:
    ours = isinstance(parameter, TyperArgument | TyperOption) and hasattr(parameter, "get_runtime_param")
    if ours and parameter.type_descriptor.parameter_info.parser is None:
        short = _Short(parameter.get_runtime_param, parameter.type_descriptor.annotation)
        parameter.get_runtime_param = lambda: short


class _Short:
    """The way of one value: past typer's where it is text or nothing."""

    def __init__(self, usual: Callable[[], Any], annotation: Any) -> None:
        self._usual = usual
        self._annotation = annotation
        self._is_texts = annotation == list[str]
        self._choices = get_args(annotation) if get_origin(annotation) is Literal else ()

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """The value that the verb gets; what typer's own way would give."""
        if value is None:
            return () if param.multiple or param.nargs == -1 else None
        if type(value) is self._annotation and (self._annotation is str or value is param.default):
            return value
        if isinstance(value, str) and value in self._choices:
            return value
        if self._is_texts and isinstance(value, list | tuple) and all(isinstance(v, str) for v in value):
            return list(value)
        return self._usual().coerce(value, param=param, ctx=ctx)
