import type { HttpAnswer } from '../http.ts'
import { html } from './html.ts'
import { cardPage, merchant } from './layout.ts'

export interface Notice {
  title: string
  text: string
  status?: number
  symbol: '✓' | '!' | '…'
  /** Where a person can go from here. */
  link?: { url: string; text: string } | undefined
  isFrameable?: boolean
}

/** A page that says one thing: expired, paid already, not found, receipt. */
export const renderNotice = ({ isFrameable = false, link, status = 200, symbol, text, title }: Notice): HttpAnswer =>
  cardPage({
    title: `${title} – ${merchant}`,
    heading: merchant,
    status,
    isFrameable,
    body: html`<p class="symbol ${symbol === '✓' && 'good'}" aria-hidden="true">${symbol}</p>
      <h1>${title}</h1>
      <p>${text}</p>
      ${link && html`<p><a class="button" href="${link.url}">${link.text}</a></p>`}`,
  })
