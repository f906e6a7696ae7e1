// Sends photos, with progress, a word when nothing moves, and a way to cancel.

import { t } from "./texts.js";

const PATIENCE_MS = 300_000;
const STALL_MS = 10_000; // 15 s after the last progress at most, the person reads that it stalled

/** The user cancelled the upload; no message is needed. */
export class Cancelled extends Error {}

/**
 * Sends a FormData to an address and returns the answer; `onProgress` gets the fraction sent, 0 to
 * 1, and `onStall` whether all was sent when nothing had moved for a while. Throws Cancelled, or an
 * Error with a message for the user.
 */
export function upload(address, data, { signal, headers = {}, onProgress = () => {}, onStall = () => {} }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest(); // fetch has no upload progress
    request.responseType = "json";
    const start = performance.now();
    let stall = null;
    let sent = false;
    const moved = () => {
      request.timeout = performance.now() - start + PATIENCE_MS; // counted from the start
      clearTimeout(stall);
      stall = setTimeout(() => onStall(sent), STALL_MS);
    };
    moved();
    request.upload.addEventListener("progress", ({ loaded, total }) => { moved(); onProgress(total ? loaded / total : 0); });
    request.upload.addEventListener("load", () => { sent = true; moved(); onProgress(1); });
    request.addEventListener("load", () => settle(request, resolve, reject));
    request.addEventListener("error", () => reject(new Error(t("page.upload.lost"))));
    request.addEventListener("timeout", () => reject(new Error(t("page.upload.slow"))));
    request.addEventListener("abort", () => reject(new Cancelled()));
    request.addEventListener("loadend", () => clearTimeout(stall));
    signal?.addEventListener("abort", () => request.abort());
    request.open("POST", address);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.send(data);
  });
}

function settle({ status, response }, resolve, reject) {
  if ((status === 200 || status === 202) && response) resolve(response);
  else reject(new Error(response?.error?.message ?? t("page.upload.unreadable")));
}
