// The modal stack: one dialog that always shows the view on top.

import { announce, fill, h, uid } from './dom.js';
import { icon } from './icons.js';
import { dropInputs, failureText, lastPressedControl } from './interactions.js';
import { plainOf } from './mrkdwn.js';
import { closePopover } from './popover.js';
import { actAs, reloadViews } from './session.js';
import { store } from './store.js';
import { forgetValues } from './values.js';
import { ViewBody } from './views.js';

const FIELDS = 'input:not([type=file]), textarea, .select';
const NO_ANSWER = 'Your entries are kept.';

class Panel {
  constructor(view, host) {
    this.view = view;
    this.host = host;
    this.titleId = uid('modal');
    this.body = new ViewBody(view.id, 'modal');
    this.head = h('header', { class: 'modal-head' });
    this.banner = h('div', {
      class: 'modal-banner',
      role: 'alert',
      hidden: true,
      data: { testid: 'modal-error' },
    });
    this.foot = h('footer', { class: 'modal-foot' });
    this.element = h(
      'form',
      {
        class: 'modal-panel',
        noValidate: true,
        on: {
          submit: (event) => {
            event.preventDefault();
            void this.submit();
          },
        },
      },
      this.head,
      h('div', { class: 'modal-scroll' }, this.banner, this.body.element),
      this.foot,
    );
    this.busy = false;
    this.update(view);
  }

  update(view) {
    const replaced = this.view.hash !== view.hash;
    this.view = view;
    this.drawFrame(view);
    this.body.update(view);
    this.setBusy(this.busy);
    if (replaced) this.onReplaced(view);
  }

  /** The app put new content in place: say so, and move to the first thing one can act on. */
  onReplaced(view) {
    announce(`${plainOf(view.title)}: updated`);
    if (!this.element.isConnected) return;
    const atBody = this.body.element.contains(document.activeElement);
    const field = this.body.element.querySelector(FIELDS);
    // A button that was redrawn took the focus with it: it must not fall behind the window.
    const lost = !this.element.contains(document.activeElement);
    if ((!atBody && field) || lost) this.focusFirst();
  }

  /** Title and buttons, redrawn only when they changed: a press in progress must not lose them. */
  drawFrame(view) {
    const frame = JSON.stringify([view.title, view.submit, view.close, view.stack]);
    if (frame === this.frame) return;
    this.frame = frame;
    const title = plainOf(view.title) || store.app.name;
    const deep = (view.stack || 0) > 0;
    fill(
      this.head,
      deep
        ? h(
            'button',
            {
              class: 'icon-btn',
              type: 'button',
              'aria-label': 'Back',
              on: { click: () => this.close() },
            },
            icon('back'),
          )
        : h('span', { class: 'modal-app', 'aria-hidden': 'true' }, icon('bolt', 18)),
      h('h1', { class: 'modal-title', id: this.titleId, dir: 'auto', tabindex: '-1' }, title),
      h(
        'button',
        {
          class: 'icon-btn',
          type: 'button',
          'aria-label': 'Close',
          data: { testid: 'modal-x' },
          on: { click: () => this.close() },
        },
        icon('close'),
      ),
    );
    const closeLabel = plainOf(view.close) || 'Close';
    this.submitButton = view.submit
      ? h(
          'button',
          {
            class: 'btn btn-primary',
            type: 'submit',
            disabled: Boolean(view.submit_disabled),
            data: { testid: 'modal-submit' },
          },
          h('span', { class: 'spinner', 'aria-hidden': 'true' }),
          h('span', { class: 'btn-label' }, plainOf(view.submit)),
        )
      : null;
    const focusSubmit =
      this.foot.contains(document.activeElement) && document.activeElement.type === 'submit';
    fill(
      this.foot,
      h(
        'button',
        {
          class: 'btn',
          type: 'button',
          data: { testid: 'modal-close' },
          on: { click: () => this.close() },
        },
        closeLabel,
      ),
      this.submitButton,
    );
    if (focusSubmit) this.submitButton?.focus();
  }

  setBusy(busy) {
    this.busy = busy;
    this.element.setAttribute('aria-busy', String(busy));
    if (!this.submitButton) return;
    this.submitButton.classList.toggle('is-pending', busy);
    this.submitButton.disabled = busy || Boolean(this.view.submit_disabled);
  }

  say(text) {
    this.banner.hidden = !text;
    fill(this.banner, text ? [icon('warn', 18), h('span', {}, text)] : null);
  }

  async submit() {
    if (this.busy || !this.view.submit) return;
    this.say(null);
    this.body.showErrors({});
    this.setBusy(true);
    dropInputs(this.body.surface);
    const answer = await actAs({
      type: 'submit',
      view_id: this.view.id,
      values: this.body.values(this.view),
    });
    this.setBusy(false);
    const errors =
      answer.errors || (answer.ack?.response_action === 'errors' ? answer.ack.errors : null);
    if (errors) this.refuse(errors);
    else {
      const text = failureText(answer);
      if (text)
        this.say(answer.ok ? `${text.replace(/ Try again.*$/, '')} ${NO_ANSWER} Try again.` : text);
      await reloadViews();
    }
  }

  refuse(errors) {
    this.view = { ...this.view, errors };
    this.body.showErrors(errors);
    if (!this.body.focusError()) this.say(Object.values(errors).join(' '));
    else announce(`Please check: ${Object.values(errors).join('; ')}`);
  }

  async close() {
    if (this.closing) return;
    this.closing = true;
    closePopover();
    const answer = await actAs({ type: 'close', view_id: this.view.id });
    store.views.delete(this.view.id);
    store.emit('views');
    if (!answer.ok) await reloadViews();
  }

  focusFirst() {
    const first =
      this.body.element.querySelector('[data-autofocus]') ||
      this.body.element.querySelector(FIELDS) ||
      this.submitButton ||
      this.head.querySelector('.modal-title');
    first?.focus();
  }
}

/** Watches the store and shows whatever modal is on top. */
export class ModalStack {
  constructor() {
    this.panels = new Map();
    this.top = null;
    this.dialog = h('dialog', {
      class: 'dialog modal',
      data: { testid: 'modal' },
      on: {
        cancel: (event) => {
          event.preventDefault();
          void this.top?.close();
        },
      },
    });
    store.on('views', () => this.sync());
  }

  sync() {
    const views = store.openModals();
    const ids = new Set(views.map((view) => view.id));
    for (const [id] of this.panels) {
      if (ids.has(id)) continue;
      this.panels.delete(id);
      forgetValues(id);
    }
    for (const view of views) {
      const panel = this.panels.get(view.id);
      if (!panel) this.panels.set(view.id, new Panel(view, this));
      else if (panel.view !== view) panel.update(view);
    }
    this.show(views.length ? this.panels.get(views[views.length - 1].id) : null);
  }

  show(panel) {
    if (panel === this.top) return;
    closePopover();
    this.top = panel;
    if (!panel) {
      this.dialog.close();
      this.dialog.remove();
      const back =
        this.before?.isConnected && this.before !== document.body
          ? this.before
          : lastPressedControl();
      back?.focus({ preventScroll: true });
      return;
    }
    if (!this.dialog.open) {
      this.before = document.activeElement;
      document.body.append(this.dialog);
      fill(this.dialog, panel.element);
      this.dialog.showModal();
    } else fill(this.dialog, panel.element);
    this.dialog.setAttribute('aria-labelledby', panel.titleId);
    this.dialog.dataset.viewId = panel.view.id;
    panel.focusFirst();
  }
}
