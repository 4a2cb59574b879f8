"""The only loop: a knowledge base, a consultation in it, and what follows from both."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from wizard.consultation.consultation import RERUN_MINUTES, Consultation, Entry
from wizard.knowledge.cache import Knowledge
from wizard.reasoning.diagnosis import diagnose
from wizard.reasoning.explain import weights_of_evidence
from wizard.reasoning.next_check import what_answers_do
from wizard.reasoning.plan import DEFAULT_RERUN_MINUTES, Costs
from wizard.reasoning.what_if import Turn, hangs_on, would_change, would_revive
from wizard.vocabulary import PRESENT, Artifact, Diagnosis, Finding, Step, Unanswered, Weight


@dataclass(frozen=True)
class Session:
    """A consultation under one knowledge base; every face shows this and nothing else."""

    knowledge: Knowledge
    consultation: Consultation
    rerun_minutes: float | None = None

    def after(self, *entries: Entry) -> Session:
        """The session with ENTRIES added to its journal."""
        return replace(self, consultation=self.consultation.after(*entries))

    @cached_property
    def costs(self) -> Costs:
        """Minutes of each remedy, with the time to run again: told, else read from the log, else twenty."""
        told = self.consultation.facts.get(RERUN_MINUTES)
        minutes = self.rerun_minutes if self.rerun_minutes is not None else self.consultation.rerun_minutes
        if told is not None and not isinstance(told.value, str):
            minutes = told.value
        return Costs.of(self.knowledge.model, DEFAULT_RERUN_MINUTES if minutes is None else minutes)

    @cached_property
    def diagnosis(self) -> Diagnosis:
        """Verdict, differential, plan, next questions."""
        openable = self.consultation.openable(self.knowledge.base)
        diagnosis = diagnose(self.knowledge.model, self.costs, self.consultation.evidence, self.askable, openable)
        steps = tuple(
            replace(step, hand_over=self._hand_over(step.check)) if step.check else step
            for step in diagnosis.next_steps
        )
        return replace(diagnosis, next_steps=steps)

    @cached_property
    def askable(self) -> tuple[str, ...]:
        """Checks that the person could still answer."""
        return self.consultation.askable(self.knowledge.base)

    @cached_property
    def findings(self) -> dict[str, Finding]:
        """The finding that counts for each answered check."""
        return self.consultation.findings

    @cached_property
    def unanswered(self) -> dict[str, Unanswered]:
        """Every check without a finding, and why."""
        return self.consultation.unanswered(self.knowledge.base)

    @cached_property
    def not_checked(self) -> dict[Artifact, tuple[str, ...]]:
        """Checks that handing over an artifact would answer, by artifact; `told` are those only a person can."""
        groups: dict[Artifact, list[str]] = {}
        for check, missing in self.unanswered.items():
            if missing.reason == "absent":
                groups.setdefault(self.knowledge.base.checks[check].artifact, []).append(check)
        return {artifact: tuple(checks) for artifact, checks in groups.items()}

    @cached_property
    def symptoms(self) -> tuple[str, ...]:
        """What people may complain of, the commonest complaint first, by priors and rows."""
        model = self.knowledge.model
        chances = {
            symptom: float(model.priors[True] @ model.rows[symptom][:, model.outcomes[symptom].index(PRESENT)])
            for symptom in model.symptoms
        }
        return tuple(sorted(chances, key=lambda symptom: (-chances[symptom], symptom)))

    @property
    def questions(self) -> tuple[Step, ...]:
        """The questions that pay, best first."""
        return tuple(step for step in self.diagnosis.next_steps if step.check)

    @property
    def openings(self) -> tuple[Step, ...]:
        """What pays to hand over or paste, best first."""
        return tuple(step for step in self.diagnosis.next_steps if step.opening)

    @property
    def next_step(self) -> Step | None:
        """The question, or what to hand over, that saves most now; None when nothing pays any more."""
        steps = self.diagnosis.next_steps
        return steps[0] if steps else None

    def why(self, check: str) -> dict[str, tuple[float, tuple[tuple[str, float], ...]]]:
        """WHY a question: for each outcome its chance and the three likeliest hypotheses after it."""
        model = self.knowledge.model
        after = what_answers_do(model, self.consultation.evidence, check)
        return {
            outcome: (chance, tuple((model.hypotheses[i], float(belief[i])) for i in (-belief).argsort()[:3]))
            for outcome, (chance, belief) in after.items()
        }

    @cached_property
    def hangs_on(self) -> tuple[Turn, ...]:
        """The findings without which another cause would come first."""
        return hangs_on(self.knowledge.model, self.consultation.evidence)

    @cached_property
    def would_change(self) -> tuple[Turn, ...]:
        """Answers to open questions after which another cause would come first."""
        return would_change(self.knowledge.model, self.consultation.evidence, self.askable)

    def would_revive(self, cause: str) -> tuple[Turn, ...]:
        """Answers to open questions that would raise CAUSE."""
        return would_revive(self.knowledge.model, self.consultation.evidence, cause, self.askable)

    def weights(self, cause: str) -> tuple[Weight, ...]:
        """HOW, or WHY NOT: what each finding says for CAUSE."""
        return weights_of_evidence(self.knowledge.model, self.consultation.evidence, cause)

    def _hand_over(self, check: str) -> Artifact | None:
        artifact = self.knowledge.base.checks[check].artifact
        return artifact if artifact != "told" and self.unanswered[check].reason == "absent" else None
