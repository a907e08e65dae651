/** Three hints on the first visit, to the first thing worth doing; then never again. */

import { fill, h, iconButton } from "./dom.js";
import { me, on, personName, store } from "./store.js";

const KEY = "sandbox-hints-done";
let at = 0;
let box = null;
let composer = null;

const command = () => store.commands[0]?.command ?? "/";

const HINTS = [
  {
    anchor: "#switch",
    title: "Choose who you are",
    words: () =>
      `You are ${personName(me()?.id)}${me()?.title ? `, ${me().title}` : ""}. Begin as somebody who needs help; you can change seats at any time.`,
    next: "Next",
  },
  {
    anchor: ".main .composer",
    title: "Ask for something",
    words: () => `Type ${command()} and press Enter. ${store.app.name} answers as it would in a real workspace.`,
    next: () => `Type ${command()} for me`,
    act: () => composer?.put(command() === "/" ? "/" : `${command()} `),
  },
  {
    anchor: "#clock",
    title: "Move the time",
    words: () =>
      "Then take an agent's seat, and let the time run: the reminders, warnings and breaches come as they would.",
    next: "Done",
  },
];

const seen = () => {
  try {
    return localStorage.getItem(KEY) === "yes";
  } catch {
    return true;
  }
};

/** Begin, unless this browser has seen them. */
export function startHints(mainComposer) {
  composer = mainComposer;
  if (seen()) return;
  box = h("aside.hint", { role: "complementary", aria: { label: "First steps" } });
  document.body.append(box);
  show();
  addEventListener("resize", place);
  on("sent", ({ text }) => box && at === 1 && text.startsWith("/") && go(2));
  on("became", () => box && (at === 0 ? go(1) : show()));
}

/** Place the hint again after the page was laid out anew. */
export const placeHint = () => box && requestAnimationFrame(place);

function go(step) {
  at = step;
  if (at >= HINTS.length) finish();
  else show();
}

function finish() {
  try {
    localStorage.setItem(KEY, "yes");
  } catch {
    // a browser that keeps nothing shows the hints again; so be it
  }
  document.querySelector(".hinted")?.classList.remove("hinted");
  box?.remove();
  box = null;
  removeEventListener("resize", place);
  composer?.focus();
}

function show() {
  const hint = HINTS[at];
  box.classList.remove("quiet");
  const next = typeof hint.next === "function" ? hint.next() : hint.next;
  fill(
    box,
    h("div.hint-arrow"),
    h(
      "div.hint-head",
      h("span.hint-number", { aria: { label: `Hint ${at + 1} of ${HINTS.length}` } }, String(at + 1)),
      h("strong", hint.title),
      iconButton("close", "Close the hints for good", finish),
    ),
    h("p", hint.words()),
    h(
      "div.hint-foot",
      h(
        "span.hint-dots",
        { aria: { hidden: "true" } },
        HINTS.map((_, i) => h("i", { class: i === at ? "on" : "" })),
      ),
      at < HINTS.length - 1 && h("button.linkish", { type: "button", onclick: finish }, "Skip"),
      h("button.button.small.primary", { type: "button", onclick: forward }, next),
    ),
  );
  place();
}

function forward() {
  const { act } = HINTS[at];
  if (act) {
    act();
    box.classList.add("quiet");
    return;
  }
  go(at + 1);
}

function place() {
  if (!box) return;
  document.querySelector(".hinted")?.classList.remove("hinted");
  const anchor = document.querySelector(HINTS[at].anchor);
  if (!anchor) return;
  anchor.classList.add("hinted");
  const a = anchor.getBoundingClientRect();
  const b = box.getBoundingClientRect();
  const under = a.bottom + b.height + 20 < innerHeight;
  const left = Math.max(12, Math.min(a.left + a.width / 2 - b.width / 2, innerWidth - b.width - 12));
  box.classList.toggle("above", !under);
  box.style.left = `${left}px`;
  box.style.top = `${under ? a.bottom + 12 : a.top - b.height - 12}px`;
  const tip = Math.max(20, Math.min(a.left + a.width / 2 - left, b.width - 20));
  box.firstChild.style.left = `${tip}px`;
}
