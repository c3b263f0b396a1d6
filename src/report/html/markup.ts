import { escapeMarkup } from '../plain-text.ts'

/** Text that is HTML already; everything else is escaped where it is put into a template. */
export interface Markup {
  readonly markup: string
}

type Part = Markup | string | number | false | undefined | null | readonly Part[]

/** Builds HTML from a template: strings and numbers are escaped, markup is kept, lists are joined, false and undefined leave nothing. */
export const html = (texts: TemplateStringsArray, ...parts: Part[]): Markup => ({
  markup: texts.map((text, index) => text + (index < parts.length ? toMarkup(parts[index]) : '')).join(''),
})

function toMarkup(part: Part): string {
  if (part === undefined || part === null || part === false) return ''
  if (typeof part === 'string' || typeof part === 'number') return escapeMarkup(String(part))
  if (isList(part)) return part.map(toMarkup).join('')
  return part.markup
}

const isList = (part: Markup | readonly Part[]): part is readonly Part[] => Array.isArray(part)

/**
 * A link that leads where it seems to: `https:` or a relative path. Anything else (`javascript:`, `data:`, `//host`, `\\host`) comes back
 * undefined, and the caller shows plain text.
 */
export function safeHref(target: string): string | undefined {
  if (/^https:\/\/[^\s\\]+$/i.test(target)) return target
  const isRelative = /^[\w.~%/#-][\w.~%/#?=&,@!$'()*+;-]*$/.test(target) && !target.startsWith('/')
  return isRelative ? target : undefined
}

/** `label` as a link when the target is a safe one, as plain text otherwise. */
export function link(target: string | undefined, label: Markup | string): Markup {
  const href = target === undefined ? undefined : safeHref(target)
  return href ? html`<a href="${href}">${label}</a>` : html`<span>${label}</span>`
}

/** A relative path with every segment encoded; undefined when it would leave its folder. */
export function encodePath(path: string): string | undefined {
  const segments = path.split('/')
  if (segments.includes('..') || path.startsWith('/') || /^[a-z][a-z0-9+.-]*:/i.test(path)) return undefined
  return segments.map((segment) => encodeURIComponent(segment)).join('/')
}
