// The review page: suggestions one by one, old beside new, decided by key; and many at once behind a sample.
import { api, imageUrl, user } from './api.js';
import { announce, ask, dialog, el, number, percent, replace, showFault, start, toast } from './shell.js';
import { figureText, field, isTyping, picture, stateChip } from './parts.js';

const session = await start({ page: 'review', title: 'Review' });
const main = document.getElementById('main');
const STATES = ['open', 'accepted', 'rejected', 'edited', 'stale'];
const PAGE = 100;
const DONE = 'flywheel.review.done';

const query = new URLSearchParams(location.search);
const filter = { reasons: query.getAll('reason'), status: query.get('status') || 'open', dataset: query.get('dataset') || '', min: Number(query.get('min')) || 0, audit: query.get('audit') || '' };
let items = [], at = 0, total = 0, labels = [], boxLabels = [], more = false, loading = false, editing = null, audit = null, reasons = [], datasets = [];
let saving = Promise.resolve(), unsaved = 0;
const done = JSON.parse(sessionStorage.getItem(DONE) || '[]');

const nodes = {
  reasons: el('div.row', { role: 'group', 'aria-label': 'Reasons' }),
  filters: el('div.row.filters', {}),
  audit: el('section.panel.audit', { 'aria-label': 'Sample before bulk acceptance', hidden: true }),
  list: el('ol.strip', { role: 'listbox', 'aria-label': 'Suggestions', tabindex: '0' }),
  card: el('section.card.panel', { 'aria-label': 'Suggestion' }),
  statistics: el('details.panel', {}),
};
replace(main, el('div.review', {},
  el('div.head', {}, el('h1', {}, 'Review'), nodes.reasons, nodes.filters), nodes.audit,
  el('div.work', {}, nodes.list, nodes.card), nodes.statistics));

// ---- what is asked

function address() {
  const q = new URLSearchParams();
  if (filter.audit) q.set('audit', filter.audit);
  else {
    for (const r of filter.reasons) q.append('reason', r);
    if (filter.status !== 'open') q.set('status', filter.status);
    if (filter.dataset) q.set('dataset', filter.dataset);
    if (filter.min > 0) q.set('min', filter.min);
  }
  return q;
}

function remember() {
  const q = address();
  const who = new URLSearchParams(location.search).get('who');
  if (who) q.set('who', who);
  history.replaceState(null, '', `${location.pathname}${q.size ? `?${q}` : ''}`);
}

function listUrl(after) {
  const q = address();
  if (!filter.audit && filter.status === 'all') { q.delete('status'); for (const s of STATES) q.append('status', s); }
  q.set('size', PAGE);
  if (after) q.set('after', after);
  return `/studio/suggestions?${q}`;
}

async function load() {
  try {
    remember();
    await saving;
    const answer = await api(listUrl());
    items = answer.items;
    total = answer.total;
    labels = answer.labels;
    boxLabels = answer.boxLabels;
    more = !filter.audit && items.length === PAGE;
    at = Math.max(0, items.findIndex(i => i.suggestion.status === 'open'));
    editing = null;
    await Promise.all([loadReasons(), loadAudit()]);
    show();
  } catch (fault) { showFault(fault); }
}

async function loadMore() {
  if (!more || loading || !items.length) return;
  loading = true;
  try {
    const answer = await api(listUrl(items.at(-1).suggestion.id));
    const known = new Set(items.map(i => i.suggestion.id));
    items.push(...answer.items.filter(i => !known.has(i.suggestion.id)));
    labels = [...new Set([...labels, ...answer.labels])].sort();
    boxLabels = [...new Set([...boxLabels, ...answer.boxLabels])].sort();
    more = answer.items.length === PAGE;
    showList();
  } catch (fault) { showFault(fault); } finally { loading = false; }
}

async function loadReasons() {
  const answer = await api(`/studio/suggestions/reasons${filter.dataset ? `?dataset=${encodeURIComponent(filter.dataset)}` : ''}`);
  ({ reasons, datasets } = answer);
  showFilters();
  showStatistics();
}

