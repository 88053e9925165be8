// The first block: what was run, on what, by which program, and what to beware of.

function distinct(pick) {
  return [...new Set(
      POINTS.map(({record}) => pick(record)).filter((text) => text !== undefined && text !== ""))];
}

const gib = (bytes) => (bytes > 0 ? `${format(bytes / 1024 ** 3)} GiB` : "");

function describeData({dataset, config}) {
  if (!dataset) return "";
  const counts = `${format(dataset.n)} vectors of ${dataset.dimension} components`;
  const queries = dataset.queries ? `, ${format(dataset.queries)} queries` : "";
  return `${dataset.name ?? "unnamed"}: ${counts}${queries}, ${config.metric ?? "unknown metric"}`;
}

function describeMachine({provenance}) {
  if (!provenance) return "";
  const parts = [
    provenance.cpu, provenance.cores && `${provenance.cores} cores`, gib(provenance.memory_bytes),
    provenance.kernel, provenance.kernel_target && `kernels ${provenance.kernel_target}`
  ];
  return parts.filter(Boolean).join(", ");
}

function describeProgram({provenance}) {
  if (!provenance) return "";
  return [
    `skerry ${provenance.version ?? ""}`, `commit ${provenance.commit ?? "unknown"}`,
    provenance.compiler, provenance.flags
  ].filter(Boolean)
      .join(", ");
}

const shellWord = (text) =>
    (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${String(text).replaceAll("'", "'\\''")}'`);

function commandOf({provenance}, directory) {
  if (!provenance?.config_file) return "";
  const settings = (provenance.settings ?? []).map((text) => `--set ${shellWord(text)}`);
  return [
    "skerry run", shellWord(provenance.config_file), ...settings, "-o", shellWord(directory)
  ].join(" ");
}

function fact(list, name, texts, tag = "span") {
  if (texts.length === 0) return;
  list.append(
      element("dt", {}, name),
      element("dd", {}, ...texts.map((text) => element("div", {}, element(tag, {}, text)))));
}

function factsOfRun() {
  const list = element("dl", {class: "facts"});
  const times = distinct((record) => record.time).sort();
  fact(list, "experiment", [distinct((record) => record.experiment).join(", ")].filter(Boolean));
  fact(list, "data", distinct(describeData));
  fact(list, "machine", distinct(describeMachine));
  fact(list, "program", distinct(describeProgram));
  if (times.length > 0)
    fact(
        list, "measured",
        [times[0] === times.at(-1) ? times[0] : `${times[0]} to ${times.at(-1)}`]);
  fact(
      list, "points",
      [`${POINTS.length} from ${DATA.directories.map(({path}) => path).join(", ")}`]);
  if (VARYING.length > 0)
    fact(
        list, "axes",
        [VARYING.map((column) => `${column} (${valuesOf(POINTS, column).length})`).join(", ")]);
  const commands =
      POINTS.map(({record, directory}) => commandOf(record, DATA.directories[directory].path));
  fact(list, "to reproduce", [...new Set(commands)].filter(Boolean), "code");
  fact(list, "noise floor", [noiseText()]);
  return list;
}

function noiseText() {
  const {noise} = DATA;
  if (!noise) return "not measured: small differences in speed may be chance";
  const percent = (ratio) => `${format(100 * (ratio - 1))} %`;
  return `${noise.pairs} points measured twice differ in queries per second by ${
             percent(noise.qps_median)} in the median, ` +
      `${percent(noise.qps_max)} at most: smaller differences prove nothing`;
}

function warningTexts() {
  const texts = [...DATA.warnings];
  if (DATA.noise?.differing > 0) {
    texts.push(
        `${DATA.noise.differing} points gave another recall or other counts when they were ` +
        "measured again. This is a defect.");
  }
  return texts;
}

function frozenWarning() {
  if (!POINTS.some(isFrozen)) return null;
  return element(
      "div", {class: "warning"}, frozenBadge(),
      " The view `frozen` searches decoded links and vectors in memory. Its speed does not " +
          "depend on store and codec: compare stores and codecs by the other views.");
}

function failuresBlock() {
  if (DATA.failures.length === 0) return null;
  const columns =
      [{name: "stage", text: true}, {name: "why", text: true}, {name: "config", text: true}];
  const rows = DATA.failures.map(
      ({stage = "", why = "", config = {}}) =>
          [stage, why,
           Object.entries(config)
               .filter(([name]) => VARYING.includes(name) || VARYING.length === 0)
               .map(([name, value]) => `${name}=${value}`)
               .join(" ")]);
  return element(
      "div", {}, element("h2", {}, `Failed points: ${rows.length}`),
      table(columns, rows, "Failed points"));
}

function showRun() {
  document.getElementById("subtitle").textContent =
      `${POINTS.length} search points · every number is in this file, none comes over a network`;
  document.getElementById("run").append(
      element("h2", {}, "What was run"), factsOfRun(),
      ...warningTexts().map((text) => element("div", {class: "warning"}, text)),
      ...[frozenWarning(), failuresBlock()].filter(Boolean));
}
