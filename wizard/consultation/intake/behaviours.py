"""The behaviours of a clause with their negations; adverbs joined to what they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from wizard.consultation.intake.clauses import denies
from wizard.consultation.intake.lexer import Token

MOVING = ("falls", "improves", "learns", "converges", "little")  # what may be slow, fast or little
ADVERBS = ("slow", "fast", "little")
LEVELS = ("high", "low", "good", "bad", "normal", "same")  # how it is, not how it goes
AS_ADVERB = {"slow": "slowly", "fast": "fast"}
WHOLE = ("learns", "converges")  # said of the training as a whole


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One behaviour at a place of its clause; `denied_at` is the place of the negation, if there is one."""

    key: str
    place: int
    positive: bool = True
    denied_at: int | None = None


def behaviours_of(tokens: Sequence[Token]) -> list[Behaviour]:
    """The behaviours of a clause, in order, without those that are only wished or prevented."""
    found: list[Behaviour] = []
    denied_at: int | None = None
    denials = 0
    wished = False
    for place, token in enumerate(tokens):
        if denies(token):
            denials, denied_at = denials + 1, place
            if found and found[-1].place == place - 1 == len(tokens) - 2:  # 一点变化都没有, 收敛不了
                found[-1] = replace(found[-1], positive=not found[-1].positive)
        elif token.key == "gone" and found:
            found[-1] = replace(found[-1], positive=not found[-1].positive)
        elif token.key == "wish":
            wished = True
        elif token.slot == "behaviour":
            if not wished:
                found.append(Behaviour(token.key, place, denials % 2 == 0, denied_at))
            wished = False
            if not _goes_on(tokens, place):
                denials, denied_at = 0, None
        elif token.key == "at_once" or (token.slot == "number" and not _goes_on(tokens, place)):  # 没过几步就 nan 了
            denials, denied_at = 0, None
    first = next((place for place, token in enumerate(tokens) if token.slot == "quantity"), -1)
    links = [place for place, token in enumerate(tokens) if token.slot == "link" or place == first]
    return _joined(_without_adjectives(found, links))


def _goes_on(tokens: Sequence[Token], place: int) -> bool:
    """Whether the negation of the behaviour at PLACE is also that of the next one."""
    after = [token for token in tokens[place + 1 : place + 3] if token.slot != "unknown"]
    return bool(after) and after[0].key in ("or", *ADVERBS, tokens[place].key)


def _without_adjectives(found: list[Behaviour], links: Sequence[int]) -> list[Behaviour]:
    """Without the size of what stands beside it: `a huge spike`, `波动特别大`, `像台阶一样`."""
    places = {one.place for one in found if one.key not in ("flat", "stalls")}  # stays high: it is both
    for at, one in enumerate(found):
        if any(_small(other, one, found) for other in found):
            falls = one.key in ("falls", "improves") and one.positive
            found[at] = replace(one, key="falls_hardly") if falls else replace(one, positive=not one.positive)
    found = [replace(one, key="hardly") if one.key == "falls_hardly" else one for one in found if one.key != "hardly"]
    return [
        one
        for one in found
        if not (one.key in ("high", "low") and {one.place - 1, one.place + 1 + (one.place + 1 in links)} & places)
        and not (one.key == "same" and one.place - 1 in places)
    ]


def _small(adverb: Behaviour, main: Behaviour, found: list[Behaviour]) -> bool:
    """`hardly any spikes`, 波动很小: as good as none."""
    if main.key in ("low", "hardly", "falls_hardly", "high", "zero", "nan", *ADVERBS):
        return False
    if adverb.key == "hardly" and adverb.place < main.place:
        return not any(adverb.place < other.place < main.place for other in found)
    return adverb.key in ("hardly", "low") and adverb.place == main.place + 1


def _joined(found: list[Behaviour]) -> list[Behaviour]:
    """Adverbs into the behaviour beside them: `falls slowly` is slow; `does not fall fast` is not fast."""
    joined: list[Behaviour] = []
    adverbs = [one for one in found if one.key in ADVERBS]
    mains = [one for one in found if one.key not in ADVERBS]
    for general in [one for one in mains if one.key == "generalises"]:
        if quality := next((one for one in mains if one.key in ("good", "bad") and one.place > general.place), None):
            mains[mains.index(general)] = replace(general, positive=quality.positive == (quality.key == "good"))
            mains.remove(quality)
    for adverb in adverbs:
        main = min(
            (one for one in mains if one.key not in LEVELS), key=lambda one: abs(one.place - adverb.place), default=None
        )
        if main is None:
            joined.append(adverb)
        elif main.key in MOVING:
            if adverb.key == "little" and not main.positive:
                continue  # 一点没降: not at all
            if main.key in WHOLE and adverb.key != "little":
                adverb = replace(adverb, key=f"learns_{AS_ADVERB[adverb.key]}")
            shared = main.denied_at == adverb.denied_at
            if shared and not main.positive:  # it is the adverb that is denied
                mains.remove(main)
                joined.append(replace(adverb, place=main.place))
            else:
                if adverb.key in ("slow", "learns_slowly") and adverb.positive:
                    mains.remove(main)
                joined.append(replace(adverb, place=main.place))
    return sorted([*mains, *joined], key=lambda one: one.place)
