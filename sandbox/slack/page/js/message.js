// One message or ephemeral as an element.

import { renderAttachment } from './attachments.js';
import { avatar } from './avatar.js';
import { append, h, toast } from './dom.js';
import { emojiOf } from './emoji.js';
import { fileCard } from './files.js';
import { icon } from './icons.js';
import { openList } from './listbox.js';
import { renderMrkdwn } from './mrkdwn.js';
import { renderBlocks } from './blocks/index.js';
import { actAs } from './session.js';
import { failureText } from './interactions.js';
import { authorOf, store } from './store.js';
import { exact, clock, relativeDay, timeElement, tsToMs } from './time.js';
import { valuesFor } from './values.js';

/** `grouped`: the row above is the same author's; `inThread`: no thread summary. */
export function renderMessage(message, { grouped = false, inThread = false } = {}) {
  const author = authorOf(message);
  const ms = tsToMs(message.ts);
  const surface = surfaceOf(message);
  const main = h(
    'div',
    { class: 'msg-main' },
    grouped ? null : headline(message, author, ms),
    body(message, surface),
    message.deleted ? null : extras(message, inThread),
  );
  const gutter = h(
    'div',
    { class: 'msg-gutter' },
    grouped
      ? h(
          'time',
          { class: 'msg-side-time', title: exact(ms), datetime: new Date(ms).toISOString() },
          clock(ms).replace(/ [AP]M/, ''),
        )
      : avatar(author.user || { real_name: author.name }, 'normal', author.isApp),
  );
  const element = h(
    'article',
    {
      class: `msg${grouped ? ' is-grouped' : ''}${message.deleted ? ' is-deleted' : ''}${message.ephemeral ? ' is-ephemeral' : ''}`,
      'aria-label': `${author.name}, ${clock(ms)}${message.ephemeral ? ', only visible to you' : ''}`,
      data: {
        ts: message.ephemeral ? null : message.ts,
        channel: message.channel,
        user: author.id,
        ephemeral: message.ephemeral ? message.id : null,
      },
    },
    gutter,
    main,
  );
  if (!message.ephemeral && !message.deleted) element.append(toolbar(message, inThread));
  return element;
}

function surfaceOf(message) {
  const key = message.ephemeral ? `ephemeral:${message.id}` : `${message.channel}:${message.ts}`;
  const values = valuesFor(`${key}#${message.updates ?? message.replaced ?? 0}`);
  values.setState(message.state?.values);
  return {
    key,
    surface: message.ephemeral ? 'ephemeral' : 'message',
    values,
    me: store.me,
    ref: { channel: message.channel, ts: message.ephemeral ? message.id : message.ts },
  };
}

function headline(message, author, ms) {
  return h(
    'header',
    { class: 'msg-head' },
    h('span', { class: 'msg-name', dir: 'auto' }, author.name),
    author.isApp ? h('span', { class: 'badge' }, 'App') : null,
    author.user?.is_restricted || author.user?.is_ultra_restricted
      ? h('span', { class: 'badge badge-quiet' }, 'Guest')
      : null,
    timeElement(ms),
    message.ephemeral ? ephemeralNote(message) : null,
  );
}

function ephemeralNote(message) {
  return h(
    'span',
    { class: 'only-you' },
    icon('eye', 14),
    'Only visible to you',
    h(
      'button',
      {
        class: 'link-btn',
        type: 'button',
        data: { testid: 'dismiss' },
        on: {
          click: () => {
            store.dismissed.add(message.id);
            store.emit('messages', { channel: message.channel });
          },
        },
      },
      'Dismiss',
    ),
  );
}

function body(message, surface) {
  if (message.deleted)
    return h('p', { class: 'deleted-note' }, icon('close', 14), 'This message was deleted.');
  const box = h('div', { class: 'msg-body' });
  if (message.blocks?.length) append(box, renderBlocks(message.blocks, surface));
  else if (message.text) {
    const text = h('div', { class: 'md', dir: 'auto' });
    text.append(renderMrkdwn(message.text));
    if (message.edited)
      text.append(
        h('span', { class: 'edited', title: exact(tsToMs(message.edited.ts)) }, ' (edited)'),
      );
    box.append(text);
  }
  append(
    box,
    (message.attachments || []).map((one) => renderAttachment(one, surface)),
  );
  append(box, (message.files || []).map(fileCard));
  return box;
}

function extras(message, inThread) {
  const parts = [];
  if (message.reactions?.length)
    parts.push(h('div', { class: 'reactions' }, message.reactions.map(reaction)));
  if (message.reply_count > 0 && !inThread) parts.push(threadSummary(message));
  return parts;
}

function reaction(one) {
  const names = (one.users || []).map((id) => store.users.get(id)?.real_name || id).join(', ');
  return h(
    'span',
    { class: 'reaction', title: `${names} reacted with :${one.name}:` },
    emojiOf(one.name) || `:${one.name}:`,
    h('span', { class: 'tabular' }, String(one.count ?? one.users?.length ?? 1)),
  );
}

function threadSummary(message) {
  const count = message.reply_count;
  const faces = (message.reply_users || [])
    .slice(0, 3)
    .map((id) => avatar(store.users.get(id), 'tiny', store.users.get(id)?.is_bot));
  return h(
    'button',
    {
      class: 'thread-link',
      type: 'button',
      data: { testid: 'thread-link' },
      on: { click: () => openThread(message) },
    },
    faces,
    h('strong', {}, `${count} ${count === 1 ? 'reply' : 'replies'}`),
    message.latest_reply
      ? h(
          'span',
          { class: 'thread-when' },
          `Last reply ${relativeDay(tsToMs(message.latest_reply))}`,
        )
      : null,
  );
}

function openThread(message) {
  store.emit('thread', { channel: message.channel, ts: message.thread_ts || message.ts });
}

function toolbar(message, inThread) {
  const shortcuts = store.shortcuts.filter((one) => one.type === 'message');
  const more = shortcuts.length
    ? h(
        'button',
        {
          class: 'icon-btn',
          type: 'button',
          'aria-label': 'More actions',
          'aria-haspopup': 'menu',
          title: 'More actions',
        },
        icon('more'),
      )
    : null;
  more?.addEventListener('click', () =>
    openList(more, {
      role: 'menu',
      label: 'Message shortcuts',
      items: shortcuts.map((one) => ({
        value: one.callback_id,
        text: one.name,
        label: one.name,
        detail: one.description,
      })),
      onPick: async (callbackId) => {
        const text = failureText(
          await actAs({
            type: 'shortcut',
            callback_id: callbackId,
            channel: message.channel,
            ts: message.ts,
          }),
        );
        if (text) toast(text, 'error');
      },
    }),
  );
  if (inThread && !more) return h('span', { hidden: true });
  return h(
    'div',
    { class: 'msg-tools', role: 'group', 'aria-label': 'Message actions' },
    inThread
      ? null
      : h(
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
        ),
    more,
  );
}
