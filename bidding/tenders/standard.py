"""The standard document of a local comparison (比选文件), made of what the agency wrote and a template. Knows no database.

A template is data (``comparisons.json``): for one subject, what is asked of a tenderer, how the winner is found, what is
required, what the application consists of, and the contract's terms. No law prescribes this paper; whoever wants
another one uploads it. Dates are not in it: the notice has them, and only there may they move.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from importlib.resources import files
from typing import Any

from bidding.core.canonical import dumps, sha
from bidding.core.errors import N_
from bidding.core.money import daxie, yuan
from bidding.tenders.kinds import SUBJECTS, Family, Method, PriceForm
from bidding.tenders.rules import DocumentOutdated, LotFacts, Problem, ProjectFacts, file_slots
from bidding.tenders.words import Words, words

#: The paper of ``documents.pdf`` that it is set in.
PAPER = "chapters"
#: How long an application binds, in days from the deadline.
_BINDS = 60
#: A line that somebody has numbered: the paper numbers its clauses itself.
_NUMBERED = re.compile(r"^\s*(?:\d{1,2}[.、．)）]|[（(]\d{1,2}[)）])\s*")


@dataclass(frozen=True, slots=True)
class Template:
    """One template; texts are the Chinese of the paper."""

    code: str
    label: str  # a key of the catalogue
    subject: str
    qualification: str
    award_method: str
    requirements: tuple[str, ...]
    application: tuple[str, ...]
    contract: tuple[str, ...]


#: What the templates are called; the file names them by their codes.
_LABELS = {"repair": N_("房屋和设施维修"), "goods": N_("货物采购"), "services": N_("服务采购")}


@cache
def templates() -> dict[str, Template]:
    """Those that come with the product, by their codes."""
    rows = json.loads(files("bidding.tenders").joinpath("comparisons.json").read_text("utf-8"))
    return {row["code"]: Template(label=_LABELS[row["code"]], **_tuples(row)) for row in rows}


def _tuples(row: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}


def template_for(subject: str) -> Template:
    """The template of a subject. Raises ``StopIteration`` for one that a local comparison does not know."""
    return next(each for each in templates().values() if each.subject == subject)


def may_be_made(family: Family, method: Method) -> bool:
    """Whether there is a standard document for a tender of this kind."""
    return (family, method) == (Family.LOCAL, Method.COMPARISON)


def file_name(facts: ProjectFacts) -> str:
    """What the paper is called as a file: ``比选文件.pdf``."""
    return f"{words(facts.family, facts.method).documents}.pdf"


def content(template: Template, facts: ProjectFacts, lots: Sequence[LotFacts]) -> dict[str, Any]:
    """What the paper says: ``name english subject signed``, ``facts`` (pairs) and ``chapters`` (``title clauses``)."""
    facts = _as_stored(facts)
    said = words(facts.family, facts.method)
    numbered = (
        (f"{said.tenderer}须知", _instructions(facts, lots)),
        ("内容和要求", [facts.summary, *template.requirements]),
        ("评审", _evaluation(facts)),
        (f"{said.bid}的组成", [*template.application, _slots(facts)]),
        ("合同主要条款", list(template.contract)),
    )
    return {
        "name": said.documents,
        "english": "Selection Documents",
        "subject": facts.title,
        "facts": [list(pair) for pair in (*_about(facts), *_amounts(facts, lots))],
        "chapters": [
            {"title": f"第{number}章　{title}", "clauses": [text for text in clauses if text]}
            for number, (title, clauses) in zip("一二三四五", numbered, strict=True)
        ],
        "signed": facts.owner_name,
    }


def digest(said: dict[str, Any]) -> str:
    """SHA-256 of what the paper says, hex: a draft that has been changed since would say something else."""
    return sha(dumps(said)).hex()


def _as_stored(facts: ProjectFacts) -> ProjectFacts:
    """Without what a form may add to a text that nobody changed: spaces around it, and a browser's ends of lines."""
    written = {item.name: getattr(facts, item.name) for item in fields(facts)}
    texts: dict[str, Any] = {name: text for name, text in written.items() if isinstance(text, str)}
    return replace(facts, **{name: text.replace("\r\n", "\n").strip() for name, text in texts.items()})


