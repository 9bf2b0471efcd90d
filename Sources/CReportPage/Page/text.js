"use strict";

/** An element; strings become text, never markup. */
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "class") made.className = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

const byId = (id) => document.getElementById(id);

/** A measured number in few digits; what JSON has no number for comes as text. */
function numberText(value) {
  if (value === null || value === undefined) return "not measured";
  if (value === "inf") return "∞";
  if (value === "-inf") return "−∞";
  if (value === "nan") return "not a number";
  if (Number.isInteger(value)) return String(value);
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e6)) return value.toExponential(3);
  return String(Number(value.toPrecision(5)));
}

/** For sorting: what was not measured comes last. */
function numberValue(value) {
  if (value === "inf") return Infinity;
  if (value === "-inf") return -Infinity;
  return typeof value === "number" ? value : NaN;
}

function timeText(seconds) {
  if (seconds === null || seconds === undefined) return "";
  if (seconds < 1) return `${seconds.toFixed(3)} s`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

function bytesText(bytes) {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}

/** A table of rows; cells are text, numbers (aligned to the right) or nodes. */
function dataTable(label, head, rows) {
  const cell = (tag, content, more = {}) => {
    const isNumber = typeof content === "number" || (content && content.isNumber);
    const text = content && content.isNumber ? content.text : content;
    const title = content && content.title ? content.title : null;
    const shown = text instanceof Node ? text : String(text ?? "");
    return element(tag, { ...more, class: isNumber ? "number" : null, title }, shown);
  };
  return element("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": label },
    element("table", { class: "data" },
      element("caption", { class: "unseen" }, label),
      element("thead", {}, element("tr", {}, ...head.map((text) => cell("th", text, { scope: "col" })))),
      element("tbody", {}, ...rows.map((row) => element("tr", {}, ...row.map((content) => cell("td", content)))))));
}

/** A number for `dataTable`, with all its digits behind it. */
const tableNumber = (value) => ({ isNumber: true, text: numberText(value), title: value === null ? null : String(value) });

const marks = { error: "✖", changed: "≠", new: "+", warned: "!", passed: "✓", running: "…", waiting: "·", "not run": "∅" };

/** How a picture stands: a sign and a word, so that colour is not all there is. */
function statusMark(status, withWord = true) {
  return element("span", { class: "mark", "data-status": status },
    marks[status] ?? "", withWord ? ` ${status}` : element("span", { class: "unseen" }, status));
}

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
