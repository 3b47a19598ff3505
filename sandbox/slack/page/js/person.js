// Who you are, and becoming somebody else.

import { avatar } from './avatar.js';
import { h } from './dom.js';
import { icon } from './icons.js';
import { openList } from './listbox.js';
import { store } from './store.js';

/** The role to show: "approver2" is an approver. */
export function roleOf(user) {
  const hint = (user?.role_hint || '').replace(/\d+$/, '');
  return hint || (user?.is_restricted || user?.is_ultra_restricted ? 'guest' : 'member');
}

/** The switch at the foot of the sidebar; `become(id)` changes the person. */
export function personSwitch(become) {
  const me = store.users.get(store.me);
  const name = h(
    'span',
    { class: 'person-name', dir: 'auto' },
    `${me?.real_name || store.me}`,
    h('span', { class: 'person-role' }, ` — ${roleOf(me)}`),
  );
  const words = h(
    'span',
    { class: 'person-words' },
    h('span', { class: 'person-you' }, 'You are'),
    name,
  );
  const button = h(
    'button',
    {
      class: 'person',
      type: 'button',
      'aria-haspopup': 'listbox',
      'aria-expanded': 'false',
      data: { testid: 'person', key: 'person', userId: store.me },
    },
    avatar(me, 'small'),
    words,
    icon('down', 16),
  );
  button.addEventListener('click', () =>
    openList(button, {
      label: 'Become somebody else',
      placement: 'top',
      selected: [store.me],
      items: store.people().map(personItem),
      onPick: become,
    }),
  );
  return button;
}

function personItem(user) {
  return {
    value: user.id,
    text: user.real_name,
    label: user.real_name,
    detail: [roleOf(user), user.title].filter(Boolean).join(' · '),
    lead: avatar(user, 'small'),
    tail: secondTab(user),
  };
}

function secondTab(user) {
  const url = new URL(location.href);
  url.searchParams.set('user', user.id);
  const words = `Open a second tab as ${user.real_name}`;
  return h(
    'a',
    {
      class: 'icon-btn',
      href: url.href,
      target: '_blank',
      rel: 'noopener',
      title: words,
      'aria-label': words,
      on: { click: (event) => event.stopPropagation() },
    },
    icon('window', 15),
  );
}
