// The middle of the page: header, messages and composer of one conversation.

import { avatar } from './avatar.js';
import { Composer } from './composer.js';
import { takeDrops } from './drops.js';
import { showMembers } from './members.js';
import { fill, h } from './dom.js';
import { icon } from './icons.js';
import { Timeline } from './timeline.js';
import { ensureChannel } from './session.js';
import { store } from './store.js';
import { isWatching, markRead } from './unread.js';

export class Conversation {
  constructor() {
    this.timeline = new Timeline({ label: 'Messages', heading: 'Messages' });
    this.composer = new Composer(() => (this.id ? { channel: this.id } : null), {
      placeholder: 'Message',
    });
    this.notice = h('p', { class: 'composer-notice', hidden: true });
    this.element = h(
      'div',
      { class: 'conversation' },
      this.timeline.element,
      h('div', { class: 'composer-wrap' }, this.notice, this.composer.element),
    );
    takeDrops(this.element, (files) => this.composer.addFiles(files), () => this.dropWords());
    store.on('messages', (change) => this.onMessages(change));
    store.on('synced', () => this.redraw());
    store.on('state', () => this.describe());
    document.addEventListener('visibilitychange', () => {
      if (this.id && isWatching(this.id) && store.unread.get(this.id)) markRead(this.id);
    });
  }

  async open(id) {
    const unread = id === this.id ? 0 : store.unread.get(id) || 0;
    this.id = id;
    this.describe();
    this.timeline.show(store.rows(id), null);
    await ensureChannel(id);
    if (this.id !== id) return;
    this.timeline.show(store.rows(id), this.intro(), firstUnread(id, unread));
    if (isWatching(id)) markRead(id);
  }

  dropWords() {
    const { label, archived } = this.facts();
    return archived ? null : `Drop to add to ${label}`;
  }

  describe() {
    if (!this.id) return;
    const { label, archived } = this.facts();
    this.composer.switchTo(
      `${store.me}:${this.id}`,
      archived ? 'This channel is archived' : `Message ${label}`,
      archived,
    );
    this.notice.hidden = !archived;
    this.notice.textContent = archived ? 'This channel is archived. Nobody can post here.' : '';
  }

  facts() {
    const channel = store.channels.get(this.id);
    if (channel)
      return {
        label: `${channel.is_private ? '' : '#'}${channel.name}`,
        archived: Boolean(channel.is_archived),
        channel,
      };
    return { label: store.app.name, archived: false, channel: null };
  }

  intro() {
    const { channel, label } = this.facts();
    const words = channel
      ? `This is the beginning of ${label}. ${channel.topic || ''}`
      : `This is the beginning of your conversation with ${label}.`;
    return h(
      'div',
      { class: 'intro' },
      h(
        'span',
        { class: 'empty-mark' },
        channel ? icon(channel.is_private ? 'lock' : 'hash', 24) : icon('bolt', 24),
      ),
      h('h2', { dir: 'auto' }, label),
      h('p', { dir: 'auto' }, words),
    );
  }

  onMessages({ channel, fresh, mine }) {
    if (channel !== this.id) return;
    if (mine) this.timeline.toEnd();
    this.timeline.later(() => store.rows(this.id), fresh ? 1 : 0);
  }

  redraw() {
    if (this.id && store.loaded.has(this.id)) this.timeline.update(store.rows(this.id));
  }
}

/** The ts of the first of the last `unread` messages that others wrote, or null. */
function firstUnread(channel, unread) {
  if (!unread) return null;
  const rows = store.rows(channel).filter((row) => !row.ephemeral && row.user !== store.me);
  return rows.at(-unread)?.ts ?? null;
}

/** The bar above: title, members or tabs, the way to the sidebar on a phone. */
export class Header {
  constructor({ go, openSidebar }) {
    this.go = go;
    this.openSidebar = openSidebar;
    this.element = h('header', { class: 'topbar' });
    for (const topic of ['state', 'route']) store.on(topic, () => this.draw());
  }

  draw() {
    const focused = this.element.contains(document.activeElement)
      ? document.activeElement.dataset.key
      : null;
    this.drawAll();
    if (focused) this.element.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  }

  drawAll() {
    const facts = JSON.stringify([
      store.route,
      store.app.name,
      store.channels.get(store.route.id),
      [...store.users.keys()],
    ]);
    if (facts === this.facts) return;
    this.facts = facts;
    const menu = h(
      'button',
      {
        class: 'icon-btn menu-btn',
        type: 'button',
        'aria-label': 'Open the sidebar',
        'aria-controls': 'sidebar',
        data: { testid: 'menu', key: 'menu' },
        on: { click: this.openSidebar },
      },
      icon('menu'),
    );
    const channel = store.channels.get(store.route.id);
    fill(this.element, menu, channel ? this.channel(channel) : this.app());
  }

  channel(channel) {
    return [
      h(
        'div',
        { class: 'topbar-words' },
        h(
          'h1',
          { class: 'topbar-title', data: { testid: 'title' } },
          icon(channel.is_private ? 'lock' : 'hash', 18),
          h('span', { dir: 'auto' }, channel.name),
        ),
        channel.topic ? h('p', { class: 'topbar-topic', dir: 'auto' }, channel.topic) : null,
      ),
      membersButton(channel),
    ];
  }

  app() {
    const now = TABS.some(([kind]) => kind === store.route.kind) ? store.route.kind : 'dm';
    const tab = ([kind, label]) =>
      h(
        'button',
        {
          class: `tab${now === kind ? ' is-active' : ''}`,
          type: 'button',
          'aria-current': now === kind ? 'page' : null,
          data: { testid: `tab-${kind}`, key: `tab-${kind}` },
          on: { click: () => this.go({ kind }) },
        },
        label,
      );
    return [
      h(
        'div',
        { class: 'topbar-words' },
        h(
          'h1',
          { class: 'topbar-title', data: { testid: 'title' } },
          avatar(store.users.get(store.app.bot_user_id), 'small', true),
          h('span', { dir: 'auto' }, store.app.name),
        ),
      ),
      h('div', { class: 'tabs', role: 'group', 'aria-label': 'App' }, TABS.map(tab)),
    ];
  }
}

const TABS = [
  ['home', 'Home'],
  ['dm', 'Messages'],
  ['about', 'About'],
];

function membersButton(channel) {
  const count = (channel.members || []).length;
  const button = h(
    'button',
    {
      class: 'members',
      type: 'button',
      'aria-label': `${count} members`,
      'aria-haspopup': 'dialog',
      'aria-expanded': 'false',
      title: 'Who is here',
      data: { testid: 'members', key: 'members' },
    },
    icon('people', 16),
    h('span', { class: 'tabular' }, String(count)),
  );
  button.addEventListener('click', () => showMembers(button, channel));
  return button;
}
