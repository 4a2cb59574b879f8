"""YAML with the line and column of every key; what YAML reads otherwise than its author meant is refused."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import TypeAlias

import yaml
from yaml._yaml import Mark as CMark
from yaml.reader import ReaderError

from wizard.errors import KnowledgeError

Value: TypeAlias = "str | int | float | bool | list[Value] | dict[str, Value]"
Where: TypeAlias = tuple[str | int, ...]  # keys and list positions from the root of a file
Mark: TypeAlias = tuple[int, int]  # line and column, both from 1
Index: TypeAlias = dict[Where, Mark]
Complaint: TypeAlias = tuple[Mark, str]

MAX_BYTES = 1_000_000  # the largest entry written so far has 10 kB
MAX_DEPTH = 30  # libyaml overflows the stack near 3 000; no entry nests deeper than six
INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
DECIMAL = re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+)([eE][-+][0-9]+)?")
EXPONENT_AS_TEXT = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)[eE][-+]?[0-9]+")
BASE_60 = re.compile(r"[-+]?[0-9_]+(:[0-5]?[0-9])+(\.[0-9_]*)?")


def parse(path: Path, name: str = "") -> tuple[Value, Index]:
    """The plain value of a file, and the mark of every key and list item in it.

    Raises KnowledgeError with every complaint about the file as `name:line:column message`.
    NAME stands for the path in messages.
    """
    name = name or str(path)
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise KnowledgeError(
            [f"{name}:1:1 the file cannot be read ({error.strerror}). Make it readable or delete it."]
        ) from None
    text = _decoded(raw, name)
    _raise(_event_complaints(text), name)
    node = yaml.compose(text, Loader=yaml.CSafeLoader)
    if node is None:
        raise KnowledgeError([f"{name}:1:1 the file is empty. Write the entry or delete the file."])
    index: Index = {(): _mark(node.start_mark)}
    complaints: list[Complaint] = []
    value = _build(node, (), index, complaints)
    _raise(complaints, name)
    return value, index


def located(name: str, index: Index, where: Where, message: str) -> str:
    """`name:line:column message` at WHERE, or at the nearest part around it that the file has."""
    while where not in index:
        where = where[:-1]
    line, column = index[where]
    return f"{name}:{line}:{column} {message}"


def _raise(complaints: list[Complaint], name: str) -> None:
    if complaints:
        raise KnowledgeError([f"{name}:{line}:{column} {message}" for (line, column), message in sorted(complaints)])


def _decoded(raw: bytes, name: str) -> str:
    if len(raw) > MAX_BYTES:
        message = f"the file has {len(raw)} bytes, more than {MAX_BYTES}. Split it into smaller entries."
        raise KnowledgeError([f"{name}:1:1 {message}"])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8-sig", errors="replace")
        _raise([(_end_of(before), "these bytes are not UTF-8. Save the file as UTF-8.")], name)
    tab = text.find("\t")
    if tab >= 0:
        _raise([(_end_of(text[:tab]), "a tab. Write spaces.")], name)
    return text


def _end_of(before: str) -> Mark:
    """The mark of the character that follows BEFORE."""
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def _mark(mark: yaml.Mark | CMark | None) -> Mark:
    assert mark is not None  # libyaml always sets it
    return mark.line + 1, mark.column + 1


def _event_complaints(text: str) -> list[Complaint]:
    """What must be known before nodes are built: aliases that multiply, depth that overflows, broken syntax."""
    complaints: list[Complaint] = []
    depth = documents = 0
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            complaints += _event_refusals(event)
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    complaints.append((_mark(event.start_mark), "a second document. Give it its own file."))
            if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
                depth += 1
                if depth > MAX_DEPTH:
                    message = f"nested deeper than {MAX_DEPTH} levels. Flatten it."
                    return [*complaints, (_mark(event.start_mark), message)]
            if isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
                depth -= 1
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        message = f"{' '.join(filter(None, (error.context, error.problem)))}. Mend the YAML here."
        complaints.append((_mark(mark) if mark else (1, 1), message))
    except ReaderError as error:  # libyaml counts bytes
        before = text.encode()[: error.position].decode(errors="ignore")
        complaints.append((_end_of(before), "a control character. Delete it."))
    return complaints


def _event_refusals(event: yaml.Event) -> Iterator[Complaint]:
    if isinstance(event, yaml.AliasEvent):
        yield _mark(event.start_mark), f"the alias '*{event.anchor}'. Write the value out."
    elif isinstance(event, yaml.NodeEvent) and event.anchor:
        yield _mark(event.start_mark), f"the anchor '&{event.anchor}'. Delete it."
    if isinstance(event, (yaml.ScalarEvent, yaml.CollectionStartEvent)) and event.tag:
        yield _mark(event.start_mark), f"the tag '{event.tag}'. Delete it."


def _build(node: yaml.Node, where: Where, index: Index, complaints: list[Complaint]) -> Value:
    """The plain value of NODE; marks go to INDEX. What is refused stands in the value as its text."""
    if isinstance(node, yaml.MappingNode):
        mapping: dict[str, Value] = {}
        for key_node, value_node in node.value:
            mark = _mark(key_node.start_mark)
            key = _build(key_node, (*where, "?"), {}, complaints)
            if not isinstance(key, str):
                complaints.append((mark, f"the key '{key}' is not text. Put it in quotes."))
            elif key in mapping:
                first = index[*where, key][0]
                complaints.append((mark, f"'{key}' is here twice, first in line {first}. Delete one."))
            else:
                index[*where, key] = mark
                mapping[key] = _build(value_node, (*where, key), index, complaints)
        return mapping
    if isinstance(node, yaml.SequenceNode):
        items: list[Value] = []
        for position, item in enumerate(node.value):
            index[*where, position] = _mark(item.start_mark)
            items.append(_build(item, (*where, position), index, complaints))
        return items
    assert isinstance(node, yaml.ScalarNode)
    value, complaint = _scalar(node.value, node.tag.rpartition(":")[2], plain=not node.style)
    if complaint:
        complaints.append((_mark(node.start_mark), complaint))
    return value


def _scalar(text: str, kind: str, plain: bool) -> tuple[str | int | float | bool, str]:
    """What TEXT means, and the complaint if YAML would take it for something else; KIND is YAML's idea of it."""
    if not plain or (kind == "str" and not EXPONENT_AS_TEXT.fullmatch(text)):
        return text, ""
    if kind == "bool" and text in ("true", "false"):
        return text == "true", ""
    if kind == "int" and INTEGER.fullmatch(text):
        return int(text), ""
    if kind == "float" and DECIMAL.fullmatch(text) and math.isfinite(float(text)):
        return float(text), ""
    return text, _misread(text, kind)


def _misread(text: str, kind: str) -> str:
    if kind == "str":
        size = abs(float(text))
        plain = f"{Decimal(text):f}" if 1e-12 < size < 1e12 else "it without an exponent"
        return f"'{text}' is read as text. Write {plain}, or put it in quotes if text is meant."
    if kind == "null":
        return "nothing is written here. Write a value or delete the key."
    if kind == "bool":
        return f"'{text}' is read as true or false. Put it in quotes, or write true or false."
    if BASE_60.fullmatch(text):
        return f"'{text}' is read as a number to base 60. Put it in quotes."
    if kind in ("int", "float"):
        return f"'{text}' is not a plain decimal number. Write digits and a point, or put it in quotes."
    return f"'{text}' is read as a {kind}. Put it in quotes."
