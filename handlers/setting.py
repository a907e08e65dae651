"""What an opening view is about: the customer, its contract, the kind, the class the answers come to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from handlers import clock_pictures, pictures
from handlers.agreements import Force
from handlers.bearings import Bearings
from handlers.drafts import Draft
from handlers.fields import LONGEST_AGO
from handlers.scene import severity_fact
from handlers.views import facts as told
from handlers.views.words import Words
from models.customer import Customer
from models.product import Product
from models.sla.contract import Contract, KindOption, Place, TicketKind
from models.sla.plan import Facts, Planned, notes_for, plans
from models.sla.questions import Walk, walk

PRIVATE = "private"
PAGES = "page"
"""Flags that an answer in a contract's questions may have: it stays out of channels, and it is paged at once."""
"""The flag of an outcome that must not be spoken of in a channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What an opening view is about, once the customer is known."""

    customer: Customer
    force: Force
    option: KindOption
    intake: str
    reported_at: datetime
    walked: Walk
    on_behalf: bool
    first_asked: tuple[told.PersonFact, ...] = ()
    """Super users whom the customer's people ask first, for somebody who is none. Source: PI-11."""
    products: tuple[Product, ...] = ()
    """What the customer holds, to choose from."""
    product: Product | None = None
    """What it is about: the one that was chosen, or the only one there is."""
    channel: str | None = None
    """Where the customer reads, if it has a channel."""
    specialist: str | None = None
    """The id of who gets it when it is opened. Source: SO-02."""

    @property
    def contract(self) -> Contract:
        """The contract in force, with the customer's own terms."""
        return self.force.contract

    @property
    def severity(self) -> str | None:
        """The class proposed, None while questions are open."""
        return self.walked.outcome.severity if self.walked.outcome else None

    @property
    def kind(self) -> TicketKind:
        """Which general kind the contract's own word stands for."""
        return self.option.kind

    @property
    def scope(self) -> str:
        """Names the tree in block ids."""
        return f"{self.contract.id}-{self.kind}"

    @property
    def flags(self) -> frozenset[str]:
        """What the answers establish beside the class."""
        return self.walked.outcome.flags if self.walked.outcome else frozenset()


def setting_of(bearings: Bearings, draft: Draft, now: datetime) -> Setting | None:
    """What the view is about; None while the customer is not chosen."""
    if bearings.customer is None or bearings.force is None:
        return None
    contract = bearings.force.contract
    option = _option(contract, draft.kind)
    walked = _walked(contract, option.kind, draft.answers)
    product = _product(bearings.products, draft.product)
    return Setting(
        customer=bearings.customer,
        force=bearings.force,
        option=option,
        intake=_intake(contract, draft, on_behalf=bearings.on_behalf),
        reported_at=_reported_at(draft, now),
        walked=walked,
        on_behalf=bearings.on_behalf,
        first_asked=_first_asked(bearings, contract, option),
        products=bearings.products,
        product=product,
        channel=bearings.channels[1] if bearings.channels else None,
        specialist=_specialist(bearings, contract, product, walked),
    )


def _reported_at(draft: Draft, now: datetime) -> datetime:
    """Since when it counts: from no later than now, and no earlier than anything is counted from."""
    at = draft.received_at or draft.reported_at or now
    return min(max(at, now - LONGEST_AGO), now)


def _product(products: Sequence[Product], chosen: str | None) -> Product | None:
    """The one that was chosen, another customer's counting as none; the only one is taken unasked."""
    if len(products) == 1:
        return products[0]
    return next((product for product in products if product.id == chosen), None)


def _specialist(bearings: Bearings, contract: Contract, product: Product | None, walked: Walk) -> str | None:
    """The specialist for the product, where the contract asks for one and the class lets that person own it.

    What is private goes to nobody by itself: a product's specialist may not be meant to see it.
    Source: SO-02, PI-09, PS-17.
    """
    if contract.assignment is None or product is None or walked.outcome is None or PRIVATE in walked.outcome.flags:
        return None
    may_own = contract.severity(walked.outcome.severity).junior_may_own or product.specialist_id in bearings.seniors
    return product.specialist_id if may_own else None


def _first_asked(bearings: Bearings, contract: Contract, option: KindOption) -> tuple[told.PersonFact, ...]:
    if contract.levels is None or option.kind not in contract.levels.super_users_first:
        return ()
    return tuple(told.PersonFact(person.slack_user, person.name) for person in bearings.super_users)


def _intake(contract: Contract, draft: Draft, *, on_behalf: bool) -> str:
    if on_behalf and draft.intake in contract.intakes:
        return str(draft.intake)
    return contract.slack_message_is if draft.source else contract.slack_is


def _option(contract: Contract, chosen: str | None) -> KindOption:
    """The kind that was chosen, else the first; another contract's word counts as not chosen."""
    return next((each for each in contract.kinds if each.id == chosen), contract.kinds[0])


def _walked(contract: Contract, kind: TicketKind, answers: Mapping[str, str]) -> Walk:
    tree = contract.questions.get(kind) or contract.questions[TicketKind.FAULT]
    return walk(tree, answers)


def facts_of(setting: Setting, severity: str, item: str | None) -> Facts:
    """What decides which promises apply."""
    return Facts(kind=setting.kind, severity=severity, intake=setting.intake, item=item)


def planned_for(setting: Setting, item: str | None) -> tuple[Planned, ...]:
    """What would be promised now; nothing while questions are open."""
    if setting.severity is None:
        return ()
    facts = facts_of(setting, setting.severity, item)
    return plans(setting.contract, facts, setting.reported_at, setting.customer.region)


def fitting(draft: Draft, contract: Contract) -> Draft:
    """The draft without what is no part of the contract: another's item or further ask is as if not given."""
    items, asks = {item.id for item in contract.items}, {ask.id for ask in contract.asks}
    return draft.changed(
        item=draft.item if draft.item in items else None,
        extras={ask: text for ask, text in draft.extras.items() if ask in asks},
    )


def notes_at(setting: Setting, item: str | None, place: Place, words: Words) -> tuple[str, ...]:
    """What the contract wants said at a place, in the reader's words; nothing while questions are open."""
    if setting.severity is None:
        return ()
    notes = notes_for(
        setting.contract,
        place,
        facts_of(setting, setting.severity, item),
        reported_at=setting.reported_at,
        region=setting.customer.region,
    )
    return tuple(f"{words.pick(each.text)} ({each.clause})" for each in notes)


def outcome_of(setting: Setting, planned: Sequence[Planned]) -> told.OutcomeFact | None:
    """What would be opened now, by `planned_for`; None while questions are open."""
    if setting.severity is None:
        return None
    severity = setting.contract.severity(setting.severity)
    basis = told.Basis.ANSWERS if setting.walked.given else told.Basis.DEFAULT
    return told.OutcomeFact(
        severity=severity_fact(severity),
        basis=basis,
        clocks=tuple(clock_pictures.promised(setting.contract, each) for each in planned if each.due),
        best_effort=pictures.is_best_effort(setting.contract, setting.intake),
        target_release=severity.target_release is not None,
    )
