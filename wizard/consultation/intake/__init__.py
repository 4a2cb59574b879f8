"""What somebody says in their own words, in English, Chinese or both, as symptoms, facts and answers."""

from wizard.consultation.intake.understanding import Understood, understand

__all__ = ["Understood", "understand"]
