/** The strip on top: that this is a sandbox, who I am, what time it is, and the requests. */

import { moveClock, read } from "./api.js";
import { avatar } from "./avatars.js";
import { clockFace, shortInstant } from "./dates.js";
import { fill, h, icon, iconButton, spinner } from "./dom.js";
import { openList } from "./popover.js";
import { emit, isApp, me, now, personName, store, takeClock } from "./store.js";
import { refused, toast } from "./toasts.js";

const STEPS = [
  { label: "+15 min", step: { by: "15m" } },
  { label: "+1 h", step: { by: "1h" } },
  { label: "Next reminder", icon: "bell", step: { to: "next_reminder" }, needs: "next_reminder" },
  { label: "Next opening", icon: "door", step: { to: "next_opening" }, needs: "next_opening" },
];

let parts = null;
let moving = false;

export function buildStrip(root) {
  parts = {
    face: h("span.clock-face"),
    steps: STEPS.map((s) =>
      h("button.step", { type: "button", onclick: () => jump(s) }, s.icon && icon(s.icon), s.label),
    ),
    who: h("button.switch", {
      type: "button",
      id: "switch",
      aria: { haspopup: "listbox", expanded: "false" },
      onclick: chooseWho,
    }),
    requests: h(
      "button.striptoggle",
      {
        type: "button",
        id: "requests-toggle",
        aria: { pressed: "false", label: "Requests" },
        onclick: () => emit("side", "requests"),
      },
      icon("list"),
      h("span.wide", "Requests"),
    ),
    line: h("span.line-state", { role: "status" }),
  };
  parts.time = h(
    "button.clock-time",
    { type: "button", aria: { expanded: "false", controls: "clock-steps" }, onclick: toggleSteps },
    icon("clock"),
    parts.face,
    h("span.narrow-only", icon("down")),
  );
  parts.clock = h(
    "div.clock",
    { id: "clock", role: "group", aria: { label: "Time in the sandbox" } },
    parts.time,
    h("div.steps", { id: "clock-steps" }, parts.steps),
  );
  fill(
    root,
    iconButton("menu", "Conversations", () => emit("drawer"), {
      class: "drawer-toggle",
      aria: { controls: "sidebar" },
    }),
    h("span.mark", { title: "A workspace on this machine; nothing here leaves it" }, "Sandbox"),
    h("span.promise", "Nothing here leaves this machine"),
    parts.line,
    parts.clock,
    parts.requests,
    parts.who,
  );
  setInterval(drawClock, 1000);
  document.addEventListener("pointerdown", (e) => parts.clock.contains(e.target) || openSteps(false));
  parts.clock.addEventListener("keydown", (e) => e.key === "Escape" && openSteps(false) && parts.time.focus());
}

function toggleSteps() {
  openSteps(!parts.clock.classList.contains("open"));
}

function openSteps(on) {
  const was = parts.clock.classList.contains("open");
  parts.clock.classList.toggle("open", on);
  parts.time.setAttribute("aria-expanded", String(on));
  return was;
}

export function drawStrip() {
  const person = me();
  fill(
    parts.who,
    avatar(store.me, "small"),
    h(
      "span.switch-words",
      h("span.switch-name", h("bdi", personName(store.me))),
      h("span.switch-title", person?.title || "Member"),
    ),
    icon("down"),
  );
  parts.who.setAttribute(
    "aria-label",
    `You are ${personName(store.me)}${person?.title ? `, ${person.title}` : ""}. Switch person`,
  );
  parts.requests.setAttribute("aria-pressed", String(store.side === "requests"));
  drawClock();
}

export function drawClock() {
  if (!parts) return;
  const face = clockFace(now());
  const key = `${face.date} ${face.time} ${moving} ${JSON.stringify(store.clock)}`;
  if (parts.face.dataset.key === key) return;
  parts.face.dataset.key = key;
  fill(parts.face, moving ? spinner() : null, h("span.clock-date", face.date), " ", h("strong.clock-hour", face.time));
  parts.time.title = `${face.full}, as ${personName(store.me)} reads it`;
  parts.time.setAttribute("aria-label", `Time in the sandbox: ${face.full}`);
  STEPS.forEach((s, i) => drawStep(s, parts.steps[i]));
}

function drawStep(s, button) {
  const due = s.needs && store.clock[s.needs];
  const missing = s.needs && !due;
  button.disabled = moving;
  button.setAttribute("aria-disabled", String(Boolean(missing) || moving));
  button.hidden = Boolean(s.needs) && !store.clock.hook;
  button.title = due
    ? `${s.label}: ${shortInstant(Date.parse(due))}`
    : missing
      ? `${s.label}: none is due`
      : `Move time ${s.label}`;
}

/** Ask again what is next: a ticket opened or answered changes it. */
export async function readClock() {
  if (!store.clock.hook || moving) return;
  const state = await read("state");
  if (!state.clock || moving) return;
  takeClock(state.clock);
  drawClock();
}

let asked = 0;
/** The same, once what is happening has happened. */
export function readClockSoon() {
  clearTimeout(asked);
  asked = setTimeout(readClock, 300);
}

async function jump(s) {
  if (moving) return;
  if (s.needs && !store.clock[s.needs]) await readClock();
  if (s.needs && !store.clock[s.needs]) {
    toast(
      s.needs === "next_reminder"
        ? "No reminder is due: nothing is waiting on a clock."
        : "The app knows of no next opening.",
    );
    return;
  }
  moving = true;
  parts.clock.setAttribute("aria-busy", "true");
  drawClock();
  const answer = await moveClock(s.step);
  moving = false;
  parts.clock.removeAttribute("aria-busy");
  if (refused(answer).ok !== false) takeClock(answer.clock ?? (answer.now ? answer : null));
  openSteps(false);
  drawClock();
  emit("clock");
}

function chooseWho() {
  const people = [...store.people.values()].filter((p) => !p.is_bot && !isApp(p.id));
  const options = people.map((p) => ({
    key: p.id,
    label: personName(p.id),
    detail: [p.title, p.tz].filter(Boolean).join(" · "),
    node: h("span.who-row", avatar(p.id, "small"), h("bdi", personName(p.id))),
  }));
  openList(parts.who, {
    groups: [{ label: "Be somebody else", options }],
    picked: new Set([store.me]),
    label: "people",
    placeholder: "Find a person",
    filter: true,
    align: "end",
    onpick: (o) => emit("become", o.key),
  });
}

/** Say in the strip that the line to the server is lost, or nothing. */
export function lineState(state) {
  if (!parts) return;
  fill(parts.line, state === "lost" ? [spinner(), "Reconnecting…"] : null);
}
