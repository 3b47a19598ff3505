// Every select: static, external, users, conversations, channels; one or several.

import { fill, h } from '../dom.js';
import { avatar } from '../avatar.js';
import { icon } from '../icons.js';
import { bindPress, change, loadOptions } from '../interactions.js';
import { openList } from '../listbox.js';
import { plainOf } from '../mrkdwn.js';
import { store } from '../store.js';
import { dispatches } from './index.js';

const SEARCH_FROM = 8;

export function select(element, blockId, surface, options = {}) {
  const multi = element.type.startsWith('multi_');
  const kind = element.type.replace('multi_', '').replace('_select', '');
  const words = h('span', { class: 'select-words', dir: 'auto' });
  const control = h(
    'button',
    {
      class: `select${multi ? ' select-multi' : ''}`,
      type: 'button',
      role: 'combobox',
      id: options.id || null,
      'aria-haspopup': 'listbox',
      'aria-expanded': 'false',
      'aria-describedby': options.describedBy || null,
    },
    h('span', { class: 'spinner', 'aria-hidden': 'true' }),
    words,
    icon('down', 16),
  );
  const placeholder =
    plainOf(element.placeholder) || (multi ? 'Choose options' : 'Choose an option');
  const draw = () => {
    const chosen = valuesOf(surface, blockId, element);
    fill(
      words,
      chosen.length
        ? labels(chosen, { kind, multi, element, surface })
        : h('span', { class: 'placeholder' }, placeholder),
    );
    if (options.inInput)
      control.setAttribute('aria-label', `${options.label}: ${words.textContent}`);
    else control.setAttribute('aria-label', words.textContent);
    control.dataset.value = chosen.join(',');
  };
  control.addEventListener('click', () =>
    open(control, { kind, multi, element, blockId, surface, options, placeholder, draw }),
  );
  control.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      control.click();
    }
  });
  draw();
  return bindPress(control, surface, blockId, element);
}

function valuesOf(surface, blockId, element) {
  const value = surface.values.get(blockId, element);
  return [value ?? []].flat();
}

function labels(chosen, { kind, multi, element, surface }) {
  const text = (value) => {
    if (kind === 'users') return store.users.get(value)?.real_name || value;
    if (kind === 'conversations' || kind === 'channels') return conversationName(value);
    return plainOf(surface.values.option(element, value)?.text) || value;
  };
  return multi ? chosen.map((value) => h('span', { class: 'chip' }, text(value))) : text(chosen[0]);
}

function conversationName(id) {
  const channel = store.channels.get(id);
  if (channel) return `#${channel.name}`;
  return store.users.get(id)?.real_name || id;
}

const fromOption = (group) => (option) => ({
  value: option.value,
  text: plainOf(option.text),
  label: plainOf(option.text),
  detail: plainOf(option.description) || null,
  group,
});

function staticItems(element) {
  const grouped = (element.option_groups || []).flatMap((group) =>
    (group.options || []).map(fromOption(plainOf(group.label))),
  );
  return [...(element.options || []).map(fromOption(null)), ...grouped];
}

function peopleItems() {
  return [...store.users.values()]
    .filter((user) => !user.deleted)
    .map((user) => ({
      value: user.id,
      text: `${user.real_name} ${user.name}`,
      label: user.real_name || user.name,
      detail: user.title || null,
      lead: avatar(user, 'tiny'),
    }));
}

function channelItems(wanted) {
  return [...store.channels.values()]
    .filter((channel) => !channel.is_archived && wanted(channel))
    .filter((channel) => !channel.is_private || channel.members?.includes(store.me))
    .map((channel) => ({
      value: channel.id,
      text: channel.name,
      label: channel.name,
      lead: icon(channel.is_private ? 'lock' : 'hash', 16),
    }));
}

/** Channels, then people, as far as the element's filter wants them. */
function conversationItems({ filter = {} }) {
  const include = filter.include || ['im', 'public', 'private'];
  const channels = channelItems((one) => include.includes(one.is_private ? 'private' : 'public'));
  const people = include.includes('im')
    ? peopleItems().filter((one) => !filter.exclude_bot_users || !store.users.get(one.value)?.is_bot)
    : [];
  return [...channels, ...people];
}

function itemsFor(kind, element) {
  if (kind === 'users') return peopleItems();
  if (kind === 'channels') return channelItems((one) => !one.is_private);
  if (kind === 'conversations') return conversationItems(element);
  return staticItems(element);
}

function open(control, { kind, multi, element, blockId, surface, options, placeholder, draw }) {
  const items = kind === 'external' ? [] : itemsFor(kind, element);
  const chosen = valuesOf(surface, blockId, element);
  const limit = element.max_selected_items || Infinity;
  const onPick = (picked) => {
    const value = multi ? picked.slice(0, limit) : picked;
    control.dispatchEvent(new Event('input', { bubbles: true }));
    const said = change(surface, blockId, element, value, {
      dispatch: dispatches(options) && !multi,
      confirmNeeded: true,
      onDenied: draw,
    });
    draw();
    return said;
  };
  openList(control, {
    items,
    multi,
    max: limit,
    selected: chosen,
    label: options.label || placeholder,
    onPick,
    search: kind === 'external' ? placeholder : items.length >= SEARCH_FROM ? 'Search' : null,
    load: kind === 'external' ? (query) => external(surface, blockId, element, query) : null,
    onClose: () => {
      if (
        multi &&
        dispatches(options) &&
        String(chosen) !== String(valuesOf(surface, blockId, element))
      ) {
        void tellChosen(surface, blockId, element, chosen, draw);
      }
    },
  });
}

/** Several choices are told once, when the list closes; denied, the former ones come back. */
function tellChosen(surface, blockId, element, before, draw) {
  const now = valuesOf(surface, blockId, element);
  surface.values.set(blockId, element, before);
  const said = change(surface, blockId, element, now, {
    dispatch: true,
    confirmNeeded: true,
    onDenied: draw,
  });
  draw();
  return said;
}

async function external(surface, blockId, element, query) {
  const least = element.min_query_length ?? 3;
  if (query.length < least) {
    return Object.assign([], {
      note: `Type at least ${least} ${least === 1 ? 'character' : 'characters'}`,
    });
  }
  const found = await loadOptions(surface, blockId, element, query);
  const items = [
    ...found.options.map(fromOption(null)),
    ...found.groups.flatMap((group) => (group.options || []).map(fromOption(plainOf(group.label)))),
  ];
  return Object.assign(items, { note: found.error || null });
}
