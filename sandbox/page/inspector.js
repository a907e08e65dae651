/** The requests between the sandbox and the app: every one, with its time, its answer and what was in it. */

import { timeSeconds } from "./dates.js";
import { fill, focusBack, focusMark, h, icon, iconButton, setAria } from "./dom.js";
import { emit, store } from "./store.js";

const DOORS = { web_api: "Web API", socket: "Socket", http: "HTTP", response_url: "response_url" };
const MOST = 500;
const filter = { text: "", door: "all" };
const expanded = new Set();

const list = h("ol.requests", { aria: { label: "Requests, newest first" } });
const count = h("span.muted", { role: "status" });
const search = h("input.field", {
  type: "search",
  placeholder: "Filter: views.open, ticket, error…",
  aria: { label: "Filter requests" },
  oninput: () => refilter("text", search.value),
});
const doors = h("div.doors", { role: "group", aria: { label: "Which requests" } });
const pane = h(
  "div.pane.inspector",
  h(
    "header.pane-head",
    h("div.pane-title", h("h2", "Requests"), count),
    iconButton("close", "Close requests", () => emit("side", "none")),
  ),
  h("div.inspector-filter", h("div.filter", icon("search"), search), doors),
  h("div.scroller", { tabindex: "0", role: "region", aria: { label: "Requests" } }, list),
);

function refilter(key, value) {
  filter[key] = value;
  drawRequests();
}

export function inspectorPane() {
  drawRequests();
  return pane;
}

const failed = (r) => Boolean(r.error) || (typeof r.status === "number" && r.status >= 400);

function fits(r) {
  if (filter.door === "errors" ? !failed(r) : filter.door !== "all" && r.door !== filter.door) return false;
  if (!filter.text) return true;
  return `${r.name} ${r.status} ${r.error ?? ""} ${DOORS[r.door] ?? r.door} ${JSON.stringify(r.request)} ${JSON.stringify(r.response)}`
    .toLowerCase()
    .includes(filter.text.toLowerCase());
}

/** Take over rows, or one more row. Newest first, a bounded number. */
export function takeRequests(rows) {
  store.requests = rows.slice(0, MOST);
}

export function addRequest(row) {
  const rest = store.requests.filter((r) => r.id !== row.id);
  store.requests = [row, ...rest].slice(0, MOST);
}

export function drawRequests() {
  const mark = focusMark(pane);
  const used = new Set(store.requests.map((r) => r.door));
  const choices = [["all", "All"], ...Object.entries(DOORS).filter(([d]) => used.has(d)), ["errors", "Errors"]];
  fill(
    doors,
    choices.map(([key, label]) =>
      h(
        "button.pill",
        {
          type: "button",
          data: { focus: `door/${key}` },
          aria: { pressed: String(filter.door === key) },
          onclick: () => refilter("door", key),
        },
        label,
      ),
    ),
  );
  const shown = store.requests.filter(fits);
  const old = new Map([...list.children].map((e) => [e.dataset.key, e]));
  const rows = shown.map((r) => row(r, old.get(String(r.id))));
  list.replaceChildren(...rows);
  if (!rows.length)
    list.append(
      h(
        "li.empty",
        store.requests.length
          ? "Nothing fits the filter."
          : "Nothing has been asked yet. Do something, and it is listed here.",
      ),
    );
  count.textContent =
    shown.length === store.requests.length ? `${shown.length}` : `${shown.length} of ${store.requests.length}`;
  focusBack(pane, mark);
}

function row(r, kept) {
  const signature = JSON.stringify([r.status, r.ms, r.error, expanded.has(r.id)]);
  if (kept?.signature === signature) return kept;
  const open = expanded.has(r.id);
  const head = h(
    "button.request-head",
    { type: "button", data: { focus: `request/${r.id}` }, onclick: () => toggle(r.id) },
    icon(open ? "down" : "right"),
    h("span.request-name", String(r.name)),
    h("span.request-status", { class: failed(r) ? "bad" : "good" }, r.error ? String(r.error) : String(r.status ?? "")),
    h("span.request-door", DOORS[r.door] ?? r.door),
    h("time.request-time", { title: r.at }, timeSeconds(Date.parse(r.at) || 0)),
    h("span.request-ms", r.ms === null || r.ms === undefined ? "…" : `${Math.round(r.ms)} ms`),
  );
  setAria(head, "expanded", open);
  const item = h(
    "li.request",
    head,
    open && h("div.request-body", part("Request", r.request), part("Answer", r.response)),
  );
  item.dataset.key = String(r.id);
  item.signature = signature;
  return item;
}

function toggle(id) {
  if (expanded.has(id)) expanded.delete(id);
  else expanded.add(id);
  drawRequests();
}

function part(name, value) {
  const empty = value === null || value === undefined || value === "";
  return h(
    "section",
    h("h3", name),
    empty ? h("p.muted", "Empty") : h("pre.json", { tabindex: "0", aria: { label: name } }, json(value, "")),
  );
}

/** JSON as coloured text nodes. Text that is itself JSON (blocks in a form body) is opened up. */
function json(value, indent) {
  const inner = `${indent}  `;
  if (typeof value === "string") return string(value, indent);
  if (value === null || typeof value !== "object") return [h("span.json-value", String(value))];
  const list = Array.isArray(value);
  const entries = list ? value.map((v) => [null, v]) : Object.entries(value);
  if (!entries.length) return [list ? "[]" : "{}"];
  const lines = entries.map(([k, v], i) => [
    inner,
    k !== null && [h("span.json-key", k), ": "],
    json(v, inner),
    i < entries.length - 1 ? "," : "",
    "\n",
  ]);
  return [list ? "[" : "{", "\n", lines, indent, list ? "]" : "}"];
}

function string(value, indent) {
  if (/^[[{]/.test(value)) {
    try {
      return json(JSON.parse(value), indent);
    } catch {
      return [h("span.json-string", JSON.stringify(value))];
    }
  }
  return [h("span.json-string", JSON.stringify(value))];
}
