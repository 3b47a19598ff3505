// How many messages of a channel this person has not looked at; kept in this browser.

import { store, isReply } from './store.js';
import { compareTs } from './time.js';

const keyOf = (channel) => `sandbox.read.${store.team.id || ''}.${store.me}.${channel}`;

function lastRead(channel) {
  try { return localStorage.getItem(keyOf(channel)) || '0'; } catch { return '0'; }
}

/** True while the person looks at this channel. */
export function isWatching(channel) {
  return store.route.kind === 'channel' && store.route.id === channel && document.visibilityState === 'visible';
}

export function markRead(channel, ts) {
  if (!ts || compareTs(ts, lastRead(channel)) <= 0) return;
  try { localStorage.setItem(keyOf(channel), ts); } catch { /* storage may be off */ }
}

/** Marks everything that is loaded of a channel as read. */
export function markAllRead(channel) {
  let newest = '0';
  for (const ts of store.messages.get(channel)?.keys() || []) if (compareTs(ts, newest) > 0) newest = ts;
  markRead(channel, newest);
  store.emit('unread');
}

export function countUnread(message) {
  if (isWatching(message.channel)) markRead(message.channel, message.ts);
  store.emit('unread');
}

/** The unread messages of one channel. */
export function unreadOf(channel) {
  if (isWatching(channel)) return 0;
  const since = lastRead(channel);
  let count = 0;
  for (const message of store.messages.get(channel)?.values() || []) {
    if (message.user === store.me || message.deleted || isReply(message)) continue;
    if (compareTs(message.ts, since) > 0) count += 1;
  }
  return count;
}
