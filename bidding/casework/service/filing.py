"""The applicant's side: opening a case, handing in what the checklist asks, filing, supplementing, withdrawing."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError

from bidding.casework import queries, rules
from bidding.casework.checklists import checklist
from bidding.casework.desk import Desk, Subject
from bidding.casework.models import Case, CaseMaterial, Move
from bidding.casework.policy import Permission, may_file
from bidding.casework.rules import DECLARATION, EDITABLE, Act, How, MaterialsMissing, State, Step
from bidding.casework.service.steps import CASES, begin, finish, held, note, number, person, to
from bidding.core.entropy import new_uid
from bidding.core.errors import N_, DomainError, NotFound, WrongState
from bidding.db.uow import Tx
from bidding.identity import policy as identity


class MaterialTwice(DomainError):
    """The very same bytes once more for the same line."""

    code = "casework.material_twice"
    text = N_("这一项里已经有内容完全相同的文件：“%(name)s”。不用再传。")


class NoteMissing(DomainError):
    """A line that is said not to apply, without why."""

    code = "casework.note_missing"
    text = N_("请写明本项目为什么没有这一项，窗口据此判断。")
    status = 422


class NothingChosen(DomainError):
    """A line answered with a file, and no file."""

    code = "casework.nothing_chosen"
    text = N_("请选择要上传的文件，或者改选“原件交窗口”“本项目没有”。")
    status = 422


class NotDeclarable(DomainError):
    """A declaration for a line that has to be handed in."""

    code = "casework.not_declarable"
    text = N_("“%(line)s”不能用告知承诺代替：请上传文件，或者改选“原件交窗口”“本项目没有”。")
    status = 422


def open_case(tx: Tx, desk: Desk, subject: Subject) -> Case:
    """The live case of a subject, opened where there is none. Raises ``NotFound`` for another applicant's.

    Two who press at once get the same one.
    """
    identity.require(tx.actor, Permission.CASE_FILE)
    if not may_file(tx.actor, subject.applicant_id):
        raise NotFound
    known = queries.of_subject(tx.session, subject.kind, subject.uid)
    if known is not None and known.state in rules.LIVE:
        return known
    case = Case(
        uid=new_uid(tx.entropy),
        subject_kind=subject.kind,
        subject_uid=subject.uid,
        subject_code=subject.code,
        title=subject.title,
        path=subject.path,
        checklist=subject.checklist,
        instant=checklist(subject.checklist).instant,
        applicant_id=subject.applicant_id,
        state=State.PREPARING,
        opened_at=tx.now,
        opened_by_id=person(tx),
    )
    try:
        with tx.session.begin_nested():
            tx.session.add(case)
    except IntegrityError:
        found = queries.of_subject(tx.session, subject.kind, subject.uid)
        if found is None:
            raise
        return found
    note(tx, desk, case, Move.OPENED, title=case.title, checklist=case.checklist)
    return case


def _own(tx: Tx, uid: str) -> Case:
    """The actor's own case, to be filled in. Raises ``NotFound``, ``WrongState``."""
    identity.require(tx.actor, Permission.CASE_FILE)
    case = held(tx, uid)
    if not may_file(tx.actor, case.applicant_id):
        raise NotFound
    if case.state not in EDITABLE:
        raise WrongState
    return case


def add_file(tx: Tx, uid: str, line: str, *, name: str, sha256: str, size: int) -> CaseMaterial:
    """Answer a line with a stored file. Raises ``MaterialTwice``, ``NotFound`` for a line the list has not."""
    case = _own(tx, uid)
    checklist(case.checklist).line(line)
    for other in case.materials:
        if (other.line, other.sha256) == (line, sha256):
            raise MaterialTwice(field="file", name=other.name)
    return _add(tx, case, CaseMaterial(line=line, how=How.FILE, name=name, sha256=sha256, size=size))


def answer(tx: Tx, uid: str, line: str, *, how: How, words: str) -> CaseMaterial:
    """Answer a line without a file: the original is at the window, the project has none, or it is declared.

    Raises ``NoteMissing``, ``NotDeclarable``.
    """
    case = _own(tx, uid)
    lines = checklist(case.checklist)
    asked = lines.line(line)
    words = " ".join(words.split())[:300]
    if how is How.FILE:
        raise NothingChosen(field="file")
    if how is How.NONE and not words:
        raise NoteMissing(field="note")
    if how is How.DECLARED and asked not in lines.declarable:
        raise NotDeclarable(field="how", line=asked.title)
    for other in [each for each in case.materials if each.line == line and each.how is not How.FILE]:
        case.materials.remove(other)
        tx.session.delete(other)
    return _add(tx, case, CaseMaterial(line=line, how=how, note=words))


