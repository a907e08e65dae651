/** The message box: completion of commands, people, channels and emoji, shortcuts, files; Enter sends. */

import { act } from "./api.js";
import { fill, h, icon, iconButton, uid } from "./dom.js";
import { HEADINGS, completion, offersFor } from "./completion.js";
import { edit } from "./messageacts.js";
import { openMenu } from "./popover.js";
import { channelName, emit, inOrder, store } from "./store.js";
import { refused, toast } from "./toasts.js";

const drafts = new Map();
const LARGEST_FILE = 5_000_000;

export class Composer {
  constructor({ thread = false } = {}) {
    this.thread = thread;
    this.place = null;
    this.listId = uid("complete");
    this.options = h("div.complete", { hidden: true });
    this.hint = h("div.usage", { hidden: true });
    this.field = h("textarea.composer-field", {
      rows: 1,
      dir: "auto",
      id: thread ? null : "composer",
      role: "combobox",
      aria: { autocomplete: "list", expanded: "false", controls: this.listId, haspopup: "listbox" },
      oninput: () => this.typed(),
      onkeydown: (e) => this.key(e),
      onclick: () => this.complete(),
      onblur: () => setTimeout(() => this.root.contains(document.activeElement) || this.shut(), 0),
    });
    this.send = iconButton("send", "Send", () => this.submit(), { class: "send" });
    this.plus = iconButton("plus", "Attach a file or run a shortcut", () => this.menu(), {
      aria: { haspopup: "menu", expanded: "false" },
    });
    this.fileInput = h("input", { type: "file", hidden: true, tabindex: "-1", onchange: () => this.upload() });
    const mark = (name, label, sign) => iconButton(name, label, () => this.wrap(sign));
    const tools = h(
      "div.composer-tools",
      { role: "toolbar", aria: { label: "Formatting" } },
      this.plus,
      h("span.tool-line"),
      mark("bold", "Bold", "*"),
      mark("italic", "Italic", "_"),
      mark("strike", "Strikethrough", "~"),
      mark("code", "Code", "`"),
      h("span.grow"),
      this.send,
    );
    this.root = h("div.composer", this.options, this.hint, h("div.composer-box", this.field, tools), this.fileInput);
  }

  get key_() {
    return `${store.me}/${this.place?.channel}/${this.place?.thread_ts ?? ""}`;
  }

  /** Stand before a conversation or thread: `{channel, thread_ts?}`. */
  show(place) {
    const same =
      this.place &&
      this.place.channel === place.channel &&
      this.place.thread_ts === place.thread_ts &&
      this.of === store.me;
    this.place = place;
    this.of = store.me;
    const channel = store.channels.get(place.channel);
    const name = channel?.kind === "im" ? channelName(channel) : `#${channelName(channel)}`;
    const label = this.thread ? "Reply" : `Message ${name}`;
    this.field.placeholder = this.thread ? "Reply…" : label;
    this.field.setAttribute("aria-label", label);
    if (same) return;
    this.field.value = drafts.get(this.key_) ?? "";
    this.shut();
    this.grow();
  }

  focus() {
    this.field.focus({ preventScroll: true });
  }

  /** Write `text` into the box, as if typed. */
  put(text) {
    this.field.value = text;
    this.field.setSelectionRange(text.length, text.length);
    this.focus();
    this.typed();
  }

  typed() {
    drafts.set(this.key_, this.field.value);
    this.grow();
    this.complete();
  }

