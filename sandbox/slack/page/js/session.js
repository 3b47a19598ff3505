// Keeps the store in step with the sandbox: one person, one live socket, catch-up after a gap.

import { act, get, openLive } from './api.js';
import { announce } from './dom.js';
import { plainMrkdwn } from './mrkdwn.js';
import { countUnread, isWatching } from './unread.js';
import { authorOf, store } from './store.js';

let closeLive = null;
let loads = 0;
let queue = [];
let generation = 0;

/** Starts (again) as `user`; null lets the sandbox choose the first person. */
export async function startSession(user) {
  generation += 1;
  const mine = generation;
  if (closeLive) closeLive();
  closeLive = null;
  queue = [];
  store.reset(user);
  if (!user) {
    const state = await get('state');
    user = state.me || (state.users || []).find((person) => !person.is_bot)?.id;
    store.reset(user);
  }
  await new Promise((resolve, reject) => {
    closeLive = openLive(user, {
      onOpen: async () => {
        try {
          await resync(mine);
          resolve();
        } catch (error) {
          reject(error);
          throw error;
        }
      },
      onEvent: (event) => {
        if (mine === generation) receive(event);
      },
      onDown: () => setLive('offline'),
    });
  });
}

function setLive(value) {
  if (store.live === value) return;
  store.live = value;
  store.emit('live');
}

/** Runs a read while live events wait, so that an older snapshot never wins over a newer event. */
async function withHeldEvents(read) {
  loads += 1;
  const mine = generation;
  try {
    return await read(() => mine === generation);
  } finally {
    loads -= 1;
    if (loads === 0 && mine === generation) queue.splice(0).forEach(apply);
  }
}

async function resync(mine) {
  await withHeldEvents(async () => {
    const user = store.me;
    const state = await get('state', { user });
    if (mine !== generation) return;
    if (!state.ok) throw new Error(state.why || 'The sandbox did not answer.');
    store.setState(state);
    if (!store.users.has(user)) return;
    const [ephemerals, views] = await Promise.all([
      get('ephemerals', { user }),
      get('views', { user }),
    ]);
    if (mine !== generation) return;
    store.setEphemerals(ephemerals.ephemerals || []);
    setViews(views.views || []);
    const again = [...store.loaded].filter((channel) => store.isMine(channel));
    forgetChannels([...store.loaded].filter((channel) => !again.includes(channel)));
    await Promise.all(again.map((channel) => readChannel(channel)));
  });
  if (mine !== generation) return;
  setLive('online');
  store.emit(store.users.has(store.me) ? 'synced' : 'stranger');
}

async function readChannel(channel) {
  const answer = await get('messages', { channel });
  if (answer.ok) store.setMessages(channel, answer.messages);
  store.emit('messages', { channel });
}

/** A sandbox that was started again may not have these any more. */
function forgetChannels(channels) {
  for (const channel of channels) {
    store.messages.delete(channel);
    store.loaded.delete(channel);
    store.emit('messages', { channel });
  }
}

const FIRST_PART = 100;
const older = new Map();

/** Loads a channel's newest messages once; the older ones follow in the background. */
export async function ensureChannel(channel) {
  if (store.loaded.has(channel)) return;
  const mine = generation;
  let total = 0;
  await withHeldEvents(async (current) => {
    const answer = await get('messages', { channel, limit: FIRST_PART });
    if (!answer.ok || !current()) return;
    total = answer.total;
    store.setMessages(channel, answer.messages);
    store.emit('messages', { channel });
  });
  if (total > FIRST_PART && mine === generation) older.set(channel, readOlder(channel, mine));
}

async function readOlder(channel, mine) {
  try {
    const answer = await get('messages', { channel });
    if (!answer.ok || mine !== generation) return;
    store.addOlder(channel, answer.messages);
    store.emit('messages', { channel });
  } catch {
    // The stream is down as well then, and reads everything when it is back.
  } finally {
    older.delete(channel);
  }
}

/** Waits until every message of a channel is here, also the old ones. */
export async function wholeChannel(channel) {
  await ensureChannel(channel);
  await older.get(channel);
}

/** Reads the open modals and the Home tab again. */
export async function reloadViews() {
  await withHeldEvents(async (current) => {
    const answer = await get('views', { user: store.me });
    if (answer.ok && current()) setViews(answer.views);
  });
}

