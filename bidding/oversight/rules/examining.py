"""Every question that can be asked of a project, an owner, an agency and a tenderer, and what the formulas answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from bidding.core.money import FEN_PER_YUAN
from bidding.oversight.rules import dates, prices, winners
from bidding.oversight.rules.facts import (
    Bought,
    Case,
    Examined,
    Fired,
    LotFacts,
    Met,
    Numbers,
    Offer,
    ProjectFacts,
    Threshold,
)
from bidding.oversight.rules.flags import Flag
from bidding.oversight.rules.measures import Measures

#: More than this nobody reads; the numbers count all of them.
MOST_CASES = 60


def examine_project(project: ProjectFacts, measures: Measures) -> Examined:
    """What its notice, its corrections and, once they are open, its bids and results say."""
    found = Examined()
    _periods(found, project, measures)
    _corrections(found, project, measures)
    for lot in project.lots:
        if project.opened_on is not None and lot.received:
            _lot(found, project, lot, project.opened_on, measures)
        _result(found, project, lot, measures)
    return found


def _periods(found: Examined, project: ProjectFacts, measures: Measures) -> None:
    first, least = project.first_closes_on, project.least_on
    if first is None or least is None:
        return
    said = dates.short(project.published_on, first, least, margin_days=measures["short-period.margin"])
    cited = said and {**said, "source": project.source}
    found.ask(Flag.SHORT_PERIOD, _of_project(Flag.SHORT_PERIOD, project, project.published_on, cited))
    said = dates.holidays(
        project.published_on,
        first,
        least,
        project.rest_days,
        margin_days=measures["holidays.margin"],
        rest_permille=measures["holidays.rest"],
    )
    cited = said and {**said, "source": project.source}
    found.ask(Flag.HOLIDAYS, _of_project(Flag.HOLIDAYS, project, project.published_on, cited))


def _corrections(found: Examined, project: ProjectFacts, measures: Measures) -> None:
    made = project.corrections
    if made:
        last = max(each.on for each in made)
        said = dates.late(made, days=measures["late-correction.days"])
        found.ask(Flag.LATE_CORRECTION, _of_project(Flag.LATE_CORRECTION, project, last, said))
        said = dates.many(made, count=measures["many-corrections.count"])
        found.ask(Flag.MANY_CORRECTIONS, _of_project(Flag.MANY_CORRECTIONS, project, last, said))
    said = dates.moved(project.moves, count=measures["deadline-moved.count"])
    on = project.moved_on or project.published_on
    found.ask(Flag.DEADLINE_MOVED, _of_project(Flag.DEADLINE_MOVED, project, on, said))


def _of_project(flag: Flag, project: ProjectFacts, on: date, said: Numbers | None) -> Fired | None:
    if said is None:
        return None
    cases = [Case(project.uid, project.title, on=project.published_on)]
    if flag in (Flag.LATE_CORRECTION, Flag.MANY_CORRECTIONS):
        cases += [Case(project.uid, f"№ {each.number}", on=each.on) for each in project.corrections]
    return Fired(flag, project.uid, project.title, on, said, tuple(cases[:MOST_CASES]))


def _lot(found: Examined, project: ProjectFacts, lot: LotFacts, on: date, measures: Measures) -> None:
    alone: Numbers | None = None
    if min(lot.received, len(lot.offers)) <= 1:
        alone = {"received": lot.received, "readable": len(lot.offers)}
    found.ask(Flag.SINGLE, _of_lot(Flag.SINGLE, project, lot, on, alone, lot.offers))
    priced = [offer for offer in lot.offers if offer.fen is not None]
    amounts = [offer.fen for offer in priced if offer.fen is not None]
    if not project.sells and lot.ceiling_fen is not None and amounts:
        said = prices.near_ceiling(amounts, lot.ceiling_fen, within_permille=measures["near-ceiling.within"])
        found.ask(Flag.NEAR_CEILING, _of_lot(Flag.NEAR_CEILING, project, lot, on, said, priced))
    if len(amounts) < 2:
        return
    least, within = measures["price-steps.bids"], measures["price-steps.spread"]
    for flag, said in (
        (Flag.EQUAL_PRICES, prices.equal(amounts)),
        (Flag.PRICE_STEPS, prices.steps(amounts, least=least, within_permille=within)),
        (Flag.PRICE_RATIOS, prices.ratios(amounts, least=least, within_permille=within)),
        (
            Flag.PRICE_CLUSTER,
            prices.cluster(
                amounts,
                least=measures["price-cluster.bids"],
                within_permille=measures["price-cluster.within"],
            ),
        ),
    ):
        found.ask(flag, _of_lot(flag, project, lot, on, said, priced))


def _result(found: Examined, project: ProjectFacts, lot: LotFacts, measures: Measures) -> None:
    won = lot.won
    if won is None or won.fen is None:
        return
    cases = [Offer(won.name, won.uscc, won.fen)]
    said = prices.far(won.fen, won.basis_fen, far_permille=measures["far-from-estimate.far"])
    found.ask(Flag.FAR_FROM_ESTIMATE, _of_lot(Flag.FAR_FROM_ESTIMATE, project, lot, won.on, said, cases))
    losing = [offer for offer in lot.offers if offer.uscc != won.uscc and offer.fen is not None]
    amounts = [offer.fen for offer in losing if offer.fen is not None]
    if len(amounts) >= measures["rounded-losers.losers"]:
        said = prices.rounded(
            won.fen,
            amounts,
            least=measures["rounded-losers.losers"],
            unit_fen=measures["rounded-losers.unit"] * FEN_PER_YUAN,
        )
        found.ask(
            Flag.ROUNDED_LOSERS,
            _of_lot(Flag.ROUNDED_LOSERS, project, lot, won.on, said, [*cases, *losing]),
        )


def _of_lot(
    flag: Flag, project: ProjectFacts, lot: LotFacts, on: date, said: Numbers | None, offers: Sequence[Offer]
) -> Fired | None:
    if said is None:
        return None
    title = project.title if len(project.lots) == 1 else f"{project.title} · {lot.name}"
    ordered = sorted(offers, key=lambda offer: (offer.fen or 0, offer.name))
    cases = [Case(project.uid, title, offer.name, offer.fen) for offer in ordered] or [
        Case(project.uid, title)
    ]
    return Fired(flag, f"{project.uid}/{lot.code}", title, on, said, tuple(cases[:MOST_CASES]))


def examine_owner(name: str, items: Sequence[Bought], measures: Measures) -> Examined:
    """Whom an owner's results went to, year by year, and what its purchases come to together."""
    found = Examined()
    for year, part in winners.years(items).items():
        said = [
            _repeated(name, year, part, winner, measures)
            for winner in sorted({item.winner for item in part if item.winner})
        ]
        found.ask(Flag.REPEATED_WINNER, None)
        found.found += [fired for fired in said if fired is not None]
    kinds: dict[tuple[str, Threshold], list[Bought]] = defaultdict(list)
    for item in items:
        for threshold in item.thresholds:
            kinds[item.kind, threshold].append(item)
    for (kind, threshold), part in kinds.items():
        found.ask(Flag.SPLIT, None)
        split = winners.split(
            part,
            threshold,
            near_permille=measures["split.near"],
            least=measures["split.items"],
        )
        found.found += [
            Fired(
                Flag.SPLIT,
                f"{name}|{kind}|{threshold.code}|{threshold.fen}|{year}",
                name,
                held[-1].on,
                numbers,
                tuple(_bought(item, item.basis_fen) for item in held[:MOST_CASES]),
            )
            for year, (numbers, held) in split.items()
        ]
    return found


