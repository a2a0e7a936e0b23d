// What all pages share: the header, who sits here, light and dark, messages, dialogs.
import { api, ApiError, user } from './api.js';

/** Makes an element: attributes by name, properties by `.name`, listeners by `onname`; children are nodes or text. Never parses markup. */
export function el(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split('.');
  const node = document.createElement(name || 'div');
  if (classes.length) node.className = classes.join(' ');
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else if (key.startsWith('.')) node[key.slice(1)] = value;
    else node.setAttribute(key, value === true ? '' : value);
  }
  node.append(...children.flat().filter(c => c !== null && c !== undefined && c !== false));
  return node;
}

export const replace = (node, ...children) => { node.replaceChildren(...children.flat().filter(c => c !== null && c !== undefined && c !== false)); return node; };

const numbers = new Intl.NumberFormat('en');
export const number = n => numbers.format(n);
export const percent = (p, digits = 1) => `${(100 * p).toFixed(digits)} %`;
/** A figure as it is always shown: value, 95 % interval, n. */
export const metric = m => m ? `${percent(m.value)} [${(100 * m.low).toFixed(1)}, ${(100 * m.high).toFixed(1)}], n ${number(m.n)}` : 'not known yet';

const PAGES = [['label', 'Label'], ['review', 'Review'], ['explore', 'Explore'], ['dashboard', 'Dashboard']];
const THEME = 'flywheel.theme';
let live, assertive, toasts;

/** Tells screen readers. */
export function announce(text, now = false) {
  const region = now ? assertive : live;
  region.textContent = '';
  requestAnimationFrame(() => { region.textContent = text; });
}

/** Shows a message at the edge of the page. kind: info, ok, bad. */
export function toast(text, { kind = 'info', seconds = 6, action = '' } = {}) {
  const mark = { info: 'i', ok: '✓', bad: '!' }[kind];
  const node = el(`div.toast.${kind}`, { role: kind === 'bad' ? 'alert' : 'status' }, el('span.mark', { 'aria-hidden': 'true' }, mark),
    el('div', {}, el('div', {}, text), action ? el('div.muted', {}, action) : null),
    el('button.plain', { type: 'button', 'aria-label': 'Close this message', onclick: () => node.remove() }, '×'));
  toasts.append(node);
  while (toasts.children.length > 4) toasts.firstChild.remove();
  if (seconds) setTimeout(() => node.remove(), seconds * 1000);
  return node;
}

/** Shows a fault as the server told it. */
export function showFault(fault) {
  if (fault instanceof ApiError) toast(fault.message, { kind: 'bad', action: fault.action, seconds: 12 });
  else {
    console.error(fault);
    toast(fault && fault.message ? fault.message : String(fault), { kind: 'bad', seconds: 12 });
  }
}

/** A modal dialog; resolves to what `done` was called with, null when it was closed. build(done) gives its content. */
export function dialog(title, build, { closable = true, wide = false } = {}) {
  return new Promise(resolve => {
    let result = null;
    const node = el('dialog', { 'aria-labelledby': 'dialog-title', class: wide ? 'wide' : null });
    const done = value => { result = value; node.close(); };
    node.append(el('header', {}, el('h2', { id: 'dialog-title' }, title), closable ? el('button.plain', { type: 'button', 'aria-label': 'Close', onclick: () => done(null) }, '×') : null), build(done));
    node.addEventListener('cancel', e => { if (!closable) e.preventDefault(); });
    node.addEventListener('close', () => { node.remove(); resolve(result); });
    node.addEventListener('keydown', e => e.stopPropagation());
    document.body.append(node);
    node.showModal();
    node.querySelector('[autofocus]')?.focus();
  });
}

/** Asks for one line of text; null when closed. */
export function ask(title, { label, value = '', button = 'OK', type = 'text', hint = '', closable = true, required = true } = {}) {
  return dialog(title, done => {
    const input = el('input', { id: 'asked', type, '.value': value, autofocus: true, autocomplete: 'off', maxlength: 1000, required });
    return el('form', { onsubmit: e => { e.preventDefault(); if (!required || input.value.trim()) done(input.value.trim()); } },
      el('label', { for: 'asked' }, label), input, hint ? el('p.muted', {}, hint) : null, el('div.buttons', {}, el('button.primary', { type: 'submit' }, button)));
  }, { closable });
}