async function loadAudit() {
  audit = filter.audit ? await api(`/studio/audits/${encodeURIComponent(filter.audit)}`) : null;
  showAudit();
}

// ---- filters

function showFilters() {
  nodes.reasons.hidden = nodes.filters.hidden = !!filter.audit;
  if (filter.audit) return;
  replace(nodes.reasons, ...reasons.map(r => el('button', {
    type: 'button', 'aria-pressed': String(filter.reasons.includes(r.reason)), 'data-reason': r.reason,
    onclick: () => { filter.reasons = filter.reasons.includes(r.reason) ? filter.reasons.filter(x => x !== r.reason) : [...filter.reasons, r.reason]; load(); },
  }, r.reason, ' ', el('span.count', { 'aria-label': `${r.open} open` }, number(r.open)))));
  if (nodes.filters.contains(document.activeElement)) return;
  const status = el('select', { id: 'status', onchange: e => { filter.status = e.target.value; load(); } }, ...[...STATES, 'all'].map(s => el('option', { value: s, selected: s === filter.status }, s)));
  const dataset = el('select', { id: 'dataset', onchange: e => { filter.dataset = e.target.value; load(); } }, el('option', { value: '' }, 'all'), ...datasets.map(d => el('option', { value: d, selected: d === filter.dataset }, d)));
  const min = el('input', { id: 'min', type: 'number', min: 0, max: 1, step: 0.05, '.value': String(filter.min), onchange: e => { filter.min = Math.min(1, Math.max(0, Number(e.target.value) || 0)); load(); } });
  replace(nodes.filters, field('Status', status), field('Dataset', dataset), field('Score from', min),
    el('button', { type: 'button', id: 'bulk', onclick: bulk, title: 'Accept many at once, after a random sample of them was looked at' }, 'Accept many…'));
}

function showStatistics() {
  const open = nodes.statistics.open;
  replace(nodes.statistics, el('summary', {}, 'Acceptance by reason'),
    reasons.length ? el('div.scroll', {}, el('table', {}, el('caption.small.muted', {}, 'Share accepted as proposed, of those looked at one by one, with 95 % interval (Wilson). Those accepted in bulk do not count.'),
      el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'Reason'), ...['Open', 'Stale', 'Accepted', 'Rejected', 'Edited', 'In bulk'].map(h => el('th.num', { scope: 'col' }, h)), el('th', { scope: 'col' }, 'Accepted share'))),
      el('tbody', {}, ...reasons.map(r => el('tr', { 'data-reason': r.reason }, el('th', { scope: 'row' }, r.reason), ...[r.open, r.stale, r.accepted, r.rejected, r.edited, r.bulk].map(n => el('td.num', {}, number(n))),
        el('td', {}, r.acceptance.n ? figureText(r.acceptance) : 'nobody has looked yet')))))) : el('p.muted', {}, 'No suggestion yet.'));
  nodes.statistics.open = open;
}

// ---- the list

const title = i => i.image.name;
function proposal(s) {
  if (s.part === 'boxes') return `${s.oldBoxes?.length ?? 0} → ${s.newBoxes?.length ?? 0} boxes`;
  if (s.part === 'exclusion') return `leave out: ${s.newExclusion}`;
  return `${s.oldLabel ?? 'no label'} → ${s.newLabel ?? 'no label'}`;
}

function showList() {
  const from = Math.max(0, at - 40), to = Math.min(items.length, at + 60);
  replace(nodes.list, ...items.slice(from, to).map((item, k) => {
    const s = item.suggestion, chosen = from + k === at;
    return el('li', { role: 'option', id: `s-${s.id}`, 'aria-selected': String(chosen), 'aria-label': `${title(item)}: ${proposal(s)}, ${s.status}`, class: chosen ? 'chosen' : null, onclick: () => go(from + k) },
      el('img', { src: imageUrl(item.image.id, 64), alt: '', loading: 'lazy', width: 48, height: 48 }),
      el('span.what', {}, el('span.name', {}, title(item)), el('span.small', {}, proposal(s))), stateChip(s.status, true));
  }));
  const chosen = nodes.list.querySelector('.chosen');
  if (chosen) {
    nodes.list.setAttribute('aria-activedescendant', chosen.id);
    const r = chosen.getBoundingClientRect(), l = nodes.list.getBoundingClientRect();
    if (r.top < l.top || r.bottom > l.bottom) nodes.list.scrollTop += r.top - l.top - l.height / 3;
    if (r.left < l.left || r.right > l.right) nodes.list.scrollLeft += r.left - l.left - l.width / 3;
  }
}

