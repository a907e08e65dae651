/** The page's beginning: read the state, draw, hear what happens, go where it is told. */

import { act, listen, read } from "./api.js";
import { showWho } from "./card.js";
import { h } from "./dom.js";
import { heard } from "./events.js";
import { placeHint, startHints } from "./hints.js";
import { openHome } from "./home.js";
import { takeRequests } from "./inspector.js";
import { openJump } from "./jumpto.js";
import { showStack } from "./modals.js";
import { buildPanes, composer, drawMain, drawSide, focusRegion } from "./panes.js";
import { closePopover } from "./popover.js";
import { drawSidebar, writeTo } from "./sidebar.js";
import {
  appChannel,
  channelName,
  current,
  emit,
  inOrder,
  isReply,
  messagesOf,
  on,
  repliesOf,
  store,
  takeState,
} from "./store.js";
import { buildStrip, drawStrip, lineState, readClockSoon } from "./strip.js";
import { refused, toast } from "./toasts.js";

const sidebar = document.getElementById("sidebar");
const frame = document.getElementById("frame");
const scrim = document.getElementById("scrim");

/** Remember who and where, so that a reload and a second tab stay where they are. */
function remember() {
  const where = store.place.kind === "home" ? "home" : (store.place.channel ?? "");
  history.replaceState(null, "", `#as=${store.me}&at=${where}`);
}

const remembered = () => new URLSearchParams(location.hash.slice(1));

async function begin(as, at) {
  store.me = as ?? "";
  const state = await read("state");
  if (state.ok === false) return failed(state, as);
  takeState(state);
  store.messages.clear();
  store.replies.clear();
  store.dismissed.clear();
  store.unreadThreads = new Set();
  store.thread = null;
  store.home = null;
  showStack([]);
  if (store.side === "thread") store.side = "none";
  listen(hear, lineChanged);
  const asked = await read("requests");
  takeRequests(asked.requests ?? (Array.isArray(asked) ? asked : []));
  drawStrip();
  await go(startPlace(at));
  return true;
}

function failed(state, as) {
  if (as) return begin(undefined, null); // the person of the address is gone: whoever the sandbox offers
  document
    .getElementById("main")
    .replaceChildren(h("p.boot", `The sandbox does not answer: ${state.error}. Reload to try again.`));
  return false;
}

function startPlace(at) {
  if (at === "home") return { app: "home" };
  if (at && store.channels.has(at)) return { channel: at };
  const mine = [...store.channels.values()]
    .filter((c) => c.kind !== "im" && c.member)
    .sort((a, b) => channelName(a).localeCompare(channelName(b)));
  const first = mine.find((c) => c.unread > 0) ?? mine.find((c) => c.name !== "general") ?? mine[0];
  return first ? { channel: first.id } : { app: "home" };
}

/** Go to `{channel}` or `{app: "home" | "messages"}`. */
async function go(to) {
  closePopover({ keepFocus: true });
  drawer(false);
  if (to.app === "home" && store.app.home_tab) {
    store.place = { kind: "home" };
    if (store.side === "thread") side("none");
    remember();
    drawAll();
    return openHome();
  }
  if (to.app) return goToApp();
  return goToChannel(to.channel, to.ts);
}

async function goToApp() {
  const known = appChannel();
  if (known) return goToChannel(known.id);
  return writeTo(store.app.bot_user_id);
}

async function goToChannel(id) {
  const channel = store.channels.get(id);
  if (!channel) return;
  const fresh = current()?.id !== id || !store.messages.has(id);
  store.place = { kind: "channel", channel: id };
  store.editing = null;
  if (store.thread && store.thread.channel !== id) {
    store.thread = null;
    if (store.side === "thread") store.side = "none";
  }
  remember();
  const unread = channel.unread ?? 0;
  await load(id);
  if (current()?.id !== id) return;
  if (fresh) markUnread(id, unread);
  markRead(id);
  drawAll({ fresh });
  if (!document.querySelector("dialog[open]") && innerWidth > 760) composer().focus();
}

async function load(id) {
  const answer = refused(await read("messages", { channel: id }));
  const known = messagesOf(id);
  const own = inOrder(known).filter((m) => m.notice);
  known.clear();
  for (const m of [...own, ...(answer.messages ?? [])]) known.set(m.ts, m);
}

function markUnread(id, unread) {
  const others = inOrder(messagesOf(id)).filter((m) => !isReply(m) && !m.ephemeral);
  const first = unread > 0 ? others[Math.max(0, others.length - unread)] : null;
  if (first && first.user !== store.me) store.unreadFrom.set(id, first.ts);
  else store.unreadFrom.delete(id);
}

