// The app's Home tab.

import { fill, h } from './dom.js';
import { icon } from './icons.js';
import { failureText } from './interactions.js';
import { actAs, reloadViews } from './session.js';
import { store } from './store.js';
import { ViewBody } from './views.js';

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
    this.draw();
    const answer = await actAs({ type: 'home' });
    const text = failureText(answer);
    this.note = text && !store.home ? text : null;
    await reloadViews();
    this.draw();
  }

  draw() {
    const view = store.home;
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
