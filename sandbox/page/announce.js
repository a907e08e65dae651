/** New messages, said to screen readers. */

import { h } from "./dom.js";
import { said } from "./mrkdwn.js";
import { personName } from "./store.js";

const KEEP = 5;

export function announce(message) {
  const holder = document.getElementById("live");
  const text = said({ type: "mrkdwn", text: message.text ?? "" }).slice(0, 400);
  holder.append(h("p", `${personName(message.user)}${message.ephemeral ? ", only to you" : ""}: ${text}`));
  while (holder.children.length > KEEP) holder.firstChild.remove();
}
