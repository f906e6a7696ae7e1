// What made a photo hard to read, numbered as in the picture.

import { button, element } from "./dom.js";
import { FINDINGS } from "./words.js";

/** The list of findings; one that has a place shows it when it is pressed. */
export function findingsList(quality, show) {
  const items = quality.map((finding, index) => element("li", {}, element("strong", {}, `!${index + 1}`), ` ${finding.message} `, ...where(finding, show)));
  return element("div", { class: "findings" }, element("h4", {}, FINDINGS.title), element("ul", {}, ...items));
}

function where({ box }, show) {
  return box ? [button({ class: "link" }, () => show(box), FINDINGS.show)] : [];
}
