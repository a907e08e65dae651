/** Slack's mrkdwn, read into DOM. Nothing here builds markup from text: every character of data ends in a text node. */

import { h } from "./dom.js";
import { dateToken, fullInstant } from "./dates.js";
import { emojiOf, withEmoji } from "./emoji.js";
import { channelName, emit, personName, store } from "./store.js";

const unescape = (text) => text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
const SAFE = /^(https?:|mailto:|tel:)/i;

/** A link that opens elsewhere, or plain text when its scheme is not one of the harmless ones. */
export function link(url, label) {
  const words = label || url;
  if (!SAFE.test(url)) return document.createTextNode(words);
  return h("a.link", { href: url, target: "_blank", rel: "noopener noreferrer" }, words);
}

export function mention(id) {
  const self = id === store.me;
  return h(
    "button.mention",
    { type: "button", class: self ? "self" : "", onclick: () => emit("who", id) },
    h("bdi", `@${personName(id)}`),
  );
}

export function channelLink(id, label) {
  const channel = store.channels.get(id);
  const name = channel ? channelName(channel) : label || "private channel";
  if (!channel) return h("span.mention", `#${name}`);
  return h("button.mention", { type: "button", onclick: () => emit("go", { channel: id }) }, h("bdi", `#${name}`));
}

export const broadcast = (word) => h("span.mention.self", `@${word}`);
export const group = (id, label) => h("span.mention", (label || id).replace(/^@?/, "@"));

/** The element of a date token; `inside` a sentence or at its beginning. */
export function dateElement(unix, pattern, url, fallback, inside = false) {
  const said = dateToken(unix, pattern, inside);
  const words = said ?? (fallback || pattern);
  const time = h(
    "time.date",
    {
      title: said ? fullInstant(Number(unix) * 1000) : fallback,
      datetime: said ? new Date(Number(unix) * 1000).toISOString() : null,
    },
    words,
  );
  if (!url || !SAFE.test(url)) return time;
  const anchor = link(url, "x");
  anchor.replaceChildren(time);
  return anchor;
}

/** Words have gone before on this line, and no full stop or colon after them. */
const MIDST = /[^\s*_~.!?:][ *_~]*$/;

