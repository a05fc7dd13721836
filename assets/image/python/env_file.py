"""Reads a `.env` file. The grammar is in docs/env-file.md.

Standard library only: the same file is used in the application image and in the container of the
task `secrets`. Nothing is interpolated: `$` and a backtick are plain characters.
"""

import re

# ASCII only: other scripts' spaces are part of a value.
_SPACE = " \t\v\f"
_NAME = re.compile(rf"(?:export[{_SPACE}]+)?([A-Za-z_][A-Za-z0-9_.-]*)[{_SPACE}]*=([{_SPACE}]*)")
_SINGLE = re.compile(r"'((?:[^'\\]|\\.)*)'", re.DOTALL)
_DOUBLE = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_REST = re.compile(rf"[{_SPACE}]*(?:#[^\n]*)?(?:\n|\Z)")
_COMMENT = re.compile(rf"[{_SPACE}]+#[^\n]*")
_ESCAPES = {
    "\\": "\\", "'": "'", '"': '"',
    "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
}


class EnvFileError(ValueError):
    """A line that isn't in the grammar. The message never holds a value: values are secrets."""

    def __init__(self, line, problem):
        super().__init__(f"line {line}: {problem}")
        self.line = line
        self.problem = problem


def parse(data):
    """The variables of a `.env` file, given as bytes, in order; of a repeated name the last counts.

    Values are text with `surrogateescape`, so that bytes that aren't UTF-8 survive the way into
    the environment.
    """
    text = data.decode("utf-8", "surrogateescape").replace("\r\n", "\n").replace("\r", "\n")
    if text.startswith("\ufeff"):
        text = text[1:]
    variables = {}
    position = 0
    while position < len(text):
        end = _end_of_line(text, position)
        line = text[position:end].lstrip(_SPACE)
        if line == "" or line.startswith("#"):
            position = end + 1
        else:
            name, value, position = _binding(text, end - len(line))
            variables[name] = value
    return variables


def _end_of_line(text, start):
    end = text.find("\n", start)
    return len(text) if end < 0 else end


def _binding(text, start):
    """One `NAME=value` at `start`: its name, its value and the position after its line."""
    line = text.count("\n", 0, start) + 1
    match = _NAME.match(text, start)
    if match is None:
        raise EnvFileError(line, "expected NAME=value (a name is letters, digits and _, and starts with no digit)")
    name, position = match.group(1), match.end()
    quote = text[position : position + 1]
    if quote in ("'", '"'):
        value, position = _quoted(text, position, quote, name, line)
    else:
        end = _end_of_line(text, position)
        # With the spaces before it: `NAME= # …` is a comment, `NAME=#fff` a value.
        value = _COMMENT.sub("", text[match.start(2) : end]).strip(_SPACE)
        position = end + 1
    if "\0" in value:
        raise EnvFileError(line, f"the value of {name} holds a NUL byte, which no environment can carry")
    return name, value, position


def _quoted(text, start, quote, name, line):
    match = (_SINGLE if quote == "'" else _DOUBLE).match(text, start)
    if match is None:
        raise EnvFileError(line, f"the value of {name} opens with {quote} and has no closing {quote}")
    rest = _REST.match(text, match.end())
    if rest is None:
        raise EnvFileError(
            line,
            f"text after the closing {quote} of {name}: inside {quote}…{quote} write {quote} as \\{quote}, "
            "or put a space and # before a comment",
        )
    known = "\\'" if quote == "'" else "".join(_ESCAPES)
    return _unescape(match.group(1), known), rest.end()


def _unescape(value, known):
    """Replaces `\\x` for the x that this kind of quote knows; any other backslash stays one."""
    return re.sub(
        r"\\(.)",
        lambda match: _ESCAPES[match.group(1)] if match.group(1) in known else match.group(0),
        value,
        flags=re.DOTALL,
    )
