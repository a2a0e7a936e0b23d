// Pictures fetched and decoded ahead, so that the next one is there when its turn comes.
import { imageUrl } from './api.js';

const kept = new Map(); // image id -> promise of { bitmap, width, height }
const MOST = 24;

/** The decoded picture. Rejects if it cannot be had. */
export function picture(id) {
  let promise = kept.get(id);
  if (promise) {
    kept.delete(id);
    kept.set(id, promise); // used last
    return promise;
  }
  promise = load(id);
  promise.then(p => { promise.ready = p; }, () => kept.delete(id));
  kept.set(id, promise);
  for (const [old, gone] of kept) {
    if (kept.size <= MOST) break;
    kept.delete(old);
    gone.then(p => setTimeout(() => p.bitmap.close(), 2000), () => {});
  }
  return promise;
}

/** The picture if it is decoded already, or null. */
export const pictureNow = id => kept.get(id)?.ready ?? null;

async function load(id) {
  const response = await fetch(imageUrl(id));
  if (!response.ok) {
    const problem = await response.json().catch(() => null);
    throw new Error(problem?.detail || `The picture cannot be shown (${response.status}).`);
  }
  const bitmap = await createImageBitmap(await response.blob(), { imageOrientation: 'from-image' });
  return { bitmap, width: bitmap.width, height: bitmap.height };
}
