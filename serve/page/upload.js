// Sending photos, with how far it is and a way to stop; nothing chosen is lost when it fails.

import { UPLOAD } from "./words.js";

const PATIENCE_MS = 300_000;

/** An upload that was stopped by the person; it needs no complaint. */
export class Cancelled extends Error {}

/**
 * Sends a FormData to POST /v1/photos. Sent again under the same `key`, the same photos are kept,
 * not others beside them. `onProgress` is told the part that was sent, 0 to 1.
 * Throws Cancelled, or an Error whose message tells a person what to do.
 */
export function upload(data, key, onProgress, signal) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest(); // fetch tells nothing of how far an upload is
    request.responseType = "json";
    request.timeout = PATIENCE_MS;
    request.upload.addEventListener("progress", ({ loaded, total }) => onProgress(total ? loaded / total : 0));
    request.upload.addEventListener("load", () => onProgress(1));
    request.addEventListener("load", () => settle(request, resolve, reject));
    request.addEventListener("error", () => reject(new Error(UPLOAD.lost)));
    request.addEventListener("timeout", () => reject(new Error(UPLOAD.slow)));
    request.addEventListener("abort", () => reject(new Cancelled()));
    signal.addEventListener("abort", () => request.abort());
    request.open("POST", "/v1/photos");
    request.setRequestHeader("Idempotency-Key", key);
    request.send(data);
  });
}

function settle({ status, response }, resolve, reject) {
  if (status === 200 && response) resolve(response);
  else reject(new Error(response?.error?.message ?? UPLOAD.unreadable));
}
