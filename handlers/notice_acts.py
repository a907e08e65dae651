"""What is done to a notice: confirmed, told, held and mended, corrected, withdrawn, objected to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from handlers import announcing
from handlers.agreements import Agreements
from handlers.announcing import About, Update
from handlers.audiences import OF_THE_DESK, Reader
from handlers.notice_audience import Addressed, Terms, addressed, terms_of
from handlers.notice_pictures import earliest_for_all, notice_facts
from handlers.owed import Ledger
from handlers.views import announcements as views
from handlers.views.words import Words
from models.chronicle import Happening
from models.desk import Desk
from models.notice import Notice, NoticeEntry, NoticeEvent, NoticeState, change_notice
from models.told import Way, tellings_of

SEND = "send"
"""What the timer of a planned notice looks at."""


@dataclass(frozen=True, slots=True)
class Deed:
    """Somebody (None: its timer) at a notice that is locked, at an instant."""

    ledger: Ledger
    agreements: Agreements
    notice: Notice
    actor_id: str | None
    now: datetime

    @property
    def about(self) -> About:
        """The announcement."""
        return about(self.notice)

    def found(self) -> Addressed:
        """Whom it is for, as things are."""
        return addressed(self.ledger.session, self.agreements, self.notice, self.now)

    def note(
        self,
        event: NoticeEvent,
        *,
        text_id: str | None = None,
        facts: Mapping[str, Any] | None = None,
        urgent: bool = False,
        **changes: Any,
    ) -> NoticeEntry:
        """Write it down, and owe the desk's line and card."""
        happening = Happening(
            event=event, at=self.now, actor_id=self.actor_id, text_id=text_id, facts=dict(facts or {})
        )
        entry = change_notice(self.ledger.session, self.notice, happening, **changes)
        announcing.log_line(self.ledger, self.about, entry.position, urgent=urgent)
        announcing.redraw_desk(self.ledger, self.about)
        return entry


def about(notice: Notice) -> About:
    """A notice as an announcement."""
    return About(notice.team_id, notice.name, notice.desk_id)


@dataclass(frozen=True, slots=True)
class Override:
    """Why it is told although an agreement asks for more notice, and the clause that does."""

    text_id: str | None
    clause: str


def confirm(deed: Deed, found: Addressed, override: Override | None) -> None:
    """It counts from now on: held until mended, planned for its moment, or told at once."""
    notice = deed.notice
    desk = deed.ledger.session.get(Desk, (notice.team_id, notice.desk_id))
    if desk is not None:
        announcing.owe_desk_card(deed.ledger, deed.about, desk.channel_id)
    if override is not None:
        deed.note(
            NoticeEvent.OVERRIDDEN,
            text_id=override.text_id,
            facts={"clause": override.clause},
            urgent=True,
            overridden_by=deed.actor_id,
            override_id=override.text_id,
        )
    rule = found.holding if notice.reported else None
    if rule is not None:
        deed.note(NoticeEvent.HELD, facts={"clause": rule.clause}, state=NoticeState.HELD)
    elif notice.send_at is not None and notice.send_at > deed.now:
        deed.note(NoticeEvent.PLANNED, facts={"send_at": notice.send_at.isoformat()}, state=NoticeState.PLANNED)
        announcing.look_again(deed.ledger.session, deed.about, SEND, notice.send_at)
    else:
        send(deed, found)


def mended(deed: Deed) -> None:
    """What was held is told. Source: PS-24."""
    deed.note(NoticeEvent.MENDED)
    send(deed, deed.found())


def send_when_due(deed: Deed) -> None:
    """Its moment has come. What would break an agreement by now, because it comes late, is not told; its writer is."""
    found, notice = deed.found(), deed.notice
    late = found.too_soon
    if not late or notice.overridden_by is not None:
        send(deed, found)
        return
    earliest, rule = earliest_for_all(found), late[0].rule
    facts = {"clause": rule.clause if rule else None, "day": earliest.isoformat() if earliest else None}
    entry = deed.note(NoticeEvent.NOT_SENT, facts=facts, urgent=True)
    told = {"position": entry.position}
    announcing.remind(deed.ledger, deed.about, [notice.made_by], f"not_sent:{entry.position}", told)


