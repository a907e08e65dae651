"""Every message and view about availability and claims, from facts made up for the purpose."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from handlers.views import claims, reports, sla
from handlers.views.blocks import Rendered, ViewDict
from handlers.views.facts import PersonFact
from handlers.views.facts.sla import (
    ClaimBrief,
    ClaimFacts,
    CreditFact,
    DecisionFact,
    ExclusionFormFacts,
    IntervalFact,
    MergeFact,
    OverviewFacts,
    PeriodFact,
    RightFact,
    SlaFacts,
)
from handlers.views.words import Words
from models.sla.availability import Why
from models.sla.contract import MaintenanceDowntime, PeriodKind, Scope, Strength
from models.sla.credit import Standing

BEGINS = datetime(2026, 11, 1, tzinfo=UTC)
MONTH = PeriodFact(
    key="2026-11",
    kind=PeriodKind.CALENDAR_MONTH,
    begins=BEGINS,
    ends=BEGINS + timedelta(days=30),
    previous="2026-10",
    following="2026-12",
)
TIERS = CreditFact(
    clause="PS-09",
    given=True,
    fee=Fraction(1, 4),
    below=Fraction(199, 200),
    capped_by="PS-13",
    one_off="PS-13",
)
POINTS = CreditFact(clause="EM-15", given=True, fee=Fraction(1, 40), points=1, beside=Fraction(1, 20))


def decisions(typed: str) -> tuple[DecisionFact, ...]:
    """Granted, taken back, declined."""
    by = PersonFact("U1", typed)
    return (
        DecisionFact("granted", BEGINS, by, Fraction(81, 200), typed, typed),
        DecisionFact("open", BEGINS, by, text=typed),
        DecisionFact("declined", BEGINS, None, text=typed),
    )


def briefs(typed: str) -> Iterator[ClaimBrief]:
    """Claims that stand in every way."""
    by = PersonFact("U1", typed)
    yield ClaimBrief(id="a" * 32, state="claimed", outcome="open", claimed_at=BEGINS, claimed_by=by, fee=Fraction(1, 4))
    yield ClaimBrief(id="b" * 32, state="lapsed", outcome="open", claimed_at=None, claimed_by=None, fee=None)
    for last in decisions(typed):
        yield ClaimBrief(
            id="c" * 32,
            state="claimed",
            outcome=last.outcome,
            claimed_at=BEGINS,
            claimed_by=by,
            fee=Fraction(1, 4),
            last=last,
        )


def interval(typed: str, number: int = 0, why: Why = Why.COUNTS) -> IntervalFact:
    """Some hours, judged so."""
    begins = BEGINS + timedelta(days=number)
    return IntervalFact(
        id=f"{number:032}",
        begins=begins,
        ends=begins + timedelta(hours=4, seconds=1),
        lasts=number == 3,
        scope=list(Scope)[number % 3],
        services=(typed,) * 3,
        why=why,
        clause="PS-09",
        maintenance=MaintenanceDowntime.PLANNED if why is Why.MAINTENANCE else None,
        reason={"en": typed, "nb": typed, "sv": typed} if why is Why.EXCLUDED else None,
        outage="O-7",
        merged_at=BEGINS if why is Why.MERGED else None,
        merged_by=PersonFact("U1", typed) if why is Why.MERGED else None,
    )


def account(typed: str, count: int = 40, credit: CreditFact = TIERS) -> SlaFacts:
    """A month with so many intervals of each kind."""
    kinds = list(Why)
    first = interval(typed)
    return SlaFacts(
        customer_id="c" * 32,
        customer=typed,
        agreement={"en": typed},
        service=typed,
        period=MONTH,
        zone="Europe/Oslo",
        share=Fraction(179, 180),
        so_far=Fraction(99, 100),
        target=Fraction(199, 200),
        strength=Strength.GUARANTEED,
        clause="PS-09",
        down=timedelta(hours=4),
        total=timedelta(days=30),
        provisional=True,
        intervals=tuple(interval(typed, number % 28, kinds[number % len(kinds)]) for number in range(count)),
        with_maintenance=Fraction(1, 3),
        without_maintenance=Fraction(2, 3),
        credit=credit,
        readings=({"en": typed},) * 5,
        may_claim=True,
        for_desk=True,
        excludable=True,
        claims=tuple(briefs(typed)),
        merges=(MergeFact(one=first, other=first), MergeFact(one=first, other=first, apart_at=BEGINS)) * 3,
    )


def claim(typed: str, state: str = "offered", count: int = 40) -> ClaimFacts:
    """A claim that stands so."""
    standings = list(Standing)
    lapses = BEGINS + timedelta(days=40)
    return ClaimFacts(
        id="a" * 32,
        state=state,
        customer=typed,
        agreement={"en": typed},
        period=MONTH,
        service=typed,
        zone="Europe/Oslo",
        uptime=Fraction(179, 180),
        target=Fraction(199, 200),
        covered=Fraction(199, 201),
        down=timedelta(hours=4),
        total=timedelta(days=30),
        credit=TIERS,
        clause="PS-13",
        rights=tuple(
            RightFact(
                interval=interval(typed, number % 28),
                standing=standings[number % len(standings)],
                lapses_at=lapses,
                report_until=None,
            )
            for number in range(count)
        ),
        provisional=True,
        reported_at=BEGINS,
        first_lapse=lapses,
        last_lapse=lapses,
        claimed_at=BEGINS if state == "claimed" else None,
        claimed_by=PersonFact("U1", typed) if state == "claimed" else None,
    )


def messages(typed: str, w: Words) -> Iterator[tuple[str, Rendered]]:
    """Every message, by name."""
    for count in (0, 1, 40):
        for services in (1, 2, 3, 4, 9):
            rows = [account(typed, count)] * services
            yield f"availability, {count} of {services}", sla.sla_message(rows, w)
    yield "availability, points", sla.sla_message([account(typed, 3, POINTS)], w)
    nothing = CreditFact(clause="HP-08", given=False)
    kept = replace(account(typed, 3, nothing), provisional=False, share=Fraction(1), merges=(), may_claim=False)
    yield "availability, kept", sla.sla_message([kept], w)
    for rows_ in (1, 40):
        facts = OverviewFacts(rows=(account(typed),) * rows_, more=3, unmeasured=(typed,) * 5)
        yield f"availability, overview of {rows_}", sla.overview_message(facts, w)
    rolling = replace(account(typed, 3), period=replace(MONTH, kind=PeriodKind.ROLLING_12_MONTHS, key="12m"))
    for each in (account(typed), kept, rolling, replace(account(typed), claims=()), replace(rolling, credit=None)):
        for services in (1, 2, 3, 9):
            for_desk = services % 2 == 0
            yield f"report of {services}", reports.report_message([each] * services, w, for_desk=for_desk)
    no_fee = replace(kept, credit=replace(TIERS, fee=Fraction(0)))
    yield "report, no credit", reports.report_message([no_fee], w, for_desk=True)
    yield "reports", reports.list_message([account(typed)] * 40, w, more=3, charts=False)
    yield "reports, one", reports.list_message([account(typed)], w)
    yield "availability, help", sla.help_message(w)
    yield "availability, counted again", sla.counted_message(typed, w)
    yield "availability, merged", sla.merged_message(w)
    yield "availability, affected", sla.affected_message(typed, "O-7", BEGINS, w)
    yield "availability, chart", sla.chart_message(typed, w)
    yield "availability, chart on its way", sla.chart_on_its_way(w)
    for state in ("offered", "claimed", "lapsed"):
        yield f"claim, {state}", claims.claim_message(claim(typed, state), w)
    reminded = replace(claim(typed), reminded=True, last_lapse=None)
    yield "claim, never lapses", claims.claim_message(reminded, w)
    yield "claim, on behalf", claims.claim_message(replace(claim(typed, "claimed"), on_behalf=True), w)
    yield "claim, to the desk", claims.claimed_message(claim(typed, "claimed"), w)
    for place, last in enumerate(decisions(typed)):
        decided = replace(claim(typed, "claimed"), outcome=last.outcome, decisions=decisions(typed)[: place + 1])
        yield f"claim, {last.outcome}", claims.claim_message(decided, w)
        yield f"claim, {last.outcome}, to the desk", claims.claimed_message(decided, w)
        yield f"claim, {last.outcome}, to the customer", claims.decided_message(decided, place, w)
    yield "availability, kept apart", sla.apart_message(w)
    yield "availability, taken apart", sla.taken_apart_message(w)
    yield "claim, evidence", claims.evidence_message(typed, "2026-11", w)


def views(typed: str, w: Words) -> Iterator[tuple[str, ViewDict]]:
    """Every window, by name."""
    facts = ExclusionFormFacts(
        metadata="{}",
        customer=typed,
        interval=interval(typed),
        zone="Europe/Oslo",
        reasons=tuple((f"reason_{number}", {"en": typed}, "PS-12") for number in range(10)),
    )
    yield "availability, leave out", sla.exclusion_view(facts, w)
    for what, window in (
        ("grant", claims.grant_view),
        ("decline", claims.decline_view),
        ("take back", claims.take_back_view),
    ):
        yield f"claim, {what}", window(replace(claim(typed, "claimed"), decisions=decisions(typed)), "{}", w)
    yield "availability, left out", sla.excluded_view(typed, w)
