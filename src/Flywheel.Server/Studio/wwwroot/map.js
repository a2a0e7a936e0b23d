// The map of embeddings: points told apart by colour and shape, zoom and pan, a picture under the pointer, a rubber band to choose.
import { api, imageUrl } from './api.js';
import { el, number, replace, showFault } from './shell.js';
import { field, svg } from './parts.js';

const NONE = '(none)', KINDS = 8;

/** Draws one of eight shapes around a point; the same for canvas paths and for the legend. */
function shape(c, kind, x, y, r) {
  c.beginPath();
  switch (kind % KINDS) {
    case 0: c.arc(x, y, r, 0, 2 * Math.PI); break;
    case 1: c.rect(x - r * 0.9, y - r * 0.9, r * 1.8, r * 1.8); break;
    case 2: poly(c, [[x, y - r * 1.2], [x + r * 1.1, y + r * 0.8], [x - r * 1.1, y + r * 0.8]]); break;
    case 3: poly(c, [[x, y - r * 1.3], [x + r * 1.3, y], [x, y + r * 1.3], [x - r * 1.3, y]]); break;
    case 4: poly(c, [[x, y + r * 1.2], [x + r * 1.1, y - r * 0.8], [x - r * 1.1, y - r * 0.8]]); break;
    case 5: { const a = r * 0.42, b = r * 1.25; poly(c, [[x - a, y - b], [x + a, y - b], [x + a, y - a], [x + b, y - a], [x + b, y + a], [x + a, y + a], [x + a, y + b], [x - a, y + b], [x - a, y + a], [x - b, y + a], [x - b, y - a], [x - a, y - a]]); break; }
    case 6: poly(c, Array.from({ length: 10 }, (_, i) => { const d = i % 2 ? r * 0.55 : r * 1.35, t = -Math.PI / 2 + i * Math.PI / 5; return [x + d * Math.cos(t), y + d * Math.sin(t)]; })); break;
    default: poly(c, Array.from({ length: 6 }, (_, i) => [x + r * 1.15 * Math.cos(i * Math.PI / 3), y + r * 1.15 * Math.sin(i * Math.PI / 3)]));
  }
}
function poly(c, points) { points.forEach(([x, y], i) => i ? c.lineTo(x, y) : c.moveTo(x, y)); c.closePath(); }

/** The same shape as the text of an SVG path. */
export function shapePath(kind, x, y, r) {
  let d = '';
  shape({ beginPath() {}, arc: (cx, cy, a) => { d += `M${cx - a} ${cy}a${a} ${a} 0 1 0 ${2 * a} 0a${a} ${a} 0 1 0 ${-2 * a} 0z`; }, rect: (a, b, w, h) => { d += `M${a} ${b}h${w}v${h}h${-w}z`; }, moveTo: (a, b) => { d += `M${a} ${b}`; }, lineTo: (a, b) => { d += `L${a} ${b}`; }, closePath: () => { d += 'z'; } }, kind, x, y, r);
  return d;
}

export class EmbeddingMap {
  #options; #data = null; #filter = null; #by = 'label'; #kinds = []; #hidden = new Set(); #scale = 1; #x = 0; #y = 0; #drag = null; #pan = false; #hover = -1; #cells = null; #generation = 0; #colours = [];

