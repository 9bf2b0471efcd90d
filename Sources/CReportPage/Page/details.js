"use strict";

/** Everything about one picture, beside the gallery. */
class Details {
  constructor(model, gallery) {
    this.model = model;
    this.gallery = gallery;
    this.viewer = new Viewer();
    this.shown = null;
    byId("previous").addEventListener("click", () => this.step(-1));
    byId("next").addEventListener("click", () => this.step(1));
    byId("close").addEventListener("click", () => this.close());
  }

  get isOpen() { return this.shown !== null; }

  show(index) {
    const isNew = this.shown !== index;
    this.shown = index;
    byId("details").hidden = false;
    byId("view-pictures").classList.add("split");
    const { model } = this;
    const standing = model.standing(index);
    byId("title").textContent = model.titles[index];
    byId("status").replaceChildren(statusMark(standing.status));
    byId("message").hidden = !standing.message;
    byId("message").textContent = standing.message ?? "";
    this.place();
    this.showPictures(standing);
    this.facts(index);
    if (isNew) byId("details").scrollTop = 0;
  }

  place() {
    if (this.shown === null) return;
    const { entries, places } = this.gallery;
    const place = places.get(this.shown);
    byId("place").textContent = place === undefined ? "" : `${place + 1} of ${entries.length}`;
    byId("previous").disabled = place === undefined || place === 0;
    byId("next").disabled = place === undefined ? entries.length === 0 : place === entries.length - 1;
  }

  showPictures(standing) {
    const { model } = this;
    const best = (picture) => model.full(picture) ?? model.thumbnail(picture);
    const isPart = [standing.now, standing.baseline].some((picture) => picture && !model.full(picture));
    const pictures = {
      now: best(standing.now), baseline: best(standing.baseline),
      maps: standing.maps.map(({ name, picture }) => ({ name, address: best(picture) })),
    };
    const text = JSON.stringify([this.shown, standing.now, standing.baseline, standing.maps]);
    if (this.picturesOf === text) return;
    this.picturesOf = text;
    const output = model.entry(this.shown).output;
    const notice = isPart
      ? `Too many pictures for one file: this one is here at a smaller size. All pixels: ${output ?? "with --serve"}.` : null;
    this.viewer.show(pictures, notice);
  }

  step(by) {
    const next = this.gallery.neighbour(by);
    if (next === undefined) return;
    this.gallery.choose(next);
    this.gallery.tiles.get(next)?.scrollIntoView({ block: "nearest" });
  }

  close() {
    if (!this.isOpen) return;
    const tile = this.gallery.tiles.get(this.shown);
    this.shown = null;
    this.picturesOf = null;
    this.viewer.stop();
    byId("details").hidden = true;
    byId("view-pictures").classList.remove("split");
    tile?.focus();
    this.onClose?.();
  }

  // Facts

  facts(index) {
    const entry = this.model.entry(index);
    const parts = [...this.change(index), ...this.expectations(index), ...this.otherScores(index), ...this.approval(entry, this.model.standing(index)),
      ...this.steps(index), ...this.files(entry), ...this.nodes(index)];
    byId("facts").replaceChildren(...parts);
  }

  /** Why it is no longer like its baseline, and with how many others. */
  change(index) {
    const group = this.model.groupOf.get(index);
    if (!group) return [];
    const parts = [element("h3", {}, "What changed"), element("p", { id: "change" }, group.text)];
    if (group.entries.length > 1) {
      parts.push(element("p", { class: "faint" }, `${group.entries.length} pictures changed for this cause. To accept them all:`),
        element("p", { class: "command" }, element("code", {}, group.command)));
    }
    return parts;
  }

  expectations(index) {
    const { model } = this;
    const rows = model.entry(index).expectations.map((number) => {
      const { text, field, comparison, bound, place } = model.parts.expectations[number];
      const isMet = model.state.expectations[number];
      const mark = isMet === null ? "not measured yet" : statusMark(isMet ? "passed" : "changed", false);
      return [mark, field, tableNumber(model.measured(number)), `${comparison} ${numberText(bound)}`, text, place];
    });
    if (rows.length === 0) return [];
    return [element("h3", {}, "Expectations"),
      dataTable("Expectations", ["met", "measure", "found", "bound", "as the recipe has it", "where"], rows)];
  }

  otherScores(index) {
    const { model } = this;
    const bounded = new Set(model.entry(index).expectations.map((number) => model.parts.expectations[number].field));
    const rows = [...model.scores[index]].filter(([field]) => !bounded.has(field))
      .map(([field, value]) => [field, tableNumber(value)]);
    if (rows.length === 0) return [];
    return [element("h3", {}, "Measured without a bound"), dataTable("Measured without a bound", ["measure", "found"], rows)];
  }

  approval(entry, standing) {
    if (!entry.approve || !["changed", "new"].includes(standing.status)) return [];
    const button = element("button", { type: "button", id: "copy" }, "copy");
    button.addEventListener("click", async () => {
      const isCopied = await copyText(entry.approve);
      if (!isCopied) getSelection().selectAllChildren(byId("approve"));
      button.textContent = isCopied ? "copied" : "selected";
      setTimeout(() => { button.textContent = "copy"; }, 2000);
    });
    return [element("h3", {}, standing.status === "new" ? "To accept it" : "To accept the change"),
      element("p", { class: "command" }, element("code", { id: "approve" }, entry.approve), button)];
  }

  /** What can be seen on the way: the photo, the face that was found in it. */
  steps(index) {
    const { model } = this;
    const figures = model.upstream(index).flatMap((instance) => (model.state.steps[instance] ?? []).map(({ name, picture }) => {
      const caption = [model.title(instance), name].filter(Boolean).join(": ");
      return element("figure", {},
        element("img", { src: model.full(picture) ?? model.thumbnail(picture), alt: caption, decoding: "async" }),
        element("figcaption", {}, caption));
    }));
    return figures.length > 0 ? [element("h3", {}, "Steps on the way"), element("div", { class: "steps" }, ...figures)] : [];
  }

  files(entry) {
    const rows = [["now", entry.output], ["baseline", entry.baseline]].filter(([, path]) => path)
      .map(([name, path]) => [name, element("code", {}, path)]);
    return rows.length > 0 ? [element("h3", {}, "Files"), dataTable("Files", ["picture", "path"], rows)] : [];
  }

  nodes(index) {
    const { model } = this;
    const rows = model.upstream(index).filter((instance) => !model.node(instance).isReference).map((instance) => {
      const { status, seconds, reason, blockedBy } = model.state.instances[instance];
      const why = blockedBy !== null && blockedBy !== undefined ? `${model.title(blockedBy)} failed` : reason;
      return [model.title(instance), model.node(instance).kind, instanceText(status), timeText(seconds), why ?? whyText(status)];
    });
    return [element("h3", {}, "What it rests on"),
      dataTable("What it rests on", ["node", "kind", "state", "time", "why"], rows)];
  }
}

const instanceTexts = { pending: "not run", missing: "no baseline", "same inputs": "cached" };
const instanceText = (status) => instanceTexts[status] ?? status;
const whyTexts = {
  cached: "its key was known", "same inputs": "its inputs came out as before", missing: "there is no file yet",
};
const whyText = (status) => whyTexts[status] ?? "";
