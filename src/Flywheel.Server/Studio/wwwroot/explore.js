// The explore page: the catalogue as a grid or as a map of embeddings, one image's history, and what is done with a selection.
import { api, imageUrl } from './api.js';
import { announce, dialog, el, number, percent, replace, showFault, start, toast } from './shell.js';
import { field, isTyping, picture, when } from './parts.js';
import { EmbeddingMap } from './map.js';

await start({ page: 'explore', title: 'Explore' });
const main = document.getElementById('main');
const PAGE = 400, MOST_IDS = 20000, IDS = 'flywheel.explore.ids';
const LISTS = ['labels', 'predicted', 'properties', 'tags', 'sources'], TEXTS = ['dataset', 'model', 'split', 'slice', 'labelled', 'disagrees', 'excluded', 'order'];

const query = new URLSearchParams(location.search);
const filter = Object.fromEntries([...LISTS.map(k => [k, query.getAll(k)]), ...TEXTS.map(k => [k, query.get(k) || ''])]);
filter.descending = query.get('descending') === '1';
filter.ids = query.get('ids') ? JSON.parse(sessionStorage.getItem(IDS) || 'null') : null;
let view = query.get('view') === 'map' ? 'map' : 'grid';
let choices, images = [], next = null, count = null, at = 0, anchor = 0, generation = 0, loading = false, allSelected = false, last = null;
const selected = new Set();

try { choices = await api('/studio/explore/choices'); } catch (fault) { showFault(fault); throw fault; }

const nodes = {
  side: el('form.side', { 'aria-label': 'Filters', onsubmit: e => e.preventDefault() }),
  bar: el('div.bar', {}),
  all: el('div.all', {}),
  selection: el('div.selection', { role: 'region', 'aria-label': 'Selection', hidden: true }),
  body: el('div', {}),
};
nodes.grid = el('div.grid', { role: 'listbox', 'aria-multiselectable': 'true', 'aria-label': 'Images. Arrows move, Enter shows the history, Space selects.', tabindex: '0' }, nodes.all);
const sideBox = el('details.panel', { open: window.innerWidth > 900 }, el('summary', {}, 'Filters'), nodes.side);
replace(main, el('div.explore', {}, sideBox, el('section', { 'aria-label': 'Images' }, nodes.bar, nodes.body, nodes.selection)));

// ---- what is asked

/** The filter as the studio reads it. */
function asked() {
  const f = {};
  for (const k of LISTS) if (filter[k].length) f[k] = filter[k];
  for (const k of ['dataset', 'model', 'split', 'slice', 'excluded']) if (filter[k]) f[k] = filter[k];
  if (filter.labelled) f.labelled = filter.labelled === 'yes';
  if (filter.disagrees) f.disagrees = filter.disagrees === 'yes';
  if (filter.ids) f.ids = filter.ids;
  if (filter.order) f.order = filter.order;
  if (filter.descending) f.descending = true;
  return f;
}

function remember() {
  const q = new URLSearchParams();
  for (const k of LISTS) for (const v of filter[k]) q.append(k, v);
  for (const k of TEXTS) if (filter[k]) q.set(k, filter[k]);
  if (filter.descending) q.set('descending', '1');
  if (filter.ids) { q.set('ids', '1'); sessionStorage.setItem(IDS, JSON.stringify(filter.ids)); }
  if (view === 'map') q.set('view', 'map');
  const who = new URLSearchParams(location.search).get('who');
  if (who) q.set('who', who);
  history.replaceState(null, '', `${location.pathname}${q.size ? `?${q}` : ''}`);
}

async function load() {
  const mine = ++generation;
  remember();
  selected.clear();
  allSelected = false;
  images = []; next = null; count = null; at = anchor = 0;
  loading = true;
  showBar();
  showSelection();
  try {
    const body = { filter: asked(), size: PAGE };
    const [page, counted] = await Promise.all([api('/studio/explore/images', { method: 'POST', body }), api('/studio/explore/count', { method: 'POST', body })]);
    if (mine !== generation) return;
    images = page.images;
    next = page.next;
    count = counted.count;
    loading = false;
    if (view === 'grid') { nodes.grid.scrollTop = 0; lay(true); } else await map.load(asked());
    announce(`${number(count)} images`);
  } catch (fault) {
    if (mine !== generation) return;
    loading = false;
    lay(true);
    showFault(fault);
  }
  showBar();
}

