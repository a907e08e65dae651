/** The `markdown` block: the everyday part of standard Markdown, drawn as DOM. */

import { h } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { link } from "./mrkdwn.js";

const RULES = [
  [/^`([^`\n]+)`/, (m) => h("code", m[1])],
  [/^\*\*(?=\S)([^\n]+?\S|\S)\*\*/, (m) => h("strong", inline(m[1]))],
  [/^__(?=\S)([^\n]+?\S|\S)__/, (m) => h("strong", inline(m[1]))],
  [/^~~(?=\S)([^\n]+?)~~/, (m) => h("s", inline(m[1]))],
  [/^\*(?=\S)([^*\n]+?)\*/, (m) => h("em", inline(m[1]))],
  [/^_(?=\S)([^_\n]+?)_(?!\w)/, (m) => h("em", inline(m[1]))],
  [/^!?\[([^\]\n]*)\]\(([^)\s]+)\)/, (m) => link(m[2], m[1])],
  [/^<(https?:[^>\s]+)>/, (m) => link(m[1])],
];
const STARTS = new Set("`*_~![<");

function inline(text) {
  const out = [];
  let plain = "";
  for (let i = 0; i < text.length;) {
    const found = STARTS.has(text[i]) ? match(text.slice(i)) : null;
    if (!found) {
      plain += text[i];
      i += 1;
      continue;
    }
    if (plain) out.push(withEmoji(plain));
    plain = "";
    out.push(found.node);
    i += found.length;
  }
  if (plain) out.push(withEmoji(plain));
  return out;
}

function match(rest) {
  for (const [pattern, make] of RULES) {
    const m = pattern.exec(rest);
    if (m) return { node: make(m), length: m[0].length };
  }
  return null;
}

const BULLET = /^\s*[-*+] (?:\[([ xX])\] )?(.*)/;
const NUMBER = /^\s*\d+[.)] (.*)/;
const HEAD = /^(#{1,6}) (.*)/;
const isRow = (line) => /^\s*\|.*\|\s*$/.test(line);
const cells = (line) =>
  line
    .trim()
    .slice(1, -1)
    .split("|")
    .map((c) => c.trim());

/** Markdown text as nodes. */
export function markdown(text) {
  const lines = text.split("\n");
  const out = [];
  const run = (test) => {
    const taken = [];
    while (lines.length && test(lines[0])) taken.push(lines.shift());
    return taken;
  };
  const plain = (l) =>
    l.trim() &&
    !l.startsWith("```") &&
    !HEAD.test(l) &&
    !l.startsWith(">") &&
    !BULLET.test(l) &&
    !NUMBER.test(l) &&
    !isRow(l) &&
    !/^(---|\*\*\*)\s*$/.test(l);
  while (lines.length) {
    const line = lines[0];
    if (!line.trim()) lines.shift();
    else if (line.startsWith("```")) out.push(fence(lines));
    else if (HEAD.test(line)) out.push(heading(lines.shift()));
    else if (/^(---|\*\*\*)\s*$/.test(line)) out.push(lines.shift() && h("hr.divider"));
    else if (line.startsWith(">"))
      out.push(h("blockquote", broken(run((l) => l.startsWith(">")).map((l) => l.replace(/^> ?/, "")))));
    else if (BULLET.test(line)) out.push(h("ul.rich-list", run((l) => BULLET.test(l)).map(bullet)));
    else if (NUMBER.test(line))
      out.push(
        h(
          "ol.rich-list",
          run((l) => NUMBER.test(l)).map((l) => h("li", inline(NUMBER.exec(l)[1]))),
        ),
      );
    else if (isRow(line)) out.push(table(run(isRow)));
    else out.push(h("p", broken([lines.shift(), ...run(plain)])));
  }
  return out;
}

const broken = (lines) => lines.flatMap((l, i) => (i ? [h("br"), ...inline(l)] : inline(l)));

function fence(lines) {
  lines.shift();
  const taken = [];
  while (lines.length && !lines[0].startsWith("```")) taken.push(lines.shift());
  lines.shift();
  return h("pre", taken.join("\n"));
}

function heading(line) {
  const [, marks, words] = HEAD.exec(line);
  return h(`h${Math.min(marks.length + 2, 6)}`, inline(words));
}

function bullet(line) {
  const [, box, words] = BULLET.exec(line);
  return h("li", box !== undefined && h("span.checkbox", /x/i.test(box) ? "☑ " : "☐ "), inline(words));
}

function table(rows) {
  const [head, ...rest] = rows;
  const body = rest.filter((r) => !/^[\s|:-]+$/.test(r));
  return h(
    "div.table-wrap",
    h(
      "table.table",
      h(
        "thead",
        h(
          "tr",
          cells(head).map((c) => h("th", inline(c))),
        ),
      ),
      h(
        "tbody",
        body.map((r) =>
          h(
            "tr",
            cells(r).map((c) => h("td", inline(c))),
          ),
        ),
      ),
    ),
  );
}
