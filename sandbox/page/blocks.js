/** Block Kit's blocks, drawn. What did not change keeps its nodes, and with them what is typed and where the keyboard is. */

import { focusBack, focusMark, h, icon, uid } from "./dom.js";
import { renderElement } from "./elements.js";
import { withIds } from "./form.js";
import { markdown } from "./markdown.js";
import { link, mrkdwn, said, textObject } from "./mrkdwn.js";
import { richParts, richText } from "./richtext.js";

/** Draw `blocks` into `root`, reusing what is unchanged. `ctx`: {surface, form, act, suggest, submit?, errors?}. */
export function drawBlocks(root, blocks, ctx) {
  const mark = focusMark(root);
  const old = new Map([...root.children].map((e) => [e.dataset.key, e]));
  const wanted = withIds(blocks).map((block) => {
    const key = `${block.type}/${block.block_id}`;
    const signature = JSON.stringify(block);
    const kept = old.get(key);
    if (kept && kept.signature === signature) return kept;
    const again = () => {
      element.signature = "";
      drawBlocks(root, blocks, ctx);
    };
    const element = drawBlock(block, { ...ctx, redraw: again });
    element.dataset.key = key;
    element.dataset.block = block.block_id;
    element.signature = signature;
    return element;
  });
  const keep = new Set(wanted);
  for (const child of [...root.children]) if (!keep.has(child)) child.remove();
  wanted.forEach((element, i) => {
    if (root.children[i] !== element) root.insertBefore(element, root.children[i] ?? null);
  });
  focusBack(root, mark);
}

/** Put errors under the inputs they belong to; returns those that have no place. */
export function markErrors(root, errors) {
  const homeless = { ...errors };
  for (const element of root.children) {
    const place = element.querySelector(":scope > .error");
    if (!place) continue;
    const words = errors[element.dataset.block];
    delete homeless[element.dataset.block];
    place.replaceChildren(...(words ? [icon("warn"), words] : []));
    element.classList.toggle("invalid", Boolean(words));
    for (const control of element.querySelectorAll(".field,.select,.choices")) {
      if (words) control.setAttribute("aria-invalid", "true");
      else control.removeAttribute("aria-invalid");
    }
  }
  return homeless;
}

function drawBlock(block, ctx) {
  const draw = BLOCKS[block.type];
  const element = draw ? draw(block, ctx) : fallback(block);
  element.classList.add("block");
  return element;
}

const fallback = (block) =>
  h(
    "div.unknown",
    icon("info"),
    h("span", `Block “${block.type}” is not shown in the sandbox`),
    h("details", h("summary", "What the app sent"), h("pre", JSON.stringify(block, null, 2))),
  );

const acting = (ctx) => ({ ...ctx, dispatches: true });

function section(block, ctx) {
  const words = h("div.section-words");
  if (block.text) words.append(h("div.text", { dir: "auto" }, textObject(block.text)));
  if (block.fields?.length)
    words.append(
      h(
        "div.fields",
        block.fields.map((f) => h("div.text.field-cell", { dir: "auto" }, textObject(f))),
      ),
    );
  const accessory =
    block.accessory &&
    h(
      "div.accessory",
      block.accessory.type === "image"
        ? picture(block.accessory, "thumb")
        : renderElement(block.accessory, acting(ctx), block.block_id),
    );
  return h("div.section", words, accessory);
}

const header = (block) => h(`h${block.level ?? 3}.header`, { dir: "auto" }, textObject(block.text));
const divider = () => h("hr.divider");

function context(block) {
  return h(
    "div.context",
    block.elements.map((e) =>
      e.type === "image" ? picture(e, "tiny") : h("span.text", { dir: "auto" }, textObject(e)),
    ),
  );
}

function actions(block, ctx) {
  return h(
    "div.actions",
    { role: "group" },
    block.elements.map((e) => renderElement(e, acting(ctx), block.block_id)),
  );
}

/** A picture; only from this very server, since the page fetches nothing from outside. Others are named. */
function picture(shown, kind) {
  const url = shown.image_url ?? shown.slack_file?.url ?? "";
  const own = url.startsWith("/") || url.startsWith(`${location.origin}/`);
  if (own) return h(`img.${kind}`, { src: url, alt: shown.alt_text ?? "", loading: "lazy" });
  if (kind === "tiny") return h("span.picture-tiny", { title: shown.alt_text }, icon("image"));
  const host = /^https?:\/\/([^/]+)/.exec(url)?.[1];
  return h(
    `div.picture.${kind}`,
    { role: "img", aria: { label: shown.alt_text } },
    icon("image"),
    kind === "thumb"
      ? null
      : h("span", shown.alt_text || "Picture", host && h("small", ` ${host}; outside pictures are not fetched`)),
  );
}

function image(block) {
  return h(
    "figure.figure",
    block.title && h("figcaption.figure-title", textObject(block.title)),
    picture(block, "wide"),
  );
}

