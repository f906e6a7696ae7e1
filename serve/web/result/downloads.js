// Downloads: the answer with corrections, as JSON and as a table.

import { element } from "../common/dom.js";

const COLUMNS = ["photo", "hair", "id", "label", "reason", "root_type", "p_telogen", "p_anagen", "root_x", "root_y",
  "shaft_px", "labelled_by", "corrected_label", "corrected_root_x", "corrected_root_y", "model_version",
  "width_um", "width_um_error", "length_mm"];

export function downloadJson(result) {
  save("shedlight.json", "application/json", `${JSON.stringify(result.record(), null, 2)}\n`);
}

/** One row per hair: `hair` is its number on the page, from 1, `id` that of the JSON, from 0. */
export function downloadCsv({ photos, labels }) {
  const rows = photos.flatMap((photo, index) => labels.standing(index).map((hair) => row(photo, hair)));
  save("shedlight.csv", "text/csv", [COLUMNS, ...rows].map((cells) => `${cells.map(cell).join(",")}\r\n`).join(""));
}

function row({ photo, model }, { number, by, kind, rootBy, place, machine }) {
  const said = machine
    ? [machine.label, machine.reason, machine.root_type, machine.probabilities.telogen, machine.probabilities.anagen, machine.root?.x, machine.root?.y, machine.shaft_px]
    : Array(8).fill("");
  const corrected = [by === "person" ? kind : "", ...(rootBy === "person" ? [place.x, place.y] : ["", ""])];
  const { width_um, width_um_error, length_mm } = machine?.measures ?? {};
  return [photo, number + 1, number, ...said, by, ...corrected, model.version, width_um, width_um_error, length_mm];
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
