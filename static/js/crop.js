// A photo is cut square round a point. The point is two numbers from 0 to 1, in inputs that work
// without this script; with it, one drags the photo.

const STEP = 0.02;
const within = (value) => Math.min(Math.max(value, 0), 1);

class Crop {
  constructor(root) {
    this.frame = root.querySelector(".crop-frame");
    this.image = root.querySelector("img");
    [this.x, this.y] = ["focus_x", "focus_y"].map((name) => root.querySelector(`[name=${name}]`));
    this.frame.addEventListener("pointerdown", (event) => this.grab(event));
    this.frame.addEventListener("keydown", (event) => this.nudge(event));
    this.image.addEventListener("load", () => this.draw());
    this.image.addEventListener("error", () => (this.image.hidden = true));
    root.closest("form")?.addEventListener("change", ({ target }) => this.preview(target));
    this.draw();
  }

  // The longer side over the shorter one, of which the square is cut.
  get ratio() {
    const { naturalWidth: width, naturalHeight: height } = this.image;
    return { x: Math.max(width / height, 1) || 1, y: Math.max(height / width, 1) || 1 };
  }

  draw() {
    const place = (point, ratio) => (ratio > 1 ? (100 * within((point * ratio - 0.5) / (ratio - 1))).toFixed(2) : "50");
    const { x, y } = this.ratio;
    this.image.style.objectPosition = `${place(+this.x.value, x)}% ${place(+this.y.value, y)}%`;
  }

  set(x, y) {
    // Beyond these the square would leave the photo: dragging further has no effect to undo.
    const keep = (point, ratio) => Math.min(Math.max(within(point), 0.5 / ratio), 1 - 0.5 / ratio);
    this.x.value = keep(x, this.ratio.x).toFixed(3);
    this.y.value = keep(y, this.ratio.y).toFixed(3);
    this.draw();
  }

  grab(event) {
    event.preventDefault();
    this.frame.setPointerCapture(event.pointerId);
    const from = { x: event.clientX, y: event.clientY, atX: +this.x.value, atY: +this.y.value };
    const side = this.frame.clientWidth;
    const drag = (moved) =>
      this.set(from.atX - (moved.clientX - from.x) / side / this.ratio.x, from.atY - (moved.clientY - from.y) / side / this.ratio.y);
    this.frame.addEventListener("pointermove", drag);
    this.frame.addEventListener("lostpointercapture", () => this.frame.removeEventListener("pointermove", drag), { once: true });
    this.frame.focus({ preventScroll: true });
  }

  nudge(event) {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!by) return;
    event.preventDefault();
    this.set(+this.x.value + by[0] * STEP, +this.y.value + by[1] * STEP);
  }

  preview(input) {
    const file = input.type === "file" && input.files[0];
    if (!file) return;
    URL.revokeObjectURL(this.image.src);
    this.image.hidden = false;
    this.image.src = URL.createObjectURL(file);
    this.set(0.5, 0.4);
  }
}

const crops = new WeakMap();
const attach = () => {
  for (const root of document.querySelectorAll("[data-crop]")) if (!crops.has(root)) crops.set(root, new Crop(root));
};
for (const event of ["htmx:after:swap", "sheet:filled"]) document.addEventListener(event, attach);
attach();
