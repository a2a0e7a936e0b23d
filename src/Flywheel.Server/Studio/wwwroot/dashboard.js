// The dashboard: what the workspace knows, at a glance. Every figure is one that a cmdlet made; where there is none, it says which cmdlet makes it.
import { api } from './api.js';
import { el, number, replace, showFault, start } from './shell.js';
import { figureText, svg, when } from './parts.js';
import { intervals, shares, steps } from './chart.js';
import { shapePath } from './map.js';

await start({ page: 'dashboard', title: 'Dashboard', name: false });
const main = document.getElementById('main');
const grid = el('div.dashboard', {});
replace(main, grid);
let endpoints = null, timer = 0;

const KINDS = [['published', 'judged at publication'], ['loop', 'end of a turn'], ['production', 'in production'], ['validation', 'validation (balanced)']];
const MOST = 24;

const section = (id, title, width, ...children) => el(`section.panel${width ? '.' + width : ''}`, { 'aria-labelledby': `h-${id}`, id }, el('h2', { id: `h-${id}` }, title), ...children);
const empty = (text, ...commands) => el('div.empty', {}, el('p', {}, text), el('pre', {}, commands.join('\n')));
const table = (caption, heads, rows) => el('div.scroll', {}, el('table', {}, el('caption.small.muted', {}, caption), el('thead', {}, el('tr', {}, ...heads.map(h => el(`th${h.startsWith('#') ? '.num' : ''}`, { scope: 'col' }, h.replace('#', ''))))), el('tbody', {}, ...rows)));
const folded = (summary, ...children) => el('details', {}, el('summary', {}, summary), ...children);
const chip = (kind, mark, text) => el(`span.chip${kind ? '.' + kind : ''}`, {}, el('span', { 'aria-hidden': 'true' }, mark), text);
const words = text => text.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();

function accuracy(d) {
  if (!d.accuracy.length) return section('accuracy', 'Accuracy', '', empty('No model was measured yet.', 'Invoke-FlywheelTraining -Dataset eyes', 'Publish-FlywheelModel -Alias production', 'Measure-FlywheelPerformance'));
  const shown = d.accuracy.slice(-MOST);
  const kind = k => KINDS.findIndex(([id]) => id === k);
  const used = KINDS.filter(([id]) => shown.some(p => p.kind === id));
  const label = (p, i) => p.version ? `v${p.version}` : String(d.accuracy.length - shown.length + i + 1);
  const title = p => `${p.model}, ${p.where}: ${p.figure.name} ${figureText(p.figure)}`;
  const last = shown.at(-1);
  return section('accuracy', 'Accuracy over turns and versions', '',
    intervals(`${shown.length} measurements of accuracy in order of time, with 95 % intervals. The newest: ${title(last)}.`, shown.map((p, i) => ({ label: label(p, i), title: title(p), kind: kind(p.kind), value: p.figure.value, low: p.figure.low, high: p.figure.high }))),
    el('ul.legend', {}, ...used.map(([id, text]) => el('li', {}, svg('svg', { width: 16, height: 16, viewBox: '0 0 16 16', class: `k${kind(id)}`, 'aria-hidden': 'true' }, svg('path', { d: shapePath(kind(id), 8, 8, 5), fill: 'currentColor' })), text))),
    folded(`All ${d.accuracy.length} measurements`, table('Newest first. Different images, different figures: compare only what was measured on the same.', ['When', 'Model', 'On', 'Figure'],
      [...d.accuracy].reverse().map(p => el('tr', {}, el('td', {}, when(p.time)), el('td', {}, p.model, p.version ? ` (v${p.version})` : ''), el('td', {}, p.where, el('div.small.muted', {}, KINDS[kind(p.kind)][1])), el('td', { 'data-figure': p.figure.value }, `${p.figure.name} ${figureText(p.figure)}`))))));
}

function labels(d) {
  if (!d.labels.length) return section('labels', 'Labels by source', '', empty('No image has a label yet.', 'Import-FlywheelDataset ./pictures -Name eyes', 'New-FlywheelQueue -Name first -Dataset eyes', 'Start-FlywheelStudio -Open'));
  const names = ['imported', 'human', 'auto', 'reviewed'], last = d.labels.at(-1);
  return section('labels', 'Labels by source', '',
    steps(`Images with a label, by where it came from, from ${d.labels[0].day} to ${last.day}. Now ${names.map(n => `${last[n]} ${n}`).join(', ')}.`, d.labels.map(r => r.day), names.map((n, i) => ({ name: n, kind: i, values: d.labels.map(r => r[n]) }))),
    table('Now', ['Source', '#Images'], names.map(n => el('tr', {}, el('th', { scope: 'row' }, n), el('td.num', { 'data-labels': n }, number(last[n]))))),
    d.labels.length > 1 ? folded('By day', table('At the end of each day on which a label changed, UTC', ['Day', ...names.map(n => '#' + n)], [...d.labels].reverse().map(r => el('tr', {}, el('th', { scope: 'row' }, r.day), ...names.map(n => el('td.num', {}, number(r[n]))))))) : null);
}

