/** The few DOM words everything else is written in. Data enters the page as text nodes and attributes only. */

const SVG = "http://www.w3.org/2000/svg";
let serial = 0;

/** A fresh id, for label/for and aria references. */
export const uid = (prefix = "x") => `${prefix}-${(serial += 1)}`;

/**
 * Build an element: `h("button.primary", {type: "button", onclick: fn, aria: {label: "Send"}}, "Send")`.
 * Children may be nodes, strings, arrays, null or false; a string always becomes a text node.
 */
export function h(spec, props, ...children) {
  const [tag, ...classes] = spec.split(".");
  const element = document.createElement(tag || "div");
  if (classes.length) element.className = classes.join(" ");
  if (props instanceof Node || typeof props === "string" || Array.isArray(props)) children.unshift(props);
  else if (props) assign(element, props);
  append(element, children);
  return element;
}

function assign(element, props) {
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (key === "class") element.className = `${element.className} ${value}`.trim();
    else if (key === "data") Object.assign(element.dataset, value);
    else if (key === "aria") for (const [k, v] of Object.entries(value)) setAria(element, k, v);
    else if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else element.setAttribute(key, String(value));
  }
}

export function setAria(element, name, value) {
  if (value === undefined || value === null) element.removeAttribute(`aria-${name}`);
  else element.setAttribute(`aria-${name}`, String(value));
}

