/** Faces and names. */

import { h, icon } from "./dom.js";
import { NOTICE, emit, isApp, person, personName } from "./store.js";

const TONES = 10;

/** A steady tone for a person, so that eyes find the same one again. */
function tone(id) {
  let sum = 0;
  for (const c of String(id)) sum = (sum * 31 + c.codePointAt(0)) % 9973;
  return sum % TONES;
}

const initials = (name) => {
  const parts = name
    .replace(/[^\p{L}\p{N} ]/gu, "")
    .split(/\s+/)
    .filter(Boolean);
  const first = [...(parts[0] ?? "?")][0];
  const last = parts.length > 1 ? [...parts[parts.length - 1]][0] : "";
  return (first + last).toUpperCase();
};

/** A square with initials; the app has its mark, the sandbox its own. */
export function avatar(id, size = "") {
  if (isApp(id) || person(id)?.is_bot)
    return h("span.avatar.app", { class: size, aria: { hidden: "true" } }, icon("shield"));
  if (id === NOTICE) return h("span.avatar.notice", { class: size, aria: { hidden: "true" } }, icon("info"));
  return h(
    "span.avatar",
    { class: `${size} tone-${tone(id ?? "")}`, aria: { hidden: "true" } },
    initials(personName(id)),
  );
}

export const nameButton = (id) =>
  h("button.name", { type: "button", onclick: (event) => emit("who", id, event) }, h("bdi", personName(id)));
