// Messages and files on their way: shown at once, and kept with a way out when posting fails.

import { fileToBase64 } from './api.js';
import { announce } from './dom.js';
import { actAs } from './session.js';
import { store } from './store.js';

let counter = 0;

/** Posts a text (and files) to `{channel, thread_ts?}`; what fails stays in view as such. */
export async function postMessage(place, text, files = []) {
  if (!files.length) return deliver(made(place, { text }));
  for (const [index, file] of files.entries())
    await deliver(made(place, { text: index === 0 ? text : '', file }));
  return null;
}

function made(place, content) {
  counter += 1;
  const thread = place.thread_ts ? { thread_ts: place.thread_ts } : {};
  return {
    id: `out-${counter}`,
    ts: (Date.now() / 1000).toFixed(6),
    channel: place.channel,
    user: store.me,
    outgoing: true,
    ...thread,
    ...content,
  };
}

async function deliver(item) {
  store.putOutgoing({ ...item, state: 'sending', why: '' });
  const answer = await actAs(await bodyOf(item));
  if (answer.ok) {
    if (answer.message && answer.message.channel) store.putMessage(answer.message);
    store.dropOutgoing(item.id);
    return;
  }
  const why = answer.why || 'The sandbox did not take it.';
  store.putOutgoing({ ...item, state: 'failed', why });
  announce(`Not posted: ${why}`);
}

async function bodyOf(item) {
  const thread = item.thread_ts ? { thread_ts: item.thread_ts } : {};
  const body = { channel: item.channel, text: item.text || '', ...thread };
  if (!item.file) return { type: 'message', ...body };
  return {
    type: 'file',
    name: item.file.name,
    content_base64: await fileToBase64(item.file),
    ...body,
  };
}

/** Tries a failed one again. */
export function retryOutgoing(id) {
  const item = store.outgoing.get(id);
  if (item?.state === 'failed') void deliver(item);
}
