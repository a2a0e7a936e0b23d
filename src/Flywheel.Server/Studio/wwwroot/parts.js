// Small parts that the pages review, explore and dashboard share.
import { imageUrl } from './api.js';
import { el, number, percent } from './shell.js';

const SVG = 'http://www.w3.org/2000/svg';

/** An SVG element; children are nodes or text. */
export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(attributes)) if (value !== null && value !== undefined && value !== false) node.setAttribute(key, value);
  node.append(...children.flat().filter(c => c !== null && c !== undefined && c !== false));
  return node;
}

/** True where keys are text. */
export const isTyping = e => e.target instanceof HTMLElement && (e.target.isContentEditable || ['TEXTAREA', 'SELECT'].includes(e.target.tagName) || (e.target.tagName === 'INPUT' && !['checkbox', 'radio', 'button'].includes(e.target.type)));

/** A control under its name. */
export const field = (name, control) => el('div.field', {}, el('label', { for: control.id }, name), control);

/** Value, interval and n; a share in percent. */
export function figureText(m, isShare = true) {
  if (!m || m.value === null) return 'not known';
  const f = v => v === null ? '–' : isShare ? (100 * v).toFixed(1) : v.toFixed(2);
  return `${isShare ? percent(m.value) : m.value.toFixed(2)} [${f(m.low)}, ${f(m.high)}], n ${number(m.n)}`;
}

const MARKS = { open: ['○', ''], accepted: ['✓', 'ok'], rejected: ['✗', 'bad'], edited: ['✎', 'ok'], stale: ['!', 'warn'] };

/** What became of a suggestion: a sign and a word, not only a colour. */
export function stateChip(status, short = false) {
  const [mark, kind] = MARKS[status];
  return el(`span.chip.state${kind ? '.' + kind : ''}`, { title: status }, el('span', { 'aria-hidden': 'true' }, mark), short ? el('span.sr', {}, status) : status);
}

const same = (a, b) => a.label === b.label && a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;

/** A picture, with boxes drawn on it. Boxes that differ from those it stands beside are dashed and marked: + added, − taken away, ~ changed. */
export function picture(image, boxes = null, against = null, isNew = false) {
  const frame = el('div.picture', {});
  if (!image.hasPicture) { frame.append(el('p.muted', {}, 'The picture was not kept.')); return frame; }
  const img = el('img', { src: imageUrl(image.id), alt: `Picture ${image.name}${image.label ? `, labelled ${image.label}` : ''}`, width: image.width, height: image.height, class: image.width < 300 ? 'hard' : null });
  img.addEventListener('error', () => frame.replaceChildren(el('p.muted', {}, 'The picture cannot be shown.')));
  frame.append(img);
  if (boxes) {
    const size = Math.max(image.width, image.height), text = size / 26, high = text * 1.25, placed = [];
    const free = r => r.x >= 0 && r.y >= 0 && r.x + r.w <= image.width + 0.01 && r.y + r.h <= image.height + 0.01 && !placed.some(p => p.x < r.x + r.w && r.x < p.x + p.w && p.y < r.y + r.h && r.y < p.y + p.h);
    const shown = boxes.map(b => {
      const other = against?.find(o => o.id === b.id);
      const mark = !against || (other && same(other, b)) ? '' : other ? '~ ' : isNew ? '+ ' : '− ';
      const label = `${mark}${b.label}`, w = Math.max(text, label.length * text * 0.62);
      // The tag stands where it covers no other: above, below, or within its box, left or right.
      const places = [b.y - high, b.y + b.height, b.y, b.y + b.height - high].flatMap(y => [b.x, b.x + b.width - w].map(x => ({ x, y, w, h: high })));
      const at = places.find(free) ?? { x: Math.max(0, Math.min(b.x, image.width - w)), y: Math.max(0, b.y - high), w, h: high };
      placed.push(at);
      return { b, mark, label, at };
    });
    frame.append(svg('svg', { viewBox: `0 0 ${image.width} ${image.height}`, class: 'overlay', role: 'img', 'aria-label': boxes.length ? `Boxes: ${shown.map(s => s.label).join(', ')}` : 'No boxes' },
      ...shown.map(({ b, mark }) => svg('g', { class: `box${mark ? ' differs' : ''}` }, svg('rect', { x: b.x, y: b.y, width: b.width, height: b.height, class: 'under' }), svg('rect', { x: b.x, y: b.y, width: b.width, height: b.height, class: 'edge' }))),
      ...shown.map(({ mark, label, at }) => svg('g', { class: mark ? 'differs' : null }, svg('rect', { x: at.x, y: at.y, width: at.w, height: at.h, class: 'plate' }), svg('text', { x: at.x + text * 0.2, y: at.y + text, 'font-size': text, class: 'tag' }, label)))));
  }
  return frame;
}

/** A time as people read it, with the exact one as title. */
export const when = time => el('time', { datetime: time, title: time }, new Date(time).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' }));
