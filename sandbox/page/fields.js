/** Fields to type in: text, numbers, dates and times, files. */

import { changed, fire, focusKey } from "./acting.js";
import { fill, h } from "./dom.js";
import { said } from "./mrkdwn.js";
import { store } from "./store.js";

/** Text inputs: what is typed goes into the form at once, and to the app as its dispatch configuration asks. */
export function textInput(element, ctx, blockId) {
  const common = {
    id: ctx.labelledId,
    placeholder: said(element.placeholder) || null,
    maxlength: element.max_length,
    data: focusKey(element, blockId),
    aria: { describedby: ctx.describedBy, required: ctx.required ? "true" : null },
    autocomplete: "off",
    dir: "auto",
  };
  const control = element.multiline
    ? h("textarea.field", { ...common, rows: 4 })
    : h("input.field", { ...common, ...TEXT_TYPES[element.type] });
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
export function moment(element, ctx, blockId) {
  const type = { datepicker: "date", timepicker: "time", datetimepicker: "datetime-local" }[element.type];
  const label =
    ctx.label || said(element.placeholder) || { date: "Date", time: "Time", "datetime-local": "Date and time" }[type];
  const control = h("input.field.moment", {
    type,
    id: ctx.labelledId,
    data: focusKey(element, blockId),
    aria: { label, describedby: ctx.describedBy },
  });
  const value = ctx.form.get(blockId, element);
  control.value = type === "datetime-local" ? localStamp(value) : (value ?? "");
  control.addEventListener("change", () => {
    const taken = type === "datetime-local" ? unixOf(control.value) : control.value || null;
    changed(element, ctx, blockId, taken, control);
  });
  return control;
}

/** Unix seconds as the person's own wall clock says them, for a datetime-local field, and back. */
function localStamp(unix) {
  if (!unix) return "";
  const parts = new Intl.DateTimeFormat("sv-SE", {
    timeZone: store.people.get(store.me)?.tz,
    dateStyle: "short",
    timeStyle: "short",
  });
  return parts.format(unix * 1000).replace(" ", "T");
}

function unixOf(stamp) {
  if (!stamp) return null;
  const wanted = Date.parse(`${stamp}Z`) / 1000;
  let guess = wanted;
  for (let i = 0; i < 3; i += 1) guess += wanted - Date.parse(`${localStamp(guess)}Z`) / 1000;
  return guess;
}

export function fileInput(element, ctx, blockId) {
  const list = h("span.muted", "No file chosen");
  const accept = (element.filetypes ?? []).map((t) => `.${t}`).join(",") || null;
  const control = h("input", {
    type: "file",
    id: ctx.labelledId,
    accept,
    multiple: (element.max_files ?? 10) > 1,
    data: focusKey(element, blockId),
  });
  control.addEventListener("change", () => {
    const files = [...control.files].map((f) => ({ name: f.name, size: f.size, mimetype: f.type }));
    changed(element, ctx, blockId, files, control);
    fill(list, files.map((f) => f.name).join(", ") || "No file chosen");
  });
  return h("div.filepick", control, list);
}
