/** Block Kit's interactive elements. Each takes (element, context, blockId) and gives a node; the context knows the surface, the form and how to act. */

import { confirm } from "./dialogs.js";
import { fill, h, icon, uid } from "./dom.js";
import { bare, fieldOf } from "./form.js";
import { said, textObject } from "./mrkdwn.js";
import { closePopover, openList, openMenu } from "./popover.js";
import { channelName, isApp, personName, store } from "./store.js";

/** Send what happened, after the element's own confirm dialog when it has one. */
async function fire(element, ctx, blockId, value, control) {
  if (element.confirm && !(await confirm(element.confirm))) return false;
  await busy(control, ctx.act({ action_id: element.action_id, block_id: blockId, type: element.type, ...value }));
  return true;
}

/** Show on `control` that its act is under way; a refusal is marked on it. */
async function busy(control, work) {
  control?.classList.add("busy");
  control?.setAttribute("aria-busy", "true");
  const answer = await work;
  control?.classList.remove("busy");
  control?.removeAttribute("aria-busy");
  control?.classList.toggle("failed", Boolean(answer?.error));
  return answer;
}

const focusKey = (element, blockId) => ({ focus: `${blockId}/${element.action_id}` });

function button(element, ctx, blockId) {
  const style = { primary: "primary", danger: "danger" }[element.style] ?? "";
  const props = { class: style, data: focusKey(element, blockId), aria: { label: element.accessibility_label } };
  const value = { value: element.value ?? "", text: element.text };
  if (element.url) {
    const open = () => fire({ ...element, confirm: null }, ctx, blockId, value, null);
    return h("a.button", { ...props, href: safeHref(element.url), target: "_blank", rel: "noopener noreferrer", onclick: open }, textObject(element.text), icon("right"));
  }
  const control = h("button.button", { type: "button", ...props, onclick: () => fire(element, ctx, blockId, value, control) }, h("span", textObject(element.text)));
  return control;
}

const safeHref = (url) => (/^(https?:|mailto:)/i.test(url) ? url : null);

function overflow(element, ctx, blockId) {
  const pick = (option) => fire(element, ctx, blockId, { selected_option: bare(option) }, control);
  const show = () =>
    openMenu(
      control,
      element.options.map((o) => ({ label: said(o.text), detail: o.description && said(o.description), href: o.url && safeHref(o.url), act: () => pick(o) })),
      { label: "More", align: "end" },
    );
  const control = h("button.button.square", { type: "button", data: focusKey(element, blockId), aria: { label: "More actions", haspopup: "menu", expanded: "false" }, title: "More actions", onclick: show }, icon("more"));
  return control;
}

/** A value that has changed: keep it, and tell the app when the element stands where Slack would. */
async function changed(element, ctx, blockId, value, control) {
  const before = ctx.form.get(blockId, element);
  ctx.form.set(blockId, element, value);
  if (!ctx.dispatches) return;
  const shown = Array.isArray(value) ? value.map((v) => (v?.text ? bare(v) : v)) : value?.text ? bare(value) : value;
  const went = await fire(element, ctx, blockId, { [fieldOf(element.type)]: shown }, control);
  if (!went) {
    ctx.form.set(blockId, element, before);
    ctx.redraw?.();
  }
}

const optionRow = (o) => ({ key: o.value, label: said(o.text), detail: o.description && said(o.description), value: o });

const optionGroups = (element) =>
  element.option_groups ? element.option_groups.map((g) => ({ label: said(g.label), options: g.options.map(optionRow) })) : [{ options: (element.options ?? []).map(optionRow) }];

const personRow = (p) => ({ key: p.id, label: personName(p.id), detail: p.title, value: p.id });
const people = () => [{ options: [...store.people.values()].filter((p) => !isApp(p.id)).map(personRow) }];
const channelRow = (c) => ({ key: c.id, label: c.kind === "im" ? channelName(c) : `#${c.name}`, value: c.id });
const channels = (kinds) => [{ options: [...store.channels.values()].filter((c) => kinds.includes(c.kind) && (c.kind === "im" || c.member)).map(channelRow) }];

const KINDS = { public: "channel", private: "private", im: "im" };
const conversationKinds = (element) => (element.filter?.include ?? ["public", "private", "im"]).map((k) => KINDS[k]).filter(Boolean);

const SOURCES = {
  static_select: (element) => ({ groups: optionGroups(element) }),
  users_select: () => ({ groups: people() }),
  channels_select: () => ({ groups: channels(["channel"]) }),
  conversations_select: (element) => ({ groups: channels(conversationKinds(element)) }),
  external_select: (element, ctx, blockId) => ({ load: (query) => suggest(element, ctx, blockId, query) }),
};

