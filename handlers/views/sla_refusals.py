"""Why something about availability or a claim is not done, and the way out."""

from collections.abc import Mapping

from handlers.views.facts import Refusal
from handlers.views.words import mark

TEXTS: Mapping[Refusal, tuple[str, str]] = {
    Refusal.SLA_UNKNOWN: (
        mark('There is no customer "{customer}" that you may see.'),
        mark("Type /sla in the customer's channel, or its key as the desk calls it."),
    ),
    Refusal.SLA_PERIOD: (
        mark('"{period}" is no period.'),
        mark("Write a month such as 2026-11, a year such as 2026, or 12m."),
    ),
    Refusal.SLA_TO_COME: (
        mark("{period} has not begun."),
        mark("Choose an earlier period."),
    ),
    Refusal.SLA_NOTHING: (
        mark("The agreement of {customer} promises nothing about availability."),
        mark("/ticket shows what it promises."),
    ),
    Refusal.SLA_NO_AGREEMENT: (
        mark("{customer} was under no agreement then."),
        mark("Choose a later period."),
    ),
    Refusal.SLA_NOT_NOTED: (
        mark("This interval is not stored any more, or is not of this customer."),
        mark("Type /sla again."),
    ),
    Refusal.SLA_MERGED: (
        mark("These two are merged already, or do not overlap any more."),
        mark("Type /sla again."),
    ),
    Refusal.SLA_CHANGED_SINCE: (
        mark("The interval that stands for both was changed since they were merged."),
        mark("Undo that first: another merge is taken apart in the same way."),
    ),
    Refusal.CHARTS_MISSING: (
        mark("Charts are drawn with matplotlib, which is not installed here."),
        mark('An administrator installs it: pip install "vakt[charts]".'),
    ),
    Refusal.AFFECTED_WHAT: (
        mark("A report needs a customer, an outage and when it was reported."),
        mark("Write /sla affected CUSTOMER O-3 2026-11-23T10:30."),
    ),
    Refusal.AFFECTED_UNKNOWN: (
        mark("There is no downtime of {outage} that concerns this customer."),
        mark("/outage list shows the outages."),
    ),
    Refusal.CLAIM_NOTHING: (
        mark("There is no credit to claim for {period}: the availability gives none ({clause})."),
        mark("/sla {period} shows the arithmetic."),
    ),
    Refusal.CLAIM_WHICH: (
        mark("A claim is made for one customer and one period."),
        mark("Write /sla claim CUSTOMER 2026-11."),
    ),
    Refusal.CLAIM_LAPSED: (
        mark("The right to this credit lapsed {day} at 24:00 ({clause}), so it was not claimed."),
        mark("Ask your desk if you see it otherwise."),
    ),
    Refusal.CLAIM_NOT_REPORTED: (
        mark("It was not reported when it happened, which the agreement asks for ({clause}), so it was not claimed."),
        mark("An agent can note a report that came another way: /sla affected."),
    ),
    Refusal.CLAIM_MADE: (
        mark("{person} was first: this credit was claimed {at}."),
        mark("Nothing more is needed."),
    ),
    Refusal.CLAIM_GONE: (
        mark("This claim is not stored any more."),
        mark("Type /sla claim."),
    ),
    Refusal.CLAIM_DECIDED: (
        mark("{person} decided about this claim {at}."),
        mark("/sla shows what was decided. Take it back first to decide otherwise."),
    ),
    Refusal.CLAIM_SETTLED: (
        mark("This was decided {at}, more than 14 days ago: the customer counts on it."),
        mark("Agree with the customer, and settle it outside Vakt."),
    ),
    Refusal.CLAIM_SHARE: (
        mark("That is no share of the monthly fee."),
        mark("Write a percentage above 0 and at most 100, such as 12.5."),
    ),
    Refusal.CLAIM_OTHER_WHY: (
        mark("This is not the share that was computed."),
        mark("Write why: the customer reads it."),
    ),
}