// ---- the card

function show() {
  showList();
  showCard();
  if (items.length - at < 15) loadMore();
  for (const next of items.slice(at + 1, at + 4)) new Image().src = imageUrl(next.image.id);
}

function go(index) {
  if (editing) return;
  at = Math.min(items.length - 1, Math.max(0, index));
  show();
  const item = items[at];
  if (item) announce(`${at + 1} of ${filter.audit ? items.length : total}: ${title(item)}, ${proposal(item.suggestion)}`);
}

const key = (letter, text) => [el('kbd', { 'aria-hidden': 'true' }, letter), ' ', text];

function pane(heading, image, { boxes = null, against = null, isNew = false, caption = '' } = {}) {
  return el(`figure.pane${isNew ? '.new' : ''}`, {}, el('figcaption', {}, el('strong', {}, heading), caption ? el('span.small', {}, caption) : null), picture(image, boxes, against, isNew));
}

function showCard() {
  const item = items[at];
  if (!item) {
    replace(nodes.card, el('div.empty', {}, el('h2', {}, reasons.length ? 'Nothing here' : 'No suggestion yet'),
      reasons.length ? el('p', {}, 'No suggestion matches these filters.') : [el('p', {}, 'Detectors and the assistant propose changes; they wait here for your verdict.'), el('pre', {}, "Find-FlywheelLabelError -Dataset eyes\nTest-FlywheelDataset eyes")]));
    return;
  }
  const s = item.suggestion, open = s.status === 'open';
  let panes, change;
  if (s.part === 'boxes') {
    panes = [pane('Now', item.image, { boxes: s.oldBoxes ?? [], against: s.newBoxes ?? [], caption: s.oldBoxes ? `${s.oldBoxes.length} boxes` : 'nothing said' }), pane('Proposed', item.image, { boxes: s.newBoxes ?? [], against: s.oldBoxes ?? [], isNew: true, caption: `${s.newBoxes?.length ?? 0} boxes` })];
    change = null;
  } else if (item.related) {
    panes = [pane(s.part === 'exclusion' ? 'Leave out' : 'This image', item.image, { caption: `${item.image.name} · ${item.image.label ?? 'no label'}` }), pane(s.part === 'exclusion' ? 'Keep' : 'Beside it', item.related, { isNew: true, caption: `${item.related.name} · ${item.related.label ?? 'no label'}` })];
  } else panes = [pane('Image', item.image, { boxes: item.image.boxes, caption: item.image.name })];
  if (s.part !== 'boxes') {
    change = el('p.change', {}, el('span.sr', {}, 'Proposed change: '), el('span.old', {}, s.part === 'exclusion' ? 'in its datasets' : s.oldLabel ?? 'no label'), el('span', { 'aria-hidden': 'true' }, ' → '), el('span.sr', {}, ' to '),
      el('span.new', {}, s.part === 'exclusion' ? `left out: ${s.newExclusion}` : s.newLabel ?? 'no label'));
  }
  const verdict = s.status === 'edited' ? ` as ${s.part === 'boxes' ? `${s.editedBoxes?.length ?? 0} boxes` : s.editedLabel ?? 'no label'}` : '';
  const actions = editing === null ? el('div.actions', {},
    el('button.primary', { type: 'button', id: 'accept', disabled: !open, onclick: () => decide('accepted') }, key('A', 'Accept')),
    el('button', { type: 'button', id: 'reject', disabled: !open && s.status !== 'stale', onclick: () => decide('rejected') }, key('R', 'Reject')),
    s.part === 'exclusion' ? null : el('button', { type: 'button', id: 'edit', disabled: !open, onclick: edit }, key('E', 'Edit')),
    el('button', { type: 'button', id: 'undo', onclick: undo }, key('U', 'Undo')),
    el('span.space', {}),
    el('button.plain', { type: 'button', 'aria-label': 'Previous suggestion', disabled: at === 0, onclick: () => go(at - 1) }, '←'),
    el('span.small.muted', { id: 'place' }, `${number(at + 1)} of ${number(filter.audit ? items.length : Math.max(total, items.length))}`),
    el('button.plain', { type: 'button', 'aria-label': 'Next suggestion', disabled: at >= items.length - 1, onclick: () => go(at + 1) }, '→')) : editor(item);
  replace(nodes.card,
    el('header', {}, stateChip(s.status), el('span.chip', {}, s.reason), el('span.small', { title: 'How sure the proposal is, 0 to 1' }, `score ${s.score.toFixed(2)}`), s.dataset ? el('span.small.muted', {}, s.dataset) : null,
      el('span.space', {}), el('a.small', { href: `/studio/explore?image=${item.image.id}` }, 'History')),
    s.text ? el('p.why', {}, s.text) : null,
    s.status === 'stale' ? el('p.banner.warn', { role: 'note' }, `Stale: it would change “${s.part === 'boxes' ? 'the boxes' : s.oldLabel ?? 'no label'}”, which the image no longer has${s.part === 'label' ? ` (it is “${item.image.label ?? 'no label'}” now)` : ''}. It can only be rejected.` ) : null,
    s.decidedBy && !open && s.status !== 'stale' ? el('p.small.muted', {}, `${s.status}${verdict} by ${s.decidedBy}, ${new Date(s.decidedAt).toLocaleString()}`) : null,
    item.unsaved ? el('p.banner.warn', {}, 'Not saved yet.') : null,
    change, el(`div.panes.n${panes.length}`, {}, ...panes), actions);
}

