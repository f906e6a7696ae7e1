// The buttons with which a person says what a root is.

import { button, element } from "./dom.js";
import { KINDS } from "./kinds.js";
import { badge } from "./marks.js";
import { HAIR, KIND_WORDS } from "./words.js";

/** Buttons for `kinds`; `standing` is pressed. With `keys`, each names the key that does the same. */
export function labelBar(onLabel, { standing = null, kinds = KINDS, keys = false } = {}) {
  const buttons = kinds.map((kind, index) => button(
    { class: "say", "data-kind": kind, "aria-pressed": String(kind === standing) },
    () => onLabel(kind), badge(kind), KIND_WORDS[kind].name, ...(keys ? [element("kbd", {}, String(index + 1))] : [])));
  return element("div", { class: "labels", role: "group", "aria-label": HAIR.ask }, ...buttons);
}