async function loadMore() {
  if (!next || loading) return;
  loading = true;
  const mine = generation;
  try {
    const page = await api('/studio/explore/images', { method: 'POST', body: { filter: asked(), after: next, size: PAGE } });
    if (mine !== generation) return;
    images.push(...page.images);
    next = page.next;
    lay();
  } catch (fault) { showFault(fault); } finally { if (mine === generation) loading = false; }
}

// ---- filters

const change = (k, v) => { filter[k] = v; showSide(); load(); };

function select(name, k, values, any = 'any') {
  const control = el('select', { id: `f-${k}`, onchange: e => change(k, e.target.value) }, el('option', { value: '' }, any), ...values.map(v => Array.isArray(v) ? v : [v, v]).map(([v, t]) => el('option', { value: v, selected: v === filter[k] }, t)));
  return field(name, control);
}

function checks(name, k, values) {
  if (!values.length) return null;
  return el('fieldset', {}, el('legend', {}, name), ...values.map(v => el('label.check', {}, el('input', { type: 'checkbox', name: k, value: v, '.checked': filter[k].includes(v), onchange: e => change(k, e.target.checked ? [...filter[k], v] : filter[k].filter(x => x !== v)) }), v)));
}

/** Several conditions as text, one after the other with commas. */
function conditions(name, k, placeholder) {
  const control = el('input', { id: `f-${k}`, type: 'text', placeholder, '.value': filter[k].join(', '), autocomplete: 'off', spellcheck: 'false', onchange: e => change(k, e.target.value.split(',').map(t => t.trim()).filter(t => t)) });
  return field(name, control);
}

function showSide() {
  const focus = document.activeElement?.id;
  const set = choices.datasets.find(d => d.name === filter.dataset);
  const model = choices.models.find(m => m.id === filter.model);
  const predicted = model ? model.labels : [...new Set(choices.models.flatMap(m => m.labels))].sort();
  replace(nodes.side,
    filter.ids ? el('p', {}, el('span.chip', {}, `${number(filter.ids.length)} chosen on the map`), ' ', el('button', { type: 'button', onclick: () => change('ids', null) }, 'Show all')) : null,
    select('Dataset', 'dataset', choices.datasets.map(d => d.name), 'all'),
    set && set.splits.some(s => s !== 'none') ? select('Split', 'split', set.splits) : null,
    checks('Label', 'labels', set ? set.labels : choices.labels),
    select('Labelled', 'labelled', [['yes', 'labelled'], ['no', 'not labelled']]),
    checks('Label from', 'sources', ['imported', 'human', 'auto', 'reviewed']),
    choices.models.length ? select('Predictions of', 'model', choices.models.map(m => [m.id, m.version ? `${m.name} (v${m.version})` : m.name]), 'the newest of any') : null,
    choices.models.length ? checks('Predicted', 'predicted', predicted) : null,
    choices.models.length ? select('Prediction and label', 'disagrees', [['yes', 'differ'], ['no', 'agree']]) : null,
    conditions('Properties', 'properties', 'width<=50, bytes>900'),
    conditions('Tags', 'tags', 'camera=front'),
    choices.slices.length ? select('Slice', 'slice', choices.slices.map(s => [s.key, `${s.name} (${number(s.images)}, ${s.modelName})`])) : null,
    select('Left out of datasets', 'excluded', [['also', 'shown as well'], ['only', 'nothing else']], 'not shown'),
    el('button', { type: 'button', onclick: () => { for (const k of LISTS) filter[k] = []; for (const k of TEXTS) filter[k] = ''; filter.ids = null; filter.descending = false; showSide(); load(); } }, 'Clear all filters'));
  if (focus) document.getElementById(focus)?.focus();
}

