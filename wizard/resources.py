"""Where the data of the package lies, and its words in another language."""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from wizard.vocabulary import Language

PACKAGE = Path(__file__).parent
KNOWLEDGE_BASE = PACKAGE / "knowledge_base"
ASSETS = PACKAGE / "assets"


@cache
def translation(language: Language) -> gettext.NullTranslations:
    """The catalogue of LANGUAGE; English sentences are the message ids."""
    return gettext.translation("wizard", localedir=str(ASSETS / "locale"), languages=[language], fallback=True)


def fill(message: str, values: Mapping[str, object], language: Language) -> str:
    """MESSAGE in LANGUAGE with its {slots} filled; without values it is taken as it stands."""
    text = translation(language).gettext(message) if message else ""
    return text.format_map(values) if values else text
