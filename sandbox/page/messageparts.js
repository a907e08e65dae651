/** What hangs under a message: files, reactions, the line of its thread. */

import { act } from "./api.js";
import { avatar } from "./avatars.js";
import { ofTs, shortInstant } from "./dates.js";
import { h, icon } from "./dom.js";
import { emojiOf } from "./emoji.js";
import { emit, isApp, personName, store } from "./store.js";
import { refused } from "./toasts.js";

/** Whether an app wrote it. */
export const isBot = (m) => isApp(m.user) || Boolean(m.bot);

export function files(message) {
  if (!message.files?.length) return null;
  return h(
    "div.files",
    message.files.map((f) =>
      h(
        "div.filecard",
        f.mimetype?.startsWith("image/") ? picture(f) : icon("file"),
        h(
          "span.filecard-words",
          h("bdi", f.title || f.name || "File"),
          h("span.muted", [f.pretty_type ?? f.filetype ?? "", f.size ? size(f.size) : ""].filter(Boolean).join(" · ")),
        ),
      ),
    ),
  );
}

/** The picture itself, from this very origin: the address that apps get may name another host. */
const picture = (f) =>
  h("img.filecard-picture", {
    src: `/files/${encodeURIComponent(f.id)}/${encodeURIComponent(f.name)}`,
    alt: f.alt_txt || f.title || f.name,
    loading: "lazy",
  });

const size = (bytes) =>
  bytes < 1024
    ? `${bytes} B`
    : bytes < 1_048_576
      ? `${Math.round(bytes / 1024)} kB`
      : `${(bytes / 1_048_576).toFixed(1)} MB`;

export function reactions(channel, message) {
  if (!message.reactions?.length) return null;
  const one = (r) => {
    const mine = r.users.includes(store.me);
    const names = r.users.map(personName).join(", ");
    const count = r.count ?? r.users.length;
    return h(
      "button.reaction",
      {
        type: "button",
        class: mine ? "mine" : "",
        title: `${names}: :${r.name}:`,
        data: { focus: `r/${message.ts}/${r.name}` },
        aria: { pressed: String(mine), label: `${r.name}, ${count}: ${names}` },
        onclick: () => react(channel, message, r.name),
      },
      h("span.emoji", emojiOf(r.name) ?? `:${r.name}:`),
      String(count),
    );
  };
  return h("div.reactions", message.reactions.map(one));
}

export const react = async (channel, message, name) => refused(await act("react", { channel, ts: message.ts, name }));

export const unreadReplies = (m) => store.unreadThreads?.has(m.ts) ?? false;

export function threadLine(channel, message) {
  const count = message.reply_count ?? 0;
  if (!count) return null;
  const faces = (message.reply_users ?? []).slice(0, 4).map((id) => avatar(id, "small"));
  const last = message.latest_reply ? h("span.muted", `Last reply ${shortInstant(ofTs(message.latest_reply))}`) : null;
  const unread = unreadReplies(message);
  return h(
    "button.threadline",
    {
      type: "button",
      class: unread ? "unread" : "",
      data: { focus: `thread/${message.ts}` },
      onclick: () => emit("thread", { channel, ts: message.ts }),
    },
    h("span.faces", faces),
    h("span.threadline-count", `${count} ${count === 1 ? "reply" : "replies"}`),
    unread && h("span.newmark", "New"),
    last,
  );
}
