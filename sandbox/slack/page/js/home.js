// The app's Home tab.

import { fill, h } from './dom.js';
import { icon } from './icons.js';
import { failureText } from './interactions.js';
import { actAs, reloadViews } from './session.js';
import { store } from './store.js';
import { ViewBody } from './views.js';

const GRACE_MS = 1_500;

export class Home {
  constructor() {
    this.inner = h('div', { class: 'home-inner' });
    this.element = h(
      'div',
      {
        class: 'home',
        tabindex: '0',
        role: 'region',
        'aria-label': 'App home',
        data: { testid: 'home-view' },
      },
      this.inner,
    );
    store.on('home', () => this.draw());
  }

  /** Opens the tab as a person does: the app is told and may publish a newer one. */
  async open() {
    this.asking = true;
    this.note = null;
    this.draw();
    const answer = await actAs({ type: 'home' });
    this.note = failureText(answer);
    await reloadViews();
    if (!store.home && !this.note) await this.grace();
    this.asking = false;
    this.draw();
  }

  /** The app answers the event first and publishes a moment later. */
  async grace() {
    await new Promise((resolve) => {
      const stop = store.on('home', () => {
        if (store.home) done();
      });
      const timer = setTimeout(() => done(), GRACE_MS);
      const done = () => {
        clearTimeout(timer);
        stop();
        resolve();
      };
    });
  }

  draw() {
    const view = store.home;
    if (!view && this.asking) {
      this.body = null;
      fill(this.inner, skeleton());
      return;
    }
    if (!view) {
      this.body = null;
      fill(
        this.inner,
        h(
          'div',
          { class: 'empty' },
          h('span', { class: 'empty-mark' }, icon('home', 26)),
          h('h2', {}, `${store.app.name} has no Home yet`),
          h('p', {}, this.note || 'The app draws this tab when it hears that you opened it.'),
        ),
      );
      return;
    }
    if (!this.body || this.viewId !== view.id) {
      this.viewId = view.id;
      this.body = new ViewBody(view.id, 'home');
      fill(this.inner, this.body.element);
    }
    this.body.update(view);
  }
}

/** Grey lines while the app draws the tab for the first time. */
function skeleton() {
  const bar = (width) => h('span', { class: `bone bone-${width}` });
  return h(
    'div',
    { class: 'view-body skeleton', role: 'status' },
    h('span', { class: 'sr-only' }, `${store.app.name} is drawing this tab`),
    ['third', 'whole', 'whole', 'half', 'whole', 'third'].map(bar),
  );
}
