/** What the page knows, and who wants to hear when it changes. */

export const store = {
  team: { name: "" },
  me: "",
  app: { name: "App", bot_user_id: "", home_tab: false },
  people: new Map(),
  channels: new Map(),
  commands: [],
  shortcuts: [],
  clock: { now: null, hook: false, readAt: 0 },
  place: { kind: "channel", channel: null }, // or {kind: "home"}, {kind: "app", channel}
  messages: new Map(), // channel -> Map(ts -> message)
  replies: new Map(), // parent ts -> Map(ts -> message)
  thread: null, // {channel, ts}
  side: "none", // "thread" | "requests"
  home: null,
  stack: [],
  requests: [],
  unreadFrom: new Map(), // channel -> ts of the first message not read when it was opened
  dismissed: new Set(),
};

const listeners = new Map();

/** Call `fn(detail)` whenever `topic` is emitted. */
export function on(topic, fn) {
  if (!listeners.has(topic)) listeners.set(topic, []);
  listeners.get(topic).push(fn);
}

export function emit(topic, detail) {
  for (const fn of listeners.get(topic) ?? []) fn(detail);
}

/** The server's answer of `GET /sandbox/state`, taken over whole. */
export function takeState(state) {
  store.team = state.team ?? store.team;
  store.me = typeof state.me === "string" ? state.me : state.me.id;
  store.app = { ...store.app, ...state.app };
  store.people = new Map(state.people.map((p) => [p.id, p]));
  store.channels = new Map(state.channels.map((c) => [c.id, c]));
  store.commands = state.commands ?? [];
  store.shortcuts = state.shortcuts ?? [];
  takeClock(state.clock);
}

export function takeClock(clock) {
  if (clock) store.clock = { ...clock, readAt: performance.now() };
}

/** Contract time now, in milliseconds: the last reading, and what has passed since. */
export function now() {
  const { now: reading, readAt } = store.clock;
  return reading ? Date.parse(reading) + (performance.now() - readAt) : Date.now();
}

export const me = () => store.people.get(store.me);
export const person = (id) => store.people.get(id);
/** The author of the sandbox's own notes. */
export const NOTICE = "sandbox";
export const isApp = (id) => id === store.app.bot_user_id;
export const personName = (id) => {
  if (isApp(id)) return store.app.name;
  if (id === NOTICE) return "Sandbox";
  if (id === "USLACKBOT") return "Slackbot";
  const p = person(id);
  return p?.real_name || p?.name || id || "Somebody";
};
export const zone = () => me()?.tz || undefined;
export const locale = () => me()?.locale || undefined;

/** A channel's name as people say it: `#acme`, or the other person's name. */
export function channelName(channel) {
  if (!channel) return "";
  return channel.kind === "im" ? personName(channel.user) : channel.name;
}

export const appChannel = () => [...store.channels.values()].find((c) => c.kind === "im" && isApp(c.user));

/** The conversation on screen, or null on the app's home tab. */
export const current = () => (store.place.kind === "home" ? null : (store.channels.get(store.place.channel) ?? null));

export function messagesOf(channel) {
  if (!store.messages.has(channel)) store.messages.set(channel, new Map());
  return store.messages.get(channel);
}

export function repliesOf(ts) {
  if (!store.replies.has(ts)) store.replies.set(ts, new Map());
  return store.replies.get(ts);
}

export const inOrder = (messages) =>
  [...messages.values()].sort((a, b) => Number(a.ts) - Number(b.ts) || (a.ts < b.ts ? -1 : 1));

export const isReply = (m) => Boolean(m.thread_ts && m.thread_ts !== m.ts);
