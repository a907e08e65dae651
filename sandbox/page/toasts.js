/** Short notes at the lower edge: refusals and the state of the line. */

import { h, icon, iconButton } from "./dom.js";

/** Show a note; it stays until read (about six seconds, longer while pointed at). */
export function toast(words, { kind = "info", stay = false } = {}) {
  const holder = document.getElementById("toasts");
  const box = h(
    "div.toast",
    { class: kind },
    icon(kind === "error" ? "warn" : "info"),
    h("span", words),
    iconButton("close", "Dismiss", () => box.remove()),
  );
  holder.append(box);
  while (holder.children.length > 4) holder.firstChild.remove();
  if (stay) return box;
  let timer = setTimeout(() => box.remove(), 6000);
  box.addEventListener("pointerenter", () => clearTimeout(timer));
  box.addEventListener("pointerleave", () => {
    timer = setTimeout(() => box.remove(), 2000);
  });
  return box;
}

const WORDS = {
  operation_timeout: "The app did not answer in three seconds (operation_timeout).",
  dispatch_failed: "The app could not be reached, or it failed (dispatch_failed).",
  not_in_channel: "You are not in this channel.",
  channel_not_found: "This conversation is not there any more.",
  is_archived: "This channel is archived.",
  message_not_found: "That message is gone.",
  view_not_found: "This form was closed meanwhile.",
  cant_update_message: "Only its author can change a message.",
  clock_hook: "The app's clock did not answer.",
};

/** What a refusal's code means, in a sentence. */
export const inWords = (error) => WORDS[error] ?? error ?? "That did not work.";

/** Pass an act's answer through; say it when it was refused. */
export function refused(answer) {
  if (answer.ok === false) toast(inWords(answer.error), { kind: "error" });
  return answer;
}
