// The texts of the page in the person's language, from data/texts/ (docs/architecture.md, Texts).

const { language, texts, questions } = JSON.parse(document.getElementById("texts").textContent);
const plural = new Intl.PluralRules(language);
const decimal = new Intl.NumberFormat(language);
const inPercent = new Intl.NumberFormat(language, { style: "percent" });

// The questions as in serve/advice/questions.json, in their order; docs/how-it-works/advice.md.
export { language, questions };

/** The text of this name with `{placeholders}` filled in; `count` chooses among plural forms. */
export function t(name, values = {}) {
  const text = chosen(section(name), values.count);
  return text.replace(/\{(\w+)\}/g, (_, key) => written(values[key]));
}

/** The texts below a name, `{name: text}`, for lists such as the glossary. */
export function section(name) {
  return name.split(".").reduce((found, step) => found[step], texts);
}

/** A share of 0 to 1 in whole per cent. */
export function percent(share) {
  return inPercent.format(share);
}

function chosen(found, count) {
  return typeof found === "string" ? found : found[`=${count}`] ?? found[plural.select(count)];
}

function written(value) {
  return typeof value === "number" ? decimal.format(value) : value;
}
