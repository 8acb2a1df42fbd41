"""Projects, lots, documents, notices, the rulebook and the calendar."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bidding.db import Big, Model
from bidding.identity.models import Account, Organisation
from bidding.tenders.kinds import Entry, Envelopes, Family, Method, PriceForm, Stage
from bidding.tenders.methods import Preset, preset
from bidding.tenders.rules import (
    LOCAL,
    Facts,
    Figure,
    LotFacts,
    LotTerms,
    ProjectFacts,
    Qualification,
    Scoring,
    Validity,
)
from bidding.tenders.terms import Criterion, Requirement, Terms, lot_terms_of, scoring_of, who_may_of
from bidding.tenders.wordindex import WordIndex
from bidding.tenders.words import Words, words

__all__ = [
    "CalendarDay",
    "Document",
    "Family",
    "Follow",
    "Intention",
    "Listing",
    "Lot",
    "Method",
    "Origin",
    "PriceForm",
    "Project",
    "ProjectSerial",
    "ProjectSheet",
    "RuleRow",
    "Stage",
]


class Project(Model):
    """The unit with one deadline and one opening; lots stand inside it."""

    __table_args__ = (
        CheckConstraint("(published_at IS NULL) = (published_by_id IS NULL)", "published_by_somebody"),
        CheckConstraint("published_by_id IS NULL OR published_by_id <> prepared_by_id", "two_persons"),
        CheckConstraint(
            "opens_at IS NULL OR closes_at IS NULL OR opens_at >= closes_at", "opens_after_close"
        ),
        CheckConstraint(
            "prices_open_at IS NULL OR (envelopes = 'two' AND prices_open_at > opens_at)",
            "prices_open_later",
        ),
        Index("ix_project_closes_at", "closes_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(24), unique=True)
    #: PROJECT of the protocol: an identifier, in the log's origin, printed on every paper.
    code: Mapped[str] = mapped_column(String(64), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text, default="")
    family: Mapped[Family]
    #: construction, goods, services: 工程施工 / 货物 / 服务 and the like; a code of ``kinds.SUBJECTS``.
    subject: Mapped[str] = mapped_column(String(32))
    trade: Mapped[str] = mapped_column(String(3))  # 交易分类, the first three signs of the code
    method: Mapped[Method]
    agency_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    owner_name: Mapped[str] = mapped_column(String(200))  # 招标人 / 采购人 / 比选人
    owner_address: Mapped[str] = mapped_column(String(200), default="", server_default="")
    owner_contact: Mapped[str] = mapped_column(
        String(120), default="", server_default=""
    )  # person and telephone
    agency_address: Mapped[str] = mapped_column(String(200), default="", server_default="")
    contact: Mapped[str] = mapped_column(String(60), default="")
    phone: Mapped[str] = mapped_column(String(30), default="")
    place: Mapped[str] = mapped_column(String(200), default="")
    funding: Mapped[str] = mapped_column(String(200), default="")  # 资金来源
    approval: Mapped[str] = mapped_column(String(200), default="", server_default="")  # 审批、核准或备案文号
    policies: Mapped[str] = mapped_column(Text, default="", server_default="")  # 落实的政府采购政策
    media: Mapped[str] = mapped_column(String(200), default="", server_default="")  # 发布媒介
    term: Mapped[str] = mapped_column(String(200), default="")  # 工期 / 合同履行期限
    consortium: Mapped[bool] = mapped_column(default=False)  # 是否接受联合体
    paper_bids: Mapped[bool] = mapped_column(default=False, server_default=false())  # 是否接受纸质投标
    qualification: Mapped[str] = mapped_column(Text, default="")
    award_method: Mapped[str] = mapped_column(Text, default="")
    #: 投资项目统一代码, by which the approval is found; empty where there is none.
    approval_code: Mapped[str] = mapped_column(String(24), default="", server_default="", index=True)
    #: In one or two envelopes; of two, ``opens_at`` is the technical one's instant.
    envelopes: Mapped[Envelopes] = mapped_column(default=Envelopes.ONE, server_default="one")
    stage: Mapped[Stage] = mapped_column(default=Stage.DRAFT)
    closes_at: Mapped[datetime | None]
    opens_at: Mapped[datetime | None]
    #: When the price envelopes are opened; only with two, and never moved earlier.
    prices_open_at: Mapped[datetime | None]
    min_bids: Mapped[int] = mapped_column(default=3)
    created_at: Mapped[datetime]
    prepared_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    published_at: Mapped[datetime | None]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    #: Digest of what applicants were judged by (``prequalified.digest``), once enough of them have passed (资格预审).
    qualified_as: Mapped[str | None] = mapped_column(String(64))
    #: Fixed at publication: the rule set in force, the panel (JCS text) and its hash (the trust anchor).
    rules_on: Mapped[date | None]
    panel: Mapped[str | None] = mapped_column(Text)
    panel_hash: Mapped[str | None] = mapped_column(String(64))
    log_id: Mapped[int | None] = mapped_column(ForeignKey("log.id"))
    #: The notice as published (JCS text); its SHA-256 stands in the log.
    notice: Mapped[str | None] = mapped_column(Text)
    #: Why the second person sent the draft back, until it is submitted again.
    returned_reason: Mapped[str | None] = mapped_column(String(1000))
    version: Mapped[int] = mapped_column()
    #: Whether it is a round of a negotiation and no tender of its own; ``round`` says of which.
    is_round: Mapped[bool] = mapped_column(default=False, server_default=false())
    lots: Mapped[list[Lot]] = relationship(back_populates="project", order_by="Lot.id")
    documents: Mapped[list[Document]] = relationship(back_populates="project", order_by="Document.id")
    terms: Mapped[Terms | None] = relationship()
    criteria: Mapped[list[Criterion]] = relationship(order_by="Criterion.place", cascade="all, delete-orphan")
    requirements: Mapped[list[Requirement]] = relationship(
        order_by="Requirement.place", cascade="all, delete-orphan"
    )
    agency: Mapped[Organisation] = relationship()
    origin: Mapped[Origin | None] = relationship(foreign_keys="Origin.project_id", back_populates="project")
    round: Mapped[Round | None] = relationship(foreign_keys="Round.project_id", cascade="all, delete-orphan")
    intention: Mapped[Intention | None] = relationship(back_populates="project", cascade="all, delete-orphan")

    __mapper_args__ = {"version_id_col": version}

    @property
    def preset(self) -> Preset:
        """The switches of its method."""
        return preset(self.family, self.method)

    @property
    def words(self) -> Words:
        """What things are called under its law and method."""
        return words(self.family, self.method)

    @property
    def parent_id(self) -> int | None:
        """The negotiation that it is a round of; None of a tender."""
        return self.round.parent_id if self.is_round and self.round else None

    @property
    def whole_fen(self) -> int:
        """Its lots' budgets, or starting prices, together: what figures that depend on the amount look at."""
        return sum(lot.budget_fen for lot in self.lots)

    @property
    def facts(self) -> Facts:
        """What the phase hangs on."""
        return Facts(self.stage, self.closes_at)

    @property
    def written(self) -> ProjectFacts:
        """What the agency wrote, as the rules see it."""
        return ProjectFacts(**{item.name: getattr(self, item.name) for item in fields(ProjectFacts)})

    @property
    def scoring(self) -> Scoring:
        """How its bids are weighed."""
        return scoring_of(self.terms, self.criteria, self.preset)

    @property
    def who_may(self) -> Qualification:
        """Who may take part."""
        return who_may_of(self.terms, self.requirements, consortium=self.consortium)

    @property
    def lot_terms(self) -> LotTerms:
        """What holds for its lots together."""
        return lot_terms_of(self.terms)


