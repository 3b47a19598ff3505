// Mentions of people, channels and groups, shared by mrkdwn and rich text.

import { h, safeUrl } from './dom.js';
import { store } from './store.js';

/** @name of a person; the given label only when the id is not known. */
export function userMention(id, label) {
  const user = store.users.get(id);
  const name = user ? user.display_name || user.real_name || user.name : label || id;
  const mine = id === store.me;
  return h('span', { class: mine ? 'mention mention-me' : 'mention', dir: 'auto' }, `@${name}`);
}

/** #name of a channel, a button that goes there when the person is in it. */
export function channelMention(id, label) {
  const channel = store.channels.get(id);
  const text = `#${channel ? channel.name : label || id}`;
  if (!channel) return h('span', { class: 'mention', dir: 'auto' }, text);
  return h(
    'button',
    {
      class: 'mention mention-channel',
      type: 'button',
      dir: 'auto',
      data: { go: id },
      on: { click: () => store.emit('go', id) },
    },
    text,
  );
}

/** @handle of a user group. */
export function groupMention(id, label) {
  const handle = store.usergroups.get(id)?.handle || label || id;
  return broadcast(handle.replace(/^@/, ''));
}

/** @here, @channel or @everyone. */
export function broadcast(name) {
  return h('span', { class: 'mention mention-me' }, `@${name}`);
}

/** A link that opens beside the page, or plain text when the address is not a safe one. */
export function link(url, children, className = 'link') {
  const href = safeUrl(url);
  if (!href) return h('span', { class: 'inert-link' }, children);
  return h(
    'a',
    { class: className, href, target: '_blank', rel: 'noopener noreferrer', dir: 'auto' },
    children,
  );
}
