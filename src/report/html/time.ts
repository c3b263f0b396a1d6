import { html, type Markup } from './markup.ts'

/** `2026-03-14 15:31 UTC`: absolute, as the page has no clock; a text that is no time is shown as it is. */
export function showTime(time: string): Markup {
  const ms = Date.parse(time)
  if (Number.isNaN(ms)) return html`${time}`
  const iso = new Date(ms).toISOString()
  return html`<time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC</time>`
}
