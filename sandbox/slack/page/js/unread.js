// Unread counts: the sandbox keeps them per person, the page counts on between two readings.

import { actAs } from './session.js';
import { store, isReply } from './store.js';

const READ_DELAY = 250;
const timers = new Map();

/** True while the person looks at this channel. */
export function isWatching(channel) {
  return (
    store.route.kind === 'channel' &&
    store.route.id === channel &&
    document.visibilityState === 'visible'
  );
}

/** The unread messages of one channel. */
export function unreadOf(channel) {
  return isWatching(channel) ? 0 : store.unread.get(channel) || 0;
}

/** Counts a message that just arrived, or marks its channel as read when it is in view. */
export function countUnread(message) {
  if (isReply(message) && message.subtype !== 'thread_broadcast') return;
  if (isWatching(message.channel)) markRead(message.channel);
  else store.unread.set(message.channel, (store.unread.get(message.channel) || 0) + 1);
  store.emit('unread');
}

/** Tells the sandbox, a moment later and once, that a channel was read. */
export function markRead(channel) {
  store.unread.set(channel, 0);
  store.emit('unread');
  clearTimeout(timers.get(channel));
  timers.set(
    channel,
    setTimeout(() => {
      if (store.isMine(channel)) void actAs({ type: 'read', channel });
    }, READ_DELAY),
  );
}
