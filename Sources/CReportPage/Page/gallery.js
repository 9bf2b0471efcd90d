"use strict";

/** The pictures as tiles, or as the grid of the sweep; filtered, searched, sorted. */
class Gallery {
  static problems = ["error", "changed", "new"];

  /** @param open called with the place of the entry that was chosen */
  constructor(model, open) {
    this.model = model;
    this.open = open;
    this.filter = "all";
    this.words = [];
    this.values = {};
    this.node = "";
    this.cause = "";
    this.sort = "worst";
    this.isReversed = false;
    this.layout = "gallery";
    this.chosen = null;
    this.shown = [];
    this.tiles = new Map();
    this.box = byId("gallery");
    this.sight = new IntersectionObserver((found) => this.see(found), { root: this.box, rootMargin: "600px" });
    this.box.addEventListener("keydown", (event) => this.key(event));
    this.makeControls();
  }

  // Controls

  makeControls() {
    const { model } = this;
    const on = (id, kind, take) => byId(id).addEventListener(kind, () => { take(byId(id)); this.show(); });
    on("search", "input", (box) => { this.words = box.value.toLowerCase().split(/\s+/).filter(Boolean); });
    on("sort", "change", (box) => { this.sort = box.value; });
    on("cause", "change", (box) => { this.cause = box.value; });
    on("layout", "change", (box) => { this.layout = box.value; });
    for (const id of ["rows", "columns"]) on(id, "change", () => {});
    byId("direction").addEventListener("click", () => this.setReversed(!this.isReversed));
    const size = byId("size");
    size.addEventListener("input", () => this.box.style.setProperty("--tile", `${size.value}px`));
    this.box.style.setProperty("--tile", `${size.value}px`);

    const nodes = [...new Set(model.parts.entries.map((entry) => model.node(entry.instance).name))];
    const choices = nodes.length > 1 ? [["node", nodes, (value) => { this.node = value; }]] : [];
    for (const axis of model.parts.axes) {
      if (axis.values.length > 1) choices.push([axis.name, axis.values, (value) => { this.values[axis.name] = value; }]);
    }
    byId("axes").replaceChildren(...choices.map(([name, values, take]) => {
      const box = element("select", {}, element("option", { value: "" }, "any"),
        ...values.map((value, place) => element("option", { value: name === "node" ? value : String(place) }, value)));
      box.addEventListener("change", () => { take(box.value); this.show(); });
      return element("label", { "data-axis": name }, `${name} `, box);
    }));
    const axes = model.parts.axes.filter((axis) => axis.values.length > 1).map((axis) => axis.name);
    // The shorter of the first two axes goes across: pages are scrolled down.
    const counts = Object.fromEntries(model.parts.axes.map((axis) => [axis.name, axis.values.length]));
    const [columns, rows] = axes.slice(0, 2).sort((a, b) => counts[a] - counts[b]);
    for (const [id, axis] of [["rows", rows], ["columns", columns]]) {
      byId(id).replaceChildren(element("option", { value: "" }, "none"), ...axes.map((name) => element("option", {}, name)));
      byId(id).value = axis ?? "";
    }
    if (axes.length === 0) byId("layout").parentElement.hidden = true;
    this.makeSorts();
  }

  makeSorts() {
    const sorts = [["worst", "worst first"], ["recipe", "recipe's order"], ["time", "time"],
      ...this.model.fields.map((field) => [`score ${field}`, field])];
    byId("sort").replaceChildren(...sorts.map(([value, text]) => element("option", { value }, text)));
    byId("sort").value = this.sort;
    this.sortsMadeFor = this.model.fields.join();
  }

  setReversed(isReversed) {
    this.isReversed = isReversed;
    byId("direction").setAttribute("aria-pressed", String(isReversed));
    this.show();
  }

  makeFilters() {
    const counts = new Map();
    for (const { status } of this.model.state.entries) counts.set(status, (counts.get(status) ?? 0) + 1);
    const problems = Gallery.problems.reduce((sum, status) => sum + (counts.get(status) ?? 0), 0);
    const filters = [["all", this.model.count], ["problems", problems],
      ...Object.keys(marks).filter((status) => counts.has(status)).map((status) => [status, counts.get(status)])];
    if (!filters.some(([name]) => name === this.filter)) this.filter = "all";
    const box = byId("filters");
    const text = filters.join();
    if (box.dataset.made === text) return;
    box.dataset.made = text;
    const hadFocus = box.contains(document.activeElement);
    for (const chip of [...box.querySelectorAll(".chip")]) chip.remove();
    box.append(...filters.map(([name, count]) => {
      const input = element("input", { type: "radio", name: "filter", value: name });
      input.checked = name === this.filter;
      input.addEventListener("change", () => { this.filter = name; this.show(); });
      return element("label", { class: "chip" }, input, element("span", {}, `${name} ${count}`));
    }));
    if (hadFocus) box.querySelector("input:checked").focus();
  }