function showBar() {
  const focus = document.activeElement?.id;
  const order = el('select', { id: 'order', onchange: e => { filter.order = e.target.value; load(); } }, ...choices.orders.map(o => el('option', { value: o, selected: o === (filter.order || 'arrival') }, o)));
  replace(nodes.bar, el('h1', {}, 'Explore'), el('span.found.muted', { id: 'found', role: 'status' }, count === null ? (loading ? 'looking…' : '') : `${number(count)} image${count === 1 ? '' : 's'}`), el('span.space', {}),
    view === 'grid' ? field('Order', order) : null,
    view === 'grid' ? el('button', { type: 'button', id: 'down', 'aria-pressed': String(filter.descending), onclick: () => { filter.descending = !filter.descending; load(); } }, filter.descending ? '↓ largest first' : '↑ smallest first') : null,
    el('div.row', { role: 'group', 'aria-label': 'View' }, ...['grid', 'map'].map(v => el('button', { type: 'button', id: `view-${v}`, 'aria-pressed': String(view === v), onclick: () => turn(v) }, { grid: 'Grid', map: 'Map' }[v]))));
  if (focus) document.getElementById(focus)?.focus();
}

function turn(to) {
  if (view === to) return;
  view = to;
  build();
  load();
}

function build() { replace(nodes.body, view === 'grid' ? nodes.grid : map.node); }

// ---- the grid: only rows in sight are in the page

let columns = 1, tileWidth = 132;
const TILE = 168;

function lay(whole = false) {
  if (view !== 'grid') return;
  const width = nodes.grid.clientWidth - 8;
  columns = Math.max(1, Math.floor(width / (window.innerWidth <= 760 ? 108 : 128)));
  tileWidth = width / columns;
  const rows = Math.ceil(images.length / columns);
  nodes.all.style.height = `${rows * TILE + 8}px`;
  if (!images.length && !loading) {
    const none = !Object.keys(asked()).length;
    nodes.all.style.height = 'auto';
    replace(nodes.all, el('div.empty', {}, el('h2', {}, none ? 'No image yet' : 'No image matches'), none ? [el('p', {}, 'Images come in with a dataset:'), el('pre', {}, 'Import-FlywheelDataset ./pictures -Name eyes')] : el('p', {}, 'Clear a filter, or ask for less.')));
    return;
  }
  const top = Math.max(0, Math.floor(nodes.grid.scrollTop / TILE) - 2), bottom = Math.min(rows, Math.ceil((nodes.grid.scrollTop + nodes.grid.clientHeight) / TILE) + 2);
  const shown = new Map(whole ? [] : [...nodes.all.children].filter(n => n.dataset.index).map(n => [Number(n.dataset.index), n]));
  const wanted = [];
  for (let i = top * columns; i < Math.min(images.length, bottom * columns); i++) wanted.push(shown.get(i) ?? tile(i));
  nodes.all.replaceChildren(...wanted);
  for (const node of wanted) place(node);
  nodes.grid.setAttribute('aria-activedescendant', `t-${at}`);
  if ((bottom + 6) * columns >= images.length) loadMore();
}

function place(node) {
  const i = Number(node.dataset.index);
  node.style.left = `${4 + (i % columns) * tileWidth}px`;
  node.style.width = `${tileWidth - 4}px`;
  node.style.top = `${4 + Math.floor(i / columns) * TILE}px`;
  const is = allSelected || selected.has(images[i].id);
  node.setAttribute('aria-selected', String(is));
  node.querySelector('.pick').textContent = is ? '✓' : '';
  node.classList.toggle('at', i === at);
}

function tile(i) {
  const image = images[i];
  const wrong = image.predicted && image.label && image.predicted !== image.label;
  const property = choices.properties.includes(filter.order) ? `${filter.order} ${Number(image.value.toPrecision(4))}` : image.name;
  const prediction = image.predicted ? `${wrong ? '≠ ' : ''}${image.predicted} ${image.confidence.toFixed(2)}` : '';
  return el('div.tile', { role: 'option', id: `t-${i}`, 'data-index': i, 'data-id': image.id, 'aria-label': `${image.name}: ${image.label ?? 'no label'}${prediction ? `, predicted ${prediction}` : ''}${image.excluded ? ', left out' : ''}`, title: `${image.name}\n${image.width} × ${image.height}${image.excluded ? `\nleft out: ${image.excluded}` : ''}` },
    image.hasPicture ? el('img', { src: imageUrl(image.id, 128), alt: '', loading: 'lazy', draggable: 'false' }) : el('span.gone', {}, 'picture not kept'),
    el('span.pick', { 'aria-hidden': 'true' }),
    el('span', {}, el('div.line', {}, image.excluded ? `⊘ ${image.label ?? 'no label'}` : image.label ?? (image.boxes !== null ? `${image.boxes} boxes` : 'no label')), prediction ? el(`div.line${wrong ? '.wrong' : ''}`, {}, prediction) : null, el('div.line.muted', {}, property)));
}

