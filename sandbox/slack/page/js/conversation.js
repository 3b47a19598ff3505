// The middle of the page: header, messages and composer of one conversation.

import { avatar } from './avatar.js';
import { Composer } from './composer.js';
import { fill, h } from './dom.js';
import { icon } from './icons.js';
import { Timeline } from './timeline.js';
import { ensureChannel } from './session.js';
import { store } from './store.js';
import { isWatching, markRead } from './unread.js';

export class Conversation {
  constructor() {
    this.timeline = new Timeline({ label: 'Messages' });
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
    store.on('messages', (change) => this.onMessages(change));
    store.on('synced', () => this.redraw());
    store.on('state', () => this.describe());
    document.addEventListener('visibilitychange', () => {
      if (this.id && isWatching(this.id) && store.unread.get(this.id)) markRead(this.id);
    });
  }

  async open(id) {
    this.id = id;
    this.describe();
    this.timeline.show(store.rows(id), null);
    await ensureChannel(id);
    if (this.id !== id) return;
    this.timeline.show(store.rows(id), this.intro());
    if (isWatching(id)) markRead(id);
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

  onMessages({ channel, fresh }) {
    if (channel !== this.id) return;
    this.timeline.later(() => store.rows(this.id), fresh ? 1 : 0);
  }

  redraw() {
    if (this.id && store.loaded.has(this.id)) this.timeline.update(store.rows(this.id));
  }
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
    const menu = h(
      'button',
      {
        class: 'icon-btn menu-btn',
        type: 'button',
        'aria-label': 'Open the sidebar',
        'aria-controls': 'sidebar',
        data: { testid: 'menu' },
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
      h(
        'span',
        {
          class: 'members',
          title: (channel.members || [])
            .map((id) => store.users.get(id)?.real_name || id)
            .join(', '),
        },
        icon('people', 16),
        h('span', { class: 'tabular' }, String((channel.members || []).length)),
        h('span', { class: 'sr-only' }, 'members'),
      ),
    ];
  }

  app() {
    const tab = (kind, label) =>
      h(
        'button',
        {
          class: `tab${(store.route.kind === 'home') === (kind === 'home') ? ' is-active' : ''}`,
          type: 'button',
          'aria-current': (store.route.kind === 'home') === (kind === 'home') ? 'page' : null,
          data: { testid: `tab-${kind}` },
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
      h(
        'div',
        { class: 'tabs', role: 'group', 'aria-label': 'App' },
        tab('home', 'Home'),
        tab('dm', 'Messages'),
      ),
    ];
  }
}