  makeCauses() {
    const { groups } = this.model.state;
    const text = groups.map(({ id, entries }) => `${id} ${entries.length}`).join("\n");
    if (this.causesMadeFor === text) return;
    this.causesMadeFor = text;
    byId("causes").hidden = groups.length === 0;
    if (!groups.some(({ id }) => id === this.cause)) this.cause = "";
    byId("cause").replaceChildren(element("option", { value: "" }, "any"),
      ...groups.map(({ id, entries }) => element("option", { value: id }, `${id} (${entries.length})`)));
    byId("cause").value = this.cause;
  }

  // Which, and in which order

  isFound(index) {
    const { model } = this;
    const { status } = model.standing(index);
    if (this.filter === "problems" ? !Gallery.problems.includes(status) : this.filter !== "all" && status !== this.filter) {
      return false;
    }
    if (this.cause && model.groupOf.get(index)?.id !== this.cause) return false;
    const { instance } = model.entry(index);
    if (this.node && model.node(instance).name !== this.node) return false;
    const { cell } = model.parts.instances[instance];
    for (const [axis, value] of Object.entries(this.values)) {
      if (value !== "" && axis in cell && cell[axis] !== Number(value)) return false;
    }
    const text = this.words.length > 0 ? model.searchText(index) : "";
    return this.words.every((word) => text.includes(word));
  }

