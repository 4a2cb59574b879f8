"""One file's plain value into a record of the vocabulary, with every error at its line, all at once."""

from __future__ import annotations

import json
import re
import types
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails
from rapidfuzz import fuzz, process

from wizard.errors import KnowledgeError
from wizard.knowledge.yaml_nodes import Index, Value, Where, located
from wizard.vocabulary import Cause, Check, Checklist, Family, Lexeme, Opening, Remedy, Scales, Source, Term, Vignette

Entry = TypeVar("Entry")

# As config of the surrounding dict it reaches the dataclasses inside, which stay plain.
STRICT = ConfigDict(strict=True, extra="forbid")
ADAPTERS: dict[type, TypeAdapter[Any]] = {
    kind: TypeAdapter(dict[str, kind], config=STRICT)  # type: ignore[valid-type]
    for kind in (Check, Cause, Remedy, Vignette, Checklist, Family, Scales, Source, Opening, Term, Lexeme)
}
SNAKE_CASE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
NEAR = 60.0  # per cent of matching letters; below it a question would mislead more often than help
SHOWN = 6
WANTED = {
    "string_type": "text",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "keys with values",
    "dataclass_type": "keys with values",
}


def validate_entry(kind: type[Entry], value: Value, index: Index, name: str, implied: Mapping[str, str]) -> Entry:
    """The record of one file. IMPLIED are the fields that its place gives (id, family, artifact).

    Raises KnowledgeError with every error of the file.
    """
    if not isinstance(value, dict):
        raise KnowledgeError([located(name, index, (), "the file should hold keys with values. Write them.")])
    complaints: list[tuple[Where, str]] = [
        ((key,), f"'{key}' is given by the file's place. Delete this line.") for key in implied if key in value
    ]
    whole: Value = {"": {**value, **implied}}
    valid, more = _validated(kind, whole)
    complaints += [(where[1:], message) for where, message in (*more, *_rule_complaints(whole))]
    return _first(valid, complaints, index, name)[""]


def validate_table(kind: type[Entry], value: Value, index: Index, name: str) -> dict[str, Entry]:
    """The records of a file that holds many by key. Raises KnowledgeError with every error of the file."""
    valid, complaints = _validated(kind, value)
    names = value if isinstance(value, dict) else {}
    wrong = [((key,), _not_snake_case(key)) for key in names if not SNAKE_CASE.fullmatch(key)]
    return _first(valid, [*complaints, *wrong, *_rule_complaints(value)], index, name)


def suggestion(name: str, known: Iterable[str]) -> str:
    """The next step after an unknown name: the one it may be meant to be, or what there is."""
    names = sorted(known)
    near = process.extract(name, names, scorer=fuzz.ratio, limit=SHOWN)
    if near and near[0][1] >= NEAR:
        return f"Did you mean '{near[0][0]}'?"
    if len(names) > SHOWN:
        return f"Nearest: {', '.join(found[0] for found in near)}."
    return f"Choose one of: {', '.join(names)}." if names else "Delete it."


def _first(
    valid: dict[str, Entry] | None, complaints: list[tuple[Where, str]], index: Index, name: str
) -> dict[str, Entry]:
    if valid is None or complaints:
        lines = [located(name, index, where, message) for where, message in complaints]
        raise KnowledgeError(list(dict.fromkeys(lines)))
    return valid


def _validated(kind: type[Entry], value: Value) -> tuple[dict[str, Entry] | None, list[tuple[Where, str]]]:
    try:
        # by way of JSON, because strict Python input for a dataclass would have to be one already
        return ADAPTERS[kind].validate_json(json.dumps(value)), []
    except ValidationError as error:
        return None, list(_sentences(kind, value, error.errors(include_url=False)))


def _sentences(kind: type, value: Value, errors: list[ErrorDetails]) -> Iterator[tuple[Where, str]]:
    """Pydantic's errors as ours; those of a union's members become one."""
    wanted: dict[Where, list[str]] = {}
    for error in errors:
        where: Where = error["loc"]
        if error["type"] == "missing":
            yield where, f"'{where[-1]}' is missing. Add it."
        elif error["type"] in ("unexpected_keyword_argument", "extra_forbidden"):
            known = _fields_at(kind, where[1:-1])
            yield where, f"the key '{where[-1]}' is unknown. {suggestion(str(where[-1]), known)}"
        elif error["type"] == "literal_error":
            wanted.setdefault(where, []).append(error["ctx"]["expected"])
        else:
            where = where if _has(value, where) else where[:-1]  # without the name of a union's member
            wanted.setdefault(where, []).append(WANTED.get(error["type"], error["msg"]))
    for where, kinds in wanted.items():
        needed = " or ".join(kinds)
        yield where, f"'{where[-1] if where else 'this'}' is not {needed}. Write {needed}."


def _has(value: Any, where: Where) -> bool:
    for part in where:
        if not (part in value if isinstance(value, dict) else isinstance(value, list) and isinstance(part, int)):
            return False
        value = value[part]
    return True


def _fields_at(kind: Any, where: Where) -> set[str]:
    """The keys that the dataclass at WHERE inside KIND takes."""
    for part in where:
        if get_origin(kind) in (Union, types.UnionType):
            kind = next(member for member in get_args(kind) if member is not type(None))
        kind = get_type_hints(kind)[str(part)] if is_dataclass(kind) else get_args(kind)[-1]
    if get_origin(kind) in (Union, types.UnionType):
        kind = next(member for member in get_args(kind) if member is not type(None))
    return {field.name for field in fields(kind)} - {"id", "family", "artifact"}


def _rule_complaints(value: Value) -> Iterator[tuple[Where, str]]:
    """What types cannot say. Values of a wrong type are passed over: pydantic has named them."""
    for where, part in _walk(value, ()):
        inside = where[1:]
        number = part if isinstance(part, (int, float)) and not isinstance(part, bool) else None
        if isinstance(part, str) and not part.strip():
            yield where, f"'{where[-1]}' is empty. Write it."
        elif part == [] and inside != ():
            source = inside == ("sources",)
            yield where, f"'{where[-1]}' is empty. {'Cite at least one source.' if source else 'Fill or delete it.'}"
        elif number is not None and inside in (("minutes",), ("ask", "minutes"), ("share",)) and number <= 0:
            yield where, f"'{where[-1]}' is {number}. Write a number above 0."
        elif number is not None and inside == ("ask", "error") and not 0 <= number < 0.5:
            yield where, f"'error' is {number}. Write a number from 0 to below 0.5."
        elif inside == ("outcomes",) and isinstance(part, dict):
            if len(part) < 2:
                yield where, "a check needs two outcomes or more. Add one."
            for key in part:
                if not SNAKE_CASE.fullmatch(key):
                    yield (*where, key), _not_snake_case(key)


def _not_snake_case(key: str) -> str:
    return f"the name '{key}' is not snake_case. Write lower case letters, digits and single underscores."


def _walk(value: Value, where: Where) -> Iterator[tuple[Where, Value]]:
    yield where, value
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _walk(part, (*where, key))
    elif isinstance(value, list):
        for position, part in enumerate(value):
            yield from _walk(part, (*where, position))