// ---- verdicts: one after the other, each saved before the next is sent

function push(work) {
  main.dataset.unsaved = ++unsaved;
  saving = saving.then(async () => {
    for (;;) {
      try { return await work(); } catch (fault) {
        if (!fault.offline) { showFault(fault); return null; }
        toast(fault.message, { kind: 'bad', action: 'Your verdict is kept here and sent again.', seconds: 3 });
        await new Promise(r => setTimeout(r, 2000));
      }
    }
  }).finally(() => { main.dataset.unsaved = --unsaved; });
  return saving;
}
window.addEventListener('beforeunload', e => { if (unsaved) e.preventDefault(); });

function take(changed) {
  for (const item of changed) {
    const index = items.findIndex(i => i.suggestion.id === item.suggestion.id);
    if (index >= 0) items[index] = item;
  }
}

function decide(status, extra = {}) {
  const item = items[at];
  if (!item || item.unsaved) return;
  const s = item.suggestion;
  if (s.status === 'stale' ? status !== 'rejected' : s.status !== 'open') {
    toast(s.status === 'stale' ? 'A stale suggestion can only be rejected.' : `This suggestion is ${s.status} already.`, { action: s.status === 'stale' ? '' : 'Press U to take the verdict back.' });
    return;
  }
  const id = s.id;
  items[at] = { ...item, unsaved: true, suggestion: { ...s, status } };
  editing = null;
  announce(`${status}: ${title(item)}`);
  const next = items.findIndex((i, k) => k > at && i.suggestion.status === 'open');
  const back = next < 0 ? items.findIndex(i => i.suggestion.status === 'open') : next;
  if (back >= 0) at = back;
  show();
  push(async () => {
    try {
      const answer = await api('/studio/suggestions/verdicts', { method: 'POST', body: { verdicts: [{ id, status, ...extra }] } });
      take(answer.items);
    } catch (fault) {
      if (fault.offline) throw fault;
      // The acknowledgement of the same verdict may have been lost, or somebody was faster: show what is.
      const now = await api(`/studio/suggestions?id=${id}&${STATES.map(x => `status=${x}`).join('&')}`);
      take(now.items);
      const is = now.items[0]?.suggestion;
      if (!(is && is.status === status && is.decidedBy === (session.who || user.name))) {
        at = Math.max(0, items.findIndex(i => i.suggestion.id === id));
        show();
        throw fault;
      }
    }
    done.push(id);
    sessionStorage.setItem(DONE, JSON.stringify(done.slice(-500)));
    await after();
  });
}

