// Plots of a diary over time as SVG: one measure each, with intervals and the sessions of needling.

import { drawing, element } from "../common/dom.js";
import { percent, t } from "../common/texts.js";
import { daysBetween } from "./entry.js";

const WIDTH = 400, HEIGHT = 170, LEFT = 52, RIGHT = 390, TOP = 12, BOTTOM = 138;

/** The plots of the results that can be drawn: the share, the number of hairs, the width. */
export function plots(results, sessions) {
  const share = results.filter(({ share: each }) => each).map(({ date, share: { estimate, low, high } }) => ({ date, value: estimate, low, high }));
  const hairs = results.map(({ date, hairs: value }) => ({ date, value }));
  const width = results.filter(({ measures }) => measures?.median_um).map(({ date, measures }) => ({ date, value: measures.median_um, low: measures.median_low_um, high: measures.median_high_um }));
  return [["share", share, 1, percent], ["hairs", hairs, highest(hairs), String], ["width", width, highest(width), (um) => `${Math.round(um)} µm`]]
    .filter(([, points]) => points.length)
    .map(([name, points, top, written]) => plot(name, points, top, written, sessions));
}

const highest = (points) => Math.max(1, ...points.flatMap(({ value, high }) => [value, high ?? 0]));

function plot(name, points, top, written, sessions) {
  const dates = [...points, ...sessions].map(({ date }) => date).sort();
  const span = daysBetween(dates[0], dates.at(-1)) || 1;
  const x = ({ date }) => LEFT + 14 + (RIGHT - LEFT - 28) * daysBetween(dates[0], date) / span;
  const y = (value) => BOTTOM - (BOTTOM - TOP) * value / top;
  const grid = [0, top / 2, top].flatMap((value) => [
    drawing("path", { class: "grid", d: `M${LEFT} ${y(value)}H${RIGHT}` }),
    drawing("text", { class: "scale", x: LEFT - 6, y: y(value) + 4, "text-anchor": "end" }, written(name === "share" ? value : Math.round(value)))]);
  const marks = sessions.map((session) => drawing("path", { class: "session", d: `M${x(session)} ${TOP}V${BOTTOM}` }));
  const shown = points.flatMap((point) => [
    ...(point.low == null || point.high == null ? [] : [drawing("path", { class: "reach", d: `M${x(point)} ${y(point.low)}V${y(point.high)}` })]),
    drawing("circle", { class: "point", cx: x(point), cy: y(point.value), r: 5 })]);
  const ends = [...new Set([dates[0], dates.at(-1)])].map((date, index) =>
    drawing("text", { class: "scale", x: index ? RIGHT : LEFT, y: BOTTOM + 20, "text-anchor": index ? "end" : "start" }, new Date(`${date}T00:00`).toLocaleDateString()));
  const line = drawing("polyline", { class: "line", points: points.map((point) => `${x(point)},${y(point.value)}`).join(" ") });
  const label = t("diary.plot", { name: t(`change.${name}.name`), values: points.map(({ value }) => written(name === "hairs" ? value : value)).join(", ") });
  return element("figure", { class: "plot", "data-plot": name },
    element("figcaption", {}, t(`change.${name}.name`)),
    drawing("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label }, ...grid, ...marks, line, ...shown, ...ends));
}
