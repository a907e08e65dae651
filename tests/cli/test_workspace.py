"""`vakt import`, `vakt export`, `vakt db`: the difference first, and nothing twice."""

import json
import re
from pathlib import Path

import pytest

from bot.contracts import read_contracts
from bot.demo import WORKSPACE
from bot.workspace.file import WorkspaceError, read
from tests.cli.conftest import Vakt

NOTHING = "Nothing to change."


def _steps(step: str) -> str:
    return f'[[escalations]]\nkey = "night"\nsteps = [{step}]\n\n[[desks]]'


EVERY_KIND_OF_STEP = "write one of role, rota, person, channel, group, mail and webhook"

ESCALATIONS = (
    ("[[desks]]", _steps('{ role = "on_call", person = "ola" }'), EVERY_KIND_OF_STEP),
    ("[[desks]]", _steps("{ wait = 5 }"), EVERY_KIND_OF_STEP),
    ("[[desks]]", _steps('{ role = "owner" }'), "role is owner, which is a ticket's"),
    ("[[desks]]", _steps('{ rota = "drift" }'), "escalations.night.steps.1.rota names drift"),
    ("[[desks]]", _steps('{ person = "nobody" }'), "escalations.night.steps.1.person names nobody"),
    ("[[desks]]", _steps('{ person = "anna" }'), "escalations.night.steps.1.person is anna, who works at no desk"),
    ("[[desks]]", _steps('{ role = "manager", wait = 0 }'), "escalations.0.steps.0.wait"),
    ("[[desks]]", _steps(""), "escalations.0.steps"),
    ("[[desks]]", _steps('{ role = "manager", hours_of = "pindena/tea" }'), "there is no calendar pindena/tea"),
    ('key = "servicedesk"', 'key = "servicedesk"\nescalation = "night"', "desks.servicedesk.escalation names night"),
)
"""What is wrong with escalations, where, and what is said of it."""


def test_importing_shows_the_difference_first_and_changes_nothing(shell: Vakt) -> None:
    first, second = shell.says("import", WORKSPACE), shell.says("import", WORKSPACE, "--json")
    assert first.returncode == 0, first.stderr
    assert "+ customer acme: softone since 2026-01-01" in first.stdout
    assert "Nothing was changed. With --yes these" in first.stdout
    rows = [json.loads(line) for line in second.stdout.splitlines()]
    assert {"sign": "+", "what": "customer acme"} in rows


def test_importing_twice_changes_nothing_the_second_time(shell: Vakt) -> None:
    assert "Changed: " in shell.says("import", WORKSPACE, "--yes").stdout
    assert shell.says("import", WORKSPACE, "--yes").stdout.strip() == NOTHING


def test_what_is_exported_changes_nothing_when_it_is_imported(well: Vakt) -> None:
    well.settings.clear()  # the workspace is known by now: no token is needed
    assert well.says("export", "out.toml").returncode == 0
    assert well.says("import", "out.toml", "--yes").stdout.strip() == NOTHING


def test_how_reports_go_out_and_the_components_of_a_service_survive_an_export(well: Vakt) -> None:
    text = WORKSPACE.read_text("utf-8")
    says = '[desks.report]\nhour = 10\ncustomers = true\n\n[[desks.products]]\nkey = "go"'
    changed = text.replace('[[desks.products]]\nkey = "go"', says, 1)
    (well.folder / "workspace.toml").write_text(changed, "utf-8")
    assert well.says("import", "workspace.toml", "--yes").stdout.splitlines()[0] == "~ desk servicedesk: report"
    assert well.says("export", "out.toml").returncode == 0
    kept = read(well.folder / "out.toml", read_contracts(None))
    assert kept.desks[0].report is not None
    assert (kept.desks[0].report.hour, kept.desks[0].report.customers, kept.desks[0].report.off) == (10, True, False)
    assert {each.key: each.components for each in kept.services or ()}["portal"] == ["Signing in", "Cases"]
    assert well.says("import", "out.toml", "--yes").stdout.strip() == NOTHING
    wrong = changed.replace("hour = 10", "hour = 24")
    (well.folder / "workspace.toml").write_text(wrong, "utf-8")
    assert "desks.0.report.hour" in well.refuses("import", "workspace.toml")


def test_a_change_is_named_line_by_line(well: Vakt) -> None:
    changed = WORKSPACE.read_text("utf-8").replace('name = "Acme"', 'name = "Acme AB"')
    (well.folder / "workspace.toml").write_text(changed, "utf-8")
    assert well.says("import", "workspace.toml").stdout.splitlines()[0] == "~ customer acme: name"


