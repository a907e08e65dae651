/** How an element acts: its confirm dialog, its busy state, its value kept and told to the app. */

import { confirm } from "./dialogs.js";
import { bare, fieldOf } from "./form.js";

/** Send what happened, after the element's own confirm dialog when it has one. */
export async function fire(element, ctx, blockId, value, control) {
  if (element.confirm && !(await confirm(element.confirm))) return false;
  await busy(control, ctx.act({ action_id: element.action_id, block_id: blockId, type: element.type, ...value }));
  return true;
}

/** Show on `control` that its act is under way; a refusal is marked on it. */
async function busy(control, work) {
  control?.classList.add("busy");
  control?.setAttribute("aria-busy", "true");
  const answer = await work;
  control?.classList.remove("busy");
  control?.removeAttribute("aria-busy");
  control?.classList.toggle("failed", Boolean(answer?.error));
  return answer;
}

/** What the keyboard is found again by. */
export const focusKey = (element, blockId) => ({ focus: `${blockId}/${element.action_id}` });

/** A value that has changed: keep it, and tell the app when the element stands where Slack would. */
export async function changed(element, ctx, blockId, value, control) {
  const before = ctx.form.get(blockId, element);
  ctx.form.set(blockId, element, value);
  if (!ctx.dispatches) return;
  const shown = Array.isArray(value) ? value.map((v) => (v?.text ? bare(v) : v)) : value?.text ? bare(value) : value;
  const went = await fire(element, ctx, blockId, { [fieldOf(element.type)]: shown }, control);
  if (!went) {
    ctx.form.set(blockId, element, before);
    ctx.redraw?.();
  }
}
