// Elements from data: texts only ever become text nodes.

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key in made && key !== "list" && typeof value !== "string")
      made[key] = value;
    else
      made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

function badge(text, title) {
  return element("span", {class: "badge", title}, text);
}

const frozenBadge = () =>
    badge("frozen", "speed of the view `frozen` does not depend on store and codec");

/** A cell: text, or {text, title, class}. Texts stand left, numbers right. */
function cell(tag, content, isText) {
  const {text, title, kind = "", badge: mark = null} =
      typeof content === "object" && content !== null ? content : {text: content};
  const made = element(tag, {class: `${isText ? "text" : ""} ${kind}`.trim()}, String(text));
  if (title) made.title = title;
  if (mark) made.append(" ", mark);
  return made;
}

const numberCell = (value) =>
    (value === null || value === undefined ? {text: "n/a", kind: "none"} :
                                             {text: format(value), title: String(value)});

/**
 * columns: [{name, text?: true}]; rows: arrays of cells; groups: [{name, span}] above the names.
 */
function table(columns, rows, caption = "", groups = null) {
  const head = element("thead");
  if (groups) {
    head.append(element(
        "tr", {},
        ...groups.map(
            (group) => element(
                "th", {class: "group", colspan: String(group.span), scope: "colgroup"},
                group.name))));
  }
  head.append(element("tr", {}, ...columns.map((column) => {
    const made = cell("th", column.name, column.text);
    made.scope = "col";
    return made;
  })));
  const body = element(
      "tbody", {},
      ...rows.map(
          (row) =>
              element("tr", {}, ...row.map((content, i) => cell("td", content, columns[i].text)))));
  const made = element("table", {}, head, body);
  if (caption) made.prepend(element("caption", {}, caption));
  return element(
      "div", {class: "scroll", tabindex: "0", role: "region", "aria-label": caption || "table"},
      made);
}

function select(label, options, value, onChange) {
  const made =
      element("select", {}, ...options.map((option) => element("option", {value: option}, option)));
  made.value = value;
  made.addEventListener("change", () => onChange(made.value));
  return element("label", {}, `${label} `, made);
}