def check_made(
    documents: Sequence[tuple[str, str | None, str | None]], facts: ProjectFacts, lots: Sequence[LotFacts]
) -> list[Problem]:
    """Which documents, each ``name template made_of``, would be made otherwise today. Of a template that is gone nobody can tell."""
    return [
        Problem(DocumentOutdated(name=name))
        for name, code, made_of in documents
        if code in templates() and digest(content(templates()[code], facts, lots)) != made_of
    ]


def _about(facts: ProjectFacts) -> list[tuple[str, str]]:
    said = words(facts.family, facts.method)
    known = (
        ("项目名称", facts.title),
        (said.owner, facts.owner_name),
        ("采购类别", SUBJECTS[facts.family][facts.subject]),
        ("地点", facts.place),
        ("期限", facts.term),
        ("资金来源", facts.funding),
        ("联系", f"{facts.contact} {facts.phone}".strip()),
    )
    return [(label, value) for label, value in known if value]


def _amounts(facts: ProjectFacts, lots: Sequence[LotFacts]) -> Iterator[tuple[str, str]]:
    for lot in lots:
        of = "" if len(lots) == 1 else f"（{lot.name}）"
        yield from _money(facts, lot, of)


def _money(facts: ProjectFacts, lot: LotFacts, of: str) -> list[tuple[str, str]]:
    said = words(facts.family, facts.method)
    told = [(f"预算{of}", _amount(lot.budget_fen))]
    if lot.ceiling_fen is not None:
        told.append((f"{said.ceiling}{of}", _amount(lot.ceiling_fen)))
    if lot.security_fen:
        told.append((f"{said.security}{of}", _amount(lot.security_fen)))
    return told


def _amount(fen: int) -> str:
    return f"{yuan(fen)} 元（{daxie(fen)}）"


def _instructions(facts: ProjectFacts, lots: Sequence[LotFacts]) -> list[str]:
    said = words(facts.family, facts.method)
    return [
        *(_NUMBERED.sub("", line).strip() for line in facts.qualification.splitlines()),
        f"{'接受' if facts.consortium else '不接受'}联合体。",
        f"{said.bid}存为 PDF 文件，在网上签封、递交；平台看不到内容，到开标时才能打开。",
        f"{said.bid}有效期：自截止之日起 {_BINDS} 日历天。",
        _price(said, lots),
        "截止和开标时间以网上公告为准；有更正的，以更正公告为准。",
        f"对本文件有疑问的，截止前向联系人提出。联系：{facts.contact}，{facts.phone}。",
    ]


def _price(said: Words, lots: Sequence[LotFacts]) -> str:
    """What the price is of, and where it may not lie; a rate or a unit price has no bound here."""
    if any(lot.price_form is not PriceForm.AMOUNT for lot in lots):
        return "报价形式见公告，报价包含完成全部内容的费用和税费。"
    limits = {said.ceiling if lot.ceiling_fen is not None else "预算" for lot in lots}
    over = f"超过{'或者'.join(sorted(limits))}的，{said.rejected}。" if limits else ""
    return f"报价是完成全部内容的总价，包含税费。{over}"


def _evaluation(facts: ProjectFacts) -> list[str]:
    said = words(facts.family, facts.method)
    return [
        facts.award_method,
        f"{said.panel}先核对资格和实质性要求，不符合的{said.rejected}，写明原因；再按上述办法排序。",
        f"结果在网上公布，没有异议的发给{said.award_notice}。",
    ]


def _slots(facts: ProjectFacts) -> str:
    """In which places of the sealed bid the files go."""
    slots = file_slots(facts.family, facts.method, consortium=facts.consortium, envelopes=facts.envelopes)
    asked = "、".join(f"“{slot['label']}”" for slot in slots if slot["required"])
    besides = "、".join(f"“{slot['label']}”" for slot in slots if not slot["required"])
    return f"以上材料签封时放进{asked}；另有的分别放进{besides}，没有的不放。"
