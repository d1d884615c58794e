"""Words of a command line that leave no doubt are taken for what they say.

typer turns every value into its type by pydantic, whose import takes a third of the time of a short verb. Text needs no
turning, nor does a default, and what was not given has no value; a choice that there is and a plain number within its range
are read here. All else goes typer's way, above all what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum
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
        descriptor = parameter.type_descriptor
        short = _Short(parameter.get_runtime_param, descriptor.annotation, descriptor.parameter_info)
        parameter.get_runtime_param = lambda: short


_NUMBERS = (int, float)
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")


class _Short:
    """The way of one value: past typer's where it leaves no doubt."""

    def __init__(self, usual: Callable[[], Any], annotation: Any, info: Any) -> None:
        self._usual = usual
        self._annotation = annotation
        self._info = info
        self._is_texts = annotation == list[str]
        self._choices = _choices(annotation)

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """The value that the verb gets; what typer's own way would give."""
        if value is None:
            return () if param.multiple or param.nargs == -1 else None
        if type(value) is self._annotation and (self._annotation in (str, bool) or value is param.default):
            return value
        if isinstance(value, str) and value in self._choices:
            return self._choices[value]
        if self._annotation in _NUMBERS and isinstance(value, str) and _NUMBER.fullmatch(value):
            number = self._number(value)
            if number is not None:
                return number
        if self._is_texts and isinstance(value, list | tuple) and all(isinstance(v, str) for v in value):
            return list(value)
        return self._usual().coerce(value, param=param, ctx=ctx)

    def _number(self, text: str) -> float | None:
        """The number, None where it is not of the type or not within the range."""
        if self._annotation is int and not text.isdecimal():
            return None
        number: float = self._annotation(text)
        least, most = self._info.min, self._info.max
        return number if (least is None or least <= number) and (most is None or number <= most) else None


def _choices(annotation: Any) -> dict[str, Any]:
    """What is written -> what it stands for."""
    if get_origin(annotation) is Literal:
        return {text: text for text in get_args(annotation)}
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return {member.value: member for member in annotation}
    return {}