class Round(Model):
    """Which negotiation a project is a round of, the how manyth, and whether its offers are the last ones."""

    __table_args__ = (
        UniqueConstraint("parent_id", "n", name="one_round"),
        CheckConstraint("n > 0 AND parent_id <> project_id", "round_counts"),
    )

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True)
    parent_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    n: Mapped[int]
    is_last: Mapped[bool]


class Lot(Model):
    """标段(包): what one tenderer may win as a whole."""

    __table_args__ = (
        UniqueConstraint("project_id", "code"),
        CheckConstraint("budget_fen > 0", "budget_positive"),
        CheckConstraint("ceiling_fen IS NULL OR ceiling_fen <= budget_fen", "ceiling_within_budget"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    code: Mapped[str] = mapped_column(String(64))  # identifier within the project: "1", "2", …
    name: Mapped[str] = mapped_column(String(200))
    price_form: Mapped[PriceForm] = mapped_column(default=PriceForm.AMOUNT)
    budget_fen: Mapped[int] = mapped_column(Big)  # 预算 / 起始价（底价）
    ceiling_fen: Mapped[int | None] = mapped_column(Big)  # 最高投标限价 / 最高限价
    security_fen: Mapped[int] = mapped_column(Big, default=0)  # 投标保证金
    project: Mapped[Project] = relationship(back_populates="lots")

    @property
    def floor_fen(self) -> int | None:
        """Below what no price is taken: the starting price (起始价) of what is sold or let."""
        return self.budget_fen if self.project.preset.sells else None

    @property
    def written(self) -> LotFacts:
        """What the agency wrote, as the rules see it."""
        return LotFacts(**{item.name: getattr(self, item.name) for item in fields(LotFacts)})


class Document(Model):
    """A published file, by its digest; the same digest stands in the log."""

    __table_args__ = (
        UniqueConstraint("project_id", "sha256"),
        CheckConstraint("(template IS NULL) = (made_of IS NULL)", "made_of_something"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(Big)
    added_at: Mapped[datetime]
    #: When a correction put another file in its place; it stays to be read, as its digest stays in the log.
    replaced_at: Mapped[datetime | None]
    #: Of a file that was made here: by which template, and the SHA-256 of what it says (``tenders.standard``).
    template: Mapped[str | None] = mapped_column(String(40))
    made_of: Mapped[str | None] = mapped_column(String(64))
    project: Mapped[Project] = relationship(back_populates="documents")


class ProjectSheet(Model):
    """A filled template: looked at first, then taken, once; what it held became drafts."""

    __table_args__ = (
        CheckConstraint("(taken_at IS NULL) = (taken_by_id IS NULL)", "taken_by_somebody"),
        Index(
            "uq_project_sheet_taken",
            "agency_id",
            "sha256",
            unique=True,
            sqlite_where=text("taken_at IS NOT NULL"),
            postgresql_where=text("taken_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(24), unique=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))  # of the blob that holds the file
    uploaded_at: Mapped[datetime]
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    taken_at: Mapped[datetime | None]
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class Origin(Model):
    """Where a draft came from: the tender that it is a copy of, or a row of a filled template. One written anew has none."""

    __tablename__ = "project_origin"
    __table_args__ = (
        CheckConstraint("(source_id IS NULL) <> (sheet_id IS NULL)", "one_of_two"),
        CheckConstraint("(sheet_id IS NULL) = (row_number IS NULL)", "row_of_sheet"),
        CheckConstraint("source_id <> project_id", "of_another"),
    )

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True)
    source_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"))
    sheet_id: Mapped[int | None] = mapped_column(ForeignKey("project_sheet.id"))
    row_number: Mapped[int | None]
    project: Mapped[Project] = relationship(foreign_keys=[project_id], back_populates="origin")
    source: Mapped[Project | None] = relationship(foreign_keys=[source_id])
    sheet: Mapped[ProjectSheet | None] = relationship()


class Intention(Model):
    """The published procurement intention that a tender follows, as its announcement says (``announcements``)."""

    __tablename__ = "project_intention"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True)
    announcement_uid: Mapped[str] = mapped_column(String(24), index=True)
    title: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[datetime]
    project: Mapped[Project] = relationship(back_populates="intention")


class Follow(Model):
    """Somebody wants to hear of a tender. Nobody but the account itself ever sees that, or how many there are."""

    __table_args__ = (UniqueConstraint("account_id", "project_id", name="one_follow"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    followed_at: Mapped[datetime]


class Listing(Model):
    """A published notice in the public list; its number is its place, later ones are newer.

    ``words`` is what is searched of it, and what its entry in the index was made of.
    """

    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), unique=True)
    words: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(100))


#: The index of the list, which is no model.
WORDS_INDEX = WordIndex("listing_words", "listing")
INDEX = WORDS_INDEX.table
INDEX_DDL = WORDS_INDEX.ddl
WORDS_INDEX.beside(Listing.__table__)  # type: ignore[arg-type]


class RuleRow(Model):
    """One figure of the law, with its article and the days on which it holds."""

    __table_args__ = (
        UniqueConstraint("code", "valid_from"),
        CheckConstraint("confirmed_by_id IS NULL OR confirmed_by_id <> entered_by_id", "two_persons"),
        CheckConstraint("(region = '') = (code = replace(code, '@', ''))", "region_is_named"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(80), index=True)  # e.g. works.open-tender.preparation
    value: Mapped[int] = mapped_column(Big)
    unit: Mapped[str] = mapped_column(String(16))  # day, working-day, fen, permille, count, hour
    law: Mapped[str] = mapped_column(String(100))
    article: Mapped[str] = mapped_column(String(60))
    mark: Mapped[str] = mapped_column(String(10))  # certain, likely, local
    #: The name of the region whose division stands in the code; empty where there is none.
    region: Mapped[str] = mapped_column(String(60), default="", server_default="")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    #: Who set it and when, and who confirmed that; None for a figure that came with the product.
    entered_at: Mapped[datetime | None]
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    confirmed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    entered_by: Mapped[Account | None] = relationship(foreign_keys=[entered_by_id])
    confirmed_by: Mapped[Account | None] = relationship(foreign_keys=[confirmed_by_id])

    @property
    def figure(self) -> Figure:
        """The figure as the rules see it."""
        return Figure(self.code, self.value, self.unit, self.law, self.article, self.mark, self.region)

    @property
    def validity(self) -> Validity:
        """The days on which it holds."""
        return Validity(self.valid_from, self.valid_to)


class RuleChange(Model):
    """A new value of a figure of the centre's own, drafted by one administrator and confirmed by another."""

    __table_args__ = (
        CheckConstraint("confirmed_by_id IS NULL OR confirmed_by_id <> drafted_by_id", "two_persons"),
        CheckConstraint("(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", "confirmed_by_somebody"),
        CheckConstraint("value > 0", "value_positive"),
        CheckConstraint("(region = '') = (code = replace(code, '@', ''))", "region_is_named"),
        CheckConstraint("region = '' OR law <> ''", "region_has_source"),
        Index(
            "one_rule_change_to_confirm",
            "code",
            unique=True,
            sqlite_where=text("confirmed_at IS NULL"),
            postgresql_where=text("confirmed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(24), unique=True)
    code: Mapped[str] = mapped_column(String(80))
    value: Mapped[int] = mapped_column(Big)
    valid_from: Mapped[date]
    #: Of a figure for one region: its name, and the text that sets it there.
    region: Mapped[str] = mapped_column(String(60), default="", server_default="")
    law: Mapped[str] = mapped_column(String(100), default="", server_default="")
    article: Mapped[str] = mapped_column(String(60), default="", server_default="")
    drafted_at: Mapped[datetime]
    drafted_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    confirmed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    version: Mapped[int] = mapped_column()
    drafted_by: Mapped[Account] = relationship(foreign_keys=[drafted_by_id])

    __mapper_args__ = {"version_id_col": version}

    @property
    def figure(self) -> Figure:
        """The threshold as it would be in its region, in fen."""
        return Figure(self.code, self.value, "fen", self.law, self.article, LOCAL, self.region)


class ApprovedProject(Model):
    """A project that another system approved: what a tender on the platform is looked for (双轨运行)."""

    __table_args__ = (CheckConstraint("investment_fen > 0", "investment_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(24), unique=True)  # 投资项目统一代码
    name: Mapped[str] = mapped_column(String(200))
    department: Mapped[str] = mapped_column(String(200))
    investment_fen: Mapped[int] = mapped_column(Big)
    approved_on: Mapped[date] = mapped_column(index=True)
    entered_at: Mapped[datetime]
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))


class CatalogueItem(Model):
    """A line of the catalogue of what must come to the platform (进场交易目录), and the days on which it holds."""

    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", "ends_after_it_begins"),
        CheckConstraint("from_fen IS NULL OR from_fen > 0", "amount_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(24), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    family: Mapped[Family]
    entry: Mapped[Entry]
    #: From which amount on; None: whatever it is.
    from_fen: Mapped[int | None] = mapped_column(Big)
    source: Mapped[str] = mapped_column(String(200))  # 依据
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    entered_at: Mapped[datetime]
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))


class ProjectSerial(Model):
    """The last serial number given to a project in a year."""

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class CalendarDay(Model):
    """A day on which the administrator says what holds, before any library is asked."""

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(unique=True)
    works: Mapped[bool]
    source: Mapped[str] = mapped_column(String(200))
    entered_at: Mapped[datetime]
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
