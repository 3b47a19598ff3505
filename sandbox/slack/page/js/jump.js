// Ctrl+K: one list to go anywhere or become anybody.

import { avatar } from './avatar.js';
import { h } from './dom.js';
import { icon } from './icons.js';
import { openList } from './listbox.js';
import { roleOf } from './person.js';
import { store } from './store.js';

const places = () =>
  [...store.channels.values()]
    .filter((one) => store.isMine(one.id))
    .map((one) => ({
      value: `channel ${one.id}`,
      text: one.name,
      label: one.name,
      detail: one.topic || null,
      lead: icon(one.is_private ? 'lock' : 'hash', 16),
      group: 'Go to',
    }));

const tabs = () =>
  [
    ['home', 'Home'],
    ['dm', 'Messages'],
    ['about', 'About'],
  ].map(([kind, label]) => ({
    value: `${kind} `,
    text: `${store.app.name} ${label}`,
    label: `${store.app.name} · ${label}`,
    lead: icon(kind === 'dm' ? 'chat' : kind === 'about' ? 'info' : 'home', 16),
    group: 'Go to',
  }));

const people = () =>
  store
    .people()
    .filter((one) => one.id !== store.me)
    .map((one) => ({
      value: `person ${one.id}`,
      text: one.real_name,
      label: one.real_name,
      detail: roleOf(one),
      lead: avatar(one, 'tiny'),
      group: 'Become',
    }));

/** The search line above the channels; `go(route)` and `become(id)` do what was chosen. */
export function jumpButton({ go, become }) {
  const button = h(
    'button',
    {
      class: 'side-search',
      type: 'button',
      'aria-haspopup': 'listbox',
      'aria-expanded': 'false',
      'aria-keyshortcuts': 'Control+K Meta+K',
      data: { testid: 'jump', key: 'jump' },
    },
    icon('search', 16),
    h('span', {}, 'Go to…'),
    h('kbd', {}, 'Ctrl K'),
  );
  button.addEventListener('click', () =>
    openList(button, {
      label: 'Go to or become',
      search: 'Where to, or who?',
      items: [...places(), ...tabs(), ...people()],
      onPick: (value) => {
        const [kind, id] = value.split(' ');
        if (kind === 'person') return become(id);
        return go(kind === 'channel' ? { kind, id } : { kind });
      },
    }),
  );
  return button;
}