  constructor(options) {
    this.#options = options;
    this.canvas = el('canvas', { tabindex: '0', role: 'img', 'aria-label': 'Map of embeddings' });
    this.tip = el('div.tip', { hidden: true });
    this.text = el('p.small.muted', { role: 'status' });
    this.legend = el('ul.legend', { 'aria-label': 'Legend' });
    this.tools = el('div.row', {});
    this.box = el('div.map', {}, this.canvas, this.tip);
    this.node = el('div', {}, this.tools, this.box, this.legend, this.text);
    const c = this.canvas;
    new ResizeObserver(() => this.#draw()).observe(c);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#recolour());
    new MutationObserver(() => this.#recolour()).observe(document.documentElement, { attributeFilter: ['data-theme'] });
    c.addEventListener('wheel', e => { e.preventDefault(); this.#zoom(Math.exp(-e.deltaY * 0.0018), e.offsetX, e.offsetY); }, { passive: false });
    c.addEventListener('pointerdown', e => { if (e.button) return; c.setPointerCapture(e.pointerId); c.focus({ preventScroll: true }); this.#drag = { x: e.offsetX, y: e.offsetY, toX: e.offsetX, toY: e.offsetY, pan: this.#pan || e.shiftKey, moved: false }; });
    c.addEventListener('pointermove', e => this.#move(e));
    c.addEventListener('pointerup', e => this.#up(e));
    c.addEventListener('pointercancel', () => { this.#drag = null; this.#draw(); });
    c.addEventListener('pointerleave', () => { this.#hover = -1; this.tip.hidden = true; });
    c.addEventListener('keydown', e => {
      const step = 40, move = { ArrowLeft: [step, 0], ArrowRight: [-step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] }[e.key];
      if (move) { this.#x += move[0]; this.#y += move[1]; this.#draw(); }
      else if (e.key === '+' || e.key === '=') this.#zoom(1.25);
      else if (e.key === '-') this.#zoom(0.8);
      else if (e.key === '0') this.#fit();
      else if (e.key === 'Escape' && this.#drag) { this.#drag = null; this.#draw(); }
      else if (e.key === 'Enter') this.#chooseSeen();
      else return;
      e.preventDefault();
    });
  }

  async load(filter) {
    this.#filter = filter;
    const model = this.#options.model;
    const mine = ++this.#generation;
    this.#tools();
    if (!model) {
      this.#data = null;
      replace(this.legend);
      this.text.textContent = '';
      replace(this.tip);
      this.#empty('There is no model whose embeddings could be drawn.', 'Invoke-FlywheelTraining -Dataset eyes');
      return;
    }
    this.text.textContent = 'Looking up embeddings…';
    try {
      const data = await api('/studio/explore/map', { method: 'POST', body: { filter: { ...filter, order: undefined, descending: undefined }, model: model.id }, timeout: 300000 });
      if (mine !== this.#generation) return;
      this.#data = data;
      this.text.textContent = data.text;
      this.note?.remove();
      this.note = null;
      if (!data.ids.length) this.#empty('No embedding to draw.', `Get-FlywheelImage${filter.dataset ? ` -Dataset '${filter.dataset}'` : ''} | Invoke-FlywheelPrediction -Model '${model.name}'`);
      this.#hidden.clear();
      this.#sort();
      this.#fit();
    } catch (fault) { if (mine === this.#generation) showFault(fault); }
  }

  #empty(text, command) {
    this.note?.remove();
    this.note = el('div.empty', {}, el('h2', {}, text), el('pre', {}, command));
    this.box.append(this.note);
    this.#draw();
  }

  #tools() {
    const { models, model } = this.#options;
    const choose = el('select', { id: 'map-model', onchange: e => { this.#options.model = models.find(m => m.id === e.target.value); this.load(this.#filter); } }, ...models.map(m => el('option', { value: m.id, selected: m === model }, m.version ? `${m.name} (v${m.version})` : m.name)));
    const by = el('select', { id: 'map-by', onchange: e => { this.#by = e.target.value; this.#hidden.clear(); this.#sort(); this.#draw(); } }, ...[['label', 'label'], ['predicted', 'prediction'], ['split', 'split'], ['agrees', 'right or wrong']].map(([v, t]) => el('option', { value: v, selected: v === this.#by }, t)));
    const mode = pan => el('button', { type: 'button', 'aria-pressed': String(this.#pan === pan), onclick: () => { this.#pan = pan; this.canvas.classList.toggle('pan', pan); this.#tools(); } }, pan ? 'Move' : 'Choose');
    replace(this.tools, models.length ? field('Model', choose) : null, field('Told apart by', by), el('div.row', { role: 'group', 'aria-label': 'Dragging' }, mode(false), mode(true)),
      el('button', { type: 'button', onclick: () => this.#zoom(1.4), 'aria-label': 'Zoom in' }, '+'), el('button', { type: 'button', onclick: () => this.#zoom(1 / 1.4), 'aria-label': 'Zoom out' }, '−'), el('button', { type: 'button', onclick: () => this.#fit() }, 'Fit'),
      el('button', { type: 'button', id: 'map-choose', onclick: () => this.#chooseSeen(), title: 'All points in sight, as a grid' }, 'In sight → grid'));
    this.tools.className = 'bar';
  }

  #kindOf(i) {
    const d = this.#data;
    switch (this.#by) {
      case 'predicted': return d.predicted[i];
      case 'split': return d.splits[i];
      case 'agrees': return d.labels[i] === null ? 'no label' : d.labels[i] === d.predicted[i] ? 'right' : 'wrong';
      default: return d.labels[i] ?? NONE;
    }
  }

  #sort() {
    const counts = new Map();
    for (let i = 0; i < (this.#data?.ids.length ?? 0); i++) counts.set(this.#kindOf(i), (counts.get(this.#kindOf(i)) ?? 0) + 1);
    const names = [...counts.keys()].sort((a, b) => (a === NONE) - (b === NONE) || (a < b ? -1 : 1));
    // Eight kinds are told apart; the rarest share the last.
    this.#kinds = names.map((name, i) => ({ name, count: counts.get(name), kind: name === NONE ? 7 : Math.min(i, KINDS - 1) }));
    this.#recolour();
  }

  #recolour() {
    const probe = el('span', {});
    document.body.append(probe);
    this.#colours = Array.from({ length: KINDS }, (_, k) => { probe.className = `k${k}`; return getComputedStyle(probe).color; });
    probe.remove();
    replace(this.legend, ...this.#kinds.map(k => el('li', {}, el('button.plain', { type: 'button', 'aria-pressed': String(!this.#hidden.has(k.name)), title: 'Show or hide', onclick: () => { if (!this.#hidden.delete(k.name)) this.#hidden.add(k.name); this.#recolour(); } },
      svg('svg', { width: 16, height: 16, viewBox: '0 0 16 16', class: `k${k.kind}`, 'aria-hidden': 'true' }, svg('path', { d: shapePath(k.kind, 8, 8, 5), fill: this.#hidden.has(k.name) ? 'none' : 'currentColor', stroke: 'currentColor' })), ` ${k.name} `, el('span.muted', {}, number(k.count))))));
    this.canvas.setAttribute('aria-label', this.#data ? `Map of ${number(this.#data.ids.length)} embeddings. ${this.#kinds.map(k => `${k.name}: ${k.count}`).join(', ')}. Plus and minus zoom, arrows move, Enter shows what is in sight as a grid.` : 'Map of embeddings');
    this.#draw();
  }

  #fit() {
    const d = this.#data, { clientWidth: w, clientHeight: h } = this.canvas;
    if (!d?.ids.length || !w) return this.#draw();
    let [x0, x1, y0, y1] = [Infinity, -Infinity, Infinity, -Infinity];
    for (let i = 0; i < d.x.length; i++) { x0 = Math.min(x0, d.x[i]); x1 = Math.max(x1, d.x[i]); y0 = Math.min(y0, d.y[i]); y1 = Math.max(y1, d.y[i]); }
    // One scale for both directions: distances mean the same.
    this.#scale = Math.min((w - 50) / Math.max(x1 - x0, 1e-9), (h - 50) / Math.max(y1 - y0, 1e-9));
    this.#x = w / 2 - this.#scale * (x0 + x1) / 2;
    this.#y = h / 2 + this.#scale * (y0 + y1) / 2;
    this.#draw();
  }

  #zoom(factor, x = this.canvas.clientWidth / 2, y = this.canvas.clientHeight / 2) {
    this.#x = x - (x - this.#x) * factor;
    this.#y = y - (y - this.#y) * factor;
    this.#scale *= factor;
    this.#draw();
  }

  #at(i) { return [this.#x + this.#scale * this.#data.x[i], this.#y - this.#scale * this.#data.y[i]]; }

  #draw() {
    const c = this.canvas.getContext('2d'), ratio = window.devicePixelRatio || 1, { clientWidth: w, clientHeight: h } = this.canvas;
    if (!w) return;
    if (this.canvas.width !== Math.round(w * ratio)) this.canvas.width = Math.round(w * ratio);
    if (this.canvas.height !== Math.round(h * ratio)) this.canvas.height = Math.round(h * ratio);
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    c.clearRect(0, 0, w, h);
    this.#cells = new Map();
    const d = this.#data;
    if (!d?.ids.length) return;
    const kinds = new Map(this.#kinds.map(k => [k.name, k])), n = d.ids.length, r = n > 8000 ? 2.2 : n > 1500 ? 3 : 4.5;
    c.globalAlpha = n > 3000 ? 0.75 : 0.9;
    const style = getComputedStyle(this.box);
    c.strokeStyle = style.backgroundColor;
    c.lineWidth = 0.8;
    let seen = 0;
    for (let i = 0; i < n; i++) {
      const k = kinds.get(this.#kindOf(i));
      if (this.#hidden.has(k.name)) continue;
      const [x, y] = this.#at(i);
      if (x < -8 || y < -8 || x > w + 8 || y > h + 8) continue;
      seen++;
      const cell = `${x >> 4},${y >> 4}`;
      (this.#cells.get(cell) ?? this.#cells.set(cell, []).get(cell)).push(i);
      c.fillStyle = this.#colours[k.kind];
      shape(c, k.kind, x, y, r);
      c.fill();
      if (r > 2.5) c.stroke();
    }
    c.globalAlpha = 1;
    this.canvas.dataset.seen = seen;
    c.fillStyle = style.color;
    c.font = '12px system-ui, sans-serif';
    c.fillText(`first direction (${(100 * d.explained[0]).toFixed(1)} % of the variance) →`, 10, h - 8);
    c.save();
    c.translate(14, h - 26);
    c.rotate(-Math.PI / 2);
    c.fillText(`second (${(100 * d.explained[1]).toFixed(1)} %) →`, 0, 0);
    c.restore();
    const g = this.#drag;
    if (g?.moved && !g.pan) {
      c.setLineDash([5, 4]);
      c.lineWidth = 2;
      c.strokeStyle = style.color;
      c.strokeRect(Math.min(g.x, g.toX), Math.min(g.y, g.toY), Math.abs(g.toX - g.x), Math.abs(g.toY - g.y));
      c.setLineDash([]);
    }
  }

  #nearest(x, y) {
    let best = -1, least = 12;
    for (let cx = (x >> 4) - 1; cx <= (x >> 4) + 1; cx++)
      for (let cy = (y >> 4) - 1; cy <= (y >> 4) + 1; cy++)
        for (const i of this.#cells?.get(`${cx},${cy}`) ?? []) {
          const [px, py] = this.#at(i), distance = Math.hypot(px - x, py - y);
          if (distance < least) { least = distance; best = i; }
        }
    return best;
  }

  #move(e) {
    const g = this.#drag;
    if (g) {
      if (!g.moved && Math.hypot(e.offsetX - g.x, e.offsetY - g.y) < 4) return;
      g.moved = true;
      if (g.pan) { this.#x += e.offsetX - g.toX; this.#y += e.offsetY - g.toY; }
      g.toX = e.offsetX;
      g.toY = e.offsetY;
      this.tip.hidden = true;
      this.#draw();
      return;
    }
    const i = this.#data ? this.#nearest(e.offsetX, e.offsetY) : -1;
    if (i < 0) { this.#hover = -1; this.tip.hidden = true; return; }
    if (i !== this.#hover) {
      this.#hover = i;
      const d = this.#data;
      replace(this.tip, el('img', { src: imageUrl(d.ids[i], 128), alt: '' }), el('div', {}, `label ${d.labels[i] ?? NONE}`), el('div', {}, `predicted ${d.predicted[i]} ${d.confidence[i].toFixed(2)}`));
    }
    this.tip.hidden = false;
    const w = this.canvas.clientWidth, h = this.canvas.clientHeight;
    this.tip.style.left = `${Math.min(e.offsetX + 14, w - 150)}px`;
    this.tip.style.top = `${Math.min(e.offsetY + 14, h - 160)}px`;
  }

  #up(e) {
    const g = this.#drag;
    this.#drag = null;
    if (!g || !this.#data) return;
    if (!g.moved) {
      const i = this.#nearest(e.offsetX, e.offsetY);
      if (i >= 0) this.#options.open(this.#data.ids[i]);
      return;
    }
    this.#draw();
    if (!g.pan) this.#choose(Math.min(g.x, g.toX), Math.max(g.x, g.toX), Math.min(g.y, g.toY), Math.max(g.y, g.toY));
  }

  #chooseSeen() { this.#choose(0, this.canvas.clientWidth, 0, this.canvas.clientHeight); }

  #choose(x0, x1, y0, y1) {
    if (!this.#data) return;
    const ids = this.#data.ids.filter((_, i) => { const [x, y] = this.#at(i); return x >= x0 && x <= x1 && y >= y0 && y <= y1 && !this.#hidden.has(this.#kindOf(i)); });
    if (ids.length) this.#options.choose(ids);
  }
}
