"""Cases from the draft to their end, who may do which step, and what each leaves in the centre's log."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from bidding.casework import queries, service
from bidding.casework.models import Case, CaseMove, CaseStep
from bidding.casework.rules import (
    DECLARATION,
    BeyondStatutory,
    Defect,
    DefectsMissing,
    How,
    MaterialsMissing,
    Opinion,
    OpinionsOutstanding,
    Outcome,
    ReasonMissing,
    State,
    Step,
    ToldLate,
)
from bidding.core.canonical import loads, sha
from bidding.core.entropy import ReplayEntropy
from bidding.core.errors import DomainError, Forbidden, NotFound, SamePerson, WrongState
from bidding.ledger.models import Leaf
from bidding.messages.models import Message
from bidding.tenders import service as tenders
from bidding.tenders.acceptance import NotAccepted, acceptance
from bidding.tenders.models import Project
from bidding.tenders.rules import Defects, LotFacts
from tests.casework.conftest import PROJECT
from tests.tenders import drafting

ROOF = LotFacts("屋面", 8 * drafting.WAN)
FUNDS = [Defect("funds", "预算批复是去年的，请换成今年的。")]


def notes(tx, prefix="case-"):
    rows = tx.session.scalars(select(Leaf.event).where(Leaf.type == "note").order_by(Leaf.id))
    return [event for event in map(loads, rows) if event["kind"].startswith(prefix)]


# filing ----------------------------------------------------------------------------------------------


def test_a_filing_that_lacks_something_is_told_of_every_line_at_once(window):
    uid = window.opened()
    window.press("zhou", service.answer, uid, "approval", how=How.PAPER, words="")
    with pytest.raises(MaterialsMissing) as refused:
        window.press("zhou", service.file, window.desk, uid)
    assert refused.value.params["count"] == 5
    assert "资金或资金来源已经落实的证明；招标代理委托合同" in str(refused.value)
    assert "设计文件" not in str(refused.value)  # not every project has them


def test_what_a_project_has_none_of_says_why(window):
    uid = window.opened()
    with pytest.raises(service.NoteMissing):
        window.press("zhou", service.answer, uid, "plan", how=How.NONE, words="  ")
    window.press("zhou", service.answer, uid, "plan", how=How.NONE, words="备案项目，不需核准")


def test_two_who_open_a_case_of_one_project_get_the_same(window):
    uid = window.opened()
    with window.begin(window.cast.actor("wu")) as tx:
        subject = window.desk.subject(
            tx.session, PROJECT, queries.case_for(tx.session, tx.actor, uid).subject_uid
        )
        assert service.open_case(tx, window.desk, subject).uid == uid


def test_the_database_keeps_one_live_case_of_a_subject(window):
    uid = window.filed()
    with window.begin() as tx:
        row = dict(tx.session.execute(text("SELECT * FROM acceptance_case")).mappings().one())
        again = {**row, "id": row["id"] + 1, "uid": "another", "number": "受〔2026〕99号"}
        into = f"INSERT INTO acceptance_case ({', '.join(again)}) VALUES ({', '.join(f':{name}' for name in again)})"
        with pytest.raises(IntegrityError), tx.session.begin_nested():
            tx.session.execute(text(into), again)
    assert window.case(uid).state is State.FILED


def test_the_draft_answers_the_line_of_its_documents_once(window):
    uid = window.opened()
    assert window.press("zhou", service.take_from_subject, window.desk, uid, "documents") == 1
    assert window.press("zhou", service.take_from_subject, window.desk, uid, "documents") == 0
    with pytest.raises(NotFound):
        window.press("zhou", service.take_from_subject, window.desk, uid, "funds")


def test_the_time_of_acceptance_runs_from_the_filing(window, clock):
    uid = window.filed()
    step = window.case(uid).open_step
    assert (step.step, step.statutory_days, step.promised_days) == (Step.ACCEPTANCE, 5, 2)
    assert step.begun_at == clock.now()


# returning -------------------------------------------------------------------------------------------


def test_a_return_is_one_numbered_notice_and_the_supplement_begins_the_time_anew(window, clock):
    uid = window.filed()
    clock.advance(timedelta(days=1))
    notice = window.press("wang", service.send_back, window.desk, uid, [*FUNDS, Defect("", "份数不够")])
    assert notice.number == "补〔2026〕1号"
    assert [each.line for each in notice.told] == ["funds", ""]
    case = window.case(uid)
    assert case.state is State.RETURNED
    assert case.open_step is None
    clock.advance(timedelta(days=3))
    window.press("zhou", service.answer, uid, "funds", how=How.PAPER, words="今年的批复")
    window.press("zhou", service.file, window.desk, uid)
    case = window.case(uid)
    assert case.number == "受〔2026〕1号"
    assert case.open_step.begun_at == clock.now()
    assert case.returns[0].answered_at == clock.now()


def test_a_return_without_a_defect_is_none(window):
    uid = window.filed()
    with pytest.raises(DefectsMissing):
        window.press("wang", service.send_back, window.desk, uid, [Defect("funds", "  ")])


def test_a_second_return_may_name_only_what_the_supplement_brought_or_says_why(window):
    uid = window.filed()
    window.press("wang", service.send_back, window.desk, uid, FUNDS)
    window.press("zhou", service.answer, uid, "funds", how=How.PAPER, words="")
    window.press("zhou", service.file, window.desk, uid)
    late = [Defect("funds", "还是去年的"), Defect("approval", "文号不对")]
    with pytest.raises(ToldLate, match="项目审批、核准或备案文件：上一次"):
        window.press("wang", service.send_back, window.desk, uid, late)
    window.press("wang", service.send_back, window.desk, uid, late, late_reason="第一次没有看清文号")
    with window.begin(window.cast.actor("sun")) as tx:
        facts = queries.told_late(tx.session, tx.actor)
        assert [each.late_reason for each in facts] == ["第一次没有看清文号"]
        assert loads(facts[0].case.moves[-1].statement)["procedure"] == "第一次没有看清文号"


def test_a_second_return_about_the_supplement_needs_no_reason(window):
    uid = window.filed()
    window.press("wang", service.send_back, window.desk, uid, FUNDS)
    window.press("zhou", service.answer, uid, "funds", how=How.PAPER, words="")
    window.press("zhou", service.file, window.desk, uid)
    window.press("wang", service.send_back, window.desk, uid, [Defect("funds", "还是去年的")])
    with window.begin(window.cast.actor("sun")) as tx:
        assert queries.told_late(tx.session, tx.actor) == []


# the steps -------------------------------------------------------------------------------------------


def test_a_case_goes_from_acceptance_to_its_end_and_everything_stands_in_the_centres_log(window):
    uid = window.closed()
    case = window.case(uid)
    assert (case.state, case.outcome) == (State.CLOSED, Outcome.GRANTED)
    assert [(step.step, step.done_by.login) for step in case.steps] == [
        (Step.ACCEPTANCE, "wang"),
        (Step.EXAMINATION, "wang"),
        (Step.REVIEW, "chen"),
        (Step.CLOSING, "wang"),
    ]
    with window.begin(window.cast.actor("wang")) as tx:
        moves = tx.session.scalars(select(CaseMove).order_by(CaseMove.id)).all()
        assert [note["data"]["sha256"] for note in notes(tx)] == [move.sha256 for move in moves]
        assert all(sha(move.statement).hex() == move.sha256 for move in moves)
        assert [note["kind"] for note in notes(tx)] == [
            "case-opened",
            "case-filed",
            "case-accepted",
            "case-examined",
            "case-reviewed",
            "case-closed",
        ]


def test_what_is_small_is_accepted_and_closed_in_one_act(window):
    uid = window.accepted(drafting.SMALL)
    case = window.case(uid)
    assert (case.state, case.outcome) == (State.CLOSED, Outcome.GRANTED)
    assert case.open_step is None


def test_who_examined_does_not_review(window):
    uid = window.examined()
    with pytest.raises(SamePerson):
        window.press("wang", service.review, window.desk, uid, Outcome.GRANTED, "同意")
    with pytest.raises(IntegrityError), window.begin() as tx:
        tx.session.execute(text("UPDATE acceptance_case SET reviewed_by_id = examined_by_id"))


def test_a_refusal_says_why(window):
    uid = window.examined()
    with pytest.raises(ReasonMissing):
        window.press("chen", service.review, window.desk, uid, Outcome.REFUSED, " ")
    window.press("chen", service.review, window.desk, uid, Outcome.REFUSED, "资金没有落实")
    window.press("wang", service.close, window.desk, uid)
    assert window.case(uid).outcome is Outcome.REFUSED


def test_a_database_takes_no_case_that_one_person_closed(window):
    window.accepted()
    with pytest.raises(IntegrityError), window.begin() as tx:
        tx.session.execute(
            text("UPDATE acceptance_case SET state = 'closed', outcome = 'granted', closed_at = filed_at")
        )


def test_a_database_takes_no_promise_beyond_the_law(window):
    window.filed()
    with pytest.raises(IntegrityError), window.begin() as tx:
        tx.session.execute(text("UPDATE case_step SET promised_days = statutory_days + 1"))


def test_the_promise_is_put_off_as_far_as_the_law_with_a_reason(window):
    uid = window.filed()
    with pytest.raises(ReasonMissing):
        window.press("wang", service.extend, window.desk, uid, 3, "")
    with pytest.raises(BeyondStatutory):
        window.press("wang", service.extend, window.desk, uid, 4, "系统升级")
    window.press("wang", service.extend, window.desk, uid, 3, "系统升级")
    step = window.case(uid).open_step
    assert (step.promised_days, step.statutory_days) == (5, 5)


def test_an_applicant_takes_its_case_back_until_it_is_decided(window):
    uid = window.examined()
    window.press("zhou", service.withdraw, window.desk, uid, "方案要改")
    assert window.case(uid).open_step is None
    decided = window.closed()
    with pytest.raises(WrongState):
        window.press("zhou", service.withdraw, window.desk, decided, "")


# countersigning --------------------------------------------------------------------------------------


def test_departments_are_asked_at_once_with_one_limit_and_answer_under_their_own_names(window):
    uid = window.copied()
    assert {each.due_on for each in window.case(uid).opinions} == {date(2026, 11, 26)}
    with pytest.raises(WrongState):  # nobody is asked later, with another limit
        window.press("wang", service.copy_to, window.desk, uid, ["org-notary"])
    with pytest.raises(OpinionsOutstanding):
        window.press("wang", service.examine, window.desk, uid, "齐全")
    window.agree("sun", uid)
    with pytest.raises(ReasonMissing):
        window.press("fang", service.opine, window.desk, uid, Opinion.OBJECT, "")
    window.press("fang", service.opine, window.desk, uid, Opinion.OBJECT, "预算科目不符")
    with pytest.raises(WrongState):  # an opinion is given once
        window.agree("fang", uid)
    window.press("wang", service.examine, window.desk, uid, "财政意见已核实")
    assert [each.opinion for each in window.case(uid).opinions] == [Opinion.AGREE, Opinion.OBJECT]


def test_silence_past_the_limit_is_no_opinion_and_lets_the_examination_go_on(window, clock):
    uid = window.copied()
    clock.set(clock.now() + timedelta(days=3))  # Thursday, the last day
    with pytest.raises(OpinionsOutstanding):
        window.press("wang", service.examine, window.desk, uid, "齐全")
    clock.advance(timedelta(days=1))
    window.press("wang", service.examine, window.desk, uid, "齐全")
    assert [each.opinion for each in window.case(uid).opinions] == [None, None]


def test_a_department_that_was_not_asked_has_no_say(window):
    uid = window.copied("org-reform")
    with pytest.raises(NotFound):
        window.press("fang", service.opine, window.desk, uid, Opinion.AGREE, "")


def test_a_case_is_copied_to_somebody_and_to_departments_only(window):
    uid = window.accepted()
    for chosen in ([], ["org-yueyue"], ["org-reform", "nobody"]):
        with pytest.raises(service.NobodyChosen):
            window.press("wang", service.copy_to, window.desk, uid, chosen)


# the fast track --------------------------------------------------------------------------------------


def test_the_fast_track_is_approved_by_another_and_shortens_promises_only(window):
    uid = window.accepted()
    with pytest.raises(WrongState):
        window.press("chen", service.speed_up, window.desk, uid)
    window.press("wang", service.ask_speed, window.desk, uid, "省重点民生项目")
    with pytest.raises(SamePerson):
        window.press("wang", service.speed_up, window.desk, uid)
    window.press("chen", service.speed_up, window.desk, uid)
    step = window.case(uid).open_step
    assert (step.promised_days, step.statutory_days) == (3, 15)  # of 5 and 15
    window.press("wang", service.examine, window.desk, uid, "齐全")
    step = window.case(uid).open_step
    assert (step.promised_days, step.statutory_days) == (1, 5)  # of 2 and 5


def test_a_fast_case_stands_first_at_the_window(window):
    first, fast = window.filed(), window.fast()
    with window.begin(window.cast.actor("wang")) as tx:
        assert [each.uid for each in queries.at_window(tx.session, tx.actor)] == [fast, first]


def test_the_agents_log_is_of_fast_cases_and_of_days_that_were(window, clock):
    slow, fast = window.accepted(), window.fast()
    today = date(2026, 11, 23)
    with pytest.raises(WrongState):
        window.press("wang", service.log, window.desk, slow, today, "陪同办理")
    with pytest.raises(service.NotYet):
        window.press("wang", service.log, window.desk, fast, today + timedelta(days=1), "陪同办理")
    window.press("wang", service.log, window.desk, fast, today, "陪同到财政局取批复")
    with pytest.raises(service.NotAnAdministrator):
        window.press("wang", service.assign, window.desk, fast, "acc-sun")
    window.press("wang", service.assign, window.desk, fast, "acc-chen")
    assert window.case(fast).manager_id == window.cast.chen.id


# who -------------------------------------------------------------------------------------------------


def test_a_stranger_a_rival_and_a_tenderer_find_no_case(window, rival):
    uid = window.filed()
    for login in (
        "feng",
        "li",
        "lin",
        "gu",
    ):  # another agency, a tenderer, an expert, a notary that was not asked
        with pytest.raises(NotFound):
            window.case(uid, login)
        with pytest.raises((NotFound, Forbidden)):
            window.press(login, service.accept, window.desk, uid)
    for login in ("zhou", "wu", "wang", "sun"):
        assert window.case(uid, login).uid == uid


def test_before_it_is_filed_a_case_is_the_applicants_alone(window):
    uid = window.opened()
    for login in ("wang", "sun", "fang"):
        with pytest.raises(NotFound):
            window.case(uid, login)


def test_the_applicant_does_not_handle_its_own_case_whatever_else_its_person_is(window):
    uid = window.filed()
    for act in (service.accept, service.close):
        with pytest.raises(Forbidden):
            window.press("zhou", act, window.desk, uid)
    with pytest.raises(IntegrityError), window.begin() as tx:  # and the database says it again
        tx.session.execute(text("UPDATE acceptance_case SET accepted_by_id = filed_by_id"))


def test_the_applicant_hears_of_each_move_and_the_window_of_what_comes_in(window):
    window.closed()
    with window.begin() as tx:
        rows = tx.session.execute(select(Message.kind, Message.account_id).order_by(Message.id)).all()
    told = {kind: {account for other, account in rows if other == kind} for kind, _ in rows}
    cast = window.cast
    assert told["case-filed"] == {cast.wang.id, cast.chen.id}
    for kind in ("case-accepted", "case-examined", "case-reviewed", "case-closed"):
        assert told[kind] == {cast.zhou.id, cast.wu.id}


# publishing ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["none", "filed", "refused"])
def test_what_was_not_accepted_is_not_published(window, seats, keys, state):
    if state == "none":
        project = drafting.written(window.begin, window.cast, window.blobs)
    else:
        uid = window.filed() if state == "filed" else window.closed(Outcome.REFUSED, "资金没有落实")
        project = window.case(uid).subject_uid
    window.press("zhou", tenders.submit_for_review, project)
    with pytest.raises(NotAccepted):
        window.press("wu", tenders.publish, project, seats=seats, k=3, keys=keys, accepted=True)


def test_what_was_accepted_is_published_and_a_later_change_is_seen(window, seats, keys):
    project = window.case(window.closed()).subject_uid
    with window.begin(window.cast.actor("zhou")) as tx:
        row = tx.session.scalars(select(Project).where(Project.uid == project)).one()
        assert not acceptance(tx.session, row).changed
        tenders.set_dates(tx, project, closes_at=drafting.CLOSES + timedelta(days=1))
        assert not acceptance(tx.session, row).changed  # dates always move
        tenders.add_lot(tx, project, drafting.LOT)
        assert acceptance(tx.session, row).changed
    window.press("zhou", tenders.submit_for_review, project)
    window.press("wu", tenders.publish, project, seats=seats, k=3, keys=keys, accepted=True)


# declaring -------------------------------------------------------------------------------------------


def small(window):
    return drafting.written(window.begin, window.cast, window.blobs, drafting.SMALL, lots=(ROOF,))


def hand_over(window, project, by="zhou"):
    window.press(by, tenders.submit_for_review, project, window=window.desk)


def sent_back(window, project):
    window.press("wu", tenders.return_to_draft, project, "限价再核一遍。")


def cases_of(window, project):
    with window.begin() as tx:
        return (
            tx.session.scalars(
                select(Case).where(Case.subject_uid == project).options(joinedload("*")).order_by(Case.id)
            )
            .unique()
            .all()
        )


def test_handing_a_small_comparison_over_files_its_case_with_the_rest_declared(window):
    project = small(window)
    hand_over(window, project)
    (case,) = cases_of(window, project)
    assert (case.state, case.number) == (State.FILED, "受〔2026〕1号")
    assert {each.line: each.how for each in case.materials} == {
        "basis": How.DECLARED,
        "funds": How.DECLARED,
        "documents": How.FILE,
    }
    filed = loads(case.moves[-1].statement)
    assert filed["declaration"] == DECLARATION
    assert [each["how"] for each in filed["materials"]] == ["file", "declared", "declared"]
    with window.begin() as tx:
        assert notes(tx)[-1] == {
            **notes(tx)[-1],
            "kind": "case-filed",
            "data": {"sha256": case.moves[-1].sha256},
        }


def test_the_window_accepts_a_declared_case_by_one_press_and_the_second_person_publishes(window, seats, keys):
    project = small(window)
    hand_over(window, project)
    (case,) = cases_of(window, project)
    with pytest.raises(NotAccepted):
        window.press("wu", tenders.publish, project, seats=seats, k=3, keys=keys, accepted=True)
    window.press("wang", service.accept, window.desk, case.uid)
    window.press("wu", tenders.publish, project, seats=seats, k=3, keys=keys, accepted=True)


def test_a_second_hand_over_files_nothing_while_a_case_is_under_way_or_granted(window):
    project = small(window)
    hand_over(window, project)
    sent_back(window, project)
    hand_over(window, project)
    (case,) = cases_of(window, project)
    assert [each.move for each in case.moves] == ["opened", "filed"]
    window.press("wang", service.accept, window.desk, case.uid)
    sent_back(window, project)
    hand_over(window, project)
    (case,) = cases_of(window, project)
    assert case.outcome is Outcome.GRANTED


def test_a_case_sent_back_by_the_window_is_answered_by_the_agency_and_by_no_hand_over(window):
    project = small(window)
    hand_over(window, project)
    (case,) = cases_of(window, project)
    window.press("wang", service.send_back, window.desk, case.uid, FUNDS)
    sent_back(window, project)
    hand_over(window, project)
    (case,) = cases_of(window, project)
    assert case.state is State.RETURNED


def test_after_a_case_was_taken_back_handing_over_files_another(window):
    project = small(window)
    hand_over(window, project)
    (first,) = cases_of(window, project)
    window.press("zhou", service.withdraw, window.desk, first.uid, "")
    sent_back(window, project)
    hand_over(window, project)
    first, second = cases_of(window, project)
    assert (first.state, second.state) == (State.WITHDRAWN, State.FILED)


def test_an_agency_that_hands_in_papers_declares_nothing(window):
    uid = window.filed(drafting.SMALL)
    project = window.case(uid).subject_uid
    hand_over(window, project)
    (case,) = cases_of(window, project)
    assert {each.how for each in case.materials} == {How.FILE, How.PAPER}
    assert "declaration" not in loads(case.moves[-1].statement)


def test_a_case_that_the_agency_still_prepares_is_left_to_it(window):
    uid = window.opened(drafting.SMALL)
    project = window.case(uid, "zhou").subject_uid
    hand_over(window, project)
    (case,) = cases_of(window, project)
    assert (case.state, case.materials) == (State.PREPARING, [])


def test_where_projects_pass_no_window_or_take_longer_there_nothing_is_filed(window):
    project = small(window)
    window.press("zhou", tenders.submit_for_review, project)
    assert cases_of(window, project) == []
    project = drafting.written(window.begin, window.cast, window.blobs)
    hand_over(window, project)
    assert cases_of(window, project) == []


def test_a_hand_over_that_is_refused_files_nothing(window):
    project = drafting.begun(window.begin, window.cast, drafting.SMALL)
    with pytest.raises(Defects):
        hand_over(window, project)
    assert cases_of(window, project) == []


@pytest.mark.parametrize("who", ["feng", "wang", "sun", "li"])
def test_nobody_else_declares_for_the_agency(window, rival, who):
    project = small(window)
    with window.begin() as tx:
        subject = window.desk.subject(tx.session, PROJECT, project)
    with pytest.raises((Forbidden, NotFound)):
        window.press(who, service.declare, window.desk, subject)
    assert cases_of(window, project) == []


@pytest.mark.parametrize(("facts", "line"), [(drafting.WORKS, "funds"), (drafting.SMALL, "documents")])
def test_what_takes_longer_and_what_the_draft_itself_has_is_not_declared(window, facts, line):
    uid = window.opened(facts)
    with pytest.raises(service.NotDeclarable):
        window.press("zhou", service.answer, uid, line, how=How.DECLARED, words="")
    window.press("zhou", service.answer, window.opened(drafting.SMALL), "funds", how=How.DECLARED, words="")


# laws ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(8))
def test_whatever_is_pressed_in_whatever_order_no_promise_passes_the_law_and_no_open_return_is_closed(
    window, clock, seed
):
    desk, uid = window.desk, window.answered()
    drawn = iter(ReplayEntropy(bytes([seed])).bytes(120))
    acts = [
        lambda: window.press("zhou", service.file, desk, uid),
        lambda: window.press("zhou", service.answer, uid, "funds", how=How.PAPER, words=""),
        lambda: window.press("wang", service.send_back, desk, uid, FUNDS),
        lambda: window.press("wang", service.accept, desk, uid),
        lambda: window.press("wang", service.extend, desk, uid, next(drawn) % 9 + 1, "忙"),
        lambda: window.press("wang", service.ask_speed, desk, uid, "重点"),
        lambda: window.press("chen", service.speed_up, desk, uid),
        lambda: window.press("wang", service.copy_to, desk, uid, ["org-reform"]),
        lambda: window.agree("sun", uid),
        lambda: window.press("wang", service.examine, desk, uid, "齐全"),
        lambda: window.press("chen", service.review, desk, uid, Outcome.GRANTED, ""),
        lambda: window.press("wang", service.close, desk, uid),
        lambda: clock.advance(timedelta(days=1)),
    ]
    for _ in range(60):
        try:
            acts[next(drawn) % len(acts)]()
        except DomainError:
            continue
        with window.begin() as tx:
            case = tx.session.scalars(select(Case)).one()
            steps = tx.session.scalars(select(CaseStep)).all()
            assert all(0 < step.promised_days <= step.statutory_days for step in steps)
            waiting = [each for each in case.returns if each.answered_at is None]
            assert bool(waiting) == (case.state is State.RETURNED)
            assert sum(step.done_at is None for step in steps) == (case.state in queries.AT_WINDOW)
