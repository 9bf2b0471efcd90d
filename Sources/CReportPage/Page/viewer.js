"use strict";

/** A picture and its baseline, compared in several ways; all of them move and zoom in step. */
class Viewer {
  static modes = [["side", "side by side"], ["slider", "slider"], ["blink", "blink"], ["difference", "difference"],
    ["baseline", "baseline"], ["now", "now"]];

  constructor() {
    this.mode = "side";
    this.gain = 8;
    this.scale = 0;
    this.center = [0.5, 0.5];
    this.isNow = true;
    this.box = byId("panes");
    this.canvases = [];
    this.turn = 0;
    this.sources = {};
    this.pixels = {};
    this.makeControls();
    new ResizeObserver(() => this.draw()).observe(this.box);
  }

  makeControls() {
    byId("modes").append(...Viewer.modes.map(([value, text]) => {
      const input = element("input", { type: "radio", name: "mode", value });
      input.checked = value === this.mode;
      input.addEventListener("change", () => this.setMode(value));
      return element("label", { class: "chip" }, input, element("span", {}, text));
    }));
    byId("gain").addEventListener("input", () => this.setGain(Number(byId("gain").value)));
    byId("slide").addEventListener("input", () => this.draw());
    byId("speed").addEventListener("change", () => this.startBlinking());
    byId("zoom-in").addEventListener("click", () => this.zoom(2));
    byId("zoom-out").addEventListener("click", () => this.zoom(0.5));
    byId("fit").addEventListener("click", () => this.fit());
    byId("worst").addEventListener("click", () => this.showWorst());
    this.box.addEventListener("keydown", (event) => this.key(event));
    if (matchMedia("(prefers-reduced-motion: no-preference)").matches) byId("speed").value = "1000";
  }

  /** @param pictures `{now, baseline}`: addresses; `maps`: further ones by name */
  async show(pictures, notice) {
    const turn = ++this.turn;
    this.sources = {};
    this.pixels = {};
    this.differences = null;
    this.notice = notice;
    // All appear at once: the canvases that stand meanwhile are of other pictures.
    const loaded = {};
    const load = async (name, address) => {
      if (!address) return;
      const image = new Image();
      image.src = address;
      try {
        await image.decode();
      } catch {
        return;
      }
      loaded[name] = image;
    };
    await Promise.all([load("now", pictures.now), load("baseline", pictures.baseline),
      ...pictures.maps.map(({ name, address }) => load(name, address))]);
    if (turn !== this.turn) return;
    this.sources = loaded;
    this.maps = pictures.maps.map(({ name }) => name).filter((name) => this.sources[name]);
    this.compare();
    this.arrange();
  }

  get size() {
    const image = this.sources.now ?? this.sources.baseline;
    return image ? [image.naturalWidth, image.naturalHeight] : null;
  }

  get isPair() {
    const { now, baseline } = this.sources;
    return Boolean(now && baseline && now.naturalWidth === baseline.naturalWidth
      && now.naturalHeight === baseline.naturalHeight);
  }

  // Modes

  setMode(mode) {
    this.mode = mode;
    byId("modes").querySelector(`[value="${mode}"]`).checked = true;
    this.arrange();
  }

  setGain(exponent) {
    const bounded = Math.min(7, Math.max(0, exponent));
    byId("gain").value = String(bounded);
    byId("gain-value").textContent = String(2 ** bounded);
    this.gain = 2 ** bounded;
    this.differenceImage = null;
    this.draw();
  }

  /** The canvases that the mode needs. */
  arrange() {
    const has = (name) => name in this.sources;
    let names = {
      side: ["baseline", "now", this.isPair ? "difference" : null, ...(this.maps ?? [])],
      slider: ["slider"], blink: ["blink"], difference: ["difference"], baseline: ["baseline"], now: ["now"],
    }[this.mode].filter(Boolean);
    if (!this.isPair) names = names.map((name) => ["slider", "blink", "difference"].includes(name) ? "now" : name);
    names = names.filter((name) => has(name) || ["slider", "blink", "difference"].includes(name));
    if (names.length === 0) names = Object.keys(this.sources).slice(0, 1);
    byId("gain-label").hidden = !names.includes("difference");
    byId("slide-label").hidden = !names.includes("slider");
    byId("speed-label").hidden = !names.includes("blink");
    byId("worst").disabled = !this.differences || this.differences.most === 0;
    this.canvases = names.map((name) => {
      const canvas = element("canvas", { role: "img", "aria-label": this.describe(name), "data-pane": name });
      this.listen(canvas);
      return { name, canvas };
    });
    this.box.replaceChildren(...this.canvases.map(({ name, canvas }) =>
      element("figure", { class: "pane" }, element("figcaption", {}, this.caption(name)), canvas)));
    if (names.length === 0) this.box.replaceChildren(element("p", { class: "faint" }, "There is no picture yet."));
    if (this.size) {
      // As high as the pictures need at their width.
      const [width, height] = this.size;
      const wanted = this.box.clientWidth / Math.max(1, names.length) * height / width + 24;
      this.box.style.height = `${Math.round(Math.max(200, Math.min(0.6 * innerHeight, wanted)))}px`;
    }
    this.startBlinking();
    this.say(null);
    this.draw();
  }

