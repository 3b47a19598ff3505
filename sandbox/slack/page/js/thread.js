// The pane on the right: one thread and its composer.

import { Composer } from './composer.js';
import { fill, h } from './dom.js';
import { takeDrops } from './drops.js';
import { icon } from './icons.js';
import { Timeline } from './timeline.js';
import { store } from './store.js';

export class ThreadPane {
  constructor() {
    this.timeline = new Timeline({ label: 'Replies', inThread: true });
    this.composer = new Composer(
      () => (this.place ? { channel: this.place.channel, thread_ts: this.place.ts } : null),
      { testid: 'thread-composer', placeholder: 'Reply…' },
    );
    this.where = h('span', { class: 'thread-where', dir: 'auto' });
    this.element = h(
      'aside',
      {
        class: 'thread',
        'aria-label': 'Thread',
        hidden: true,
        data: { testid: 'thread' },
        on: {
          keydown: (event) => {
            if (event.key === 'Escape') this.close();
          },
        },
      },
      h(
        'header',
        { class: 'thread-head' },
        h('h2', {}, 'Thread'),
        this.where,
        h(
          'button',
          {
            class: 'icon-btn',
            type: 'button',
            'aria-label': 'Close the thread',
            data: { testid: 'thread-close' },
            on: { click: () => this.close() },
          },
          icon('close'),
        ),
      ),
      this.timeline.element,
      h('div', { class: 'composer-wrap' }, this.composer.element),
    );
    takeDrops(
      this.element,
      (files) => this.composer.addFiles(files),
      () => 'Drop to add to the thread',
    );
    store.on('thread', (place) => this.open(place));
    store.on('messages', ({ channel, fresh, mine }) => {
      if (this.place?.channel !== channel) return;
      if (mine) this.timeline.toEnd();
      this.timeline.later(
        () => (this.place ? store.rows(this.place.channel, this.place.ts) : []),
        fresh ? 1 : 0,
      );
    });
    store.on('synced', () => {
      // Started again, the sandbox may have forgotten what the thread was about.
      if (this.place && !store.message(this.place.channel, this.place.ts)) this.close();
      if (this.place) this.timeline.update(store.rows(this.place.channel, this.place.ts));
    });
  }

  open(place) {
    this.before = document.activeElement;
    this.place = place;
    store.thread = place;
    this.element.hidden = false;
    document.body.classList.add('has-thread');
    const channel = store.channels.get(place.channel);
    fill(this.where, channel ? `#${channel.name}` : store.app.name);
    this.composer.switchTo(`${store.me}:${place.channel}:${place.ts}`, 'Reply…');
    this.timeline.show(store.rows(place.channel, place.ts), null);
    this.composer.input.focus({ preventScroll: true });
  }

  close() {
    if (this.element.hidden) return;
    this.place = null;
    store.thread = null;
    this.element.hidden = true;
    document.body.classList.remove('has-thread');
    if (this.before?.isConnected) this.before.focus({ preventScroll: true });
  }
}