function slices(d) {
  if (!d.slicesSearched) return section('slices', 'Slices', '', empty('Nobody has looked yet for conditions under which the model fails more often.', 'Find-FlywheelSlice'));
  const open = d.slices.filter(s => s.open), closed = d.slices.filter(s => !s.open);
  const row = s => el('tr', {}, el('td', {}, s.open ? chip('warn', '●', 'open') : chip('ok', '○', 'closed')), el('td', {}, el('strong', {}, s.name), el('div.small.muted', {}, s.model)), el('td', {}, figureText(s.errorRate)), el('td.num', {}, s.lift === null ? '∞' : s.lift.toFixed(1)), el('td.small', {}, when(s.last)));
  return section('slices', 'Slices', '', el('p', {}, el('strong', {}, number(open.length)), ' open, ', el('strong', {}, number(closed.length)), ' closed; last searched ', when(d.slicesSearched), '. Open: the newest search confirms it. Closed: an earlier one did, the newest does not.'),
    d.slices.length ? table('Error rate with 95 % interval; lift: how many times as often as elsewhere.', ['State', 'Condition', 'Error rate', '#Lift', 'Confirmed'], d.slices.map(row)) : el('p.muted', {}, 'No search has confirmed one.'));
}

function drift(d) {
  if (!d.drift) return section('drift', 'Drift', 'third', empty('Production was not compared with the training reference yet.', 'Measure-FlywheelDrift'));
  const r = d.drift, look = { drift: ['bad', '▲', 'drift'], noDrift: ['ok', '=', 'no drift'], cannotTell: ['warn', '?', 'cannot tell'] }[r.verdict];
  return section('drift', 'Drift', 'third', el('p.verdict', {}, chip(...look)), el('p', {}, r.summary), r.flagged.length ? el('ul', {}, ...r.flagged.map(t => el('li', {}, `${t.name}: ${t.effect}`))) : null,
    el('p.small.muted', {}, `${r.model}; window n ${number(r.windowN)} (${number(r.windowGroups)} groups) against ${r.reference}, n ${number(r.referenceN)}. `, when(r.time)));
}

function decision(d) {
  if (!d.decision) return section('decision', 'Retraining', 'third', empty('It was not asked yet whether to retrain.', 'Test-FlywheelRetraining'));
  const r = d.decision, look = { wait: ['ok', '…', 'wait'], labelFirst: ['warn', '✎', 'label first'], retrain: ['bad', '↻', 'retrain'] }[r.verdict];
  return section('decision', 'Retraining', 'third', el('p.verdict', {}, chip(...look)), el('p', {}, r.summary), r.reasons.length ? el('ul', {}, ...r.reasons.map(t => el('li', {}, t))) : null,
    r.flips.length ? [el('h3', {}, 'What would change it'), el('ul', {}, ...r.flips.map(t => el('li', {}, t)))] : null, el('p.small.muted', {}, `${r.modelName}. `, when(r.time)));
}

function running() {
  const body = endpoints === null ? el('p.muted', {}, 'Asking…') : endpoints.length ? el('ul', {}, ...endpoints.map(e => {
    const look = { ready: ['ok', '✓'], refused: ['warn', '!'], notReady: ['warn', '!'], silent: ['bad', '✗'], stopped: ['', '■'], ended: ['bad', '✗'] }[e.status];
    return el('li', {}, el('div.row', {}, chip(look[0], look[1], words(e.status)), el('code', {}, e.url)), el('div', {}, `${e.alias}: ${e.model ?? 'no model'}${e.version ? ` (v${e.version})` : ''}${e.challenger ? `, challenger ${e.challenger}` : ''}`), e.refusal ? el('div.small', {}, e.refusal) : null, el('div.small.muted', {}, 'since ', when(e.started)));
  })) : empty('No endpoint runs.', 'Start-FlywheelEndpoint -Alias production');
  return section('endpoints', 'Endpoints', 'third', body);
}

function queues(d) {
  if (!d.queues.length) return section('queues', 'Queues', '', empty('No queue yet.', 'New-FlywheelQueue -Name first -Dataset eyes'));
  return section('queues', 'Queues', '', table('Newest first', ['Queue', 'Where', 'Done', '#Open', '#Flagged'], d.queues.map(q => el('tr', {}, el('th', { scope: 'row' }, q.kind === 'studio' ? el('a', { href: `/studio/label?queue=${encodeURIComponent(q.name)}` }, q.name) : q.name), el('td', {}, q.kind),
    el('td', {}, el('div.row', {}, el('progress', { max: Math.max(1, q.images), value: q.done, 'aria-label': `${q.done} of ${q.images} done` }), el('span.small', {}, `${number(q.done)} of ${number(q.images)}`))), el('td.num', {}, number(q.open)), el('td.num', {}, number(q.flagged))))));
}