export function append(element, children) {
  for (const child of [children].flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return element;
}

export const fill = (element, ...children) => {
  element.replaceChildren();
  return append(element, children);
};

const PATHS = {
  hash: "M6.5 2.5 5 13.5M11 2.5 9.5 13.5M3 6h10.5M2.5 10H13",
  lock: "M4 7.5h8v6H4zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5",
  plus: "M8 3v10M3 8h10",
  close: "m4 4 8 8M12 4l-8 8",
  down: "m4 6 4 4 4-4",
  right: "m6 4 4 4-4 4",
  left: "m10 4-4 4 4 4",
  menu: "M2.5 4.5h11M2.5 8h11M2.5 11.5h11",
  send: "M2.5 8h6M2.5 2.5l11.5 5.5-11.5 5.5L4 8z",
  bolt: "M9 1.5 3.5 9H8l-1 5.5L12.5 7H8z",
  clock: "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8zM8 4.5V8l2.5 1.5",
  bell: "M4 11.5V7a4 4 0 0 1 8 0v4.5zM2.5 11.5h11M6.5 13.8h3",
  door: "M4 14V2.5h8V14M2 14h12M9.5 8.5v.1",
  list: "M2.5 4h.1M2.5 8h.1M2.5 12h.1M5.5 4h8M5.5 8h8M5.5 12h8",
  reply: "M13.5 9.5a2 2 0 0 1-2 2H7l-3.5 2.5v-2.5a1.5 1.5 0 0 1-1-1.5v-5a2 2 0 0 1 2-2h7a2 2 0 0 1 2 2z",
  smile: "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8zM5.8 6.3v.1M10.2 6.3v.1M5.3 9.5c1.2 2 4.2 2 5.4 0",
  more: "M3.5 8h.1M8 8h.1M12.5 8h.1",
  edit: "m9.5 4 2.5 2.5M3 13l.7-3L11 2.7a1.4 1.4 0 0 1 2 2L5.9 12.2z",
  trash: "M3 4.5h10M6.5 4.5V2.8h3v1.7M4.5 4.5l.5 9h6l.5-9",
  check: "m3.5 8.5 3 3 6-7",
  eye: "M1.8 8S4 3.8 8 3.8 14.2 8 14.2 8 12 12.2 8 12.2 1.8 8 1.8 8zM8 6.3a1.7 1.7 0 1 0 0 3.4 1.7 1.7 0 0 0 0-3.4z",
  shield: "M8 1.8 3 4v3.5c0 3.2 2 5.4 5 6.7 3-1.3 5-3.5 5-6.7V4zM5.8 7.8l1.7 1.7 3-3.2",
  file: "M4 1.8h5l3 3v9.4H4zM9 1.8v3h3",
  image: "M2.5 3h11v10h-11zM2.5 11l3.5-3.5 3 3 2-1.5 2.5 2M10.5 6v.1",
  warn: "M8 2 1.8 13.5h12.4zM8 6.5v3M8 11.6v.1",
  info: "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8zM8 7.3v3.7M8 5v.1",
  search: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.3 10.3l3.2 3.2",
  people:
    "M6 3a2.3 2.3 0 1 0 0 4.6A2.3 2.3 0 0 0 6 3zM1.8 13c0-2.7 1.8-4 4.2-4s4.2 1.3 4.2 4M10.5 3.3a2.2 2.2 0 0 1 0 4M11.8 9.3c1.5.5 2.4 1.7 2.4 3.7",
  bold: "M4.5 2.8h4a2.5 2.5 0 0 1 0 5h-4zM4.5 7.8H9a2.7 2.7 0 0 1 0 5.4H4.5z",
  italic: "M7 2.8h4.5M4.5 13.2H9M9.5 2.8l-3 10.4",
  strike:
    "M2.5 8h11M11 5c-.3-1.4-1.5-2.2-3-2.2-1.7 0-3 .9-3 2.3M5 11c.3 1.4 1.5 2.2 3 2.2 1.7 0 3-.9 3-2.3 0-.5-.1-.9-.3-1.2",
  code: "m5.5 4.5-3.5 3.5 3.5 3.5M10.5 4.5 14 8l-3.5 3.5",
  arrowdown: "M8 3v10M4 9l4 4 4-4",
  home: "M2.5 7.5 8 2.8l5.5 4.7M4 6.8v6.4h8V6.8",
};

/** A line icon, 16 px, drawn in the colour of the text around it; hidden from screen readers. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name] ?? PATHS.info);
  svg.append(path);
  return svg;
}

/** An icon-only button; `label` is its accessible name and its tooltip. */
export const iconButton = (name, label, onclick, props = {}) =>
  h(
    "button.iconbtn",
    { type: "button", title: label, ...props, aria: { label, ...(props.aria ?? {}) }, onclick },
    icon(name),
  );

export const spinner = () => h("span.spinner", { aria: { hidden: "true" } });

const FOCUSABLE =
  "a[href],button:not([disabled]),input:not([disabled]),textarea:not([disabled]),select:not([disabled]),[tabindex]:not([tabindex='-1'])";

export const focusables = (root) => [...root.querySelectorAll(FOCUSABLE)].filter((e) => e.getClientRects().length > 0);

/** Keep Tab and Shift+Tab inside `root`. */
export function trapTab(event, root) {
  if (event.key !== "Tab") return;
  const all = focusables(root);
  if (!all.length) return;
  const [first, last] = [all[0], all[all.length - 1]];
  const at = document.activeElement;
  if (event.shiftKey && (at === first || !root.contains(at))) last.focus();
  else if (!event.shiftKey && (at === last || !root.contains(at))) first.focus();
  else return;
  event.preventDefault();
}

/** Where the keyboard is, said so that it can be found again after `root` was drawn anew. */
export function focusMark(root) {
  const at = document.activeElement;
  if (!at || !root.contains(at)) return null;
  const keyed = at.closest("[data-focus]");
  const mark = { key: keyed?.dataset.focus, inside: keyed && keyed !== at };
  if (typeof at.selectionStart === "number") Object.assign(mark, { start: at.selectionStart, end: at.selectionEnd });
  return mark;
}

/** Put the keyboard back to a mark of `focusMark`; false when its place is gone. */
export function focusBack(root, mark) {
  if (!mark) return true;
  if (root.contains(document.activeElement)) return true;
  const keyed = mark.key ? [...root.querySelectorAll("[data-focus]")].find((e) => e.dataset.focus === mark.key) : null;
  const target = keyed && (mark.inside ? (focusables(keyed)[0] ?? keyed) : keyed);
  if (!target) return false;
  target.focus({ preventScroll: true });
  if (mark.start !== undefined && target.setSelectionRange) {
    try {
      target.setSelectionRange(mark.start, mark.end);
    } catch {
      return true; // a number or e-mail field has no caret to set
    }
  }
  return true;
}
