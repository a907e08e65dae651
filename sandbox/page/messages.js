/** Messages as people read them: by day, grouped by author. */

import { act } from "./api.js";
import { avatar, nameButton } from "./avatars.js";
import { drawAttachment, drawBlocks } from "./blocks.js";
import { dayName, fullInstant, ofTs, sameDay, timeOf } from "./dates.js";
import { append, fill, focusBack, focusMark, h, icon } from "./dom.js";
import { Form } from "./form.js";
import { editor, toolbar } from "./messageacts.js";
import { files, isBot, reactions, threadLine, unreadReplies } from "./messageparts.js";
import { mrkdwn } from "./mrkdwn.js";
import { emit, inOrder, isReply, personName, store } from "./store.js";
import { refused } from "./toasts.js";

const GROUP_MS = 5 * 60_000;
const forms = new Map();

const formOf = (channel, ts) => {
  const key = `${channel}/${ts}`;
  if (!forms.has(key)) forms.set(key, new Form());
  return forms.get(key);
};

function contextOf(channel, message) {
  const form = formOf(channel, message.ts);
  form.keep([message, ...(message.attachments ?? [])].flatMap((each) => each.blocks ?? []));
  const where = { channel, ts: message.ts, ephemeral: Boolean(message.ephemeral) };
  const perform = async (action) =>
    refused(await act("action", { action, ...where, state: form.state(message.blocks) }));
  return {
    surface: "message",
    form,
    act: perform,
    suggest: (query) => act("suggest", { ...query, channel, ts: message.ts }),
  };
}

/** One scrolling list of messages; the channel pane has one and the thread pane another. */
export class MessageList {
  constructor({ label, thread = false }) {
    this.thread = thread;
    this.list = h("ol.messages", { aria: { label } });
    this.intro = h("div.intro");
    this.scroller = h(
      "div.scroller",
      { onscroll: () => this.scrolled() },
      h("div.scroll-inner", { class: thread ? "top" : "" }, this.intro, this.list),
    );
    this.jump = h(
      "button.jump",
      { type: "button", hidden: true, onclick: () => this.toEnd(true) },
      icon("arrowdown"),
      h("span", "New messages"),
    );
    this.root = h("div.messages-pane", this.scroller, this.jump);
    this.bar = h("div.msgbar", { role: "toolbar", aria: { label: "Message actions" } });
    this.atEnd = true;
    this.list.addEventListener("pointerover", (e) => this.reach(e.target));
    this.list.addEventListener("pointerleave", () => this.bar.matches(":focus-within") || this.bar.remove());
    this.list.addEventListener("focusin", (e) => this.reach(e.target));
    this.list.addEventListener("keydown", (e) => this.keys(e));
    new ResizeObserver(() => this.atEnd && this.toEnd()).observe(this.scroller.firstChild);
    new ResizeObserver(() => this.atEnd && this.toEnd()).observe(this.scroller);
  }

  scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    this.atEnd = scrollHeight - scrollTop - clientHeight < 48;
    if (this.atEnd) this.jump.hidden = true;
  }

  toEnd(focus = false) {
    this.atEnd = true;
    this.jump.hidden = true;
    this.scroller.scrollTop = this.scroller.scrollHeight;
    if (focus) this.list.lastElementChild?.focus({ preventScroll: true });
  }

  /** Draw `messages` (in order) of `channel`; `unreadFrom`: ts of the first unread one; `fresh`: another conversation than before. */
  draw(channel, messages, { unreadFrom = null, fresh = false } = {}) {
    this.channel = channel;
    const old = fresh ? new Map() : new Map([...this.list.children].map((e) => [e.dataset.key, e]));
    const known = new Set(old.keys());
    const mark = focusMark(this.list);
    const wanted = this.rows(messages, unreadFrom).map((row) => this.node(row, old.get(row.key)));
    this.place(wanted);
    focusBack(this.list, mark);
    const news = !fresh && wanted.some((e) => e.classList.contains("msg") && !known.has(e.dataset.key));
    if (fresh) this.open(unreadFrom);
    else if (this.atEnd) this.toEnd();
    else if (news) this.jump.hidden = false;
  }

  open(unreadFrom) {
    const line = unreadFrom && this.list.querySelector(".newline");
    this.toEnd();
    if (line) line.scrollIntoView({ block: "center" });
    this.scrolled();
  }

  place(wanted) {
    const keep = new Set(wanted);
    for (const child of [...this.list.children]) if (!keep.has(child)) child.remove();
    wanted.forEach((element, i) => {
      if (this.list.children[i] !== element) this.list.insertBefore(element, this.list.children[i] ?? null);
    });
    for (const element of wanted) if (element.classList.contains("msg")) element.tabIndex = -1;
    const last = wanted.findLast?.((e) => e.classList.contains("msg")) ?? null;
    if (last) last.tabIndex = 0;
  }

  /** Day lines, the new line and messages, each with a key and what its picture depends on. */
  rows(messages, unreadFrom) {
    const rows = [];
    let before = null;
    messages.forEach((message, i) => {
      const at = ofTs(message.ts);
      const newDay = !this.thread && (!before || !sameDay(ofTs(before.ts), at));
      const unread = Boolean(unreadFrom) && message.ts === unreadFrom;
      if (newDay)
        rows.push({ key: `day/${message.ts}`, kind: "day", words: dayName(at), title: fullInstant(at), unread });
      else if (unread) rows.push({ key: "new", kind: "new" });
      if (this.thread && i === 1)
        rows.push({ key: "replies", kind: "replies", count: messages.filter((m) => !m.ephemeral).length - 1 });
      const first = newDay || unread || (this.thread && i === 1) || !follows(message, before);
      rows.push({ key: `m/${message.ts}`, kind: "message", message, first });
      before = message;
    });
    return rows;
  }

  node(row, old) {
    const signature = JSON.stringify([
      row,
      store.editing === row.message?.ts && this.holds(row.message),
      store.me,
      row.message && unreadReplies(row.message),
    ]);
    if (old?.signature === signature) return old;
    const element = this.make(row, old);
    element.dataset.key = row.key;
    element.signature = signature;
    return element;
  }

  holds(message) {
    return this.thread || !isReply(message);
  }

  make(row, old) {
    if (row.kind === "day") return dayLine(row);
    if (row.kind === "new")
      return h("li.newline", { role: "separator", aria: { label: "New messages" } }, h("span", "New"));
    if (row.kind === "replies")
      return h(
        "li.repliesline",
        { role: "separator" },
        h("span", row.count === 1 ? "1 reply" : `${row.count} replies`),
      );
    if (isPlainEvent(row.message)) return plainEvent(row.message);
    return this.message(row, old);
  }

  message({ message, first }, old) {
    const item = old?.classList.contains("msg") ? old : h("li.msg");
    item.className = [
      "msg",
      first ? "first" : "cont",
      message.ephemeral ? "ephemeral" : "",
      message.user === store.me ? "mine" : "",
    ]
      .join(" ")
      .trim();
    item.dataset.ts = message.ts;
    item.dataset.focus = `m/${message.ts}`;
    const at = ofTs(message.ts);
    const time = h("time.when", { title: fullInstant(at), datetime: new Date(at).toISOString() }, timeOf(at));
    item.setAttribute("aria-label", `${personName(message.user)}, ${timeOf(at)}`);
    const blocks = item.querySelector(":scope > .content > .body > .blocks");
    const parts = [
      message.ephemeral && h("div.onlyyou", icon("eye"), "Only visible to you"),
      first && h("div.who", nameButton(message.user), isBot(message) && h("span.appmark", "App"), time),
      this.broadcastLine(message),
      store.editing === message.ts ? editor(this.channel, message) : this.body(message, blocks),
      files(message),
      reactions(this.channel, message),
      message.ephemeral &&
        h(
          "button.linkish",
          {
            type: "button",
            data: { focus: `dismiss/${message.ts}` },
            onclick: () => emit("dismiss", { channel: this.channel, ts: message.ts }),
          },
          "Dismiss message",
        ),
      !this.thread && threadLine(this.channel, message),
    ];
    const mark = focusMark(item);
    fill(item, h("div.gutter", first ? avatar(message.user) : time), append(h("div.content"), parts));
    if (mark && !focusBack(item, mark)) item.focus({ preventScroll: true });
    return item;
  }

  broadcastLine(message) {
    if (this.thread || message.subtype !== "thread_broadcast") return null;
    return h(
      "div.muted",
      "replied to ",
      h(
        "button.linkish",
        { type: "button", onclick: () => emit("thread", { channel: this.channel, ts: message.thread_ts }) },
        "a thread",
      ),
    );
  }

  body(message, keptBlocks) {
    const body = h("div.body");
    const ctx = contextOf(this.channel, message);
    if (message.blocks?.length && !isTyped(message)) {
      const blocks = keptBlocks ?? h("div.blocks");
      drawBlocks(blocks, message.blocks, ctx);
      body.append(blocks);
    } else if (message.text) body.append(h("div.text", { dir: "auto" }, mrkdwn(message.text)));
    if (message.edited)
      body.append(
        h("span.edited", { title: message.edited.ts ? fullInstant(ofTs(message.edited.ts)) : null }, "(edited)"),
      );
    for (const attachment of message.attachments ?? []) body.append(drawAttachment(attachment, ctx));
    return body;
  }

  reach(target) {
    const item = target.closest?.(".msg");
    if (
      !item ||
      !this.list.contains(item) ||
      (this.bar.parentElement === item && this.bar.dataset.ts === item.dataset.ts)
    )
      return;
    const message = this.find(item.dataset.ts);
    if (!message || message.ephemeral || store.editing === message.ts) {
      this.bar.remove();
      return;
    }
    if (this.bar.matches(":focus-within")) return;
    this.bar.dataset.ts = message.ts;
    fill(this.bar, toolbar(this.channel, message, this.thread));
    item.append(this.bar);
  }

  find(ts) {
    return store.messages.get(this.channel)?.get(ts) ?? store.replies.get(store.thread?.ts)?.get(ts);
  }

  keys(event) {
    const item = event.target;
    if (!item.classList.contains("msg")) {
      if (event.key === "Escape" && item.closest(".msg") && !event.defaultPrevented && item.tagName !== "TEXTAREA") {
        item.closest(".msg").focus();
        event.stopPropagation();
      }
      return;
    }
    const all = [...this.list.querySelectorAll(".msg")];
    const at = all.indexOf(item);
    const go = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: all.length - 1 }[event.key];
    if (go !== undefined) all[Math.max(0, Math.min(go, all.length - 1))].focus();
    else if (event.key === "t" || (event.key === "Enter" && !this.thread))
      emit("thread", { channel: this.channel, ts: item.dataset.ts });
    else return;
    event.preventDefault();
  }
}