  caption(name) {
    const words = { slider: "baseline | now", difference: "difference" }[name] ?? name;
    const image = this.sources[name];
    return image && name !== "difference" ? `${words}, ${image.naturalWidth} × ${image.naturalHeight}` : words;
  }

  describe(name) {
    const more = { difference: `: ${this.differenceText() ?? ""}`, slider: ": the baseline on the left, now on the right",
      blink: ": baseline and now by turns" }[name] ?? "";
    return name + more;
  }

  startBlinking() {
    clearInterval(this.timer);
    const every = Number(byId("speed").value);
    if (this.canvases.some(({ name }) => name === "blink") && every > 0) {
      this.timer = setInterval(() => this.blink(), every);
    }
  }

  blink() {
    this.isNow = !this.isNow;
    this.draw();
  }

  stop() { clearInterval(this.timer); }

  // What differs

  pixelsOf(name) {
    const image = this.sources[name];
    if (!image) return null;
    this.pixels[name] ??= (() => {
      const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
      const context = canvas.getContext("2d", { willReadFrequently: true });
      context.drawImage(image, 0, 0);
      return context.getImageData(0, 0, canvas.width, canvas.height);
    })();
    return this.pixels[name];
  }

  compare() {
    if (!this.isPair) return;
    const [a, b] = [this.pixelsOf("baseline").data, this.pixelsOf("now").data];
    const found = { count: 0, most: 0, at: 0, total: a.length / 4 };
    for (let i = 0; i < a.length; i += 4) {
      const most = Math.max(Math.abs(a[i] - b[i]), Math.abs(a[i + 1] - b[i + 1]), Math.abs(a[i + 2] - b[i + 2]));
      if (most > 0) found.count += 1;
      if (most > found.most) [found.most, found.at] = [most, i / 4];
    }
    this.differences = found;
    this.differenceImage = null;
  }

  differenceText() {
    const found = this.differences;
    if (!found) return null;
    if (found.count === 0) return "no pixel differs";
    const share = 100 * found.count / found.total;
    return `${found.count} of ${found.total} pixels differ (${share < 0.01 ? share.toExponential(1) : share.toFixed(2)} %), `
      + `by ${found.most} of 255 at most`;
  }

  /** The absolute difference times the gain, as something to draw. */
  get difference() {
    this.differenceImage ??= (() => {
      const [a, b] = [this.pixelsOf("baseline"), this.pixelsOf("now")];
      const result = new ImageData(a.width, a.height);
      for (let i = 0; i < a.data.length; i += 4) {
        for (let c = 0; c < 3; c += 1) result.data[i + c] = this.gain * Math.abs(a.data[i + c] - b.data[i + c]);
        result.data[i + 3] = 255;
      }
      const canvas = new OffscreenCanvas(a.width, a.height);
      canvas.getContext("2d").putImageData(result, 0, 0);
      return canvas;
    })();
    return this.differenceImage;
  }

  // Drawing

  /** Screen pixels a picture's pixel, where the whole picture fits. */
  fitting(canvas) {
    const [width, height] = this.size;
    return Math.min(canvas.width / width, canvas.height / height);
  }

  view(canvas) {
    const [width, height] = this.size;
    const scale = this.scale || this.fitting(canvas);
    return { scale, x: canvas.width / 2 - this.center[0] * width * scale,
      y: canvas.height / 2 - this.center[1] * height * scale };
  }

  draw() {
    if (!this.size) return;
    for (const { name, canvas } of this.canvases) {
      const ratio = devicePixelRatio || 1;
      const [width, height] = [Math.round(canvas.clientWidth * ratio), Math.round(canvas.clientHeight * ratio)];
      if (width === 0 || height === 0) continue;
      if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
      const context = canvas.getContext("2d");
      const { scale, x, y } = this.view(canvas);
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.clearRect(0, 0, width, height);
      context.imageSmoothingEnabled = scale < 1;
      context.imageSmoothingQuality = "high";
      const put = (image) => context.drawImage(image, x, y, this.size[0] * scale, this.size[1] * scale);
      if (name === "slider") {
        put(this.sources.baseline);
        const divide = x + this.size[0] * scale * Number(byId("slide").value) / 100;
        context.save();
        context.beginPath();
        context.rect(divide, 0, width, height);
        context.clip();
        put(this.sources.now);
        context.restore();
        context.fillStyle = getComputedStyle(canvas).getPropertyValue("--accent") || "#08f";
        context.fillRect(divide - ratio, 0, 2 * ratio, height);
      } else if (name === "difference") {
        put(this.difference);
      } else if (name === "blink") {
        put(this.sources[this.isNow ? "now" : "baseline"]);
        canvas.previousSibling.textContent = this.caption(this.isNow ? "now" : "baseline");
      } else {
        put(this.sources[name]);
      }
    }
    const first = this.canvases[0]?.canvas;
    if (first && first.width > 0) {
      const percent = 100 * this.view(first).scale / (devicePixelRatio || 1);
      byId("zoom").textContent = `${percent < 10 ? percent.toFixed(1) : Math.round(percent)} %`;
    }
  }

