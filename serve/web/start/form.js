// What is sent with the photos, and checks before sending.

import { byId } from "../common/dom.js";
import { t } from "../common/texts.js";
import { isHeic } from "./heic.js";

/** Maximum number of photos shown hair by hair; more are scored as a batch. */
export const FEW = 8;

/** Whether to send the photos as a batch. */
export function isBatch(files) {
  return files.length > FEW || files.some(isZip);
}

export function isZip({ name, type }) {
  return /\.zip$/i.test(name) || /zip/.test(type);
}

/** The FormData of photos, or of a batch; `context` are the answers so far. */
export async function body(files, { rootsInView, context, scale = "auto", retention = "no" }) {
  const data = new FormData();
  for (const file of files) data.append("files", file);
  data.append("context", JSON.stringify(context));
  data.append("roots_in_view", String(rootsInView));
  if (scale !== "auto") data.append("scale", scale);
  if (isBatch(files)) return data;
  data.append("retention", retention);
  const heic = await Promise.all(files.map(isHeic));
  if (heic.includes(true)) data.append("picture", "true"); // since this browser cannot show them
  return data;
}

/** What the person states about the scale of the photos, as the field `scale` of the API takes it. */
export function chosenScale() {
  const { value } = byId("scale");
  if (value !== "typed") return value;
  const um = Number(byId("um").value);
  return um > 0 ? `${um}um` : "auto";
}

/** A message for the user if the photos are too many or too large, else ""; `limits` are the server's. */
export function whatIsTooMuch(files, limits) {
  if (!limits) return "";
  const batch = isBatch(files);
  const most = batch ? limits.max_batch_photos : limits.max_files;
  if (files.length > most) return t("page.upload.tooMany", { count: most });
  const large = files.find((file) => file.size > limits.max_file_bytes && !isZip(file));
  if (large) return t("page.upload.tooLarge", { name: large.name, mb: limits.max_file_bytes / 1e6 });
  const total = files.reduce((sum, file) => sum + file.size, 0);
  return total > 0.99 * (batch ? limits.max_batch_bytes : limits.max_upload_bytes) ? t("page.upload.tooLargeTogether") : "";
}
