// Keeps the store in step with the sandbox: one person, one live socket, catch-up after a gap.

import { act, get, openLive } from './api.js';
import { announce } from './dom.js';
import { plainMrkdwn } from './mrkdwn.js';
import { countUnread } from './unread.js';
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
      onOpen: () => resync(mine).then(resolve, reject),
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
    const [state, ephemerals, views] = await Promise.all([
      get('state', { user }),
      get('ephemerals', { user }),
      get('views', { user }),
    ]);
    if (mine !== generation) return;
    if (!state.ok) throw new Error(state.why || 'The sandbox did not answer.');
    store.setState(state);
    store.setEphemerals(ephemerals.ephemerals || []);
    setViews(views.views || []);
    const again = [...store.loaded];
    await Promise.all(again.map((channel) => readChannel(channel)));
  });
  if (mine !== generation) return;
  setLive('online');
  store.emit('synced');
}

async function readChannel(channel) {
  const answer = await get('messages', { channel });
  if (answer.ok) store.setMessages(channel, answer.messages);
  store.emit('messages', { channel });
}

/** Loads a channel's messages once. */
export async function ensureChannel(channel) {
  if (store.loaded.has(channel)) return;
  await withHeldEvents(() => readChannel(channel));
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
  const isNew = store.putMessage(message);
  const fresh = isNew && !message.deleted;
  if (fresh && message.user !== store.me && store.isMine(message.channel)) {
    announce(`${authorOf(message).name}: ${plainMrkdwn(message.text) || 'posted a message'}`);
    countUnread(message);
  }
  store.emit('messages', { channel: message.channel, fresh, message });
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
