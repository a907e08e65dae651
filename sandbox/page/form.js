/** What a person has filled in on one surface: Slack's `state.values`, kept apart from what is on screen. */

/** `{type: "static_select"}` → the name of the field that carries its value. */
const FIELD = {
  plain_text_input: "value",
  email_text_input: "value",
  url_text_input: "value",
  number_input: "value",
  rich_text_input: "rich_text_value",
  static_select: "selected_option",
  external_select: "selected_option",
  radio_buttons: "selected_option",
  users_select: "selected_user",
  conversations_select: "selected_conversation",
  channels_select: "selected_channel",
  multi_static_select: "selected_options",
  multi_external_select: "selected_options",
  checkboxes: "selected_options",
  multi_users_select: "selected_users",
  multi_conversations_select: "selected_conversations",
  multi_channels_select: "selected_channels",
  datepicker: "selected_date",
  timepicker: "selected_time",
  datetimepicker: "selected_date_time",
  file_input: "files",
};

const INITIAL = {
  value: "initial_value",
  selected_option: "initial_option",
  selected_options: "initial_options",
  selected_user: "initial_user",
  selected_users: "initial_users",
  selected_conversation: "initial_conversation",
  selected_conversations: "initial_conversations",
  selected_channel: "initial_channel",
  selected_channels: "initial_channels",
  selected_date: "initial_date",
  selected_time: "initial_time",
  selected_date_time: "initial_date_time",
};

const LISTS = new Set(["selected_options", "selected_users", "selected_conversations", "selected_channels", "files"]);

export const fieldOf = (type) => FIELD[type];
export const isStateful = (element) => Boolean(element && FIELD[element.type]);

const empty = (field) => (LISTS.has(field) ? [] : null);

/** One option as Slack sends it back: text and value, no decoration. */
export const bare = (option) =>
  option
    ? { text: option.text, value: option.value, ...(option.description ? { description: option.description } : {}) }
    : null;

export class Form {
  constructor() {
    this.values = new Map();
  }

  /** The current value of an element, beginning with its initial one. The typed text survives a new picture of the same block and action. */
  get(blockId, element) {
    const key = `${blockId}\n${element.action_id}`;
    const kept = this.values.get(key);
    if (kept && kept.type === element.type) return kept.value;
    const field = FIELD[element.type];
    const value = element[INITIAL[field]] ?? empty(field);
    this.values.set(key, { blockId, actionId: element.action_id, type: element.type, value });
    return value;
  }

  /** Take over what the server remembers of an open view: `state.values`. */
  recall(values) {
    for (const [blockId, actions] of Object.entries(values ?? {})) {
      for (const [actionId, { type, ...kept }] of Object.entries(actions)) {
        const value = kept[FIELD[type]];
        if (value !== null && value !== undefined)
          this.values.set(`${blockId}\n${actionId}`, { blockId, actionId, type, value });
      }
    }
    return this;
  }

  set(blockId, element, value) {
    this.values.set(`${blockId}\n${element.action_id}`, {
      blockId,
      actionId: element.action_id,
      type: element.type,
      value,
    });
  }

  /** Let go what was chosen in elements that are gone: one that comes back begins anew. */
  keep(blocks) {
    const shown = new Set();
    for (const block of blocks ?? [])
      for (const element of elementsOf(block)) shown.add(`${block.block_id}\n${element.action_id}`);
    for (const key of [...this.values.keys()]) if (!shown.has(key)) this.values.delete(key);
  }

  /** `state.values` of the elements that `blocks` shows now. */
  state(blocks) {
    const values = {};
    for (const block of blocks ?? []) {
      for (const element of elementsOf(block)) {
        if (!isStateful(element)) continue;
        const value = this.get(block.block_id, element);
        values[block.block_id] ??= {};
        values[block.block_id][element.action_id] = {
          type: element.type,
          [FIELD[element.type]]: outward(element, value),
        };
      }
    }
    return values;
  }
}

function outward(element, value) {
  if (value === "" || value === undefined) return null;
  if (Array.isArray(value)) return value.map((v) => (v && typeof v === "object" && v.text ? bare(v) : v));
  return value && typeof value === "object" && value.text ? bare(value) : value;
}

/** Every interactive element of a block. */
export function elementsOf(block) {
  if (block.type === "input") return [block.element];
  if (block.type === "section") return block.accessory ? [block.accessory] : [];
  if (block.type === "actions" || block.type === "context_actions") return block.elements ?? [];
  if (block.type === "card") return block.actions ?? [];
  return [];
}

/** Fill in the ids Slack would have made, so that state and focus can be kept by them. */
export function withIds(blocks) {
  return (blocks ?? []).map((block, i) => (block.block_id ? block : { ...block, block_id: `_${i}` }));
}

const isEmpty = (value) =>
  value === null || value === undefined || value === "" || (Array.isArray(value) && !value.length);

/** What Slack's own client would refuse before sending: `{block_id: words}`. */
export function problems(form, blocks) {
  const found = {};
  for (const block of blocks ?? []) {
    if (block.type !== "input") continue;
    const words = problem(block, form.get(block.block_id, block.element));
    if (words) found[block.block_id] = words;
  }
  return found;
}

function problem({ optional, element }, value) {
  if (isEmpty(value)) return optional ? null : "Please complete this required field.";
  if (typeof value !== "string") return null;
  if (!optional && element.type === "plain_text_input" && !value.trim()) return "Please complete this required field.";
  if (element.min_length && value.length < element.min_length)
    return `Please enter at least ${element.min_length} characters.`;
  if (element.max_length && value.length > element.max_length)
    return `Please enter at most ${element.max_length} characters.`;
  if (element.type === "email_text_input" && !/^\S+@\S+\.\S+$/.test(value))
    return "Please enter a valid email address.";
  if (element.type === "url_text_input" && !/^https?:\/\/\S+$/i.test(value)) return "Please enter a valid URL.";
  return element.type === "number_input" ? numberProblem(element, value) : null;
}

function numberProblem(element, value) {
  if (!/^-?\d+([.,]\d+)?$/.test(value.trim())) return "Please enter a valid number.";
  const n = Number(value.replace(",", "."));
  if (!element.is_decimal_allowed && !Number.isInteger(n)) return "Please enter a whole number.";
  if (element.min_value !== undefined && n < Number(element.min_value))
    return `Please enter a number of at least ${element.min_value}.`;
  if (element.max_value !== undefined && n > Number(element.max_value))
    return `Please enter a number of at most ${element.max_value}.`;
  return null;
}
