// The label page: the list of queues, or the work on one of them.
import { api, newId } from './api.js';
import { BoxEditor } from './boxes.js';
import { Grid } from './grid.js';
import { Outbox } from './outbox.js';
import { picture } from './pictures.js';
import { announce, ask, dialog, el, number, percent, replace, showFault, start, toast } from './shell.js';
import { Viewer } from './viewer.js';

const AHEAD = 12; // images held ready; few, so that the assistant's order counts
const LOW = 8;
const GRID = 60;
const BEAT = 30000; // milliseconds between renewals of what is held
const LOOK = 4000; // between questions to the assistant

const session = await start({ page: 'label', title: 'Label' });
const main = document.getElementById('main');
const asked = new URLSearchParams(location.search).get('queue');
try {
  if (asked) await work(asked);
  else await list();
} catch (fault) {
  showFault(fault);
  replace(main, el('div.empty', {}, el('h1', {}, 'This cannot be shown'), el('p', {}, fault.message), fault.action ? el('p.muted', {}, fault.action) : null, el('p', {}, el('a', { href: '/studio/label' }, 'All queues'))));
}

async function list() {
  const { queues } = await api('/studio/queues');
  if (!queues.length) {
    replace(main, el('div.empty', {}, el('h1', {}, 'No queue yet'), el('p', {}, 'A queue holds images for people to label. Make one in the shell, from a dataset, a selection, a slice or failures:'),
      el('pre', {}, 'Get-FlywheelImage -Dataset eyes -Unlabelled |\n    New-FlywheelQueue night -Labels closed, open')));
    return;
  }
  const link = q => `/studio/label?queue=${encodeURIComponent(q.name)}`;
  replace(main, el('h1', {}, 'Queues'), el('div.panel.scroll', {}, el('table.queues', {},
    el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'Queue'), el('th', { scope: 'col' }, 'Asks for'), el('th', { scope: 'col' }, 'Labels'), el('th', { scope: 'col' }, 'Progress'), el('th.num', { scope: 'col' }, 'Set aside'), el('th', { scope: 'col' }, ''))),
    el('tbody', {}, ...queues.map(q => el('tr', {},
      el('td', {}, el('a', { href: link(q) }, q.name)),
      el('td', {}, q.part === 'boxes' ? 'boxes' : 'a label', q.votes > 1 ? ` of ${q.votes} people, blind` : ''),
      el('td.labels', {}, q.labels.length > 6 ? `${q.labels.slice(0, 6).join(', ')} and ${q.labels.length - 6} more` : q.labels.join(', ')),
      el('td', {}, el('div.row', {}, el('progress', { max: Math.max(1, q.images), value: q.done, 'aria-label': `${q.done} of ${q.images} done` }), el('span', {}, `${number(q.done)} of ${number(q.images)}`))),
      el('td.num', {}, number(q.flagged)),
      el('td', {}, el('a.button', { href: link(q) }, q.open ? 'Label' : 'Look'))))))));
}

