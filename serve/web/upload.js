// Sending photos, with how far it is and a way to stop; nothing chosen is lost when it fails.

import { UPLOAD } from "./words.js";

const PATIENCE_MS = 300_000;

/** An upload that was stopped by the person; it needs no complaint. */
export class Cancelled extends Error {}

/**
 * Sends a FormData to an address and returns the answer; `onProgress` is told the part that was
 * sent, 0 to 1. Throws Cancelled, or an Error whose message tells a person what to do.
 */
export function upload(address, data, headers, onProgress, signal) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest(); // fetch tells nothing of how far an upload is
    request.responseType = "json";
    const start = performance.now();
    const wait = () => { request.timeout = performance.now() - start + PATIENCE_MS; }; // counted from the start
    wait();
    request.upload.addEventListener("progress", ({ loaded, total }) => { wait(); onProgress(total ? loaded / total : 0); });
    request.upload.addEventListener("load", () => { wait(); onProgress(1); });
    request.addEventListener("load", () => settle(request, resolve, reject));
    request.addEventListener("error", () => reject(new Error(UPLOAD.lost)));
    request.addEventListener("timeout", () => reject(new Error(UPLOAD.slow)));
    request.addEventListener("abort", () => reject(new Cancelled()));
    signal.addEventListener("abort", () => request.abort());
    request.open("POST", address);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.send(data);
  });
}

function settle({ status, response }, resolve, reject) {
  if ((status === 200 || status === 202) && response) resolve(response);
  else reject(new Error(response?.error?.message ?? UPLOAD.unreadable));
}
