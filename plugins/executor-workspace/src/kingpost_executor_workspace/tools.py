"""The tools as an agent sees them, and the check of what it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import cleandoc
from typing import Any

from kingpost import Tool
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .denied import ARGUMENTS, Denied, shown

_PATH = 4096
WRITE_CHARS = 4 * 1024 * 1024


class _Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ListFiles(_Arguments):
    """List what lies in a folder of the workspace: folders end with a slash, files have their size."""

    path: str = Field(".", max_length=_PATH, description="the folder, from the workspace on")
    pattern: str = Field(
        "", max_length=_PATH, description="only files that it means: '*.md' by name, 'docs/**/*.md' by path"
    )
    recursive: bool = Field(False, description="also what lies in the folders below")


class ReadFile(_Arguments):
    """Read a text file of the workspace, with line numbers."""

    path: str = Field(max_length=_PATH, description="the file, from the workspace on")
    offset: int = Field(1, ge=1, le=2**53, description="the first line wanted, from 1")
    limit: int = Field(400, ge=1, le=100_000, description="how many lines")


class SearchFiles(_Arguments):
    """Find lines that hold a text, as it stands, in the files of the workspace."""

    query: str = Field(min_length=1, max_length=1000, description="the text; no pattern language")
    path: str = Field(".", max_length=_PATH, description="the folder or file, from the workspace on")
    pattern: str = Field(
        "", max_length=_PATH, description="only files that it means: '*.py' by name, 'src/**/*.py' by path"
    )
    ignore_case: bool = Field(False, description="whether capitals do not matter")
    limit: int = Field(100, ge=1, le=10_000, description="how many matches at most")


class WriteFile(_Arguments):
    """Write a text file of the workspace, whole: what stood there is replaced. Missing folders are made."""

    path: str = Field(max_length=_PATH, description="the file, from the workspace on")
    content: str = Field(max_length=WRITE_CHARS, description="all of the new content")


class HandIn(_Arguments):
    """Hand in a file of the workspace as a result of the task, as it is now: it can be had when the workspace is gone.

    Another one handed in under the same name takes its place.
    """

    path: str = Field(max_length=_PATH, description="the file, from the workspace on; it may be binary")
    name: str = Field("", max_length=200, description="the name of the result; the file's own if left out")


Told = ListFiles | ReadFile | SearchFiles | WriteFile
"""What is answered in words alone."""

Wanted = Told | HandIn

_SHAPES: dict[str, type[Wanted]] = {
    "list_files": ListFiles,
    "read_file": ReadFile,
    "search_files": SearchFiles,
    "write_file": WriteFile,
    "hand_in": HandIn,
}


def offered() -> list[Tool]:
    """All tools. Each may be repeated: reading changes nothing, and a file written or handed in twice is one file."""
    return [
        Tool(name=name, description=cleandoc(shape.__doc__ or ""), parameters=_schema(shape), repeatable=True)
        for name, shape in _SHAPES.items()
    ]


def names() -> list[str]:
    """The tools' names."""
    return list(_SHAPES)


def checked(tool: str, arguments: Mapping[str, Any]) -> Wanted:
    """The arguments of a call to one of ``names()``.

    Raises:
        Denied: they do not fit; the text lists what is wrong and what is expected.
    """
    shape = _SHAPES[tool]
    try:
        return shape.model_validate(arguments)
    except ValidationError as problem:
        wrong = "; ".join(
            f"{shown('.'.join(map(str, error['loc']))[:80]) or 'arguments'}: {error['msg'].lower()}"
            for error in problem.errors(include_url=False, include_input=False)[:8]
        )
        raise Denied(ARGUMENTS, f"{wrong}. {tool} takes {_expected(shape)}") from None


def _schema(shape: type[Wanted]) -> dict[str, Any]:
    schema = shape.model_json_schema()
    fields = {
        name: {key: value for key, value in field.items() if key != "title"}
        for name, field in schema["properties"].items()
    }
    return {
        "type": "object",
        "properties": fields,
        "required": schema.get("required", []),
        "additionalProperties": False,
    }


def _expected(shape: type[Wanted]) -> str:
    return ", ".join(
        f"{name} ({field['type']}, {_default(field)})" for name, field in _schema(shape)["properties"].items()
    )


def _default(field: Mapping[str, Any]) -> str:
    return f"default {field['default']!r}" if "default" in field else "required"
