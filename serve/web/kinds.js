// The buttons with which a person says what a root is.

import { button, element } from "./dom.js";
import { badge } from "./marks.js";
import { HAIR, KIND_WORDS } from "./words.js";

// The five kinds that a listed line can be, and which of them a hair of an answer is.

export const KINDS = ["telogen", "misshapen", "no_bulb", "not_hair", "unsure"];

/**
 * The kind that a label and a root type amount to. A person's "anagen" (through the API alone)
 * leaves the kind open: shown as what the machine saw, or else as misshapen.
 */
export function kindOf({ label, root_type }) {
  if (label !== "anagen") return label;
  return root_type === "none" ? "no_bulb" : "misshapen";
}

/** How far the machine is from certain, 0 to 1; a hair that only a person saw leaves no doubt. */
export function doubt({ machine }) {
  if (!machine) return 0;
  const { telogen, anagen } = machine.probabilities;
  return machine.label === "unsure" ? 1 : 1 - Math.max(telogen, anagen);
}

/** Buttons for `kinds`; `standing` is pressed. With `keys`, each names the key that does the same. */
export function labelBar(onLabel, { standing = null, kinds = KINDS, keys = false } = {}) {
  const buttons = kinds.map((kind, index) => button(
    { class: "say", "data-kind": kind, "aria-pressed": String(kind === standing) },
    () => onLabel(kind), badge(kind), KIND_WORDS[kind].name, ...(keys ? [element("kbd", {}, String(index + 1))] : [])));
  return element("div", { class: "labels", role: "group", "aria-label": HAIR.ask }, ...buttons);
}
