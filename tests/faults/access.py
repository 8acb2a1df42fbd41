"""Who may reach what: every route of the app, written down by hand and not derived from the code it checks.

``Row("TA", uid="bid")``: tenderers and agencies may, and ``uid`` names a bid. Roles: T tenderer, A agency, S
supervisor, M administrator, E expert; ``@`` everybody signed in, ``*`` strangers too. What an argument names is a
key of ``test_access.Stage.things`` (somebody's own: to others it must look like nothing at all), of ``SHARED``
(one for all who may), or in ``WORDS`` (a word of the address).

``sees_all`` are the roles that see everybody's. A new route: add its line here. ``own=False`` where even its owner finds nothing on the stage, such as the opened
files of a tender that is not over.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Row:
    """What is expected of one endpoint."""

    who: str
    arguments: dict[str, str] = field(default_factory=dict)
    own: bool = True
    sees_all: str = ""

    def __init__(self, who: str, *, own: bool = True, sees_all: str = "", **arguments: str) -> None:
        object.__setattr__(self, "who", who)
        object.__setattr__(self, "own", own)
        object.__setattr__(self, "sees_all", sees_all)
        object.__setattr__(self, "arguments", arguments)


#: Words of addresses that name nothing of anybody's.
WORDS = {
    "act": "disable",
    "channel": "email",
    "envelope": "sheet",
    "level": 0,
    "lot": "1",
    "name": "000",
    "number": 1,
    "party": "centre",
    "state": "active",
    "which": "licence",
    "why": "step-up",
}

ACCESS = {
    "static": Row("*", filename="file"),
    # portal
    "portal.appearance": Row("*"),
    "portal.clock": Row("*"),
    "portal.home": Row("*"),
    "portal.set_language": Row("*", code="language"),
    # identity
    "identity.accept": Row("*", token="invitation", own=False),
    "identity.account": Row("@"),
    "identity.accounts": Row("SM"),
    "identity.acknowledge": Row("@", session_id="session"),
    "identity.add_passkey": Row("@"),
    "identity.approve": Row("M", uid="organisation"),
    "identity.begin_authenticator": Row("@"),
    "identity.clear_factors": Row("M", uid="account"),
    "identity.company": Row("T"),
    "identity.company_paper": Row("T", which=""),
    "identity.confirm_authenticator": Row("@"),
    "identity.invite": Row("M"),
    "identity.invite_again": Row("M", uid="account"),
    "identity.new_codes": Row("@"),
    "identity.new_organisation": Row("M"),
    "identity.new_passkey": Row("@"),
    "identity.new_passkey_options": Row("@"),
    "identity.one_account": Row("SM", uid="account"),
    "identity.organisation": Row("SM", uid="organisation"),
    "identity.organisation_paper": Row("SM", uid="organisation", which=""),
    "identity.organisations": Row("SM"),
    "identity.passkey": Row("@", passkey_id="passkey"),
    "identity.passkey_answer": Row("*", why=""),
    "identity.passkey_options": Row("*", why=""),
    "identity.register": Row("*"),
    "identity.remove_authenticator": Row("@"),
    "identity.remove_passkey": Row("@", passkey_id="passkey"),
    "identity.revoke": Row("@", session_id="session"),
    "identity.revoke_others": Row("@"),
    "identity.roles": Row("*"),
    "identity.second_step": Row("*"),
    "identity.security": Row("@"),
    "identity.send_back": Row("M", uid="organisation"),
    "identity.set_roles": Row("M", uid="account"),
    "identity.sign_in": Row("*"),
    "identity.sign_out": Row("*"),
    "identity.step_up": Row("@"),
    "identity.switch": Row("M", uid="account", act=""),
    # ledger
    "ledger.centre": Row("*"),
    "ledger.checkpoint": Row("*", code="log", own=False),
    "ledger.confirm_retire": Row("M", witness_id="witness"),
    "ledger.edit_address": Row("M", witness_id="witness"),
    "ledger.enrol": Row("M"),
    "ledger.entries": Row("*", code="log", name="", own=False),
    "ledger.log": Row("*", code="log", own=False),
    "ledger.retire": Row("M", witness_id="witness"),
    "ledger.set_address": Row("M", witness_id="witness"),
    "ledger.tile": Row("*", code="log", level="", name="", own=False),
    "ledger.witness_cosignatures": Row("*"),
    "ledger.witness_requests": Row("*"),
    "ledger.witnesses": Row("M"),
    # sealing
    "sealing.answer": Row("ASM", uid="trustee"),
    "sealing.ask": Row("ASM", uid="trustee"),
    "sealing.challenge": Row("ASM", uid="drill", own=False),
    "sealing.confirm": Row("SM", uid="trustee"),
    "sealing.decline": Row("SM", uid="trustee"),
    "sealing.drill": Row("ASM", uid="trustee", own=False),
    "sealing.kit": Row("*"),
    "sealing.new": Row("M"),
    "sealing.retire": Row("M", uid="trustee"),
    "sealing.trustee": Row("SM", uid="trustee"),
    "sealing.trustees": Row("*"),
    # tenders
    "tenders.calendar": Row("*"),
    "tenders.dates": Row("A", uid="draft"),
    "tenders.document": Row("AM", uid="draft", sha256="digest", own=False),
    "tenders.edit": Row("A", uid="draft"),
    "tenders.edit_lot": Row("A", uid="draft", code="lot"),
    "tenders.enter_days": Row("M"),
    "tenders.files": Row("A", uid="draft"),
    "tenders.lots": Row("A", uid="draft"),
    "tenders.mine": Row("AM"),
    "tenders.new": Row("A"),
    "tenders.notice": Row("*", uid="notice"),
    "tenders.notice_file": Row("*", uid="notice", sha256="digest", own=False),
    "tenders.notice_text": Row("*", uid="notice"),
    "tenders.notices": Row("*"),
    "tenders.preview": Row("AM", uid="draft", sees_all="M"),
    "tenders.project": Row("AM", uid="draft", sees_all="M"),
    "tenders.publish": Row("AM", uid="draft", sees_all="M", own=False),
    "tenders.remove_day": Row("M", day="day"),
    "tenders.remove_document": Row("A", uid="draft", sha256="digest"),
    "tenders.remove_lot": Row("A", uid="draft", code="lot"),
    "tenders.rule": Row("*", code="rule"),
    "tenders.rules": Row("*"),
    "tenders.send_back": Row("AM", uid="draft", sees_all="M"),
    "tenders.set_rule": Row("M", code="rule"),
    "tenders.submit": Row("A", uid="draft"),
    "tenders.take_document": Row("A", uid="draft"),
    "tenders.tender_file": Row("*", uid="notice"),
    # submissions
    "submissions.bid": Row("T", uid="bid"),
    "submissions.mine": Row("T"),
    "submissions.paper": Row("T", uid="bid"),
    "submissions.proof": Row("T", uid="bid"),
    "submissions.submit": Row("T", uid="notice"),
    "submissions.take": Row("T", uid="notice"),
    "submissions.withdraw": Row("T", uid="bid"),
    "submissions.append_upload": Row("T", uid="upload"),
    "submissions.ask_upload": Row("T", uid="upload"),
    "submissions.bid_state": Row("T", uid="notice", bid="bid"),
    "submissions.create_upload": Row("T", uid="notice"),
    "submissions.desk": Row("*"),
    "submissions.disarm_bid": Row("T", uid="notice", bid="bid"),
    "submissions.give_up_upload": Row("T", uid="upload"),
    "submissions.prepare": Row("T", uid="notice", lot=""),
    "submissions.ready": Row("T", uid="notice"),
    "submissions.rehearse": Row("T", uid="notice"),
    "submissions.sign_bid": Row("T", uid="notice"),
    "submissions.sit_down": Row("*"),
    "submissions.what_uploads": Row("T", uid="notice"),
    # outages
    "outages.ask_lift": Row("AS", uid="tender", sees_all="S"),
    "outages.confirm_lift": Row("AS", uid="tender", sees_all="S"),
    "outages.correction": Row("*", uid="notice", n="number", own=False),
    "outages.correction_text": Row("*", uid="notice", n="number", own=False),
    "outages.deadline": Row("AS", uid="tender", sees_all="S"),
    "outages.draft": Row("AS", uid="tender", sees_all="S"),
    "outages.drop": Row("AS", uid="tender", sees_all="S"),
    "outages.schedule": Row("AS", uid="tender", own=False, sees_all="S"),
    "outages.sign": Row("AS", uid="tender", sees_all="S"),
    "outages.status": Row("*"),
    # verification
    "verification.check": Row("*"),
    # opening
    "opening.attachment": Row("AS", uid="notice", bid="bid", envelope="", number="", own=False),
    "opening.bundle": Row("*", uid="notice", own=False),
    "opening.files": Row("AS", uid="notice", own=False),
    "opening.declare_unwitnessed": Row("S", uid="notice"),
    "opening.hall": Row("*", uid="notice"),
    "opening.keys": Row("*"),
    "opening.package": Row("ASM", uid="notice"),
    "opening.record": Row("*", uid="notice", own=False),
    "opening.shares": Row("ASM", uid="notice"),
    "opening.unwitnessed": Row("S", uid="notice"),
    # experts
    "experts.activity": Row("M", uid="expert", state=""),
    "experts.answer": Row("M", uid="draw"),
    "experts.bring": Row("M"),
    "experts.cancel": Row("M", uid="draw"),
    "experts.close": Row("M", uid="draw"),
    "experts.closed_file": Row("TASM", uid="draw"),
    "experts.deal": Row("TASM", uid="draw"),
    "experts.draw": Row("TASM", uid="draw"),
    "experts.draws": Row("TASM"),
    "experts.freeze": Row("M", uid="draw"),
    "experts.imported": Row("M", uid="list"),
    "experts.leave": Row("M", uid="draw"),
    "experts.list_file": Row("S", uid="draw"),
    "experts.order": Row("S", uid="draw"),
    "experts.order_file": Row("TASM", uid="draw"),
    "experts.party_file": Row("TASM", uid="draw", party=""),
    "experts.pool": Row("M"),
    "experts.publish": Row("M", uid="draw"),
    "experts.record": Row("TASM", uid="draw"),
    "experts.release": Row("M", uid="draw"),
    "experts.request_draw": Row("AM", uid="notice"),
    "experts.reveal": Row("TASM", uid="draw"),
    "experts.share": Row("TASM", uid="draw"),
    "experts.show": Row("M", uid="draw"),
    "experts.specialties": Row("M"),
    "experts.template": Row("M"),
    # messages
    "messages.address": Row("@", channel="", own=False),
    "messages.by_hand": Row("M"),
    "messages.confirm": Row("@", channel=""),
    "messages.contact": Row("@"),
    "messages.done_by_hand": Row("M", uid="letter"),
    "messages.message": Row("@", uid="message"),
    "messages.messages": Row("@"),
    "messages.open_message": Row("@", uid="message"),
    "messages.read": Row("@", uid="message"),
    "messages.read_all": Row("@"),
    "messages.remove_address": Row("@", channel=""),
    "tenders.calendar_file": Row("*", uid="notice"),
    "tenders.follow": Row("T", uid="notice"),
    "tenders.following": Row("T"),
    "tenders.unfollow": Row("T", uid="notice"),
    # award
    "award.confirm": Row("A", uid="tender", lot="", own=False),
    "award.drop": Row("A", uid="tender", lot=""),
    "award.notice": Row("*", uid="notice", own=False),
    "award.project": Row("A", uid="tender"),
    "award.published_record": Row("*", uid="notice", sha256="digest", own=False),
    "award.record": Row("A", uid="tender", lot="", own=False),
    # reporting
    "reporting.as_json": Row("*"),
    "reporting.as_xlsx": Row("*"),
    "reporting.imports": Row("M"),
    "reporting.items": Row("*"),
    "reporting.one_import": Row("M", uid="savings"),
    "reporting.savings": Row("*"),
    "reporting.take": Row("M", uid="savings"),
    "reporting.template": Row("M"),
    "reporting.upload": Row("M"),
    "reporting.withdraw": Row("M", uid="savings"),
}
