// One table per graph: what each way of storing and viewing it costs at equal recall.

const GRAPH_COLUMNS = DATA.varying.filter(({stage}) => stage === "graph").map(({name}) => name);
const OTHER_COLUMNS =
    VARYING.filter((column) => !GRAPH_COLUMNS.includes(column) && column !== "ef");

const curvePoints = (curve) => curve.points.map((place) => POINTS[place]).filter(isShown);

function graphHeading(point) {
  const names = GRAPH_COLUMNS.map((column) => `${column}=${valueOf(point, column)}`).join(" ");
  const digest =
      point.record.graph_digest ? `digest ${String(point.record.graph_digest).slice(0, 8)}` : "";
  const links = point.record.links?.edges_per_vector;
  const degree = typeof links === "number" ? `${format(links)} links per vector` : "";
  return [names || "graph", digest, degree].filter(Boolean).join(" · ");
}

/** Recall and distances by ef: equal for every store, codec and view. */
function qualityTable(curve) {
  const points = curvePoints(curve);
  const columns =
      [{name: "ef", text: true}, ...points.map((point) => ({name: valueOf(point, "ef")}))];
  const row =
      (name, path) => [name, ...points.map(({record}) => numberCell(numberAt(record, path)))];
  return table(
      columns, [row(K, "recall.strict"), row("distances", "work.distances")],
      "Recall and distances per query by ef");
}

/** The largest value of a column, and what lies within the noise floor of it. */
function bestOf(values) {
  const best = Math.max(...values.filter((value) => value !== null));
  return best / (DATA.noise?.qps_max ?? 1);
}

function targetCells(at, best) {
  return at.flatMap(
      ({qps, distances}, i) =>
          [{
            ...numberCell(qps),
            kind: qps === null ? "none" :
                qps >= best[i] ? "best" :
                                 "",
            title: qps === null ? "outside of the measured recall" : String(qps)
          },
           numberCell(distances),
  ]);
}

/** A curve's cells; `told` are the columns that the graph's curves differ in. */
function costRow(curve, told, best) {
  const [point] = curvePoints(curve);
  const disk = point.record.disk_bytes;
  return [
    ...told.map((column) => columnCell(point, column)),
    numberCell(linkBytesPerVector(point.record)),
    numberCell(typeof disk === "number" ? disk / MIB : null), ...targetCells(curve.at, best)
  ];
}

function costTable(curves, told) {
  const columns = [
    ...told.map((name) => ({name, text: true})), {name: "link B/vector"}, {name: "store MiB"},
    ...DATA.targets.flatMap(() => [{name: "q/s"}, {name: "distances"}])
  ];
  const groups = [
    {name: "", span: told.length + 2},
    ...DATA.targets.map((target) => ({name: `at ${K} = ${target}`, span: 2}))
  ];
  const best = DATA.targets.map((_, i) => bestOf(curves.map(({at}) => at[i]?.qps ?? null)));
  return table(
      columns, curves.map((curve) => costRow(curve, told, best)),
      "Speed and work at equal recall, read between the measured points; n/a lies outside " +
          "of them. Bold: the fastest, and what the noise floor does not tell from it.",
      groups);
}

const hasTarget = ({at}) => at.some(({qps, distances}) => qps !== null || distances !== null);

/** The graph's tables without the curves and columns that say nothing, and what these were. */
function graphTables(curves) {
  const readable = curves.filter(hasTarget);
  const left = curves.length - readable.length;
  const points = readable.map((curve) => curvePoints(curve)[0]);
  const told = OTHER_COLUMNS.filter((column) => valuesOf(points, column).length > 1);
  const common = OTHER_COLUMNS.filter((column) => !told.includes(column) && points.length > 0);
  const notes = [];
  if (common.length > 0) {
    notes.push(`All rows: ${
        common.map((column) => `${column}=${valueOf(points[0], column)}`).join(", ")}. `);
  }
  if (left > 0) {
    notes.push(
        `${left} ${left === 1 ? "curve" : "curves"} left out: no recall asked for lies between ` +
        "measured points. Sizes are in the last chart.");
  }
  return [
    qualityTable(curves[0]), readable.length > 0 ? costTable(readable, told) : null,
    notes.length > 0 ? element("p", {class: "faint"}, ...notes) : null
  ];
}

// More graphs than these stand folded, but for the first one.
const GRAPHS_UNFOLDED = 3;

/** Which graphs are open, by their key: what a reader opened stays open when something is hidden. */
const openGraphs = new Map();

function graphBlock(key, curves, isOpen) {
  const [point] = curvePoints(curves[0]);
  const heading = element("summary", {}, element("h3", {}, graphHeading(point)));
  if (curves.every((curve) => isFrozen(curvePoints(curve)[0]))) heading.append(" ", frozenBadge());
  const block = element("details", {class: "verdict"}, heading, ...graphTables(curves));
  block.open = openGraphs.get(key) ?? isOpen;
  block.addEventListener("toggle", () => openGraphs.set(key, block.open));
  return block;
}

function showVerdicts() {
  const section = document.getElementById("verdicts");
  const curves = DATA.curves.filter((curve) => curvePoints(curve).length > 0);
  const graphs = [...groupBy(
      curves,
      (curve) => graphKey(curvePoints(curve)[0]) + keyBy(GRAPH_COLUMNS)(curvePoints(curve)[0]))];
  section.replaceChildren(
      element("h2", {}, "At equal recall"),
      ...graphs.map(
          ([key, group], i) => graphBlock(key, group, i === 0 || graphs.length <= GRAPHS_UNFOLDED)));
}
