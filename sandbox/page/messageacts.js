/** What can be done to a message: its toolbar and menu, reacting, editing, deleting. */

import { act } from "./api.js";
import { confirm } from "./dialogs.js";
import { h, iconButton } from "./dom.js";
import { DRAWN, EMOJI, QUICK, emojiOf } from "./emoji.js";
import { isBot, react } from "./messageparts.js";
import { mrkdwn } from "./mrkdwn.js";
import { openList, openMenu } from "./popover.js";
import { emit, store } from "./store.js";
import { refused } from "./toasts.js";

export function toolbar(channel, message, inThread) {
  const mine = message.user === store.me && !isBot(message);
  const more = iconButton(
    "more",
    "More actions",
    () => openMenu(more, menuOf(channel, message, mine), { label: "Message actions", align: "end" }),
    { aria: { haspopup: "menu", expanded: "false" } },
  );
  const smile = iconButton("smile", "Add a reaction", () => pickReaction(smile, channel, message), {
    aria: { haspopup: "listbox", expanded: "false" },
  });
  return [
    DRAWN &&
      QUICK.slice(0, 3).map((name) =>
        h(
          "button.iconbtn.emoji",
          {
            type: "button",
            title: `React with :${name}:`,
            aria: { label: `React with ${name}` },
            onclick: () => react(channel, message, name),
          },
          emojiOf(name),
        ),
      ),
    smile,
    !inThread &&
      iconButton("reply", "Reply in thread", () => emit("thread", { channel, ts: message.thread_ts ?? message.ts })),
    more,
  ];
}

function menuOf(channel, message, mine) {
  const run = (s) => ({
    label: s.name,
    detail: store.app.name,
    icon: "bolt",
    act: async () => refused(await act("message_shortcut", { callback_id: s.callback_id, channel, ts: message.ts })),
  });
  const shortcuts = store.shortcuts.filter((s) => s.type === "message").map(run);
  const items = [
    {
      label: "Reply in thread",
      icon: "reply",
      act: () => emit("thread", { channel, ts: message.thread_ts ?? message.ts }),
    },
    { label: "Copy text", icon: "file", act: () => copy(message) },
  ];
  if (mine)
    items.push(
      { label: "Edit message", icon: "edit", act: () => edit(message.ts), keepFocus: true },
      { label: "Delete message…", icon: "trash", danger: true, act: () => remove(channel, message) },
    );
  return shortcuts.length ? [...items, null, { heading: "Shortcuts" }, ...shortcuts] : items;
}

const copy = (message) => navigator.clipboard?.writeText(h("div", mrkdwn(message.text)).textContent);

function pickReaction(anchor, channel, message) {
  const options = [...EMOJI].map(([name, character]) => ({
    key: name,
    label: name.replace(/_/g, " "),
    node: h("span", DRAWN && h("span.emoji", `${character} `), `:${name}:`),
  }));
  openList(anchor, { groups: [{ options }], label: "emoji", onpick: (o) => react(channel, message, o.key) });
}

/** Open a message for editing in its place; with null, leave it. */
export function edit(ts) {
  store.editing = ts;
  emit("messages");
  requestAnimationFrame(() => {
    const field = document.querySelector(".editor textarea");
    field?.focus();
    field?.setSelectionRange(field.value.length, field.value.length);
  });
}

async function remove(channel, message) {
  const sure = await confirm({
    title: "Delete message",
    text: "The message goes for everybody. This cannot be undone.",
    confirm: "Delete",
    deny: "Cancel",
    style: "danger",
  });
  if (sure) refused(await act("delete", { channel, ts: message.ts }));
}

const unescape = (text) =>
  text
    .replace(/<@([UW]\w+)(?:\|[^>]*)?>/g, (w, id) => `@${store.people.get(id)?.name ?? id}`)
    .replace(/<#(\w+)(?:\|[^>]*)?>/g, (w, id) => `#${store.channels.get(id)?.name ?? id}`)
    .replace(/<(https?:[^|>]+)(?:\|[^>]*)?>/g, "$1")
    .replace(/<!(here|channel|everyone)>/g, "@$1")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&amp;/g, "&");

export function editor(channel, message) {
  const field = h("textarea.field", {
    rows: 2,
    aria: { label: "Edit message" },
    dir: "auto",
    data: { focus: `edit/${message.ts}` },
  });
  field.value = unescape(message.text ?? "");
  const leave = () => {
    edit(null);
    document.querySelector(".main textarea")?.focus();
  };
  const save = async () => {
    const text = field.value.trim();
    if (!text) return;
    if (refused(await act("edit", { channel, ts: message.ts, text })).ok !== false) leave();
  };
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) save();
    else if (event.key === "Escape") leave();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  return h(
    "div.editor",
    field,
    h(
      "div.editor-foot",
      h("span.muted", "Enter saves, Escape leaves"),
      h("button.button.small", { type: "button", onclick: leave }, "Cancel"),
      h("button.button.small.primary", { type: "button", onclick: save }, "Save"),
    ),
  );
}
