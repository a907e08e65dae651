/** Channels, direct messages and the app, at the left; a drawer on narrow windows. */

import { act } from "./api.js";
import { avatar } from "./avatars.js";
import { fill, focusBack, focusMark, h, icon, iconButton } from "./dom.js";
import { openList } from "./popover.js";
import { appChannel, channelName, current, emit, isApp, personName, store } from "./store.js";
import { refused } from "./toasts.js";

const byName = (a, b) => channelName(a).localeCompare(channelName(b));

export function drawSidebar(root) {
  const mark = focusMark(root);
  const all = [...store.channels.values()];
  const channels = all.filter((c) => c.kind !== "im" && c.member).sort(byName);
  const direct = all.filter((c) => c.kind === "im" && !isApp(c.user) && c.user !== store.me).sort(byName);
  const add = iconButton("plus", "New direct message", () => choosePerson(add), {
    data: { focus: "add" },
    aria: { haspopup: "listbox", expanded: "false" },
  });
  fill(
    root,
    h(
      "div.sidebar-head",
      h("h1", store.team.name),
      h(
        "button.jumpto",
        { type: "button", data: { focus: "jumpto" }, title: "Jump to… (Ctrl+K)", onclick: () => emit("jumpto") },
        icon("search"),
        h("span", "Jump to…"),
        h("kbd", "Ctrl K"),
      ),
    ),
    group("Channels", channels.map(channelRow)),
    group("Direct messages", direct.map(channelRow), add),
    group("Apps", [appRow()]),
  );
  focusBack(root, mark);
}

function group(name, rows, extra) {
  if (!rows.length && !extra) return null;
  return h(
    "section.group",
    { aria: { label: name } },
    h("div.group-head", h("h2", name), extra),
    h(
      "ul",
      rows.map((r) => h("li", r)),
    ),
  );
}

function row({ key, here, unread, count, mark, name, go }) {
  const label = unread ? `${name}, unread${count ? `, ${count}` : ""}` : name;
  return h(
    "button.row",
    {
      type: "button",
      class: `${here ? "here" : ""} ${unread ? "unread" : ""}`,
      data: { focus: `row/${key}` },
      aria: { current: here ? "page" : null, label },
      onclick: go,
    },
    mark,
    h("span.row-name", h("bdi", name)),
    count ? h("span.count", String(count)) : unread ? h("span.dot") : null,
  );
}

function channelRow(c) {
  const im = c.kind === "im";
  const mark = im ? avatar(c.user, "tiny") : icon(c.kind === "private" ? "lock" : "hash");
  const count = im ? c.unread : c.mentions;
  return row({
    key: c.id,
    here: current()?.id === c.id,
    unread: c.unread > 0 || Boolean(c.threads),
    count,
    mark,
    name: channelName(c),
    go: () => emit("go", { channel: c.id }),
  });
}

function appRow() {
  const channel = appChannel();
  const here = store.place.kind === "home" || (channel && current()?.id === channel.id);
  const unread = channel?.unread ?? 0;
  return row({
    key: "app",
    here,
    unread: unread > 0,
    count: unread,
    mark: avatar(store.app.bot_user_id, "tiny"),
    name: store.app.name,
    go: () => emit("go", unread || !store.app.home_tab ? { app: "messages" } : { app: "home" }),
  });
}

function choosePerson(anchor) {
  const people = [...store.people.values()].filter((p) => p.id !== store.me && !isApp(p.id));
  const options = people.map((p) => ({
    key: p.id,
    label: personName(p.id),
    detail: p.title,
    node: h("span.who-row", avatar(p.id, "small"), h("bdi", personName(p.id))),
  }));
  openList(anchor, {
    groups: [{ options }],
    label: "people",
    placeholder: "Write to…",
    filter: true,
    onpick: (o) => writeTo(o.key),
  });
}

/** Open the direct messages with a person, making them when they are not there. */
export async function writeTo(user) {
  const known = [...store.channels.values()].find((c) => c.kind === "im" && c.user === user);
  if (known) return emit("go", { channel: known.id });
  const answer = refused(await act("open_dm", { user }));
  const channel = answer.channel;
  if (!channel) return undefined;
  const id = typeof channel === "string" ? channel : channel.id;
  if (!store.channels.has(id))
    store.channels.set(
      id,
      typeof channel === "object" && channel.kind
        ? channel
        : { id, name: "", kind: "im", user, member: true, unread: 0 },
    );
  return emit("go", { channel: id });
}
