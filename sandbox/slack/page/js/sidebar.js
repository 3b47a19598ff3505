// The left rail: workspace, channels, direct messages, the app, and who you are.

import { avatar } from './avatar.js';
import { fill, h, srOnly } from './dom.js';
import { icon } from './icons.js';
import { jumpButton } from './jump.js';
import { personSwitch } from './person.js';
import { store } from './store.js';
import { unreadOf } from './unread.js';

const THEMES = ['auto', 'light', 'dark'];
const THEME_ICONS = { auto: 'auto', light: 'sun', dark: 'moon' };

export class Sidebar {
  constructor({ go, become }) {
    this.go = go;
    this.become = become;
    this.signatures = new Map();
    this.head = h('div', { class: 'side-head' });
    this.lists = h('div', { class: 'side-lists' });
    this.foot = h('div', { class: 'side-foot' });
    this.element = h(
      'nav',
      { class: 'sidebar', id: 'sidebar', 'aria-label': 'Workspace' },
      this.head,
      jumpButton({ go: this.go, become: this.become }),
      this.lists,
      this.foot,
    );
    this.lists.addEventListener('keydown', (event) => walk(event, this.lists));
    for (const topic of ['state', 'route', 'unread', 'live', 'messages'])
      store.on(topic, () => this.later());
  }

  later() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.draw();
    });
  }

  draw() {
    this.section(this.head, [store.team.name, document.documentElement.dataset.theme], () =>
      this.drawHead(),
    );
    this.section(
      this.lists,
      [
        store.me,
        store.route,
        store.app.name,
        store.app.bot_user_id,
        [...store.channels.values()],
        store.ims,
        [...store.channels.keys(), ...store.ims.map((im) => im.id)].map(unreadOf),
      ],
      () => this.drawLists(),
    );
    this.section(this.foot, [store.me, store.app, [...store.users.values()]], () =>
      fill(this.foot, connection(), personSwitch(this.become)),
    );
  }

  /** Redraws a part only when what it shows changed: an open list or the focus inside it stays. */
  section(part, facts, draw) {
    const signature = JSON.stringify(facts);
    if (this.signatures.get(part) === signature) return;
    this.signatures.set(part, signature);
    const focused = part.contains(document.activeElement)
      ? document.activeElement.dataset.key
      : null;
    draw();
    if (focused) part.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  }

  drawHead() {
    fill(
      this.head,
      h(
        'div',
        { class: 'workspace' },
        h('span', { class: 'workspace-mark', 'aria-hidden': 'true' }, (store.team.name || 'S')[0]),
        h(
          'div',
          { class: 'workspace-words' },
          h('strong', { class: 'workspace-name', dir: 'auto' }, store.team.name),
          h('span', { class: 'workspace-sub' }, 'Slack sandbox'),
        ),
      ),
      themeButton(),
    );
  }

  drawLists() {
    fill(
      this.lists,
      this.group('Channels', this.channelRows()),
      this.group('Direct messages', this.dmRows()),
      this.group('Apps', this.appRows()),
    );
  }

  group(title, rows) {
    if (!rows.length) return null;
    return h(
      'section',
      { class: 'side-group' },
      h('h2', { class: 'side-title' }, title),
      h('ul', { class: 'side-list' }, rows),
    );
  }

  row({ key, active, lead, label, unread = 0, badge = null, data = {}, onClick, muted = false }) {
    return h(
      'li',
      {},
      h(
        'button',
        {
          class: `side-row${active ? ' is-active' : ''}${unread ? ' has-unread' : ''}${muted ? ' is-muted' : ''}`,
          type: 'button',
          'aria-current': active ? 'page' : null,
          data: { key, ...data },
          on: { click: onClick },
        },
        h('span', { class: 'side-lead' }, lead),
        h('span', { class: 'side-label', dir: 'auto' }, label),
        badge,
        unread
          ? h(
              'span',
              { class: 'unread', data: { testid: 'unread' } },
              unread > 99 ? '99+' : String(unread),
            )
          : null,
        unread ? srOnly(' unread') : null,
      ),
    );
  }

  channelRows() {
    return [...store.channels.values()]
      .filter((one) => one.members?.includes(store.me))
      .sort(
        (left, right) =>
          Number(left.is_archived) - Number(right.is_archived) ||
          left.name.localeCompare(right.name),
      )
      .map((one) =>
        this.row({
          key: one.id,
          active: store.route.kind === 'channel' && store.route.id === one.id,
          lead: icon(one.is_private ? 'lock' : 'hash', 16),
          label: one.name,
          unread: unreadOf(one.id),
          muted: one.is_archived,
          data: { channel: one.name, channelId: one.id },
          onClick: () => this.go({ kind: 'channel', id: one.id }),
        }),
      );
  }

  dmRows() {
    const app = store.users.get(store.app.bot_user_id);
    const im = store.appIm();
    return [
      this.row({
        key: 'app-dm',
        active: store.route.kind === 'dm' || (im && store.route.id === im.id),
        lead: avatar(app, 'tiny', true),
        label: store.app.name,
        unread: im ? unreadOf(im.id) : 0,
        badge: h('span', { class: 'badge' }, 'App'),
        data: { channel: store.app.name, channelId: im?.id },
        onClick: () => this.go({ kind: 'dm' }),
      }),
    ];
  }

  appRows() {
    return [
      this.row({
        key: 'home',
        active: store.route.kind === 'home' || store.route.kind === 'about',
        lead: icon('home', 16),
        label: `${store.app.name} home`,
        data: { testid: 'home' },
        onClick: () => this.go({ kind: 'home' }),
      }),
    ];
  }
}

/** Arrow keys, Home and End go along the rows. */
function walk(event, lists) {
  const rows = [...lists.querySelectorAll('.side-row')];
  const now = rows.indexOf(document.activeElement);
  const to = { ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: rows.length - 1 }[event.key];
  if (now < 0 || to === undefined || !rows[to]) return;
  event.preventDefault();
  rows[to].focus();
}

function connection() {
  const on = Number(store.app.connected) > 0;
  const count = Number(store.app.connected);
  const words = on
    ? `${store.app.name} is connected${count > 1 ? ` (${count} connections)` : ''}`
    : `${store.app.name} is not connected`;
  return h(
    'div',
    {
      class: `connection ${on ? 'is-on' : 'is-off'}`,
      role: 'status',
      data: { testid: 'connection', connected: String(on) },
    },
    h('span', { class: 'connection-dot', 'aria-hidden': 'true' }),
    h('span', { dir: 'auto' }, words),
  );
}

function themeButton() {
  const now = document.documentElement.dataset.theme || 'auto';
  const next = THEMES[(THEMES.indexOf(now) + 1) % THEMES.length];
  return h(
    'button',
    {
      class: 'icon-btn',
      type: 'button',
      title: `Colours: ${now}. Switch to ${next}`,
      'aria-label': `Colours: ${now}. Switch to ${next}`,
      data: { testid: 'theme', key: 'theme' },
      on: {
        click: () => {
          document.documentElement.dataset.theme = next;
          try {
            localStorage.setItem('sandbox.theme', next);
          } catch {
            /* storage may be off */
          }
          store.emit('state');
        },
      },
    },
    icon(THEME_ICONS[now] || 'auto'),
  );
}
