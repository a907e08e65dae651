"""The menu in which an outage or maintenance is narrowed to components of a service."""

from collections.abc import Collection, Sequence

from handlers.views import blocks as kit
from handlers.views.blocks import Block, Option
from handlers.views.names import Field
from handlers.views.words import Words


def components_field(offered: Sequence[tuple[str, str]], words: Words, chosen: Collection[str] = ()) -> list[Block]:
    """The menu; nothing where no service has components. `offered` are values and labels."""
    if not offered:
        return []
    options = [Option(label, value) for value, label in offered]
    picker = kit.multi_menu(Field.COMPONENTS, words.plain("All of them"), options, chosen)
    hint = words.plain("Those who are told read which. Who is told, and what counts, goes by the service.")
    return [kit.field(Field.COMPONENTS, words.plain("Only these components"), picker, optional=True, hint=hint)]
