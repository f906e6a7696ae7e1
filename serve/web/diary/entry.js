// A result as an entry of the diary: dated, with answers and measures, and a small picture.

import { randomToken } from "../common/dom.js";

const THUMBNAIL_PX = 160;
const THUMBNAIL_QUALITY = 0.7;

/** The entry of a result's record (`Result.record()`) and its first photo. */
export async function entryOf({ pool, in_words: words, context }, file, date) {
  const { hairs, telogen, misshapen, no_bulb, unsure, telogen_share: share, measures } = pool;
  return {
    id: randomToken(), kind: "result", date, hairs,
    counts: { telogen, misshapen, no_bulb, unsure },
    share: share && { estimate: share.estimate, low: share.low, high: share.high },
    measures: measures ?? null, verdict: words.verdict, answers: context,
    thumbnail: await thumbnail(file),
  };
}

export function needling(date) {
  return { id: randomToken(), kind: "needling", date };
}

/** The day of a moment in this place, as YYYY-MM-DD. */
export function dayOf(moment) {
  const two = (number) => String(number).padStart(2, "0");
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}

/** Days from one day to another. */
export function daysBetween(first, last) {
  return Math.round((Date.parse(last) - Date.parse(first)) / 86_400_000);
}

/** A small JPEG as a data: URL, without the file's metadata; null where the browser cannot draw it. */
async function thumbnail(file) {
  const picture = file && await createImageBitmap(file).catch(() => null);
  if (!picture) return null;
  const part = Math.min(1, THUMBNAIL_PX / Math.max(picture.width, picture.height));
  const canvas = Object.assign(document.createElement("canvas"), { width: Math.max(1, Math.round(part * picture.width)), height: Math.max(1, Math.round(part * picture.height)) });
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/jpeg", THUMBNAIL_QUALITY);
}