def send(deed: Deed, found: Addressed) -> None:
    """Tell everybody, and keep in the register what each was told. `found` is judged as of now."""
    notice = deed.notice
    announcing.forget(deed.ledger.session, deed.about, SEND)
    notice.state, notice.sent_at = NoticeState.SENT, deed.now
    for group in found.alike():
        announcing.announce(deed.ledger, deed.about, group, _Text(deed, found, group), deed.now)
    deed.note(NoticeEvent.SENT, facts={"count": len(found.readers), "step": 0})


class _Text:
    """What the register keeps of readers for whom the same holds."""

    def __init__(self, deed: Deed, found: Addressed, group: Sequence[Reader]) -> None:
        self._deed, self._customer = deed, group[0].customer_id
        self._terms: Terms | None = found.terms.get(self._customer or "")

    def __call__(self, words: Words) -> str:
        facts = notice_facts(
            self._deed.ledger.session,
            self._deed.notice,
            self._terms,
            self._customer,
            words.language,
            self._deed.now,
        )
        return views.in_plain_words(facts, words)


@dataclass(frozen=True, slots=True)
class Correction:
    """What it says from now on: ids of texts, and the day."""

    title_id: str
    texts: dict[str, str]
    effective: date | None


def correct(deed: Deed, correction: Correction) -> None:
    """Put it right: everybody who was told is told, and whoever came to hear of it since."""
    step = deed.notice.steps + 1
    deed.note(
        NoticeEvent.CORRECTED,
        facts={"step": step},
        title_id=correction.title_id,
        texts=correction.texts,
        effective=correction.effective,
        corrected_at=deed.now,
        steps=step,
    )
    readers = [*deed.found().readers, *mailed_before(deed)]
    once = list({(reader.way, reader.receiver): reader for reader in readers}.values())
    _tell_on(deed, step, once, views.corrected_words)


def withdraw(deed: Deed, reason_id: str | None) -> None:
    """Take it back: nobody is told, or everybody who was is told that it does not hold."""
    notice, told = deed.notice, deed.notice.state == NoticeState.SENT
    step = notice.steps + 1 if told else notice.steps
    deed.note(
        NoticeEvent.WITHDRAWN,
        text_id=reason_id,
        facts={"step": step} if told else {},
        state=NoticeState.WITHDRAWN,
        withdrawn_at=deed.now,
        withdrawal_id=reason_id,
        steps=step,
    )
    announcing.forget(deed.ledger.session, deed.about, SEND)
    if told:
        _tell_on(deed, step, mailed_before(deed), views.withdrawn_words)


def _tell_on(deed: Deed, step: int, readers: Sequence[Reader], text: Any) -> None:  # noqa: ANN401 - facts and words to a text
    def text_of(words: Words) -> str:
        facts = notice_facts(deed.ledger.session, deed.notice, None, None, words.language, deed.now)
        said: str = text(facts, words)
        return said

    announcing.tell_on(deed.ledger, deed.about, Update(step, text_of), readers, deed.now)


def mailed_before(deed: Deed) -> list[Reader]:
    """Whoever has it by mail, whether the register names them still or not."""
    told = tellings_of(deed.ledger.session, deed.notice.team_id, deed.notice.name)
    return [
        Reader(Way.MAIL, each.receiver, each.receiver, each.customer_id, each.language, OF_THE_DESK.key)
        for each, _ in told
        if each.way == Way.MAIL and each.step == 0
    ]


def objection(deed: Deed, customer_id: str, reason_id: str | None, *, registered: bool) -> None:
    """A customer objects: kept, told the desk, and shown that customer. Source: PS-18."""
    facts: dict[str, Any] = {"customer": customer_id}
    if registered:
        facts["registered"] = True
    deed.note(NoticeEvent.OBJECTED, text_id=reason_id, facts=facts, urgent=True)
    announcing.redraw(deed.ledger, deed.about, customer_id)


def may_object_to(deed: Deed, customer_id: str) -> bool:
    """Whether the agreement of a customer lets it object."""
    terms = terms_of(deed.ledger.session, deed.agreements, deed.notice, customer_id, deed.now)
    return bool(terms and terms.rule and terms.rule.may_object)
