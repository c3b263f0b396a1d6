import { readTags, textOf } from './html.ts'
import type { Message } from './message.ts'

export interface Link {
  href: string
  /** What is clicked; the address itself in plain text. */
  text: string
}

type Parts = Pick<Message, 'text' | 'html'>

/** Every link of a message: those of the html, then those only the text has. */
export function extractLinks({ text = '', html = '' }: Parts): Link[] {
  const anchors = readTags(html).filter(({ name, attributes }) => name === 'a' && attributes.href)
  const lower = html.toLowerCase()
  const links = anchors.map(({ attributes, end }) => {
    const close = lower.indexOf('</a', end)
    return { href: attributes.href as string, text: textOf(html.slice(end, close === -1 ? html.length : close)) }
  })
  const known = new Set(links.map(({ href }) => href))
  const inText = (text.match(/https?:\/\/[^\s<>"')\]]+/g) ?? []).map((href) => href.replace(/[.,;:!?]+$/, ''))
  return [...links, ...[...new Set(inText)].filter((href) => !known.has(href)).map((href) => ({ href, text: href }))]
}

/** Numbers of 4 to 8 digits that stand alone, as one-time codes do; longest first, each once. */
export function extractCodes({ text, html = '' }: Parts): string[] {
  const shown = text ?? textOf(html)
  const codes = [...shown.matchAll(/(?<![\d.,€$£¥#/-])\d{4,8}(?![\d.,/-]?\d)/g)].map(([code]) => code)
  return [...new Set(codes)].sort((a, b) => b.length - a.length)
}
