import { randomBytes } from 'node:crypto'
import { readOnlyCode } from '../connect/oauth.ts'
import type { HttpAnswer } from '../http.ts'
import { html } from './html.ts'
import { cardPage } from './layout.ts'
import { renderNotice } from './notice-page.ts'

/** Where an account holder allows a platform in: docs.stripe.com/connect/oauth-reference. Undefined for every other path. */
export function showAuthorize(path: string, query: URLSearchParams): HttpAnswer | undefined {
  if (!/^(\/express)?\/oauth\/authorize$/.test(path)) return undefined
  const client = query.get('client_id') ?? ''
  const back = query.get('redirect_uri') ?? ''
  if (!client.startsWith('ca_') || !/^https?:\/\/[^/]/.test(back) || !URL.canParse(back))
    return renderNotice({
      title: 'This link does not work',
      text: 'It needs a client_id that begins with ca_ and a redirect_uri of the platform.',
      status: 400,
      symbol: '!',
    })
  const scope = query.get('scope') === 'read_write' || path.startsWith('/express') ? 'read_write' : 'read_only'
  const state = query.get('state')
  const to = (answer: Record<string, string>): string => {
    const url = new URL(back)
    for (const [name, value] of Object.entries({ ...answer, ...(state !== null && { state }) }))
      url.searchParams.set(name, value)
    return url.href
  }
  const code = `${scope === 'read_only' ? readOnlyCode : 'ac_'}${randomBytes(16).toString('hex')}`
  return cardPage({
    title: 'Connect an account – Sandbox',
    heading: 'Connect',
    body: html`<h1>Connect your account?</h1>
      <p>The platform <code>${client}</code> wants to ${scope === 'read_only' ? 'see' : 'see and change'} everything in it.</p>
      <p><a class="button" href="${to({ scope, code })}">Connect a test account</a></p>
      <p><a class="button quiet" href="${to({ error: 'access_denied', error_description: 'The user denied your request' })}">Cancel</a></p>`,
  })
}
