// What a person has chosen or typed on a surface, before and between re-renderings.

/** The plain value of one entry of Slack's `state.values`; undefined when it holds none. */
function rawOfState(entry) {
  if (!entry) return undefined;
  switch (entry.type) {
    case 'static_select':
    case 'external_select':
    case 'radio_buttons':
      return entry.selected_option?.value;
    case 'multi_static_select':
    case 'multi_external_select':
    case 'checkboxes':
      return entry.selected_options?.map((option) => option.value);
    case 'users_select':
      return entry.selected_user ?? undefined;
    case 'multi_users_select':
      return entry.selected_users;
    case 'conversations_select':
      return entry.selected_conversation ?? undefined;
    case 'multi_conversations_select':
      return entry.selected_conversations;
    case 'channels_select':
      return entry.selected_channel ?? undefined;
    case 'multi_channels_select':
      return entry.selected_channels;
    case 'datepicker':
      return entry.selected_date ?? undefined;
    case 'timepicker':
      return entry.selected_time ?? undefined;
    case 'datetimepicker':
      return entry.selected_date_time ?? undefined;
    case 'file_input':
      return entry.files?.map((file) => file.id);
    case 'rich_text_input':
      return entry.rich_text_value ? richPlain(entry.rich_text_value) : undefined;
    default:
      return entry.value ?? undefined;
  }
}

/** The plain value an element starts with. */
function rawOfInitial(element) {
  switch (element.type) {
    case 'static_select':
    case 'external_select':
    case 'radio_buttons':
      return element.initial_option?.value;
    case 'multi_static_select':
    case 'multi_external_select':
    case 'checkboxes':
      return element.initial_options?.map((option) => option.value);
    case 'users_select':
      return element.initial_user;
    case 'multi_users_select':
      return element.initial_users;
    case 'conversations_select':
      return element.initial_conversation;
    case 'multi_conversations_select':
      return element.initial_conversations;
    case 'channels_select':
      return element.initial_channel;
    case 'multi_channels_select':
      return element.initial_channels;
    case 'datepicker':
      return element.initial_date;
    case 'timepicker':
      return element.initial_time;
    case 'datetimepicker':
      return element.initial_date_time;
    case 'rich_text_input':
      return element.initial_value ? richPlain(element.initial_value) : undefined;
    case 'file_input':
      return undefined;
    default:
      return element.initial_value;
  }
}

/** Typed text as a rich_text object. */
function richFrom(text) {
  const section = { type: 'rich_text_section', elements: [{ type: 'text', text }] };
  return { type: 'rich_text', elements: [section] };
}

/** The plain characters of a rich_text value. */
export function richPlain(rich) {
  const walk = (node) =>
    (node.text ?? node.url ?? (node.name ? `:${node.name}:` : '')) +
    (node.elements || []).map(walk).join('');
  return (rich.elements || []).map(walk).join('\n');
}

/** The options of an element, groups flattened. */
export function optionsOf(element) {
  const grouped = (element.option_groups || []).flatMap((group) => group.options || []);
  return [...(element.options || []), ...grouped];
}

const slot = (blockId, actionId) => `${blockId}\u0000${actionId}`;

/** The values of one message or view. */
export class Values {
  constructor() {
    this.typed = new Map();
    this.labels = new Map();
    this.files = new Map();
    this.state = {};
  }

  /** What the sandbox last said the surface's state is. */
  setState(values) {
    this.state = values || {};
    for (const block of Object.values(this.state)) {
      for (const entry of Object.values(block || {})) this.learn(entry);
    }
  }

  learn(entry) {
    for (const option of [entry?.selected_option, ...(entry?.selected_options || [])]) {
      if (option?.value !== undefined) this.labels.set(option.value, option);
    }
    for (const file of entry?.files || []) if (file.name) this.files.set(file.id, file);
  }

  get(blockId, element) {
    const key = slot(blockId, element.action_id);
    if (this.typed.has(key)) return this.typed.get(key);
    const entry = this.state[blockId]?.[element.action_id];
    return entry && entry.type === element.type
      ? (rawOfState(entry) ?? null)
      : rawOfInitial(element);
  }

  set(blockId, element, value) {
    this.typed.set(slot(blockId, element.action_id), value);
  }

  /**
   * A value as the control API takes it: typed rich text becomes a rich_text object, a choice
   * the app offered while typing goes back as the whole option.
   */
  wire(element, value) {
    if (value === undefined || value === null || value === '') return null;
    if (element.type === 'rich_text_input') return richFrom(value);
    if (!element.type.endsWith('external_select')) return value;
    const whole = (one) => this.option(element, one) ?? one;
    return Array.isArray(value) ? value.map(whole) : whole(value);
  }

  /** The option object behind a value: of the element, an initial one or a loaded one. */
  option(element, value) {
    const initial = [element.initial_option, ...(element.initial_options || [])].filter(Boolean);
    return (
      [...optionsOf(element), ...initial].find((option) => option.value === value) ||
      this.labels.get(value)
    );
  }
}

const surfaces = new Map();
/** The values kept for a surface, by its key; made on first use. */
export function valuesFor(key) {
  if (!surfaces.has(key)) surfaces.set(key, new Values());
  return surfaces.get(key);
}
export function forgetValues(key) {
  surfaces.delete(key);
}
