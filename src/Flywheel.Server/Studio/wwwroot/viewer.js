// One big picture: zoom, pan, hard or smooth pixels, stretched contrast. Coordinates are pixels of the picture, or CSS pixels of the stage.
import { picture, pictureNow } from './pictures.js';

const MARGIN = 12;

export class Viewer extends EventTarget {
  #stage; #canvas; #context; #picture = null; #stretched = null; #generation = 0;
  scale = 1; x = 0; y = 0; // of the picture's top left corner on the stage
  smooth = null; // null: hard pixels where they are large
  stretch = false;
  fitted = true;

  constructor(stage) {
    super();
    this.#stage = stage;
    this.#canvas = document.createElement('canvas');
    this.#canvas.setAttribute('role', 'img');
    this.#canvas.setAttribute('aria-label', 'No picture');
    stage.prepend(this.#canvas);
    this.#context = this.#canvas.getContext('2d', { alpha: true });
    new ResizeObserver(() => this.#resize()).observe(stage);
    stage.addEventListener('wheel', e => {
      e.preventDefault();
      const at = this.#local(e);
      this.zoom(Math.exp(-e.deltaY * (e.ctrlKey ? 0.01 : 0.0018)), at.x, at.y);
    }, { passive: false });
    this.#resize();
  }

  get width() { return this.#picture?.width ?? 0; }
  get height() { return this.#picture?.height ?? 0; }

  #local(e) {
    const r = this.#stage.getBoundingClientRect();
    return { x: e.clientX - r.left, y: e.clientY - r.top };
  }

  /** Where a pointer is, in pixels of the picture. */
  toPicture(e) {
    const at = this.#local(e);
    return { x: (at.x - this.x) / this.scale, y: (at.y - this.y) / this.scale };
  }

  /** Shows a picture of the catalogue; at once if it is decoded already. Resolves to false if it cannot be shown or another came meanwhile. */
  async show(item) {
    const generation = ++this.#generation;
    this.#canvas.setAttribute('aria-label', `Picture ${item.name}, ${item.width} by ${item.height} pixels`);
    let loaded = pictureNow(item.imageId);
    if (!loaded) {
      this.#set(null);
      this.#stage.classList.add('loading');
      try {
        loaded = await picture(item.imageId);
      } catch (fault) {
        if (generation !== this.#generation) return false;
        this.#stage.classList.remove('loading');
        this.dispatchEvent(new CustomEvent('fault', { detail: fault }));
        return false;
      }
      if (generation !== this.#generation) return false;
    }
    this.#stage.classList.remove('loading');
    this.#set(loaded);
    return true;
  }

  clear() {
    this.#generation++;
    this.#set(null);
  }

  #set(loaded) {
    this.#picture = loaded;
    this.#stretched = null;
    this.fitted = true;
    this.fit();
  }

  fit() {
    this.fitted = true;
    if (!this.#picture) return this.draw();
    const { clientWidth: w, clientHeight: h } = this.#stage;
    this.scale = Math.max(0.01, Math.min((w - 2 * MARGIN) / this.width, (h - 2 * MARGIN) / this.height, 64));
    this.x = (w - this.width * this.scale) / 2;
    this.y = (h - this.height * this.scale) / 2;
    this.draw();
  }

  zoom(factor, x = this.#stage.clientWidth / 2, y = this.#stage.clientHeight / 2) {
    if (!this.#picture) return;
    const scale = Math.min(128, Math.max(0.02, this.scale * factor));
    this.x = x - (x - this.x) * scale / this.scale;
    this.y = y - (y - this.y) * scale / this.scale;
    this.scale = scale;
    this.fitted = false;
    this.pan(0, 0);
  }

  /** Moves the picture; a corner of it always stays in sight. */
  pan(dx, dy) {
    const { clientWidth: w, clientHeight: h } = this.#stage;
    const keep = 40;
    this.x = Math.min(w - keep, Math.max(keep - this.width * this.scale, this.x + dx));
    this.y = Math.min(h - keep, Math.max(keep - this.height * this.scale, this.y + dy));
    if (dx || dy) this.fitted = false;
    this.draw();
  }

  get isSmooth() { return this.smooth ?? this.scale < 3; }

  #resize() {
    const ratio = window.devicePixelRatio || 1;
    const { clientWidth: w, clientHeight: h } = this.#stage;
    this.#canvas.width = Math.max(1, Math.round(w * ratio));
    this.#canvas.height = Math.max(1, Math.round(h * ratio));
    this.#canvas.style.width = `${w}px`;
    this.#canvas.style.height = `${h}px`;
    if (this.fitted) this.fit();
    else this.draw();
  }

  draw() {
    const ratio = window.devicePixelRatio || 1;
    const c = this.#context;
    c.setTransform(1, 0, 0, 1, 0, 0);
    c.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    if (this.#picture) {
      c.setTransform(this.scale * ratio, 0, 0, this.scale * ratio, this.x * ratio, this.y * ratio);
      c.imageSmoothingEnabled = this.isSmooth;
      c.imageSmoothingQuality = 'high';
      c.fillStyle = '#fff'; // transparency lies on white, as models see it
      c.fillRect(0, 0, this.width, this.height);
      c.drawImage(this.stretch ? (this.#stretched ??= stretched(this.#picture)) : this.#picture.bitmap, 0, 0);
    }
    this.dispatchEvent(new Event('view'));
  }
}

/** The picture with its luma's 1st to 99th percentile spread over the whole range: what is dim or hazy, as infrared pictures are, becomes visible. */
function stretched({ bitmap, width, height }) {
  const canvas = new OffscreenCanvas(width, height);
  const c = canvas.getContext('2d', { willReadFrequently: true });
  c.fillStyle = '#fff';
  c.fillRect(0, 0, width, height);
  c.drawImage(bitmap, 0, 0);
  const data = c.getImageData(0, 0, width, height);
  const p = data.data;
  const counts = new Uint32Array(256);
  for (let i = 0; i < p.length; i += 4) counts[(77 * p[i] + 150 * p[i + 1] + 29 * p[i + 2]) >> 8]++;
  const total = width * height;
  let low = 0, high = 255;
  for (let sum = 0; low < 255 && (sum += counts[low]) < total * 0.01; low++);
  for (let sum = 0; high > 0 && (sum += counts[high]) < total * 0.01; high--);
  if (high <= low) return bitmap;
  const map = new Uint8ClampedArray(256);
  for (let i = 0; i < 256; i++) map[i] = 255 * (i - low) / (high - low);
  for (let i = 0; i < p.length; i += 4) { p[i] = map[p[i]]; p[i + 1] = map[p[i + 1]]; p[i + 2] = map[p[i + 2]]; }
  c.putImageData(data, 0, 0);
  return canvas;
}
