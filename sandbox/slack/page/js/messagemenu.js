// What can be done with a message: reply, the app's shortcuts, its link.

import { h, toast } from './dom.js';
import { icon } from './icons.js';
import { failureText } from './interactions.js';
import { openList } from './listbox.js';
import { actAs } from './session.js';
import { store } from './store.js';

/** Opens the thread a message begins or stands in. */
export function openThread(message) {
  store.emit('thread', { channel: message.channel, ts: message.thread_ts || message.ts });
}

/** The small bar of a message; `inThread` leaves out what leads to the thread. */
export function toolbar(message, inThread) {
  const more = h(
    'button',
    {
      class: 'icon-btn',
      type: 'button',
      'aria-label': 'More for this message',
      'aria-haspopup': 'menu',
      'aria-expanded': 'false',
      title: 'More for this message',
      data: { testid: 'message-menu' },
    },
    icon('more'),
  );
  more.addEventListener('click', () => openMessageMenu(more, message, inThread));
  const reply = h(
    'button',
    {
      class: 'icon-btn',
      type: 'button',
      'aria-label': 'Reply in thread',
      title: 'Reply in thread',
      data: { testid: 'reply' },
      on: { click: () => openThread(message) },
    },
    icon('reply'),
  );
  return h(
    'div',
    { class: 'msg-tools', role: 'group', 'aria-label': 'Message actions' },
    inThread ? null : reply,
    more,
  );
}

const COPY_LINK = 'copy-link';
const REPLY = 'reply';

/** The app's message shortcuts, then what the client itself can do. */
function openMessageMenu(anchor, message, inThread) {
  const shortcuts = store.shortcuts.filter((one) => one.type === 'message');
  const group = shortcuts.length ? 'This message' : null;
  const own = [
    { value: REPLY, text: 'Reply in thread', lead: icon('reply', 16), group },
    { value: COPY_LINK, text: 'Copy link to this message', lead: icon('link', 16), group },
  ];
  openList(anchor, {
    role: 'menu',
    label: 'Message actions',
    items: [
      ...shortcuts.map((one) => ({
        value: `shortcut ${one.callback_id}`,
        text: one.name,
        label: one.name,
        detail: one.description,
        group: store.app.name,
      })),
      ...own.filter((one) => !inThread || one.value !== REPLY),
    ],
    onPick: (value) => {
      if (value === REPLY) openThread(message);
      else if (value === COPY_LINK) void copyLink(message);
      else void runShortcut(value.slice('shortcut '.length), message);
    },
  });
}

async function runShortcut(callbackId, message) {
  const text = failureText(
    await actAs({
      type: 'shortcut',
      callback_id: callbackId,
      channel: message.channel,
      ts: message.ts,
    }),
  );
  if (text) toast(text, 'error');
}

async function copyLink(message) {
  const path = `archives/${message.channel}/p${message.ts.replace('.', '')}`;
  const address = new URL(path, document.baseURI.split(/[?#]/)[0]).href;
  try {
    await navigator.clipboard.writeText(address);
    toast('The link is copied.');
  } catch {
    toast(address);
  }
}
