// What the page knows, and who wants to hear about changes. No requests are made here.

import { orderOf } from './time.js';

const listeners = new Map();
let version = 0;

export const store = {
  me: null,
  team: { name: 'Slack sandbox' },
  app: { name: 'App', connected: 0 },
  users: new Map(),
  channels: new Map(),
  ims: [],
  usergroups: new Map(),
  commands: [],
  shortcuts: [],
  messages: new Map(),
  loaded: new Set(),
  unread: new Map(),
  ephemerals: new Map(),
  dismissed: new Set(),
  outgoing: new Map(),
  views: new Map(),
  home: null,
  live: 'connecting',
  route: { kind: 'none' },
  thread: null,

  /** Calls `fn` on every `topic`; returns the way to stop. */
  on(topic, fn) {
    if (!listeners.has(topic)) listeners.set(topic, new Set());
    listeners.get(topic).add(fn);
    return () => listeners.get(topic).delete(fn);
  },
  emit(topic, payload) {
    for (const fn of [...(listeners.get(topic) || [])]) fn(payload);
  },

  /** Forgets what belonged to the former person. */
  reset(me) {
    this.me = me;
    for (const map of [
      this.messages,
      this.ephemerals,
      this.views,
      this.dismissed,
      this.outgoing,
      this.loaded,
      this.unread,
    ])
      map.clear();
    this.home = null;
    this.thread = null;
  },

  setState(state) {
    this.team = state.team || this.team;
    this.app = state.app || this.app;
    this.users = new Map((state.users || []).map((user) => [user.id, user]));
    this.channels = new Map((state.channels || []).map((channel) => [channel.id, channel]));
    this.ims = state.ims || [];
    for (const place of [...this.channels.values(), ...this.ims])
      this.unread.set(place.id, place.unread || 0);
    this.usergroups = new Map((state.usergroups || []).map((group) => [group.id, group]));
    this.commands = state.commands || [];
    this.shortcuts = state.shortcuts || [];
    this.emit('state');
  },

  /** Stores one message's newest rendering; true when it was not known before. */
  putMessage(message) {
    const channel = this.messages.get(message.channel) || new Map();
    this.messages.set(message.channel, channel);
    const known = channel.get(message.ts);
    version += 1;
    channel.set(message.ts, { ...message, _v: version, _n: known?._n ?? orderOf(message.ts) });
    return !known;
  },
  /** Replaces what is known of a channel; messages that are the same keep their drawing. */
  setMessages(channelId, messages) {
    const before = this.messages.get(channelId) || new Map();
    const after = new Map();
    for (const message of messages) {
      const known = before.get(message.ts);
      const plain = { ...message, _v: 0, _n: 0 };
      const same = known && JSON.stringify({ ...known, _v: 0, _n: 0 }) === JSON.stringify(plain);
      version += 1;
      after.set(
        message.ts,
        same ? known : { ...message, _v: version, _n: orderOf(message.ts) },
      );
    }
    this.messages.set(channelId, after);
    this.loaded.add(channelId);
  },
  /** Adds older messages; what arrived meanwhile is newer than this reading and stays. */
  addOlder(channelId, messages) {
    const known = this.messages.get(channelId);
    for (const message of messages) if (!known?.has(message.ts)) this.putMessage(message);
    this.loaded.add(channelId);
  },
  putEphemeral(ephemeral) {
    version += 1;
    const ts = ephemeral.ts || ephemeral.id;
    this.ephemerals.set(ephemeral.id, { ...ephemeral, ts, _v: version, _n: orderOf(ts) });
  },
  setEphemerals(list) {
    const local = [...this.ephemerals.values()].filter((item) => item.local);
    this.ephemerals.clear();
    [...list, ...local].forEach((item) => this.putEphemeral(item));
  },

  /** A message on its way; `state` is "sending" or "failed". It stands last until it is posted. */
  putOutgoing(outgoing) {
    version += 1;
    this.outgoing.set(outgoing.id, { ...outgoing, _v: version, _n: orderOf(outgoing.ts) + 1e12 });
    const mine = outgoing.state === 'sending';
    this.emit('messages', { channel: outgoing.channel, fresh: false, mine });
  },
  dropOutgoing(id) {
    const gone = this.outgoing.get(id);
    if (!gone) return;
    this.outgoing.delete(id);
    this.emit('messages', { channel: gone.channel, fresh: false });
  },

  /** The rows of a channel (or of one thread), oldest first, ephemerals between messages. */
  rows(channelId, threadTs = null) {
    const all = [...(this.messages.get(channelId)?.values() || [])];
    const rows = all.filter((item) =>
      threadTs ? item.ts === threadTs || item.thread_ts === threadTs : !isReply(item),
    );
    for (const item of this.ephemerals.values()) {
      if (item.channel !== channelId || item.deleted || this.dismissed.has(item.id)) continue;
      if ((item.thread_ts || null) === threadTs)
        rows.push({ ...item, ephemeral: true });
    }
    for (const item of this.outgoing.values()) {
      if (item.channel === channelId && (item.thread_ts || null) === threadTs) rows.push(item);
    }
    return rows.sort((left, right) => left._n - right._n);
  },
  message(channelId, ts) {
    return this.messages.get(channelId)?.get(ts);
  },
  people() {
    return [...this.users.values()].filter(
      (user) =>
        !user.is_bot && !user.deleted && user.role_hint !== 'slackbot' && user.id !== 'USLACKBOT',
    );
  },
  /** The direct conversation with the app, when there is one. */
  appIm() {
    return this.ims[0] || null;
  },
  /** Whether this person is in the conversation. */
  isMine(channelId) {
    return (
      Boolean(this.channels.get(channelId)?.members?.includes(this.me)) ||
      this.ims.some((im) => im.id === channelId)
    );
  },
  openModals() {
    return [...this.views.values()]
      .filter((view) => view.type === 'modal' && view.open !== false)
      .sort((left, right) => (left.stack || 0) - (right.stack || 0));
  },
};

/** A reply lives in its thread only, unless it was also posted to the channel. */
export function isReply(message) {
  return (
    Boolean(message.thread_ts) &&
    message.thread_ts !== message.ts &&
    message.subtype !== 'thread_broadcast'
  );
}

/** The name to show for a message's author. */
export function authorOf(message) {
  const author = message.ephemeral || message.local ? message.author : message.user;
  const user = store.users.get(author);
  const isApp = Boolean(message.bot_id || user?.is_bot);
  const name =
    message.username ||
    user?.real_name ||
    user?.name ||
    (isApp ? store.app.name : author) ||
    'Someone';
  return { id: author, user, isApp, name };
}
