// The control API and the live stream of the sandbox server.

const base = new URL('control/', document.baseURI);

async function read(response) {
  try {
    return await response.json();
  } catch {
    return { ok: false, error: 'bad_answer', why: `The sandbox answered ${response.status}.` };
  }
}

/** GET /control/<path>; throws when the sandbox cannot be reached. */
export async function get(path, params = {}) {
  const url = new URL(path, base);
  for (const [name, value] of Object.entries(params)) {
    if (value !== undefined && value !== null && value !== '') url.searchParams.set(name, value);
  }
  return read(await fetch(url, { cache: 'no-store' }));
}

/**
 * POST /control/act: what a person does. Never throws; a sandbox that cannot be reached is
 * `{ok: false, error: "unreachable", why}`.
 */
export async function act(body) {
  try {
    const response = await fetch(new URL('act', base), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    return await read(response);
  } catch {
    return {
      ok: false,
      error: 'unreachable',
      why: 'The sandbox could not be reached. Is it still running?',
    };
  }
}

/** Base64 of a file, for the `file` act. */
export async function fileToBase64(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = '';
  for (let start = 0; start < bytes.length; start += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(start, start + 0x8000));
  }
  return btoa(binary);
}

const FIRST_DELAY = 250;
const MAX_DELAY = 4000;

/**
 * Opens /live for a person and keeps it open.
 * `onOpen` runs after every (re)connection, `onEvent` per event, `onDown` when it drops; an
 * `onOpen` that fails ends the connection and it is tried again.
 * Returns a function that ends it.
 */
export function openLive(user, { onOpen, onEvent, onDown }) {
  let socket = null;
  let delay = FIRST_DELAY;
  let timer = 0;
  let ended = false;
  const connect = () => {
    const url = new URL(`live?user=${encodeURIComponent(user)}`, document.baseURI);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    socket = new WebSocket(url);
    const mine = socket;
    socket.onopen = async () => {
      try {
        await onOpen();
        delay = FIRST_DELAY;
      } catch {
        // The stream is there but the reading failed: begin again rather than show old things.
        mine.close();
      }
    };
    socket.onmessage = (message) => {
      if (!ended) onEvent(JSON.parse(message.data));
    };
    socket.onclose = () => {
      if (ended) return;
      onDown();
      timer = setTimeout(connect, delay);
      delay = Math.min(MAX_DELAY, delay * 2);
    };
  };
  const hurry = () => {
    if (ended || !socket || socket.readyState !== WebSocket.CLOSED) return;
    clearTimeout(timer);
    delay = FIRST_DELAY;
    connect();
  };
  window.addEventListener('online', hurry);
  document.addEventListener('visibilitychange', hurry);
  connect();
  return () => {
    ended = true;
    clearTimeout(timer);
    window.removeEventListener('online', hurry);
    document.removeEventListener('visibilitychange', hurry);
    socket.close();
  };
}
