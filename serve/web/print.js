// The page on paper: whole pictures, and all that is folded away laid open.

import { byId } from "./dom.js";
import { SAVE } from "./words.js";

/** @param result a function that tells the result that is shown, or null */
export function preparePrinting(result) {
  let opened = [];
  window.addEventListener("beforeprint", () => {
    result()?.fit();
    byId("printed").textContent = SAVE.printed(new Date().toLocaleDateString(), byId("model").textContent);
    opened = [...byId("result").querySelectorAll("details:not([open])")];
    for (const details of opened) details.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const details of opened) details.open = false;
  });
}