async function after() {
  if (filter.audit) await loadAudit();
  await loadReasons();
  showList();
  showCard2();
}

/** Redraws the card unless somebody is in the middle of an edit. */
function showCard2() { if (editing === null) { const focus = document.activeElement?.id; showCard(); if (focus) document.getElementById(focus)?.focus(); } }

function undo() {
  if (editing) return;
  push(async () => {
    const shown = items[at]?.suggestion;
    const mine = session.who || user.name;
    let ids = null;
    if (done.length) ids = [done.at(-1)];
    else if (shown && ['accepted', 'rejected', 'edited'].includes(shown.status) && shown.decidedBy === mine && filter.status !== 'open') ids = [shown.id];
    let answer;
    try {
      answer = await api('/studio/suggestions/undo', { method: 'POST', body: ids ? { ids } : {} });
    } catch (fault) {
      // It was taken back elsewhere, or something stands on it: the next press reaches for the one before.
      if (ids && done.length && !fault.offline) { done.pop(); sessionStorage.setItem(DONE, JSON.stringify(done)); }
      throw fault;
    }
    if (ids && done.length) { done.pop(); sessionStorage.setItem(DONE, JSON.stringify(done)); }
    for (const item of answer.items) {
      const index = items.findIndex(i => i.suggestion.id === item.suggestion.id);
      if (index >= 0) { items[index] = item; at = index; } else { items.splice(at, 0, item); total++; }
    }
    announce(`Taken back: ${title(answer.items[0])}`, true);
    toast(`Taken back: ${title(answer.items[0])}`, { kind: 'ok', seconds: 3 });
    await after();
    show();
  });
}

// ---- editing

async function edit() {
  const item = items[at];
  if (!item || item.suggestion.status !== 'open' || item.suggestion.part === 'exclusion') return;
  if (item.suggestion.part === 'boxes') return editBoxes(item);
  editing = { kind: 'label' };
  showCard();
  nodes.card.querySelector('.editor button')?.focus();
  announce('Choose a label by its number. Escape leaves.');
}

function editor(item) {
  if (editing.kind === 'boxes') return el('div.editor', {});
  return el('div.editor', { role: 'group', 'aria-label': 'Choose a label' },
    ...labels.slice(0, 9).map((l, i) => el('button', { type: 'button', 'data-label': l, onclick: () => choose(l) }, key(String(i + 1), l))),
    ...labels.slice(9).map(l => el('button', { type: 'button', 'data-label': l, onclick: () => choose(l) }, l)),
    el('button', { type: 'button', onclick: other }, key('0', 'Another…')),
    el('button.plain', { type: 'button', onclick: leave }, key('Esc', 'Cancel')));
}

function choose(label) {
  const s = items[at].suggestion;
  if (label === s.newLabel) decide('accepted');
  else if (label === s.oldLabel) decide('rejected');
  else decide('edited', { label });
}

async function other() {
  const label = await ask('Another label', { label: 'Label', button: 'Use it' });
  if (label) choose(label);
}

function leave() {
  editing = null;
  showCard();
  document.getElementById('edit')?.focus();
}