nodes.grid.addEventListener('scroll', () => lay(), { passive: true });
new ResizeObserver(() => lay()).observe(nodes.grid);

function move(to, extend) {
  at = Math.min(images.length - 1, Math.max(0, to));
  if (extend) for (let i = Math.min(anchor, at); i <= Math.max(anchor, at); i++) selected.add(images[i].id);
  else anchor = at;
  const y = Math.floor(at / columns) * TILE;
  if (y < nodes.grid.scrollTop) nodes.grid.scrollTop = y;
  else if (y + TILE > nodes.grid.scrollTop + nodes.grid.clientHeight) nodes.grid.scrollTop = y + TILE - nodes.grid.clientHeight;
  lay();
  showSelection();
}

function toggle(i) {
  const id = images[i].id;
  if (allSelected) { allSelected = false; for (const x of images) selected.add(x.id); }
  if (!selected.delete(id)) selected.add(id);
  at = anchor = i;
  lay();
  showSelection();
}

nodes.grid.addEventListener('keydown', e => {
  if (!images.length) return;
  const perPage = Math.max(1, Math.floor(nodes.grid.clientHeight / TILE)) * columns;
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, PageUp: -perPage, PageDown: perPage, Home: -Infinity, End: Infinity }[e.key];
  if (step !== undefined) move(at + step, e.shiftKey);
  else if (e.key === 'Enter') open(images[at].id);
  else if (e.key === ' ') toggle(at);
  else if (e.key === 'a' && (e.ctrlKey || e.metaKey)) { allSelected = true; lay(); showSelection(); }
  else if (e.key === 'Escape') clear();
  else return;
  e.preventDefault();
});

// A click shows the history; on the corner, or with Control or Shift, it selects; a drag from between or over tiles selects by rubber band.
let band = null;
nodes.grid.addEventListener('pointerdown', e => {
  if (e.button !== 0 || e.pointerType === 'touch') return;
  const r = nodes.all.getBoundingClientRect();
  if (e.clientX > nodes.grid.getBoundingClientRect().left + nodes.grid.clientWidth) return; // the scroll bar
  band = { x: e.clientX - r.left, y: e.clientY - r.top, node: null, before: new Set(e.ctrlKey || e.shiftKey ? selected : []) };
});
window.addEventListener('pointermove', e => {
  if (!band) return;
  const r = nodes.all.getBoundingClientRect(), x = e.clientX - r.left, y = e.clientY - r.top;
  if (!band.node) {
    if (Math.hypot(x - band.x, y - band.y) < 8) return;
    band.node = el('div.band', {});
    nodes.grid.append(band.node);
    allSelected = false;
  }
  const [x0, x1, y0, y1] = [Math.min(x, band.x), Math.max(x, band.x), Math.min(y, band.y), Math.max(y, band.y)];
  Object.assign(band.node.style, { left: `${x0}px`, top: `${y0}px`, width: `${x1 - x0}px`, height: `${y1 - y0}px` });
  selected.clear();
  for (const id of band.before) selected.add(id);
  for (let row = Math.max(0, Math.floor((y0 - 4) / TILE)); row <= Math.floor((y1 - 4) / TILE); row++)
    for (let c = Math.max(0, Math.floor((x0 - 4) / tileWidth)); c <= Math.min(columns - 1, Math.floor((x1 - 4) / tileWidth)); c++) if (images[row * columns + c]) selected.add(images[row * columns + c].id);
  lay();
  showSelection();
});
window.addEventListener('pointerup', () => {
  if (!band) return;
  const dragged = band.node;
  band.node?.remove();
  band = null;
  if (dragged) nodes.grid.addEventListener('click', e => e.stopImmediatePropagation(), { capture: true, once: true });
});
nodes.grid.addEventListener('click', e => {
  const node = e.target.closest('.tile');
  if (!node) return;
  const i = Number(node.dataset.index);
  nodes.grid.focus({ preventScroll: true });
  if (e.shiftKey) move(i, true);
  else if (e.ctrlKey || e.metaKey || e.target.closest('.pick')) toggle(i);
  else { at = anchor = i; lay(); open(images[i].id); }
});

