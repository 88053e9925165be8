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

function costTable(curves) {
  const columns = [
    ...OTHER_COLUMNS.map((name) => ({name, text: true})), {name: "link B/vector"},
    {name: "store MiB"}, ...DATA.targets.flatMap(() => [{name: "q/s"}, {name: "distances"}])
  ];
  const groups = [
    {name: "", span: OTHER_COLUMNS.length + 2},
    ...DATA.targets.map((target) => ({name: `at ${K} = ${target}`, span: 2}))
  ];
  const best = DATA.targets.map((_, i) => bestOf(curves.map(({at}) => at[i]?.qps ?? null)));
  const rows = curves.map((curve) => {
    const [point] = curvePoints(curve);
    const disk = point.record.disk_bytes;
    return [
      ...OTHER_COLUMNS.map((column) => columnCell(point, column)),
      numberCell(linkBytesPerVector(point.record)),
      numberCell(typeof disk === "number" ? disk / MIB : null), ...targetCells(curve.at, best)
    ];
  });
  return table(
      columns, rows,
      "Speed and work at equal recall, read between the measured points; n/a lies outside " +
          "of them. Bold: the fastest, and what the noise floor does not tell from it.",
      groups);
}

function showVerdicts() {
  const section = document.getElementById("verdicts");
  const curves = DATA.curves.filter((curve) => curvePoints(curve).length > 0);
  const graphs = groupBy(
      curves,
      (curve) => graphKey(curvePoints(curve)[0]) + keyBy(GRAPH_COLUMNS)(curvePoints(curve)[0]));
  section.replaceChildren(
      element("h2", {}, "At equal recall"), ...[...graphs.values()].map((group) => {
        const [point] = curvePoints(group[0]);
        const heading = element("h3", {}, graphHeading(point));
        if (!VARYING.includes("view") && isFrozen(point)) heading.append(" ", frozenBadge());
        return element(
            "div", {class: "verdict"}, heading, qualityTable(group[0]), costTable(group));
      }));
}