async function editBoxes(item) {
  const s = item.suggestion;
  const [{ Viewer }, { BoxEditor }] = await Promise.all([import('./viewer.js'), import('./boxes.js')]);
  const result = await dialog('Edit boxes', close => {
    const stage = el('div.stage', { tabindex: '0', 'aria-label': 'Picture with boxes. Drag to draw; arrows move the chosen box; Delete removes it; numbers set its label; Tab goes on.' });
    const pick = el('div.row', { role: 'group', 'aria-label': 'Label of the chosen box' });
    setTimeout(async () => {
      const viewer = new Viewer(stage), boxes = new BoxEditor(stage, viewer);
      const paint = () => replace(pick, ...boxLabels.slice(0, 9).map((l, i) => el('button', { type: 'button', 'aria-pressed': String((boxes.current?.label ?? boxes.label) === l), onclick: () => { boxes.relabel(l); stage.focus(); } }, key(String(i + 1), l))));
      Object.assign(boxes, { labels: boxLabels, label: boxLabels[0], enabled: true });
      boxes.addEventListener('change', paint);
      await viewer.show({ imageId: item.image.id, name: item.image.name, width: item.image.width, height: item.image.height });
      boxes.set(s.newBoxes ?? []);
      paint();
      stage.editor = boxes;
      stage.focus();
      stage.addEventListener('keydown', e => {
        const step = e.shiftKey ? 10 : 1;
        const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
        if (moves[e.key]) boxes.nudge(...moves[e.key], e.ctrlKey);
        else if (e.key === 'Delete' || e.key === 'Backspace') boxes.remove();
        else if (e.key === 'Tab' && boxes.cycle(e.shiftKey ? -1 : 1)) { /* on to the next box */ } else if (/^[1-9]$/.test(e.key) && boxLabels[e.key - 1]) boxes.relabel(boxLabels[e.key - 1]);
        else if (e.key === 'z' && (e.ctrlKey || e.metaKey)) boxes.undo();
        else if (e.key === 'Enter') close(boxes.result);
        else return;
        e.preventDefault();
      });
    });
    return el('div.boxes-dialog', {}, stage, pick, el('div.buttons', {}, el('button', { type: 'button', onclick: () => close(null) }, 'Cancel'), el('button.primary', { type: 'button', id: 'save-boxes', onclick: () => close(stage.editor?.result ?? null) }, key('Enter', 'Save these boxes'))));
  }, { wide: true });
  if (result) decide('edited', { boxes: result });
}

// ---- many at once

async function bulk() {
  const request = await dialog('Accept many at once', close => {
    const score = el('input', { id: 'b-score', type: 'number', min: 0, max: 1, step: 0.01, '.value': String(filter.min || 0.9), required: true });
    const target = el('input', { id: 'b-target', type: 'number', min: 0, max: 100, step: 0.1, '.value': '95', required: true });
    const bound = el('input', { id: 'b-bound', type: 'number', min: 1, max: 99.8, step: 0.1, '.value': '', placeholder: 'not asked for' });
    const sample = el('input', { id: 'b-sample', type: 'number', min: 1, max: 5000, step: 1, '.value': '', placeholder: 'as many as needed' });
    const seed = el('input', { id: 'b-seed', type: 'number', step: 1, '.value': '1', required: true });
    const told = el('p.small', { role: 'status' });
    const count = async () => {
      try {
        const q = address();
        q.delete('status'); q.set('min', score.value || 0); q.set('size', 1);
        told.textContent = `${number((await api(`/studio/suggestions?${q}`)).total)} open suggestions have that score${filter.reasons.length ? ` (${filter.reasons.join(', ')})` : ''}.`;
      } catch (fault) { told.textContent = fault.message; }
    };
    score.addEventListener('input', count);
    count();
    return el('form', { onsubmit: e => {
      e.preventDefault();
      close({ reasons: filter.reasons, dataset: filter.dataset || null, minScore: Number(score.value), target: Number(target.value) / 100, bound: bound.value ? Number(bound.value) / 100 : null, sample: sample.value ? Number(sample.value) : null, seed: Number(seed.value) || 0 });
    } },
    el('p', {}, 'A random sample of the suggestions with at least this score is drawn. You look at each of the sample; if enough of them are right, the rest can be accepted together, and taken back together.'),
    field('Score from', score), told, field('Accepted in the sample, at least (%)', target), field('Lower bound with 95 % confidence, at least (%)', bound), field('Size of the sample', sample), field('Seed', seed),
    el('div.buttons', {}, el('button.primary', { type: 'submit', id: 'draw' }, 'Draw the sample')));
  });
  if (!request) return;
  try {
    const made = await api('/studio/audits', { method: 'POST', body: request });
    filter.audit = made.id;
    await load();
    nodes.audit.querySelector('h2')?.focus();
  } catch (fault) { showFault(fault); }
}

