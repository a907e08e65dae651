"""`/maintenance`: the window that checks a plan against the agreements, its answers, and the list."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from handlers.views import blocks as kit
from handlers.views.blocks import Block, Option, Rendered, ViewDict
from handlers.views.clocks import joined
from handlers.views.components import components_field
from handlers.views.facts.maintenance import (
    GuardFacts,
    MaintenanceFacts,
    MaintenanceListFacts,
    OverlapFact,
    PlanFormFacts,
    SlotFact,
)
from handlers.views.maintenance_words import KINDS, STAGES, kind_name, row_line, slot
from handlers.views.names import (
    LATER_TOO,
    SUMMARY_LIMIT,
    TEXT_LIMIT,
    THIS_ONE,
    YES,
    Action,
    Field,
    View,
    numbered,
    turned,
)
from handlers.views.refusals import refusal_text
from handlers.views.typed import Mrkdwn, fill, one_line
from handlers.views.words import Words, mark

NO = "no"
SHOWN = 25
PARTS_SHOWN = 12
COMMANDS: tuple[tuple[str, str], ...] = (
    ("/maintenance plan [title]", mark("plan maintenance and see what the agreements make of it")),
    ("/maintenance list", mark("what is planned and under way")),
    ("/maintenance feed", mark("maintenance as a calendar: the desk's, or what concerns you")),
    ("/maintenance M-7", mark("one maintenance, with what can be done about it")),
)


def help_message(words: Words) -> Rendered:
    """What may be typed."""
    lines = [fill("`{command}` · {what}", command=command, what=words.say(what)) for command, what in COMMANDS]
    return kit.rendered(words.plain("Maintenance"), [kit.section(Mrkdwn("\n".join(lines)))])


# The window


def plan_view(facts: PlanFormFacts, words: Words) -> ViewDict:
    """The window at one step."""
    title = words.plain("Move maintenance") if facts.moving else words.plain("Plan maintenance")
    blocks = [
        *(_moved(facts, words) if facts.moving else _what(facts, words)),
        *_times(facts, words),
        *([] if facts.moving else _who(facts, words)),
        *_judged(facts, words),
        *_reason(facts, words),
    ]
    return kit.modal(
        View.MAINTENANCE,
        title,
        blocks,
        submit=words.plain("Move") if facts.moving else words.plain("Plan"),
        close=words.plain("Close"),
        metadata=facts.metadata,
    )


def _moved(facts: PlanFormFacts, words: Words) -> list[Block]:
    head = fill("*{name} · {title}*", name=facts.moving or "", title=one_line(facts.title, 120))
    told = kit.context(words.say("Everybody who was told hears of the new time."))
    return [kit.section(head), told, *(_which(words, later=facts.later, dispatch=True) if facts.in_series else ())]


def _which(words: Words, *, later: bool = False, dispatch: bool = False) -> list[Block]:
    """Of a series: this one, or all that come after it too."""
    options = [
        Option(words.plain("This one"), THIS_ONE),
        Option(words.plain("This one and all later ones"), LATER_TOO),
    ]
    radio = kit.radio(Field.WHICH, options, LATER_TOO if later else THIS_ONE)
    return [kit.field(Field.WHICH, words.plain("Which of the series"), radio, dispatch=dispatch)]


def _what(facts: PlanFormFacts, words: Words) -> list[Block]:
    services = [Option(name, key) for key, name in facts.services]
    kinds = [Option(words.plain(text), str(kind)) for kind, text in KINDS.items()]
    boxes = [Option(words.plain("Yes"), YES), Option(words.plain("No"), NO)]
    downtime = kit.radio(Field.DOWNTIME, boxes, YES if facts.downtime else NO)
    picker = kit.multi_menu(Field.ON_SERVICES, words.plain("Choose"), services, facts.chosen)
    return [
        kit.field(Field.ON_SERVICES, words.plain("Services"), picker, dispatch=True),
        *components_field(facts.components, words, facts.chosen_components),
        kit.field(
            Field.WORK_TITLE,
            words.plain("In one line"),
            kit.text_input(Field.WORK_TITLE, typed=facts.title, limit=SUMMARY_LIMIT),
            hint=words.plain("Those who are told read it."),
        ),
        kit.field(
            Field.WORK_KIND,
            words.plain("Kind"),
            kit.menu(Field.WORK_KIND, words.plain("Choose"), kinds, facts.kind),
            dispatch=True,
        ),
        kit.field(Field.DOWNTIME, words.plain("Is it unavailable meanwhile?"), downtime, dispatch=True),
    ]


def _times(facts: PlanFormFacts, words: Words) -> list[Block]:
    starts, ends = (turned(field, facts.turn) for field in (Field.STARTS, Field.ENDS))
    return [
        kit.field(starts, words.plain("Starts"), kit.moment_input(Field.STARTS, facts.starts_at), dispatch=True),
        kit.field(ends, words.plain("Ends"), kit.moment_input(Field.ENDS, facts.ends_at), dispatch=True),
    ]


def _who(facts: PlanFormFacts, words: Words) -> list[Block]:
    noticed = kit.text_input(Field.NOTICED, lines=True, limit=TEXT_LIMIT)
    blocks = [kit.field(Field.NOTICED, words.plain("What users notice"), noticed, optional=True)]
    if facts.customers:
        options = [Option(name, key) for key, name in facts.customers]
        picker = kit.multi_menu(Field.ONLY_FOR, words.plain("All who use them"), options, facts.only)
        blocks.append(kit.field(Field.ONLY_FOR, words.plain("Only for"), picker, optional=True, dispatch=True))
    if facts.asks_consent:
        box = kit.tick(Field.AGREED, Option(words.plain("Each of them has agreed"), YES), ticked=False)
        blocks.append(kit.field(Field.AGREED, words.plain("Consent"), box, optional=True, dispatch=True))
    if facts.asks_approval:
        hint = words.plain("Asked in a direct message; nobody is told of the maintenance before.")
        menu = kit.people_menu(Field.APPROVER, words.plain("Choose"))
        blocks.append(
            kit.field(Field.APPROVER, words.plain("Who approves it"), menu, optional=True, hint=hint, dispatch=True)
        )
    repeats = kit.text_input(Field.REPEATS, limit=SUMMARY_LIMIT, placeholder="FREQ=MONTHLY;BYDAY=1SA")
    hint = words.plain("An RRULE; each occurrence is planned and told by itself, more of them as time goes by.")
    blocks.append(kit.field(Field.REPEATS, words.plain("Repeats"), repeats, optional=True, hint=hint, dispatch=True))
    return blocks


def _reason(facts: PlanFormFacts, words: Words) -> list[Block]:
    if not facts.override:
        return []
    typed = kit.text_input(Field.REASON, lines=True, limit=TEXT_LIMIT)
    hint = words.plain("You and the reason are shown in the log.")
    return [kit.field(Field.REASON, words.plain("Why it is done all the same"), typed, optional=True, hint=hint)]


def _judged(facts: PlanFormFacts, words: Words) -> list[Block]:
    if facts.problem is not None:
        return [kit.divider(), kit.section(refusal_text(facts.problem, words))]
    guard = facts.guard
    if guard is None:
        said = words.say("Choose services, start and end: what the agreements make of it is shown here.")
        return [kit.context(said)]
    blocks = [
        kit.divider(),
        kit.context(_affects(guard, words)),
        *table(guard, words),
        *_notes(guard, words),
    ]
    if facts.split:
        return [*blocks, *_parts(guard.parts, words)]
    return [*blocks, *_ways(facts, guard, words)]


def _affects(guard: GuardFacts, words: Words) -> Mrkdwn:
    customers = words.count("Affects {n} customer", "Affects {n} customers", guard.customers)
    agreements = words.count("under {n} agreement", "under {n} agreements", guard.agreements)
    channels = words.count("told in {n} channel", "told in {n} channels", guard.channels)
    left_out = ""
    if guard.left_out:
        left_out = words.say("left out: {vendors}", vendors=", ".join(guard.left_out))
    return joined(customers, agreements, channels, left_out)


def table(guard: GuardFacts, words: Words) -> list[Block]:
    """Every clause that has something to say, the broken ones first; in words, not in signs alone."""
    parts = (
        ("broken", mark("*Broken*"), "✗"),
        ("kept", mark("*Kept*"), "✓"),
    )
    blocks = []
    for verdict, title, sign in parts:
        lines = [
            fill("{sign} {line}", sign=sign, line=row_line(row, words)) for row in guard.rows if row.verdict == verdict
        ]
        if lines:
            blocks.append(kit.section(Mrkdwn("\n".join([words.say(title), *lines]))))
    rest = dict.fromkeys(row.clause for row in guard.rows if row.verdict == "not_applicable")
    clauses = [
        clause for clause in rest if all(r.verdict == "not_applicable" for r in guard.rows if r.clause == clause)
    ]
    if clauses:
        blocks.append(kit.context(words.say("Not applicable: {clauses}", clauses=", ".join(clauses))))
    readings = dict.fromkeys(words.pick(row.reading) for row in guard.broken if row.reading)
    blocks += [kit.context(words.say("Reading taken: {reading}", reading=one_line(each, 400))) for each in readings]
    if not guard.rows:
        blocks.append(kit.section(words.say("No agreement asks anything of it.")))
    return blocks


def _notes(guard: GuardFacts, words: Words) -> list[Block]:
    lines = [_overlap(each, words) for each in guard.overlaps]
    if guard.latest is not None:
        lines.append(words.say("Latest moment to tell: {at}.", at=words.moment(guard.latest)))
    if guard.over_quarter:
        lines.append(words.say("It ends in another quarter, and counts in the one in which it starts."))
    if guard.clocks_change:
        lines.append(words.say("The clocks change during it; its length is real time."))
    if guard.unreached:
        names = ", ".join(one_line(name, 60) for name in guard.unreached[:10])
        lines.append(words.say("Nobody is reached at {customers}.", customers=names))
    if guard.occurrences:
        lines.append(_occurrences(guard, words))
    return [kit.context(Mrkdwn("\n".join(lines)))] if lines else []


def _overlap(each: OverlapFact, words: Words) -> Mrkdwn:
    return words.say(
        "Overlaps {name}, {title}, {slot} on the same service.",
        name=each.name,
        title=one_line(each.title, 80),
        slot=slot(each.slot, words),
    )


def _occurrences(guard: GuardFacts, words: Words) -> Mrkdwn:
    said = words.count("{n} occurrence is planned", "{n} occurrences are planned", len(guard.occurrences))
    until = words.say("the last {slot}", slot=slot(guard.occurrences[-1], words))
    broken = ""
    if guard.broken_occurrences:
        broken = words.count("{n} breaks an agreement", "{n} break an agreement", guard.broken_occurrences)
    return joined(said, until, broken)


def _parts(parts: Sequence[SlotFact], words: Words) -> list[Block]:
    lines = [fill("• {slot}", slot=slot(part, words)) for part in parts[:PARTS_SHOWN]]
    title = words.count("*In {n} part that keeps everything*", "*In {n} parts that keep everything*", len(parts))
    return [kit.section(Mrkdwn("\n".join([title, *lines])))]


def _ways(facts: PlanFormFacts, guard: GuardFacts, words: Words) -> list[Block]:
    blocks: list[Block] = []
    for index, each in enumerate(guard.slots):
        said = words.say("The earliest that keeps everything is {slot}.", slot=slot(each, words))
        if index:
            said = words.say("Earlier, at another time: {slot}.", slot=slot(each, words))
        blocks.append(kit.section(said, accessory=_use(index, each, "", words)))
    if guard.blocked:
        blocks.append(kit.section(_no_slot(facts, guard, words)))
    if guard.rest is not None:
        vendors = words.listed([one_line(each.vendor, 40) for each in guard.leave_out])
        said = words.say("Without {vendors} the earliest is {slot}.", vendors=vendors, slot=slot(guard.rest, words))
        out = ",".join(each.contract for each in guard.leave_out)
        blocks.append(kit.section(said, accessory=_use(len(guard.slots), guard.rest, out, words)))
    buttons = list(_buttons(facts, guard, words))
    return [*blocks, *([kit.actions(*buttons)] if buttons else [])]


def _no_slot(facts: PlanFormFacts, guard: GuardFacts, words: Words) -> Mrkdwn:
    clauses = words.listed(guard.blocked)
    if facts.starts_at is None or facts.ends_at is None:
        return words.say("No slot keeps {clauses}.", clauses=clauses)
    length = words.duration(facts.ends_at - facts.starts_at)
    return words.say("No slot of {length} keeps {clauses}.", length=length, clauses=clauses)


def _use(index: int, found: SlotFact, out: str, words: Words) -> Block:
    value = f"{int(found.starts_at.timestamp())}:{int(found.ends_at.timestamp())}:{out}"
    return kit.button(words.plain("Use it"), numbered(Action.MAINTENANCE_USE, index), value)


def _buttons(facts: PlanFormFacts, guard: GuardFacts, words: Words) -> Iterable[Block]:
    if guard.parts and not facts.moving:
        length = words.duration(guard.parts[0].ends_at - guard.parts[0].starts_at)
        label = words.plain("Split in parts of {length}", length=length)
        yield kit.button(label, Action.MAINTENANCE_SPLIT, YES)
    if guard.leave_out and not facts.moving:
        for index, each in enumerate(guard.leave_out):
            label = words.count(
                "Leave the customer of {vendor} out",
                "Leave the {n} customers of {vendor} out",
                each.customers,
                vendor=one_line(each.vendor, 30),
            )
            yield kit.button(label, numbered(Action.MAINTENANCE_LEAVE_OUT, index), each.contract)
    if guard.broken and not facts.override:
        yield kit.button(words.plain("Override… (administrator)"), Action.MAINTENANCE_OVERRIDE, YES)


# Answers


def planned_view(works: Sequence[MaintenanceFacts], words: Words) -> ViewDict:
    """What was planned or moved, and what comes next."""
    blocks: list[Block] = []
    for work in works[:SHOWN]:
        head = fill("*{name}* · {slot}", name=work.name, slot=slot(work.slot, words))
        blocks += [kit.section(head), kit.context(next_step(work, words))]
    return kit.modal(View.MAINTENANCE_PLANNED, words.plain("Maintenance planned"), blocks, close=words.plain("Close"))


def next_step(work: MaintenanceFacts, words: Words) -> Mrkdwn:
    """When customers hear of it, or who has to approve it first."""
    if work.stage == "asked" and work.approver is not None:
        return words.say("{person} is asked to approve it; nobody is told before.", person=words.name(work.approver))
    if work.told_at is not None:
        places = words.count("in {n} place", "in {n} places", work.places)
        return words.say("Told {at} {places}.", at=words.moment(work.told_at), places=places)
    if work.notice_at is None:
        return words.say("Nobody has been told of it.")
    told = words.say("Customers are told {at}", at=words.moment(work.notice_at))
    latest = ""
    if work.latest_at is not None:
        latest = words.say("latest moment to tell: {at}", at=words.moment(work.latest_at))
    return joined(told, latest)


def cancel_view(name: str, metadata: str, words: Words, *, told: bool, in_series: bool = False) -> ViewDict:
    """Asked before it is cancelled."""
    said = words.say("Everybody who was told hears that {name} does not take place.", name=name)
    if not told:
        said = words.say("Nobody was told of {name} yet, so nobody hears of this.", name=name)
    typed = kit.text_input(Field.TEXT, lines=True, limit=TEXT_LIMIT)
    blocks = [
        kit.section(said),
        *(_which(words) if in_series else ()),
        kit.field(Field.TEXT, words.plain("Why"), typed, hint=words.plain("Those who are told read it.")),
    ]
    return kit.modal(
        View.MAINTENANCE_CANCEL,
        words.plain("Cancel maintenance"),
        blocks,
        submit=words.plain("Cancel it"),
        close=words.plain("Close"),
        metadata=metadata,
    )


def list_message(facts: MaintenanceListFacts, words: Words) -> Rendered:
    """What is planned and under way."""
    plan = kit.actions(kit.button(words.plain("Plan maintenance"), Action.MAINTENANCE_PLAN, YES))
    title = words.plain("Maintenance")
    if not facts.rows:
        return kit.rendered(title, [kit.section(words.say("No maintenance is planned.")), plan])
    blocks = [kit.section(list_row(row, words)) for row in facts.rows[:SHOWN]]
    hidden = facts.more + max(0, len(facts.rows) - SHOWN)
    if hidden:
        blocks.append(kit.context(words.count("and {n} more", "and {n} more", hidden)))
    blocks.append(plan)
    return kit.rendered(joined(title, *[list_row(row, words) for row in facts.rows[:3]]), blocks)


def feed_message(scope: str, made_at: datetime, url: str | None, words: Words) -> Rendered:
    """A calendar's address, shown this once; or that there is one, and a button for another."""
    button = kit.actions(kit.button(words.plain("New address"), Action.MAINTENANCE_FEED, scope))
    what = words.plain("Maintenance")
    if url is None:
        said = words.say(
            "{what}: an address was made {at}. It is shown only once; a new one ends it.",
            what=what,
            at=words.moment(made_at),
        )
        return kit.rendered(said, [kit.section(said), button])
    said = words.say("{what} as a calendar, for whoever has this address:", what=what)
    small = words.say("It is shown only this once. Subscribe to it in your calendar, and keep it to yourself.")
    address = fill("`{url}`", url=url)
    return kit.rendered(Mrkdwn(f"{said} {address}"), [kit.section(said), kit.section(address), kit.context(small)])


def list_row(row: MaintenanceFacts, words: Words) -> Mrkdwn:
    """ "M-7 · Portal upgrade", its time, its services, how far it has come."""
    head = fill("*{name}* · {title}", name=row.name, title=one_line(row.title, 120))
    services = ", ".join(one_line(each, 60) for each in row.services)
    line = joined(slot(row.slot, words), kind_name(row.kind, words), services, words.plain(STAGES[row.stage]))
    return Mrkdwn(f"{head}\n{line}")
