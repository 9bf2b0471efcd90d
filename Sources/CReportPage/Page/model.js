"use strict";

/** The report's data, and what follows from it. */
class Model {
  constructor(parts, state, addresses) {
    this.parts = parts;
    this.addresses = addresses;
    this.axes = parts.axes.map((axis) => axis.name);
    this.titles = parts.entries.map((entry) => this.title(entry.instance));
    this.take(state);
  }

  take(state) {
    this.state = state;
    const fields = new Set();
    this.scores = this.parts.entries.map((entry) => {
      const found = new Map();
      for (const instance of entry.measurers) {
        for (const [field, value] of Object.entries(state.scores[instance] ?? {})) {
          if (!found.has(field)) found.set(field, value);
          fields.add(field);
        }
      }
      return found;
    });
    this.fields = [...fields].sort();
    this.groupOf = new Map(state.groups.flatMap((group) => group.entries.map((index) => [index, group])));
    this.words = null;
  }

  get count() { return this.parts.entries.length; }
  entry(index) { return this.parts.entries[index]; }
  standing(index) { return this.state.entries[index]; }
  node(instance) { return this.parts.nodes[this.parts.instances[instance].node]; }

  /** By axis: the value's text. */
  cell(instance) {
    const cell = this.parts.instances[instance].cell;
    return this.parts.axes.filter((axis) => axis.name in cell).map((axis) => [axis.name, axis.values[cell[axis.name]]]);
  }

  title(instance) {
    const place = this.cell(instance).map(([axis, value]) => `${axis}=${value}`).join(" ");
    return this.node(instance).name + (place ? `[${place}]` : "");
  }

  /** The values alone, for small places. */
  label(index) {
    const instance = this.entry(index).instance;
    return this.cell(instance).map(([, value]) => value).join(" · ") || this.node(instance).name;
  }

  /** What a search looks through, in small letters. */
  searchText(index) {
    this.words ??= this.parts.entries.map((entry, place) =>
      [this.titles[place], entry.output, entry.baseline, this.standing(place).message, this.standing(place).status]
        .filter(Boolean).join(" ").toLowerCase());
    return this.words[index];
  }

  address(link) {
    if (link === null || link === undefined) return null;
    return typeof link === "number" ? this.addresses[link] : link;
  }
  full(picture) { return picture ? this.address(picture.full) : null; }
  thumbnail(picture) { return picture ? this.address(picture.thumbnail) ?? this.full(picture) : null; }

  /** All that a picture and its measures rest on, inputs before users. */
  upstream(index) {
    const entry = this.entry(index);
    const seen = new Set();
    const left = [entry.instance, ...entry.measurers];
    while (left.length > 0) {
      const instance = left.pop();
      if (seen.has(instance)) continue;
      seen.add(instance);
      left.push(...this.parts.instances[instance].inputs);
    }
    return [...seen].sort((a, b) => a - b);
  }

  /** The expectation of a picture that is furthest from being met, else its first. */
  worstExpectation(index) {
    const all = this.entry(index).expectations;
    return all.find((number) => this.state.expectations[number] === false) ?? all[0];
  }

  measured(number) {
    const expectation = this.parts.expectations[number];
    return (this.state.scores[expectation.instance] ?? {})[expectation.field];
  }

  seconds(index) { return this.state.instances[this.entry(index).instance].seconds ?? NaN; }
}
