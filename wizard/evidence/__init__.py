"""The only door to the user's files and code. An inspector imports from here and from the artifact it reads."""

from wizard.evidence.inspector import Facts, Inspector, inspector
from wizard.vocabulary import Fact, Finding, Measurement, Place, Unanswered

__all__ = ["Fact", "Facts", "Finding", "Inspector", "Measurement", "Place", "Unanswered", "inspector"]
