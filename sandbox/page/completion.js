/** What the message box offers to complete: commands, people, channels, emoji. */

import { DRAWN, EMOJI } from "./emoji.js";
import { isApp, personName, store } from "./store.js";

/** What may be completed at the caret: `{kind, start, query}` or null. */
export function completion(text, caret, thread) {
  const before = text.slice(0, caret);
  const slash = /^\/(\S*)$/.exec(before);
  if (slash && !thread) return { kind: "command", start: 0, query: slash[1] };
  const found = /(^|[\s(])([@#:])([\p{L}\p{N}._+-]*)$/u.exec(before);
  if (!found) return null;
  const kind = { "@": "person", "#": "channel", ":": "emoji" }[found[2]];
  if (kind === "emoji" && found[3].length < 2) return null;
  return { kind, start: caret - found[3].length - 1, query: found[3] };
}

const OFFERS = {
  command: (query) =>
    [
      ...store.commands.map((c) => ({
        insert: `${c.command} `,
        label: c.command,
        hint: c.usage_hint,
        detail: c.description,
        icon: "bolt",
      })),
      ...store.shortcuts
        .filter((s) => s.type === "global")
        .map((s) => ({ label: s.name, detail: s.description, icon: "bolt", hint: "shortcut", shortcut: s })),
    ].filter((o) =>
      o.shortcut
        ? query && o.label.toLowerCase().includes(query.toLowerCase())
        : o.label.slice(1).startsWith(query.toLowerCase()),
    ),
  person: (query) =>
    [
      ...[...store.people.values()].map((p) => ({
        insert: `@${p.name} `,
        label: personName(p.id),
        hint: `@${p.name}`,
        detail: isApp(p.id) ? "App" : p.title,
        icon: isApp(p.id) ? "shield" : "people",
      })),
      { insert: "@here ", label: "@here", detail: "Everyone active in this channel", icon: "bell" },
      { insert: "@channel ", label: "@channel", detail: "Everyone in this channel", icon: "bell" },
    ].filter((o) => `${o.label} ${o.hint ?? ""}`.toLowerCase().includes(query.toLowerCase())),
  channel: (query) =>
    [...store.channels.values()]
      .filter((c) => c.kind !== "im" && c.member && c.name.includes(query.toLowerCase()))
      .map((c) => ({
        insert: `#${c.name} `,
        label: c.name,
        detail: c.topic,
        icon: c.kind === "private" ? "lock" : "hash",
      })),
  emoji: (query) =>
    [...EMOJI]
      .filter(([name]) => name.includes(query.toLowerCase()))
      .slice(0, 40)
      .map(([name, character]) =>
        DRAWN
          ? { insert: `${character} `, label: `:${name}:`, character }
          : { insert: `:${name}: `, label: `:${name}:`, icon: "smile" },
      ),
};

export const HEADINGS = { command: "Commands", person: "People", channel: "Channels", emoji: "Emoji" };

/** The offers for what `completion` found, best first. */
export const offersFor = ({ kind, query }) => OFFERS[kind](query);
