"""A message that may have been said is found wherever it can stand."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from slack_sdk import WebClient

from bot.demo import MANIFEST
from bot.gateway import Gateway, Posted
from sandbox import Limits, Sandbox
from sandbox.acts import post
from sandbox.places import Channel


@dataclass(frozen=True)
class Words:
    text: str
    blocks: tuple[()] = ()


@pytest.fixture
def slack() -> Iterator[Sandbox]:
    with Sandbox(MANIFEST, limits=Limits().lifted()) as workspace:
        workspace.add_person("kari")
        yield workspace


@pytest.fixture
def gateway(slack: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Gateway:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    client = WebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])
    return Gateway(lambda _: client)


def test_a_key_is_found_at_the_end_of_a_long_thread(slack: Sandbox, gateway: Gateway) -> None:
    """Slack gives a thread's oldest messages first."""
    place = slack.add_channel("acme", members=["kari"])
    card = gateway.post("T", place.id, Words("card"), "card", None)
    _talks(slack, place, card, 450)
    said = gateway.post("T", place.id, Words("line"), "T-1:log:7", card.ts)
    assert gateway.find("T", place.id, "T-1:log:7", card.ts) == said
    assert gateway.find("T", place.id, "T-1:log:8", card.ts) is None


def test_a_key_is_found_among_the_latest_of_a_channel(slack: Sandbox, gateway: Gateway) -> None:
    place = slack.add_channel("acme", members=["kari"])
    said = gateway.post("T", place.id, Words("card"), "card", None)
    _talks(slack, place, None, 150)
    assert gateway.find("T", place.id, "card", None) == said


def _talks(slack: Sandbox, place: Channel, card: Posted | None, times: int) -> None:
    kari = slack.person("kari")

    async def there() -> None:
        for number in range(times):
            await post(slack.world, kari.user, place.id, f"word {number}", thread_ts=card.ts if card else None)

    slack.run(there())