function setViews(views) {
  store.views.clear();
  store.home = null;
  for (const view of views) putView(view);
  store.emit('views');
  store.emit('home');
}

function putView(view) {
  if (view.user && view.user !== store.me) return;
  if (view.type === 'home') store.home = view;
  else if (view.open === false) store.views.delete(view.id);
  else store.views.set(view.id, view);
}

function receive(event) {
  if (loads > 0) queue.push(event);
  else apply(event);
}

const HANDLERS = {
  message: ({ message, channel }) => takeMessage({ channel, ...message }),
  message_changed: ({ message, channel }) => takeMessage({ channel, ...message }),
  message_deleted: ({ message, channel }) => takeMessage({ channel, ...message, deleted: true }),
  ephemeral: takeEphemeral,
  ephemeral_changed: takeEphemeral,
  view_opened: takeView,
  view_pushed: takeView,
  view_updated: takeView,
  view_closed: ({ view }) => takeView({ view: { ...view, open: false } }),
  home: ({ view }) => {
    putView({ ...view, type: 'home' });
    store.emit('home');
  },
  app: ({ connected }) => {
    store.app = { ...store.app, connected };
    store.emit('state');
    refreshState();
  },
  channel: refreshState,
  channels: refreshState,
  users: refreshState,
  commands: refreshState,
};

function apply(event) {
  const handler = HANDLERS[event.type];
  if (handler) handler(event);
}

let refreshTimer = 0;
function refreshState() {
  clearTimeout(refreshTimer);
  refreshTimer = setTimeout(async () => {
    const answer = await get('state', { user: store.me });
    if (answer.ok) store.setState(answer);
  }, 60);
}

function takeMessage(message) {
  const before = store.message(message.channel, message.ts);
  const isNew = store.putMessage(message);
  const fresh = isNew && !message.deleted;
  if (fresh && message.user === store.me) settleOutgoing(message);
  if (fresh && message.user !== store.me && store.isMine(message.channel)) {
    announce(`${authorOf(message).name}: ${plainMrkdwn(message.text) || 'posted a message'}`);
    countUnread(message);
  } else if (before && isWatching(message.channel)) announceChange(before, message);
  store.emit('messages', { channel: message.channel, fresh, message });
}

/** A message whose sentence changed under the reader's eyes is read again. */
function announceChange(before, message) {
  if (message.deleted && !before.deleted)
    announce(`${authorOf(message).name}: a message was deleted`);
  else if (message.user !== store.me && message.text && message.text !== before.text)
    announce(`Changed: ${plainMrkdwn(message.text)}`);
}

/** What I posted has arrived: the same text on its way is this message. */
function settleOutgoing(message) {
  for (const item of store.outgoing.values()) {
    const same = item.channel === message.channel && item.text === message.text;
    if (!same || item.state !== 'sending' || item.file) continue;
    store.dropOutgoing(item.id);
    return;
  }
}

function takeEphemeral({ ephemeral }) {
  const isNew = !store.ephemerals.has(ephemeral.id);
  store.putEphemeral(ephemeral);
  if (!ephemeral.deleted && isNew) {
    announce(`Only visible to you: ${plainMrkdwn(ephemeral.text) || 'a message'}`);
  }
  store.emit('messages', { channel: ephemeral.channel, fresh: isNew });
}

function takeView({ view }) {
  putView(view);
  store.emit(view.type === 'home' ? 'home' : 'views');
}

/** Shows a note of the client itself, as Slackbot does, only to this person. */
export function localEphemeral(channel, text, threadTs = null) {
  const ts = (Date.now() / 1000).toFixed(6);
  store.putEphemeral({
    id: `local-${ts}`,
    ts,
    channel,
    user: store.me,
    author: 'USLACKBOT',
    username: 'Slackbot',
    text,
    blocks: [],
    local: true,
    ...(threadTs ? { thread_ts: threadTs } : {}),
  });
  announce(`Only visible to you: ${plainMrkdwn(text)}`);
  store.emit('messages', { channel, fresh: true });
}

/** `act` as the current person. */
export function actAs(body) {
  return act({ user: store.me, ...body });
}
