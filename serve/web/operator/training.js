// Retraining on saved labels, for clients that may: start, follow, promote, roll back.

import { button, element } from "../common/dom.js";
import { section, t } from "../common/texts.js";

const TRAINING = "v1/training";
const AGAIN_MS = 3000;
const SOON_MS = 500;

class Training {
  #section;
  #labels = element("p");
  #missing = element("p", { class: "hint" });
  #bar = element("progress", { max: 1, "aria-label": t("operator.training.progress") });
  #step = element("p", { class: "hint" });
  #headline = element("p", { class: "verdict" });
  #reason = element("p");
  #report = element("a", { href: `${TRAINING}/report`, target: "_blank", rel: "noopener" }, t("operator.training.report"));
  #status = element("p", { role: "status", tabindex: "-1" });
  #start = button({ class: "button" }, () => this.#do("POST", TRAINING, null, t("operator.training.started")), t("operator.training.start"));
  #stop = button({ class: "button quiet" }, () => this.#do("DELETE", TRAINING, null, t("operator.training.stopping")), t("operator.training.stop"));
  #use = button({ class: "button" }, () => this.#promote(), t("operator.training.use"));
  #keep = button({ class: "button quiet" }, () => this.#keepPresent(), t("operator.training.keep"));
  #back = button({ class: "button quiet" }, () => this.#goBack(), t("operator.training.back"));
  #running = element("div", {}, this.#step, element("div", { class: "working" }, this.#bar, this.#stop));
  #result = element("div", {}, this.#headline, this.#reason, element("p", {}, this.#report));
  #current = null;
  #source = null;
  #soon = null;

  constructor() {
    const title = element("h2", { id: "training-title" }, t("operator.training.title"));
    const buttons = element("p", { class: "row" }, this.#use, this.#keep, this.#start, this.#back);
    this.#section = element("section", { id: "training", "aria-labelledby": "training-title", class: "screen-only", hidden: "" },
      title, this.#labels, this.#missing, this.#running, this.#result, buttons, this.#status,
      element("p", { class: "hint" }, t("operator.training.forAll")));
    document.querySelector("main").append(this.#section);
    document.addEventListener("labelled", () => this.#loadSoon());
  }

  /** Requests the status, and follows a running training. */
  async load() {
    clearTimeout(this.#soon);
    try {
      this.#show(await answerOf("GET", TRAINING));
    } catch (error) {
      this.#status.textContent = error.message;
      if (this.#current?.state === "running") this.#loadSoon(AGAIN_MS);
    }
  }

  #loadSoon(wait = SOON_MS) {
    clearTimeout(this.#soon);
    this.#soon = setTimeout(() => this.load(), wait);
  }

  #show(status) {
    const { labels, waiting, missing, state, outcome, can_roll_back: canGoBack } = status;
    const running = state === "running";
    const total = Object.values(labels).reduce((sum, number) => sum + number, 0);
    this.#current = status;
    this.#section.hidden = !total && state === "idle" && !canGoBack;
    this.#labels.textContent = labelsInWords(total, labels, waiting);
    this.#missing.textContent = missing ? t("operator.training.missing", { labels: status.needed.labels, ofKind: status.needed.of_kind }) : "";
    this.#running.hidden = !running;
    this.#start.hidden = running;
    this.#start.disabled = Boolean(missing);
    this.#use.hidden = this.#keep.hidden = !outcome || outcome.promoted || outcome.verdict !== "better";
    this.#back.hidden = running || !canGoBack;
    this.#showResult(status);
    this.#progress(status);
    if (running) this.#follow();
  }

  #showResult({ state, message, outcome }) {
    this.#result.hidden = !outcome && !["failed", "stopped"].includes(state);
    this.#headline.textContent = outcome ? verdictInWords(outcome) : ["failed", "stopped"].includes(state) ? t(`operator.training.${state}`) : "";
    this.#reason.textContent = outcome?.reason ?? message ?? "";
    this.#report.hidden = !outcome;
  }

  #progress({ step, done }) {
    this.#bar.value = done;
    this.#bar.setAttribute("aria-valuetext", step);
    this.#step.textContent = step;
  }

  /** Follows server-sent events; requests the status again when they end. */
  #follow() {
    if (this.#source) return;
    const source = this.#source = new EventSource(`${TRAINING}/events`);
    const leave = (wait) => {
      source.close();
      this.#source = null;
      this.#loadSoon(wait);
    };
    source.addEventListener("progress", ({ data }) => this.#progress(JSON.parse(data)));
    source.addEventListener("done", () => { this.#status.textContent = ""; leave(0); });
    source.addEventListener("error", () => leave(AGAIN_MS));
  }

  #promote() {
    return this.#do("POST", `${TRAINING}/promotion`, { version: this.#current.outcome.challenger }, t("operator.training.soon"));
  }

  #keepPresent() {
    this.#use.hidden = this.#keep.hidden = true;
    this.#announce(t("operator.training.stays"));
  }

  #goBack() {
    if (window.confirm(t("operator.training.sure"))) this.#do("POST", "v1/models/rollback", null, t("operator.training.soon"));
  }

  async #do(method, address, body, message) {
    try {
      const status = await answerOf(method, address, body);
      if (status) this.#show(status);
      this.#announce(message);
    } catch (error) {
      this.#announce(error.message);
    }
  }

  /** Moves the focus to the message, since the clicked button may be gone. */
  #announce(text) {
    this.#status.textContent = text;
    this.#status.focus({ preventScroll: true });
  }
}

function labelsInWords(total, { telogen, anagen, not_hair }, waiting) {
  const fresh = waiting === total ? t("operator.training.noneUsed") : t("operator.training.waiting", { count: waiting });
  return `${t("operator.training.labels", { count: total, telogen, anagen, not_hair })} ${fresh}`;
}

function verdictInWords({ promoted, verdict }) {
  return promoted ? t("operator.training.promoted") : section("operator.training.verdict")[verdict] ?? t("operator.training.stays");
}

/** Throws an Error with a message for the user. */
async function answerOf(method, address, body = null) {
  const sent = body ? { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) } : {};
  const answer = await fetch(address, { method, ...sent }).catch(() => null);
  const content = answer?.status === 204 ? null : await answer?.json().catch(() => null);
  if (!answer?.ok) throw new Error(content?.error?.message ?? t("operator.training.lost"));
  return content;
}

const about = await answerOf("GET", "v1/model").catch(() => null);
if (about?.training) new Training().load();
