"""The reader's language and zone: sentences, durations and moments.

Message ids are the English sentences; `locale/nb` and `locale/sv` translate them. A sentence's
places are named (`{due}`), and what is put there is escaped unless a view made it (`Mrkdwn`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from handlers.views import dates
from handlers.views.catalogues import catalogue
from handlers.views.facts import PersonFact, RoleFact, Texts
from handlers.views.typed import Mrkdwn, clean, escape, one_line

LANGUAGES = ("en", "nb", "sv")
_WEEK = timedelta(days=6)


def mark(message: str) -> str:
    """Name a message that is translated later, so that the catalogues know of it."""
    return message


@dataclass(frozen=True, slots=True)
class Words:
    """One reader: language ("en", "nb", "sv"; any other reads English) and time zone."""

    language: str
    zone: ZoneInfo

    # Sentences

    def plain(self, message: str, /, **values: object) -> str:
        """The sentence for a plain-text place; nothing is escaped, nothing interpreted there."""
        return self._translated(message).format_map({k: _bare(v) for k, v in values.items()})

    def say(self, message: str, /, **values: object) -> Mrkdwn:
        """The sentence for a mrkdwn place; values are escaped unless they are Mrkdwn."""
        safe = {name: escape(_bare(value)) for name, value in values.items()}
        return Mrkdwn(self._translated(message).format_map(safe))

    def count(self, one: str, several: str, number: int, /, **values: object) -> Mrkdwn:
        """As `say`, in the singular or the plural; `{n}` is the number."""
        forms = self._forms(one) or (one, several)
        safe = {name: escape(_bare(value)) for name, value in values.items()}
        return Mrkdwn(forms[0 if number == 1 else -1].format_map({**safe, "n": number}))

    def pick(self, texts: Texts | str | None) -> str:
        """The reader's language of a text from the contract; English, else any, else ""."""
        if texts is None or isinstance(texts, str):
            return texts or ""
        return texts.get(self.language) or texts.get("en") or next(iter(texts.values()), "")

    def _translated(self, message: str) -> str:
        forms = self._forms(message)
        return forms[0] if forms and forms[0] else message

    def _forms(self, message: str) -> tuple[str, ...]:
        return catalogue(self.language if self.language in LANGUAGES else "en").get(message, ())

    # People

    def name(self, person: PersonFact | None) -> str:
        """The name on one line; "someone" for who is not known, or was forgotten."""
        return one_line(person.name, 80) if person and person.name.strip() else self.plain("someone")

    def mention(self, person: PersonFact) -> Mrkdwn:
        """A person who is to be notified; the name, when not in the workspace."""
        return Mrkdwn(f"<@{person.slack_id}>") if person.slack_id else escape(self.name(person))

    def mention_role(self, role: RoleFact) -> Mrkdwn:
        """Everyone who holds a role, notified: the group when there is one."""
        if role.group:
            return Mrkdwn(f"<!subteam^{role.group}>")
        return Mrkdwn(", ".join(self.mention(person) for person in role.people))

    def names(self, people: tuple[PersonFact, ...], *, either: bool = False) -> str:
        """ "Kari, Ola and Per"; `either` joins with "or"."""
        return self.listed([self.name(person) for person in people], either=either)

    def listed(self, parts: Sequence[str], *, either: bool = False) -> str:
        """ "PI-05, PS-11 and EM-03"; `either` joins with "or"."""
        if len(parts) < 2:  # noqa: PLR2004 - one part needs no joining
            return "".join(parts)
        pattern = mark("{names} or {last}") if either else mark("{names} and {last}")
        return self.plain(pattern, names=", ".join(parts[:-1]), last=parts[-1])

    # Time

    def duration(self, amount: timedelta) -> str:
        """ "2 h 05 min", "4 h", "25 min", "under 1 min"; seconds are left out, the sign too."""
        minutes = int(abs(amount) / timedelta(minutes=1))
        hours, minutes = divmod(minutes, 60)
        if hours and minutes:
            return self.plain("{hours} h {minutes} min", hours=hours, minutes=f"{minutes:02}")
        if hours:
            return self.plain("{hours} h", hours=hours)
        if minutes:
            return self.plain("{minutes} min", minutes=minutes)
        return self.plain("under 1 min")

    def local(self, at: datetime) -> datetime:
        """The moment on the reader's wall. Raises ValueError for a naive one."""
        if at.tzinfo is None:
            message = f"{at!r} has no time zone"
            raise ValueError(message)
        return at.astimezone(self.zone)

    def time(self, at: datetime) -> str:
        """ "13:40"."""
        return f"{self.local(at):%H:%M}"

    def day(self, at: datetime) -> str:
        """ "Mon 23 Nov"."""
        return dates.short_day(self.local(at).date(), self.language)

    def weekday(self, at: datetime) -> str:
        """ "Monday"."""
        return dates.weekday(self.local(at).date(), self.language)

    def when(self, at: datetime, now: datetime) -> str:
        """In plain text: "Mon 13:40" within a week of `now`, else "Mon 7 Dec 13:40"."""
        if abs(self.local(at).date() - self.local(now).date()) <= _WEEK:
            return f"{dates.short_weekday(self.local(at).date(), self.language)} {self.time(at)}"
        return f"{self.day(at)} {self.time(at)}"

    def since(self, at: datetime, now: datetime) -> str:
        """ "10:12" on the same day, else as `when`."""
        same = self.local(at).date() == self.local(now).date()
        return self.time(at) if same else self.when(at, now)

    def zoned(self, at: datetime) -> str:
        """ "Mon 23 Nov 13:40 CET": complete, for where Slack cannot fill in the reader's own."""
        there = self.local(at)
        return f"{self.day(at)} {there:%H:%M %Z}"

    def moment(self, at: datetime) -> Mrkdwn:
        """A Slack date token: day and time on the reader's own device."""
        return self._token(at, "{date_short_pretty} {time}", self.zoned(at))

    def clock_time(self, at: datetime) -> Mrkdwn:
        """A Slack date token of the time alone."""
        return self._token(at, "{time}", f"{self.time(at)} {self.local(at):%Z}")

    def moment_since(self, at: datetime, now: datetime) -> Mrkdwn:
        """A token of the time alone on the same day, else of day and time."""
        same = self.local(at).date() == self.local(now).date()
        return self.clock_time(at) if same else self.moment(at)

    def _token(self, at: datetime, form: str, fallback: str) -> Mrkdwn:
        seconds = int(at.timestamp())
        return Mrkdwn(f"<!date^{seconds}^{form}|{fallback}>")


def _bare(value: object) -> str:
    if isinstance(value, Mrkdwn):
        return value
    return clean(value) if isinstance(value, str) else str(value)
