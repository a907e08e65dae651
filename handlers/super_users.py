"""A question passed on to the customer's own super users, who answer first. Source: PI-11."""

from handlers.drafts import Draft
from handlers.once import Work
from handlers.owed import directly
from handlers.setting import Setting
from models import outbox, typed_text
from models.outbox import Kind, Priority


def pass_on(work: Work, draft: Draft, setting: Setting) -> None:
    """Owe each super user the question directly: who asks, and the text as it was typed."""
    team_id, asker = work.viewer.team_id, work.viewer.person.id
    args = {
        "asked_by": asker,
        "customer": setting.customer.id,
        "clause": setting.contract.levels.clause if setting.contract.levels else "",
        "summary": typed_text.keep(work.session, team_id, asker, draft.summary),
        "details": typed_text.keep(work.session, team_id, asker, draft.details),
    }
    for person in setting.first_asked:
        row = directly(
            work.machine_now,
            team_id,
            kind=Kind.QUESTION,
            key=f"question:{draft.nonce}:{person.slack_id}",
            slack_user=str(person.slack_id),
            priority=Priority.REMINDER,
            args=args,
        )
        outbox.owe(work.session, row)
