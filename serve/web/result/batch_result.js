// The result of a batch: the summary of all photos, what to photograph better, and downloads.

import { button, byId, element } from "../common/dom.js";
import { section, t } from "../common/texts.js";
import { FEW } from "../start/form.js";
import { askAdviceOnBatch } from "./advice.js";
import { drawAnswer, sayStale } from "./answer.js";
import { addresses, deleteBatch } from "./batch.js";
import { hairsOf } from "./share.js";

/** Stands where a Result stands: its hairs are not shown, so there is nothing to correct or to add. */
export class BatchResult extends EventTarget {
  #context;
  #batch;
  #asked = 0;
  hasHairs = true;
  hasUnsaved = false;

  /** @param context a function that returns the answers to the questionnaire */
  constructor(batch, context) {
    super();
    this.#batch = batch;
    this.#context = context;
    this.#show(batch.answer);
    byId("batch").replaceChildren(...counts(batch), ...better(batch.answer.retake), this.#downloads());
  }

  /** Requests the advice again. */
  async renew() {
    this.#asked += 1;
    const turn = this.#asked;
    try {
      const answer = await askAdviceOnBatch(addresses(this.#batch).self, this.#context());
      if (turn === this.#asked) this.#show(answer);
    } catch (error) {
      if (turn === this.#asked) sayStale(error.message);
    }
  }

  /** Removes the result from the page; on the server it expires. */
  close() {
    this.#asked += 1;
    byId("batch").replaceChildren();
  }

  #show(answer) {
    this.answer = answer;
    drawAnswer(answer, hairsOf(answer.pool));
    this.dispatchEvent(new Event("change"));
  }

  #downloads() {
    const { results } = addresses(this.#batch);
    const files = Object.entries({ report: "/report.html", photos: "/photos.csv", hairs: "/hairs.csv", all: "" }).map(([name, path]) =>
      element("a", { class: "button quiet", href: `${results}${path}`, download: "" }, section("page.batch.files")[name]));
    const end = new Date(this.#batch.expires_at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    const told = element("p", { class: "hint", role: "status" }, t("page.batch.until", { time: end }));
    const place = element("div", { class: "screen-only" }, element("p", { class: "row" }, ...files), told);
    told.after(button({ class: "button quiet", id: "delete-batch" }, () => this.#delete(place, told), t("page.batch.delete")));
    return place;
  }

  async #delete(place, told) {
    try {
      await deleteBatch(this.#batch);
      place.replaceChildren(element("p", { role: "status" }, t("page.batch.deleted")));
    } catch {
      told.textContent = t("page.batch.notDeleted");
    }
  }
}

function counts({ photos, rejected, failed, skipped }) {
  const unread = rejected + failed;
  const words = [unread ? t("page.batch.readSome", { read: photos - unread, count: photos }) : t("page.batch.read", { count: photos })];
  if (unread) words.push(t("page.batch.unread"));
  if (skipped) words.push(t("page.batch.skipped", { count: skipped }));
  return [element("p", {}, words.join(" ")), element("p", { class: "hint" }, t("page.batch.fewToCorrect", { count: FEW }))];
}

function better(retake) {
  if (!retake.length) return [];
  const items = retake.map(({ photos, message }) => element("li", {}, element("strong", {}, t("page.batch.photos", { count: photos })), ` ${message}`));
  return [element("div", { class: "findings" }, element("h3", {}, t("page.findings.title")), element("ul", {}, ...items))];
}
