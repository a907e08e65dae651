/** The middle and the right: the conversation or the app's home, and the thread or the requests. */

import { Composer } from "./composer.js";
import { fill, focusables, h, icon, iconButton } from "./dom.js";
import { homePane } from "./home.js";
import { inspectorPane } from "./inspector.js";
import { MessageList, channelView } from "./messages.js";
import { avatar } from "./avatars.js";
import { inline } from "./mrkdwn.js";
import { appChannel, channelName, current, emit, inOrder, isApp, on, person, repliesOf, store } from "./store.js";

const main = document.getElementById("main");
const sideRoot = document.getElementById("side");
const frame = document.getElementById("frame");
let parts = null;

export function buildPanes() {
  parts = {
    head: h("header.pane-head"),
    tabs: h("div.tabs", { role: "tablist", aria: { label: "App" } }),
    list: new MessageList({ label: "Messages" }),
    composer: new Composer(),
    threadHead: h("header.pane-head"),
    threadList: new MessageList({ label: "Thread", thread: true }),
    threadComposer: new Composer({ thread: true }),
    holder: h("div.pane-body"),
  };
  parts.thread = h("div.pane", parts.threadHead, parts.threadList.root, parts.threadComposer.root);
  parts.channel = [parts.list.root, parts.composer.root];
  main.replaceChildren(h("div.pane", parts.head, parts.tabs, parts.holder));
}

on("sent", ({ thread }) => (thread ? parts.threadList : parts.list).toEnd());

/** The message box of the channel, or of the thread. */
export const composer = (thread = false) => (thread ? parts?.threadComposer : parts?.composer);

export function drawMain({ fresh = false } = {}) {
  const home = store.place.kind === "home";
  const channel = current();
  drawHead(home, channel);
  if (home) return swap([homePane()]);
  if (!channel) return swap([h("p.empty", "Choose a conversation.")]);
  const changed = parts.list.channel !== channel.id || parts.list.of !== store.me;
  parts.list.of = store.me;
  drawIntro(channel);
  parts.composer.show({ channel: channel.id });
  swap(parts.channel);
  parts.list.draw(channel.id, channelView(channel.id), {
    unreadFrom: store.unreadFrom.get(channel.id),
    fresh: fresh || changed,
  });
  return undefined;
}

function swap(nodes) {
  const same =
    parts.holder.childNodes.length === nodes.length && nodes.every((n, i) => parts.holder.childNodes[i] === n);
  if (!same) parts.holder.replaceChildren(...nodes);
}

function drawHead(home, channel) {
  const app = home || (channel?.kind === "im" && isApp(channel.user));
  const signature = JSON.stringify([home, app, channel, store.app]);
  if (parts.head.dataset.signature === signature) return;
  parts.head.dataset.signature = signature;
  fill(parts.head, app ? appTitle() : channel && channelTitle(channel));
  parts.tabs.hidden = !(app && store.app.home_tab);
  if (!parts.tabs.hidden)
    fill(
      parts.tabs,
      tab("Home", home, { app: "home" }),
      tab("Messages", !home, { app: "messages" }, appChannel()?.unread),
    );
}

const appTitle = () =>
  h("div.pane-title", avatar(store.app.bot_user_id, "small"), h("h2", store.app.name), h("span.appmark", "App"));

function channelTitle(channel) {
  const im = channel.kind === "im";
  const mark = im ? avatar(channel.user, "small") : icon(channel.kind === "private" ? "lock" : "hash");
  const about = im ? person(channel.user)?.title : channel.topic;
  return h(
    "div.pane-title",
    mark,
    h("h2", h("bdi", channelName(channel))),
    about && h("span.topic", { title: about }, im ? about : inline(about)),
  );
}

function tab(label, selected, to, unread) {
  const go = () => emit("go", to);
  const keys = (event) => {
    if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    event.preventDefault();
    const other = [...parts.tabs.children].find((t) => t.getAttribute("aria-selected") === "false");
    other?.click();
    requestAnimationFrame(() => parts.tabs.querySelector("[aria-selected=true]")?.focus());
  };
  return h(
    "button.tab",
    {
      type: "button",
      role: "tab",
      tabindex: selected ? "0" : "-1",
      aria: { selected: String(selected) },
      onclick: go,
      onkeydown: keys,
    },
    label,
    unread ? h("span.count", String(unread)) : null,
  );
}

function drawIntro(channel) {
  const im = channel.kind === "im";
  const signature = JSON.stringify(channel);
  if (parts.list.intro.dataset.signature === signature) return;
  parts.list.intro.dataset.signature = signature;
  const title = h(
    "h3",
    im ? channelName(channel) : [icon(channel.kind === "private" ? "lock" : "hash"), channelName(channel)],
  );
  const words = im
    ? isApp(channel.user)
      ? `Here ${store.app.name} writes to you alone. You can write back.`
      : `Only you and ${channelName(channel)} read this.`
    : channel.purpose || "This is the beginning of the channel.";
  fill(parts.list.intro, title, h("p", im ? words : inline(words)));
}

/** The right-hand pane. */
export function drawSide({ freshThread = false } = {}) {
  frame.dataset.side = store.side;
  sideRoot.hidden = store.side === "none";
  if (store.side === "none") return sideRoot.replaceChildren();
  sideRoot.setAttribute("aria-label", store.side === "thread" ? "Thread" : "Requests");
  const pane = store.side === "thread" ? threadPane(freshThread) : inspectorPane();
  if (sideRoot.firstChild !== pane) {
    sideRoot.replaceChildren(pane);
    if (store.side === "thread") parts.threadList.toEnd();
    else if (!document.querySelector("dialog[open]")) pane.querySelector("input")?.focus();
  }
  return undefined;
}

function threadPane(fresh) {
  const { channel, ts } = store.thread;
  const where = store.channels.get(channel);
  fillOnce(parts.threadHead, `${channel}/${ts}`, () => [
    h(
      "div.pane-title",
      h("h2", "Thread"),
      h("span.topic", where?.kind === "im" ? channelName(where) : `#${channelName(where)}`),
    ),
    iconButton("close", "Close thread", () => emit("side", "none")),
  ]);
  parts.threadComposer.show({ channel, thread_ts: ts });
  const parent = store.messages.get(channel)?.get(ts);
  const all = new Map(repliesOf(ts));
  if (parent) all.set(ts, parent);
  parts.threadList.draw(
    channel,
    inOrder(all).filter((m) => !store.dismissed.has(m.ts)),
    { fresh },
  );
  return parts.thread;
}

function fillOnce(element, signature, make) {
  if (element.dataset.signature === signature) return;
  element.dataset.signature = signature;
  fill(element, make());
}

/** F6: from region to region, as in the tool people know. */
export function focusRegion(by) {
  const regions = ["strip", "sidebar", "main", "side"]
    .map((id) => document.getElementById(id))
    .filter((e) => !e.hidden && e.getClientRects().length);
  const at = regions.findIndex((r) => r.contains(document.activeElement));
  const next = regions[(at + by + regions.length) % regions.length];
  const target =
    next === main
      ? next.querySelector("textarea")
      : (next.querySelector(".here") ?? next.querySelector("textarea, input"));
  (target ?? focusables(next)[0])?.focus();
}