  grow() {
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight, 240)}px`;
    this.send.disabled = !this.field.value.trim();
    this.usage();
  }

  usage() {
    const found = /^(\/\S+)\s/.exec(this.field.value);
    const command = found && !this.thread && store.commands.find((c) => c.command === found[1]);
    this.hint.hidden = !command;
    if (command)
      fill(
        this.hint,
        h("strong", command.command),
        " ",
        command.usage_hint || "",
        h("span.muted", command.description),
      );
  }

  complete() {
    const { value, selectionStart, selectionEnd } = this.field;
    this.at = selectionStart === selectionEnd ? completion(value, selectionStart, this.thread) : null;
    const offers = this.at ? offersFor(this.at) : [];
    if (!offers.length) return this.shut();
    this.offers = offers;
    const list = h("div", { role: "listbox", id: this.listId, aria: { label: HEADINGS[this.at.kind] } });
    offers.forEach((o, i) => list.append(this.offer(o, i)));
    fill(
      this.options,
      h(
        "div.complete-head",
        HEADINGS[this.at.kind],
        h("span.keys", h("kbd", "↑"), h("kbd", "↓"), " choose ", h("kbd", "Tab"), " take ", h("kbd", "Esc"), " leave"),
      ),
      list,
    );
    this.options.hidden = false;
    this.hint.hidden = true;
    this.field.setAttribute("aria-expanded", "true");
    this.choose(0);
  }

  offer(o, i) {
    const id = `${this.listId}-${i}`;
    const take = (event) => {
      event.preventDefault();
      this.take(i);
    };
    return h(
      "div.offer",
      { role: "option", id, onpointerdown: take, onpointermove: () => this.choose(i, false) },
      h("span.offer-icon", o.character ?? icon(o.icon)),
      h("span.offer-label", h("bdi", o.label)),
      o.hint && h("span.offer-hint", o.hint),
      o.detail && h("span.offer-detail", o.detail),
    );
  }

  choose(index, scroll = true) {
    this.chosen = (index + this.offers.length) % this.offers.length;
    const rows = [...this.options.querySelectorAll(".offer")];
    rows.forEach((row, i) => row.setAttribute("aria-selected", String(i === this.chosen)));
    if (scroll) rows[this.chosen].scrollIntoView({ block: "nearest" });
    this.field.setAttribute("aria-activedescendant", rows[this.chosen].id);
  }

  get open() {
    return !this.options.hidden;
  }

  shut() {
    this.options.hidden = true;
    this.field.setAttribute("aria-expanded", "false");
    this.field.removeAttribute("aria-activedescendant");
    this.usage();
  }

  take(index) {
    const offer = this.offers[index];
    if (offer.shortcut) {
      this.clear();
      this.shortcut(offer.shortcut);
      return;
    }
    const { value, selectionStart } = this.field;
    const head = value.slice(0, this.at.start) + offer.insert;
    this.field.value = head + value.slice(selectionStart).replace(/^ /, "");
    this.field.setSelectionRange(head.length, head.length);
    this.focus();
    drafts.set(this.key_, this.field.value);
    this.grow();
    this.shut();
  }

  key(event) {
    if (event.isComposing) return;
    const act_ = this.open ? this.openKey(event) : this.plainKey(event);
    if (act_) event.preventDefault();
  }

  openKey({ key, shiftKey }) {
    if (key === "ArrowDown") this.choose(this.chosen + 1);
    else if (key === "ArrowUp") this.choose(this.chosen - 1);
    else if (key === "Tab" && !shiftKey) this.take(this.chosen);
    else if (key === "Escape") this.shut();
    else if (key === "Enter" && !shiftKey) {
      const exact = this.at.kind === "command" && this.offers[this.chosen].label === this.field.value.trim();
      if (exact) this.submit();
      else this.take(this.chosen);
    } else return false;
    return true;
  }

  plainKey({ key, shiftKey, ctrlKey, metaKey }) {
    if (key === "Enter" && !shiftKey) this.submit();
    else if (key === "ArrowUp" && !this.field.value) return this.editLast();
    else if ((ctrlKey || metaKey) && key === "b") this.wrap("*");
    else if ((ctrlKey || metaKey) && key === "i") this.wrap("_");
    else if ((ctrlKey || metaKey) && shiftKey && key.toLowerCase() === "x") this.wrap("~");
    else if ((ctrlKey || metaKey) && shiftKey && key.toLowerCase() === "c") this.wrap("`");
    else return false;
    return true;
  }

  editLast() {
    const { channel, thread_ts } = this.place;
    const from = thread_ts ? store.replies.get(thread_ts) : store.messages.get(channel);
    const mine = inOrder(from ?? new Map()).filter((m) => m.user === store.me && !m.ephemeral && !m.subtype);
    if (!mine.length) return false;
    edit(mine[mine.length - 1].ts);
    return true;
  }

  wrap(sign) {
    const { value, selectionStart: a, selectionEnd: b } = this.field;
    this.field.value = value.slice(0, a) + sign + value.slice(a, b) + sign + value.slice(b);
    this.focus();
    this.field.setSelectionRange(a + 1, b + 1);
    this.typed();
  }

  clear() {
    this.field.value = "";
    drafts.delete(this.key_);
    this.shut();
    this.grow();
  }

  async submit() {
    const text = this.field.value.trim();
    if (!text || this.sending) return;
    const place = this.place;
    this.sending = true;
    this.root.classList.add("sending");
    this.clear();
    const answer =
      text.startsWith("/") && !this.thread
        ? await this.command(text)
        : refused(
            await act("post", {
              channel: place.channel,
              text,
              ...(place.thread_ts ? { thread_ts: place.thread_ts } : {}),
            }),
          );
    this.sending = false;
    this.root.classList.remove("sending");
    if (answer.ok === false && !this.field.value && place.channel === this.place.channel) this.put(text);
    emit("sent", { text, thread: this.thread });
  }

  async command(text) {
    const name = text.split(/\s/)[0];
    if (!store.commands.some((c) => c.command === name)) {
      toast(`${name} is not a command here. Type / to see those there are.`, { kind: "error" });
      return { ok: false };
    }
    const answer = await act("command", { channel: this.place.channel, text });
    // A command that failed in the app is told in the channel, as a notice; anything else is told here.
    if (answer.ok === false && !["operation_timeout", "dispatch_failed"].includes(answer.error)) return refused(answer);
    return { ok: true };
  }

  menu() {
    const shortcuts = this.thread ? [] : store.shortcuts.filter((s) => s.type === "global");
    const items = [
      { label: "Upload a file", icon: "file", act: () => this.fileInput.click() },
      ...(shortcuts.length
        ? [
            null,
            { heading: `Shortcuts of ${store.app.name}` },
            ...shortcuts.map((s) => ({
              label: s.name,
              detail: s.description,
              icon: "bolt",
              act: () => this.shortcut(s),
            })),
          ]
        : []),
    ];
    openMenu(this.plus, items, { label: "Attach" });
  }

  async shortcut(s) {
    refused(await act("shortcut", { callback_id: s.callback_id }));
  }

  async upload() {
    const [file] = this.fileInput.files;
    this.fileInput.value = "";
    if (!file) return;
    if (file.size > LARGEST_FILE) {
      toast("The sandbox takes files of up to 5 MB.", { kind: "error" });
      return;
    }
    refused(
      await act("upload", {
        channel: this.place.channel,
        name: file.name,
        content: await asBase64(file),
        ...(this.place.thread_ts ? { thread_ts: this.place.thread_ts } : {}),
      }),
    );
  }
}

/** A file's bytes as text, whatever they are. */
const asBase64 = (file) =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