function markRead(id) {
  const channel = store.channels.get(id);
  if (channel.unread || channel.mentions) act("read", { channel: id });
  Object.assign(channel, { unread: 0, mentions: 0, threads: false });
}

async function openThread({ channel, ts }) {
  if (current()?.id !== channel) await goToChannel(channel);
  store.thread = { channel, ts };
  store.unreadThreads.delete(ts);
  side("thread");
  const answer = refused(await read("messages", { channel, thread: ts }));
  repliesOf(ts).clear();
  for (const m of answer.messages ?? []) repliesOf(ts).set(m.ts, m);
  drawAll({ freshThread: true });
  composer(true)?.focus();
}

/** Show "thread", "requests" or "none" at the right; the same twice hides it. */
function side(which) {
  const same = which === "requests" && store.side === "requests";
  store.side = same ? "none" : which;
  if (store.side === "none" && which === "none") store.thread = null;
  drawAll();
}

function drawAll(how = {}) {
  drawStrip();
  drawSidebar(sidebar);
  drawMain(how);
  drawSide(how);
  const unread = [...store.channels.values()].reduce((n, c) => n + (c.unread ? 1 : 0), 0);
  const name = store.place.kind === "home" ? store.app.name : channelName(current());
  document.title = `${unread ? `(${unread}) ` : ""}${name} · Sandbox`;
  placeHint();
}

let drawing = 0;
const drawSoon = () => {
  if (drawing) return;
  drawing = requestAnimationFrame(() => {
    drawing = 0;
    drawAll();
  });
};

const SETS_CLOCKS = new Set(["message", "message_changed", "home"]);

function hear(event) {
  heard(event);
  if (SETS_CLOCKS.has(event.type)) readClockSoon();
}

let lost = false;
function lineChanged(state) {
  lineState(state);
  if (state === "open" && lost) refresh().then(() => toast("Connected again."));
  lost = state === "lost";
}

/** Read again what may have changed: after a lost line, or when a channel came or went. */
async function refresh() {
  const state = await read("state");
  if (state.ok === false) return;
  takeState(state);
  if (current()) {
    await load(current().id);
    markRead(current().id);
  }
  drawAll();
}

function drawer(open) {
  frame.classList.toggle("drawer", open);
  scrim.hidden = !open;
  if (open) sidebar.querySelector(".row.here, .row")?.focus();
}

async function become(id) {
  if (id === store.me) return;
  await begin(id, current()?.id);
  emit("became", id);
  toast(`You are ${store.people.get(id)?.real_name ?? id} now.`);
}

function keys(event) {
  const command = event.ctrlKey || event.metaKey;
  if (command && event.key.toLowerCase() === "k" && !document.querySelector("dialog[open]")) openJump();
  else if (event.key === "F6") focusRegion(event.shiftKey ? -1 : 1);
  else if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown"))
    step(event.key === "ArrowUp" ? -1 : 1);
  else if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog[open]")) escape();
  else return;
  event.preventDefault();
}

function escape() {
  if (frame.classList.contains("drawer")) {
    drawer(false);
    document.querySelector(".drawer-toggle").focus();
  } else if (store.side !== "none") {
    side("none");
    composer()?.focus();
  }
}

function step(by) {
  const rows = [...sidebar.querySelectorAll(".row")];
  const at = rows.findIndex((r) => r.classList.contains("here"));
  rows[(at + by + rows.length) % rows.length]?.click();
}

on("go", go);
on("thread", openThread);
on("side", (which) => side(which));
on("drawer", () => drawer(!frame.classList.contains("drawer")));
on("become", become);
on("who", showWho);
on("jumpto", openJump);
on("home", drawSoon);
on("messages", drawSoon);
on("clock", drawSoon);
on("read", markRead);
on("channels", drawSoon);
on("requests", () => store.side === "requests" && drawSoon());
on("dismiss", ({ ts }) => {
  store.dismissed.add(ts);
  drawAll();
  composer()?.focus();
});
on("reload", refresh);
scrim.addEventListener("click", () => drawer(false));
document.addEventListener("keydown", keys);

buildStrip(document.getElementById("strip"));
buildPanes();
const here = remembered();
if (await begin(new URLSearchParams(location.search).get("as") ?? here.get("as") ?? undefined, here.get("at")))
  startHints(composer());
document.documentElement.dataset.ready = "yes";
