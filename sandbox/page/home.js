/** The app's Home tab. */

import { act, read } from "./api.js";
import { drawBlocks } from "./blocks.js";
import { h, icon, spinner } from "./dom.js";
import { Form, withIds } from "./form.js";
import { emit, store } from "./store.js";
import { refused } from "./toasts.js";

let form = new Form();
const root = h("div.blocks.home-blocks");
const holder = h("div.home", { tabindex: "0", role: "region", aria: { label: "Home" } });

/** Ask the server for the view (which tells the app that its home was opened) and show it. */
export async function openHome() {
  const asked = store.me;
  form = new Form();
  store.home = null;
  store.homeAsked = true;
  emit("home");
  const answer = await read("home");
  if (asked !== store.me) return;
  store.homeAsked = false;
  store.home = answer.view ?? store.home;
  refused(answer);
  emit("home");
}

const context = () => ({
  surface: "home",
  form,
  act: async (action) =>
    refused(
      await act("action", {
        action,
        home: true,
        view_id: store.home?.id,
        state: form.state(withIds(store.home?.blocks)),
      }),
    ),
  suggest: (query) => act("suggest", { ...query, home: true, view_id: store.home?.id }),
});

/** The pane of the tab as it is now. */
export function homePane() {
  if (store.home) {
    drawBlocks(root, store.home.blocks, context());
    if (holder.firstChild !== root) holder.replaceChildren(root);
  } else if (store.homeAsked) holder.replaceChildren(h("p.empty", spinner(), "Opening…"));
  else
    holder.replaceChildren(
      h("div.empty", icon("home"), h("p", `${store.app.name} has put nothing on its Home tab yet.`)),
    );
  return holder;
}