/** A labelled input, its hint and the place for its error. */
function input(block, ctx) {
  const { element } = block;
  const [id, hintId, errorId] = [uid("input"), uid("hint"), uid("error")];
  const label = said(block.label);
  const grouped = ["radio_buttons", "checkboxes"].includes(element.type);
  const inner = {
    ...ctx,
    dispatches: Boolean(block.dispatch_action),
    labelledId: id,
    label,
    required: !block.optional,
    describedBy: `${hintId} ${errorId}`,
  };
  const words = [
    h("span", { dir: "auto" }, textObject(block.label)),
    block.optional && h("span.optional", " (optional)"),
  ];
  return h(
    "div.input",
    grouped ? h("div.label", words) : h("label.label", { for: id }, words),
    renderElement(element, inner, block.block_id),
    block.hint && h("div.fieldhint", { id: hintId }, textObject(block.hint)),
    h("div.error", { id: errorId, role: "alert" }),
  );
}

const cellNode = (cell) => {
  if (!cell) return "";
  if (cell.type === "rich_text") return richParts(cell.elements);
  return cell.text ?? (cell.value !== undefined ? String(cell.value) : "");
};

function table(block) {
  const [head, ...rows] = block.rows ?? [];
  const look = (i) => {
    const column = block.column_settings?.[i] ?? {};
    return { class: `${column.align ? `align-${column.align}` : ""} ${column.is_wrapped ? "wrapped" : ""}` };
  };
  const cells = (row, tag) =>
    row.map((c, i) => h(tag, { ...look(i), scope: tag === "th" ? "col" : null, dir: "auto" }, cellNode(c)));
  return h(
    "div.table-wrap",
    { tabindex: "0", role: "region", aria: { label: "Table" } },
    h(
      "table.table",
      head && h("thead", h("tr", cells(head, "th"))),
      h(
        "tbody",
        rows.map((r) => h("tr", cells(r, "td"))),
      ),
    ),
  );
}

const LEVELS = { info: "info", default: "info", warning: "warn", error: "warn", danger: "warn", success: "check" };

function alert(block) {
  const level = block.level ?? block.style ?? "info";
  return h(
    "div.alert",
    { class: `alert-${level}`, role: level === "error" ? "alert" : "note" },
    icon(LEVELS[level] ?? "info"),
    h("div.text", { dir: "auto" }, textObject(block.text)),
  );
}

function card(block, ctx) {
  return h(
    "div.cardblock",
    block.hero_image && picture(block.hero_image, "wide"),
    block.title && h("div.card-title", textObject(block.title)),
    block.subtitle && h("div.card-subtitle", textObject(block.subtitle)),
    block.body && h("div.text", { dir: "auto" }, textObject(block.body)),
    block.actions?.length
      ? h(
          "div.actions",
          block.actions.map((e) => renderElement(e, acting(ctx), block.block_id)),
        )
      : null,
  );
}

const carousel = (block, ctx) =>
  h(
    "div.carousel",
    (block.elements ?? block.cards ?? []).map((c) => card({ block_id: block.block_id, ...c }, ctx)),
  );

const fileBlock = (block) => h("div.filecard", icon("file"), h("span", block.external_id ?? "File"));
const video = (block) =>
  h(
    "div.filecard",
    icon("image"),
    h("span", textObject(block.title)),
    block.title_url && link(block.title_url, "Open"),
  );

const BLOCKS = {
  section,
  header,
  divider,
  context,
  actions,
  context_actions: actions,
  image,
  input,
  rich_text: richText,
  table,
  alert,
  card,
  carousel,
  markdown: (block) => h("div.text.markdown", { dir: "auto" }, markdown(block.text ?? "")),
  file: fileBlock,
  video,
};

/** The old attachments: a coloured bar and what stands beside it. */
export function drawAttachment(attachment, ctx) {
  const body = h("div.attachment-body");
  if (attachment.pretext) body.append(h("div.text", mrkdwn(attachment.pretext)));
  if (attachment.author_name) body.append(h("div.muted", attachment.author_name));
  if (attachment.title)
    body.append(
      h(
        "div.attachment-title",
        attachment.title_link ? link(attachment.title_link, attachment.title) : attachment.title,
      ),
    );
  if (attachment.text) body.append(h("div.text", { dir: "auto" }, mrkdwn(attachment.text)));
  if (attachment.fields?.length)
    body.append(
      h(
        "div.fields",
        attachment.fields.map((f) => h("div.field-cell", h("strong", f.title), h("div.text", mrkdwn(f.value)))),
      ),
    );
  if (attachment.blocks?.length) {
    const root = h("div.blocks");
    drawBlocks(root, attachment.blocks, ctx);
    body.append(root);
  }
  if (attachment.footer) body.append(h("div.muted", attachment.footer));
  if (!body.childNodes.length && attachment.fallback) body.append(h("div.text", attachment.fallback));
  const bar = h("div.attachment-bar");
  if (/^#?[0-9a-f]{6}$/i.test(attachment.color ?? ""))
    bar.style.backgroundColor = attachment.color.startsWith("#") ? attachment.color : `#${attachment.color}`;
  else if (attachment.color) bar.classList.add(`bar-${String(attachment.color).replace(/[^a-z]/g, "")}`);
  return h("div.attachment", bar, body);
}
