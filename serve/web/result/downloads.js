// Downloads: the answer with corrections, as JSON and as a table.

import { element } from "../common/dom.js";

const COLUMNS = ["photo", "hair", "label", "reason", "root_type", "p_telogen", "p_anagen", "root_x", "root_y",
  "shaft_px", "labelled_by", "corrected_label", "corrected_root_x", "corrected_root_y", "model_version"];

export function downloadJson(result, context) {
  save("shedlight.json", "application/json", `${JSON.stringify(record(result, context), null, 2)}\n`);
}

export function downloadCsv({ answer, labels }) {
  const rows = answer.photos.flatMap((photo, index) => labels.standing(index).map((hair) => row(photo, hair)));
  save("shedlight.csv", "text/csv", [COLUMNS, ...rows].map((cells) => `${cells.map(cell).join(",")}\r\n`).join(""));
}

/** The answer, with `corrected_label` and `corrected_root` beside the model's labels. */
function record({ answer, labels, standing }, context) {
  const photos = answer.photos.map((photo, index) => corrected(photo, labels.standing(index)));
  return { ...answer, photos, ...standing, context };
}

function corrected(photo, hairs) {
  const byNumber = new Map(hairs.map((hair) => [hair.number, hair]));
  const missed = hairs.filter((hair) => !hair.machine).map(({ number, place, kind }) => ({ id: number, root: place, corrected_label: kind }));
  return { ...photo, hairs: photo.hairs.map((hair) => ({ ...hair, ...beside(byNumber.get(hair.id)) })), missed_roots: missed };
}

function beside({ by, kind, rootBy, place }) {
  return { ...(by === "person" && { corrected_label: kind }), ...(rootBy === "person" && { corrected_root: place }) };
}

function row({ photo, model }, { number, by, kind, rootBy, place, machine }) {
  const said = machine
    ? [machine.label, machine.reason, machine.root_type, machine.probabilities.telogen, machine.probabilities.anagen, machine.root?.x, machine.root?.y, machine.shaft_px]
    : Array(8).fill("");
  const corrected = [by === "person" ? kind : "", ...(rootBy === "person" ? [place.x, place.y] : ["", ""])];
  return [photo, number, ...said, by, ...corrected, model.version];
}

/** A table cell; a photo's name must not become a formula in a spreadsheet. */
function cell(value) {
  const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function save(name, type, text) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  element("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000); // the browser reads it after the click
}
