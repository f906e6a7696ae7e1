// The documentation, generated from /openapi.json without external scripts.

import { element } from "../common/dom.js";

const home = new URL("./", location).href;
const api = await (await fetch("openapi.json")).json();
document.getElementById("about").textContent = api.info.description;
document.getElementById("operations").append(...Object.entries(api.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => section(path, method, operation))));
document.getElementById("try").textContent = [
  "# one photo",
  `curl --data-binary @hairs.jpg -H 'Content-Type: image/jpeg' '${home}v1/photos?roots_in_view=true'`,
  "# several photos, and the questionnaire",
  `curl -F files=@a.jpg -F files=@b.jpg -F 'context={"shedding": "slight"}' ${home}v1/photos`,
  "# many photos, or zips of photos, in the background",
  `curl -F files=@a.jpg -F files=@more.zip ${home}v1/batches`,
  "# counts alone",
  `curl -H 'Content-Type: application/json' -d '{"counts": {"telogen": 19, "misshapen": 1, "no_bulb": 0}}' ${home}v1/advice`,
].join("\n");

function section(path, method, operation) {
  const title = element("h2", {}, `${method.toUpperCase()} ${path}`);
  const parts = [title, element("p", {}, operation.description)];
  if (operation.parameters) parts.push(...table("Query parameters", operation.parameters.map(parameter)));
  for (const [kind, { schema }] of Object.entries(operation.requestBody?.content ?? {})) {
    parts.push(...table(`Body: ${kind}`, fields(schema, "")));
  }
  parts.push(...Object.entries(operation.responses).map(([status, answer]) => response(status, answer)));
  return element("section", {}, ...parts);
}

function parameter({ name, schema }) {
  return [name, kindOf(schema), schema.description ?? ""];
}

function fields(schema, prefix) {
  const whole = resolved(schema);
  return Object.entries(whole.properties ?? {}).flatMap(([name, part]) => {
    const inner = resolved(part.contentSchema ?? part);
    const row = [prefix + name, kindOf(part), part.description ?? ""];
    return inner.properties ? [row, ...fields(inner, `${prefix}${name}.`)] : [row];
  });
}

function resolved(schema) {
  const { $ref: name } = schema.anyOf?.find(({ $ref }) => $ref) ?? schema;
  return name ? api.components.schemas[name.split("/").pop()] : schema;
}

function kindOf(schema) {
  const whole = resolved(schema);
  if (whole.anyOf) return whole.anyOf.map(kindOf).filter((kind) => kind !== "null").join(" or ");
  if (whole.enum) return whole.enum.join(" | ");
  if (whole.type === "array") return `list of ${kindOf(whole.items)}`;
  const bounds = [whole.minimum, whole.maximum].filter((bound) => bound !== undefined);
  return bounds.length === 2 ? `${whole.type}, ${bounds.join(" to ")}` : whole.type ?? "";
}

function table(title, rows) {
  if (!rows.length) return [element("h3", {}, title)];
  const lines = rows.map((row) => element("tr", {}, ...row.map((text) => element("td", {}, text))));
  return [element("h3", {}, title), element("div", { class: "wide" }, element("table", {}, element("tbody", {}, ...lines)))];
}

function response(status, { description, content }) {
  const json = content?.["application/json"];
  const example = json?.example ?? resolved(json?.schema ?? {}).example;
  const head = element("summary", {}, `${status}: ${description}`);
  return example ? element("details", {}, head, element("pre", {}, JSON.stringify(example, null, 2))) : element("p", {}, `${status}: ${description}`);
}
