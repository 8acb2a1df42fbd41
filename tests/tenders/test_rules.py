"""Every figure has its article; every refusal says which, and what would do."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidding.core.canonical import IDENTIFIER
from bidding.core.clock import SHANGHAI
from bidding.core.workdays import OfficialCalendar
from bidding.rooms.rules import Purpose, Span
from bidding.tenders import rules
from bidding.tenders.kinds import (
    OUTSIDE_WORKS,
    TRADES,
    Envelopes,
    Family,
    Method,
    PriceForm,
    Stage,
)
from bidding.tenders.methods import OFFERED, PRESETS, preset
from tests.tenders.figures import FIGURES, figures_of, shanghai

WORKS = (Family.WORKS, Method.OPEN_TENDER)
PROCUREMENT = (Family.PROCUREMENT, Method.OPEN_TENDER)
COMPARISON = (Family.LOCAL, Method.COMPARISON)
OFFICIAL = OfficialCalendar()
MONDAY = date(2026, 11, 23)
NOW = shanghai(MONDAY, 9, 0)


def check(pair, published_on, closes_at, **others):
    return rules.check_dates(
        preset(*pair),
        published_on,
        others.get("figures", figures_of(*pair)),
        others.get("calendar", OFFICIAL),
        closes_at=closes_at,
        opens_at=others.get("opens_at", closes_at),
        now=others.get("now", shanghai(published_on, 9, 0)),
    )


class TestFigures:
    @pytest.mark.parametrize(
        ("code", "value", "unit", "cited"),
        [
            ("works.open-tender.preparation", 20, "day", "招标投标法第24条"),
            ("works.open-tender.document-available", 5, "day", "招标投标法实施条例第16条"),
            ("works.open-tender.clarification", 15, "day", "招标投标法第23条、招标投标法实施条例第21条"),
            ("works.open-tender.objection", 10, "day", "招标投标法实施条例第22条"),
            ("works.open-tender.min-bids", 3, "count", "招标投标法第28条、招标投标法实施条例第44条"),
            ("works.open-tender.panel-min", 5, "count", "招标投标法第37条"),
            ("works.open-tender.publicity", 3, "day", "招标投标法实施条例第54条"),
            ("works.open-tender.contract", 30, "day", "招标投标法第46条"),
            ("works.open-tender.security-permille", 20, "permille", "招标投标法实施条例第26条"),
            ("procurement.open-tender.preparation", 20, "day", "政府采购法第35条"),
            ("procurement.open-tender.notice-period", 5, "working-day", "财政部令第87号第16条"),
            ("procurement.open-tender.document-available", 5, "working-day", "财政部令第87号第18条"),
            ("procurement.open-tender.panel-large-min", 7, "count", "财政部令第87号第47条"),
            (
                "procurement.open-tender.challenge",
                7,
                "working-day",
                "政府采购法第52条、政府采购法实施条例第53条",
            ),
            ("works.open-tender.close-fails", 1, "count", "工程建设项目施工招标投标办法第38条"),
            ("procurement.open-tender.close-fails", 1, "count", "政府采购法第36条、政府采购法第37条"),
            ("procurement.open-tender.short-fails", 1, "count", "政府采购法第36条第1项"),
            ("procurement.open-tender.security-permille", 20, "permille", "政府采购法实施条例第33条"),
            ("works.entry.construction", 400_000_000, "fen", "必须招标的工程项目规定第5条"),
            ("works.entry.goods", 200_000_000, "fen", "必须招标的工程项目规定第5条"),
            ("works.entry.services", 100_000_000, "fen", "必须招标的工程项目规定第5条"),
            ("local.comparison.notice-period", 3, "working-day", "本中心设定"),
        ],
    )
    def test_the_figures_a_lawyer_would_ask_for(self, code, value, unit, cited):
        figure = FIGURES[code]
        assert (figure.value, figure.unit, rules.cite(figure)) == (value, unit, cited)

    def test_only_certain_figures_block(self):
        assert FIGURES["works.open-tender.preparation"].blocks
        assert not FIGURES["works.open-tender.security-max"].blocks
        assert not FIGURES["local.comparison.preparation"].blocks

    def test_a_validity_holds_on_its_first_and_its_last_day(self):
        validity = rules.Validity(date(2026, 1, 1), date(2026, 12, 31))
        assert not validity.holds(date(2025, 12, 31))
        assert validity.holds(date(2026, 1, 1))
        assert validity.holds(date(2026, 12, 31))
        assert not validity.holds(date(2027, 1, 1))


class TestPlan:
    def test_works(self):
        plan = rules.plan(*WORKS, date(2026, 12, 1), figures_of(*WORKS), OFFICIAL, date(2026, 12, 21))
        assert plan.earliest_close == date(2026, 12, 21)
        assert plan.period("document-available").last == date(2026, 12, 7)  # the 6th is a Sunday
        assert plan.period("document-available").rolled
        assert plan.period("clarification").last == date(2026, 12, 6)  # backwards, it stays a Sunday
        assert plan.period("objection").last == date(2026, 12, 11)
        assert plan.period("publicity").last is None
        assert not plan.provisional

    def test_twenty_days_that_end_in_a_holiday_end_after_it(self):
        plan = rules.plan(*WORKS, date(2026, 9, 14), figures_of(*WORKS), OFFICIAL)
        assert plan.earliest_close == date(2026, 10, 8)
        assert plan.period("preparation").rolled

    def test_procurement_counts_working_days_and_ends_with_the_challenge(self):
        plan = rules.plan(*PROCUREMENT, MONDAY, figures_of(*PROCUREMENT), OFFICIAL)
        assert plan.period("notice-period").last == date(2026, 11, 30)
        assert plan.period("challenge").last == date(2026, 12, 9)  # seven working days after the 30th
        assert plan.earliest_close == date(2026, 12, 14)  # 20 days end on Sunday the 13th

    def test_comparison_by_the_centres_own_figures(self):
        plan = rules.plan(*COMPARISON, MONDAY, figures_of(*COMPARISON), OFFICIAL)
        assert plan.period("notice-period").last == date(2026, 11, 26)
        assert plan.earliest_close == date(2026, 11, 30)  # five days end on Saturday the 28th
        assert plan.period("clarification") is None

    def test_a_plan_into_a_year_without_notice_says_so(self):
        unannounced = OfficialCalendar(notice=lambda day: None if day.year > 2026 else True)
        plan = rules.plan(*WORKS, date(2026, 12, 21), figures_of(*WORKS), unannounced)
        assert plan.provisional
        assert plan.period("preparation").provisional
        assert not plan.period("document-available").provisional

    @given(st.dates(date(2020, 1, 1), date(2026, 9, 1)), st.sampled_from(OFFERED))
    def test_the_earliest_deadline_passes_its_own_check_and_the_day_before_does_not(self, day, pair):
        earliest = rules.plan(*pair, day, figures_of(*pair), OFFICIAL).earliest_close
        codes = {p.refusal.code for p in check(pair, day, shanghai(earliest))}
        assert codes <= {"tenders.provisional_calendar"}
        before = {p.refusal.code for p in check(pair, day, shanghai(earliest - timedelta(days=1)))}
        short = {"too_short", "too_short_in_working_days"}
        advised = {"shorter_than_advised", "shorter_than_advised_in_working_days"}
        assert before & {f"tenders.{code}" for code in (*short, *advised, "on_a_rest_day")}


class TestDates:
    def test_a_deadline_shorter_than_the_law_names_the_article_and_the_earliest_day(self):
        (problem,) = check(WORKS, date(2026, 12, 1), shanghai(date(2026, 12, 18)))
        assert isinstance(problem.refusal, rules.TooShort)
        assert problem.blocks
        assert problem.earliest == date(2026, 12, 21)
        text = str(problem.refusal)
        assert "招标投标法第24条" in text
        assert "2026-12-21" in text
        assert "请把截止改到" in text
        assert problem.refusal.field == "closes_at"

    def test_the_twentieth_day_itself_is_enough(self):
        assert check(WORKS, date(2026, 12, 1), shanghai(date(2026, 12, 21))) == []

    def test_the_notice_period_is_told_in_working_days(self):
        problems = check(PROCUREMENT, MONDAY, shanghai(date(2026, 11, 27)))
        texts = [str(problem.refusal) for problem in problems]
        assert any("财政部令第87号第16条" in text and "5 个工作日" in text for text in texts)
        assert any("政府采购法第35条" in text and "2026-12-14" in text for text in texts)

    def test_a_local_figure_only_warns_and_says_that_it_does_not_block(self):
        problems = check(COMPARISON, MONDAY, shanghai(date(2026, 11, 25)))
        assert {problem.refusal.code for problem in problems} == {
            "tenders.shorter_than_advised",
            "tenders.shorter_than_advised_in_working_days",
        }
        for problem in problems:
            assert not problem.blocks
            assert "不拦发布" in str(problem.refusal)
            assert "本中心设定" in str(problem.refusal)

    @pytest.mark.parametrize(
        ("closes_at", "code", "blocks"),
        [
            (None, "tenders.no_deadline", True),
            (datetime(2026, 12, 21, 14, 30, 1, tzinfo=SHANGHAI), "tenders.not_a_whole_minute", True),
            (datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI), "tenders.deadline_passed", True),
            (datetime(2026, 12, 20, 14, 30, tzinfo=SHANGHAI), "tenders.on_a_rest_day", False),
            (datetime(2026, 12, 21, 12, 1, tzinfo=SHANGHAI), "tenders.outside_office_hours", False),
            (datetime(2026, 12, 21, 17, 31, tzinfo=SHANGHAI), "tenders.outside_office_hours", False),
        ],
    )
    def test_what_else_is_said_of_an_instant(self, closes_at, code, blocks):
        found = {p.refusal.code: p for p in check(WORKS, MONDAY, closes_at, opens_at=closes_at, now=NOW)}
        assert found[code].blocks is blocks

    @pytest.mark.parametrize(("hour", "minute"), [(8, 30), (12, 0), (13, 30), (17, 30)])
    def test_the_edges_of_office_hours_are_inside(self, hour, minute):
        assert check(WORKS, MONDAY, shanghai(date(2026, 12, 21), hour, minute)) == []

    def test_the_opening_is_at_the_deadline(self):
        closes = shanghai(date(2026, 12, 21))
        later = check(WORKS, MONDAY, closes, opens_at=closes + timedelta(hours=1))
        assert [str(p.refusal) for p in later if "招标投标法第34条" in str(p.refusal)]
        earlier = check(COMPARISON, MONDAY, closes, opens_at=closes - timedelta(minutes=1))
        assert [p.refusal.code for p in earlier] == ["tenders.opens_too_early"]
        assert check(COMPARISON, MONDAY, closes, opens_at=closes + timedelta(hours=1)) == []

    def test_a_provisional_calendar_is_a_warning(self):
        unannounced = OfficialCalendar(notice=lambda day: None if day.year > 2026 else day.weekday() < 5)
        problems = check(WORKS, date(2026, 12, 21), shanghai(date(2027, 1, 12)), calendar=unannounced)
        assert [(p.refusal.code, p.blocks) for p in problems] == [("tenders.provisional_calendar", False)]

    def test_a_figure_that_is_no_period_is_a_fault(self):
        with pytest.raises(ValueError, match="panel-min"):
            rules.end_of(FIGURES["works.open-tender.panel-min"], MONDAY, OFFICIAL)


class TestAmounts:
    def test_a_budget_below_the_ceiling_names_both(self):
        with pytest.raises(rules.BudgetBelowCeiling) as caught:
            rules.check_money(100_000_00, 100_000_01)
        assert "100,000.01" in str(caught.value)
        assert "100,000.00" in str(caught.value)
        assert caught.value.field == "ceiling"

    def test_a_ceiling_that_is_the_budget_will_do(self):
        rules.check_money(1, 1)
        rules.check_money(1, None)

    @pytest.mark.parametrize("budget", [0, -1])
    def test_a_lot_needs_money(self, budget):
        with pytest.raises(rules.BudgetMissing):
            rules.check_money(budget, None)

    def test_security_up_to_two_in_a_hundred(self):
        figures = figures_of(*WORKS)
        assert rules.security_cap(1_000_000_00, figures) == 20_000_00
        assert rules.check_security("一标段", "construction", 1_000_000_00, 20_000_00, figures) == []
        (problem,) = rules.check_security("一标段", "construction", 1_000_000_00, 20_000_01, figures)
        assert problem.blocks
        assert "20,000.00" in str(problem.refusal)
        assert "招标投标法实施条例第26条" in str(problem.refusal)

    def test_the_absolute_caps_only_warn_until_they_are_checked(self):
        figures = figures_of(*WORKS)
        (problem,) = rules.check_security("一标段", "construction", 10**11, 800_001_00, figures)
        assert not problem.blocks
        (problem,) = rules.check_security("设计", "services", 10**11, 100_001_00, figures)
        assert "100,000.00" in str(problem.refusal)

    @pytest.mark.parametrize(
        ("pair", "subject", "total", "code"),
        [
            (COMPARISON, "construction", 400_000_000, "tenders.must_tender"),
            (COMPARISON, "construction", 399_999_999, None),
            (COMPARISON, "goods", 400_000_000, "tenders.must_tender"),
            ((Family.PROCUREMENT, Method.NEGOTIATION), "goods", 400_000_000, "tenders.must_tender"),
            ((Family.PROPERTY, Method.ASSET_TRANSFER), "realty", 10**12, None),
            (WORKS, "construction", 399_999_999, "tenders.need_not_tender"),
            (WORKS, "goods", 200_000_000, None),
            (WORKS, "services", 99_999_999, "tenders.need_not_tender"),
            (PROCUREMENT, "goods", 1, None),
            (WORKS, "construction", 0, None),
        ],
    )
    def test_the_threshold_is_a_warning_on_its_very_fen(self, pair, subject, total, code):
        problems = rules.check_entry(preset(*pair), subject, total, FIGURES)
        assert [p.refusal.code for p in problems] == ([code] if code else [])
        assert not any(p.blocks for p in problems)


FACTS = rules.ProjectFacts(
    title="排水管网改造",
    family=Family.WORKS,
    method=Method.OPEN_TENDER,
    subject="construction",
    owner_name="城市更新中心",
    owner_address="明川县滨河路 18 号",
    owner_contact="吴科长 0000-7654321",
    agency_address="明川县建设路 6 号三楼",
    approval="明川发改审〔2026〕87 号",
    policies="促进中小企业发展；节约能源、保护环境；支持监狱企业和残疾人就业。",
    media="中国招标投标公共服务平台、本中心网站",
    summary="更换管道",
    contact="周",
    phone="0000",
    place="明川",
    funding="财政",
    term="165 日",
    qualification="二级",
    award_method="综合评估法",
)
LOT = rules.LotFacts("一标段", 100)


class TestContent:
    def test_all_defects_are_told_at_once(self):
        bare = replace(FACTS, summary=" ", contact="", funding="")
        problems = rules.check_content(bare, [], 0)
        assert [p.refusal.field for p in problems] == ["summary", "funding", "contact", None, None]
        assert all(p.blocks for p in problems)
        assert "5" in str(rules.Defects(problems))

    def test_a_whole_notice_has_none(self):
        assert rules.check_content(FACTS, [LOT], 1) == []

    def test_a_small_comparison_needs_less(self):
        light = replace(FACTS, family=Family.LOCAL, method=Method.COMPARISON, funding="", term="", place="")
        assert rules.check_content(light, [LOT], 1) == []

    def test_each_lot_has_a_sheet_and_so_a_price_form_of_its_own(self):
        assert rules.check_content(FACTS, [LOT, replace(LOT, price_form=PriceForm.RATE)], 1) == []


class TestSheet:
    @pytest.mark.parametrize(
        ("form", "name"),
        [(PriceForm.AMOUNT, "price_fen"), (PriceForm.RATE, "rate_ppm"), (PriceForm.UNIT, "unit_price_fen")],
    )
    @pytest.mark.parametrize("switches", PRESETS, ids=lambda each: each.method.value)
    def test_the_price_comes_first_and_every_name_can_stand_in_a_sheet(self, switches, form, name):
        fields = rules.sheet_fields(switches.family, switches.method, form)
        assert fields[0]["name"] == name
        assert fields[0]["required"]
        assert len({field["name"] for field in fields}) == len(fields)
        for field in fields:
            assert field["name"].isascii()
            assert field["kind"] in ("fen", "ppm", "integer", "text")
            assert set(field) == {"name", "label", "kind", "required"}


class TestSlots:
    @pytest.mark.parametrize(("family", "method"), [(each.family, each.method) for each in PRESETS])
    @pytest.mark.parametrize("consortium", [True, False])
    def test_something_is_required_and_the_last_slot_takes_the_rest(self, family, method, consortium):
        slots = rules.file_slots(family, method, consortium=consortium)
        assert [slot for slot in slots if slot["required"]]
        assert slots[-1]["code"] == "other"
        assert slots[-1]["many"]
        assert not slots[-1]["required"]
        assert ("consortium" in {slot["code"] for slot in slots}) is consortium
        assert len({slot["code"] for slot in slots}) == len(slots)
        for slot in slots:
            assert set(slot) == {"code", "label", "required", "endings", "many"}
            assert all(re.fullmatch(r"\.[a-z]+", ending) for ending in slot["endings"])


class TestEnvelopes:
    def test_the_price_and_its_files_lie_in_the_second_and_everything_else_in_the_first(self):
        fields = rules.sheet_fields(*WORKS, PriceForm.AMOUNT)
        first, second = (rules.fields_of(fields, Envelopes.TWO, stage) for stage in (1, 2))
        assert [field["name"] for field in second] == ["price_fen"]
        assert [*second, *first] == fields
        slots = rules.file_slots(Family.WORKS, Method.OPEN_TENDER, consortium=False, envelopes=Envelopes.TWO)
        first, second = (rules.slots_of(slots, Envelopes.TWO, stage) for stage in (1, 2))
        assert [slot["code"] for slot in second] == ["bill", "quotation"]
        assert {slot["code"] for slot in first} == {"qualification", "business", "technical", "other"}

    def test_with_one_envelope_everything_lies_in_it(self):
        fields = rules.sheet_fields(*WORKS, PriceForm.AMOUNT)
        assert rules.fields_of(fields, Envelopes.ONE, 1) == fields
        assert list(rules.stages(Envelopes.ONE)) == [1]

    def test_two_are_for_the_rulebook_to_allow(self):
        allowed = rules.Figure("works.open-tender.envelopes-max", 2, "count", "办法", "37", "likely")
        rules.check_envelopes(Envelopes.TWO, {"envelopes-max": allowed})
        rules.check_envelopes(Envelopes.ONE, {})
        for figures in ({}, {"envelopes-max": replace(allowed, value=1)}):
            with pytest.raises(rules.OneEnvelopeOnly):
                rules.check_envelopes(Envelopes.TWO, figures)

    def test_bids_on_paper_lie_in_one_envelope(self):
        figures = {"paper": rules.Figure("works.open-tender.paper", 1, "count", "本中心设定", "", "local")}
        on_paper = replace(FACTS, paper_bids=True)
        assert rules.check_paper(on_paper, figures) == []
        (problem,) = rules.check_paper(replace(on_paper, envelopes=Envelopes.TWO), figures)
        assert isinstance(problem.refusal, rules.PaperInOneEnvelope)

    @pytest.mark.parametrize(
        ("prices", "refused"),
        [
            (None, rules.NoPriceOpening),
            (timedelta(), rules.PricesTooEarly),
            (timedelta(hours=1, seconds=1), rules.NotAWholeMinute),
            (timedelta(minutes=1), None),
        ],
        ids=["none", "together", "seconds", "later"],
    )
    def test_the_price_is_opened_after_what_is_technical(self, prices, refused):
        closes = NOW + timedelta(days=1)
        problems = rules.check_dates(
            preset(*COMPARISON),
            NOW.date(),
            {},
            OfficialCalendar({}),
            closes_at=closes,
            opens_at=closes,
            now=NOW,
            envelopes=Envelopes.TWO,
            prices_open_at=None if prices is None else closes + prices,
        )
        found = [type(problem.refusal) for problem in problems if problem.refusal.field == "prices_open_at"]
        assert found == ([refused] if refused else [])


class TestNumbers:
    def test_seventeen_twenty_and_twenty_three_signs(self):
        code = rules.project_code("A02", "539921", 2026, 126)
        assert code == "A0253992120260126001"
        assert (len(rules.investment_code(code)), len(code), len(rules.lot_number(code, "2"))) == (17, 20, 23)
        assert rules.lot_number(code, "2") == code + "002"
        assert IDENTIFIER.fullmatch(code)

    def test_no_number_past_the_last(self):
        with pytest.raises(rules.NumbersUsedUp):
            rules.project_code("A02", "539921", 2026, 10_000)

    @pytest.mark.parametrize(("trade", "region"), [("A2", "539921"), ("A02", "5399"), ("a02", "539921")])
    def test_parts_have_their_form(self, trade, region):
        with pytest.raises(ValueError, match="not a trade"):
            rules.project_code(trade, region, 2026, 1)

    def test_every_trade_makes_an_identifier(self):
        for trade in (*TRADES, OUTSIDE_WORKS):
            assert IDENTIFIER.fullmatch(rules.project_code(trade, "510524", 2026, 1))


class TestPhase:
    def test_the_closing_instant_itself_is_closed(self):
        closes = shanghai(date(2026, 12, 21))
        facts = rules.Facts(Stage.PUBLISHED, closes)
        assert rules.phase(facts, closes - timedelta(microseconds=1)) is rules.Phase.OPEN
        assert rules.phase(facts, closes) is rules.Phase.CLOSED

    @pytest.mark.parametrize("stage", [Stage.DRAFT, Stage.SUBMITTED, Stage.TERMINATED])
    def test_what_people_decided_stands_whatever_the_time(self, stage):
        assert rules.phase(rules.Facts(stage, NOW), NOW).value == stage.value

    def test_published_without_a_deadline_is_open(self):
        assert rules.phase(rules.Facts(Stage.PUBLISHED, None), NOW) is rules.Phase.OPEN


class TestRooms:
    AT = shanghai(date(2026, 12, 15))
    FITS = Span(AT - timedelta(minutes=30), AT + timedelta(hours=2))

    @pytest.mark.parametrize(
        ("booked", "paper", "codes"),
        [
            ({}, False, []),
            ({}, True, ["tenders.paper_without_room"]),
            ({Purpose.OPENING: FITS}, True, []),
            ({Purpose.OPENING: Span(AT, AT + timedelta(minutes=15))}, False, []),
            ({Purpose.OPENING: Span(AT - timedelta(hours=1), AT)}, False, ["tenders.room_elsewhere"]),
            (
                {Purpose.OPENING: Span(AT + timedelta(minutes=15), AT + timedelta(hours=1))},
                True,
                ["tenders.room_elsewhere"],
            ),
            ({Purpose.EVALUATION: FITS.moved(timedelta(days=1))}, False, []),
            ({Purpose.PRICES: FITS}, False, ["tenders.room_elsewhere"]),
        ],
    )
    def test_a_missing_or_misplaced_room_only_warns(self, booked, paper, codes):
        found = rules.check_rooms(
            booked, opens_at=self.AT, prices_open_at=self.AT + timedelta(days=3), paper_bids=paper
        )
        assert [each.refusal.code for each in found] == codes
        assert not any(each.blocks for each in found)


class TestIntention:
    """财库〔2020〕10号: thirty days before the procurement begins."""

    @staticmethod
    def asked(intended_on, today, pair=PROCUREMENT, **changed):
        figures = figures_of(*pair)
        if "intention" in figures:
            figures["intention"] = replace(figures["intention"], **changed)
        return rules.check_intention(intended_on, today, figures, OFFICIAL)

    @pytest.mark.parametrize(("days", "late"), [(0, True), (29, True), (30, False), (31, False)])
    def test_a_notice_lies_thirty_days_after_its_intention(self, days, late):
        found = self.asked(MONDAY, MONDAY + timedelta(days=days))
        assert [type(each.refusal) for each in found] == [rules.IntentionTooLate] * late
        assert all(each.blocks and each.earliest == date(2026, 12, 23) for each in found)

    @pytest.mark.parametrize("mark", ["likely", "local"])
    def test_a_figure_that_is_not_certain_only_warns(self, mark):
        (found,) = self.asked(MONDAY, MONDAY, mark=mark)
        assert not found.blocks

    def test_a_procurement_without_one_is_only_warned_of(self):
        (found,) = self.asked(None, MONDAY)
        assert isinstance(found.refusal, rules.NoIntention)
        assert not found.blocks

    @pytest.mark.parametrize("pair", [WORKS, COMPARISON])
    def test_what_is_no_procurement_needs_none(self, pair):
        assert self.asked(None, MONDAY, pair) == self.asked(MONDAY, MONDAY, pair) == []

    def test_days_are_not_rolled_and_working_days_are_counted_as_such(self):
        assert rules.first_notice(date(2026, 9, 1), figures_of(*PROCUREMENT), OFFICIAL) == date(2026, 10, 1)
        assert self.asked(date(2026, 9, 28), date(2026, 10, 9), unit="working-day", value=5)
        assert self.asked(date(2026, 9, 28), date(2026, 10, 10), unit="working-day", value=5) == []
