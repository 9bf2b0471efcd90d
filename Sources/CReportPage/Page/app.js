"use strict";

/** The page: its views, its keys, and news from the server that it came from. */
class App {
  constructor() {
    const read = (id) => JSON.parse(byId(id).textContent);
    this.model = new Model(read("document"), read("state"), read("picture-addresses"));
    byId("picture-addresses").remove();
    this.gallery = new Gallery(this.model, (index) => this.open(index));
    this.details = new Details(this.model, this.gallery);
    this.gallery.onShow = () => this.details.place();
    this.details.onClose = () => this.remember();
    this.view = "pictures";
    for (const tab of document.querySelectorAll(".tab")) tab.addEventListener("click", () => this.setView(tab.dataset.view));
    byId("theme").addEventListener("change", () => this.setTheme(byId("theme").value));
    byId("help-button").addEventListener("click", () => byId("help").showModal());
    document.addEventListener("keydown", (event) => this.key(event));
    byId("name").textContent = this.model.parts.recipe.name;
    showRecipe(this.model);
    this.refresh();
    if (this.model.state.phase === "invalid") this.setView("run");
    this.recall();
    this.report = document.documentElement.dataset.report;
    if (this.report) this.listen();
  }

  /** Shows the state as it is now. */
  refresh() {
    const { state } = this.model;
    const isOver = state.phase !== "running";
    byId("verdict").textContent = isOver ? this.verdictText() : this.progressText();
    byId("verdict").dataset.status = !isOver ? "" : state.exitStatus === 0 ? "good" : "bad";
    byId("progress").hidden = isOver;
    this.gallery.show();
    if (this.details.isOpen) this.details.show(this.details.shown);
    if (this.view === "run") showRun(this.model);
    byId("notice").hidden = !state.notice;
    byId("notice").textContent = state.notice ?? "";
    document.body.dataset.phase = state.phase;
  }

  verdictText() {
    const { state } = this.model;
    const head = { interrupted: "", invalid: "", failed: "failed: ", done: state.exitStatus === 0 ? "all well: " : "not well: " }[state.phase];
    return head + state.summary;
  }

  progressText() {
    const { instances, toRun } = this.model.state;
    const finished = instances.filter(({ status }) => status === "ran" || status === "same inputs").length;
    const running = instances.filter(({ status }) => status === "running");
    const part = running.reduce((sum, { progress }) => sum + (progress ?? 0), 0);
    byId("progress").value = toRun > 0 ? Math.min(1, (finished + part) / toRun) : 0;
    const now = instances.findIndex(({ status }) => status === "running");
    return `running: ${finished} of ${toRun ?? "?"}` + (now >= 0 ? `, ${this.model.title(now)}` : "");
  }

  open(index) {
    this.details.show(index);
    this.remember();
  }

  setView(view) {
    this.view = view;
    for (const name of ["pictures", "run", "recipe"]) byId(`view-${name}`).hidden = name !== view;
    for (const tab of document.querySelectorAll(".tab")) {
      if (tab.dataset.view === view) tab.setAttribute("aria-current", "page"); else tab.removeAttribute("aria-current");
    }
    if (view === "run") showRun(this.model);
    this.remember();
  }

  setTheme(theme) {
    byId("theme").value = theme;
    if (theme) document.documentElement.dataset.theme = theme; else delete document.documentElement.dataset.theme;
    this.details.viewer.draw();
  }

  // Where one is, in the address: it survives reloading, and can be handed on.

  remember() {
    const place = new URLSearchParams();
    if (this.view !== "pictures") place.set("view", this.view);
    if (this.details.isOpen) place.set("picture", this.model.titles[this.details.shown]);
    history.replaceState(null, "", place.size > 0 ? `#${place}` : location.pathname + location.search);
  }

  recall() {
    const place = new URLSearchParams(location.hash.slice(1));
    const index = this.model.titles.indexOf(place.get("picture"));
    if (index >= 0) this.gallery.choose(index);
    if (["run", "recipe"].includes(place.get("view"))) this.setView(place.get("view"));
  }

  // Keys

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || byId("help").open) return;
    const isTyping = event.target.matches("input[type=search], select");
    if (event.key === "Escape") {
      if (event.target.matches("input[type=search]") && event.target.value) return;
      return this.details.close();
    }
    if (isTyping) return;
    const { viewer } = this.details;
    const mode = Viewer.modes[Number(event.key) - 1]?.[0];
    const gain = Number(byId("gain").value);
    const anywhere = {
      "/": () => { this.setView("pictures"); byId("search").focus(); },
      "?": () => byId("help").showModal(),
      t: () => this.setTheme({ "": "light", light: "dark", dark: "" }[byId("theme").value]),
      j: () => this.details.step(1),
      k: () => this.details.step(-1),
    };
    const withPicture = {
      b: () => viewer.mode === "blink" ? viewer.blink() : viewer.setMode("blink"),
      g: () => viewer.setGain(gain + 1), G: () => viewer.setGain(gain - 1),
      "+": () => viewer.zoom(2), "=": () => viewer.zoom(2), "-": () => viewer.zoom(0.5), 0: () => viewer.fit(),
      w: () => viewer.showWorst(), c: () => byId("copy")?.click(),
    };
    const isRange = event.target.matches("input[type=range]");
    const action = anywhere[event.key] ?? (this.details.isOpen && !isRange
      ? withPicture[event.key] ?? (mode ? () => viewer.setMode(mode) : null) : null);
    if (!action) return;
    event.preventDefault();
    action();
  }

  // News

  async listen() {
    let failures = 0;
    while (true) {
      await new Promise((resume) => setTimeout(resume, document.hidden ? 3000 : 700));
      try {
        const { revision, notice } = this.model.state;
        const known = new URLSearchParams({ since: revision, report: this.report, notice: notice ? 1 : 0 });
        const answer = await fetch(`state?${known}`, { cache: "no-store" });
        failures = 0;
        if (answer.status === 204) continue;
        if (!answer.ok) throw new Error(String(answer.status));
        if (answer.headers.get("x-report") !== this.report) {
          location.reload();
          return;
        }
        this.model.take(await answer.json());
        this.refresh();
      } catch {
        failures += 1;
        if (failures !== 3) continue;
        byId("verdict").textContent = "the program that served this page has ended";
        byId("verdict").dataset.status = "bad";
        byId("progress").hidden = true;
      }
    }
  }
}

new App();
