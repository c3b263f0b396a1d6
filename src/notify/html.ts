/** A start tag with its attributes, names in lower case, entities of the values resolved. */
export interface Tag {
  name: string
  attributes: Record<string, string>
  /** Where `<` is. */
  start: number
  /** After `>`. */
  end: number
}

/** Start tags in order. Reads from front to back once, so hostile input costs no more than its length. */
export function readTags(html: string): Tag[] {
  const tags: Tag[] = []
  let at = html.indexOf('<')
  while (at !== -1) {
    if (html.startsWith('<!--', at)) {
      const end = html.indexOf('-->', at + 4)
      if (end === -1) break
      at = html.indexOf('<', end)
      continue
    }
    const end = endOfTag(html, at)
    if (end === -1) break
    const [, name] = /^<([a-z][\w:-]{0,60})/i.exec(html.slice(at, at + 64)) ?? []
    if (name)
      tags.push({
        name: name.toLowerCase(),
        attributes: readAttributes(html.slice(at + 1 + name.length, end - 1)),
        start: at,
        end,
      })
    at = html.indexOf('<', end)
  }
  return tags
}

/** What a person reads: without markup, styles and scripts, spaces made single. */
export function textOf(html: string): string {
  let text = ''
  let at = 0
  while (at < html.length) {
    const open = html.indexOf('<', at)
    if (open === -1) break
    text += `${html.slice(at, open)} `
    at = endOfElement(html, open)
  }
  if (at < html.length) text += html.slice(at)
  return unescapeHtml(text).replace(/\s+/g, ' ').trim()
}

const named: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
  euro: '€',
  copy: '©',
}

export const unescapeHtml = (text: string): string =>
  text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,8}));/gi, (whole, decimal, hex, name) => {
    if (name) return named[String(name).toLowerCase()] ?? whole
    const code = decimal ? Number(decimal) : Number.parseInt(hex, 16)
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })

/** After the tag at `open`; for style, script and comments after all of them. */
function endOfElement(html: string, open: number): number {
  if (html.startsWith('<!--', open)) return orEnd(html, html.indexOf('-->', open), 3)
  const end = endOfTag(html, open)
  if (end === -1) return html.length
  const [, hidden] = /^<(style|script|title|head)\b/i.exec(html.slice(open, open + 8)) ?? []
  if (!hidden) return end
  const close = new RegExp(`</${hidden}\\b[^>]{0,20}>`, 'gi')
  close.lastIndex = end
  return close.test(html) ? close.lastIndex : html.length
}

const orEnd = (html: string, index: number, length: number): number => (index === -1 ? html.length : index + length)

/** After the `>` that closes the tag at `open`, quotes respected; -1 when it is never closed. */
function endOfTag(html: string, open: number): number {
  let quote = ''
  for (let at = open + 1; at < html.length; at++) {
    const character = html[at] as string
    if (quote) quote = character === quote ? '' : quote
    else if (character === '>') return at + 1
    else if ((character === '"' || character === "'") && html[at - 1] === '=') quote = character
  }
  return -1
}

function readAttributes(text: string): Record<string, string> {
  const attributes: Record<string, string> = {}
  for (const [, name, double, single, bare] of text.matchAll(
    /([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>`]+)))?/g,
  )) {
    const key = (name as string).toLowerCase()
    if (!Object.hasOwn(attributes, key)) attributes[key] = unescapeHtml(double ?? single ?? bare ?? '')
  }
  return attributes
}
