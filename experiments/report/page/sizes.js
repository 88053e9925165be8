// Where the bytes of a store go.

const SIZE_PARTS = ["vectors", "link values", "link keys", "page overhead", "other"];

const endsIn = (name) => ({name: full}) => String(full).split(/[^a-z]/).at(-1) === name;

/** Keys and values of all tables of one kind. */
function payload(tables, name) {
  return tables.filter(endsIn(name))
      .reduce((total, each) => total + (each.key_bytes ?? 0) + (each.value_bytes ?? 0), 0);
}

/** Bytes of vectors as stored, and of codes beside them. */
function vectorBytes({config, dataset}) {
  const bytesOf = {f32: 4, f16: 4 + 2, i8: 4 + 1, bits: 1 / 8};
  const width = bytesOf[config.encoding];
  return width && dataset?.n ? dataset.n * Math.ceil(dataset.dimension * width) : 0;
}

/** Bytes per part; null where the record does not tell the store's size. */
function sizeParts(record) {
  const whole = record.disk_bytes;
  if (typeof whole !== "number") return null;
  const links = record.links ?? {};
  let vectors = vectorBytes(record);
  let overhead =
      Math.max(0, (links.disk_bytes ?? 0) - (links.value_bytes ?? 0) - (links.key_bytes ?? 0));
  if (Array.isArray(record.tables)) {
    // Some layouts keep links in the values of vectors: what is not links' is vectors'.
    const stored = ["links", "vectors", "codes"].reduce(
        (total, name) => total + payload(record.tables, name), 0);
    vectors = Math.max(0, stored - (links.value_bytes ?? 0) - (links.key_bytes ?? 0));
    overhead = record.tables.reduce(
        (total, each) => total +
            Math.max(0, (each.disk_bytes ?? 0) - (each.key_bytes ?? 0) - (each.value_bytes ?? 0)),
        0);
  }
  const parts = [vectors, links.value_bytes ?? 0, links.key_bytes ?? 0, overhead];
  const known = parts.reduce((total, part) => total + part, 0);
  return [...parts, Math.max(0, whole - known)];
}

const STORED_COLUMNS = DATA.varying.filter(({stage}) => stage !== "search").map(({name}) => name);

/** One bar per stored layout: [{label, parts, whole}]. */
function sizeBars(points) {
  return [...groupBy(points, keyBy(STORED_COLUMNS)).values()]
      .map(([point]) => ({
             label:
                 STORED_COLUMNS.filter((column) => column !== "seed" && column !== "build_threads")
                     .map((column) => valueOf(point, column))
                     .join(" · ") ||
                 valueOf(point, "store"),
             parts: sizeParts(point.record),
             whole: point.record.disk_bytes,
           }))
      .filter(({parts}) => parts !== null);
}

const MIB = 1024 * 1024;

function drawSizes(canvas, bars) {
  canvas.dataset.points = String(bars.length * SIZE_PARTS.length);
  canvas.dataset.series = String(SIZE_PARTS.length);
  if (bars.length === 0) return null;
  const colours = [6, 1, 2, 3, 7].map((index) => css(`--series-${index}`));
  return new Chart(canvas, {
    type: "bar",
    data: {
      labels: bars.map(({label}) => label),
      datasets: SIZE_PARTS.map((part, i) => ({
                                 label: part,
                                 data: bars.map(({parts}) => parts[i] / MIB),
                                 backgroundColor: colours[i],
                                 borderColor: css("--page"),
                                 borderWidth: {right: 1},
                                 maxBarThickness: 18,
                               })),
    },
    options: {
      ...commonOptions(),
      indexAxis: "y",
      scales: {
        x: {
          stacked: true,
          title: {display: true, text: "size of the store (MiB)", color: css("--text")},
          grid: {color: css("--grid"), borderColor: css("--line")},
          ticks: {color: css("--faint")},
        },
        y: {
          stacked: true,
          title: {display: true, text: sizeAxisTitle(), color: css("--text")},
          grid: {display: false, borderColor: css("--line")},
          ticks: {color: css("--text"), autoSkip: false},
        },
      },
      plugins: {
        legend: {
          position: "top",
          align: "start",
          labels: {color: css("--text"), boxWidth: 12, boxHeight: 12}
        },
        tooltip: {
          ...tooltipColours(),
          callbacks: {label: ({dataset, raw}) => `${dataset.label}: ${format(raw)} MiB`},
        },
      },
    },
  });
}

const sizeAxisTitle = () =>
    STORED_COLUMNS.filter((column) => column !== "seed" && column !== "build_threads")
        .join(" · ") ||
    "store";

function sizeTable(bars) {
  const columns = [
    {name: sizeAxisTitle(), text: true}, ...SIZE_PARTS.map((part) => ({name: `${part} (B)`})),
    {name: "store (B)"}
  ];
  return table(
      columns,
      bars.map(({label, parts, whole}) => [label, ...parts.map(numberCell), numberCell(whole)]),
      "Size of the stores");
}