def take_from_subject(tx: Tx, desk: Desk, uid: str, line: str) -> int:
    """Let the files that the draft has answer a line; how many were new. Raises ``NothingChosen`` for none."""
    case = _own(tx, uid)
    if not checklist(case.checklist).line(line).from_subject:
        raise NotFound
    files = desk.subject(tx.session, case.subject_kind, case.subject_uid).files
    if not files:
        raise NothingChosen(field="file")
    known = {each.sha256 for each in case.materials if each.line == line}
    new = [each for each in files if each.sha256 not in known]
    for each in new:
        _add(
            tx,
            case,
            CaseMaterial(line=line, how=How.FILE, name=each.name, sha256=each.sha256, size=each.size),
        )
    return len(new)


def _add(tx: Tx, case: Case, material: CaseMaterial) -> CaseMaterial:
    material.note = material.note or ""
    material.round, material.added_at = len(case.returns), tx.now
    case.materials.append(material)
    tx.session.flush()
    return material


def remove(tx: Tx, uid: str, material_id: int) -> None:
    """Take an answer back while the materials are the applicant's to change. The blob stays."""
    case = _own(tx, uid)
    found = next((each for each in case.materials if each.id == material_id), None)
    if found is None:
        raise NotFound
    case.materials.remove(found)
    tx.session.delete(found)
    tx.session.flush()


def file(tx: Tx, desk: Desk, uid: str) -> Case:
    """Hand the case to the window; from now on its time runs. Raises ``MaterialsMissing`` with every line at once."""
    case = _own(tx, uid)
    missing = queries.missing(case)
    if missing:
        raise MaterialsMissing(count=len(missing), lines=_titles(case, missing))
    subject = desk.subject(tx.session, case.subject_kind, case.subject_uid)
    again, numbered = case.state is State.RETURNED, case.number or number(tx, CASES)
    to(case, Act.FILE)
    case.title, case.subject_digest = subject.title, subject.digest
    case.number, case.filed_at, case.filed_by_id = numbered, tx.now, person(tx)
    for each in case.returns:
        each.answered_at = each.answered_at or tx.now
    begin(tx, case, Step.ACCEPTANCE, desk.terms(tx.session, tx.now))
    note(
        tx,
        desk,
        case,
        Move.SUPPLEMENTED if again else Move.FILED,
        subject_digest=subject.digest,
        materials=[
            {"line": each.line, "how": each.how.value, "note": each.note, "sha256": each.sha256}
            for each in case.materials
        ],
        **({"declaration": DECLARATION} if case.is_declared else {}),
    )
    return case


def declare(tx: Tx, desk: Desk, subject: Subject) -> Case | None:
    """File the case of what is done at once: the draft's own files, and a declaration for all else (告知承诺).

    None, and nothing is done, where a case is under way or was granted, and for a kind that is not done at once.
    Raises ``NothingChosen`` for a draft without files, ``NotFound`` for another applicant's.
    """
    declared = queries.to_declare(tx.session, subject.kind, subject.uid, subject.checklist)
    if not declared:
        return None
    case = open_case(tx, desk, subject)
    for line in checklist(subject.checklist).lines:
        if line.from_subject:
            take_from_subject(tx, desk, case.uid, line.code)
    for line in declared:
        answer(tx, case.uid, line.code, how=How.DECLARED, words="")
    return file(tx, desk, case.uid)


def _titles(case: Case, codes: list[str]) -> str:
    lines = checklist(case.checklist)
    return "；".join(lines.line(code).title for code in codes)


def withdraw(tx: Tx, desk: Desk, uid: str, reason: str) -> Case:
    """Take the case back before it is decided. Raises ``NotFound``, ``WrongState``."""
    identity.require(tx.actor, Permission.CASE_FILE)
    case = held(tx, uid)
    if not may_file(tx.actor, case.applicant_id):
        raise NotFound
    to(case, Act.WITHDRAW)
    if case.open_step is not None:
        finish(tx, case)
    note(tx, desk, case, Move.WITHDRAWN, reason=reason.strip()[:500])
    return case
