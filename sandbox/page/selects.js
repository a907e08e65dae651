/** Selects: of options, people, channels, or what the app finds; one or several. */

import { changed, focusKey } from "./acting.js";
import { fill, h, icon } from "./dom.js";
import { said } from "./mrkdwn.js";
import { closePopover, openList } from "./popover.js";
import { channelName, isApp, personName, store } from "./store.js";

const optionRow = (o) => ({
  key: o.value,
  label: said(o.text),
  detail: o.description && said(o.description),
  value: o,
});

const optionGroups = (element) =>
  element.option_groups
    ? element.option_groups.map((g) => ({ label: said(g.label), options: g.options.map(optionRow) }))
    : [{ options: (element.options ?? []).map(optionRow) }];

const personRow = (p) => ({ key: p.id, label: personName(p.id), detail: p.title, value: p.id });
const people = () => [{ options: [...store.people.values()].filter((p) => !isApp(p.id)).map(personRow) }];
const channelRow = (c) => ({ key: c.id, label: c.kind === "im" ? channelName(c) : `#${c.name}`, value: c.id });
const channels = (kinds) => [
  {
    options: [...store.channels.values()]
      .filter((c) => kinds.includes(c.kind) && (c.kind === "im" || c.member))
      .map(channelRow),
  },
];

const KINDS = { public: "channel", private: "private", im: "im" };
const conversationKinds = (element) =>
  (element.filter?.include ?? ["public", "private", "im"]).map((k) => KINDS[k]).filter(Boolean);

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

/** What tells one value from another. */
export const keyOf = (value) => (value && typeof value === "object" ? value.value : value);

function labelOf(value, ofPeople) {
  if (value && typeof value === "object") return said(value.text);
  if (ofPeople) return personName(value);
  const channel = store.channels.get(value);
  return channel ? channelRow(channel).label : value;
}

/** Every kind of select, single or multi. */
export function select(element, ctx, blockId) {
  const multi = element.type.startsWith("multi_");
  const kind = element.type.replace("multi_", "");
  const ofPeople = kind === "users_select";
  const placeholder = said(element.placeholder) || (multi ? "Choose some" : "Choose one");
  const words = h("span.select-words");
  const control = h(
    "button.select",
    {
      type: "button",
      id: ctx.labelledId,
      data: focusKey(element, blockId),
      aria: { haspopup: "listbox", expanded: "false", label: ctx.label ? null : placeholder },
    },
    words,
    icon("down"),
  );
  const draw = () => {
    const value = ctx.form.get(blockId, element);
    const list = multi ? (value ?? []) : value ? [value] : [];
    fill(
      words,
      list.length
        ? list.map((v) => h(multi ? "span.chip" : "span", h("bdi", labelOf(v, ofPeople))))
        : h("span.placeholder", placeholder),
    );
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