function showAudit() {
  nodes.audit.hidden = !audit;
  if (!audit) return;
  const a = audit;
  const busy = (label, path, said) => async e => {
    e.target.disabled = true;
    try {
      await saving;
      audit = await api(`/studio/audits/${encodeURIComponent(a.id)}/${path}`, { method: 'POST', body: {}, timeout: 300000 });
      toast(said(audit), { kind: 'ok' });
      await load();
    } catch (fault) { showFault(fault); e.target.disabled = false; }
  };
  replace(nodes.audit,
    el('div.row', {}, el('h2', { tabindex: '-1' }, 'Sample'), el(`span.chip.${{ inReview: 'warn', passed: 'ok', failed: 'bad' }[a.state]}`, { id: 'audit-state' }, { inReview: '… in review', passed: '✓ passed', failed: '✗ not enough' }[a.state]),
      el('progress', { max: a.sample, value: a.reviewed, 'aria-label': `${a.reviewed} of ${a.sample} decided` }), el('span.small', {}, `${a.reviewed} of ${a.sample}`), el('span.space', {}),
      el('button', { type: 'button', id: 'leave-audit', onclick: () => { filter.audit = ''; load(); } }, 'Back to all suggestions')),
    el('p', { id: 'audit-text' }, a.text),
    el('p.small.muted', {}, `Asked for: ${percent(a.target)} accepted${a.bound ? `, lower bound ${percent(a.bound)}` : ', no lower bound'}. Score from ${a.minScore}, ${a.reasons.length ? a.reasons.join(', ') : 'any reason'}${a.dataset ? `, ${a.dataset}` : ''}; ${number(a.population)} suggestions, seed ${a.seed}, drawn by ${a.author}. Bound: Clopper–Pearson, one-sided.`
      + (a.earlier ? ` ${a.earlier} earlier sample${a.earlier > 1 ? 's' : ''} of the same: every further one is another chance to pass by luck.` : '')),
    el('div.row', {},
      a.state === 'passed' && a.remaining ? el('button.primary', { type: 'button', id: 'accept-rest', onclick: busy('accept', 'accept', r => `${number(r.bulkAccepted)} accepted together.`) }, `Accept the other ${number(a.remaining)}`) : null,
      a.bulkAccepted ? [el('span', { id: 'bulk-done' }, `✓ ${number(a.bulkAccepted)} accepted together, ${new Date(a.bulkTime).toLocaleString()}.`), el('button', { type: 'button', id: 'undo-rest', onclick: busy('undo', 'undo', () => 'All of them taken back.') }, `Take all ${number(a.bulkAccepted)} back`)] : null));
}

// ---- keys

document.addEventListener('keydown', e => {
  if (isTyping(e) || e.altKey || e.ctrlKey || e.metaKey || document.querySelector('dialog[open]')) return;
  const k = e.key.length === 1 ? e.key.toLowerCase() : e.key;
  if (editing) {
    if (k === 'Escape') leave();
    else if (k === '0') other();
    else if (/^[1-9]$/.test(k)) { const label = labels[k - 1]; if (label !== undefined) choose(label); } else return;
    e.preventDefault();
    return;
  }
  const move = { ArrowRight: 1, ArrowDown: 1, j: 1, ArrowLeft: -1, ArrowUp: -1, k: -1 }[k];
  if (move) go(at + move);
  else if (k === 'Home') go(0);
  else if (k === 'a') decide('accepted');
  else if (k === 'r') decide('rejected');
  else if (k === 'e') edit();
  else if (k === 'u') undo();
  else return;
  e.preventDefault();
});

await load();
document.documentElement.dataset.ready = 'review';
