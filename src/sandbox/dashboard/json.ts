import { html, type Markup } from '../../report/html/markup.ts'
import { escapeMarkup, printable } from '../../report/plain-text.ts'

/** Where a text leads; `name` is the field it stands in. */
export type LinkOf = (text: string, name: string) => string | undefined

/** Longest JSON that is shown, in lines. */
const mostLines = 4000

/** A JSON value, indented, with links where texts are ids and the date beside each time. What is selected and copied is the JSON alone. */
export function renderJson(value: unknown, linkOf: LinkOf): Markup {
  const lines: string[] = []
  write(value, '', '', '')
  const rest = lines.length - mostLines
  const text = lines.slice(0, mostLines).join('\n')
  const more = rest > 0 ? html`<p class="note">… and ${rest} more lines.</p>` : undefined
  return html`<pre class="json" tabindex="0"><code>${{ markup: text }}</code></pre>${more}`

  function write(inner: unknown, indent: string, before: string, after: string, name = ''): void {
    if (typeof inner !== 'object' || inner === null) {
      lines.push(`${indent}${before}${scalar(inner, name, linkOf)}${after}`)
      return
    }
    const isList = Array.isArray(inner)
    const entries = Object.entries(inner)
    const [open, close] = isList ? '[]' : '{}'
    if (entries.length === 0) {
      lines.push(`${indent}${before}${open}${close}${after}`)
      return
    }
    lines.push(`${indent}${before}${open}`)
    entries.forEach(([key, item], index) => {
      const label = isList ? '' : `<span class="key">${quoted(key)}</span>: `
      write(item, `${indent}  `, label, index < entries.length - 1 ? ',' : '', isList ? name : key)
    })
    lines.push(`${indent}${close}${after}`)
  }
}

function scalar(value: unknown, name: string, linkOf: LinkOf): string {
  if (typeof value === 'string') {
    const href = linkOf(value, name)
    const text = `<span class="text">${quoted(value)}</span>`
    return href === undefined ? text : `<a href="${escapeMarkup(href)}">${text}</a>`
  }
  const date = typeof value === 'number' ? dateOf(value) : undefined
  const label = date === undefined ? '' : ` data-date="${date}"`
  return `<span class="plain-value"${label}>${escapeMarkup(String(value))}</span>`
}

const quoted = (text: string): string => escapeMarkup(printable(JSON.stringify(text), 20_000))

/** Numbers between 2001 and 2100 that Stripe would mean as seconds. */
const dateOf = (value: number): string | undefined =>
  Number.isInteger(value) && value > 1_000_000_000 && value < 4_102_444_800
    ? `${new Date(value * 1000).toISOString().slice(0, 19).replace('T', ' ')} UTC`
    : undefined

/** A body as text: JSON is parsed and shown as such, anything else as it is. */
export function renderBody(text: string, linkOf: LinkOf, shield: (value: unknown) => unknown): Markup {
  try {
    return renderJson(shield(JSON.parse(text)), linkOf)
  } catch {
    return html`<pre tabindex="0"><code>${printable(String(shield(text)))}</code></pre>`
  }
}
