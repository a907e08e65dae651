"""An outage under fire: declared, told on, reported by those whom it affects, ended; one lasts at a time."""

from sqlmodel import Session, col, select

from models.outage import Outage, OutageEvent
from models.outbox import Kind, Outgoing
from sandbox import ActError, Message, Modal, NotOnScreen
from tests.chaos.deeds import TRIES, Deed, Hands

REPORTERS = {"#acme": "anna", "#bykommune": "nina", "#talentia": "erik"}
"""Who is affected, and where they read of it."""

ENDS_ABOVE, REPORTS_BELOW = 0.7, 0.35
"""Of what may be done to an outage that lasts: which share of its choices ends it, which is somebody's report."""


class Outages:
    """Does to outages what the plan asks."""

    def __init__(self, hands: Hands) -> None:
        """By the same hands, and on the same account."""
        self._hands = hands
        self._arena = hands.arena

    def goes_on(self, which: float) -> None:
        """What comes next: one is declared when none lasts, else something happens to it; `which` is a share."""
        with self._arena.looking() as session:
            lasts = session.exec(select(Outage).where(col(Outage.ended_at).is_(None))).first()
            card = self._card(session, lasts) if lasts else None
        if lasts is None:
            self._declares()
        elif card is None:
            self._hands.left_undone += 1
        elif which > ENDS_ABOVE:
            self._fills(OutageEvent.ENDED, lasts, card, "End")
        elif which > REPORTS_BELOW or not self._reports(lasts, which / REPORTS_BELOW):
            self._fills(OutageEvent.UPDATED, lasts, card, "Update")

    def _card(self, session: Session, outage: Outage) -> Message | None:
        row = session.exec(select(Outgoing).where(Outgoing.key == f"O-{outage.number}:desk")).first()
        return Message(self._arena.slack, row.channel, row.ts) if row and row.channel and row.ts else None

    def _declares(self) -> None:
        ola, token = self._arena.slack.person("ola"), self._hands.token()
        for _ in range(TRIES):
            modal = self._hands.window(ola, lambda: ola.types("/outage", in_="#desk").error)
            preview = self._preview(modal, token) if modal is not None else None
            if preview is not None:
                deed = Deed(OutageEvent.DECLARED, "ola", token=token)
                if self._hands.submits(deed, ola, preview):
                    with self._arena.looking() as session:
                        deed.ticket = max(session.exec(select(Outage.number)), default=None)
                    return
        self._hands.left_undone += 1

    def _preview(self, modal: Modal, token: str) -> Modal | None:
        try:
            modal.fill("outage.title", token)
            modal.choose("about.services", "App")
            if modal.submit().error is not None:
                return None
            return modal.person.modal() if "channels" in modal.person.modal().waits_for("channels").text else None
        except (NotOnScreen, ActError):
            return None

    def _fills(self, event: OutageEvent, outage: Outage, card: Message, button: str) -> None:
        ola, token = self._arena.slack.person("ola"), self._hands.token()
        for _ in range(TRIES):
            try:
                modal = self._hands.window(ola, lambda: ola.clicks(button, on=card))
            except (NotOnScreen, ActError):
                self._arena.rests(0.3)
                continue
            if modal is not None:
                modal.fill("act.text", token)
                self._hands.submits(Deed(event, "ola", outage.number, token), ola, modal)
                return
        self._hands.left_undone += 1

    def _reports(self, outage: Outage, which: float) -> bool:
        """Somebody presses that they are affected, whose message stands and who has not yet; False when nobody can."""
        where = list(REPORTERS)[int(which * len(REPORTERS))]
        who = self._arena.slack.person(REPORTERS[where])
        done = {(deed.who, deed.ticket) for deed in self._hands.deeds if deed.event is OutageEvent.AFFECTED}
        with self._arena.looking() as session:
            rows = session.exec(
                select(Outgoing).where(Outgoing.kind == Kind.ANNOUNCEMENT, col(Outgoing.ts).is_not(None))
            )
            found = [row for row in rows if row.args["about"] == f"O-{outage.number}"]
        place = self._arena.slack.channel_id(where)
        row = next((row for row in found if row.channel == place), None)
        if row is None or (who.handle, outage.number) in done:
            return False
        card = Message(self._arena.slack, str(row.channel), str(row.ts))
        button = {"#acme": "We are affected", "#bykommune": "Vi er rammet", "#talentia": "Vi är drabbade"}[where]
        try:
            self._hands.presses(
                Deed(OutageEvent.AFFECTED, who.handle, outage.number), who, lambda: who.clicks(button, on=card)
            )
        except (NotOnScreen, ActError):
            return False
        return True
