// Plain charts in SVG. Every chart has a text that says what it shows; the figures themselves stand in a table beside it.
import { svg } from './parts.js';
import { shapePath } from './map.js';

let W = 640;
const H = 240, LEFT = 46, RIGHT = 14, TOP = 14, BOTTOM = 34;
const DASHES = [null, '6 3', '2 3', '10 3 2 3'];

/** Round steps from low to high, about as many as asked for. */
export function ticks(low, high, about = 5) {
  const span = high - low || 1, raw = span / about, power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map(f => f * power).find(s => s >= raw) ?? power * 10;
  const list = [];
  for (let v = Math.ceil(low / step - 1e-9) * step; v <= high + step * 1e-9; v += step) list.push(Number(v.toPrecision(12)));
  return list;
}

/** As wide as there is room for, so that letters keep their size on a small screen. */
function frame(text, height = H) {
  W = Math.min(640, Math.max(300, window.innerWidth - 50));
  return svg('svg', { class: 'chart', viewBox: `0 0 ${W} ${height}`, role: 'img', 'aria-label': text }, svg('title', {}, text));
}

/**
 * Points with intervals, in order, told apart by shape and colour.
 * points: { label, title, kind (0..7), value, low, high }; the axis is a share in percent.
 */
export function intervals(text, points) {
  const node = frame(text);
  const lows = points.map(p => p.low ?? p.value), highs = points.map(p => p.high ?? p.value);
  let low = Math.min(...lows), high = Math.max(...highs);
  const room = Math.max(0.01, (high - low) * 0.08);
  low = Math.max(0, low - room);
  high = Math.min(1, high + room);
  const y = v => TOP + (H - TOP - BOTTOM) * (1 - (v - low) / (high - low));
  const x = i => LEFT + (W - LEFT - RIGHT) * (i + 0.5) / points.length;
  for (const t of ticks(low, high)) node.append(svg('line', { x1: LEFT, x2: W - RIGHT, y1: y(t), y2: y(t), class: 'rule' }), svg('text', { x: LEFT - 6, y: y(t) + 4, 'text-anchor': 'end', class: 'muted' }, `${Number((100 * t).toFixed(1))} %`));
  node.append(svg('path', { d: `M${LEFT} ${TOP}V${H - BOTTOM}H${W - RIGHT}`, class: 'axis' }));
  const every = Math.ceil(points.length / (W / 50));
  points.forEach((p, i) => {
    node.append(svg('g', { class: `k${p.kind}`, 'data-value': p.value }, svg('title', {}, p.title),
      svg('path', { d: `M${x(i)} ${y(p.low ?? p.value)}V${y(p.high ?? p.value)}M${x(i) - 4} ${y(p.low ?? p.value)}h8M${x(i) - 4} ${y(p.high ?? p.value)}h8`, class: 'interval' }),
      svg('path', { d: shapePath(p.kind, x(i), y(p.value), 5.5), class: 'mark' })));
    if (i % every === 0) node.append(svg('text', { x: x(i), y: H - BOTTOM + 17, 'text-anchor': 'middle' }, p.label));
  });
  return node;
}

/** Counts over days as steps, one line for each series, named at its end. series: { name, kind, values }; days: ISO dates. */
export function steps(text, days, series) {
  const node = frame(text);
  const times = days.map(d => Date.parse(d));
  const first = times[0], span = Math.max(times.at(-1) - first, 86400000);
  const high = Math.max(1, ...series.flatMap(s => s.values)) * 1.06;
  const names = 74, x = t => LEFT + (W - LEFT - RIGHT - names) * (t - first) / span, y = v => TOP + (H - TOP - BOTTOM) * (1 - v / high), right = x(first + span);
  for (const t of ticks(0, high)) node.append(svg('line', { x1: LEFT, x2: right, y1: y(t), y2: y(t), class: 'rule' }), svg('text', { x: LEFT - 6, y: y(t) + 4, 'text-anchor': 'end', class: 'muted' }, t >= 10000 ? `${t / 1000}k` : String(t)));
  node.append(svg('path', { d: `M${LEFT} ${TOP}V${H - BOTTOM}H${right}`, class: 'axis' }));
  const marks = days.length === 1 ? [0] : [...new Set([0, ...W < 500 ? [] : [Math.floor((days.length - 1) / 2)], days.length - 1])];
  for (const i of marks) node.append(svg('text', { x: x(times[i]), y: H - BOTTOM + 17, 'text-anchor': i === 0 ? 'start' : 'middle' }, days[i]));
  // Names at the ends, moved apart where they would lie on each other.
  const ends = series.map(s => ({ s, y: y(s.values.at(-1)) + 4 })).sort((a, b) => a.y - b.y);
  ends.forEach((e, i) => { if (i && e.y < ends[i - 1].y + 14) e.y = ends[i - 1].y + 14; });
  const over = (ends.at(-1)?.y ?? 0) - (H - BOTTOM + 4);
  if (over > 0) ends.forEach((e, i) => { e.y = Math.min(e.y, H - BOTTOM + 4 - 14 * (ends.length - 1 - i)); });
  for (const { s, y: at } of ends) {
    let d = `M${x(times[0])} ${y(s.values[0])}`;
    for (let i = 1; i < times.length; i++) d += `H${x(times[i])}V${y(s.values[i])}`;
    d += `H${right}`;
    node.append(svg('g', { class: `k${s.kind}`, 'data-name': s.name }, svg('path', { d, class: 'series', 'stroke-dasharray': DASHES[s.kind % DASHES.length] }), ...times.length < 30 ? times.map((t, i) => svg('path', { d: shapePath(s.kind, x(t), y(s.values[i]), 3.5), class: 'mark' })) : [],
      svg('path', { d: shapePath(s.kind, right + 10, at - 4, 4), class: 'mark' }), svg('text', { x: right + 18, y: at }, s.name)));
  }
  return node;
}

/** Shares with intervals, one row each. rows: { name, value, low, high, title } */
export function shares(text, rows) {
  const height = 26 * rows.length + 40;
  const node = frame(text, height), names = W < 500 ? 110 : 150, most = W < 500 ? 13 : 20;
  const x = v => names + (W - names - 20) * v;
  for (const t of [0, 0.25, 0.5, 0.75, 1]) node.append(svg('line', { x1: x(t), x2: x(t), y1: 8, y2: height - 28, class: 'rule' }), svg('text', { x: x(t), y: height - 10, 'text-anchor': 'middle', class: 'muted' }, `${100 * t} %`));
  rows.forEach((r, i) => {
    const y = 22 + 26 * i;
    const name = r.name.length > most ? `${r.name.slice(0, most - 1)}…` : r.name;
    node.append(svg('g', { class: 'k0', 'data-value': r.value }, svg('title', {}, r.title), svg('text', { x: names - 8, y: y + 4, 'text-anchor': 'end' }, name),
      svg('path', { d: `M${x(r.low)} ${y}H${x(r.high)}M${x(r.low)} ${y - 4}v8M${x(r.high)} ${y - 4}v8`, class: 'interval' }), svg('path', { d: shapePath(0, x(r.value), y, 5.5), class: 'mark' })));
  });
  return node;
}
