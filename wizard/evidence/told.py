"""What the inspectors make of text that was pasted and of facts that were stated. Nothing is opened."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from wizard.errors import UnreadableError
from wizard.evidence.artifacts.source_code import Code, read_code
from wizard.evidence.artifacts.told import VERSION, Told, block_in
from wizard.evidence.inspection import Slots, answer, find_inspectors, inspect, plain
from wizard.evidence.run import slots_for
from wizard.vocabulary import PASTED, ArtifactFile, Check, Fact, Finding, Inspected, Notice, Unanswered, settled

Result = Finding | Unanswered
LONGEST = 16 << 20  # characters that are looked at: nobody pastes more
FEW_LINES = 3  # of a log


def examine_told(text: str, facts: tuple[Fact, ...], checks: Mapping[str, Check]) -> Inspected:
    """Findings of origin `told` from pasted TEXT and from all FACTS told so far.

    TEXT may hold the block of the probe, log lines or a CSV, or nothing of these: then `artifacts` is empty.
    Nothing is raised, whatever the text is.
    """
    slots = slots_for(checks)
    lines, rest, version = block_in(text[:LONGEST])
    told = Told(lines)
    new = tuple(told.stated())
    known = settled((*facts, *new))
    log = _log(rest, known, slots)
    code = read_code(rest) if version is None else None
    seen: list[Result] = [*log.findings, *log.unanswered]
    seen += _judged({"told": replace(told, facts=known), "code": code}, known, slots)
    results = {result.check: result for result in seen}
    torn = version is not None and not lines
    pasted = {"log": log.findings or log.unanswered, "probe": lines, "code": code}
    return Inspected(
        artifacts=tuple(_described(text, name) for name, there in pasted.items() if there),
        facts=(*new, *log.facts),
        findings=tuple(result for _, result in sorted(results.items()) if isinstance(result, Finding)),
        unanswered=tuple(result for _, result in sorted(results.items()) if isinstance(result, Unanswered)),
        events=log.events,
        unreadable=(*_troubles(told), *([_torn(version)] if torn or version not in (None, VERSION) else [])),
        rerun_minutes=log.rerun_minutes,
    )


def _judged(given: Mapping[str, Told | Code | None], facts: Mapping[str, Fact], slots: Slots) -> list[Result]:
    """What each inspector says of what it takes by the name of its parameter: `told` (facts, the block) or `code`."""
    results: list[Result] = []
    for inspector in find_inspectors("told"):
        artifact = given[inspector.judge.__code__.co_varnames[0]]
        if inspector.check in slots and artifact is not None:
            result = answer(inspector, artifact, facts, slots)
            results.append(replace(result, origin="told") if isinstance(result, Finding) else result)
    return results


def _log(text: str, facts: Mapping[str, Fact], slots: Slots) -> Inspected:
    """What the inspectors of logs say of TEXT, if it is one."""
    if text.count("\n") + text.count("\r") < FEW_LINES - 1:
        return Inspected()
    from wizard.evidence.artifacts.log import read_text  # deferred: what is told is mostly a sentence

    try:
        log = read_text(text, PASTED.format("log"))
    except UnreadableError:
        return Inspected()
    results = list(inspect("log", log, facts, slots))
    return Inspected(
        facts=tuple(replace(fact, origin="told") for fact in log.facts()),
        findings=tuple(replace(result, origin="told") for result in results if isinstance(result, Finding)),
        unanswered=tuple(result for result in results if isinstance(result, Unanswered)),
        events=tuple(replace(event, value=plain(event.value)) for event in log.events()),
        rerun_minutes=log.rerun_minutes(),
    )


def _described(text: str, opening: str) -> ArtifactFile:
    raw = text.encode("utf-8", "replace")
    return ArtifactFile("told", PASTED.format(opening), len(raw), hashlib.sha256(raw[: 1 << 20]).hexdigest())


def _troubles(told: Told) -> list[Notice]:
    """What kept the probe from running the model or the loader."""
    found = []
    if reason := told.why_not("batches"):
        found.append(Notice("The probe could not read the loader: {reason}.", {"reason": reason}))
    if reason := told.why_not("steps"):
        found.append(Notice("The probe could not train the model: {reason}.", {"reason": reason}))
    return found


def _torn(version: int | None) -> Notice:
    if version == VERSION:
        return Notice("The block of the probe is empty.", next="Paste all lines that it printed.")
    return Notice(
        "This block is of version {version} of the probe, which this Loss Wizard does not know.",
        {"version": version or 0},
        next="Print the probe anew with loss-wizard probe.",
    )
