/*
 * The Slack sandbox's page: plain ES modules, no build step, no request to any other host.
 *
 * Stable hooks for browser tests (nothing else is promised to stay):
 *   [data-testid=person]                  who you are; opens a list of [data-testid=option][data-value=U…]
 *   [data-channel="books-harbor-foods"]   a channel in the sidebar (`.sidebar [data-channel=…]`); the app's
 *                                         direct conversation has the app's name; [data-testid=unread] inside
 *   [data-testid=home], tab-home|dm|about the app's Home entry and its tabs; [data-testid=home-view]
 *   [data-testid=jump]                    the list of Ctrl+K; [data-testid=members] who is in the channel
 *   [data-testid=title]                   the name of what is open
 *   [data-testid=connection]              the app's connection, [data-connected=true|false]
 *   [data-testid=composer]                message box (Enter posts); [data-testid=commands] completion with
 *                                         [data-command="/qb-status"]; [data-testid=send], attach, attach-input
 *   article[data-ts]                      a message (data-channel holds the channel id, data-user the author)
 *   article[data-outgoing=sending|failed] a message not posted yet; retry-post, drop-post inside
 *   [data-testid=message-menu]            a message's menu: shortcuts, Copy link
 *   [data-testid=file-chip]               a file beside the text, posted with it; file-open, viewer: a look
 *   article[data-ephemeral]               an ephemeral, only visible to you; [data-testid=dismiss] inside
 *   button[data-action-id][data-block-id] a button; .is-pending while the app has not answered
 *   [data-block-id][data-action-id]       every input: input, textarea, or the button of a select
 *                                         (click it, then [data-testid=option][data-value=…]; external
 *                                         selects first fill [data-testid=list-search])
 *   .press-failure                        the sentence under a block whose press was not answered
 *   [data-testid=modal]                   the dialog; [data-testid=modal-submit], modal-close, modal-x,
 *                                         modal-error, [data-input-block=…] a field, field-error inside
 *   [data-testid=confirm]                 a confirm dialog; confirm-yes, confirm-no
 *   [data-testid=thread]                  the thread pane; thread-link, reply, thread-composer, thread-close
 *   [data-testid=new-messages], theme, menu; html[data-ready=true] once the first channel is shown,
 *   html[data-live=online|offline|connecting] the live stream
 *   Addresses: ?user=U…&channel=<name or id>, ?user=U…&view=home|dm, #C…/<ts> (a permalink)
 */

import { About } from './about.js';
import { Conversation, Header } from './conversation.js';
import { fill, h } from './dom.js';
import { Home } from './home.js';
import { icon } from './icons.js';
import { ModalStack } from './modal.js';
import { actAs, startSession, wholeChannel } from './session.js';
import { Sidebar } from './sidebar.js';
import { store } from './store.js';
import { ThreadPane } from './thread.js';
import { refreshTimes } from './time.js';
import { unreadOf } from './unread.js';

const root = document.documentElement;