async function work(name) {
  const path = `/studio/queues/${encodeURIComponent(name)}`;
  let { queue, assistant } = await api(path);
  document.title = `${queue.name} · Flywheel`;
  const me = session.who;
  const scope = `${session.workspace}/${queue.name}/${me}`;
  const boxing = queue.part === 'boxes';
  if (!await alone(scope)) return;

  // ---- what is held

  const outbox = new Outbox(`flywheel.outbox.${scope}`, path);
  const answered = outbox.images; // said, whether acknowledged or not: no longer shown
  let ahead = []; // claimed and not answered; the first is on the screen
  let history = read(`flywheel.history.${scope}`); // actions, oldest first
  let redo = [];
  let claiming = null, exhausted = false, skippedToo = false;
  let gridOn = false;
  let lookUntil = 0; // until when the assistant is asked what it makes of new answers
  const times = []; // when answers were given, for the rate
  const timings = window.studioTimings = []; // milliseconds from key to the next image on the screen

  function read(key) {
    try { return JSON.parse(sessionStorage.getItem(key)) || []; } catch { return []; }
  }
  const keepHistory = () => {
    if (history.length > 100) history = history.slice(-100);
    try { sessionStorage.setItem(`flywheel.history.${scope}`, JSON.stringify(history)); } catch { /* undo then ends with the page */ }
  };

  // ---- the page

  const stage = el('div.stage', { tabindex: '0', role: 'application', 'aria-label': boxing ? 'Picture with boxes; press question mark for the keys' : 'Picture; press question mark for the keys' });
  const viewer = new Viewer(stage);
  const editor = new BoxEditor(stage, viewer);
  editor.enabled = boxing;
  stage.classList.toggle('boxing', boxing);
  editor.labels = queue.labels;
  editor.label = queue.labels[0] ?? null;
  viewer.smooth = { hard: false, smooth: true }[localStorage.getItem('flywheel.smooth')] ?? null;
  viewer.stretch = localStorage.getItem('flywheel.stretch') === '1';
  const grid = new Grid();
  const offline = el('div.banner.bad', { role: 'alert', hidden: true });
  const facts = el('div.facts.small.muted');
  const suggestion = el('div.suggestion', { 'aria-live': 'polite' });
  const labels = el('div.labels', { role: 'group', 'aria-label': boxing ? 'Label of boxes' : 'Labels' });
  const boxList = el('div.box-list', { hidden: !boxing });
  const actions = el('div.actions', { role: 'group', 'aria-label': 'Other answers' });
  const progress = el('div.progress');
  const helper = el('div.assistant');
  const tools = el('div.tools', { role: 'group', 'aria-label': 'View' });
  const finished = el('div.finished', { hidden: true });
  const left = el('section.left', { 'aria-label': 'Picture' }, tools, stage, grid.element, finished, facts);
  const right = el('aside.right', { 'aria-label': 'Answers' }, suggestion, labels, boxList, actions, progress, helper);
  replace(main, offline, el('h1.sr', {}, `Queue ${queue.name}`), el('div.work', {}, left, right));
  main.classList.add('full');
  grid.element.hidden = true;

  const button = (key, text, run, extra = {}) => el('button', { type: 'button', onclick: () => { run(); (gridOn ? grid : stage).focus({ preventScroll: true }); }, ...extra }, el('kbd', { 'aria-hidden': 'true' }, key), el('span', {}, text));
  const smoothButton = button('i', 'Smooth', () => toggleSmooth());
  const stretchButton = button('c', 'Contrast', () => toggleStretch());
  const gridButton = button('g', 'Grid', () => toggleGrid());
  const zoomButtons = [button('0', 'Fit', () => viewer.fit()), button('+', '', () => viewer.zoom(1.25), { 'aria-label': 'Zoom in' }), button('−', '', () => viewer.zoom(0.8), { 'aria-label': 'Zoom out' })];
  replace(tools, el('a', { href: '/studio/label', class: 'back', onclick: async e => { e.preventDefault(); await release(0); location.href = '/studio/label'; } }, '‹ Queues'), el('strong.queue-name', {}, queue.name), el('span.space'), gridButton, smoothButton, stretchButton, zoomButtons, button('?', 'Keys', () => help()));
  const labelButtons = queue.labels.slice(0, 9).map((label, i) => button(String(i + 1), label, () => choose(label), { class: `label c${i % 6}`, 'data-label': label }));
  replace(labels, ...labelButtons, queue.labels.length > 9 || !queue.labels.length ? button('/', queue.labels.length > 9 ? `Type a label (${queue.labels.length - 9} more)` : 'Type a label', () => typeLabel()) : null);
  const undoButton = button('u', 'Undo', () => undo());
  replace(actions, boxing ? button('⏎', 'Save', () => accept(), { class: 'primary whole' }) : null, button('.', 'Same as previous', () => same(), { class: 'whole' }),
    boxing ? button('n', 'Nothing', () => nothing(), { title: 'Say that none of the labels is in the picture' }) : button('-', 'None', () => none(), { title: 'None of these labels' }), undoButton, button('s', 'Skip', () => skip()), button('f', 'Flag', () => flag()));
  toggles();
  boxesChanged();

  // ---- showing

  const current = () => ahead[0] ?? null;

  /** Shows what is first. Returns a promise that is true once it is painted. */
  function show() {
    const item = current();
    finished.hidden = true;
    stage.hidden = gridOn;
    facts.hidden = gridOn;
    if (gridOn) { refillGrid(); describeGrid(); return Promise.resolve(true); }
    if (!item) {
      viewer.clear();
      editor.set([]);
      replace(suggestion);
      replace(facts);
      if (exhausted && !claiming) showFinished();
      return Promise.resolve(false);
    }
    if (boxing) {
      const own = item.mine?.boxes ?? item.boxes;
      const proposed = !own && item.proposal?.boxes;
      editor.set(own ?? proposed ?? [], !!proposed);
    }
    const shown = viewer.show(item);
    describe(item);
    afterPaint(() => { for (const next of ahead.slice(1, 1 + LOW)) picture(next.imageId).catch(() => {}); });
    return shown;
  }

  function describe(item) {
    const was = item.mine?.label ?? item.label;
    replace(facts, `${item.name} · ${number(item.width)} × ${number(item.height)}`, was ? ` · is “${was}”${item.provenance && !item.mine ? ` (${item.provenance})` : ''}` : '', boxing && item.boxes ? ` · ${item.boxes.length} boxes known` : '');
    for (const b of labelButtons) {
      b.setAttribute('aria-pressed', String(boxing ? b.dataset.label === editor.label : b.dataset.label === was));
      b.classList.toggle('suggested', !boxing && item.proposal?.label === b.dataset.label);
    }
    const p = item.proposal;
    if (p && p.label && !boxing) replace(suggestion, el('div.small.muted', {}, 'Suggestion'), el('div.row', {}, el('strong', {}, p.label), el('span', {}, percent(p.confidence)), el('span.space'), el('kbd', {}, '⏎')), el('progress', { max: 1, value: p.confidence, 'aria-label': `Confidence ${percent(p.confidence)}` }));
    else if (boxing && editor.proposed) replace(suggestion, el('div.small.muted', {}, 'Suggestion'), el('div.row', {}, el('strong', {}, `${editor.boxes.length} boxes`), p ? el('span', {}, percent(p.confidence)) : null, el('span.space'), el('kbd', {}, '⏎')));
    else replace(suggestion, queue.blind ? el('p.small.muted', {}, `${queue.votes} people answer each image without seeing each other's answers, so there are no suggestions.`) : null);
  }

  /** What Enter does in the grid. */
  function describeGrid() {
    const some = grid.selected.filter(i => i.proposal?.label).length;
    for (const b of labelButtons) { b.setAttribute('aria-pressed', 'false'); b.classList.remove('suggested'); }
    replace(suggestion, queue.blind || boxing ? null : el('div.row', {}, el('span', {}, some ? `Accept ${number(some)} ${some === 1 ? 'suggestion' : 'suggestions'}` : 'Select images to accept their suggestions'), el('span.space'), some ? el('kbd', {}, '⏎') : null));
  }

  function boxesChanged() {
    if (!boxing) return;
    const chosen = editor.current;
    for (const b of labelButtons) b.setAttribute('aria-pressed', String(b.dataset.label === (chosen?.label ?? editor.label)));
    replace(boxList, el('h3', {}, `${editor.boxes.length} ${editor.boxes.length === 1 ? 'box' : 'boxes'}`), el('ul', {}, ...editor.boxes.map(b => el('li', {}, el('button.plain', { type: 'button', 'aria-pressed': String(b.id === editor.selected), onclick: () => { editor.select(b.id); stage.focus(); } }, `${b.label} ${Math.round(b.x)}, ${Math.round(b.y)} · ${Math.round(b.width)} × ${Math.round(b.height)}`)))),
      editor.boxes.length ? null : el('p.small.muted', {}, 'Drag over the picture to draw one.'));
  }

  function showProgress() {
    const mine = rate();
    const open = Math.max(0, queue.open - outbox.images.size);
    const minutes = mine ? open / mine : null;
    replace(progress, el('progress', { max: Math.max(1, queue.images), value: queue.done, 'aria-label': `${queue.done} of ${queue.images} done` }),
      el('div.row.small', {}, el('strong', {}, `${number(queue.done)} of ${number(queue.images)}`), queue.flagged ? el('span.muted', {}, `${number(queue.flagged)} set aside`) : null, el('span.space'), el('span.muted', {}, mine ? `${mine < 10 ? mine.toFixed(1) : Math.round(mine)} a minute` : ''), minutes ? el('span.muted', {}, `${duration(minutes)} left`) : null),
      outbox.length ? el('div.small.muted', { class: 'pending' }, `${outbox.length} ${outbox.length === 1 ? 'action' : 'actions'} not saved yet`) : el('div.small.saved', {}, el('span', { 'aria-hidden': 'true' }, '✓ '), 'All saved'));
    undoButton.disabled = !history.length && !editor.edited;
  }

  /** Answers per minute of late, pauses left out. */
  function rate() {
    const gaps = times.slice(-30).map((t, i, a) => i ? t - a[i - 1] : null).filter(g => g !== null && g < 60000);
    return gaps.length < 4 ? null : 60000 * gaps.length / Math.max(1, gaps.reduce((a, b) => a + b, 0));
  }

  const duration = minutes => minutes < 1 ? 'under a minute' : minutes < 90 ? `${Math.round(minutes)} min` : `${(minutes / 60).toFixed(1)} h`;

  function showAssistant() {
    const a = assistant;
    if (!a || (!a.accuracy && !a.learnedFrom && !a.text)) return void replace(helper);
    replace(helper, el('h3', {}, 'Assistant'),
      el('p', {}, a.accuracy ? el('strong', {}, `${percent(a.accuracy.value)} right `) : 'Not judged yet ', a.accuracy ? el('span.muted', {}, `95 %: ${(100 * a.accuracy.low).toFixed(1)}–${(100 * a.accuracy.high).toFixed(1)}, n ${number(a.accuracy.n)}`) : ''),
      a.curve.length > 1 ? curve(a.curve) : null,
      a.learnedFrom ? el('p.small.muted', {}, `Learned from ${number(a.learnedFrom)} labels.`) : null,
      a.willNotPay ? el('p.small', {}, el('span.chip.warn', {}, 'More labels will not pay')) : a.labelsUntilAutomatic === 0 ? el('p.small', {}, el('span.chip.ok', {}, '✓ Automatic labelling is open')) : a.labelsUntilAutomatic ? el('p.small', {}, `About ${number(a.labelsUntilAutomatic)} more labels until automatic labelling opens.`) : null,
      a.text ? el('p.small.muted', {}, a.text) : null);
  }

  function curve(points) {
    const W = 240, H = 44, ns = 'http://www.w3.org/2000/svg';
    const most = Math.max(...points.map(p => p.labels)), least = Math.min(.5, ...points.map(p => p.accuracy));
    const s = document.createElementNS(ns, 'svg');
    for (const [k, v] of Object.entries({ viewBox: `0 0 ${W} ${H}`, class: 'curve', role: 'img', 'aria-label': `Accuracy grew from ${percent(points[0].accuracy)} to ${percent(points.at(-1).accuracy)}` })) s.setAttribute(k, v);
    const line = document.createElementNS(ns, 'polyline');
    line.setAttribute('points', points.map(p => `${(W - 6) * p.labels / most + 3},${H - 4 - (H - 8) * (p.accuracy - least) / (1 - least)}`).join(' '));
    s.append(line);
    return s;
  }

  function showFinished() {
    finished.hidden = false;
    stage.hidden = true;
    const waiting = queue.open;
    replace(finished, el('h2', {}, waiting ? 'Nothing is left for you here' : 'All done'),
      el('p', {}, `${number(queue.done)} of ${number(queue.images)} images are answered${queue.flagged ? `, ${number(queue.flagged)} set aside` : ''}.`),
      waiting ? el('p.muted', {}, `${number(waiting)} wait: skipped, on somebody else's screen, or ${queue.votes > 1 ? 'for the answer of another person' : 'held by a page that was closed, which frees them within two minutes'}.`) : null,
      el('div.row', {}, waiting ? el('button', { type: 'button', onclick: () => { skippedToo = true; exhausted = false; refill(); } }, 'Look at skipped ones again') : null, waiting ? el('button', { type: 'button', onclick: () => { exhausted = false; refill(); } }, 'Look for more') : null, el('a.button', { href: '/studio/label' }, 'All queues')));
    announce('Nothing is left in this queue for you.');
  }

  // ---- claiming

  /** Holds images ready: as many as fit the view. Also renews what is held. */
  function refill(force = false) {
    const want = gridOn ? GRID : AHEAD;
    if (claiming) return claiming;
    if (!force && (exhausted || ahead.length >= (gridOn ? 1 : LOW))) return Promise.resolve();
    claiming = (async () => {
      const unsaid = outbox.images.size;
      const again = skippedToo;
      skippedToo = false;
      const answer = await api(`${path}/claim`, { method: 'POST', body: { count: Math.min(240, Math.max(want, ahead.length) + unsaid), skipped: again } });
      queue = answer.queue;
      assistant = answer.assistant;
      const got = new Map(answer.items.map(i => [i.imageId, i]));
      // What went to somebody else meanwhile is not shown any longer; what was answered here while the studio looked is not shown again.
      const before = ahead.length;
      const first = current();
      ahead = ahead.filter(i => got.has(i.imageId) || i.undone);
      for (const item of ahead) { const fresh = got.get(item.imageId); if (fresh) item.proposal = fresh.proposal; }
      if (ahead.length < before && first && !ahead.includes(first)) toast('The picture went to somebody else, because it waited too long.', { kind: 'info' });
      const held = new Set(ahead.map(i => i.imageId));
      let added = 0;
      for (const item of answer.items) {
        if (again) answered.delete(item.imageId);
        if (held.has(item.imageId) || answered.has(item.imageId) || outbox.images.has(item.imageId)) continue;
        ahead.push(item);
        added++;
      }
      exhausted = added === 0 && ahead.length < want;
      for (const item of ahead.slice(0, LOW)) if (!gridOn) picture(item.imageId).catch(() => {});
      showProgress();
      showAssistant();
      return first !== current() || !first || gridOn;
    })();
    return claiming.then(changed => { claiming = null; if (changed || gridOn) show(); }, fault => {
      claiming = null;
      if (fault.offline) setTimeout(() => refill(), 1500);
      else showFault(fault);
    });
  }

  // ---- answering

  /** Says something of images, and shows the next. */
  function answer(items, say, since) {
    const action = items.map(item => ({ item, answer: { id: newId(), imageId: item.imageId, ...say(item) } }));
    const gone = new Set(items.map(i => i.imageId));
    for (const id of gone) answered.add(id);
    ahead = ahead.filter(i => !gone.has(i.imageId));
    history.push(action);
    redo = [];
    outbox.push('answers', action.map(a => a.answer)); // kept before anything is shown
    times.push(...items.map(() => performance.now()));
    lookUntil = performance.now() + 15000;
    const shown = show();
    if (since !== undefined) shown.then(done => done && afterPaint(() => timings.push(performance.now() - since)));
    afterPaint(() => { keepHistory(); showProgress(); refill(); });
  }

  const afterPaint = run => requestAnimationFrame(() => { const c = new MessageChannel(); c.port1.onmessage = run; c.port2.postMessage(0); });

  const targets = () => {
    if (!gridOn) return current() ? [current()] : [];
    const chosen = grid.selected;
    if (!chosen.length) announce('Nothing is selected', true), toast('Select images first: click, drag a rubber band, or shift with arrows.');
    return chosen;
  };

  let since; // when the key was pressed that is being answered

  function choose(label) {
    if (boxing) { if (!gridOn) { editor.relabel(label); announce(label); } return; }
    const items = targets();
    if (!items.length) return;
    answer(items, () => ({ state: 'done', label }), since);
    announce(items.length === 1 ? label : `${items.length} labelled ${label}`);
  }

  function none() {
    if (boxing) return nothing();
    const items = targets();
    if (!items.length) return;
    answer(items, () => ({ state: 'done' }), since);
    announce('None of these');
  }

  function nothing() {
    const items = targets();
    if (!items.length) return;
    answer(items, () => ({ state: 'done', boxes: [] }), since);
    announce('Nothing here');
  }

  function accept() {
    const items = targets();
    if (!items.length) return;
    if (boxing) {
      if (gridOn) return;
      if (!editor.boxes.length) return void toast('There is no box. Draw one, or press n to say that there is nothing.', { kind: 'info' });
      const boxes = editor.result;
      answer(items, () => ({ state: 'done', boxes }), since);
      announce(`Saved ${boxes.length} boxes`);
      return;
    }
    const with_ = items.filter(i => i.proposal?.label);
    if (!with_.length) return void toast('There is no suggestion to accept.');
    answer(with_, i => ({ state: 'done', label: i.proposal.label }), since);
    announce(with_.length === 1 ? `Accepted ${with_[0].proposal.label}` : `Accepted ${with_.length} suggestions`);
  }

  function same() {
    const last = history.flat().findLast(a => a.answer.state === 'done' && (boxing ? a.answer.boxes : true));
    if (!last) return void toast('There is no previous answer yet.');
    if (boxing) {
      if (gridOn || !current()) return;
      if (!last.answer.boxes.length) return nothing();
      editor.adopt(last.answer.boxes);
      announce(`${editor.boxes.length} boxes as before; Enter saves them`);
      return;
    }
    const items = targets();
    if (!items.length) return;
    answer(items, () => last.answer.label === undefined ? { state: 'done' } : { state: 'done', label: last.answer.label }, since);
    announce(last.answer.label ?? 'None of these');
  }

  function skip() {
    const items = targets();
    if (items.length) answer(items, () => ({ state: 'skipped' }), since);
    if (items.length) announce('Skipped');
  }

  async function flag() {
    const items = targets();
    if (!items.length) return;
    const note = await ask(items.length === 1 ? 'What is wrong with this picture?' : `What is wrong with these ${items.length} pictures?`, { label: 'Note (may stay empty)', button: 'Set aside', required: false });
    if (note === null) return;
    answer(items, () => ({ state: 'flagged', note: note || null }));
    announce('Set aside');
  }

  async function typeLabel() {
    const items = boxing ? [] : targets();
    if (!boxing && !items.length) return;
    const label = await pick();
    if (!label) return;
    if (boxing) editor.relabel(label);
    else answer(items, () => ({ state: 'done', label }));
    announce(label);
  }

  /** A label chosen by typing some of it. */
  function pick() {
    return dialog('Which label?', done => {
      const input = el('input', { id: 'pick', autofocus: true, autocomplete: 'off', role: 'combobox', 'aria-expanded': 'true', 'aria-controls': 'pick-list', 'aria-label': 'Label' });
      const options = el('ul.pick', { id: 'pick-list', role: 'listbox' });
      let found = [], at = 0;
      const paint = () => {
        const typed = input.value.trim().toLowerCase();
        found = queue.labels.filter(l => l.toLowerCase().includes(typed)).sort((a, b) => b.toLowerCase().startsWith(typed) - a.toLowerCase().startsWith(typed));
        if (!queue.labels.length && typed) found = [input.value.trim()];
        at = Math.min(at, Math.max(0, found.length - 1));
        replace(options, ...found.slice(0, 12).map((l, i) => el('li', { role: 'option', id: `pick-${i}`, 'aria-selected': String(i === at), onclick: () => done(l) }, l)), found.length ? null : el('li.muted', {}, 'No such label in this queue'));
        if (found.length) input.setAttribute('aria-activedescendant', `pick-${at}`);
      };
      input.addEventListener('input', () => { at = 0; paint(); });
      input.addEventListener('keydown', e => {
        if (e.key === 'ArrowDown') at = Math.min(at + 1, Math.min(11, found.length - 1));
        else if (e.key === 'ArrowUp') at = Math.max(0, at - 1);
        else if (e.key === 'Enter') { e.preventDefault(); if (found[at]) done(found[at]); return; } else return;
        e.preventDefault();
        paint();
      });
      paint();
      return el('div', {}, input, options);
    });
  }

  function undo() {
    if (boxing && !gridOn && editor.undo()) return void announce('Undone');
    const action = history.pop();
    if (!action) return void toast('There is nothing to undo here.');
    keepHistory();
    redo.push(action);
    outbox.push('undo', action.map(a => ({ id: a.answer.id, imageId: a.answer.imageId })));
    const back = action.map(a => ({ ...a.item, undone: true, mine: a.answer }));
    for (const item of back) answered.delete(item.imageId);
    ahead = [...back, ...ahead.filter(i => !answered.has(i.imageId) && !back.some(b => b.imageId === i.imageId))];
    exhausted = false;
    times.pop();
    lookUntil = performance.now() + 15000;
    show();
    showProgress();
    announce(action.length === 1 ? `Undone: ${action[0].answer.label ?? action[0].answer.state}` : `${action.length} answers undone`);
  }

  function redoLast() {
    if (boxing && !gridOn && editor.redo()) return void announce('Redone');
    const action = redo.pop();
    if (!action) return void toast('There is nothing to redo.');
    const items = action.map(a => ahead.find(i => i.imageId === a.item.imageId)).filter(Boolean);
    if (!items.length) return;
    const rest = redo;
    const said = new Map(action.map(a => [a.item.imageId, a.answer]));
    answer(items, i => { const { id, imageId, ...say } = said.get(i.imageId); return say; });
    redo = rest;
    announce('Redone');
  }

  // ---- view

  function toggles() {
    smoothButton.setAttribute('aria-pressed', String(viewer.isSmooth));
    stretchButton.setAttribute('aria-pressed', String(viewer.stretch));
    gridButton.setAttribute('aria-pressed', String(gridOn));
    for (const b of [smoothButton, stretchButton, ...zoomButtons]) b.hidden = gridOn;
  }

  function toggleSmooth() {
    viewer.smooth = !viewer.isSmooth;
    localStorage.setItem('flywheel.smooth', viewer.smooth ? 'smooth' : 'hard');
    viewer.draw();
    toggles();
    announce(viewer.smooth ? 'Smooth pixels' : 'Hard pixels');
  }

  function toggleStretch() {
    viewer.stretch = !viewer.stretch;
    localStorage.setItem('flywheel.stretch', viewer.stretch ? '1' : '0');
    viewer.draw();
    toggles();
    announce(viewer.stretch ? 'Contrast stretched' : 'Contrast as it is');
  }

  async function toggleGrid() {
    gridOn = !gridOn;
    grid.element.hidden = !gridOn;
    stage.hidden = gridOn;
    main.classList.toggle('grid-on', gridOn);
    toggles();
    exhausted = false;
    if (gridOn) { await refill(true); refillGrid(true); grid.focus(); announce(`Grid of ${grid.items.length} images`); }
    else { await release(AHEAD); show(); stage.focus({ preventScroll: true }); }
  }

  /** Lets go of images that others could do; keeps the first ones. */
  async function release(keep) {
    await claiming;
    const free = ahead.slice(keep).filter(i => !i.undone).map(i => i.imageId);
    if (!free.length) return;
    ahead = ahead.filter(i => !free.includes(i.imageId));
    try {
      await api(`${path}/release`, { method: 'POST', body: { imageIds: free }, timeout: 3000 });
    } catch { /* they are free again within two minutes in any case */ }
  }

  function refillGrid(fresh = false) {
    const kept = grid.items.filter(i => ahead.includes(i));
    if (fresh || kept.length !== grid.items.length || ahead.length !== grid.items.length) grid.show(ahead.slice(0, GRID));
    if (!ahead.length && exhausted && !claiming) { showFinished(); grid.element.hidden = true; }
    else grid.element.hidden = false;
  }

  function help() {
    const rows = boxing
      ? [['drag', 'draw a box; a click selects one; drag the selected one to move it, a handle to resize it (with Shift always draws)'], ['1–9', 'label of the selected box, or of the next one'], ['/', 'type a label'], ['Tab', 'next box; Shift+Tab the one before'], ['arrows', 'move the selected box by a pixel, with Shift by ten; with Alt its right and lower edge'], ['d', 'duplicate the box'], ['Del', 'delete the box'], ['Enter', 'save, or accept what is suggested'], ['n', 'nothing here: looked, and there is nothing'], ['. or space', 'same boxes as in the previous picture']]
      : [['1–9', 'the label'], ['/', 'type a label'], ['Enter', 'accept the suggestion'], ['-', 'none of these labels'], ['. or space', 'same as previous']];
    rows.push(['s', 'skip: somebody else, or you later'], ['f', 'flag: set aside with a note'], ['u or Ctrl+Z', 'undo'], ['U or Ctrl+Y', 'redo'], ['g', 'grid: many at once; click, rubber band or Shift+arrows select, a selects all, one key labels all selected'],
      ['+ − wheel', 'zoom'], ['0', 'fit'], [boxing ? 'Alt+drag' : 'drag, arrows', 'move the picture'], ['i', 'smooth or hard pixels'], ['c', 'stretch the contrast'], ['Esc', 'let go of box or selection'], ['?', 'this list']);
    dialog('Keys', () => el('table.keys', {}, el('tbody', {}, ...rows.map(([k, t]) => el('tr', {}, el('th', { scope: 'row' }, el('kbd', {}, k)), el('td', {}, t))))), { wide: true });
  }

  // Panning by drag: always where there are no boxes to draw, with Alt or the middle button where there are.
  let pan = null;
  stage.addEventListener('pointerdown', e => {
    if (boxing && !e.altKey && e.button !== 1) return;
    if (e.button > 1) return;
    pan = { x: e.clientX, y: e.clientY };
    stage.setPointerCapture(e.pointerId);
  });
  stage.addEventListener('pointermove', e => {
    if (!pan) return;
    viewer.pan(e.clientX - pan.x, e.clientY - pan.y);
    pan = { x: e.clientX, y: e.clientY };
  });
  for (const type of ['pointerup', 'pointercancel']) stage.addEventListener(type, () => { pan = null; });

  // ---- keys

  document.addEventListener('keydown', e => {
    if (document.querySelector('dialog') || e.defaultPrevented) return;
    const field = e.target.closest?.('input, textarea, select');
    if (field) return;
    const onButton = e.target.closest?.('button, a[href]');
    const command = e.ctrlKey || e.metaKey;
    if (onButton && (e.key === 'Enter' || e.key === ' ')) return; // they do what they say
    since = e.timeStamp;
    let done = true;
    if (command) {
      const key = e.key.toLowerCase();
      if (key === 'z' && !e.shiftKey) undo();
      else if (key === 'y' || key === 'z') redoLast();
      else if (key === 'a' && gridOn) grid.all();
      else done = false;
    } else if (gridOn && (e.key.startsWith('Arrow') || e.key === 'Home' || e.key === 'End' || e.key === ' ') && grid.key(e)) {
      // moved
    } else if (e.key >= '1' && e.key <= '9') {
      const label = queue.labels[e.key - 1];
      if (label !== undefined) choose(label);
      else announce(`There is no label ${e.key}`, true);
    } else switch (e.key) {
      case 'Enter': accept(); break;
      case '-': if (gridOn || !boxing || !e.shiftKey) none(); break;
      case '_': viewer.zoom(0.8); break;
      case '+': case '=': viewer.zoom(1.25); break;
      case '0': viewer.fit(); break;
      case ' ': case '.': same(); break;
      case 's': skip(); break;
      case 'f': flag(); break;
      case 'u': undo(); break;
      case 'U': redoLast(); break;
      case 'g': toggleGrid(); break;
      case 'a': if (gridOn) grid.all(); else done = false; break;
      case 'i': toggleSmooth(); break;
      case 'c': toggleStretch(); break;
      case '/': typeLabel(); break;
      case '?': help(); break;
      case 'n': if (boxing) nothing(); else done = false; break;
      case 'd': if (boxing && !gridOn) editor.duplicate(); else done = false; break;
      case 'Delete': case 'Backspace': if (boxing && !gridOn) editor.remove(); else done = false; break;
      case 'Escape': if (gridOn) grid.clear(); else if (!editor.cancel()) editor.select(null); break;
      case 'Tab':
        // Within the picture Tab goes from box to box, and leaves behind the last one.
        done = boxing && !gridOn && e.target === stage && editor.boxes.length > 0 && editor.cycle(e.shiftKey ? -1 : 1);
        if (done && editor.current) announce(`Box ${editor.boxes.indexOf(editor.current) + 1} of ${editor.boxes.length}: ${editor.current.label}`);
        break;
      case 'ArrowLeft': case 'ArrowRight': case 'ArrowUp': case 'ArrowDown': {
        const step = e.shiftKey ? 10 : 1;
        const [dx, dy] = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[e.key];
        if (!(boxing && !gridOn && editor.nudge(dx, dy, e.altKey))) viewer.pan(-dx * 24, -dy * 24);
        break;
      }
      default: done = false;
    }
    since = undefined;
    if (done) e.preventDefault();
  });

  // ---- in the background

  editor.addEventListener('change', () => { boxesChanged(); showProgress(); if (current()) describe(current()); });
  grid.addEventListener('change', () => { facts.hidden = !gridOn; if (gridOn) describeGrid(), replace(facts, `${number(grid.selected.length)} of ${number(grid.items.length)} selected`); });
  viewer.addEventListener('fault', e => replace(facts, el('span.bad', {}, e.detail.message), ' Skip or flag it.'));
  viewer.addEventListener('view', () => toggles());
  outbox.addEventListener('change', showProgress);
  outbox.addEventListener('acknowledged', e => {
    queue = e.detail.answer.queue;
    for (const item of e.detail.answer.items ?? []) { const here = ahead.find(i => i.imageId === item.imageId); if (here) { here.label = item.label; here.boxes = item.boxes; here.undone = false; } }
    showProgress();
    if (!ahead.length && !finished.hidden) showFinished();
  });
  outbox.addEventListener('offline', e => {
    const shown = !offline.hidden;
    offline.hidden = !e.detail.offline;
    if (e.detail.offline && !shown) { replace(offline, el('strong', {}, '! Not connected.'), el('span', {}, 'The studio does not answer. Go on: what you do is kept in this browser and sent as soon as it answers again.')); }
    if (!e.detail.offline && shown) { toast('Connected again; everything is saved.', { kind: 'ok' }); exhausted = false; refill(true); }
  });
  outbox.addEventListener('refused', e => {
    const { action, fault } = e.detail;
    showFault(fault);
    if (action.kind === 'answers') {
      // It was not recorded: the images come back, and the action is no part of what can be undone.
      const ids = new Set(action.answers.map(a => a.id));
      const lost = history.filter(h => h.some(a => ids.has(a.answer.id))).flat();
      history = history.filter(h => !h.some(a => ids.has(a.answer.id)));
      keepHistory();
      for (const a of lost) answered.delete(a.item.imageId);
      ahead = [...lost.map(a => a.item), ...ahead];
      show();
    }
    showProgress();
  });
  window.addEventListener('pagehide', keepHistory);
  setInterval(() => refill(true), BEAT);
  // The assistant learns for a while after answers; what it says then is asked for.
  setInterval(async () => {
    if (performance.now() > lookUntil || outbox.length || !ahead.length || queue.blind) return;
    try {
      const answer = await api(`${path}/proposals`, { method: 'POST', body: { imageIds: ahead.map(i => i.imageId) } });
      assistant = answer.assistant;
      queue = answer.queue;
      for (const item of ahead) if (item.imageId in answer.proposals) item.proposal = answer.proposals[item.imageId];
      if (current() && !gridOn && !(boxing && editor.edited)) describe(current());
      showAssistant();
      showProgress();
    } catch { /* asked again in a moment; what people do goes through the outbox */ }
  }, LOOK);
  document.addEventListener('visibilitychange', () => { if (!document.hidden) refill(true); });

  outbox.drain();
  await refill(true);
  showProgress();
  stage.focus({ preventScroll: true });
}

/** One tab of a browser works on a queue; another that comes says so and may take over. */
async function alone(scope) {
  if (!navigator.locks) return true;
  const lock = steal => new Promise(resolve => {
    navigator.locks.request(`flywheel.${scope}`, steal ? { steal: true } : { ifAvailable: true }, held => {
      resolve(!!held);
      return held ? new Promise(() => {}) : undefined;
    }).catch(() => { // taken over
      replace(main, el('div.empty', {}, el('h1', {}, 'This queue went to another tab'), el('p', {}, 'Everything you did is kept and sent from there.'), el('p', {}, el('a', { href: '/studio/label' }, 'All queues'))));
      document.querySelectorAll('.banner').forEach(b => b.remove());
      window.stop();
    });
  });
  if (await lock(false)) return true;
  return new Promise(resolve => replace(main, el('div.empty', {}, el('h1', {}, 'This queue is open in another tab'), el('p', {}, 'Two tabs of one person would get the same images.'),
    el('div.row.center', {}, el('button.primary', { type: 'button', onclick: async () => resolve(await lock(true)) }, 'Work here instead'), el('a.button', { href: '/studio/label' }, 'All queues')))));
}
