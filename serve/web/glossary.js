// The words of a result, one line each, from the list that the command line prints, too.

import { element } from "./dom.js";

export async function drawGlossary(place) {
  try {
    const words = await (await fetch("/page/glossary.json")).json();
    place.replaceChildren(...Object.entries(words).flatMap(([word, meaning]) =>
      [element("dt", {}, word), element("dd", {}, meaning)]));
  } catch {
    place.replaceChildren(element("dd", {}, "The list of words could not be loaded."));
  }
}
