/** Block Kit's interactive elements. Each takes (element, context, blockId); the context knows surface, form and how to act. */

import { changed, fire, focusKey } from "./acting.js";
import { h, icon, uid } from "./dom.js";
import { fileInput, moment, textInput } from "./fields.js";
import { bare } from "./form.js";
import { said, textObject } from "./mrkdwn.js";
import { openMenu } from "./popover.js";
import { keyOf, select } from "./selects.js";

function button(element, ctx, blockId) {
  const style = { primary: "primary", danger: "danger" }[element.style] ?? "";
  const props = { class: style, data: focusKey(element, blockId), aria: { label: element.accessibility_label } };
  const value = { value: element.value ?? "", text: element.text };
  if (element.url) {
    const open = () => fire({ ...element, confirm: null }, ctx, blockId, value, null);
    return h(
      "a.button",
      { ...props, href: safeHref(element.url), target: "_blank", rel: "noopener noreferrer", onclick: open },
      textObject(element.text),
      icon("right"),
    );
  }
  const control = h(
    "button.button",
    { type: "button", ...props, onclick: () => fire(element, ctx, blockId, value, control) },
    h("span", textObject(element.text)),
  );
  return control;
}

const safeHref = (url) => (/^(https?:|mailto:)/i.test(url) ? url : null);

function overflow(element, ctx, blockId) {
  const pick = (option) => fire(element, ctx, blockId, { selected_option: bare(option) }, control);
  const show = () =>
    openMenu(
      control,
      element.options.map((o) => ({
        label: said(o.text),
        detail: o.description && said(o.description),
        href: o.url && safeHref(o.url),
        act: () => pick(o),
      })),
      { label: "More", align: "end" },
    );
  const control = h(
    "button.button.square",
    {
      type: "button",
      data: focusKey(element, blockId),
      aria: { label: "More actions", haspopup: "menu", expanded: "false" },
      title: "More actions",
      onclick: show,
    },
    icon("more"),
  );
  return control;
}

/** Radio buttons and checkboxes: native inputs in a group. */
function choices(element, ctx, blockId) {
  const many = element.type === "checkboxes";
  const name = uid("choice");
  const value = ctx.form.get(blockId, element);
  const chosen = new Set((many ? (value ?? []) : value ? [value] : []).map(keyOf));
  const box = h("div.choices", {
    role: many ? "group" : "radiogroup",
    data: focusKey(element, blockId),
    aria: { label: ctx.label },
  });
  const take = () => {
    const on = [...box.querySelectorAll("input:checked")].map((i) => element.options[Number(i.dataset.index)]);
    changed(element, ctx, blockId, many ? on : (on[0] ?? null), box);
  };
  element.options.forEach((o, i) => {
    const input = h("input", {
      type: many ? "checkbox" : "radio",
      name,
      checked: chosen.has(o.value),
      data: { index: i, focus: `${blockId}/${element.action_id}/${o.value}` },
      onchange: take,
    });
    box.append(
      h(
        "label.choice",
        input,
        h(
          "span.choice-words",
          h("span", textObject(o.text)),
          o.description && h("span.choice-detail", textObject(o.description)),
        ),
      ),
    );
  });
  return box;
}

function iconElement(element, ctx, blockId) {
  const control = h(
    "button.button.square",
    {
      type: "button",
      data: focusKey(element, blockId),
      title: said(element.text),
      aria: { label: element.accessibility_label ?? said(element.text) },
    },
    icon(element.icon === "trash" ? "trash" : "info"),
  );
  control.addEventListener("click", () => fire(element, ctx, blockId, { value: element.value }, control));
  return control;
}

function feedback(element, ctx, blockId) {
  const one = (part, words) =>
    part &&
    button(
      {
        ...part,
        action_id: element.action_id,
        type: element.type,
        text: part.text ?? { type: "plain_text", text: words },
      },
      ctx,
      blockId,
    );
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
  return draw
    ? draw(element, ctx, blockId)
    : h("span.unknown", `Element “${element?.type}” is not shown in the sandbox`);
}
