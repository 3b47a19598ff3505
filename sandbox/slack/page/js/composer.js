// The message box: text, slash commands with completion, files, shortcuts.

import { CommandMenu } from './completion.js';
import { announce, fill, h, toast } from './dom.js';
import { fileChip } from './files.js';
import { icon } from './icons.js';
import { openList } from './listbox.js';
import { failureText } from './interactions.js';
import { postMessage } from './outgoing.js';
import { actAs, localEphemeral } from './session.js';
import { store } from './store.js';

const MAX_HEIGHT = 220;
const MAX_FILES = 10;

const threadOf = (place) => (place.thread_ts ? { thread_ts: place.thread_ts } : {});

export class Composer {
  /** `where()` returns `{channel, name, thread_ts?}` or null. */
  constructor(where, { testid = 'composer', placeholder } = {}) {
    this.where = where;
    this.drafts = new Map();
    this.files = [];
    this.chips = h('ul', { class: 'file-chips', 'aria-label': 'Files to post', hidden: true });
    this.input = h('textarea', {
      class: 'composer-input',
      id: testid === 'composer' ? 'composer-input' : null,
      rows: 1,
      dir: 'auto',
      placeholder,
      'aria-label': placeholder || 'Message',
      autocomplete: 'off',
      data: { testid },
    });
    this.menu = new CommandMenu(this.input, () => this.changed());
    this.element = h(
      'form',
      {
        class: 'composer',
        on: {
          submit: (event) => {
            event.preventDefault();
            void this.send();
          },
        },
      },
      this.menu.list,
      this.menu.usage,
      h('div', { class: 'composer-box' }, this.input, this.chips, this.tools()),
    );
    this.input.addEventListener('input', () => this.changed());
    this.input.addEventListener('keydown', (event) => this.onKey(event));
    this.input.addEventListener('blur', () =>
      setTimeout(() => {
        if (document.activeElement !== this.input) this.menu.hide();
      }, 120),
    );
    this.input.addEventListener('paste', (event) => {
      if (event.clipboardData?.files.length) {
        event.preventDefault();
        this.addFiles([...event.clipboardData.files]);
      }
    });
  }

  tools() {
    const chooser = h('input', {
      type: 'file',
      class: 'sr-only',
      tabIndex: -1,
      multiple: true,
      'aria-hidden': 'true',
      data: { testid: 'attach-input' },
    });
    chooser.addEventListener('change', () => {
      this.addFiles([...chooser.files]);
      chooser.value = '';
    });
    const shortcuts = h(
      'button',
      {
        class: 'icon-btn',
        type: 'button',
        'aria-label': 'Shortcuts',
        title: 'Shortcuts',
        'aria-haspopup': 'menu',
      },
      icon('bolt'),
    );
    shortcuts.addEventListener('click', () => this.openShortcuts(shortcuts));
    this.sendButton = h(
      'button',
      {
        class: 'send',
        type: 'submit',
        'aria-label': 'Post',
        title: 'Post (Enter)',
        disabled: true,
        data: { testid: 'send' },
      },
      icon('send'),
    );
    return h(
      'div',
      { class: 'composer-tools' },
      h(
        'button',
        {
          class: 'icon-btn',
          type: 'button',
          'aria-label': 'Attach a file',
          title: 'Attach a file',
          data: { testid: 'attach' },
          on: { click: () => chooser.click() },
        },
        icon('clip'),
      ),
      h(
        'button',
        {
          class: 'icon-btn',
          type: 'button',
          'aria-label': 'Commands',
          title: 'Commands',
          on: { click: () => this.startCommand() },
        },
        h('span', { class: 'slash', 'aria-hidden': 'true' }, '/'),
      ),
      shortcuts,
      chooser,
      h(
        'span',
        { class: 'composer-hint' },
        h('kbd', {}, 'Enter'),
        ' to post, ',
        h('kbd', {}, 'Shift Enter'),
        ' for a new line',
      ),
      this.sendButton,
    );
  }

