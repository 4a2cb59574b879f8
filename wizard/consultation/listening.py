"""What a line typed at a question is: one of its answers, a number, a word to the wizard, or something told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from wizard.vocabulary import Check, KnowledgeBase, Text

Kind = Literal[
    "answer", "number", "dont_know", "why", "why_not", "what_is", "back", "plan", "status", "help", "quit",
    "file", "paste", "checklist", "told", "done",
]  # fmt: skip
# The first word of each is the one that help texts name.
WORDS: Mapping[Kind, tuple[str, ...]] = {
    "dont_know": (
        "d", "don't know", "dont know", "i don't know", "i dont know", "no idea", "unknown", "dk",
        "不知道", "不清楚", "不确定", "不会",
    ),
    "why": ("?", "why", "why this question", "why do you ask", "为什么", "为什么问这个", "为何"),
    "back": ("b", "back", "undo", "take it back", "返回", "后退", "撤销", "上一步", "收回"),
    "plan": ("p", "plan", "方案", "计划"),
    "status": ("s", "status", "where are we", "进展", "状态", "目前结论"),
    "help": ("h", "help", "帮助"),
    "quit": ("q", "quit", "exit", "bye", "退出", "结束"),
    "paste": ("v", "paste", "粘贴"),
    "checklist": ("c", "checklist", "清单", "排查清单", "检查清单"),
}  # fmt: skip
WHY_NOT = re.compile(
    r"^(?:why not|why isn't it|why is it not|为什么不是|为啥不是|为何不是)[:：\s]*(?P<what>.+)$", re.IGNORECASE
)
WHAT_IS = re.compile(
    r"^(?:what(?:'s| is| are| does| do you mean by)|explain|define|解释一下|解释|什么是|什么叫|啥是|啥叫)\s*"
    r"(?:a |an |the )?(?P<what>.+?)(?:\s+mean)?$"
    r"|^(?P<that>.+?)(?:是什么意思|是啥意思|是什么|是啥|什么意思)$",
    re.IGNORECASE,
)
NEGATIONS = re.compile(r"\b(?:no|not|none|never|without|isn't|aren't|don't|doesn't)\b|没|不|无|未|非", re.IGNORECASE)
STATED = re.compile(r"^[=＝]?\s*(?P<value>[-+]?\d+(?:[.,]\d+)?(?:e[-+]?\d+)?)\s*$", re.IGNORECASE)
LONGEST_ANSWER = 60  # characters of a line that may be an answer in words; a longer one tells a story
FULL_STOP = "?？!！.。 "
FILLERS = re.compile(
    r"\b(?:the|a|an|my|is|are|was)\b\s*"
)  # "the learning rate is too high" for "Learning rate too high"
NEAR = 88.0  # per cent of matching letters with a title or term; below it a page would be a guess


@dataclass(frozen=True, slots=True)
class Heard:
    """A line with its kind; `what` is the outcome, number, path, id or the line itself, as the kind asks.

    `done` is never heard by `listen`: it is what remains of a line that was dealt with already.
    """

    kind: Kind
    what: str = ""


def listen(line: str, check: Check | None = None) -> Heard:
    """What LINE is while CHECK is asked; `told` if it is nothing that could be answered without understanding it."""
    plain = line.strip()
    bare = plain.rstrip(FULL_STOP).casefold() or plain.replace("？", "?")
    if check is not None and (outcome := picked(plain, tuple(check.outcomes))):
        return Heard("answer", outcome)
    kind = next((kind for kind, words in WORDS.items() if bare in words), None)
    if kind is not None:
        return Heard(kind)
    if plain[:2].lower() == "f " and plain[2:].strip():
        return Heard("file", plain[2:].strip())
    if asked := WHY_NOT.match(plain.rstrip(FULL_STOP)):
        return Heard("why_not", asked["what"].strip())
    if asked := WHAT_IS.match(plain.rstrip(FULL_STOP)):
        return Heard("what_is", (asked["what"] or asked["that"]).strip())
    if check is not None and check.ask and check.ask.number and (stated := STATED.match(plain)):
        return Heard("number", stated["value"].replace(",", "."))
    if check is not None and (outcome := answered_in_words(plain, check)):
        return Heard("answer", outcome)
    return Heard("told", plain)


def picked(word: str, ids: tuple[str, ...]) -> str | None:
    """The id that WORD names, by its number from one or by itself."""
    if word.isascii() and word.isdigit() and 1 <= int(word[:9]) <= len(ids):
        return ids[int(word[:9]) - 1]
    return word if word in ids else None


def answered_in_words(line: str, check: Check) -> str | None:
    """The one outcome whose answer, in either language, holds all the words of LINE; none if LINE negates anything."""
    words = _words(line)
    if not words or len(line) > LONGEST_ANSWER:
        return None
    answers = {name: (outcome.answer.en, outcome.answer.zh) for name, outcome in check.outcomes.items()}
    same = [name for name, texts in answers.items() if any(_words(text) == words for text in texts)]
    if len(same) == 1:
        return same[0]
    if NEGATIONS.search(line) or sum(map(len, words)) < 3:
        return None
    holding = [name for name, texts in answers.items() if any(words <= _words(text) for text in texts)]
    return holding[0] if len(holding) == 1 else None


def _words(text: str) -> frozenset[str]:
    """Words of Latin letters, and Chinese by pairs of characters, so that word order within a phrase counts."""
    lowered = text.casefold()
    latin = re.findall(r"[a-z0-9_]+(?:\.[0-9]+)?", lowered)
    chinese = (run[i : i + 2] for run in re.findall(r"[\u4e00-\u9fff]+", lowered) for i in range(max(1, len(run) - 1)))
    return frozenset((*latin, *chinese))


def entry_meant(words: str, base: KnowledgeBase, among: Iterable[str] | None = None) -> str | None:
    """The id of the term or entry that WORDS name, by id, by a name in either language, or by a near title."""
    from rapidfuzz import fuzz, process

    names = _names(base, among)
    key = words.strip(FULL_STOP).casefold()
    if key in names:
        return names[key]
    names = {FILLERS.sub("", name): id for name, id in names.items()}
    key = FILLERS.sub("", key)
    near = process.extractOne(key, list(names), scorer=fuzz.ratio, score_cutoff=NEAR)
    return names[near[0]] if near else None


def _names(base: KnowledgeBase, among: Iterable[str] | None) -> dict[str, str]:
    """Every name of an entry (AMONG these ids) in lower case, and its id; terms last, so that they win."""
    wanted = None if among is None else set(among)
    titles: dict[str, Text] = {
        id: entry.title
        for entries in (base.checks, base.remedies, base.checklists, base.causes)
        for id, entry in entries.items()
        if wanted is None or id in wanted
    }
    names = {name: id for id, title in titles.items() for name in (title.en.casefold(), title.zh.casefold(), id)}
    for id, term in base.glossary.items() if wanted is None else ():
        names |= dict.fromkeys((id, *(name.casefold() for name in (*term.names.en, *term.names.zh))), id)
    return names
