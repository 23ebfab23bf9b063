"""Words typed on the command line that it cannot follow, told in the run's language."""

from __future__ import annotations

import re
from typing import Any

from crmsheet.errors import did_you_mean
from crmsheet.labels import Labels

EXIT_CODE = 2
_QUOTED = re.compile(r"'([^']*)'")  # what the parser quotes of what was typed, and what it knows
_EXTRA = re.compile(r"unexpected extra arguments?(?:\(s\))? \((.*)\)")


def is_misuse(error: BaseException) -> bool:
    """Whether the parser of the command line raised it. Typer carries a parser of its own, so names tell."""
    return any(kind.__name__ == "ClickException" for kind in type(error).__mro__)


def told(error: Any) -> str:
    """What is wrong and where to look up how it is written; the parser's help where no command was given."""
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        return context.get_help() if context else str(error)
    labels, command = Labels.load(), context.command_path if context else "crmsheet"
    return labels.phrase("misuse.see", problem=_problem(error, labels), command=command)


def _problem(error: Any, labels: Labels) -> str:
    kind, message = type(error).__name__, str(error.format_message())
    found = next(iter(_QUOTED.findall(message)), "")
    parameter, extra = getattr(error, "param", None), _EXTRA.search(message)
    if kind == "MissingParameter" and parameter is not None:
        return labels.phrase("misuse.missing", name=_name(parameter))
    if kind in ("NoSuchOption", "NoSuchCommand") or message.startswith("No such command"):
        name = getattr(error, "option_name", found)
        near = did_you_mean(name, _known(error))
        return labels.phrase("misuse.unknown", name=name) + (
            labels.phrase("misuse.near", near=near) if near else ""
        )
    if kind == "BadParameter" and parameter is not None:
        which = "misuse.choice" if "not one of" in message else "misuse.value"
        asked = _QUOTED.findall(str(error.message))[1:]
        return labels.phrase(which, name=_name(parameter), choices=labels.join(asked), found=error.message)
    return labels.phrase("misuse.extra", name=extra[1]) if extra else message


def _name(parameter: Any) -> str:
    """As it is typed: the long option, or the argument's place-holder."""
    if parameter.param_type_name == "option":
        return str(max(parameter.opts, key=len))
    return str(parameter.metavar or parameter.name).upper()


def _known(error: Any) -> list[str]:
    command = error.ctx.command if error.ctx else None
    if type(error).__name__ == "NoSuchOption":
        return [option for one in getattr(command, "params", ()) for option in one.opts]
    return list(getattr(command, "commands", ()))
