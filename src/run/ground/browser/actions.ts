import type { Session } from './cdp.ts';
import type { PageTarget, VisitAction } from './types.ts';

/** Pause between two looks for an element that is not there yet. */
const lookMs = 50;

/** Virtual key codes (Windows), which pages still read as `keyCode`, and the text that a key types. */
const keys = { Enter: { code: 13, text: '\r' }, Tab: { code: 9, text: '' }, Escape: { code: 27, text: '' } };

/** Does one thing in the page, waiting until it can be done; throws why not when that takes longer than `timeoutMs`. */
export async function act(page: Session, frameId: string, action: Exclude<VisitAction, { do: 'go' }>, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  if (action.do === 'press') return press(page, action.key);
  for (let why = ''; ;) {
    const objectId = await find(page, await worldOf(page, frameId), action.on);
    if (objectId === null) why = 'it is not on the page';
    else {
      const refusal = action.do === 'click' ? await click(page, objectId) : await fill(page, objectId, action.value);
      await page.send('Runtime.releaseObject', { objectId }).catch(() => {}); // the page went on
      if (refusal === null) return;
      why = refusal;
    }
    if (performance.now() > deadline) throw new Error(`${inWords(action.on)}: ${why}`);
    await new Promise((resolve) => setTimeout(resolve, lookMs));
  }
}

function inWords(on: PageTarget): string {
  return 'selector' in on ? on.selector : `${on.role ?? 'element'} "${on.name}"`;
}

/** Roles of what a person can act on: a label or heading of the same name is not meant. */
const actable =
  /^(button|link|textbox|searchbox|combobox|listbox|checkbox|radio|switch|slider|spinbutton|menuitem\w*|option|tab|treeitem|DisclosureTriangle|PopUpButton|Date|DateTime|InputTime|ColorWell)$/i;

/** A world of scripts of our own in the main frame: what the page has made of `document.querySelector` does not reach it. */
export async function worldOf(page: Session, frameId: string): Promise<number> {
  const { executionContextId } = await page.send('Page.createIsolatedWorld', { frameId, worldName: 'seaworthy' });
  return executionContextId;
}

/** The first matching element, as a remote object; null when there is none. */
async function find(page: Session, contextId: number, on: PageTarget): Promise<string | null> {
  const { result } = await page.send('Runtime.evaluate', {
    expression: 'selector' in on ? `document.querySelector(${JSON.stringify(on.selector)})` : 'document',
    contextId,
  });
  const { objectId } = result;
  if (objectId === undefined) {
    if (result.subtype === 'error' || result.className === 'DOMException') throw new Error(result.description ?? 'no such selector');
    return null;
  }
  if ('selector' in on) return objectId;
  const { nodes } = await page.send('Accessibility.queryAXTree', {
    objectId,
    accessibleName: on.name,
    ...(on.role === undefined ? {} : { role: on.role }),
  });
  const node = nodes.find(
    ({ ignored, role, backendDOMNodeId }) =>
      !ignored && backendDOMNodeId !== undefined && (on.role !== undefined || actable.test(String(role?.value))),
  );
  if (node?.backendDOMNodeId === undefined) return null;
  const { object } = await page.send('DOM.resolveNode', { backendNodeId: node.backendDOMNodeId, executionContextId: contextId });
  return object.objectId ?? null;
}

