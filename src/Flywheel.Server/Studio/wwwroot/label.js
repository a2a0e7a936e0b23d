// The label page: the list of queues, or one queue.
import { api } from './api.js';
import { el, number, replace, showFault, start } from './shell.js';

await start({ page: 'label', title: 'Label' });
const main = document.getElementById('main');
try {
  const { queues } = await api('/studio/queues');
  replace(main, el('h1', {}, 'Queues'), queues.length ? el('table.queues', {}, ...queues.map(q => el('tr', {}, el('td', {}, el('a', { href: `?queue=${encodeURIComponent(q.name)}` }, q.name)), el('td.num', {}, `${number(q.done)} of ${number(q.images)} done`)))) : el('p', {}, 'No queue yet.'));
} catch (fault) {
  showFault(fault);
}