  /** Keeps each conversation's unsent text and files when the person moves. */
  switchTo(key, placeholder, disabled = false) {
    if (this.key !== key) {
      if (this.key !== undefined)
        this.drafts.set(this.key, { text: this.input.value, files: this.files });
      const draft = this.drafts.get(key) || { text: '', files: [] };
      this.key = key;
      this.input.value = draft.text;
      this.files = draft.files;
    }
    this.input.placeholder = placeholder;
    this.input.setAttribute('aria-label', placeholder);
    this.input.disabled = disabled;
    this.element.classList.toggle('is-off', disabled);
    for (const button of this.element.querySelectorAll('.composer-tools .icon-btn'))
      button.disabled = disabled;
    this.changed();
  }

  /** Puts files beside the text; they are posted with it. */
  addFiles(files) {
    if (this.input.disabled || !files.length) return;
    this.files = [...this.files, ...files].slice(0, MAX_FILES);
    announce(`${files.map((file) => file.name).join(', ')} added. Enter posts.`);
    this.changed();
    this.input.focus();
  }

  drawChips() {
    this.chips.hidden = !this.files.length;
    fill(
      this.chips,
      this.files.map((file) => h('li', {}, fileChip(file, () => this.removeFile(file)))),
    );
  }

  removeFile(file) {
    this.files = this.files.filter((one) => one !== file);
    this.changed();
    this.input.focus();
  }

  changed() {
    this.drawChips();
    this.grow();
    this.menu.refresh();
  }

  grow() {
    this.input.style.height = 'auto';
    this.input.style.height = `${Math.min(MAX_HEIGHT, this.input.scrollHeight)}px`;
    this.sendButton.disabled = this.input.disabled || !(this.input.value.trim() || this.files.length);
  }

  startCommand() {
    if (!this.input.value.startsWith('/')) this.input.value = '/';
    this.input.focus();
    this.changed();
  }

  onKey(event) {
    if (event.isComposing) return;
    if (this.menu.onKey(event)) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      void this.send();
    }
  }

  async send() {
    const place = this.where();
    const text = this.input.value.trim();
    const { files } = this;
    if (!place || this.input.disabled || !(text || files.length)) return;
    this.menu.hide();
    this.input.value = '';
    this.files = [];
    this.changed();
    const command = files.length ? null : /^(\/\S+)\s*([\s\S]*)$/.exec(text);
    if (command) await this.sendCommand(place, command, threadOf(place));
    else await postMessage(place, escapeTyped(text), files);
  }

  async sendCommand(place, [whole, command, rest], thread) {
    this.element.classList.add('is-waiting');
    const answer = await actAs({
      type: 'command',
      channel: place.channel,
      command,
      text: rest,
      ...thread,
    });
    this.element.classList.remove('is-waiting');
    const text = commandFailure(answer, command);
    if (text) {
      localEphemeral(place.channel, text, place.thread_ts || null);
      if (!answer.ok && !this.input.value && answer.error !== 'dispatch_unknown_command') {
        this.input.value = whole;
        this.grow();
      }
    }
    return answer;
  }

  openShortcuts(anchor) {
    const items = store.shortcuts.filter((one) => one.type !== 'message');
    openList(anchor, {
      role: 'menu',
      label: 'Shortcuts',
      placement: 'top',
      empty: `${store.app.name} has no shortcuts`,
      items: items.map((one) => ({
        value: one.callback_id,
        text: one.name,
        label: one.name,
        detail: one.description,
      })),
      onPick: async (callbackId) => {
        const text = failureText(
          await actAs({
            type: 'shortcut',
            callback_id: callbackId,
            channel: this.where()?.channel,
          }),
        );
        if (text) toast(text, 'error');
      },
    });
  }
}

/** Slack stores what people type with its three characters escaped. */
function escapeTyped(text) {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

function commandFailure(answer, command) {
  if (!answer.ok)
    return answer.why
      ? escapeTyped(answer.why)
      : `${command} failed with the error "${answer.error}"`;
  // A command the app did not answer is reported by the sandbox itself, as Slackbot.
  return null;
}