  sorted(indices) {
    const { model } = this;
    const value = {
      worst: (index) => -model.standing(index).severity,
      recipe: (index) => index,
      time: (index) => -model.seconds(index),
    }[this.sort] ?? ((index) => numberValue(model.scores[index].get(this.sort.slice("score ".length))));
    const keyed = indices.map((index) => [value(index), index]);
    const direction = this.isReversed ? -1 : 1;
    keyed.sort(([a, i], [b, j]) => {
      if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) - Number.isNaN(b) || i - j;
      return a === b ? i - j : direction * (a < b ? -1 : 1);
    });
    return keyed.map(([, index]) => index);
  }

  // Showing

  show() {
    this.makeFilters();
    this.makeCauses();
    if (this.sortsMadeFor !== this.model.fields.join()) this.makeSorts();
    const all = [...Array(this.model.count).keys()];
    this.shown = this.sorted(all.filter((index) => this.isFound(index)));
    const isGrid = this.layout === "grid";
    byId("grid-axes").hidden = !isGrid;
    byId("count").textContent = this.shown.length === this.model.count
      ? `${this.model.count} ${this.model.count === 1 ? "picture" : "pictures"}`
      : `${this.shown.length} of ${this.model.count} pictures`;
    const content = this.shown.length === 0 ? [element("p", { class: "faint" }, this.emptyText())]
      : isGrid ? this.grids() : [this.list()];
    const focused = this.box.contains(document.activeElement) ? document.activeElement.dataset.entry : null;
    this.box.replaceChildren(...content);
    this.order = [...this.box.querySelectorAll(".tile")];
    this.entries = this.order.map((tile) => Number(tile.dataset.entry));
    this.places = new Map(this.entries.map((entry, place) => [entry, place]));
    for (const tile of this.order) tile.tabIndex = -1;
    this.mark();
    if (focused) this.tiles.get(Number(focused))?.focus();
    this.onShow?.();
  }

  emptyText() {
    const { count, state } = this.model;
    if (count > 0) return "Nothing is like that.";
    return state.phase === "invalid" ? "The recipe cannot be run, so that there are no pictures."
      : "The recipe has no pictures among its outputs or baselines.";
  }

  list() {
    const list = element("ul", { class: "tiles" });
    list.append(...this.shown.map((index) => element("li", {}, this.tile(index))));
    return list;
  }

  /** One table for each node and each combination of the axes that are neither rows nor columns. */
  grids() {
    const { model } = this;
    const [rows, columns] = [byId("rows").value, byId("columns").value];
    const groups = new Map();
    for (const index of [...this.shown].sort((a, b) => a - b)) {
      const { instance } = model.entry(index);
      const rest = model.cell(instance).filter(([axis]) => axis !== rows && axis !== columns);
      const name = model.node(instance).name + (rest.length > 0 ? `: ${rest.map((pair) => pair.join("=")).join(" ")}` : "");
      if (!groups.has(name)) groups.set(name, []);
      groups.get(name).push(index);
    }
    return [...groups].map(([name, indices]) => this.grid(name, indices, rows, columns === rows ? "" : columns));
  }

  grid(name, indices, rows, columns) {
    const { model } = this;
    const valuesOf = (axis) => {
      const used = new Set(indices.map((index) => model.parts.instances[model.entry(index).instance].cell[axis] ?? -1));
      return [...used].sort((a, b) => a - b);
    };
    const textOf = (axis, value) => model.parts.axes.find((found) => found.name === axis)?.values[value] ?? "";
    const [down, across] = [valuesOf(rows), valuesOf(columns)];
    const places = new Map();
    for (const index of indices) {
      const { cell } = model.parts.instances[model.entry(index).instance];
      places.set(`${cell[rows] ?? -1} ${cell[columns] ?? -1}`, index);
    }
    const header = (role, text) => element("span", { role }, text);
    const corner = element("span", { role: "cell", class: "corner faint" }, [rows, columns].filter(Boolean).join(" \\ "));
    return element("div", { class: "sweep", role: "table", "aria-label": name },
      element("h3", { role: "presentation" }, name),
      across.every((value) => value < 0) ? null : element("div", { role: "row", class: "head" }, corner,
        ...across.map((value) => value < 0 ? header("cell", "") : header("columnheader", textOf(columns, value)))),
      element("div", { role: "rowgroup" }, ...down.map((row) => element("div", { role: "row" },
        row < 0 ? element("span", { role: "cell", class: "corner" }) : header("rowheader", textOf(rows, row)),
        ...across.map((column) => {
          const index = places.get(`${row} ${column}`);
          return element("div", { role: "cell" }, index === undefined ? null : this.tile(index));
        })))));
  }

  /** A tile is made once, and filled when it comes into sight. */
  tile(index) {
    let tile = this.tiles.get(index);
    if (!tile) {
      tile = element("button", { type: "button", class: "tile", "data-entry": index, tabindex: "-1",
        onclick: () => this.choose(index) });
      this.tiles.set(index, tile);
      this.sight.observe(tile);
    }
    this.fill(tile, index);
    return tile;
  }

  fill(tile, index) {
    const { model } = this;
    const standing = model.standing(index);
    const picture = model.thumbnail(standing.now ?? standing.baseline);
    const score = this.score(index);
    const text = [standing.status, picture, score].join("\n");
    if (tile.dataset.made === text) return;
    tile.dataset.made = text;
    const frame = element("span", { class: "frame" });
    if (picture) {
      const image = element("img", { alt: "", decoding: "async", draggable: "false" });
      if (tile.dataset.seen) image.src = picture; else image.dataset.source = picture;
      frame.append(image);
    } else {
      frame.append(standing.status === "running" || standing.status === "waiting" ? "not yet" : "no picture");
    }
    tile.title = model.titles[index];
    tile.setAttribute("aria-label", `${model.titles[index]}: ${standing.status}${score ? `, ${score}` : ""}`);
    tile.replaceChildren(frame, element("span", { class: "label" }, model.label(index)),
      element("span", { class: "score" }, statusMark(standing.status, false), score));
  }

  /** What is sorted by, else the worst expectation's measure. */
  score(index) {
    const { model } = this;
    if (this.sort.startsWith("score ")) return numberText(model.scores[index].get(this.sort.slice("score ".length)));
    if (this.sort === "time") return timeText(model.state.instances[model.entry(index).instance].seconds);
    const number = model.worstExpectation(index);
    if (number === undefined || model.state.expectations[number] === null) return "";
    return `${model.parts.expectations[number].field} ${numberText(model.measured(number))}`;
  }

  see(found) {
    for (const { target, isIntersecting } of found) {
      if (!isIntersecting) continue;
      this.sight.unobserve(target);
      target.dataset.seen = "1";
      const image = target.querySelector("img[data-source]");
      if (image) image.src = image.dataset.source;
    }
  }

  // Choosing

  choose(index) {
    this.chosen = index;
    this.mark();
    this.open(index);
  }

  /** The chosen tile, or the first, is where the Tab key comes in. */
  mark() {
    const chosen = this.tiles.get(this.chosen);
    if (this.marked !== chosen) {
      this.marked?.removeAttribute("aria-current");
      chosen?.setAttribute("aria-current", "true");
      this.marked = chosen;
    }
    this.enterAt(this.places.has(this.chosen) ? chosen : this.order[0]);
  }

  enterAt(tile) {
    if (this.entrance) this.entrance.tabIndex = -1;
    if (tile) tile.tabIndex = 0;
    this.entrance = tile;
  }

  /** The entry that is so many after the chosen one among those shown. */
  neighbour(step) {
    const place = this.places.get(this.chosen);
    return this.entries[place === undefined ? 0 : place + step];
  }

  key(event) {
    const place = this.places.get(Number(event.target.dataset.entry));
    if (place === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = {
      ArrowLeft: () => this.order[place - 1], ArrowRight: () => this.order[place + 1],
      ArrowUp: () => this.vertical(place, -1), ArrowDown: () => this.vertical(place, 1),
      Home: () => this.order[0], End: () => this.order.at(-1),
    }[event.key]?.();
    if (target === undefined) return;
    event.preventDefault();
    this.enterAt(target);
    target.focus();
    target.scrollIntoView({ block: "nearest" });
  }

  /** The nearest tile in the next row of tiles. */
  vertical(place, direction) {
    const from = this.order[place].getBoundingClientRect();
    let best, row;
    for (let i = place + direction; i >= 0 && i < this.order.length; i += direction) {
      const box = this.order[i].getBoundingClientRect();
      if (Math.abs(box.top - from.top) < 4) continue;
      row ??= box.top;
      if (Math.abs(box.top - row) > 4) break;
      const distance = Math.abs(box.left - from.left);
      if (best === undefined || distance < best.distance) best = { distance, tile: this.order[i] };
    }
    return best?.tile;
  }
}
