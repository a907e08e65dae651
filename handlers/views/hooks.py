"""`/oncall hooks`: the addresses that alerts and heartbeats are sent to, for administrators."""

from datetime import datetime

from handlers.views import blocks as kit
from handlers.views.blocks import Block, Rendered
from handlers.views.clocks import joined
from handlers.views.facts.hooks import HookFact, HooksFacts, NewHookFacts
from handlers.views.names import Action
from handlers.views.typed import Mrkdwn, fill, one_line
from handlers.views.words import Words


def hooks_message(facts: HooksFacts, words: Words) -> Rendered:
    """Every hook, with *Revoke* on those that are in use; keys are not known any more."""
    head = words.say("There is no hook yet.") if not facts.hooks else words.say("*Hooks* for alerts and heartbeats")
    if facts.revoked:
        gone = words.say("{name} is revoked: what is sent with its key is refused.", name=one_line(facts.revoked, 60))
        head = Mrkdwn(f"{gone}\n{head}")
    rows = [_row(each, facts.now, words) for each in facts.hooks]
    small = words.say("Make one: /oncall hooks create NAME, then `heartbeat KEY` or `signed` where that is wanted.")
    blocks = [kit.section(head), *rows]
    if facts.more:
        names = words.count(
            "{n} more; `vakt hooks list` names it.", "{n} more; `vakt hooks list` names them.", facts.more
        )
        blocks.append(kit.context(names))
    return kit.rendered(head, [*blocks, kit.context(small)])


def _row(each: HookFact, now: datetime, words: Words) -> Block:
    takes = words.say("heartbeat {key}", key=one_line(each.heartbeat, 60)) if each.heartbeat else words.say("alerts")
    signed = words.say("signed") if each.signed else ""
    if each.revoked_at is not None:
        stands = words.say("revoked {at}", at=words.moment_since(each.revoked_at, now))
    else:
        stands = words.say("since {at}", at=words.moment_since(each.created_at, now))
    said = joined(fill("*{name}*", name=one_line(each.name, 60)), takes, signed, stands)
    return kit.section(said, accessory=None if each.revoked_at else _revoke(each, words))


def _revoke(each: HookFact, words: Words) -> Block:
    name = one_line(each.name, 60)
    sure = kit.confirm(
        words.plain("Revoke {name}?", name=name),
        words.plain("Whatever is sent with its key is refused from now on. The name is not used again."),
        words.plain("Revoke"),
        words.plain("Cancel"),
    )
    label = words.plain("Revoke {name}", name=name)
    return kit.button(words.plain("Revoke"), Action.HOOK_REVOKE, each.name, style="danger", confirm=sure, label=label)


def new_hook_message(facts: NewHookFacts, words: Words) -> Rendered:
    """A hook's key, shown this once."""
    said = words.say("Hook {name}. Its key is shown now and never again:", name=one_line(facts.name, 60))
    paths = Mrkdwn("\n".join(fill("`{path}`", path=path) for path in facts.paths))
    blocks = [kit.section(said), kit.section(paths)]
    if facts.secret:
        sign = words.say("Sign with this secret, as Standard Webhooks has it:")
        blocks.append(kit.section(Mrkdwn(f"{sign} {fill('`{secret}`', secret=facts.secret)}")))
    blocks.append(kit.context(words.say("Send to it under the address where Vakt listens for hooks; keep it secret.")))
    return kit.rendered(Mrkdwn(f"{said} {paths}"), blocks)