/** `<...>`: a mention, channel, group, special word, date or link. */
function angle(token, before) {
  const cut = token.indexOf("|");
  const target = cut < 0 ? token : token.slice(0, cut);
  const label = cut < 0 ? "" : unescape(token.slice(cut + 1));
  if (/^@[UWB]/.test(target)) return mention(target.slice(1));
  if (/^#[CGD]/.test(target)) return channelLink(target.slice(1), label);
  if (target.startsWith("!subteam^")) return group(target.slice(9), label);
  if (target.startsWith("!date^")) {
    const [, unix, pattern, url] = target.split("^");
    return dateElement(unix, unescape(pattern ?? ""), url && unescape(url), label, MIDST.test(before));
  }
  if (target.startsWith("!")) return broadcast(label || target.slice(1).split("^")[0]);
  return link(unescape(target), withEmoji(label));
}

export function emojiElement(name, character) {
  return h("span.emoji", { role: "img", title: `:${name}:`, aria: { label: name.replace(/[_-]/g, " ") } }, character);
}

const WORD = /[\p{L}\p{N}]/u;
const MARKS = { "*": "strong", _: "em", "~": "s" };
const BARE = /^https?:\/\/[^\s<>|]+[^\s<>|.,;:!?)'"\]]/i;
const CODE = /^:([a-z0-9_+'-]+)(?:::skin-tone-\d)?:/;

/** The closing place of a mark opened at `at`, or -1: tight inside, loose outside, on one line. */
function closing(text, at, mark) {
  const before = text[at - 1];
  if (before && WORD.test(before)) return -1;
  if (!text[at + 1] || /\s/.test(text[at + 1]) || text[at + 1] === mark) return -1;
  for (let i = at + 1; i < text.length; i += 1) {
    if (text[i] === "\n") return -1;
    if (text[i] === "<") i = skipAngle(text, i);
    else if (text[i] === "`") i = skipCode(text, i);
    else if (text[i] === mark && !/\s/.test(text[i - 1]) && !(text[i + 1] && WORD.test(text[i + 1]))) return i;
  }
  return -1;
}

const skipAngle = (text, i) => {
  const end = text.indexOf(">", i);
  return end < 0 ? i : end;
};
const skipCode = (text, i) => {
  const end = text.indexOf("`", i + 1);
  return end < 0 ? i : end;
};

/** Inline mrkdwn as nodes. `auto`: bare addresses become links (not with `verbatim`); `lead`: what stands before it. */
export function inline(text, auto = true, lead = "") {
  const out = [];
  let plain = "";
  const flush = () => {
    if (plain) out.push(document.createTextNode(unescape(plain)));
    plain = "";
  };
  const put = (node) => {
    flush();
    out.push(node);
  };
  for (let i = 0; i < text.length; i += 1) {
    const c = text[i];
    const piece = special(text, i, c, { auto, lead });
    if (piece) {
      put(piece.node);
      i = piece.end;
    } else plain += c;
  }
  flush();
  return out;
}

function special(text, i, c, { auto, lead }) {
  if (c === "<") {
    const end = text.indexOf(">", i);
    if (end > i + 1 && !/[\n<]/.test(text.slice(i + 1, end)))
      return { node: angle(text.slice(i + 1, end), lead + text.slice(0, i)), end };
  }
  if (c === "`") {
    const end = text.indexOf("`", i + 1);
    if (end > i + 1 && !text.slice(i, end).includes("\n"))
      return { node: h("code", plainText(text.slice(i + 1, end))), end };
  }
  if (MARKS[c]) {
    const end = closing(text, i, c);
    if (end > 0) return { node: h(MARKS[c], inline(text.slice(i + 1, end), auto, lead + text.slice(0, i))), end };
  }
  if (c === ":") {
    const found = CODE.exec(text.slice(i, i + 60));
    const character = found && emojiOf(found[1]);
    if (character) return { node: emojiElement(found[1], character), end: i + found[0].length - 1 };
  }
  if (c === "\n") return { node: h("br"), end: i };
  if (auto && (c === "h" || c === "H") && !(text[i - 1] && WORD.test(text[i - 1]))) {
    const found = BARE.exec(text.slice(i, i + 2000));
    if (found) return { node: link(unescape(found[0])), end: i + found[0].length - 1 };
  }
  return null;
}

/** Angle tokens in code show what they mean, not their source. */
const plainText = (text) =>
  unescape(
    text.replace(
      /<([^<>\n|]*)\|?([^<>\n]*)>/g,
      (whole, target, label) => label || (SAFE.test(target) ? target : whole),
    ),
  );

const QUOTE = /^(?:&gt;|>) ?/;

function paragraphs(text, auto) {
  const out = [];
  const lines = text.split("\n");
  for (let i = 0; i < lines.length;) {
    const quoted = QUOTE.test(lines[i]);
    const run = [];
    while (i < lines.length && QUOTE.test(lines[i]) === quoted) run.push(lines[i++]);
    if (quoted) out.push(h("blockquote", inline(run.map((l) => l.replace(QUOTE, "")).join("\n"), auto)));
    else if (run.some((l) => l.trim()))
      out.push(
        ...inline(
          run.join("\n").replace(/^\n|\n$/g, (m) => (out.length ? "" : m)),
          auto,
        ),
      );
  }
  return out;
}

/** Whole mrkdwn text: code fences, quotes, then inline marks. */
export function mrkdwn(text, { verbatim = false } = {}) {
  const out = [];
  String(text ?? "")
    .split("```")
    .forEach((part, i, all) => {
      const open = i % 2 === 1;
      if (open && i < all.length - 1) out.push(h("pre", plainText(part.replace(/^\n|\n$/g, ""))));
      else if (open) out.push(...paragraphs("```" + part, !verbatim));
      else if (part) out.push(...paragraphs(i > 0 ? part.replace(/^\n/, "") : part, !verbatim));
    });
  return out;
}

/** A text object of Block Kit (or a bare string) as nodes. */
export function textObject(object) {
  if (!object) return [];
  if (typeof object === "string") return [withEmoji(object)];
  if (object.type === "mrkdwn") return mrkdwn(object.text, object);
  return [object.emoji === false ? object.text : withEmoji(object.text ?? "")];
}

/** What a text object says, as a plain string (for labels and announcements). */
export const said = (object) => {
  const holder = h("div", textObject(object));
  return holder.textContent;
};

/** The plain words of mrkdwn source. */
export const words = (text) => h("div", mrkdwn(text)).textContent;
