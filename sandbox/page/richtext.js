/** Rich text, as people's own messages and some apps' carry it. */

import { h } from "./dom.js";
import { emojiOf } from "./emoji.js";
import { broadcast, channelLink, dateElement, emojiElement, group, link, mention } from "./mrkdwn.js";

/** A `rich_text` block. */
export function richText(block) {
  return h("div.rich.text", { dir: "auto" }, (block.elements ?? []).map(richPart));
}

function richPart(part) {
  if (part.type === "rich_text_section") return h("div", richParts(part.elements));
  if (part.type === "rich_text_quote") return h("blockquote", richParts(part.elements));
  if (part.type === "rich_text_preformatted") return h("pre", richParts(part.elements));
  if (part.type === "rich_text_list") {
    const indent = Math.min(part.indent ?? 0, 5);
    const list = h(part.style === "ordered" ? "ol.rich-list" : "ul.rich-list", {
      class: `indent-${indent}`,
      start: part.offset ? part.offset + 1 : null,
    });
    list.append(...(part.elements ?? []).map((e) => h("li", richParts(e.elements))));
    return list;
  }
  return h("div", richParts(part.elements));
}

/** The elements of one part. */
export const richParts = (parts) => (parts ?? []).map(richElement);

function richElement(part) {
  const make = RICH[part.type];
  return styled(make ? make(part) : (part.text ?? ""), part.style);
}

const RICH = {
  text: (p) => lines(p.text ?? ""),
  link: (p) => link(p.url, p.text),
  user: (p) => mention(p.user_id),
  channel: (p) => channelLink(p.channel_id),
  usergroup: (p) => group(p.usergroup_id),
  broadcast: (p) => broadcast(p.range),
  emoji: (p) => emojiElement(p.name, emojiOf(p.name) ?? `:${p.name}:`),
  date: (p) => dateElement(p.timestamp, p.format, p.url, p.fallback),
  color: (p) => p.value,
};

const lines = (text) => text.split("\n").flatMap((l, i) => (i ? [h("br"), l] : [l]));

function styled(node, style) {
  if (!style) return node;
  let out = node;
  if (style.code) out = h("code", out);
  if (style.bold) out = h("strong", out);
  if (style.italic) out = h("em", out);
  if (style.strike) out = h("s", out);
  return out;
}