function theme(value) {
  if (value) document.documentElement.dataset.theme = value;
  else delete document.documentElement.dataset.theme;
}
theme(localStorage.getItem(THEME));
const isDark = () => (document.documentElement.dataset.theme || (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark';

/**
 * Builds the page's frame around <main id="main">, lets the person in, and returns the session: { workspace, keyed, who, pages, version }.
 * name: people are asked for their name if none is known (where nothing is written, no name is needed).
 */
export async function start({ page, title, name = true }) {
  document.title = `${title} · Flywheel`;
  const main = document.getElementById('main');
  live = el('div.sr', { 'aria-live': 'polite' });
  assertive = el('div.sr', { 'aria-live': 'assertive' });
  toasts = el('div.toasts', {});
  const themeButton = el('button.plain', { type: 'button', onclick: () => { const next = isDark() ? 'light' : 'dark'; localStorage.setItem(THEME, next); theme(next); shown(); } });
  const shown = () => { replace(themeButton, isDark() ? '☀' : '☾'); themeButton.setAttribute('aria-label', isDark() ? 'Use the light theme' : 'Use the dark theme'); themeButton.title = themeButton.getAttribute('aria-label'); };
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', shown);
  shown();
  const who = el('button.plain.who', { type: 'button' });
  const nav = el('nav', { 'aria-label': 'Pages' });
  const workspace = el('span.workspace.muted', {});
  const header = el('header.top', {}, el('a.skip', { href: '#main' }, 'Skip to content'), el('span.brand', {}, 'Flywheel'), workspace, nav, el('span.space', {}), who, themeButton);
  document.body.prepend(header);
  document.body.append(toasts, live, assertive);
  main.tabIndex = -1;

  let session;
  for (;;) {
    try {
      session = await api('/studio/session');
      break;
    } catch (fault) {
      showFault(fault);
      await new Promise(r => setTimeout(r, 2000));
    }
  }
  if (!session.open) session = await openWithKey();
  window.addEventListener('flywheel:key-needed', async () => { if (!document.querySelector('dialog')) { await openWithKey(); location.reload(); } });
  if (!session.who && !session.keyed && name) await askName();
  if (!session.keyed) session.who = user.name;
  replace(workspace, session.workspace || '');
  workspace.title = 'Workspace';
  replace(nav, ...PAGES.filter(([id]) => session.pages.includes(id)).map(([id, text]) => el('a', { href: `/studio/${id}`, 'aria-current': id === page ? 'page' : null }, text)));
  const showWho = () => { replace(who, session.who || 'Who are you?'); who.title = session.keyed ? 'Sign out' : 'Change the name'; who.setAttribute('aria-label', `${session.who || 'Nobody'}: ${who.title}`); };
  showWho();
  who.addEventListener('click', async () => {
    if (session.keyed) { await api('/studio/session', { method: 'DELETE' }); location.reload(); return; }
    const before = user.name;
    await askName(true);
    if (user.name !== before) { const url = new URL(location); url.searchParams.delete('who'); history.replaceState(null, '', url); location.reload(); }
  });
  return session;
}

async function askName(closable = false) {
  const said = await ask('Who are you?', { label: 'Your name', value: user.name, button: 'Go on', closable, hint: 'It stands in the ledger beside everything you say. Use the same one each time.' });
  if (said) user.name = said;
}

async function openWithKey() {
  for (let hint = 'Whoever runs this studio makes one with New-FlywheelEndpointKey -Role Review.'; ;) {
    const key = await ask('This studio asks for a key', { label: 'Key', type: 'password', button: 'Open', closable: false, hint });
    try {
      return await api('/studio/session', { method: 'POST', body: { key } });
    } catch (fault) {
      hint = fault.message;
    }
  }
}
