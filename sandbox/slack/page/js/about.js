// The app's About tab: what it is and every way to talk to it.

import { fill, h } from './dom.js';
import { icon } from './icons.js';
import { store } from './store.js';

export class About {
  constructor() {
    this.inner = h('div', { class: 'home-inner' });
    this.element = h(
      'div',
      {
        class: 'home',
        tabindex: '0',
        role: 'region',
        'aria-label': 'About the app',
        hidden: true,
        data: { testid: 'about-view' },
      },
      this.inner,
    );
    store.on('state', () => this.draw());
    store.on('route', () => this.draw());
  }

  draw() {
    if (store.route.kind !== 'about') return;
    const { app } = store;
    const connected = Number(app.connected) > 0 ? 'connected' : 'not connected';
    const how = app.socket_mode === false ? 'signed requests' : `Socket Mode, ${connected}`;
    fill(
      this.inner,
      h(
        'div',
        { class: 'view-body about' },
        h('h2', { class: 'header-text' }, `About ${app.name}`),
        app.description ? h('p', { dir: 'auto' }, app.description) : null,
        h('p', { class: 'about-how' }, icon('bolt', 16), `Reached by ${how}.`),
        part('Commands', store.commands, (one) => [
          h('strong', {}, one.command),
          one.usage_hint ? h('span', { class: 'usage-hint' }, one.usage_hint) : null,
        ]),
        part('Shortcuts', store.shortcuts, (one) => [
          h('strong', { dir: 'auto' }, one.name),
          h(
            'span',
            { class: 'about-where' },
            one.type === 'message' ? 'in a message’s menu' : 'beside the message box',
          ),
        ]),
      ),
    );
  }
}

function part(title, items, name) {
  if (!items.length) return null;
  const rows = items.map((one) =>
    h(
      'li',
      { class: 'about-row' },
      h('span', { class: 'command-name' }, name(one)),
      one.description ? h('span', { class: 'command-text', dir: 'auto' }, one.description) : null,
    ),
  );
  return [h('h3', { class: 'about-title' }, title), h('ul', { class: 'about-list' }, rows)];
}
