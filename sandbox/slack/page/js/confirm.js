// The "are you sure" dialog of a confirm object.

import { h, uid } from './dom.js';
import { plainOf, renderText } from './mrkdwn.js';

/** Asks; resolves true when the person confirmed. Focus goes back to where it was. */
export function confirmDialog(confirm) {
  return new Promise((resolve) => {
    const titleId = uid('confirm');
    const textId = uid('confirm');
    const before = document.activeElement;
    const done = (answer) => {
      dialog.close();
      dialog.remove();
      before?.focus?.();
      resolve(answer);
    };
    const yes = h(
      'button',
      {
        class: `btn btn-${confirm.style === 'danger' ? 'danger' : 'primary'}`,
        type: 'button',
        data: { testid: 'confirm-yes' },
        on: { click: () => done(true) },
      },
      plainOf(confirm.confirm) || 'Yes',
    );
    const no = h(
      'button',
      {
        class: 'btn',
        type: 'button',
        data: { testid: 'confirm-no' },
        on: { click: () => done(false) },
      },
      plainOf(confirm.deny) || 'Cancel',
    );
    const dialog = h(
      'dialog',
      {
        class: 'dialog dialog-small',
        role: 'alertdialog',
        'aria-labelledby': titleId,
        'aria-describedby': textId,
        data: { testid: 'confirm' },
        on: {
          cancel: (event) => {
            event.preventDefault();
            done(false);
          },
        },
      },
      h(
        'div',
        { class: 'confirm' },
        h('h2', { class: 'confirm-title', id: titleId }, plainOf(confirm.title) || 'Are you sure?'),
        h('div', { class: 'confirm-text md', id: textId }, renderText(confirm.text)),
        h('div', { class: 'confirm-buttons' }, no, yes),
      ),
    );
    document.body.append(dialog);
    dialog.showModal();
    (confirm.style === 'danger' ? no : yes).focus();
  });
}
