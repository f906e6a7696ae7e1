// A batch on the server: send it, follow it, delete it.

import { t } from "../common/texts.js";
import { Cancelled, upload } from "../common/upload.js";

const BATCHES = "v1/batches";
/** The addresses of a batch: itself, its events, its results. */
export const addresses = ({ id }) => ({ self: `${BATCHES}/${id}`, events: `${BATCHES}/${id}/events`, results: `${BATCHES}/${id}/results` });
const LOOK_MS = 1500;
const SILENCE_MS = 5000;
const MOST_LOST = 8;

/**
 * Sends a FormData to POST /v1/batches and follows the batch until it is done; returns it.
 * `options` are those of an upload; `onRead` gets the batch after every change.
 * Throws Cancelled, or an Error with a message for the user; then the batch is deleted.
 */
export async function scoreBatch(data, options, onRead) {
  const batch = await upload(BATCHES, data, options);
  const { signal } = options;
  onRead(batch);
  try {
    const ended = await (window.EventSource ? listen : ask)(addresses(batch), onRead, signal);
    if (ended.state === "done") return ended;
    throw new Error(ended.error?.message ?? t("page.batch.gone"));
  } catch (error) {
    deleteBatch(batch).catch(() => {}); // it expires in any case
    throw error;
  }
}

/** Deletes photos and results; throws if that is not confirmed. */
export async function deleteBatch(batch) {
  const { status } = await fetch(addresses(batch).self, { method: "DELETE" });
  if (status !== 204 && status !== 404) throw new Error();
}

/** Uses server-sent events, or polls if they do not arrive. */
function listen(links, onRead, signal) {
  return new Promise((resolve, reject) => {
    const source = new EventSource(links.events);
    const finish = (settle, value) => {
      clearTimeout(silence);
      source.close();
      settle(value);
    };
    const askInstead = () => finish(resolve, ask(links, onRead, signal));
    const silence = setTimeout(askInstead, SILENCE_MS);
    source.addEventListener("progress", ({ data }) => {
      clearTimeout(silence);
      onRead(JSON.parse(data));
    });
    source.addEventListener("done", ({ data }) => finish(resolve, JSON.parse(data)));
    source.addEventListener("error", askInstead);
    signal.addEventListener("abort", () => finish(reject, new Cancelled()));
  });
}

async function ask({ self }, onRead, signal) {
  for (let lost = 0; lost < MOST_LOST;) {
    if (signal.aborted) throw new Cancelled();
    const answer = await fetch(self).catch(() => null);
    if (answer?.status === 404) throw new Error(t("page.batch.gone"));
    lost = answer?.ok ? 0 : lost + 1;
    const batch = answer?.ok ? await answer.json() : null;
    if (batch && ["done", "stopped"].includes(batch.state)) return batch;
    if (batch) onRead(batch);
    await new Promise((resolve) => { setTimeout(resolve, LOOK_MS); });
  }
  throw new Error(t("page.batch.lost"));
}
