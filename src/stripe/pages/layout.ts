import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { packageFile } from '../../kernel/package.ts'
import type { HttpAnswer } from '../http.ts'
import { type Html, html } from './html.ts'

const css = ['checkout', 'desk']
  .map((name) => readFileSync(packageFile(`src/stripe/pages/${name}.css`), 'utf8'))
  .join('\n')
const cssPath = `/c/assets/checkout.${createHash('sha256').update(css).digest('hex').slice(0, 12)}.css`

/**
 * No script, no inline style, nothing from elsewhere. `form-action` must allow any http(s) address: browsers apply it to the redirects that
 * follow a form as well, and the shop's success page may redirect to wherever it likes.
 */
const policy = (isFrameable: boolean): string =>
  "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self' http: https:; " +
  `frame-ancestors ${isFrameable ? 'http: https:' : "'none'"}`

const headers = {
  'content-type': 'text/html; charset=utf-8',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
}

export interface PageContent {
  title: string
  body: Html
  status?: number
  /** A shop's own page may show this one in a frame. */
  isFrameable?: boolean
}

/** A whole document. */
export const page = ({ body, isFrameable = false, status = 200, title }: PageContent): HttpAnswer => ({
  status,
  headers: { ...headers, 'content-security-policy': policy(isFrameable) },
  body: `<!doctype html>\n${html`<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="robots" content="noindex">
    <title>${title}</title>
    <link rel="stylesheet" href="${cssPath}">
    <link rel="icon" href="data:,">
  </head>
  ${body}
</html>`}`,
})

export interface CardContent extends PageContent {
  /** Who speaks: the shop, a bank. */
  heading: string
}

/** A document that is one card in the middle of the page. */
export const cardPage = ({ body, heading, ...content }: CardContent): HttpAnswer =>
  page({
    ...content,
    body: html`<body class="notice">
    <main class="card">
      <header><span class="shop">${heading}</span>${testBadge}</header>
      ${body}
    </main>
  </body>`,
  })

/** Sends the browser on with GET, whatever it came with. */
export const seeOther = (location: string): HttpAnswer => ({
  status: 303,
  headers: { location: new URL(location).href, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' },
  body: '',
})

/** A PDF that a browser opens. */
export const pdfAnswer = (name: string, body: Uint8Array): HttpAnswer => ({
  status: 200,
  headers: {
    'content-type': 'application/pdf',
    'content-disposition': `inline; filename="${name.replace(/[^\w-]/g, '_')}.pdf"`,
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  },
  body,
})

/** The stylesheet; undefined for any other path. */
export const asset = (path: string): HttpAnswer | undefined =>
  path === cssPath
    ? {
        status: 200,
        headers: { 'content-type': 'text/css; charset=utf-8', 'cache-control': 'public, max-age=31536000, immutable' },
        body: css,
      }
    : undefined

export const merchant = 'Sandbox Shop'

/** Says on every page that no money moves here. */
export const testBadge = html`<span class="badge" title="No money moves: this is a local sandbox">Test mode</span>`
