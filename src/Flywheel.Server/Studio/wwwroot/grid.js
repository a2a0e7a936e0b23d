// Many images at once: select by clicks, arrows or a rubber band, and give all of them one label by one key.
import { imageUrl } from './api.js';
import { announce, el, percent } from './shell.js';

export class Grid extends EventTarget {
  #root; #items = []; #selected = new Set(); #focus = 0; #anchor = 0; #tiles = []; #band = null;

  constructor() {
    super();
    this.#root = el('div.grid', { role: 'listbox', 'aria-multiselectable': 'true', 'aria-label': 'Images; arrows move, shift with arrows selects, a number labels all selected', tabindex: '-1' });
    this.#root.addEventListener('pointerdown', e => this.#down(e));
    this.#root.addEventListener('pointermove', e => this.#move(e));
    this.#root.addEventListener('pointerup', e => this.#up(e));
    this.#root.addEventListener('pointercancel', () => this.#endBand());
  }

  get element() { return this.#root; }
  get selected() { return this.#items.filter(i => this.#selected.has(i.imageId)); }
  get items() { return this.#items; }

  show(items) {
    this.#items = items;
    this.#selected.clear();
    this.#focus = this.#anchor = 0;
    this.#tiles = items.map((item, i) => el('div.tile', { role: 'option', 'aria-selected': 'false', 'data-index': i, id: `tile-${i}`, 'aria-label': `${item.name}${item.proposal?.label ? `, suggested ${item.proposal.label} ${percent(item.proposal.confidence, 0)}` : ''}` },
      el('img', { src: imageUrl(item.imageId, 128), alt: '', draggable: 'false', decoding: 'async' }),
      el('span.check', { 'aria-hidden': 'true' }, '✓'),
      item.proposal?.label ? el('span.hint', {}, `${item.proposal.label} ${percent(item.proposal.confidence, 0)}`) : null));
    this.#root.replaceChildren(...this.#tiles);
    this.#paint();
  }

  focus() {
    this.#root.tabIndex = 0;
    this.#root.focus({ preventScroll: true });
  }

  clear() { this.#selected.clear(); this.#paint(); }
  all() { for (const i of this.#items) this.#selected.add(i.imageId); this.#paint(true); }

  /** Handles arrows, space, Home and End; true if the key was one of them. */
  key(e) {
    const columns = Math.max(1, this.#tiles.findIndex((t, i) => i > 0 && t.offsetTop !== this.#tiles[0].offsetTop));
    const wide = columns > 0 && this.#tiles.some(t => t.offsetTop !== this.#tiles[0]?.offsetTop) ? columns : this.#tiles.length;
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -wide, ArrowDown: wide, Home: -this.#focus, End: this.#items.length - 1 - this.#focus }[e.key];
    if (step === undefined && e.key !== ' ') return false;
    if (!this.#items.length) return true;
    if (e.key === ' ') {
      this.#toggle(this.#focus);
      this.#anchor = this.#focus;
    } else {
      const next = this.#focus + step;
      if (next < 0 || next >= this.#items.length) return true;
      this.#focus = next;
      if (e.shiftKey) this.#range(this.#anchor, next);
      else this.#anchor = next;
    }
    this.#paint(true);
    this.#tiles[this.#focus].scrollIntoView({ block: 'nearest' });
    return true;
  }

  #toggle(i) {
    const id = this.#items[i].imageId;
    if (!this.#selected.delete(id)) this.#selected.add(id);
  }

  #range(a, b) {
    this.#selected.clear();
    for (let i = Math.min(a, b); i <= Math.max(a, b); i++) this.#selected.add(this.#items[i].imageId);
  }

  #paint(tell = false) {
    this.#tiles.forEach((tile, i) => {
      tile.setAttribute('aria-selected', String(this.#selected.has(this.#items[i].imageId)));
      tile.classList.toggle('focused', i === this.#focus);
    });
    if (this.#tiles.length) this.#root.setAttribute('aria-activedescendant', `tile-${this.#focus}`);
    else this.#root.removeAttribute('aria-activedescendant');
    if (tell) announce(`${this.#selected.size} selected`);
    this.dispatchEvent(new Event('change'));
  }

  #down(e) {
    if (e.button !== 0) return;
    this.focus();
    e.preventDefault();
    const tile = e.target.closest('.tile');
    this.#root.setPointerCapture(e.pointerId);
    this.#band = { x: e.clientX, y: e.clientY, tile: tile ? +tile.dataset.index : -1, node: null, before: e.ctrlKey || e.metaKey || e.shiftKey ? new Set(this.#selected) : new Set(), shift: e.shiftKey };
  }

  #move(e) {
    const band = this.#band;
    if (!band) return;
    const { clientX: x, clientY: y } = e;
    if (!band.node) {
      if (Math.hypot(x - band.x, y - band.y) < 5) return;
      band.node = el('div.band');
      this.#root.append(band.node);
    }
    const left = Math.min(x, band.x), top = Math.min(y, band.y), right = Math.max(x, band.x), bottom = Math.max(y, band.y);
    Object.assign(band.node.style, { left: `${left}px`, top: `${top}px`, width: `${right - left}px`, height: `${bottom - top}px` });
    this.#selected = new Set(band.before);
    this.#tiles.forEach((tile, i) => {
      const r = tile.getBoundingClientRect();
      if (r.left < right && r.right > left && r.top < bottom && r.bottom > top) this.#selected.add(this.#items[i].imageId);
    });
    this.#paint();
  }

  #up() {
    const band = this.#band;
    if (!band) return;
    if (!band.node && band.tile >= 0) {
      if (band.shift) this.#range(this.#anchor, band.tile);
      else {
        this.#toggle(band.tile);
        this.#anchor = band.tile;
      }
      this.#focus = band.tile;
    } else if (!band.node) this.#selected.clear();
    this.#endBand();
    this.#paint(true);
  }

  #endBand() {
    this.#band?.node?.remove();
    this.#band = null;
  }
}