async function suggest(element, ctx, blockId, query) {
  if (query.length < (element.min_query_length ?? 3)) {
    const n = element.min_query_length ?? 3;
    return [{ options: [], label: `Type ${n} character${n > 1 ? "s" : ""} or more` }];
  }
  const answer = await ctx.suggest({ action_id: element.action_id, block_id: blockId, value: query });
  return optionGroups({ options: answer.options, option_groups: answer.option_groups });
}

const keyOf = (value) => (value && typeof value === "object" ? value.value : value);

function labelOf(value, ofPeople) {
  if (value && typeof value === "object") return said(value.text);
  if (ofPeople) return personName(value);
  const channel = store.channels.get(value);
  return channel ? channelRow(channel).label : value;
}

/** Every kind of select, single or multi. */
function select(element, ctx, blockId) {
  const multi = element.type.startsWith("multi_");
  const kind = element.type.replace("multi_", "");
  const ofPeople = kind === "users_select";
  const placeholder = said(element.placeholder) || (multi ? "Choose some" : "Choose one");
  const words = h("span.select-words");
  const control = h(
    "button.select",
    { type: "button", id: ctx.labelledId, data: focusKey(element, blockId), aria: { haspopup: "listbox", expanded: "false", label: ctx.label ? null : placeholder } },
    words,
    icon("down"),
  );
  const draw = () => {
    const value = ctx.form.get(blockId, element);
    const list = multi ? value ?? [] : value ? [value] : [];
    fill(words, list.length ? list.map((v) => h(multi ? "span.chip" : "span", h("bdi", labelOf(v, ofPeople)))) : h("span.placeholder", placeholder));
    const spoken = list.map((v) => labelOf(v, ofPeople)).join(", ") || placeholder;
    control.setAttribute("aria-label", ctx.label ? `${ctx.label}: ${spoken}` : spoken);
  };
  const show = () => {
    const value = ctx.form.get(blockId, element);
    const list = multi ? [...(value ?? [])] : value ? [value] : [];
    let chosen = list;
    const picked = new Set(list.map(keyOf));
    const source = SOURCES[kind](element, ctx, blockId);
    openList(control, {
      ...source,
      picked,
      multi,
      label: ctx.label || placeholder,
      gone: multi ? () => sameKeys(value, chosen) || changed(element, ctx, blockId, chosen, control) : null,
      onpick: (o) => {
        if (multi) chosen = toggled(chosen, o.value, element.max_selected_items);
        else changed(element, ctx, blockId, o.value, control);
        if (multi) ctx.form.set(blockId, element, chosen);
        draw();
      },
    });
  };
  control.addEventListener("click", () => (control.getAttribute("aria-expanded") === "true" ? closePopover() : show()));
  draw();
  return control;
}

const sameKeys = (a, b) => JSON.stringify((a ?? []).map(keyOf)) === JSON.stringify(b.map(keyOf));

function toggled(list, value, most = Infinity) {
  const without = list.filter((v) => keyOf(v) !== keyOf(value));
  if (without.length < list.length) return without;
  return list.length < most ? [...list, value] : list;
}

/** Radio buttons and checkboxes: native inputs in a group. */
function choices(element, ctx, blockId) {
  const many = element.type === "checkboxes";
  const name = uid("choice");
  const value = ctx.form.get(blockId, element);
  const chosen = new Set((many ? value ?? [] : value ? [value] : []).map(keyOf));
  const box = h("div.choices", { role: many ? "group" : "radiogroup", data: focusKey(element, blockId), aria: { label: ctx.label } });
  const take = () => {
    const on = [...box.querySelectorAll("input:checked")].map((i) => element.options[Number(i.dataset.index)]);
    changed(element, ctx, blockId, many ? on : on[0] ?? null, box);
  };
  element.options.forEach((o, i) => {
    const input = h("input", { type: many ? "checkbox" : "radio", name, checked: chosen.has(o.value), data: { index: i, focus: `${blockId}/${element.action_id}/${o.value}` }, onchange: take });
    box.append(h("label.choice", input, h("span.choice-words", h("span", textObject(o.text)), o.description && h("span.choice-detail", textObject(o.description)))));
  });
  return box;
}