// ---- one image

async function open(id) {
  let h;
  try { h = await api(`/studio/explore/images/${id}`); } catch (fault) { showFault(fault); return; }
  const image = h.image;
  const facts = [['Name', image.name], ['Id', image.id.slice(0, 12)], ['Label', image.label ? `${image.label} (${image.provenance})` : 'none'], ['Boxes', image.boxes ? `${image.boxes.length} (${h.boxesProvenance})` : 'nobody has said'],
    image.excluded ? ['Left out', image.excluded] : null, ['Datasets', h.datasets.map(d => d.split === 'none' ? d.name : `${d.name} (${d.split})`).join(', ') || 'none'], ['Files', h.sources.join('\n') || 'not kept'],
    ...h.queues.map(q => [`Queue ${q.name}`, `${q.state}${q.by ? ` by ${q.by}` : ''}${q.note ? `: ${q.note}` : ''}`]),
    ...h.tags.map(t => [t.name, t.value]), ...h.properties.map(p => [p.name, String(Number(p.value.toPrecision(4)))])].filter(f => f);
  const scores = h.predictions[0];
  await dialog(`History of ${image.name}`, () => el('div.image-dialog', {},
    el('div', {}, picture(image, image.boxes), el('dl', {}, ...facts.flatMap(([k, v]) => [el('dt', {}, k), el('dd', {}, v)])),
      scores ? el('table', {}, el('caption.small.muted', {}, 'Newest prediction'), ...scores.scores.map(s => el('tr', {}, el('th', { scope: 'row' }, s.label), el('td.num', {}, percent(s.value))))) : null),
    el('div', {}, el('h3', {}, `What happened to it (${h.events.length})`), h.events.length ? el('ol.timeline', { tabindex: '0', 'aria-label': 'History, newest first' }, ...h.events.map(v => el('li', {},
      el('div.row', {}, el('span.kind', {}, v.kind), el('span.small.muted', {}, when(v.time)), v.sequence ? el('span.small.muted', {}, `entry ${v.sequence}`) : null),
      el('div', {}, v.text, v.who ? el('span.muted', {}, ` · ${v.who}`) : null), v.detail ? el('div.small.muted', {}, v.detail) : null))) : el('p.muted', {}, 'Nothing is recorded yet.'))), { wide: true });
  nodes.grid.focus({ preventScroll: true });
}

// ---- what is done with a selection

const chosen = () => allSelected ? count : selected.size;
const chosenFilter = () => allSelected ? asked() : { ids: [...selected], excluded: 'also' };

function clear() {
  selected.clear();
  allSelected = false;
  lay();
  showSelection();
}

function showSelection() {
  const n = chosen();
  nodes.selection.hidden = !n && !last;
  if (nodes.selection.hidden) return;
  const act = (id, text, work) => el('button', { type: 'button', id, onclick: work }, text);
  replace(nodes.selection, el('strong', { id: 'selected', role: 'status' }, n ? `${number(n)} selected` : 'Nothing selected'),
    n ? [allSelected || n >= count ? null : act('select-all', `Select all ${number(count)}`, () => { allSelected = true; lay(); showSelection(); }), act('new-queue', 'New queue…', makeQueue), act('set-label', 'Label…', setLabel), act('leave-out', 'Leave out…', leaveOut), act('take-in', 'Take in again', () => annotate('include', null)), act('clear', 'Clear', clear)] : null,
    last ? act('undo-last', `Undo: ${last.text}`, undoLast) : null);
}

async function annotate(action, value) {
  const n = chosen();
  try {
    const answer = await api('/studio/explore/annotations', { method: 'POST', body: { filter: chosenFilter(), action, value }, timeout: 120000 });
    const text = { label: `label “${value}”`, withdraw: 'no label', exclude: `left out (${value})`, include: 'taken in again' }[action];
    last = answer.changed ? { text: `${text}, ${number(answer.changed)}`, sequences: answer.sequences } : last;
    toast(`${number(answer.changed)} of ${number(n)} images changed: ${text}.`, { kind: 'ok' });
    await load();
    showSelection();
  } catch (fault) { showFault(fault); }
}

