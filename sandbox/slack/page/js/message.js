// One message or ephemeral as an element.

import { renderAttachment } from './attachments.js';
import { avatar } from './avatar.js';
import { append, h, uid } from './dom.js';
import { emojiOf } from './emoji.js';
import { fileCard, pendingFile } from './files.js';
import { icon } from './icons.js';
import { openThread, toolbar } from './messagemenu.js';
import { plainMrkdwn, plainOf, renderMrkdwn } from './mrkdwn.js';
import { retryOutgoing } from './outgoing.js';
import { renderBlocks } from './blocks/index.js';
import { authorOf, store } from './store.js';
import { exact, clock, relativeDay, timeElement, tsToMs } from './time.js';
import { valuesFor } from './values.js';

/** Somebody joined, left or archived: one quiet line instead of a message. */
export function isSystem(message) {
  return /^(channel|group)_(join|leave|archive|unarchive|name|topic|purpose)$/.test(
    message.subtype || '',
  );
}

/** `grouped`: the row above is the same author's; `inThread`: no thread summary. */
export function renderMessage(message, { grouped = false, inThread = false } = {}) {
  const author = authorOf(message);
  if (isSystem(message)) return systemLine(message, author);
  const ms = tsToMs(message.ts);
  const surface = surfaceOf(message);
  const main = h(
    'div',
    { class: 'msg-main' },
    grouped ? null : headline(message, author, ms),
    message.subtype === 'thread_broadcast' && !inThread ? broadcastNote(message) : null,
    body(message, surface),
    message.deleted || message.outgoing ? null : extras(message, inThread),
    message.outgoing ? onItsWay(message) : null,
  );
  const element = h(
    'article',
    {
      class: classOf(message, grouped),
      tabindex: '-1',
      'aria-label': spokenLabel(message, author, ms),
      'aria-busy': message.state === 'sending' ? 'true' : null,
      data: {
        ts: message.ephemeral || message.outgoing ? null : message.ts,
        channel: message.channel,
        user: author.id,
        ephemeral: message.ephemeral ? message.id : null,
        outgoing: message.outgoing ? message.state : null,
      },
    },
    gutter(author, ms, grouped),
    main,
  );
  if (!message.ephemeral && !message.deleted && !message.outgoing)
    element.append(toolbar(message, inThread));
  return element;
}

function classOf(message, grouped) {
  const marks = {
    'is-grouped': grouped,
    'is-deleted': message.deleted,
    'is-ephemeral': message.ephemeral,
    'is-sending': message.state === 'sending',
    'is-failed': message.state === 'failed',
  };
  return ['msg', ...Object.keys(marks).filter((name) => marks[name])].join(' ');
}

const headerOf = ({ blocks = [], attachments = [] }) =>
  [...(blocks || []), ...(attachments || []).flatMap((one) => one.blocks || [])].find(
    (block) => block.type === 'header',
  );

/** Who, when and the first words: enough to choose a message by ear. */
function spokenLabel(message, author, ms) {
  const header = headerOf(message);
  const words = header ? plainOf(header.text) : plainMrkdwn(message.text || '');
  const start = words.length > 80 ? `${words.slice(0, 79)}…` : words;
  const parts = [author.name, clock(ms), message.ephemeral ? 'only visible to you' : null];
  return `${parts.filter(Boolean).join(', ')}${start && !message.deleted ? `: ${start}` : ''}`;
}

function gutter(author, ms, grouped) {
  const time = () =>
    h(
      'time',
      { class: 'msg-side-time', title: exact(ms), datetime: new Date(ms).toISOString() },
      clock(ms).replace(/ [AP]M/, ''),
    );
  const face = () => avatar(author.user || { real_name: author.name }, 'normal', author.isApp);
  return h('div', { class: 'msg-gutter' }, grouped ? time() : face());
}

function systemLine(message, author) {
  const text = h('span', { class: 'md', dir: 'auto' });
  text.append(renderMrkdwn(message.text || ''));
  return h(
    'article',
    {
      class: 'msg msg-system',
      tabindex: '-1',
      data: { ts: message.ts, channel: message.channel, user: author.id },
    },
    h('div', { class: 'msg-gutter' }, avatar(author.user, 'tiny', author.isApp)),
    h('div', { class: 'msg-main' }, text, ' ', timeElement(tsToMs(message.ts))),
  );
}

function broadcastNote(message) {
  const parent = store.message(message.channel, message.thread_ts);
  return h(
    'button',
    { class: 'link-btn broadcast-note', type: 'button', on: { click: () => openThread(message) } },
    `replied to a thread${parent ? ` of ${authorOf(parent).name}` : ''}`,
  );
}

/** Under a message that is not posted yet: what happens, or what to do about it. */
function onItsWay(message) {
  if (message.state !== 'failed')
    return h('p', { class: 'on-its-way' }, h('span', { class: 'spinner' }), 'Posting…');
  const act = (words, fn, testid) =>
    h('button', { class: 'link-btn', type: 'button', data: { testid }, on: { click: fn } }, words);
  return h(
    'p',
    { class: 'press-failure', data: { testid: 'not-posted' } },
    icon('warn', 16),
    h('span', {}, `Not posted. ${message.why} `),
    act('Try again', () => retryOutgoing(message.id), 'retry-post'),
    act('Delete', () => store.dropOutgoing(message.id), 'drop-post'),
  );
}

function surfaceOf(message) {
  const key = message.ephemeral ? `ephemeral:${message.id}` : `${message.channel}:${message.ts}`;
  const heading = headerOf(message);
  const values = valuesFor(`${key}#${message.updates ?? message.replaced ?? 0}`);
  values.setState(message.state?.values);
  return {
    key,
    surface: message.ephemeral ? 'ephemeral' : 'message',
    values,
    me: store.me,
    headingId: heading ? uid('heading') : null,
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
  if (message.file) append(box, pendingFile(message.file));
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