/** Text inputs: what is typed goes into the form at once, and to the app as its dispatch configuration asks. */
function textInput(element, ctx, blockId) {
  const common = {
    id: ctx.labelledId,
    placeholder: said(element.placeholder) || null,
    maxlength: element.max_length,
    data: focusKey(element, blockId),
    aria: { describedby: ctx.describedBy, required: ctx.required ? "true" : null },
    autocomplete: "off",
    dir: "auto",
  };
  const control = element.multiline ? h("textarea.field", { ...common, rows: 4 }) : h("input.field", { ...common, ...TEXT_TYPES[element.type] });
  control.value = ctx.form.get(blockId, element) ?? "";
  const triggers = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const tell = () => fire(element, ctx, blockId, { value: control.value || null }, null);
  let waiting;
  control.addEventListener("input", () => {
    ctx.form.set(blockId, element, control.value);
    clearTimeout(waiting);
    if (ctx.dispatches && triggers.includes("on_character_entered")) waiting = setTimeout(tell, 300);
  });
  control.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || element.multiline || event.isComposing) return;
    event.preventDefault();
    if (ctx.dispatches && triggers.includes("on_enter_pressed")) tell();
    else ctx.submit?.();
  });
  return control;
}

const TEXT_TYPES = {
  plain_text_input: { type: "text" },
  email_text_input: { type: "email", inputmode: "email" },
  url_text_input: { type: "url", inputmode: "url" },
  number_input: { type: "text", inputmode: "decimal" },
};

/** Date, time and both: the browser's own pickers, which every keyboard and screen reader knows. */
function moment(element, ctx, blockId) {
  const type = { datepicker: "date", timepicker: "time", datetimepicker: "datetime-local" }[element.type];
  const label = ctx.label || said(element.placeholder) || { date: "Date", time: "Time", "datetime-local": "Date and time" }[type];
  const control = h("input.field.moment", { type, id: ctx.labelledId, data: focusKey(element, blockId), aria: { label, describedby: ctx.describedBy } });
  const value = ctx.form.get(blockId, element);
  control.value = type === "datetime-local" ? localStamp(value) : value ?? "";
  control.addEventListener("change", () => {
    const taken = type === "datetime-local" ? unixOf(control.value) : control.value || null;
    changed(element, ctx, blockId, taken, control);
  });
  return control;
}

/** Unix seconds as the person's own wall clock says them, for a datetime-local field, and back. */
function localStamp(unix) {
  if (!unix) return "";
  const parts = new Intl.DateTimeFormat("sv-SE", { timeZone: store.people.get(store.me)?.tz, dateStyle: "short", timeStyle: "short" });
  return parts.format(unix * 1000).replace(" ", "T");
}

function unixOf(stamp) {
  if (!stamp) return null;
  const wanted = Date.parse(`${stamp}Z`) / 1000;
  let guess = wanted;
  for (let i = 0; i < 3; i += 1) guess += wanted - Date.parse(`${localStamp(guess)}Z`) / 1000;
  return guess;
}

function fileInput(element, ctx, blockId) {
  const list = h("span.muted", "No file chosen");
  const accept = (element.filetypes ?? []).map((t) => `.${t}`).join(",") || null;
  const control = h("input", { type: "file", id: ctx.labelledId, accept, multiple: (element.max_files ?? 10) > 1, data: focusKey(element, blockId) });
  control.addEventListener("change", () => {
    const files = [...control.files].map((f) => ({ name: f.name, size: f.size, mimetype: f.type }));
    changed(element, ctx, blockId, files, control);
    fill(list, files.map((f) => f.name).join(", ") || "No file chosen");
  });
  return h("div.filepick", control, list);
}

function iconElement(element, ctx, blockId) {
  const control = h("button.button.square", { type: "button", data: focusKey(element, blockId), title: said(element.text), aria: { label: element.accessibility_label ?? said(element.text) } }, icon(element.icon === "trash" ? "trash" : "info"));
  control.addEventListener("click", () => fire(element, ctx, blockId, { value: element.value }, control));
  return control;
}

function feedback(element, ctx, blockId) {
  const one = (part, words) => part && button({ ...part, action_id: element.action_id, type: element.type, text: part.text ?? { type: "plain_text", text: words } }, ctx, blockId);
  return h("span.actions", one(element.positive_button, "Good"), one(element.negative_button, "Bad"));
}

const RENDER = {
  button,
  workflow_button: button,
  overflow,
  static_select: select,
  external_select: select,
  users_select: select,
  channels_select: select,
  conversations_select: select,
  multi_static_select: select,
  multi_external_select: select,
  multi_users_select: select,
  multi_channels_select: select,
  multi_conversations_select: select,
  radio_buttons: choices,
  checkboxes: choices,
  plain_text_input: textInput,
  email_text_input: textInput,
  url_text_input: textInput,
  number_input: textInput,
  rich_text_input: textInput,
  datepicker: moment,
  timepicker: moment,
  datetimepicker: moment,
  file_input: fileInput,
  icon_button: iconElement,
  feedback_buttons: feedback,
};

/** Draw one element; an unknown type is said, not hidden. */
export function renderElement(element, ctx, blockId) {
  const draw = RENDER[element?.type];
  return draw ? draw(element, ctx, blockId) : h("span.unknown", `Element “${element?.type}” is not shown in the sandbox`);
}
