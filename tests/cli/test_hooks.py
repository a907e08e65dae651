"""`vakt hooks` and `vakt route`: keys shown once, routes tried before anything depends on them."""

import http.client
import json
from pathlib import Path

from bot.demo import WORKSPACE
from sandbox import Sandbox
from tests.cli.conftest import Vakt
from tests.stories.hooked import delivery

ALERTS = """
[[routes]]
key = "critical"
match = { severity = "critical" }
match_re = { instance = "db.*" }
customer = "acme"
severity = "P1"
page = true
dedup_by = ["alertname"]

[[routes]]
key = "rest"
match_re = { severity = "warning|critical" }
customer = "talentia"

[[heartbeats]]
key = "backup"
name = "Nightly backup"
every = "1d"
customer = "talentia"
"""


def _file(vakt: Vakt, more: str = ALERTS) -> Path:
    path = vakt.folder / "workspace.toml"
    path.write_text(WORKSPACE.read_text("utf-8") + more, "utf-8")
    return path


def test_a_hooks_key_is_shown_once_and_an_alert_sent_with_it_opens_a_ticket(well: Vakt, slack: Sandbox) -> None:
    """Over a real process, on a port of its own; revoked, the key is refused."""
    assert well.says("import", str(_file(well)), "--yes").returncode == 0
    made = well.says("hooks", "create", "prometheus")
    [address] = [line.strip() for line in made.stdout.splitlines() if "/hooks/alertmanager/" in line]
    key = address.rpartition("/")[2]
    assert len(key) == 43
    assert key not in well.says("hooks", "list").stdout
    assert key.encode() not in (well.folder / "vakt.db").read_bytes()
    assert "is a hook prometheus" in well.refuses("hooks", "create", "prometheus")
    assert "no name for a hook" in well.refuses("hooks", "create", "Not A Name")
    well.settings["VAKT_HOOK_PORT"] = "0"
    with well.running("run") as vakt:
        port = int(vakt.waits_for(r'"port": (\d+).*"event": "hooks"|"event": "hooks".*"port": (\d+)').expand(r"\1\2"))
        vakt.waits_for('"event": "ready"')
        assert _post(port, address, delivery("Down", severity="warning")) == 202
        slack.expects("Down is wrong", in_="#desk")
        assert well.says("hooks", "revoke", "prometheus").stdout == "Revoked prometheus.\n"
        assert _post(port, address, delivery("Down", severity="warning")) == 404
    assert "was revoked" in well.refuses("hooks", "revoke", "prometheus")
    assert "no hook other" in well.refuses("hooks", "revoke", "other")


def _post(port: int, address: str, body: object) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("POST", address, json.dumps(body))
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def test_a_hook_for_a_heartbeat_names_one_that_is_expected(well: Vakt) -> None:
    assert "there is none" in well.refuses("hooks", "create", "job", "--heartbeat", "backup")
    well.says("import", str(_file(well)), "--yes")
    made = well.says("hooks", "create", "job", "--heartbeat", "backup", "--signed")
    assert "/hooks/heartbeat/" in made.stdout
    assert "whsec_" in made.stdout
    [line] = well.says("hooks", "list").stdout.splitlines()
    assert line.startswith("job: heartbeat backup, signed, since ")
    assert json.loads(well.says("hooks", "list", "--json").stdout)["signed"] is True


def test_routes_and_heartbeats_are_imported_exported_and_kept_by_a_file_that_names_none(well: Vakt) -> None:
    said = well.says("import", str(_file(well)), "--yes").stdout
    for line in ("+ route critical", "+ route rest", "+ heartbeat backup"):
        assert line in said
    assert "Nothing to change." in well.says("import", str(_file(well))).stdout
    exported = well.says("export").stdout
    for part in ('key = "critical"', 'dedup_by = ["alertname"]', 'every = "1d"'):
        assert part in exported
    (well.folder / "exported.toml").write_text(exported, "utf-8")
    assert "Nothing to change." in well.says("import", str(well.folder / "exported.toml")).stdout
    assert "Nothing to change." in well.says("import", str(_file(well, ""))).stdout
    changed = ALERTS.replace("page = true", "page = false").partition("[[heartbeats]]")[0] + "\n"
    assert "~ route critical" in well.says("import", str(_file(well, changed)), "--yes").stdout


def test_a_file_whose_routes_name_what_is_not_there_is_refused(well: Vakt) -> None:
    for before, after, words in (
        ('severity = "P1"', 'severity = "P9"', 'routes.critical.severity is "P9"'),
        ('customer = "acme"', 'customer = "nobody"', "routes.critical.customer names nobody"),
        ('key = "rest"', 'key = "critical"', "critical is there twice"),
        ("db.*", "(a+)+b", "repeats what can fit in several ways"),
        ('every = "1d"', 'every = "sometimes"', "30m"),
    ):
        assert words in well.refuses("import", str(_file(well, ALERTS.replace(before, after, 1))))


def test_a_route_is_tried_with_a_file_before_anything_is_stored(shell: Vakt) -> None:
    """Which route, whose ticket, which class, which deadlines; an alert without a route ends it with 1."""
    alert = shell.folder / "alert.json"
    alert.write_text(json.dumps(delivery("Down", severity="critical", instance="db1")), "utf-8")
    said = shell.says("route", "test", str(alert), "--workspace", str(_file(shell)))
    assert said.returncode == 0, said.stderr
    for words in (
        "Down is wrong",
        "route critical, fires",
        "a ticket of Acme, softone",
        "Priority 1",
        "SO-15",
        "and pages",
    ):
        assert words in said.stdout
    alert.write_text(json.dumps({"dedup_key": "a", "summary": "Odd"}), "utf-8")
    odd = shell.says("route", "test", str(alert), "--workspace", str(_file(shell)))
    assert odd.returncode == 1
    assert "no route takes it; there is critical, rest" in odd.stdout
    alert.write_text("{", "utf-8")
    assert "alert.json" in shell.refuses("route", "test", str(alert), "--workspace", str(_file(shell)))


def test_a_route_is_tried_with_what_is_stored(well: Vakt) -> None:
    well.says("import", str(_file(well)), "--yes")
    alert = well.folder / "alert.json"
    alert.write_text(json.dumps(delivery("Slow", severity="warning")), "utf-8")
    assert "route rest, fires" in well.says("route", "test", str(alert)).stdout


def test_the_doctor_says_where_hooks_are_listened_for(well: Vakt) -> None:
    well.says("hooks", "create", "prometheus")
    assert "nothing listens" in well.says("doctor").stdout.replace("\n", " ")
    well.settings["VAKT_HOOK_PORT"] = "9000"
    assert "port 9000" in well.says("doctor", "--json").stdout
