"use strict";
// The page's data and what is asked of it: columns, numbers, and the state that the address holds.

const DATA = JSON.parse(document.getElementById("data").textContent);
const POINTS = DATA.points;
const VARYING = DATA.varying.map((column) => column.name);

/** A number somewhere in a record ("work.gets"), or null. */
function numberAt(record, path) {
  let value = record;
  for (const name of path.split(".")) value = value?.[name];
  return typeof value === "number" ? value : null;
}

/** What a point has in a column, as text. */
function valueOf(point, column) {
  const {record} = point;
  if (column === "directory") return DATA.directories[point.directory].path;
  if (column === "dataset")
    return `${record.dataset?.name} (${String(record.dataset?.hash).slice(0, 6)})`;
  if (column === "cache" && record.config.cache === undefined) return cacheOf(record);
  const value = record.config[column];
  return value === undefined ? "" : String(value);
}

function cacheOf(record) {
  return String(record.cache?.state ?? record.cache?.asked ?? "");
}

const isFrozen = (point) => point.record.config.view === "frozen";

/** The different values of a column: numbers by size, words in the order of the file. */
function valuesOf(points, column) {
  const values = [...new Set(points.map((point) => valueOf(point, column)))];
  const numeric = values.every((value) => value !== "" && Number.isFinite(Number(value)));
  return numeric ? values.sort((a, b) => a - b) : values;
}

function groupBy(items, keyOf) {
  const groups = new Map();
  for (const item of items) {
    const key = keyOf(item);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(item);
  }
  return groups;
}

/** Five significant digits, thousands apart; very small and very large ones with an exponent. */
function format(value) {
  if (value === null || value === undefined) return "n/a";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e12)) return value.toExponential(3);
  const digits = size >= 10000 ? 0 : Math.max(0, 4 - Math.floor(Math.log10(size || 1)));
  return value.toLocaleString("en-US", {maximumFractionDigits: Math.min(6, digits)});
}

// The state is kept in the address, so that a link shows what its sender saw:
// #hide=codec:delta,store:lmdb&theme=dark&recall=linear&cost=linear&ef=64&target=0.95&level=0

const STATE = {
  hide: new Map(),
  theme: "",
  recall: "logit",
  cost: "log",
  ef: "",
  target: "",
  level: "0"
};

/** What decodeURIComponent() makes of it; an address that somebody cut short stays as it is. */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function readState() {
  for (const part of location.hash.slice(1).split("&")) {
    const [name, text = ""] = part.split("=");
    if (name === "hide") {
      for (const pair of text.split(",").filter(Boolean)) {
        const [column, value = ""] = pair.split(":").map(decoded);
        setHidden(column, value, true);
      }
    } else if (Object.hasOwn(STATE, name)) {
      STATE[name] = decoded(text);
    }
  }
}

function writeState() {
  const pairs = [...STATE.hide].flatMap(
      ([column, values]) => [...values].map(
          (value) => `${encodeURIComponent(column)}:${encodeURIComponent(value)}`));
  const parts = Object.entries(STATE)
                    .filter(([name, value]) => name !== "hide" && value !== "")
                    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  if (pairs.length > 0) parts.unshift(`hide=${pairs.join(",")}`);
  history.replaceState(null, "", `#${parts.join("&")}`);
}

function setHidden(column, value, hidden) {
  if (!STATE.hide.has(column)) STATE.hide.set(column, new Set());
  const values = STATE.hide.get(column);
  if (hidden)
    values.add(value);
  else
    values.delete(value);
  if (values.size === 0) STATE.hide.delete(column);
}

function isShown(point) {
  for (const [column, values] of STATE.hide) {
    if (values.has(valueOf(point, column))) return false;
  }
  return true;
}

const shownPoints = () => POINTS.filter(isShown);
