"""The evidence of a claim: what was claimed, what was reported, what counted, and what was said to the customer."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from handlers.agreements import Agreements
from handlers.claim_news import facts_of
from handlers.claims import intervals_of
from handlers.scene import person_fact
from handlers.views import evidence as views
from handlers.views.facts.evidence import EvidenceFacts, ReportFact, SaidFact
from handlers.views.facts.sla import ClaimFacts
from handlers.views.words import Words
from models import outbox, typed_text
from models.affected import report_of
from models.claim import Claim
from models.sla.contract import Contract
from models.store import Session
from models.told import tellings_of


@dataclass(frozen=True, slots=True)
class Evidence:
    """Two files by name: one to read, one to compute with."""

    stem: str
    markdown: str
    csv: str

    def files(self) -> dict[str, str]:
        """Content by file name."""
        return {f"{self.stem}.md": self.markdown, f"{self.stem}.csv": self.csv}


def evidence_of(
    session: Session, agreements: Agreements, claim: Claim, spoken: str | None, now: datetime
) -> Evidence | None:
    """The evidence of a claim, in a language or the agreement's own; None where nothing can be measured any more."""
    told = facts_of(session, agreements, claim, now)
    if told is None:
        return None
    facts, contract, customer = told
    words = Words(spoken or customer.language or contract.language, contract.zone)
    whole = _facts(session, claim, facts, contract, now)
    return Evidence(f"claim-{customer.key}-{claim.period}", views.markdown(whole, words), views.table(whole))


def _facts(session: Session, claim: Claim, facts: ClaimFacts, contract: Contract, now: datetime) -> EvidenceFacts:
    happenings = list(dict.fromkeys(each.interval.outage or each.interval.id for each in facts.rights))
    return EvidenceFacts(
        claim=facts,
        reports=tuple(_reports(session, claim, happenings)),
        said=tuple(sorted(_said(session, claim, happenings), key=lambda each: each.owed_at)),
        clauses=tuple((each, contract.clauses[each].says) for each in _cited(facts) if each in contract.clauses),
        made_at=now,
    )


def _cited(facts: ClaimFacts) -> list[str]:
    cited = [facts.credit.clause, facts.clause, *(each.interval.clause for each in facts.rights), facts.credit.one_off]
    return list(dict.fromkeys(each for each in cited if each))


def _reports(session: Session, claim: Claim, happenings: list[str]) -> Iterator[ReportFact]:
    for happening in happenings:
        found = report_of(session, claim.team_id, happening, claim.customer_id)
        if found is not None:
            yield ReportFact(
                happening=happening if intervals_of(session, claim.team_id, happening) else "",
                at=found.at,
                person=person_fact(session, claim.team_id, found.person_id),
                registered_by=person_fact(session, claim.team_id, found.registered_by),
            )


def _said(session: Session, claim: Claim, happenings: list[str]) -> Iterator[SaidFact]:
    """What was announced to this customer about what happened, and the messages about the claim."""
    for about in happenings:
        for told, sent_at in tellings_of(session, claim.team_id, about):
            if told.customer_id == claim.customer_id:
                yield SaidFact(
                    about=about,
                    way=told.way,
                    owed_at=told.owed_at,
                    sent_at=sent_at,
                    text=typed_text.read(session, claim.team_id, told.text_id),
                )
    for row in outbox.rows_of(session, claim.team_id, f"claim:{claim.id}:"):
        what = row.key.split(":")[2]
        owed_at = row.created_at.astimezone(UTC)
        yield SaidFact(about="", way=what, owed_at=owed_at, sent_at=row.sent_at, text="")
