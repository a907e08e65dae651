/** What opens beside a control: menus and lists to choose from. One at a time; arrow keys, type-ahead, Escape. */

import { append, fill, focusables, h, icon, spinner, uid } from "./dom.js";

let open = null;

/** Close whatever is open; the keyboard goes back to its anchor unless `keepFocus`. */
export function closePopover({ keepFocus = false } = {}) {
  if (!open) return;
  const { box, anchor, gone, outside, place } = open;
  open = null;
  document.removeEventListener("pointerdown", outside, true);
  removeEventListener("resize", place);
  removeEventListener("scroll", place, true);
  anchor.setAttribute("aria-expanded", "false");
  box.remove();
  if (!keepFocus) anchor.focus({ preventScroll: true });
  gone?.();
}

export const popoverAnchor = () => open?.anchor ?? null;

/** Show `box` by `anchor`; it lives in the anchor's dialog, so that a modal does not make it inert. */
export function openPopover(anchor, box, { gone, align = "start", width } = {}) {
  closePopover({ keepFocus: true });
  box.classList.add("popover");
  (anchor.closest("dialog") ?? document.body).append(box);
  const place = () => position(anchor, box, align, width);
  const outside = (event) => {
    if (!box.contains(event.target) && !anchor.contains(event.target)) closePopover({ keepFocus: true });
  };
  open = { anchor, box, gone, outside, place };
  document.addEventListener("pointerdown", outside, true);
  addEventListener("resize", place);
  addEventListener("scroll", place, true);
  anchor.setAttribute("aria-expanded", "true");
  place();
  return place;
}

function position(anchor, box, align, width) {
  const a = anchor.getBoundingClientRect();
  const gap = 4;
  if (width === "anchor") box.style.minWidth = `${Math.max(a.width, 220)}px`;
  Object.assign(box.style, { maxHeight: "", left: "0", top: "0" }); // measured where nothing squeezes it
  const below = innerHeight - a.bottom - gap - 8;
  const above = a.top - gap - 8;
  const up = below < Math.min(box.scrollHeight, 240) && above > below;
  box.style.maxHeight = `${Math.max(120, Math.min(up ? above : below, 420))}px`;
  const b = box.getBoundingClientRect();
  const left = align === "end" ? a.right - b.width : a.left;
  box.style.left = `${Math.max(8, Math.min(left, innerWidth - b.width - 8))}px`;
  box.style.top = `${up ? Math.max(8, a.top - gap - b.height) : Math.min(a.bottom + gap, innerHeight - b.height - 8)}px`;
}

/** A menu of acts: `[{label, icon?, detail?, danger?, href?, act}, null (a line), {heading}]`. */
export function openMenu(anchor, items, { label, align = "start" } = {}) {
  const box = h("div.menu", { role: "menu", aria: { label }, onkeydown: (e) => menuKeys(e, box) });
  for (const item of items) append(box, menuItem(item));
  openPopover(anchor, box, { align });
  focusables(box)[0]?.focus({ preventScroll: true });
}

function menuItem(item) {
  if (!item) return h("div.menu-line", { role: "separator" });
  if (item.heading) return h("div.menu-heading", { role: "presentation" }, item.heading);
  const pick = () => {
    closePopover({ keepFocus: item.keepFocus });
    item.act?.();
  };
  const inside = [
    item.icon && icon(item.icon),
    h("span.menu-words", h("span.menu-label", item.label), item.detail && h("span.menu-detail", item.detail)),
  ];
  if (item.href)
    return h(
      "a.menu-item",
      { role: "menuitem", href: item.href, target: "_blank", rel: "noopener noreferrer", onclick: pick },
      inside,
    );
  return h(
    "button.menu-item",
    {
      type: "button",
      role: "menuitem",
      class: item.danger ? "danger" : "",
      onclick: pick,
      aria: { current: item.current ? "true" : null },
    },
    inside,
  );
}

function menuKeys(event, box) {
  const all = focusables(box);
  const at = all.indexOf(document.activeElement);
  const go = (i) => all[(i + all.length) % all.length]?.focus({ preventScroll: false });
  if (event.key === "ArrowDown") go(at + 1);
  else if (event.key === "ArrowUp") go(at - 1);
  else if (event.key === "Home") go(0);
  else if (event.key === "End") go(all.length - 1);
  else if (event.key === "Escape") closePopover();
  else if (event.key === "Tab") closePopover();
  else if (event.key.length === 1 && /\S/.test(event.key)) {
    const start = event.key.toLowerCase();
    const found = [...all.slice(at + 1), ...all].find((e) => e.textContent.trim().toLowerCase().startsWith(start));
    found?.focus();
  } else return;
  if (event.key !== "Tab") {
    event.preventDefault();
    event.stopPropagation();
  }
}

/**
 * A list to choose from. `groups`: `[{label?, options: [{key, label, detail?, node?, option}]}]`, or `load(query)` that resolves to them.
 * `picked`: set of keys; with `multi` the list stays open and `onpick` may be called again.
 */
export function openList(
  anchor,
  { groups = [], load, picked = new Set(), multi = false, onpick, label, placeholder, gone, filter, align },
) {
  const list = new ListBox({ anchor, groups, load, picked, multi, onpick, label, placeholder, filter });
  list.reposition = openPopover(anchor, list.box, { gone, width: "anchor", align });
  list.start();
  return list;
}

