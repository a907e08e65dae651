"""A Slack workspace on this machine, for demonstrations and tests of any Bolt app. It knows Slack, and no app.

- `server` is what tests hold, `running` starts it, `doors` are its addresses, `world` is what they share,
  `workspace` its state;
- `web_api` and `api/` answer an app's calls, `limits/` says what Slack refuses, `rates` and `faults` when;
- `dispatch`, `socket_mode`, `http_door` deliver commands, interactions and `events`, shaped by `payloads`;
- `acts`, `interactions`, `submissions`, `modals` are what people do: in tests through `people`, `screens` and
  `places`, on the page through `page_api`;
- `expectations` remembers what the app said, and what nobody expected.

    with Sandbox(Path("manifest.yml")) as slack:
        kari = slack.add_person("kari", name="Kari Nordmann")
        slack.add_channel("acme", members=["kari"])
        ...                                       # start the app against slack.api_url
        kari.types("/ticket printer", in_="#acme")
        slack.expects("T-1", in_="#acme")
        slack.sees_nothing_more()
"""

from sandbox.clock import Clock
from sandbox.expectations import ANY
from sandbox.faults import Fault
from sandbox.finding import NotOnScreen
from sandbox.interactions import ActError
from sandbox.pace import Limits
from sandbox.people import CommandAnswer, Person
from sandbox.places import Channel, Message
from sandbox.screens import Home, Modal
from sandbox.seed import Seed, load_seed
from sandbox.server import Sandbox, Unexpected
from sandbox.submissions import Submitted
from sandbox.workspace import Team

__all__ = [
    "ANY",
    "ActError",
    "Channel",
    "Clock",
    "CommandAnswer",
    "Fault",
    "Home",
    "Limits",
    "Message",
    "Modal",
    "NotOnScreen",
    "Person",
    "Sandbox",
    "Seed",
    "Submitted",
    "Team",
    "Unexpected",
    "load_seed",
]
