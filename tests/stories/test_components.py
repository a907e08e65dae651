"""Components of a service: offered where there are any, named in what is told; who is told goes by the service."""

import pytest

from handlers.views.names import Field
from models.maintenance import maintenance_by_number
from models.outage import outage_by_number
from tests.stories.conftest import TEAM, House, oslo
from tests.stories.scenes import forget
from tests.stories.test_maintenance import filled, planned, settled


def test_an_outage_of_one_component_names_it_everywhere_and_counts_by_the_service(house: House) -> None:
    ola = house.person("ola")
    ola.types("/outage Cases cannot be opened", in_="#desk")
    modal = ola.modal()
    modal.choose("Services", "Customer portal")
    modal.choose("Only these components", "Customer portal: Cases")
    modal.submit()
    preview = ola.modal()
    assert "Customer portal (Cases)" in preview.text
    assert "3 channels" in preview.text, "who is told goes by the service"
    assert not preview.submit().errors
    card = house.slack.expects("O-1 · Cases cannot be opened", in_="#desk", thread=None)
    assert "Customer portal (Cases)" in card.words
    told = house.slack.expects("Cases cannot be opened", in_="#bykommune", thread=None)
    assert "Customer portal (Cases)" in told.words
    with house.vakt.database.reading() as session:
        outage = outage_by_number(session, TEAM, 1)
        assert outage is not None
        assert (outage.services, outage.components) == (["portal"], {"portal": ["Cases"]})
    shown = house.person("ola").types("/outage list", in_="#desk").words
    assert "Customer portal (Cases)" in shown
    forget(house)


@pytest.mark.parametrize("wiring", ["socket-sqlite"])
def test_a_component_of_a_service_that_is_not_chosen_is_refused_and_all_of_them_are_the_service(house: House) -> None:
    ola = house.person("ola")
    ola.types("/outage Cases cannot be opened", in_="#desk")
    modal = ola.modal()
    modal.choose("Services", "App")
    modal.choose("Only these components", "Customer portal: Cases")
    assert "not chosen" in modal.submit().errors[Field.COMPONENTS]
    modal.choose("Services", "Customer portal")
    modal.choose("Only these components", "Customer portal: Cases", "Customer portal: Signing in")
    modal.submit()
    assert "Customer portal (" not in ola.modal().text
    forget(house)


def test_maintenance_of_a_component_names_it_on_the_card_and_to_those_who_are_told(house: House) -> None:
    modal = filled(house, "2026-12-12 20:00", "2026-12-12 20:30", away=False, kind="Minor upgrade")
    modal.choose("Who approves it", house.person("sara"))
    modal.choose("Only these components", "Customer portal: Signing in")
    settled(house)
    planned(house, modal)
    house.settles()
    card = house.slack.expects("M-1", in_="#desk", thread=None)
    assert "Customer portal (Signing in)" in card.words
    with house.vakt.database.reading() as session:
        work = maintenance_by_number(session, TEAM, 1)
        assert work is not None
        assert work.components == {"portal": ["Signing in"]}
    sara = house.person("sara")
    sara.clicks("Godkänn", on=house.slack.expects("M-1", to=sara))
    house.settles()
    forget(house)
    house.moves_to(oslo("2026-12-05 20:00"))
    house.settles()
    told = house.slack.expects("Portal upgrade", in_="#bykommune", thread=None)
    assert "Customer portal (Signing in)" in told.words
    forget(house)
