// Talks to the studio. Every fault is an ApiError with what the server said; `offline` where it said nothing.

export class ApiError extends Error {
  constructor(message, { status = 0, errorId = '', action = '', offline = false } = {}) {
    super(message);
    this.name = 'ApiError';
    Object.assign(this, { status, errorId, action, offline });
  }
}

const USER = 'flywheel.user';

/** Who sits here, where no key says so: from the address (?who=), this tab, or this browser. */
export const user = {
  get name() {
    const asked = new URLSearchParams(location.search).get('who');
    if (asked && asked.trim()) this.name = asked;
    return sessionStorage.getItem(USER) || localStorage.getItem(USER) || '';
  },
  set name(value) {
    const name = value.trim().slice(0, 100);
    sessionStorage.setItem(USER, name);
    localStorage.setItem(USER, name);
  },
};

/** Asks the studio. `body` is sent as JSON. The session of a keyed studio travels as a cookie. */
export async function api(path, { method = 'GET', body, signal, timeout = 20000 } = {}) {
  const headers = { 'X-Flywheel': '1' };
  const name = user.name;
  if (name) headers['X-Flywheel-User'] = encodeURIComponent(name);
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  const limit = AbortSignal.timeout(timeout);
  let response;
  try {
    response = await fetch(path, {
      method, headers, body: body === undefined ? undefined : JSON.stringify(body), cache: 'no-store',
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
  } catch (e) {
    if (signal && signal.aborted) throw e;
    throw new ApiError('The studio does not answer.', { offline: true, action: 'Check that it still runs: Get-FlywheelStudio.' });
  }
  let answer = null;
  try {
    answer = await response.json();
  } catch {
    if (response.ok) throw new ApiError('The studio was cut off in the middle of its answer.', { offline: true });
  }
  if (response.ok) return answer;
  const fault = new ApiError((answer && answer.detail) || `The studio answered ${response.status}.`, {
    status: response.status, errorId: (answer && answer.errorId) || '', action: (answer && answer.action) || '', offline: response.status === 503 || response.status === 502,
  });
  if (response.status === 401) window.dispatchEvent(new CustomEvent('flywheel:key-needed'));
  throw fault;
}

/** The address of a picture; with a size, of a small one whose longer side is about that. */
export const imageUrl = (id, size) => `/studio/images/${id}${size ? `?size=${size}` : ''}`;

/** An id nobody else has. */
export const newId = () => crypto.randomUUID ? crypto.randomUUID() : [...crypto.getRandomValues(new Uint8Array(16))].map(b => b.toString(16).padStart(2, '0')).join('');
