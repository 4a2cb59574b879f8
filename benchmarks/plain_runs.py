"""Small real runs with and without injected faults: rank of the planted cause and verdict, by what was handed over."""

from __future__ import annotations

import sys
import tempfile
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests/support"))
from plain_runs import FAULTS, HEALTHY, write_run

from wizard.consultation.consultation import Consultation, Looked
from wizard.consultation.session import Session
from wizard.evidence.run import Request, examine
from wizard.evidence.sandbox import RecipeSpec
from wizard.knowledge.cache import Knowledge, load_knowledge
from wizard.vocabulary import HEALTHY as NOTHING
from wizard.vocabulary import OTHER, Diagnosis

ACCUSED = 0.8
ROWS = ("log", "log + checkpoints", "log + checkpoints + recipe")


def requests(run: Path) -> dict[str, Request]:
    """What is handed over in each row."""
    log, checkpoints = (run / "metrics.csv",), (run / "first.pt", run / "last.pt")
    return {
        ROWS[0]: Request(files={"log": log}),
        ROWS[1]: Request(files={"log": log, "checkpoint": checkpoints}),
        ROWS[2]: Request(files={"log": log, "checkpoint": checkpoints}, recipe=RecipeSpec(run / "recipe.py")),
    }


def diagnose(knowledge: Knowledge, request: Request) -> Diagnosis:
    """What is concluded from REQUEST alone."""
    inspected = examine(request, knowledge.base.checks)
    return Session(knowledge, Consultation()).after(Looked(inspected)).diagnosis


def rank(diagnosis: Diagnosis, cause: str) -> int:
    """Place of CAUSE among the causes, from 1."""
    causes = [ranked.cause for ranked in diagnosis.differential if ranked.cause not in (NOTHING, OTHER)]
    return causes.index(cause) + 1


def main() -> None:
    """Print a line a run and a summary a row."""
    warnings.simplefilter("ignore")
    knowledge = load_knowledge()
    found: dict[str, list[Diagnosis]] = {row: [] for row in ROWS}
    calm: dict[str, list[Diagnosis]] = {row: [] for row in ROWS}
    with tempfile.TemporaryDirectory() as folder:
        for name, recipe in HEALTHY.items():
            for row, request in requests(write_run(Path(folder, name), recipe)).items():
                calm[row].append(diagnose(knowledge, request))
        for fault in FAULTS:
            run = write_run(Path(folder, fault.cause), HEALTHY[fault.base], fault)
            for row, request in requests(run).items():
                found[row].append(diagnose(knowledge, request))
            ranks = [rank(found[row][-1], fault.cause) for row in ROWS]
            print(f"{fault.cause:30} rank {'  '.join(f'{place:2}' for place in ranks)}   {found[ROWS[-1]][-1].verdict}")
    for row in ROWS:
        ranks = [rank(diagnosis, fault.cause) for diagnosis, fault in zip(found[row], FAULTS, strict=True)]
        detected = sum(diagnosis.fault >= ACCUSED for diagnosis in found[row])
        print(
            f"{row:28} {len(FAULTS)} faults: first {sum(r == 1 for r in ranks)}, "
            f"first three {sum(r <= 3 for r in ranks)}, detected {detected}; "
            f"{len(HEALTHY)} healthy: accused {sum(d.fault >= ACCUSED for d in calm[row])}, "
            f"called healthy {sum(d.verdict == 'healthy' for d in calm[row])}"
        )


if __name__ == "__main__":
    main()
