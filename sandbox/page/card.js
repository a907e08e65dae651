/** Who somebody is: a small card with what there is to do. */

import { avatar } from "./avatars.js";
import { closeDialog, dialog, openDialog } from "./dialogs.js";
import { fill, h, iconButton } from "./dom.js";
import { timeOf } from "./dates.js";
import { writeTo } from "./sidebar.js";
import { emit, isApp, now, person, personName, store } from "./store.js";

const theirTime = (tz) => {
  try {
    return new Intl.DateTimeFormat("en-GB", {
      timeZone: tz,
      hour: "2-digit",
      minute: "2-digit",
      weekday: "short",
    }).format(now());
  } catch {
    return timeOf(now());
  }
};

export function showWho(id) {
  if (isApp(id)) return emit("go", { app: store.app.home_tab ? "home" : "messages" });
  const p = person(id);
  if (!p) return undefined;
  const box = dialog("whocard", { label: personName(id), shut: () => closeDialog(box) });
  const leave = (then) => () => {
    closeDialog(box);
    then();
  };
  const facts = [
    ["Handle", `@${p.name}`],
    ["Time there", p.tz ? `${theirTime(p.tz)} (${p.tz})` : null],
    ["Language", p.locale],
  ];
  const me = id === store.me;
  fill(
    box,
    h(
      "header.dialog-head",
      avatar(id, "large"),
      h("div", h("h2", h("bdi", personName(id))), h("p.muted", p.title || (p.is_bot ? "App" : "Member"))),
      iconButton("close", "Close", () => closeDialog(box)),
    ),
    h(
      "dl.facts",
      facts.filter(([, v]) => v).flatMap(([k, v]) => [h("dt", k), h("dd", v)]),
    ),
    h(
      "footer.dialog-foot",
      me
        ? h("span.muted", "This is you.")
        : [
            h(
              "button.button",
              { type: "button", onclick: leave(() => emit("become", id)) },
              `Be ${personName(id).split(" ")[0]}`,
            ),
            h("button.button.primary", { type: "button", onclick: leave(() => writeTo(id)) }, "Message"),
          ],
    ),
  );
  box.addEventListener("pointerdown", (event) => event.target === box && closeDialog(box));
  openDialog(box);
  return undefined;
}