function reviews(d) {
  if (!d.suggestions.length) return section('reviews', 'Suggestions', '', empty('No suggestion yet.', 'Find-FlywheelLabelError -Dataset eyes', 'Test-FlywheelDataset eyes'));
  const judged = d.suggestions.filter(s => s.acceptance.n > 0);
  return section('reviews', 'Suggestions and what reviewers say', '',
    judged.length ? shares(`Share of suggestions accepted as proposed, by reason, with 95 % intervals: ${judged.map(s => `${s.reason} ${figureText(s.acceptance)}`).join('; ')}.`, judged.map(s => ({ ...s.acceptance, name: s.reason, title: `${s.reason}: ${figureText(s.acceptance)}` }))) : null,
    table('Share accepted: of those looked at one by one, Wilson’s interval', ['Reason', '#Open', '#Stale', '#In bulk', 'Accepted'], d.suggestions.map(s => el('tr', { 'data-reason': s.reason }, el('th', { scope: 'row' }, el('a', { href: `/studio/review?reason=${encodeURIComponent(s.reason)}` }, s.reason)), el('td.num', {}, number(s.open)), el('td.num', {}, number(s.stale)), el('td.num', {}, number(s.bulk)), el('td', {}, s.acceptance.n ? figureText(s.acceptance) : 'nobody has looked yet')))),
    d.reviewers.length ? folded('By reviewer', table('One by one', ['Reviewer', '#Accepted', '#Rejected', '#Edited', 'Accepted'], d.reviewers.map(r => el('tr', {}, el('th', { scope: 'row' }, r.name), ...[r.accepted, r.rejected, r.edited].map(n => el('td.num', {}, number(n))), el('td', {}, figureText(r.acceptance)))))) : null);
}

function runs(d) {
  if (!d.runs.length) return section('runs', 'Loop runs', '', empty('No loop was run yet.', 'Invoke-FlywheelLoop ./eyes.flywheel.yaml'));
  const look = { done: ['ok', '✓'], running: ['', '…'], interrupted: ['warn', '!'], failed: ['bad', '✗'], gateFailed: ['warn', '!'], waitingForPeople: ['warn', '!'], cancelled: ['', '■'] };
  return section('runs', 'Loop runs', '', table('Newest first', ['Run', 'State', 'What', 'Started', '#Seconds'], d.runs.map(r => el('tr', {}, el('th', { scope: 'row' }, r.name, el('div.small.muted', {}, r.id)), el('td', {}, chip(...(look[r.status] ?? ['', '·']), words(r.status))), el('td', {}, r.message), el('td', {}, when(r.started)), el('td.num', {}, number(Math.round(r.seconds)))))));
}

let data = null;
function show() {
  const opened = [...grid.querySelectorAll('details[open]')].map(x => x.querySelector('summary').textContent);
  replace(grid, el('h1', {}, 'Dashboard'),
    el('div.headline', {}, el('span', {}, el('strong', { id: 'images' }, number(data.images)), ' images'), data.excluded ? el('span', {}, el('strong', {}, number(data.excluded)), ' left out') : null,
      ...data.datasets.map(s => el('span', { 'data-dataset': s.name }, el('strong', {}, number(s.labelled)), ` of ${number(s.images)} labelled in `, el('a', { href: `/studio/explore?dataset=${encodeURIComponent(s.name)}` }, s.name))), el('span.small.muted', {}, 'as of ', when(data.time), ' ', el('button.plain', { type: 'button', id: 'again', onclick: load }, 'Read again'))),
    data.faults.length ? el('div.banner.warn.headline', { role: 'note' }, ...data.faults.map(f => el('div', {}, f))) : null,
    accuracy(data), labels(data), decision(data), drift(data), running(), slices(data), queues(data), reviews(data), runs(data));
  for (const x of grid.querySelectorAll('details')) if (opened.includes(x.querySelector('summary').textContent)) x.open = true;
}

async function load() {
  clearTimeout(timer);
  try {
    data = await api('/studio/figures', { timeout: 120000 });
    show();
    api('/studio/figures/endpoints', { timeout: 60000 }).then(answer => {
      endpoints = answer.endpoints;
      document.getElementById('endpoints')?.replaceWith(running());
    }).catch(showFault);
  } catch (fault) { showFault(fault); }
  timer = setTimeout(() => { if (document.visibilityState === 'visible' && !grid.contains(document.activeElement)) load(); else timer = setTimeout(load, 60000); }, 60000);
}

await load();
document.documentElement.dataset.ready = 'dashboard';