const FILTER_FROM = 8;

class ListBox {
  constructor(spec) {
    Object.assign(this, spec);
    this.id = uid("list");
    this.shown = [];
    this.at = 0;
    const count = this.groups.reduce((n, g) => n + g.options.length, 0);
    this.filtering = this.filter ?? (Boolean(this.load) || count >= FILTER_FROM);
    this.list = h("div.options", {
      role: "listbox",
      id: this.id,
      tabindex: this.filtering ? null : "0",
      aria: { label: this.label, multiselectable: this.multi ? "true" : null },
    });
    this.input = this.filtering ? this.filterInput() : null;
    this.box = h(
      "div.listbox",
      { onkeydown: (e) => this.key(e) },
      this.input && h("div.filter", icon("search"), this.input),
      this.list,
    );
  }

  filterInput() {
    const aria = {
      label: this.label ? `Find in ${this.label}` : "Find",
      controls: this.id,
      expanded: "true",
      autocomplete: "list",
    };
    return h("input", {
      type: "text",
      role: "combobox",
      autocomplete: "off",
      placeholder: this.placeholder ?? "Find",
      aria,
      oninput: () => this.query(),
    });
  }

  get keyboard() {
    return this.input ?? this.list;
  }

  start() {
    this.query(true);
    this.keyboard.focus({ preventScroll: true });
  }

  async query(first = false) {
    const text = this.input?.value.trim() ?? "";
    if (this.load) {
      const mine = (this.asked = Symbol("query"));
      fill(this.list, h("div.options-note", spinner(), "Looking…"));
      const groups = await this.load(text);
      if (mine !== this.asked || !this.box.isConnected) return;
      this.draw(groups, first);
    } else this.draw(narrow(this.groups, text), first);
    this.reposition?.();
  }

  draw(groups, first) {
    this.shown = [];
    fill(
      this.list,
      groups.filter((g) => g.options.length).map((g) => this.group(g)),
    );
    if (!this.shown.length) append(this.list, h("div.options-note", "Nothing found"));
    const chosen = this.shown.findIndex(({ key }) => this.picked.has(key));
    this.move(first && chosen >= 0 ? chosen : 0);
  }

  group(g) {
    const options = g.options.map((o) => this.option(o));
    if (!g.label) return options;
    const id = uid("group");
    return h(
      "div",
      { role: "group", aria: { labelledby: id } },
      h("div.options-heading", { id, role: "presentation" }, g.label),
      options,
    );
  }

  option(o) {
    const index = this.shown.length;
    this.shown.push(o);
    o.id = uid("option");
    return h(
      "div.option",
      {
        role: "option",
        id: o.id,
        aria: { selected: String(this.picked.has(o.key)) },
        onpointermove: () => this.move(index, false),
        onclick: () => this.choose(index),
      },
      h("span.option-check", this.picked.has(o.key) && icon("check")),
      h(
        "span.option-words",
        h("span.option-label", o.node ?? h("bdi", o.label)),
        o.detail && h("span.option-detail", o.detail),
      ),
    );
  }

  move(index, scroll = true) {
    if (!this.shown.length) return this.keyboard.removeAttribute("aria-activedescendant");
    this.at = (index + this.shown.length) % this.shown.length;
    for (const old of this.list.querySelectorAll(".active")) old.classList.remove("active");
    const element = document.getElementById(this.shown[this.at].id);
    element?.classList.add("active");
    if (scroll) element?.scrollIntoView({ block: "nearest" });
    this.keyboard.setAttribute("aria-activedescendant", this.shown[this.at].id);
  }

  choose(index) {
    const option = this.shown[index];
    if (!option) return;
    if (!this.multi) {
      closePopover();
      this.onpick(option);
      return;
    }
    if (this.picked.has(option.key)) this.picked.delete(option.key);
    else this.picked.add(option.key);
    this.onpick(option);
    const row = document.getElementById(option.id);
    row.setAttribute("aria-selected", String(this.picked.has(option.key)));
    fill(row.firstChild, this.picked.has(option.key) && icon("check"));
    this.reposition?.();
  }

  key(event) {
    const { key } = event;
    if (key === "ArrowDown") this.move(this.at + 1);
    else if (key === "ArrowUp") this.move(this.at - 1);
    else if (key === "Home" && !this.input) this.move(0);
    else if (key === "End" && !this.input) this.move(this.shown.length - 1);
    else if (key === "Enter" || (key === " " && !this.input)) this.choose(this.at);
    else if (key === "Escape" || key === "Tab") closePopover();
    else if (!this.input && key.length === 1) this.typeAhead(key);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  typeAhead(key) {
    const start = key.toLowerCase();
    const order = [...this.shown.keys()].map((i) => (this.at + 1 + i) % this.shown.length);
    const found = order.find((i) => this.shown[i].label.toLowerCase().startsWith(start));
    if (found !== undefined) this.move(found);
  }
}

function narrow(groups, text) {
  if (!text) return groups;
  const wanted = text.toLowerCase();
  const fits = (o) => `${o.label} ${o.detail ?? ""}`.toLowerCase().includes(wanted);
  return groups.map((g) => ({ ...g, options: g.options.filter(fits) }));
}
