// Which hairs of saved photos to label next: for the operator, on the server's own machine.

import { button, element, randomToken } from "../common/dom.js";
import { percent, t } from "../common/texts.js";
import { KINDS, labelBar, nameOf } from "../hairs/kinds.js";

const addressOf = ({ photo, hair }) => `v1/photos/${photo}/hairs/${hair}`;
const NEXT = "v1/labels/next?count=20";
const THIS_MACHINE = ["localhost", "127.0.0.1", "[::1]"];
/** The model's label may be anagen without a kind. */
const guessed = (guess) => (KINDS.includes(guess) ? nameOf(guess) : guess);

class Queue {
  #place;
  #told = element("p", { role: "status" });
  #client = randomToken();
  #hairs = [];
  #end = 0;
  #open = 0;
  #labelled = 0;
  #said = [];
  #busy = false;

  constructor(place) {
    this.#place = place;
    place.addEventListener("keydown", (event) => this.#pressed(event));
  }

  load() {
    return this.#doing(() => this.#fetch());
  }

  async #fetch() {
    ({ hairs: this.#hairs, open: this.#open, labelled: this.#labelled } = await answerOf(NEXT));
    this.#begin();
  }

  #begin() {
    this.#end = this.#hairs[0]?.end;
    this.#draw();
  }

  #draw() {
    this.#place.replaceChildren(...(this.#hairs.length ? this.#card(this.#hairs[0]) : [element("p", {}, t("operator.queue.none"))]),
      ...(this.#said.length ? [button({ class: "link" }, () => this.#undo(), t("operator.queue.undo"))] : []), this.#told);
    this.#told.textContent = t("operator.queue.left", { open: this.#open, labelled: this.#labelled });
  }

  #card({ photo, hair, ends, why, guess, probability }) {
    const crop = element("img", { src: `${addressOf({ photo, hair })}/crop.png?end=${this.#end}`, width: 320, height: 192, alt: t("operator.queue.crop") });
    const told = element("div", {}, element("p", {}, why), element("p", { class: "hint" }, t("operator.queue.guess", { name: guessed(guess), probability: percent(probability) })));
    const other = ends.length > 1 ? [button({ class: "link other-end" }, () => this.#turn(), t("page.hair.otherEnd"))] : [];
    const bar = labelBar((kind) => this.#say(kind), { keys: true });
    return [element("div", { class: "hair-card" }, element("div", { class: "seen" }, crop, told), bar, ...other)];
  }

  #turn() {
    this.#end = 1 - this.#end;
    this.#draw();
  }

  #say(label) {
    return this.#doing(async () => {
      const [next] = this.#hairs;
      const address = `${addressOf(next)}/label`;
      const events = [];
      if (this.#end !== next.end) events.push(await this.#post(address, { root_end: this.#end }));
      events.push(await this.#post(address, { label }));
      this.#said.push(events.map(({ number }) => ({ photo: next.photo, number })));
      this.#hairs.shift();
      this.#open -= 1;
      this.#labelled += 1;
      if (this.#hairs.length) this.#begin();
      else await this.#fetch();
      this.#goOn();
    });
  }

  #undo() {
    return this.#doing(async () => {
      for (const { photo, number } of this.#said.at(-1).reverse()) await this.#post(`v1/photos/${photo}/undo`, { event: number });
      this.#said.pop();
      await this.#fetch();
      this.#goOn();
    });
  }

  /** The clicked element is gone, so the focus is set here; otherwise keys would have no effect. */
  #goOn() {
    this.#place.querySelector(".say")?.focus();
  }

  async #post(address, body) {
    const headers = { "Content-Type": "application/json", "X-Client": this.#client };
    const { event } = await answerOf(address, { method: "POST", headers, body: JSON.stringify(body) });
    document.dispatchEvent(new Event("labelled"));
    return event;
  }

  /** Handles one action at a time, so that a key pressed twice labels one hair. */
  async #doing(action) {
    if (this.#busy) return;
    this.#busy = true;
    try {
      await action();
    } catch {
      this.#told.textContent = t("operator.queue.lost");
      this.#place.append(this.#told);
    }
    this.#busy = false;
  }

  #pressed(event) {
    const kind = KINDS[Number(event.key) - 1];
    if (kind && this.#hairs.length && !event.ctrlKey && !event.altKey && !event.metaKey) this.#say(kind);
  }
}

async function answerOf(address, options) {
  const answer = await fetch(address, options);
  if (!answer.ok) throw new Error();
  return answer.json();
}

function draw() {
  const place = element("div", { id: "next" });
  const queue = new Queue(place);
  const details = element("details", {}, element("summary", {}, t("operator.queue.summary")), element("p", { class: "hint" }, t("operator.queue.hint")), place);
  details.addEventListener("toggle", () => details.open && queue.load());
  const title = element("h2", { id: "next-title" }, t("operator.queue.title"));
  document.querySelector("main").append(element("section", { "aria-labelledby": "next-title", class: "screen-only" }, title, details));
}

if (THIS_MACHINE.includes(location.hostname)) draw();
