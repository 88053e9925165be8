// How curves are told apart: one column by colour, one by marker, one by dashes, one by hollow
// markers.

const MARKERS = ["circle", "triangle", "rect", "rectRot", "star", "crossRot", "cross"];
const DASHES = [[], [6, 3], [2, 3], [9, 3, 2, 3], [1, 5], [12, 4]];
const CHANNELS = ["colour", "marker", "dash", "hollow"];

// Of columns with as many values as others these are told apart first: what the reader compares
// most.
const COMPARED = ["store", "view", "codec", "selection"];

const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const seriesColour = (index) => css(`--series-${(index % 8) + 1}`);

function comparedPlace(column) {
  const place = COMPARED.indexOf(column);
  return place < 0 ? COMPARED.length : place;
}

/**
   Channels for these columns, [{column, channel, values}]: those with most values first. Dashes
    tell nothing where points are not joined.
 */
function assignChannels(columns, points, hasLines) {
  const wanted = columns.filter((column) => column !== "seed")
                     .map((column) => ({column, values: valuesOf(points, column)}))
                     .filter(({values}) => values.length > 1)
                     .sort(
                         (a, b) => b.values.length - a.values.length ||
                             comparedPlace(a.column) - comparedPlace(b.column));
  const free = CHANNELS.filter((channel) => hasLines || channel !== "dash");
  for (const each of wanted) {
    const place = free.findIndex((channel) => channel !== "hollow" || each.values.length <= 2);
    each.channel = place < 0 ? null : free.splice(place, 1)[0];
  }
  return wanted;
}

/** The look of a point's curve. */
function styleOf(point, channels) {
  const style = {colour: 0, marker: 0, dash: 0, hollow: 0};
  for (const {column, channel, values} of channels) {
    if (!channel) continue;
    const index = values.indexOf(valueOf(point, column));
    style[channel] = index;
    // Colours repeat after eight values: the marker goes on where it is free to.
    if (channel === "colour" && !channels.some((other) => other.channel === "marker"))
      style.marker = index;
  }
  return style;
}

function datasetStyle(style) {
  const colour = seriesColour(style.colour);
  return {
    borderColor: colour,
    backgroundColor: colour,
    pointBorderColor: colour,
    pointBackgroundColor: style.hollow ? css("--page") : colour,
    pointStyle: MARKERS[style.marker % MARKERS.length],
    borderDash: DASHES[style.dash % DASHES.length],
    borderWidth: 1.6,
    pointBorderWidth: 1.4,
    pointRadius: 3.6,
    pointHoverRadius: 6,
    pointHitRadius: 7,
  };
}

/** A small picture of one value in a key. */
function swatch(channel, style) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("width", channel === "dash" ? 30 : 14);
  svg.setAttribute("height", 12);
  svg.setAttribute("aria-hidden", "true");
  const colour = channel === "colour" ? seriesColour(style.colour) : css("--text");
  const shape = document.createElementNS("http://www.w3.org/2000/svg", "path");
  shape.setAttribute(
      "d", channel === "dash" ? "M0 6H30" : MARKER_PATHS[style.marker % MARKER_PATHS.length]);
  shape.setAttribute("stroke", colour);
  shape.setAttribute("stroke-width", 1.6);
  shape.setAttribute("fill", style.hollow || channel === "dash" ? "none" : colour);
  shape.setAttribute(
      "stroke-dasharray", channel === "dash" ? DASHES[style.dash % DASHES.length].join(" ") : "");
  svg.append(shape);
  return svg;
}

const MARKER_PATHS = [
  "M7 2a4 4 0 1 0 .01 0z",
  "M7 2L11.5 10H2.5z",
  "M3 2H11V10H3z",
  "M7 1L12 6L7 11L2 6z",
  "M7 1V11M2 6H12M3.5 2.5L10.5 9.5M10.5 2.5L3.5 9.5",
  "M3 2L11 10M11 2L3 10",
  "M7 1V11M2 6H12",
];

/** One column of a key: its name, and those of its values that `points` have. */
function columnKey({column, channel, values}, channels, points) {
  const present = new Set(points.map((point) => valueOf(point, column)));
  const isFree = !channels.some((other) => other.channel === "marker");
  const made = element("span", {}, element("b", {}, column));
  values.forEach((value, index) => {
    if (!present.has(value)) return;
    const style = {colour: 0, marker: 0, dash: 0, hollow: 0, [channel]: index};
    if (channel === "colour" && isFree) style.marker = index;
    const name = column === "view" && value === "frozen" ? frozenBadge() : value || "(none)";
    made.append(element("i", {}, swatch(channel, style), name));
  });
  return made;
}

/** The key of a chart that shows these points. */
function keyOf(channels, points, extra) {
  const parts = channels.filter(({channel}) => channel)
                    .map((each) => columnKey(each, channels, points));
  const untold = channels.filter(({channel}) => !channel).map(({column}) => column);
  if (untold.length > 0) {
    parts.push(element("span", {class: "faint"}, `not told apart: ${untold.join(", ")}`));
  }
  return element("div", {class: "key"}, ...parts, ...extra);
}
