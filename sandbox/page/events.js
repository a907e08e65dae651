/** What the live line says, taken into the store. */

import { announce } from "./announce.js";
import { addRequest } from "./inspector.js";
import { showErrors, showStack } from "./modals.js";
import { NOTICE, current, emit, inOrder, isApp, isReply, messagesOf, repliesOf, store, takeClock } from "./store.js";
import { toast } from "./toasts.js";

let notices = 0;

/** Where a message belongs: its thread's replies, its channel, or both. */
function keep(channel, message) {
  const parent = message.thread_ts;
  if (parent && store.replies.has(parent)) repliesOf(parent).set(message.ts, message);
  if (!isReply(message) || message.subtype === "thread_broadcast" || message.ephemeral)
    messagesOf(channel).set(message.ts, message);
}

function forget(channel, message) {
  const ts = message.ts ?? message;
  store.messages.get(channel)?.delete(ts);
  for (const replies of store.replies.values()) replies.delete(ts);
}

/** A reply raises its parent's count, unless the parent has already been told. */
function countReply(channel, message) {
  const parent = store.messages.get(channel)?.get(message.thread_ts);
  if (!parent || (parent.latest_reply && Number(parent.latest_reply) >= Number(message.ts))) return;
  const users = parent.reply_users ?? [];
  const counted = {
    ...parent,
    reply_count: (parent.reply_count ?? 0) + 1,
    latest_reply: message.ts,
    reply_users: users.includes(message.user) ? users : [...users, message.user],
  };
  store.messages.get(channel).set(parent.ts, counted);
}

const onScreen = (channel) => current()?.id === channel && document.visibilityState === "visible";

function arrived({ channel, message }) {
  if (store.messages.has(channel)) keep(channel, message);
  const mine = message.user === store.me;
  if (isReply(message)) replied(channel, message, mine);
  else if (!mine) unread(channel, message);
  if (onScreen(channel) && !mine) announce(message);
  emit("messages");
}

function replied(channel, message, mine) {
  if (message.ephemeral) return;
  countReply(channel, message);
  if (mine || store.thread?.ts === message.thread_ts) return;
  store.unreadThreads.add(message.thread_ts);
  const c = store.channels.get(channel);
  if (!c || onScreen(channel) || (isApp(message.user) && !names(message))) return;
  c.threads = true; // what the app logs in its threads calls nobody; what a person writes there does
  emit("channels");
}

/** Whether a message calls the person on screen. */
const names = ({ text }) => (text ?? "").includes(`<@${store.me}>`) || /<!(channel|here|everyone)/.test(text ?? "");

function unread(channel, message) {
  const c = store.channels.get(channel);
  if (!c) return emit("reload");
  if (onScreen(channel)) return emit("read", channel);
  c.unread = (c.unread ?? 0) + 1;
  if (c.kind !== "im" && names(message)) c.mentions = (c.mentions ?? 0) + 1;
  return emit("channels");
}

function changed({ channel, message }) {
  if (!store.messages.has(channel)) return;
  const old = messagesOf(channel).get(message.ts) ?? store.replies.get(message.thread_ts)?.get(message.ts);
  keep(channel, {
    ...(old ?? {}),
    ...message,
    blocks: message.blocks,
    attachments: message.attachments,
    edited: message.edited,
  });
  emit("messages");
}

function removed({ channel, message }) {
  const gone = store.messages.get(channel)?.get(message.ts);
  forget(channel, message);
  // a parent stays as a tombstone, and a reply that goes changes its parent's count: the server knows which
  if (!gone?.ephemeral && (!gone || gone.reply_count)) emit("reload");
  emit("messages");
}

/** A note of the sandbox itself in a channel, for this person only. */
function noticed({ text, channel }) {
  if (!channel || !store.channels.has(channel)) return toast(text, { kind: "error" });
  notices += 1;
  const last = inOrder(messagesOf(channel)).at(-1);
  const ts = `${Math.max(Number(last?.ts ?? 0), Number(store.clock.now ? Date.parse(store.clock.now) / 1000 : 0)).toFixed(6)}`;
  messagesOf(channel).set(`${ts}${notices}`, {
    ts: `${ts}${notices}`,
    user: NOTICE,
    text,
    ephemeral: true,
    notice: true,
  });
  if (onScreen(channel)) announce({ user: NOTICE, text });
  return emit("messages");
}

function channelChanged({ channel }) {
  if (!channel?.kind) return emit("reload"); // only named: read it
  const old = store.channels.get(channel.id) ?? {};
  const kept = onScreen(channel.id) ? { unread: 0, mentions: 0 } : {};
  store.channels.set(channel.id, { ...old, ...channel, ...kept });
  return emit("channels");
}

function reacted(event) {
  const { channel, ts, message } = event;
  if (message) return changed(event);
  const found = messagesOf(channel).get(ts) ?? [...store.replies.values()].find((r) => r.has(ts))?.get(ts);
  if (found && event.reactions) changed({ channel, message: { ...found, reactions: event.reactions } });
  return undefined;
}

const HEAR = {
  message: arrived,
  message_changed: changed,
  message_deleted: removed,
  ephemeral: ({ channel, message }) => arrived({ channel, message: { ...message, ephemeral: true } }),
  ephemeral_changed: ({ channel, message }) => changed({ channel, message: { ...message, ephemeral: true } }),
  ephemeral_deleted: removed,
  view: ({ stack }) => showStack(stack),
  view_errors: ({ errors }) => showErrors(errors),
  home: ({ view }) => {
    store.home = view;
    emit("home");
  },
  clock: ({ clock }) => {
    takeClock(clock);
    emit("clock");
  },
  channel: channelChanged,
  request: ({ row }) => {
    addRequest(row);
    emit("requests");
  },
  reaction: reacted,
  notice: noticed,
};

/** One event of the live line. */
export function heard(event) {
  HEAR[event.type]?.(event);
}