/** Clicks in the middle; why not, when the element is not where a person could click it. */
async function click(page: Session, objectId: string): Promise<string | null> {
  await page.send('DOM.scrollIntoViewIfNeeded', { objectId }).catch(() => {}); // not shown: said below
  const quads = await page.send('DOM.getContentQuads', { objectId }).catch(() => null);
  const quad = quads?.quads.find((corners) => area(corners) > 1);
  if (!quad) return 'it is not shown';
  const x = (at(quad, 0) + at(quad, 4)) / 2;
  const y = (at(quad, 1) + at(quad, 5)) / 2;
  const refusal = await ask(
    page,
    objectId,
    `function (x, y) {
      if (this.disabled || this.getAttribute('aria-disabled') === 'true') return 'it is disabled';
      let over = document.elementFromPoint(x, y);
      while (over?.shadowRoot?.elementFromPoint(x, y) && over.shadowRoot.elementFromPoint(x, y) !== over) over = over.shadowRoot.elementFromPoint(x, y);
      for (let at = over; at; at = at.parentNode ?? at.host) if (at === this) return null;
      if (this.labels && [...this.labels].some((label) => label.contains(over))) return null;
      return over ? 'something lies over it: <' + over.localName + '>' : 'it lies outside of the window';
    }`,
    [x, y],
  );
  if (refusal !== null) return refusal;
  const mouse = { x, y, button: 'left', clickCount: 1 } as const;
  await page.send('Input.dispatchMouseEvent', { type: 'mouseMoved', x, y });
  await page.send('Input.dispatchMouseEvent', { type: 'mousePressed', ...mouse });
  await page.send('Input.dispatchMouseEvent', { type: 'mouseReleased', ...mouse });
  return null;
}

/** Puts a value into a field as a person would: the framework of the page hears of it. */
async function fill(page: Session, objectId: string, value: string): Promise<string | null> {
  const refusal = await ask(
    page,
    objectId,
    `function (value) {
      if (this.disabled || this.readOnly) return 'it cannot be written to';
      const typed = this.localName === 'textarea' || this.isContentEditable || (this.localName === 'input' && !/^(checkbox|radio|file|submit|button|image|reset)$/.test(this.type));
      if (this.localName === 'select') {
        const option = [...this.options].find((each) => each.value === value || each.text.trim() === value);
        if (!option) return 'it has no such choice';
        this.focus();
        this.value = option.value;
      } else if (!typed) return 'it is no field to write in';
      else if (/^(date|time|datetime-local|month|week|color|range)$/.test(this.type ?? '')) {
        Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(this, value);
        if (this.value !== value) return 'it does not take this value';
      } else {
        this.focus();
        if (this.select) this.select();
        else getSelection().selectAllChildren(this);
        return null;
      }
      for (const type of ['input', 'change']) this.dispatchEvent(new Event(type, { bubbles: true }));
      return 'done';
    }`,
    [value],
  );
  if (refusal === 'done') return null;
  if (refusal !== null) return refusal;
  if (value === '') {
    const key = { key: 'Delete', code: 'Delete', windowsVirtualKeyCode: 46 };
    await page.send('Input.dispatchKeyEvent', { type: 'keyDown', ...key });
    await page.send('Input.dispatchKeyEvent', { type: 'keyUp', ...key });
  } else await page.send('Input.insertText', { text: value });
  return null;
}

async function press(page: Session, key: keyof typeof keys): Promise<void> {
  const { code, text } = keys[key];
  const event = { key, code: key, windowsVirtualKeyCode: code };
  await page.send('Input.dispatchKeyEvent', { type: text ? 'keyDown' : 'rawKeyDown', ...event, ...(text ? { text } : {}) });
  await page.send('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
}

/** Calls a function on the element; the sentence that it gives. */
async function ask(
  page: Session,
  objectId: string,
  functionDeclaration: string,
  values: readonly (string | number)[],
): Promise<string | null> {
  const { result, exceptionDetails } = await page.send('Runtime.callFunctionOn', {
    objectId,
    functionDeclaration,
    arguments: values.map((value) => ({ value })),
    returnByValue: true,
  });
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  return typeof result.value === 'string' ? result.value : null;
}

function at(corners: readonly number[], index: number): number {
  return corners[index] ?? 0;
}

function area(corners: readonly number[]): number {
  return Math.abs((at(corners, 2) - at(corners, 0)) * (at(corners, 7) - at(corners, 1)));
}
