// Who is in a channel.

import { avatar } from './avatar.js';
import { h } from './dom.js';
import { roleOf } from './person.js';
import { closePopover, isOpenAt, openPopover } from './popover.js';
import { store } from './store.js';

/** Shows the members of a channel at a button, or hides them again. */
export function showMembers(anchor, channel) {
  if (isOpenAt(anchor)) {
    closePopover();
    return;
  }
  const people = (channel.members || []).map((id) => store.users.get(id)).filter(Boolean);
  people.sort((left, right) => Number(left.is_bot) - Number(right.is_bot));
  const list = h(
    'ul',
    { class: 'member-list', tabindex: '0', 'aria-label': `Members of ${channel.name}` },
    people.map(row),
  );
  const box = h('div', { role: 'dialog', 'aria-label': `Members of ${channel.name}` }, list);
  anchor.setAttribute('aria-expanded', 'true');
  openPopover(anchor, box, {
    className: 'popover-list',
    onClose: () => anchor.setAttribute('aria-expanded', 'false'),
  });
  list.focus();
}

function row(user) {
  const detail = user.is_bot ? 'app' : [roleOf(user), user.title].filter(Boolean).join(' · ');
  return h(
    'li',
    { class: 'member' },
    avatar(user, 'small', user.is_bot),
    h(
      'span',
      { class: 'list-text' },
      h('span', { class: 'list-label', dir: 'auto' }, user.real_name || user.name),
      h('span', { class: 'list-detail', dir: 'auto' }, detail),
    ),
    user.id === store.me ? h('span', { class: 'badge' }, 'You') : null,
  );
}