@pytest.mark.clause("SO-02")
def test_a_product_has_its_specialist_from_the_file_and_one_that_the_file_forgets_is_kept(well: Vakt) -> None:
    text = WORKSPACE.read_text("utf-8")
    changed = text.replace('name = "Payroll"\nspecialist = "ingrid"', 'name = "Pay"\nspecialist = "ola"')
    forgotten = '\n[[desks.products]]\nkey = "web-portal"\nname = "Web portal"\n'
    changed = changed.replace(forgotten, "").replace(', "web-portal"]', "]")
    (well.folder / "workspace.toml").write_text(changed, "utf-8")
    assert well.says("import", "workspace.toml", "--yes").stdout.splitlines() == [
        "~ desk servicedesk: product payroll: name, specialist_id",
        "= desk servicedesk: product web-portal is not in the file and is kept",
        "~ customer acme: products",
        "Changed: 2.",
    ]
    exported = well.says("export").stdout
    assert 'key = "payroll"\nname = "Pay"\nspecialist = "ola"' in exported


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('specialist = "ola"', 'specialist = "anna"', "desks.servicedesk.products.go.specialist is anna"),
        ('specialist = "ola"', 'specialist = "nobody"', "desks.servicedesk.products.go.specialist is nobody"),
        ('key = "payroll"', 'key = "go"', "desks.servicedesk.products: go is there twice"),
        ('products = ["go"', 'products = ["gone"', "customers.acme.products names gone"),
        ('desk = "servicedesk"', 'desk = "nowhere"', "customers.acme.desk names nowhere"),
        ('contract = "softone"', 'contract = "softtwo"', 'customers.acme.contract is "softtwo"; there is'),
        ('slack = "U0OLA"', 'slack = "ola"', "people.1.slack"),
        ("[[desks]]", "[[desks", "workspace.toml: "),
        *ESCALATIONS,
    ],
)
def test_a_file_that_cannot_be_used_is_explained(tmp_path: Path, before: str, after: str, words: str) -> None:
    path = tmp_path / "workspace.toml"
    path.write_text(WORKSPACE.read_text("utf-8").replace(before, after, 1), "utf-8")
    with pytest.raises(WorkspaceError, match=re.escape(words)):
        read(path, read_contracts(None))


def test_a_file_that_is_not_there_is_named(vakt: Vakt) -> None:
    assert vakt.refuses("import", "nowhere.toml") == "nowhere.toml cannot be read: No such file or directory\n"


def test_without_a_token_and_without_a_known_workspace_the_token_is_asked_for(vakt: Vakt) -> None:
    said = vakt.refuses("export")
    assert said.startswith("sqlite:///vakt.db knows no workspace yet. ")
    assert "SLACK_BOT_TOKEN is not set" in said


def test_the_schema_is_brought_up_once(vakt: Vakt) -> None:
    first, second = vakt.says("db", "upgrade"), vakt.says("db", "upgrade")
    assert "is now at revision" in first.stdout
    assert "was already at revision" in second.stdout


OWN = 'key = "servicedesk"\ntexts.{what} = {{ {language} = "{text}" }}'


@pytest.mark.parametrize(
    ("what", "language", "text", "said"),
    [
        ("outage", "nb", "Stans: {titel}", "{titel} is no place; there is {name}, {title}"),
        ("outage", "nb", "Stans: {title!r}", "{title} is no place"),
        ("outage", "nb", "Stans: {", "its braces do not match"),
        ("outage", "nb", "<!channel> {title}", "would make mentions and links"),
        ("outage", "nb", "{title}: {text}", "desks.servicedesk.texts.outage.nb has {text}"),
        ("outage_update", "sv", "Nytt om {title}", "desks.servicedesk.texts.outage_update.sv has no {text}"),
        ("outage", "fi", "Katko: {title}", "texts.outage.fi"),
        ("outages", "nb", "Stans: {title}", "texts.outages"),
    ],
)
def test_a_desks_own_text_that_cannot_be_filled_in_is_refused_with_its_key(
    well: Vakt, what: str, language: str, text: str, said: str
) -> None:
    own = OWN.format(what=what, language=language, text=text)
    (well.folder / "workspace.toml").write_text(
        WORKSPACE.read_text("utf-8").replace('key = "servicedesk"', own, 1), "utf-8"
    )
    assert said in well.refuses("import", "workspace.toml")


def test_a_desks_own_texts_are_stored_and_exported(well: Vakt) -> None:
    own = OWN.format(what="outage", language="nb", text="Stans: {title}")
    changed = WORKSPACE.read_text("utf-8").replace('key = "servicedesk"', own, 1)
    (well.folder / "workspace.toml").write_text(changed, "utf-8")
    assert "~ desk servicedesk: texts" in well.says("import", "workspace.toml", "--yes").stdout
    assert well.says("export", "out.toml").returncode == 0
    assert "Stans: {title}" in (well.folder / "out.toml").read_text("utf-8")
    assert well.says("import", "out.toml", "--yes").stdout.strip() == NOTHING