/** Whether a message stands under the same name as the one before: same author, soon after, and neither of them a card. */
function follows(message, before) {
  if (!before || before.user !== message.user || isPlainEvent(before) || isCard(before) || isCard(message))
    return false;
  return Boolean(before.ephemeral) === Boolean(message.ephemeral) && ofTs(message.ts) - ofTs(before.ts) <= GROUP_MS;
}

const isCard = (m) => (m.blocks ?? []).some((b) => b.type === "header" || b.type === "actions");
const dayLine = ({ words, title, unread }) =>
  h(
    "li.dayline",
    { role: "separator", class: unread ? "newline" : "", aria: { label: unread ? `${words}, new messages` : words } },
    h("span", { title }, words),
    unread && h("em", "New"),
  );

const isPlainEvent = (m) =>
  ["channel_join", "channel_leave", "channel_topic", "channel_purpose", "channel_name", "channel_archive"].includes(
    m.subtype,
  );
/** What a person typed comes with rich_text blocks that say the same as its text. */
const isTyped = (m) => !isBot(m) && m.blocks.length === 1 && m.blocks[0].type === "rich_text" && Boolean(m.text);

const plainEvent = (m) =>
  h(
    "li.eventline",
    { data: { ts: m.ts } },
    avatar(m.user, "small"),
    h("span", nameButton(m.user), " ", mrkdwn(m.text)),
    h("time.when", timeOf(ofTs(m.ts))),
  );

/** The messages a channel's pane shows: no replies, except those sent to the channel too. */
export const channelView = (channel) =>
  inOrder(store.messages.get(channel) ?? new Map()).filter(
    (m) => (!isReply(m) || m.subtype === "thread_broadcast") && !store.dismissed.has(m.ts),
  );
