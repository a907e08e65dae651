/** The door to the sandbox's server: reads, acts, and the live line. */

import { store } from "./store.js";

const HEADERS = { "X-Sandbox": "1" };

async function answer(response) {
  const body = await response.json().catch(() => ({ ok: false, error: `${response.status} ${response.statusText}` }));
  if (!response.ok && body.ok === undefined) return { ok: false, error: `${response.status} ${response.statusText}` };
  return body;
}

async function call(path, options) {
  try {
    return await answer(await fetch(path, { ...options, headers: { ...HEADERS, ...(options?.headers ?? {}) } }));
  } catch {
    return { ok: false, error: "The sandbox does not answer. Is it still running?" };
  }
}

/** `read("messages", {channel: "C1"})`, always as the person on screen. */
export function read(what, params = {}) {
  const query = new URLSearchParams(params);
  if (store.me) query.set("as", store.me);
  return call(`/sandbox/${what}?${query}`);
}

const post = (path, body) =>
  call(path, { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } });

/** Do something as the person on screen; resolves to `{ok, error?, ...}` and never rejects. */
export const act = (name, detail = {}) => post("/sandbox/act", { as: store.me, act: name, ...detail });

export const moveClock = (step) => post("/sandbox/clock", step);

let line = null;
let generation = 0;

/** Close the line as a broken network would; it comes back by itself. */
export const dropLine = () => line?.close();

/** Keep one WebSocket open for the person on screen; `heard(event)`, `state("open" | "lost")`. */
export function listen(heard, state) {
  generation += 1;
  const mine = generation;
  line?.close();
  const connect = (wait) => {
    if (mine !== generation) return;
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/sandbox/live?as=${encodeURIComponent(store.me)}`);
    line = socket;
    let opened = false;
    socket.onopen = () => {
      opened = true;
      if (mine === generation) state("open");
    };
    socket.onmessage = (event) => {
      if (mine === generation) heard(JSON.parse(event.data));
    };
    socket.onclose = () => {
      if (mine !== generation) return;
      state("lost");
      const next = opened ? 250 : Math.min(wait * 2, 5000);
      setTimeout(() => connect(next), next);
    };
  };
  connect(250);
}