def _repeated(name: str, year: int, items: Sequence[Bought], winner: str, measures: Measures) -> Fired | None:
    said = winners.repeated(
        items,
        winner,
        wins=measures["repeated-winner.wins"],
        share_permille=measures["repeated-winner.share"],
    )
    if said is None:
        return None
    taken = sorted(
        (item for item in items if item.winner == winner), key=lambda item: (item.on, item.uid, item.title)
    )
    cases = tuple(_bought(item, item.amount_fen) for item in taken[:MOST_CASES])
    title = f"{name} → {winner}"
    return Fired(
        Flag.REPEATED_WINNER, f"{name}|{winner}|{year}", title, taken[-1].on, {**said, "year": year}, cases
    )


def _bought(item: Bought, fen: int) -> Case:
    return Case(item.uid, item.title, item.winner, fen, item.on)


def examine_singles(agency: str, uid: str, lots: Sequence[tuple[Case, int]], measures: Measures) -> Examined:
    """Of an agency's opened lots, each a case with its day and how many bids there were, how many had but one."""
    found = Examined()
    years: dict[int, list[tuple[Case, int]]] = defaultdict(list)
    for case, bids in lots:
        if case.on is not None:
            years[case.on.year].append((case, bids))
    for year, part in sorted(years.items()):
        said = winners.singles(
            [bids for _, bids in part],
            lots=measures["single-again.lots"],
            share_permille=measures["single-again.share"],
        )
        alone = sorted(
            (case for case, bids in part if bids <= 1), key=lambda case: (case.on or date.min, case.uid)
        )
        fired = None
        if said is not None:
            on = alone[-1].on or date(year, 12, 31)
            cases = tuple(alone[:MOST_CASES])
            fired = Fired(Flag.SINGLE_AGAIN, f"{uid}|{year}", agency, on, {**said, "year": year}, cases)
        found.ask(Flag.SINGLE_AGAIN, fired)
    return found


def examine_tenderer(
    uscc: str, lots: Sequence[Met], names: Mapping[str, str], measures: Measures
) -> Examined:
    """Who was always there when a tenderer won, and with whom it takes turns; told once, of the first of a group."""
    found = Examined()
    for year, part in winners.years(lots).items():
        found.ask(Flag.COMPANIONS, None)
        found.ask(Flag.ROTATION, None)
        beside = winners.companions(
            part,
            uscc,
            least=measures["companions.lots"],
            share_permille=measures["companions.share"],
        )
        for other, numbers in beside.items():
            held = [lot for lot in part if lot.winner == uscc and other in lot.tenderers]
            title = f"{names[uscc]} · {names[other]}"
            named = {**numbers, "winner": names[uscc], "companion": names[other], "year": year}
            found.found.append(
                Fired(Flag.COMPANIONS, f"{uscc}|{other}|{year}", title, held[-1].on, named, _met(held, names))
            )
        for group, met in winners.rotation(part, least=measures["rotation.lots"]).items():
            if uscc != min(group):
                continue
            title = " · ".join(names[one] for one in sorted(group))[:300]
            said: Numbers = {
                "members": len(group),
                "lots": len(met),
                "winners": len({lot.winner for lot in met}),
                "least": measures["rotation.lots"],
                "year": year,
            }
            subject = f"{'+'.join(sorted(group))}|{year}"
            found.found.append(Fired(Flag.ROTATION, subject, title, met[-1].on, said, _met(met, names)))
    return found


def _met(lots: Sequence[Met], names: Mapping[str, str]) -> tuple[Case, ...]:
    return tuple(Case(lot.uid, lot.title, names.get(lot.winner, ""), on=lot.on) for lot in lots[:MOST_CASES])
