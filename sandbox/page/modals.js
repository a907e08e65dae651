/** The app's modals: one dialog, a stack of views, what is typed kept while views change. */

import { act } from "./api.js";
import { drawBlocks, markErrors } from "./blocks.js";
import { closeDialog, dialog, openDialog } from "./dialogs.js";
import { fill, focusables, h, icon, iconButton, setAria, spinner, uid } from "./dom.js";
import { Form, problems, withIds } from "./form.js";
import { said } from "./mrkdwn.js";
import { closePopover } from "./popover.js";
import { store } from "./store.js";
import { inWords, refused } from "./toasts.js";

const forms = new Map(); // view id -> Form

let box = null;
let parts = null;

const top = () => store.stack[store.stack.length - 1];

function formOf(view) {
  if (!forms.has(view.id)) forms.set(view.id, new Form().recall(view.state?.values));
  return forms.get(view.id);
}

/** Show the stack as it is now; [] closes the dialog. */
export function showStack(stack) {
  const before = top()?.id;
  store.stack = stack;
  const ids = new Set(stack.map((v) => v.id));
  for (const id of [...forms.keys()]) if (!ids.has(id)) forms.delete(id);
  if (!stack.length) return shut();
  if (!box) build();
  draw(before !== top().id);
}

function shut() {
  if (!box) return;
  const going = box;
  box = null;
  closeDialog(going);
  if (document.activeElement === document.body) document.getElementById("composer")?.focus();
}

function build() {
  const title = uid("modal");
  parts = {
    title: h("h2", { id: title }),
    back: iconButton("left", "Back", () => close(false)),
    body: h("div.dialog-body.blocks"),
    note: h("div.modal-note", { role: "alert" }),
    foot: h("footer.dialog-foot"),
  };
  box = dialog("modal", { shut: () => close(false) });
  box.setAttribute("aria-labelledby", title);
  const appLine = h("span.modal-app", icon("shield"), store.app.name);
  fill(
    box,
    h(
      "header.dialog-head",
      parts.back,
      h("div.modal-titles", parts.title, appLine),
      iconButton("close", "Close", () => close(true)),
    ),
    parts.body,
    parts.note,
    parts.foot,
  );
  openDialog(box);
}

function draw(fresh) {
  const view = top();
  parts.title.textContent = said(view.title) || store.app.name;
  parts.back.hidden = store.stack.length < 2;
  if (fresh) {
    closePopover({ keepFocus: true });
    parts.body.replaceChildren();
    parts.note.replaceChildren();
    parts.body.scrollTop = 0;
  }
  const known = new Set([...parts.body.children].map((e) => e.dataset.key));
  drawBlocks(parts.body, view.blocks, contextOf(view));
  foot(view);
  if (fresh) firstFocus(view);
  else showNew([...parts.body.children].filter((e) => !known.has(e.dataset.key)).at(-1));
}

/** Bring what an update added below into sight, as far as what has the keyboard stays there too. */
function showNew(added) {
  if (!added) return;
  const pane = parts.body.getBoundingClientRect();
  const below = added.getBoundingClientRect().bottom + 16 - pane.bottom;
  const at = parts.body.contains(document.activeElement)
    ? document.activeElement.closest(".block").getBoundingClientRect().top - 8 - pane.top
    : below;
  if (below > 0) parts.body.scrollBy({ top: Math.max(0, Math.min(below, at)), behavior: "smooth" });
}

function contextOf(view) {
  const form = formOf(view);
  const perform = async (action) => {
    const answer = await act("action", { action, view_id: view.id, state: form.state(withIds(current(view).blocks)) });
    return refused(answer);
  };
  return {
    surface: "modal",
    form,
    act: perform,
    submit: () => submit(),
    suggest: (query) => act("suggest", { ...query, view_id: view.id }),
  };
}

const current = (view) => store.stack.find((v) => v.id === view.id) ?? view;

function foot(view) {
  const hasInput = view.blocks?.some((b) => b.type === "input");
  const submitWords = said(view.submit) || (hasInput ? "Submit" : "");
  const closeWords = said(view.close) || (store.stack.length > 1 ? "Back" : submitWords ? "Cancel" : "Close");
  const signature = JSON.stringify([view.id, submitWords, closeWords]);
  if (parts.foot.dataset.signature === signature) return;
  parts.foot.dataset.signature = signature;
  parts.submit = submitWords
    ? h(
        "button.button.primary",
        { type: "button", data: { focus: "submit" }, onclick: () => submit() },
        h("span", submitWords),
      )
    : null;
  fill(parts.foot, h("button.button", { type: "button", onclick: () => close(false) }, closeWords), parts.submit);
}

/** The first thing to fill in; else the submit button; else the dialog itself. */
function firstFocus(view) {
  const wanted = view.blocks
    ?.flatMap((b) => [b.element, b.accessory, ...(b.elements ?? [])])
    .find((e) => e?.focus_on_load);
  const loaded =
    wanted &&
    [...parts.body.querySelectorAll("[data-focus]")].find((e) => e.dataset.focus.endsWith(`/${wanted.action_id}`));
  const first =
    loaded ??
    parts.body.querySelector(".input .field, .input .select, .input input") ??
    focusables(parts.body)[0] ??
    parts.submit ??
    focusables(box)[0];
  first?.focus({ preventScroll: true });
}

async function submit() {
  const view = top();
  if (!view || box.classList.contains("busy")) return;
  const blocks = withIds(view.blocks);
  const form = formOf(view);
  const found = problems(form, blocks);
  if (Object.keys(found).length) return showErrors(found);
  showErrors({});
  setBusy(true);
  const answer = await act("submit", { view_id: view.id, state: form.state(blocks) });
  setBusy(false);
  if (answer.ok === false || answer.error) return note(inWords(answer.error));
  follow(view, answer);
}

/** What the app answered. The live line brings the same stack; doing it here too costs nothing and waits for nobody. */
function follow(view, answer) {
  const kind = answer.response_action ?? "close";
  const stack = store.stack;
  if (kind === "errors") return showErrors(answer.errors ?? {});
  if (kind === "clear") return showStack([]);
  if (kind === "close" && top()?.id === view.id) return showStack(stack.slice(0, -1));
  if (kind === "push" && answer.view && !stack.some((v) => v.id === answer.view.id))
    return showStack([...stack, answer.view]);
  if (kind === "update" && answer.view && top()?.id === view.id) return showStack([...stack.slice(0, -1), answer.view]);
  return undefined;
}

/** Errors under the fields they name; the rest in a line above the buttons. */
export function showErrors(errors) {
  if (!box) return;
  const homeless = markErrors(parts.body, errors);
  note(Object.values(homeless).join(" "));
  const first = parts.body.querySelector(".invalid");
  if (!first) return;
  first.scrollIntoView({ block: "nearest" });
  focusables(first)[0]?.focus({ preventScroll: true });
}

function note(words) {
  fill(parts.note, words && [icon("warn"), words]);
}

function setBusy(on) {
  if (!box) return;
  box.classList.toggle("busy", on);
  setAria(box, "busy", on ? "true" : null);
  if (!parts.submit) return;
  parts.submit.disabled = on;
  if (on) parts.submit.prepend(spinner());
  else parts.submit.querySelector(".spinner")?.remove();
}

async function close(all) {
  const view = top();
  if (!view) return;
  const answer = await act("close", { view_id: all ? store.stack[0].id : view.id, all });
  refused(answer);
  if (all) showStack([]);
  else if (top()?.id === view.id) showStack(store.stack.slice(0, -1));
}
