"""Validate JSON against Parallel's OpenAPI file.

`openapi.json` is https://docs.parallel.ai/public-openapi.json reduced to task runs, task groups and
chat completions. It is OpenAPI 3.1, so its schemas are JSON Schema 2020-12 unchanged.

Requests and the outputs of runs are validated here. Other responses are validated in the tests
only: validating one takes five times as long as serving it.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

SPEC: dict[str, Any] = json.loads(
    resources.files(__package__).joinpath("openapi.json").read_text(encoding="utf-8")
)


class SchemaViolation(ValueError):
    """A JSON value does not match its schema in the OpenAPI file.

    Attributes:
        field: the path to the invalid part.
        reason: what is wrong with it, at most 300 characters.
    """

    def __init__(self, schema: str, field: tuple[str | int, ...], reason: str) -> None:
        self.field = field
        self.reason = reason
        super().__init__(f"{schema}: {'.'.join(map(str, field)) or 'it'}: {reason}")


def check(schema: str, data: object) -> None:
    """Raise SchemaViolation unless `data` matches the component schema of that name."""
    found = best_match(_validator(schema).iter_errors(data))
    if found is not None:
        raise SchemaViolation(schema, _field(found), _truncate(found.message))


def fields(schema: str) -> frozenset[str]:
    """Return the property names of a component schema."""
    return frozenset(SPEC["components"]["schemas"][schema]["properties"])


def error_schema(method: str, path: str, status: int) -> str:
    """Return the name of an error's component schema; `path` is written as in the OpenAPI file.

    For a path or status that is not in the file this is ErrorResponse, the API's usual form.
    """
    operation = SPEC["paths"].get(path, {}).get(method.lower(), {"responses": {}})
    response = operation["responses"].get(str(status))
    if response is None:
        return "ErrorResponse"
    name: str = response["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[1]
    return name


@cache
def _validator(schema: str) -> Draft202012Validator:
    return Draft202012Validator(
        {"$ref": f"#/components/schemas/{schema}", "components": SPEC["components"]},
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )


def _field(found: ValidationError) -> tuple[str | int, ...]:
    """Return the path to the invalid part, which may be a missing property."""
    path = tuple(found.absolute_path)
    required: Any = found.validator_value
    if found.validator == "required":
        given: Any = found.instance
        return (*path, next(name for name in required if name not in given))
    return path


def _truncate(text: str) -> str:
    return text if len(text) <= 300 else f"{text[:299]}…"