  // Moving

  /** @param at a place in the picture, from 0 to 1, that stays where it is */
  zoom(factor, at = this.center) {
    const canvas = this.canvases[0]?.canvas;
    if (!canvas || !this.size) return;
    const least = Math.min(1, this.fitting(canvas)) / 4;
    const old = this.view(canvas).scale;
    const scale = Math.min(64, Math.max(least, old * factor));
    this.center = this.center.map((value, axis) => at[axis] + (value - at[axis]) * old / scale);
    this.scale = scale;
    this.draw();
  }

  fit() {
    [this.scale, this.center] = [0, [0.5, 0.5]];
    this.draw();
  }

  /** @param x, y in screen pixels of the canvas */
  pan(canvas, x, y) {
    const { scale } = this.view(canvas);
    const bounded = (value) => Math.min(1, Math.max(0, value));
    this.scale = scale;
    this.center = [bounded(this.center[0] - x / scale / this.size[0]), bounded(this.center[1] - y / scale / this.size[1])];
    this.draw();
  }

  showWorst() {
    if (!this.differences || this.differences.most === 0) return;
    const [width, height] = this.size;
    const [x, y] = [this.differences.at % width, Math.floor(this.differences.at / width)];
    this.center = [(x + 0.5) / width, (y + 0.5) / height];
    this.scale = Math.max(16, this.scale);
    this.draw();
    this.say([x, y]);
  }

  listen(canvas) {
    const place = (event) => {
      const box = canvas.getBoundingClientRect();
      const ratio = canvas.width / box.width;
      const { scale, x, y } = this.view(canvas);
      return [((event.clientX - box.left) * ratio - x) / scale, ((event.clientY - box.top) * ratio - y) / scale];
    };
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      const [x, y] = place(event);
      this.zoom(event.deltaY < 0 ? 1.25 : 0.8, [x / this.size[0], y / this.size[1]]);
    }, { passive: false });
    canvas.addEventListener("pointerdown", (event) => canvas.setPointerCapture(event.pointerId));
    canvas.addEventListener("pointermove", (event) => {
      if (event.buttons & 1) {
        const ratio = canvas.width / canvas.clientWidth;
        this.pan(canvas, event.movementX * ratio, event.movementY * ratio);
      }
      this.say(place(event).map(Math.floor));
    });
    canvas.addEventListener("pointerleave", () => this.say(null));
    canvas.addEventListener("dblclick", () => this.fit());
  }

  /** What is at a pixel; without one, how much differs. */
  say(at) {
    const inside = at && this.size && at.every((value, axis) => value >= 0 && value < this.size[axis]);
    if (!inside) {
      byId("pixel").textContent = this.notice ?? this.differenceText()
        ?? (this.sources.now && this.sources.baseline ? "The two have other sizes: nothing can be subtracted." : "");
      return;
    }
    const colour = (name) => {
      const pixels = this.pixelsOf(name);
      if (!pixels || at[0] >= pixels.width || at[1] >= pixels.height) return null;
      const place = 4 * (at[1] * pixels.width + at[0]);
      return [...pixels.data.slice(place, place + 3)];
    };
    const [a, b] = [colour("baseline"), colour("now")];
    const parts = [`x ${at[0]}, y ${at[1]}`];
    if (a) parts.push(`baseline ${a.join(" ")}`);
    if (b) parts.push(`now ${b.join(" ")}`);
    if (a && b && this.isPair) parts.push(`difference ${b.map((value, i) => value - a[i]).join(" ")}`);
    byId("pixel").textContent = parts.join("   ");
  }

  key(event) {
    const canvas = this.canvases[0]?.canvas;
    if (!canvas || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = Math.min(canvas.width, canvas.height) / 8;
    const move = { ArrowLeft: [step, 0], ArrowRight: [-step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] }[event.key];
    if (!move) return;
    event.preventDefault();
    if (!this.scale) this.zoom(2);
    this.pan(canvas, ...move);
  }
}
