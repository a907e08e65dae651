/** Small dialogs of the page itself: confirmation, and what a modal <dialog> needs everywhere. */

import { fill, h, iconButton, trapTab, uid } from "./dom.js";
import { closePopover, popoverAnchor } from "./popover.js";
import { said, textObject } from "./mrkdwn.js";

/** A modal dialog with a title; `shut` is called when it closes by Escape, the cross or the backdrop. */
export function dialog(kind, { label, shut }) {
  const box = h(`dialog.dialog.${kind}`, { aria: { label, modal: "true" } });
  box.addEventListener("cancel", (event) => {
    event.preventDefault();
    if (popoverAnchor()) closePopover();
    else shut();
  });
  box.addEventListener("keydown", (event) => trapTab(event, box));
  return box;
}

export function openDialog(box) {
  document.body.append(box);
  box.returnTo = document.activeElement;
  box.showModal();
  return box;
}

export function closeDialog(box) {
  const back = box.returnTo;
  if (popoverAnchor() && box.contains(popoverAnchor())) closePopover({ keepFocus: true });
  box.close();
  box.remove();
  if (back?.isConnected) back.focus({ preventScroll: true });
}

/** Block Kit's confirm object as a question; resolves to true or false. */
export function confirm(object) {
  return new Promise((resolve) => {
    const done = (yes) => {
      closeDialog(box);
      resolve(yes);
    };
    const title = uid("title");
    const box = dialog("confirm", { label: null, shut: () => done(false) });
    box.setAttribute("aria-labelledby", title);
    box.setAttribute("role", "alertdialog");
    const yes = h(
      "button.button",
      { type: "button", class: object.style === "danger" ? "danger" : "primary", onclick: () => done(true) },
      said(object.confirm) || "Yes",
    );
    const no = h("button.button", { type: "button", onclick: () => done(false) }, said(object.deny) || "Cancel");
    fill(
      box,
      h(
        "header.dialog-head",
        h("h2", { id: title }, said(object.title) || "Are you sure?"),
        iconButton("close", "Close", () => done(false)),
      ),
      h("div.dialog-body", h("p.text", textObject(object.text))),
      h("footer.dialog-foot", no, yes),
    );
    openDialog(box);
    yes.focus();
  });
}
