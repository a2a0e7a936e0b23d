// Boxes on a picture: drawn, moved, resized, relabelled, by mouse and by keys. Coordinates are pixels of the picture.
import { newId } from './api.js';

const SVG = 'http://www.w3.org/2000/svg';
const HANDLES = [['nw', 0, 0], ['n', .5, 0], ['ne', 1, 0], ['e', 1, .5], ['se', 1, 1], ['s', .5, 1], ['sw', 0, 1], ['w', 0, .5]];
const HANDLE = 9; // CSS pixels
const LEAST = 1; // pixel of the picture

const svg = (tag, attributes, ...children) => {
  const node = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
};
const round = v => Math.round(v * 100) / 100;

export class BoxEditor extends EventTarget {
  #viewer; #stage; #layer; #drag = null; #undo = []; #redo = [];
  boxes = []; selected = null; label = null; labels = []; proposed = false; enabled = false;

  constructor(stage, viewer) {
    super();
    this.#stage = stage;
    this.#viewer = viewer;
    this.#layer = svg('svg', { class: 'boxes', role: 'group', 'aria-label': 'Boxes' });
    stage.append(this.#layer);
    viewer.addEventListener('view', () => this.#draw());
    stage.addEventListener('pointerdown', e => this.#down(e));
    stage.addEventListener('pointermove', e => this.#move(e));
    stage.addEventListener('pointerup', e => this.#up(e));
    stage.addEventListener('pointercancel', () => { this.#drag = null; this.#draw(); });
  }

  /** Takes the boxes of another picture. proposed: they are somebody's suggestion until they are saved. */
  set(boxes, proposed = false) {
    this.boxes = boxes.map(b => ({ ...b }));
    this.proposed = proposed && boxes.length > 0;
    this.selected = null;
    this.#undo = [];
    this.#redo = [];
    this.#draw();
  }

  get edited() { return this.#undo.length > 0; }

  /** As they are saved. */
  get result() { return this.boxes.map(({ id, label, x, y, width, height }) => ({ id, label, x: round(x), y: round(y), width: round(width), height: round(height) })); }

  get current() { return this.boxes.find(b => b.id === this.selected) ?? null; }

  #remember() {
    this.#undo.push(JSON.stringify([this.boxes, this.selected, this.proposed]));
    this.#redo = [];
    this.proposed = false;
  }

  #swap(from, to) {
    if (!from.length) return false;
    to.push(JSON.stringify([this.boxes, this.selected, this.proposed]));
    [this.boxes, this.selected, this.proposed] = JSON.parse(from.pop());
    this.#changed();
    return true;
  }

  undo() { return this.#swap(this.#undo, this.#redo); }
  redo() { return this.#swap(this.#redo, this.#undo); }

  #changed() {
    this.#draw();
    this.dispatchEvent(new Event('change'));
  }

  select(id) {
    this.selected = id;
    this.#changed();
  }

  /** Selects the next box; false past the last one, with none selected. */
  cycle(step) {
    if (!this.boxes.length) return false;
    const at = this.boxes.findIndex(b => b.id === this.selected);
    const next = at < 0 ? (step > 0 ? 0 : this.boxes.length - 1) : at + step;
    this.select(this.boxes[next]?.id ?? null);
    return this.selected !== null;
  }

  relabel(label) {
    this.label = label;
    const box = this.current;
    if (box && box.label !== label) {
      this.#remember();
      this.current.label = label;
    }
    this.#changed();
  }

  remove() {
    if (!this.current) return false;
    this.#remember();
    const at = this.boxes.findIndex(b => b.id === this.selected);
    this.boxes.splice(at, 1);
    this.selected = this.boxes[Math.min(at, this.boxes.length - 1)]?.id ?? null;
    this.#changed();
    return true;
  }

  clear() {
    if (this.boxes.length) {
      this.#remember();
      this.boxes = [];
      this.selected = null;
      this.#changed();
    }
  }

  duplicate() {
    const box = this.current;
    if (!box) return false;
    this.#remember();
    const step = Math.max(1, Math.min(box.width, box.height) / 5);
    const copy = { ...box, id: newId() };
    copy.x = this.#within(box.x + step, box.width, this.#viewer.width) === box.x ? this.#within(box.x - step, box.width, this.#viewer.width) : this.#within(box.x + step, box.width, this.#viewer.width);
    copy.y = this.#within(box.y + step, box.height, this.#viewer.height) === box.y ? this.#within(box.y - step, box.height, this.#viewer.height) : this.#within(box.y + step, box.height, this.#viewer.height);
    this.boxes.push(copy);
    this.selected = copy.id;
    this.#changed();
    return true;
  }

  /** Takes all boxes of another picture over, as far as they fit. */
  adopt(boxes) {
    this.#remember();
    const { width: w, height: h } = this.#viewer;
    this.boxes = boxes.map(b => ({ ...b, id: newId() })).filter(b => b.x < w && b.y < h).map(b => ({ ...b, width: Math.min(b.width, w - b.x), height: Math.min(b.height, h - b.y) }));
    this.selected = null;
    this.#changed();
  }

  /** Moves the selected box, or its right and lower edges. */
  nudge(dx, dy, resize = false) {
    const box = this.current;
    if (!box) return false;
    this.#remember();
    const b = this.current;
    if (resize) {
      b.width = Math.min(Math.max(LEAST, b.width + dx), this.#viewer.width - b.x);
      b.height = Math.min(Math.max(LEAST, b.height + dy), this.#viewer.height - b.y);
    } else {
      b.x = this.#within(b.x + dx, b.width, this.#viewer.width);
      b.y = this.#within(b.y + dy, b.height, this.#viewer.height);
    }
    this.#changed();
    return true;
  }

  #within(at, size, whole) { return Math.max(0, Math.min(at, whole - size)); }

  #down(e) {
    if (!this.enabled || e.button !== 0 || e.altKey || !this.#viewer.width) return;
    const at = this.#viewer.toPicture(e);
    const handle = e.target.dataset?.handle;
    const here = this.#hit(at);
    // Only the selected box moves: a drag over another one draws, for a pupil lies within an eye. A click selects.
    const hit = e.shiftKey ? null : handle || here?.id === this.selected ? this.current : null;
    this.#stage.setPointerCapture(e.pointerId);
    this.#stage.focus({ preventScroll: true });
    e.preventDefault();
    const before = JSON.stringify([this.boxes, this.selected, this.proposed]);
    if (hit) {
      this.#drag = { kind: handle ? 'resize' : 'move', handle, from: at, box: { ...hit }, before, moved: false };
    } else {
      const x = Math.min(Math.max(at.x, 0), this.#viewer.width), y = Math.min(Math.max(at.y, 0), this.#viewer.height);
      this.#drag = { kind: 'draw', from: { x, y }, before, moved: false, here: here?.id ?? null };
    }
    this.#changed();
  }

  /** The smallest box there, the selected one first. */
  #hit(at) {
    const inside = this.boxes.filter(b => at.x >= b.x && at.y >= b.y && at.x <= b.x + b.width && at.y <= b.y + b.height);
    return inside.find(b => b.id === this.selected) ?? inside.sort((a, b) => a.width * a.height - b.width * b.height)[0] ?? null;
  }

  #move(e) {
    const drag = this.#drag;
    if (!drag) return;
    const at = this.#viewer.toPicture(e);
    if (!drag.moved && Math.hypot(at.x - drag.from.x, at.y - drag.from.y) * this.#viewer.scale < 3) return;
    const { width: w, height: h } = this.#viewer;
    const cx = Math.min(Math.max(at.x, 0), w), cy = Math.min(Math.max(at.y, 0), h);
    if (!drag.moved) {
      drag.moved = true;
      this.#undo.push(drag.before);
      this.#redo = [];
      this.proposed = false;
      if (drag.kind === 'draw') {
        const box = { id: newId(), label: this.label ?? this.labels[0] ?? 'object', x: drag.from.x, y: drag.from.y, width: LEAST, height: LEAST };
        this.boxes.push(box);
        this.selected = box.id;
      }
    }
    const box = this.current;
    if (drag.kind === 'draw') {
      box.x = Math.min(drag.from.x, cx);
      box.y = Math.min(drag.from.y, cy);
      box.width = Math.max(LEAST, Math.abs(cx - drag.from.x));
      box.height = Math.max(LEAST, Math.abs(cy - drag.from.y));
      box.x = this.#within(box.x, box.width, w);
      box.y = this.#within(box.y, box.height, h);
    } else if (drag.kind === 'move') {
      box.x = this.#within(drag.box.x + at.x - drag.from.x, box.width, w);
      box.y = this.#within(drag.box.y + at.y - drag.from.y, box.height, h);
    } else {
      let { x, y, width, height } = drag.box;
      let right = x + width, bottom = y + height;
      if (drag.handle.includes('w')) x = Math.min(cx, right - LEAST);
      if (drag.handle.includes('e')) right = Math.max(cx, x + LEAST);
      if (drag.handle.includes('n')) y = Math.min(cy, bottom - LEAST);
      if (drag.handle.includes('s')) bottom = Math.max(cy, y + LEAST);
      Object.assign(box, { x, y, width: right - x, height: bottom - y });
    }
    this.#draw();
  }

  #up() {
    if (!this.#drag) return;
    const drag = this.#drag;
    this.#drag = null;
    if (drag.kind === 'draw' && !drag.moved) this.selected = drag.here;
    this.#changed();
    if (drag.kind === 'draw' && drag.moved) this.dispatchEvent(new CustomEvent('drawn', { detail: this.current }));
  }

  /** Gives up a drag in progress. */
  cancel() {
    if (!this.#drag) return false;
    if (this.#drag.moved) {
      this.#undo.pop();
      [this.boxes, this.selected, this.proposed] = JSON.parse(this.#drag.before);
    }
    this.#drag = null;
    this.#changed();
    return true;
  }

  #draw() {
    const v = this.#viewer;
    this.#layer.replaceChildren(...this.enabled ? this.boxes.map(b => {
      const x = v.x + b.x * v.scale, y = v.y + b.y * v.scale, w = b.width * v.scale, h = b.height * v.scale;
      const index = Math.max(0, this.labels.indexOf(b.label));
      const chosen = b.id === this.selected;
      const text = `${index < 9 ? `${index + 1} ` : ''}${b.label}`;
      const tag = svg('text', { x: x + 4, y: Math.max(14, y - 5), class: 'tag' });
      tag.textContent = text;
      const group = svg('g', { class: `box c${index % 6}${chosen ? ' chosen' : ''}${this.proposed ? ' proposed' : ''}`, role: 'img', 'aria-label': `${b.label}, at ${Math.round(b.x)}, ${Math.round(b.y)}, ${Math.round(b.width)} by ${Math.round(b.height)}${chosen ? ', selected' : ''}` },
        svg('rect', { x, y, width: w, height: h, class: 'under' }), svg('rect', { x, y, width: w, height: h, class: 'edge' }),
        svg('rect', { x, y: Math.max(0, y - 19), width: text.length * 7.6 + 9, height: 19, class: 'plate' }), tag);
      if (chosen) for (const [name, fx, fy] of HANDLES) group.append(svg('rect', { x: x + fx * w - HANDLE / 2, y: y + fy * h - HANDLE / 2, width: HANDLE, height: HANDLE, class: `handle ${name}`, 'data-handle': name }));
      return group;
    }) : []);
  }
}
