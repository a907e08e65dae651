/** Ctrl+K: jump to a channel or a person by name. */

import { avatar } from "./avatars.js";
import { closeDialog, dialog, openDialog } from "./dialogs.js";
import { fill, h, icon, uid } from "./dom.js";
import { writeTo } from "./sidebar.js";
import { emit, isApp, personName, store } from "./store.js";

function places() {
  const channels = [...store.channels.values()]
    .filter((c) => c.kind !== "im" && c.member)
    .map((c) => ({
      label: c.name,
      detail: c.topic,
      mark: () => icon(c.kind === "private" ? "lock" : "hash"),
      unread: c.unread,
      go: () => emit("go", { channel: c.id }),
    }));
  const people = [...store.people.values()]
    .filter((p) => p.id !== store.me && !isApp(p.id))
    .map((p) => ({
      label: personName(p.id),
      detail: p.title,
      mark: () => avatar(p.id, "tiny"),
      go: () => writeTo(p.id),
    }));
  const app = {
    label: store.app.name,
    detail: "App",
    mark: () => avatar(store.app.bot_user_id, "tiny"),
    go: () => emit("go", { app: "home" }),
  };
  return [
    ...channels.sort((a, b) => (b.unread > 0) - (a.unread > 0) || a.label.localeCompare(b.label)),
    app,
    ...people,
  ];
}

export function openJump() {
  const id = uid("jump");
  let shown = [];
  let at = 0;
  const list = h("div.options", { role: "listbox", id, aria: { label: "Conversations" } });
  const input = h("input.field.jump-field", {
    type: "text",
    role: "combobox",
    placeholder: "Where to?",
    autocomplete: "off",
    aria: { label: "Jump to a conversation", controls: id, expanded: "true" },
    oninput: () => draw(),
  });
  const box = dialog("jumpbox", { label: "Jump to a conversation", shut: () => closeDialog(box) });
  const go = (place) => {
    if (!place) return;
    closeDialog(box);
    place.go();
  };
  const move = (to) => {
    if (!shown.length) return;
    at = (to + shown.length) % shown.length;
    [...list.children].forEach((e, i) => {
      e.classList.toggle("active", i === at);
      e.setAttribute("aria-selected", String(i === at));
    });
    list.children[at].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", list.children[at].id);
  };
  const draw = () => {
    const wanted = input.value.trim().toLowerCase().replace(/^[#@]/, "");
    shown = places()
      .filter((p) => `${p.label} ${p.detail ?? ""}`.toLowerCase().includes(wanted))
      .slice(0, 12);
    fill(
      list,
      shown.map((p, i) =>
        h(
          "div.option",
          { role: "option", id: `${id}-${i}`, onclick: () => go(p), onpointermove: () => at !== i && move(i) },
          h("span.option-check", p.mark()),
          h(
            "span.option-words",
            h("span.option-label", h("bdi", p.label)),
            p.detail && h("span.option-detail", p.detail),
          ),
          p.unread ? h("span.dot") : null,
        ),
      ),
    );
    if (!shown.length) fill(list, h("div.options-note", "Nothing found"));
    move(0);
  };
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") move(at + 1);
    else if (event.key === "ArrowUp") move(at - 1);
    else if (event.key === "Enter") go(shown[at]);
    else return;
    event.preventDefault();
  });
  box.addEventListener("pointerdown", (event) => event.target === box && closeDialog(box));
  fill(box, input, list);
  draw();
  openDialog(box);
  input.focus();
}
