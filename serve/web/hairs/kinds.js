// The buttons to label a root.

import { button, element } from "../common/dom.js";
import { badge } from "./marks.js";
import { HAIR, KIND_WORDS } from "../common/words.js";

// The five kinds of a listed hair, and the kind of a hair in an answer.

export const KINDS = ["telogen", "misshapen", "no_bulb", "not_hair", "unsure"];

/**
 * The kind for a label and a root type. A person's "anagen" (only through the API)
 * leaves the kind open: the model's kind is shown, or else misshapen.
 */
export function kindOf({ label, root_type }) {
  if (label !== "anagen") return label;
  return root_type === "none" ? "no_bulb" : "misshapen";
}

/** The model's uncertainty, 0 to 1; a hair that only a person marked has none. */
export function doubt({ machine }) {
  if (!machine) return 0;
  const { telogen, anagen } = machine.probabilities;
  return machine.label === "unsure" ? 1 : 1 - Math.max(telogen, anagen);
}

/** Buttons for `kinds`; `standing` is pressed. With `keys`, each shows its key. */
export function labelBar(onLabel, { standing = null, kinds = KINDS, keys = false } = {}) {
  const buttons = kinds.map((kind, index) => button(
    { class: "say", "data-kind": kind, "aria-pressed": String(kind === standing) },
    () => onLabel(kind), badge(kind), KIND_WORDS[kind].name, ...(keys ? [element("kbd", {}, String(index + 1))] : [])));
  return element("div", { class: "labels", role: "group", "aria-label": HAIR.ask }, ...buttons);
}
