// What a person did, on its way to the studio: in order, one at a time, kept in the browser until it is acknowledged. What was sent and not
// acknowledged is sent again after a reload or a restart of the studio; answers carry ids, so that nothing counts twice.
import { api, ApiError } from './api.js';

export class Outbox extends EventTarget {
  #key; #path; #actions; #running = false; #pause = 0; #wake = null;

  /** key: where it is kept; path: of the queue. */
  constructor(key, path) {
    super();
    this.#key = key;
    this.#path = path;
    try {
      this.#actions = JSON.parse(localStorage.getItem(key)) || [];
    } catch {
      this.#actions = [];
    }
    window.addEventListener('online', () => this.#hurry());
  }

  get length() { return this.#actions.length; }

  /** Images with an answer that is not acknowledged, and not taken back. */
  get images() {
    const images = new Set();
    for (const action of this.#actions)
      for (const answer of action.answers) action.kind === 'undo' ? images.delete(answer.imageId) : images.add(answer.imageId);
    return images;
  }

  /** kind: answers or undo. */
  push(kind, answers) {
    this.#actions.push({ kind, answers });
    this.#keep();
    this.drain();
  }

  /** Resolves once everything is acknowledged. */
  async settled() {
    while (this.#actions.length) await new Promise(r => this.addEventListener('change', r, { once: true }));
  }

  async drain() {
    if (this.#running) return;
    this.#running = true;
    try {
      while (this.#actions.length) {
        const action = this.#actions[0];
        try {
          const answer = await api(`${this.#path}/${action.kind}`, { method: 'POST', body: { answers: action.answers } });
          this.#shift();
          this.#offline(false);
          this.dispatchEvent(new CustomEvent('acknowledged', { detail: { action, answer } }));
        } catch (fault) {
          if (!(fault instanceof ApiError)) throw fault;
          if (fault.offline || fault.status === 401 || fault.status === 429 || fault.status >= 500) {
            this.#offline(true, fault);
            this.#pause = Math.min(4000, Math.max(250, this.#pause * 1.6));
            await new Promise(r => { this.#wake = r; setTimeout(r, this.#pause); });
          } else {
            this.#shift();
            this.dispatchEvent(new CustomEvent('refused', { detail: { action, fault } }));
          }
        }
      }
    } finally {
      this.#running = false;
    }
  }

  #hurry() { this.#pause = 0; this.#wake?.(); }

  #shift() {
    this.#pause = 0;
    this.#actions.shift();
    this.#keep();
  }

  #keep() {
    if (this.#actions.length) localStorage.setItem(this.#key, JSON.stringify(this.#actions));
    else localStorage.removeItem(this.#key);
    this.dispatchEvent(new Event('change'));
  }

  #offline(now, fault) { this.dispatchEvent(new CustomEvent('offline', { detail: { offline: now, fault } })); }
}
