"use strict";

/** What ran, for how long, and on what. */
function showRun(model) {
  const { parts, state } = model;
  const parts_ = [];
  const section = (title, ...content) => parts_.push(element("h3", {}, title), ...content);

  if (state.problems.length > 0) {
    section("What went wrong", ...state.problems.map(({ place, message, hint }) =>
      element("p", { class: "problem" }, element("code", {}, place), ` ${message}${hint ? `\nhint: ${hint}` : ""}`)));
  }
  if (state.groups.length > 0) {
    section("Changed pictures by cause", ...state.groups.map(({ text, command, entries }) =>
      element("div", { class: "problem" }, element("p", {}, `${entries.length} ${entries.length === 1 ? "picture" : "pictures"}: ${text}`),
        element("p", { class: "command" }, element("code", {}, command)))));
  }
  const claimed = new Set(parts.entries.flatMap((entry) => entry.expectations));
  const others = parts.expectations.flatMap((expectation, number) => claimed.has(number) ? [] : [[
    state.expectations[number] === null ? "" : statusMark(state.expectations[number] ? "passed" : "changed", false),
    model.title(expectation.instance), expectation.text, tableNumber(model.measured(number)), expectation.place,
  ]]);
  if (others.length > 0) {
    section("Expectations of what is no picture",
      dataTable("Expectations of what is no picture", ["met", "node", "expectation", "found", "where"], others));
  }
  section("Nodes", nodeTable(model));
  for (const table of state.tables) {
    section(`${table.path}, ${table.rows} ${table.rows === 1 ? "row" : "rows"}`,
      dataTable(table.path, ["measure", "least", "mean", "greatest"], table.fields.map((field) =>
        [field.name, tableNumber(field.least), tableNumber(field.mean), tableNumber(field.greatest)])));
  }
  if (state.warnings.length > 0) {
    section("Warnings", ...state.warnings.map((text) => element("p", { class: "problem" }, text)));
  }
  section("Where and by what", dataTable("Where and by what", ["what", "which"], facts(model)));
  byId("view-run").replaceChildren(element("h2", {}, state.summary), ...parts_);
}

function facts({ parts, state }) {
  const { machine, program, commit } = parts;
  return [
    ["started", new Date(1000 * parts.started).toLocaleString()],
    ["took", timeText(state.seconds)],
    ["exit status", String(state.exitStatus ?? "")],
    ["program", `pulid-run ${program.version}, ${program.numerics}, ${program.precision}`],
    ["machine", `${machine.host}: ${machine.processor}, ${machine.processors} processors, ${bytesText(machine.memory)}, ${machine.system}`],
    ["commit", commit ? commit.id + (commit.branch ? ` (${commit.branch})` : "") : "none around the recipe"],
    ["outputs", parts.out],
  ];
}

/** One row a node: how often it ran, was cached or failed, and the time it took. */
function nodeTable(model) {
  const { parts, state } = model;
  const rows = parts.nodes.map((node) => ({ node, ran: 0, cached: 0, failed: 0, left: 0, seconds: 0, longest: 0, where: -1, why: new Map() }));
  parts.instances.forEach((instance, place) => {
    const row = rows[instance.node];
    const { status, seconds, reason } = state.instances[place];
    if (status === "ran") row.ran += 1;
    else if (status === "cached" || status === "same inputs") row.cached += 1;
    else if (status === "failed" || status === "missing") row.failed += 1;
    else row.left += 1;
    if (seconds > 0) {
      row.seconds += seconds;
      if (seconds > row.longest) [row.longest, row.where] = [seconds, place];
    }
    const why = status === "ran" ? reason : whyText(status);
    if (why) row.why.set(why, (row.why.get(why) ?? 0) + 1);
  });
  const shown = rows.filter(({ node }) => !node.isReference).sort((a, b) => b.seconds - a.seconds);
  return dataTable("Nodes", ["node", "kind", "ran", "cached", "failed", "not run", "time", "longest", "why", "where"],
    shown.map(({ node, ran, cached, failed, left, seconds, longest, where, why }) => {
      const reasons = [...why].sort((a, b) => b[1] - a[1]).slice(0, 2)
        .map(([text, count]) => why.size > 1 ? `${text} (${count})` : text);
      return [node.name, node.kind, ran, cached, failed, left, timeText(seconds || null),
        ran > 1 && where >= 0 ? `${timeText(longest)}: ${model.title(where)}` : "", reasons.join("; "), node.place];
    }));
}

/** The recipe as it was read, and what was set. */
function showRecipe({ parts }) {
  const { recipe } = parts;
  const content = [element("h2", {}, recipe.name)];
  if (recipe.description) content.push(element("p", {}, recipe.description));
  content.push(element("p", { class: "command" }, element("code", {}, parts.run)));
  if (recipe.parameters.length > 0) {
    content.push(element("h3", {}, "Params"),
      dataTable("Params", ["name", "value"], recipe.parameters.map(({ name, value }) => [name, value])));
  }
  if (parts.axes.length > 0) {
    content.push(element("h3", {}, "Axes"),
      dataTable("Axes", ["name", "values"], parts.axes.map(({ name, values }) =>
        [name, values.slice(0, 40).join(", ") + (values.length > 40 ? `, and ${values.length - 40} more` : "")])));
  }
  for (const { name, text } of recipe.sources) {
    const lines = text.replace(/\n$/, "").split("\n").map((line, place) =>
      element("span", {}, element("span", { class: "number", "aria-hidden": "true" }, String(place + 1)), `${line}\n`));
    content.push(element("h3", {}, name),
      element("pre", { class: "source", tabindex: "0", role: "group", "aria-label": name }, ...lines));
  }
  byId("view-recipe").replaceChildren(...content);
}
