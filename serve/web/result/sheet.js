// The page that is printed for a doctor: date, answers, verdict, the photo with its marks, the roots.

import { byId, drawing, element } from "../common/dom.js";
import { t } from "../common/texts.js";
import { badgeCentres } from "../hairs/badges.js";
import { nameOf } from "../hairs/kinds.js";
import { badge, outlined } from "../hairs/marks.js";
import { hairsOf } from "./share.js";

const CROP = { width: 200, height: 120 };
const MOST_CROPS = 48;
const MOST_PHOTOS = 4;
const NO_NUMBER = "\u00a0"; // the legend's marks have the colour and shape alone, as all others have numbers
const PRINTED_PX = 620; // about the width of a photo on paper, for the size of its marks

/** Draws the sheet of a result; resolves once the crops of its roots are drawn. */
export async function drawSheet(result, answers) {
  const { pool, in_words: words, measures_in_words: measures = [] } = result.answer;
  const hairs = result.labels?.counted() ?? [];
  const crops = hairs.slice(0, MOST_CROPS).map((hair) => [element("canvas", CROP), hair]);
  byId("sheet").replaceChildren(
    element("h1", {}, t("page.sheet.title")),
    element("p", {}, t("page.sheet.date", { date: new Date().toLocaleDateString(), model: byId("model").textContent })),
    element("p", { class: "verdict" }, words.verdict),
    element("p", {}, [words.count, words.share, words.reason].filter(Boolean).join(" ")),
    legend(result.labels ? hairs : hairsOf(pool)),
    ...(measures.length ? [element("p", {}, measures.join(" "))] : []),
    ...asked(answers),
    element("div", { class: "sheet-photos" }, ...(result.photos ?? []).slice(0, MOST_PHOTOS).map((photo, index) => marked(photo, index, result))),
    element("ul", { class: "sheet-roots" }, ...crops.map(([canvas, hair]) => root(canvas, hair, result))),
    ...(hairs.length > MOST_CROPS ? [element("p", {}, t("page.sheet.more", { count: hairs.length - MOST_CROPS }))] : []),
    element("p", {}, words.caveat));
  await Promise.all(crops.map(([canvas, hair]) => result.crops.draw(canvas, hair)));
}

function legend(hairs) {
  const kinds = ["telogen", "misshapen", "no_bulb", "unsure"].map((kind) => [kind, hairs.filter((hair) => hair.kind === kind).length]);
  return element("ul", { class: "counts" }, ...kinds.filter(([, number]) => number).map(([kind, number]) => element("li", {}, badge(kind, "machine", NO_NUMBER), `${number} ${nameOf(kind)}`)));
}

function asked(answers) {
  if (!answers.length) return [];
  return [element("dl", { class: "sheet-answers" }, ...answers.flatMap(([question, answer]) => [element("dt", {}, question), element("dd", {}, answer)]))];
}

function marked(photo, index, { files, labels, photos }) {
  if (!photo.width) return "";
  const hairs = labels.standing(index);
  const unit = Math.max(photo.width, photo.height) / PRINTED_PX;
  const centres = badgeCentres(hairs, photo, unit);
  const image = element("img", { alt: "", src: URL.createObjectURL(files[index]) });
  image.addEventListener("load", () => URL.revokeObjectURL(image.src));
  const marks = drawing("svg", { class: "marks", viewBox: `0 0 ${photo.width} ${photo.height}` }, ...outlined(hairs, photo, centres, { numberOf }));
  const node = element("div", { class: "stage" }, image, marks);
  node.style.setProperty("--ratio", photo.width / photo.height);
  node.style.setProperty("--unit", unit);
  const name = photos.length > 1 ? [element("figcaption", {}, t("page.photo.show", { number: String(index + 1), name: photo.photo }))] : [];
  return element("figure", {}, node, ...name);
}

function root(canvas, hair, { photos }) {
  const photo = photos.length > 1 ? t("page.sheet.photo", { number: String(hair.photo + 1) }) : "";
  return element("li", {}, canvas, element("span", {}, badge(hair.kind, hair.by, numberOf(hair)), photo));
}

/** The number of a hair in its photo, from 1, as the page says it. */
function numberOf({ number }) {
  return String(number + 1);
}
