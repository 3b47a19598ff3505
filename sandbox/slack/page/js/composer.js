// The message box: text, slash commands with completion, files, shortcuts.

import { fileToBase64 } from './api.js';
import { CommandMenu } from './completion.js';
import { announce, h, toast } from './dom.js';
import { icon } from './icons.js';
import { openList } from './listbox.js';
import { failureText } from './interactions.js';
import { actAs, localEphemeral } from './session.js';
import { store } from './store.js';

const MAX_HEIGHT = 220;

export class Composer {
  /** `where()` returns `{channel, name, thread_ts?}` or null. */
  constructor(where, { testid = 'composer', placeholder } = {}) {
    this.where = where;
    this.drafts = new Map();
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
      h('div', { class: 'composer-box' }, this.input, this.tools()),
    );
    this.input.addEventListener('input', () => this.changed());
    this.input.addEventListener('keydown', (event) => this.onKey(event));
    this.input.addEventListener('blur', () => setTimeout(() => this.menu.hide(), 120));
    this.input.addEventListener('paste', (event) => {
      if (event.clipboardData?.files.length) {
        event.preventDefault();
        void this.attach([...event.clipboardData.files]);
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
    chooser.addEventListener('change', async () => {
      await this.attach([...chooser.files]);
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
        'aria-label': 'Send',
        title: 'Send (Enter)',
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
        ' to send, ',
        h('kbd', {}, 'Shift Enter'),
        ' for a new line',
      ),
      this.sendButton,
    );
  }

  /** Keeps each conversation's unsent text when the person moves. */
  switchTo(key, placeholder, disabled = false) {
    if (this.key !== undefined) this.drafts.set(this.key, this.input.value);
    this.key = key;
    this.input.value = this.drafts.get(key) || '';
    this.input.placeholder = placeholder;
    this.input.setAttribute('aria-label', placeholder);
    this.input.disabled = disabled;
    this.changed();
  }

  changed() {
    this.grow();
    this.menu.refresh();
  }

  grow() {
    this.input.style.height = 'auto';
    this.input.style.height = `${Math.min(MAX_HEIGHT, this.input.scrollHeight)}px`;
    this.sendButton.disabled = !this.input.value.trim();
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
    if (!place || !text) return;
    this.menu.hide();
    this.input.value = '';
    this.changed();
    const thread = place.thread_ts ? { thread_ts: place.thread_ts } : {};
    const command = /^(\/\S+)\s*([\s\S]*)$/.exec(text);
    const answer = command
      ? await this.sendCommand(place, command, thread)
      : await actAs({
          type: 'message',
          channel: place.channel,
          text: escapeTyped(text),
          ...thread,
        });
    if (!answer.ok && !command) {
      if (!this.input.value) this.input.value = text;
      this.grow();
      toast(answer.why || 'The message could not be posted.', 'error');
    }
  }

  async sendCommand(place, [whole, command, rest], thread) {
    const answer = await actAs({
      type: 'command',
      channel: place.channel,
      command,
      text: rest,
      ...thread,
    });
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

  async attach(files) {
    const place = this.where();
    for (const file of place ? files : []) {
      announce(`Uploading ${file.name}`);
      const answer = await actAs({
        type: 'file',
        name: file.name,
        content_base64: await fileToBase64(file),
        channel: place.channel,
        ...(place.thread_ts ? { thread_ts: place.thread_ts } : {}),
      });
      if (!answer.ok) toast(answer.why || `${file.name} could not be uploaded.`, 'error');
    }
    this.input.focus();
  }

  openShortcuts(anchor) {
    const items = store.shortcuts.filter((one) => one.type !== 'message');
    openList(anchor, {
      role: 'menu',
      label: 'Shortcuts',
      placement: 'top',
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
