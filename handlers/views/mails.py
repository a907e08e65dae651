"""The mails that the desk sends itself: ready texts, each with a button that says that it went out."""

from handlers.views import blocks as kit
from handlers.views.blocks import Block, ViewDict
from handlers.views.clocks import joined
from handlers.views.facts.announcements import MailFact, MailsFacts
from handlers.views.names import Action, View
from handlers.views.typed import Mrkdwn, fill, one_line, shorten
from handlers.views.words import Words

SHOWN = 20


def mails_view(facts: MailsFacts, words: Words) -> ViewDict:
    """Every mail, those that wait first."""
    blocks: list[Block] = [
        kit.context(words.say("Vakt sends no mail: send these, and press Sent. When is kept in the register."))
    ]
    for mail in facts.mails[:SHOWN]:
        blocks += _mail(mail, facts, words)
    if not facts.mails:
        blocks.append(kit.section(words.say("There is no mail to send.")))
    if facts.more:
        blocks.append(kit.context(words.count("and {n} more", "and {n} more", facts.more)))
    return kit.modal(
        View.MAILS,
        words.plain("Mails to send"),
        blocks,
        close=words.plain("Close"),
        metadata=facts.metadata,
    )


def _mail(mail: MailFact, facts: MailsFacts, words: Words) -> list[Block]:
    to = fill("*{name}* {address}", name=one_line(mail.name, 80), address=one_line(mail.address, 120))
    head = joined(one_line(mail.customer, 80), to)
    if mail.sent_at is not None:
        sent = words.say("sent {at}", at=words.moment_since(mail.sent_at, facts.now))
        return [kit.context(joined(head, sent))]
    button = kit.button(
        words.plain("Sent"), Action.MAIL_SENT, mail.id, label=words.plain("Sent to {name}", name=mail.name)
    )
    return [kit.divider(), kit.section(Mrkdwn(head), accessory=button), kit.quote(shorten(mail.text, kit.TEXT))]