class App {
  constructor() {
    const go = (route) => this.go(route);
    this.sidebar = new Sidebar({ go, become: (id) => this.become(id) });
    this.header = new Header({ go, openSidebar: () => this.drawer(true) });
    this.conversation = new Conversation();
    this.home = new Home();
    this.about = new About();
    this.thread = new ThreadPane();
    this.modals = new ModalStack();
    this.offline = h(
      'div',
      { class: 'offline', role: 'status', hidden: true },
      h('span', { class: 'spinner' }),
      'Connection to the sandbox lost. Trying again…',
    );
    this.scrim = h('button', {
      class: 'scrim',
      type: 'button',
      'aria-label': 'Close the sidebar',
      on: { click: () => this.drawer(false) },
    });
    this.main = h(
      'main',
      { class: 'main' },
      this.header.element,
      this.offline,
      this.conversation.element,
      this.home.element,
      this.about.element,
    );
    store.on('go', (id) => this.go({ kind: 'channel', id }));
    store.on('live', () => this.onLive());
    store.on('synced', () => this.stay());
    store.on('stranger', () => this.becomeFirst());
    for (const topic of ['unread', 'route', 'state']) store.on(topic, () => this.title());
    setInterval(refreshTimes, 20_000);
    window.addEventListener('popstate', () => this.fromUrl());
    document.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.drawer(false);
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      if (document.querySelector('dialog[open]')) return;
      this.drawer(true);
      this.sidebar.element.querySelector('[data-testid=jump]').click();
    });
  }

  async start() {
    const params = new URLSearchParams(location.search);
    const user = params.get('user') || remembered();
    try {
      await startSession(user);
    } catch (error) {
      this.failed(error, user);
      return;
    }
    if (!store.users.has(store.me)) {
      await this.startAsFirst();
      return;
    }
    fill(
      document.getElementById('app'),
      this.sidebar.element,
      this.scrim,
      this.main,
      this.thread.element,
    );
    this.sidebar.draw();
    await this.fromUrl();
    this.remember();
    root.dataset.ready = 'true';
  }

  async startAsFirst() {
    const [first] = store.people();
    const url = new URL(location.href);
    url.searchParams.set('user', first.id);
    history.replaceState(null, '', url);
    await this.start();
  }

  failed(error, user) {
    const again = h(
      'button',
      { class: 'btn', type: 'button', on: { click: () => location.reload() } },
      'Try again',
    );
    const reset = user
      ? h('a', { class: 'link', href: location.pathname }, 'Start as the first person')
      : null;
    fill(
      document.getElementById('app'),
      h(
        'div',
        { class: 'boot', role: 'alert' },
        icon('warn', 24),
        h('p', {}, `The sandbox did not answer. ${error?.message || ''}`),
        again,
        reset,
      ),
    );
  }

  async become(id) {
    this.thread.close();
    await startSession(id);
    const route =
      store.route.kind === 'channel' && !store.isMine(store.route.id)
        ? this.firstRoute()
        : store.route;
    await this.go(route);
    this.remember();
  }

  /** After a gap: the place that is open may not be there any more. */
  stay() {
    const { kind, id } = store.route;
    if (root.dataset.ready !== 'true' || kind !== 'channel') return;
    if (!store.isMine(id)) void this.go(this.firstRoute(), true);
    else if (!store.loaded.has(id)) void this.conversation.open(id);
  }

  /** The sandbox was started again without this person. */
  becomeFirst() {
    const [first] = store.people();
    if (first && root.dataset.ready === 'true') void this.become(first.id);
  }

  firstRoute() {
    const mine = [...store.channels.values()].filter((one) => one.members?.includes(store.me));
    const pick = mine.find((one) => one.name.startsWith('books-')) || mine[0];
    return pick ? { kind: 'channel', id: pick.id } : { kind: 'home' };
  }

  async fromUrl() {
    const params = new URLSearchParams(location.search);
    const [, linked, ts] = /^#([CDG][A-Z0-9]+)\/([\d.]+)$/.exec(location.hash) || [];
    if (linked && store.isMine(linked)) return this.goToMessage(linked, ts);
    const wanted = params.get('channel');
    const channel = [...store.channels.values()].find(
      (one) => one.id === wanted || one.name === wanted,
    );
    if (params.get('view') === 'home') return this.go({ kind: 'home' }, true);
    if (params.get('view') === 'dm') return this.go({ kind: 'dm' }, true);
    if (params.get('view') === 'about') return this.go({ kind: 'about' }, true);
    return this.go(
      channel && store.isMine(channel.id) ? { kind: 'channel', id: channel.id } : this.firstRoute(),
      true,
    );
  }

  /** A permalink: its channel, scrolled to the message, or its thread. */
  async goToMessage(channel, ts) {
    history.replaceState(null, '', location.pathname + location.search);
    await this.go({ kind: 'channel', id: channel }, true);
    await wholeChannel(channel);
    this.conversation.redraw();
    const parent = store.message(channel, ts)?.thread_ts;
    this.conversation.timeline.reveal(parent || ts);
    if (parent && parent !== ts) store.emit('thread', { channel, ts: parent });
  }

  async go(route, replace = false) {
    this.drawer(false);
    if (this.thread.place && this.thread.place.channel !== route.id) this.thread.close();
    const resolved = route.kind === 'dm' ? await this.dmRoute() : route;
    store.route = resolved;
    this.home.element.hidden = resolved.kind !== 'home';
    this.about.element.hidden = resolved.kind !== 'about';
    this.conversation.element.hidden = resolved.kind !== 'channel';
    store.emit('route');
    this.writeUrl(replace);
    if (resolved.kind === 'home') await this.home.open();
    else if (resolved.kind === 'channel') {
      await this.conversation.open(resolved.id);
      if (matchMedia('(min-width: 481px)').matches && !document.querySelector('dialog[open]'))
        this.conversation.composer.input.focus({ preventScroll: true });
    }
  }

  async dmRoute() {
    let im = store.appIm();
    if (!im) {
      const answer = await actAs({ type: 'dm' });
      const id = answer.channel;
      if (id && !store.ims.some((one) => one.id === id)) store.ims.push({ id, user: store.me });
      im = store.appIm();
    }
    return im ? { kind: 'channel', id: im.id, dm: true } : { kind: 'home' };
  }

  writeUrl(replace) {
    const url = new URL(location.href);
    url.searchParams.set('user', store.me);
    url.searchParams.delete('channel');
    url.searchParams.delete('view');
    if (/^(home|about)$/.test(store.route.kind)) url.searchParams.set('view', store.route.kind);
    else if (store.route.dm) url.searchParams.set('view', 'dm');
    else
      url.searchParams.set('channel', store.channels.get(store.route.id)?.name || store.route.id);
    if (url.href === location.href) return;
    history[replace ? 'replaceState' : 'pushState'](null, '', url);
  }

  remember() {
    try {
      sessionStorage.setItem('sandbox.user', store.me);
    } catch {
      /* storage may be off */
    }
  }

  drawer(open) {
    if (document.body.classList.contains('has-drawer') === open) return;
    document.body.classList.toggle('has-drawer', open);
    if (open) this.sidebar.element.querySelector('[aria-current], .side-row')?.focus();
    else if (this.sidebar.element.contains(document.activeElement))
      this.header.element.querySelector('.menu-btn')?.focus();
  }

  onLive() {
    root.dataset.live = store.live;
    clearTimeout(this.offlineTimer);
    if (store.live === 'online') this.offline.hidden = true;
    else
      this.offlineTimer = setTimeout(() => {
        this.offline.hidden = store.live === 'online';
      }, 700);
  }

  title() {
    const channel = store.channels.get(store.route.id);
    const where = channel ? `#${channel.name}` : store.app.name;
    const unread = [...store.channels.keys()].reduce((sum, id) => sum + unreadOf(id), 0);
    document.title = `${unread ? `(${unread}) ` : ''}${where} · Slack sandbox`;
  }
}

function remembered() {
  try {
    return sessionStorage.getItem('sandbox.user');
  } catch {
    return null;
  }
}

void new App().start();
