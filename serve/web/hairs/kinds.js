// The five kinds of a listed hair, and the buttons to label a root.

import { button, element, fileOfPage } from "../common/dom.js";
import { section, t } from "../common/texts.js";
import { badge } from "./marks.js";

export const KINDS = ["telogen", "misshapen", "no_bulb", "not_hair", "unsure"];

/** The name of a kind for the middle of a sentence, "natural root (telogen)". */
export const nameOf = (kind) => t(`page.kind.${kind}.name`);

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

/**
 * Buttons for `kinds`; `standing` is pressed. With `pictures`, each shows how such a root looks,
 * with `keys`, its key.
 */
export function labelBar(onLabel, { standing = null, kinds = KINDS, pictures = false, keys = false } = {}) {
  const buttons = kinds.map((kind, index) => {
    const { plain, term } = section(`page.kind.${kind}`);
    const terms = term ? [" ", element("span", { class: "term" }, `(${term})`)] : [];
    const words = element("span", { class: "name" }, badge(kind), element("span", {}, plain, ...terms), ...(keys ? [element("kbd", {}, String(index + 1))] : []));
    return button({ class: "say", "data-kind": kind, "aria-pressed": String(kind === standing) }, () => onLabel(kind), ...(pictures ? [picture(kind)] : []), words);
  });
  return element("div", { class: pictures ? "labels pictured" : "labels", role: "group", "aria-label": t("page.hair.ask") }, ...buttons);
}

/** A drawn example of a kind. */
export function picture(kind) {
  return element("img", { class: "reference", src: fileOfPage(`pictures/roots/${kind}.webp`), width: 320, height: 192, alt: "", loading: "lazy" });
}
