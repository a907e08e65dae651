"""How the page looks: narrow, by day and by night, and with nothing from outside."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from slack_sdk import WebClient

from sandbox import Sandbox
from tests.page.conftest import NARROW, Enter
from tests.page.gallery import RICH, SHOWCASE

PAGE = Path(__file__).parents[2] / "sandbox" / "page"
pytestmark = pytest.mark.browser


def test_400_pixels_are_enough(slack: Sandbox, client: WebClient, enter: Enter) -> None:
    client.chat_postMessage(channel=slack.channel("acme").id, text="a card", blocks=[*SHOWCASE, *RICH])
    page = enter("ola", at="desk", viewport=NARROW)
    expect(page.get_by_role("button", name="acme")).to_be_hidden()
    page.get_by_role("button", name="Conversations").click()
    page.get_by_role("button", name="acme").click()
    expect(page.locator(".main .msg").first).to_be_visible()
    expect(page.locator("#sidebar")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") == 400
    assert page.locator(".main .scroller").evaluate("e => e.scrollWidth <= e.clientWidth")
    page.get_by_role("button", name="Time in the sandbox").click()
    page.get_by_role("button", name="+15 min").click()
    expect(page.locator(".clock-face")).to_contain_text("08:55")
    page.get_by_role("button", name="Requests").click()
    expect(page.get_by_role("heading", name="Requests")).to_be_in_viewport()
    page.get_by_role("button", name="Close requests").click()
    page.locator("#composer").fill("/form")
    page.keyboard.press("Enter")
    dialog = page.locator("dialog.modal[open]")
    expect(dialog.get_by_role("button", name="Open")).to_be_in_viewport()
    assert dialog.evaluate("d => d.getBoundingClientRect().width") == 400


CONTRAST = """() => {
    const pen = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const rgba = (colour) => {
        pen.clearRect(0, 0, 1, 1);
        pen.fillStyle = colour;
        pen.fillRect(0, 0, 1, 1);
        const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
        return [r, g, b, a / 255];
    };
    const over = ([r, g, b, a], [x, y, z]) => [r * a + x * (1 - a), g * a + y * (1 - a), b * a + z * (1 - a), 1];
    const ground = (e) => {
        const chain = [];
        for (let at = e; at; at = at.parentElement) chain.unshift(rgba(getComputedStyle(at).backgroundColor));
        return chain.reduce((below, colour) => over(colour, below), [255, 255, 255, 1]);
    };
    const light = (c) => { const v = c / 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
    const luminance = ([r, g, b]) => 0.2126 * light(r) + 0.7152 * light(g) + 0.0722 * light(b);
    const poor = [];
    for (const e of document.querySelectorAll('body *')) {
        const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
        const style = getComputedStyle(e);
        const unseen = !e.getClientRects().length || style.visibility === 'hidden' || style.opacity === '0';
        if (!own || unseen || e.closest('.unseen, .skip, :disabled')) continue;
        const back = ground(e);
        const [a, b] = [luminance(over(rgba(style.color), back)), luminance(back)].sort((x, y) => y - x);
        const ratio = (a + 0.05) / (b + 0.05);
        if (ratio < 4.5) poor.push(`${e.className || e.tagName} "${e.textContent.slice(0, 30)}" ${ratio.toFixed(2)}`);
    }
    return poor;
}"""


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_word_can_be_read_by_day_and_by_night(
    slack: Sandbox, client: WebClient, enter: Enter, dark: bool
) -> None:
    kari, acme = slack.person("kari").id, slack.channel("acme").id
    parent = client.chat_postMessage(channel=acme, text="a card", blocks=[*SHOWCASE, *RICH])
    client.chat_postMessage(channel=acme, text=f"<@{kari}> please", thread_ts=parent["ts"])
    client.chat_postEphemeral(channel=acme, user=kari, text=f"only <@{kari}>")
    page = enter("kari", dark=dark)
    expect(page.locator("body")).to_have_css("background-color", "rgb(22, 27, 31)" if dark else "rgb(255, 255, 255)")
    assert page.evaluate(CONTRAST) == []
    page.locator(".threadline").click()
    expect(page.locator("#side .msg")).to_have_count(2)
    assert page.evaluate(CONTRAST) == []
    page.get_by_role("button", name="Requests").click()
    page.locator(".request-head").first.click()
    page.locator("#composer").fill("/")
    assert page.evaluate(CONTRAST) == []
    page.locator("#composer").fill("/form")
    page.keyboard.press("Enter")
    expect(page.locator("dialog.modal[open]")).to_be_visible()
    page.get_by_role("button", name="Open", exact=True).click()
    expect(page.locator("dialog .error:visible").first).to_be_visible()
    assert page.evaluate(CONTRAST) == []


def test_the_page_asks_nobody_but_the_sandbox(slack: Sandbox, client: WebClient, enter: Enter) -> None:
    client.chat_postMessage(channel=slack.channel("acme").id, text="a card", blocks=RICH)
    page = enter("kari")
    asked = page.evaluate("performance.getEntriesByType('resource').map((e) => new URL(e.name).origin)")
    assert set(asked) == {slack.url}


def test_the_page_asks_for_all_its_parts_at_once() -> None:
    named = set(re.findall(r'href="/page/([\w.]+)"|src="/page/([\w.]+)"', (PAGE / "index.html").read_text()))
    assert {one or other for one, other in named} == {file.name for file in PAGE.iterdir()} - {"index.html"}


def test_the_page_is_one_that_runs_nothing_written_into_it(slack: Sandbox, enter: Enter) -> None:
    page = enter("kari")
    policy = page.evaluate("fetch('/').then((r) => r.headers.get('content-security-policy'))")
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
