// The answer of POST /v1/photos, drawn.

import { drawing, element } from "./dom.js";
import { ERROR_RATES, hairWords, percent, STRENGTHS, URGENCIES, VERDICTS } from "./words.js";

export function drawResult({ photos, pool, advice }) {
  document.getElementById("pool").replaceChildren(...summary(pool));
  document.getElementById("advice").replaceChildren(...advice.map(adviceItem));
  document.getElementById("photos").replaceChildren(...photos.map(photoCard));
}

function summary(pool) {
  const verdict = element("p", { class: "verdict" }, VERDICTS[pool.verdict]);
  if (!pool.telogen_share) return [verdict, counts(pool)];
  const { estimate, low, high, level } = pool.telogen_share;
  const words = `About ${percent(estimate)} of the hairs are telogen. With ${percent(level)} probability the `
    + `share lies between ${percent(low)} and ${percent(high)}. ${ERROR_RATES[pool.error_rates]}`;
  return [verdict, bar(pool.telogen_share, words), element("p", {}, words), ...worstCase(pool), counts(pool)];
}

function worstCase({ unsure, telogen_share_worst_case: bounds }) {
  if (!unsure) return [];
  const words = `If every unsure hair were anagen, ${percent(bounds.low)} of all would be telogen as labelled; `
    + `if every one were telogen, ${percent(bounds.high)}.`;
  return [element("p", { class: "hint" }, words)];
}

function bar({ estimate, low, high }, words) {
  const at = (share) => 10 + 380 * share;
  return drawing("svg", { class: "bar", viewBox: "0 0 400 44", role: "img", "aria-label": words },
    drawing("rect", { class: "track", x: 10, y: 10, width: 380, height: 12, rx: 6 }),
    drawing("rect", { class: "span", x: at(low), y: 10, width: at(high) - at(low), height: 12, rx: 4 }),
    drawing("rect", { class: "mark", x: at(estimate) - 2.5, y: 5, width: 5, height: 22, rx: 2 }),
    drawing("text", { x: 10, y: 40 }, "no telogen"),
    drawing("text", { x: 200, y: 40, "text-anchor": "middle" }, "half"),
    drawing("text", { x: 390, y: 40, "text-anchor": "end" }, "all telogen"));
}

function counts(pool) {
  return element("ul", { class: "counts" },
    element("li", { class: "telogen" }, `${pool.telogen} telogen`),
    element("li", { class: "anagen" }, `${pool.misshapen} misshapen`),
    element("li", { class: "anagen" }, `${pool.no_bulb} without bulb`),
    element("li", {}, `${pool.unsure} not sure`));
}

function adviceItem({ urgency, text, sources, strength }) {
  const origin = sources.length ? element("ul", {}, ...sources.map((source) => element("li", {}, source)))
    : "This is our own policy; our sources have no rule for it.";
  return element("li", { class: urgency },
    element("strong", {}, URGENCIES[urgency]), element("p", {}, text),
    element("details", {}, element("summary", {}, `Where this comes from (${STRENGTHS[strength]})`), origin));
}

function photoCard(photo) {
  const card = element("article", { class: "photo" }, element("h4", {}, photo.photo));
  if (photo.error) card.append(element("p", { class: "alert" }, photo.error.message));
  if (photo.duplicate_of) card.append(element("p", { class: "hint" }, `The same picture as ${photo.duplicate_of}; it counts once.`));
  if (photo.overlay) card.append(picture(photo));
  if (photo.status === "no_hairs") card.append(element("p", {}, "No hairs were found in this picture."));
  if (photo.quality.length) card.append(retake(photo.quality));
  if (photo.hairs.length) card.append(counts(photo.summary), hairs(photo.hairs));
  return card;
}

function picture({ photo, overlay, summary }) {
  const alt = `${photo} with ${summary.hairs} hairs marked: ${summary.telogen} telogen, ${summary.anagen} anagen, ${summary.unsure} not sure`;
  const zoom = element("button", { type: "button", class: "zoom", "aria-pressed": "false", title: "Enlarge" }, element("img", { src: overlay, alt }));
  zoom.addEventListener("click", () => zoom.setAttribute("aria-pressed", String(zoom.getAttribute("aria-pressed") !== "true")));
  return element("div", { class: "wide" }, zoom);
}

function retake(findings) {
  const tips = findings.map((finding) => element("li", {}, finding.message));
  return element("div", {}, element("strong", {}, "For a better picture"), element("ul", {}, ...tips));
}

function hairs(list) {
  const heads = ["Hair", "Root", "How sure"].map((text) => element("th", { scope: "col" }, text));
  const table = element("table", {}, element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...list.map(hairRow)));
  return element("details", {}, element("summary", {}, `All ${list.length} hairs`), element("div", { class: "wide" }, table));
}

function hairRow(hair) {
  const [label, why] = hairWords(hair);
  const sure = hair.label === "unsure" ? "–" : percent(Math.min(0.99, hair.probabilities[hair.label]));
  const root = element("td", {}, label, element("div", { class: "hint" }, why));
  return element("tr", {}, element("td", {}, String(hair.id + 1)), root, element("td", {}, sure));
}
