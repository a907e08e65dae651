"""The last twelve months as a picture. Loaded when one is asked for: matplotlib is an extra, and large."""

import io
from collections.abc import Sequence
from fractions import Fraction
from zoneinfo import ZoneInfo

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from handlers.views import dates
from handlers.views.blocks import Attachment
from handlers.views.facts.sla import ChartFacts, MonthFact
from handlers.views.sla import percent
from handlers.views.typed import one_line
from handlers.views.words import Words

KEPT, BELOW, LINE = "#0072b2", "#d55e00", "#333333"
"""Blue and orange that are told apart by everybody; what is below is hatched too."""
ROOM = 0.25
"""How much of the height stays free below the lowest; above the whole a fifth of that."""
WHOLE = 100


def chart(facts: ChartFacts, words: Words) -> Attachment:
    """A PNG with its alternative text."""
    figure = Figure(figsize=(9, 4), dpi=120, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    measured = [month for month in facts.months if month.share is not None]
    names = [_name(month, facts, words) for month in facts.months]
    for place, month in enumerate(facts.months):
        if month.share is not None:
            below = month.share < facts.target
            axes.bar(
                place,
                float(month.share * WHOLE),
                color=BELOW if below else KEPT,
                hatch="//" if below else None,
                edgecolor="white",
                alpha=0.6 if month.provisional else 1.0,
            )
    target = float(facts.target * WHOLE)
    axes.axhline(target, color=LINE, linestyle="--", linewidth=1)
    bottom, top = _limits(measured, facts.target)
    axes.set_ylim(bottom, top)
    axes.set_yticks([tick for tick in axes.get_yticks() if bottom <= tick <= WHOLE])
    axes.set_xlim(-0.6, len(facts.months) - 0.4)
    axes.set_xticks(range(len(names)), names)
    axes.set_title(title(facts, words))
    axes.set_ylabel(words.plain("available, %"))
    written = io.BytesIO()
    figure.savefig(written, format="png", metadata={"Software": None})
    return Attachment("availability.png", written.getvalue(), alt_text(facts, words))


def _limits(measured: Sequence[MonthFact], target: Fraction) -> tuple[float, float]:
    """From a little below the worst to a little above the whole, so that small differences are seen."""
    lowest = min([target, *(month.share for month in measured if month.share is not None)])
    room = float((1 - lowest) * WHOLE) * ROOM or 0.1
    return max(float(lowest * WHOLE) - room, 0), WHOLE + room / 5


def _name(month: MonthFact, facts: ChartFacts, words: Words) -> str:
    day = month.period.begins.astimezone(ZoneInfo(facts.zone))
    return dates.short_month(day, words.language)


def title(facts: ChartFacts, words: Words) -> str:
    """What it shows."""
    target = percent(facts.target, words)
    return words.plain("{customer}, target {target}", customer=one_line(facts.customer, 80), target=target)


def alt_text(facts: ChartFacts, words: Words) -> str:
    """The same for who does not see it: the months below the target with their figures, and how many kept it."""
    measured = [month for month in facts.months if month.share is not None]
    below = [month for month in measured if month.share is not None and month.share < facts.target]
    said = [title(facts, words), words.count("{n} month shown", "{n} months shown", len(measured))]
    if below:
        listed = ", ".join(
            f"{_name(month, facts, words)} {percent(month.share, words)}" for month in below if month.share is not None
        )
        said.append(words.plain("below the target: {months}", months=listed))
    else:
        said.append(words.plain("none below the target"))
    return "; ".join(said)