async function undoLast() {
  try {
    await api('/studio/explore/undo', { method: 'POST', body: { sequences: last.sequences }, timeout: 120000 });
    toast(`Taken back: ${last.text}`, { kind: 'ok' });
    last = null;
    await load();
  } catch (fault) { showFault(fault); }
}

async function setLabel() {
  const n = chosen();
  const set = choices.datasets.find(d => d.name === filter.dataset);
  const value = await dialog(`Label ${number(n)} image${n === 1 ? '' : 's'}`, close => {
    const input = el('input', { id: 'label-value', list: 'labels', maxlength: 200, autocomplete: 'off', autofocus: true });
    return el('form', { onsubmit: e => { e.preventDefault(); if (input.value.trim()) close({ action: 'label', value: input.value.trim() }); } },
      field('Label', input), el('datalist', { id: 'labels' }, ...(set ? set.labels : choices.labels).map(l => el('option', { value: l }))), el('p.small.muted', {}, 'It stands in the ledger as yours and can be taken back.'),
      el('div.buttons', {}, el('button', { type: 'button', onclick: () => close({ action: 'withdraw' }) }, 'Take labels away'), el('button.primary', { type: 'submit' }, 'Label')));
  });
  if (value) await annotate(value.action, value.value ?? null);
}

async function leaveOut() {
  const n = chosen();
  const reason = await dialog(`Leave ${number(n)} image${n === 1 ? '' : 's'} out of their datasets`, close => {
    const input = el('input', { id: 'reason', maxlength: 200, autocomplete: 'off', autofocus: true, placeholder: 'blurred, not an eye, …' });
    return el('form', { onsubmit: e => { e.preventDefault(); if (input.value.trim()) close(input.value.trim()); } }, field('Why', input), el('div.buttons', {}, el('button.primary', { type: 'submit' }, 'Leave out')));
  });
  if (reason) await annotate('exclude', reason);
}

async function makeQueue() {
  const n = chosen();
  const body = await dialog(`New queue of ${number(n)} image${n === 1 ? '' : 's'}`, close => {
    const name = el('input', { id: 'q-name', maxlength: 100, autocomplete: 'off', autofocus: true, required: true });
    const part = el('select', { id: 'q-part' }, el('option', { value: 'label' }, 'a label'), el('option', { value: 'boxes' }, 'boxes'));
    const labels = el('input', { id: 'q-labels', autocomplete: 'off', placeholder: 'those of their datasets' });
    const votes = el('input', { id: 'q-votes', type: 'number', min: 1, max: 20, '.value': '1' });
    return el('form', { onsubmit: e => { e.preventDefault(); close({ name: name.value.trim(), part: part.value, labels: labels.value.split(',').map(l => l.trim()).filter(l => l), votes: Number(votes.value) || 1 }); } },
      field('Name', name), field('People say', part), field('Labels, with commas', labels), field('People for each image', votes), el('div.buttons', {}, el('button.primary', { type: 'submit', id: 'q-make' }, 'Make the queue')));
  });
  if (!body) return;
  try {
    const made = await api('/studio/explore/queues', { method: 'POST', body: { filter: chosenFilter(), ...body }, timeout: 120000 });
    const note = toast(`The queue “${made.name}” has ${number(made.images)} images.`, { kind: 'ok', seconds: 15 });
    note.querySelector('div').append(' ', el('a', { href: `/studio/label?queue=${encodeURIComponent(made.name)}` }, 'Label them'));
    clear();
  } catch (fault) { showFault(fault); }
}

// ---- the map

const map = new EmbeddingMap({
  models: choices.models,
  model: choices.models.find(m => m.id === filter.model) ?? choices.models.find(m => m.aliases.includes('production')) ?? choices.models[0],
  choose: ids => {
    if (ids.length > MOST_IDS) { toast(`${number(ids.length)} are more than ${number(MOST_IDS)}.`, { kind: 'bad' }); return; }
    filter.ids = ids;
    view = 'grid';
    build();
    showSide();
    load();
  },
  open,
});

document.addEventListener('keydown', e => {
  if (isTyping(e) || document.querySelector('dialog[open]') || e.ctrlKey || e.altKey || e.metaKey) return;
  if (e.key === '/') { sideBox.open = true; document.getElementById('f-properties')?.focus(); e.preventDefault(); }
});

showSide();
build();
await load();
if (query.get('image')) open(query.get('image'));
document.documentElement.dataset.ready = 'explore';
