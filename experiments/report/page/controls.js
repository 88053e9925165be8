// The filter, and the axes' and the page's switches.

function checkbox(label, checked, onChange) {
  const box = element("input", {type: "checkbox"});
  box.checked = checked;
  box.addEventListener("change", () => onChange(box.checked));
  return element("label", {}, box, element("span", {}, label));
}

function radio(name, label, value) {
  const button = element("input", {type: "radio", name});
  button.checked = STATE[name] === value;
  button.addEventListener("change", () => {
    STATE[name] = value;
    showAll();
  });
  return element("label", {}, button, element("span", {}, label));
}

const group = (title, ...parts) => element("fieldset", {}, element("legend", {}, title), ...parts);

function filterOf(column) {
  return group(
      column,
      ...valuesOf(POINTS, column)
          .map(
              (value) => checkbox(
                  value === "" ? "(none)" : value, !STATE.hide.get(column)?.has(value),
                  (checked) => {
                    setHidden(column, value, !checked);
                    showAll();
                  })));
}

function showEverything() {
  STATE.hide.clear();
  makeControls();
  showAll();
}

function isDark() {
  return STATE.theme === "" ? matchMedia("(prefers-color-scheme: dark)").matches :
                              STATE.theme === "dark";
}

function applyTheme() {
  document.documentElement.dataset.theme = isDark() ? "dark" : "light";
}

function makeControls() {
  const reset = element("button", {type: "button"}, "Show all");
  reset.addEventListener("click", showEverything);
  document.getElementById("controls")
      .replaceChildren(
          ...VARYING.map(filterOf), ...(VARYING.length > 0 ? [group("", reset)] : []),
          group(
              "recall axis", radio("recall", "logit", "logit"),
              radio("recall", "linear", "linear")),
          group("cost axes", radio("cost", "log", "log"), radio("cost", "linear", "linear")),
          group(
              "page", radio("theme", "as the system", ""), radio("theme", "light", "light"),
              radio("theme", "dark", "dark")));
}
