import { html, type Markup } from '../../../report/html/markup.ts'
import type { Page } from '../page.ts'
import { facts, live, nothing, section } from '../rows.ts'
import type { View } from '../view.ts'
import { clockFace } from '../words.ts'
import { latestEvents } from './events.ts'
import { objectCounts } from './objects.ts'
import { latestRequests } from './requests.ts'

/** What this account is, and the latest of everything. */
export function overviewPage(view: View): Page {
  const { source, account } = view
  const { catalogue } = source.server.schema
  const main = html`<h1>Overview</h1>
    ${live(
      'facts',
      facts({
        'Stripe API': html`<code>${source.server.url}</code>`,
        Version: html`${catalogue.api} <small>stripe ${catalogue.stripe}</small>`,
        Account: html`<code>${account.id}</code> <small>${keyOf(view)}</small>`,
        'Its clock': clockFace(account.clock),
      }),
    )}
    <div class="columns">
      <div>
        ${section('requests', 'Latest requests', live('latest-requests', latestRequests(view)))}
        ${section('events', 'Latest events', live('latest-events', latestEvents(view)))}
      </div>
      ${section('objects', 'Objects', live('object-counts', objectCounts(view) ?? firstSteps(view)))}
    </div>`
  return { title: 'Overview', section: 'overview', main }
}

function keyOf({ account, source }: View): Markup {
  if (account.id === source.own) return html`key <code>${source.key}</code>`
  return account.platform === undefined ? html`of another key` : html`connected to <code>${account.platform}</code>`
}

const firstSteps = ({ source, account }: View): Markup =>
  account.id === source.own
    ? html`${nothing('No objects yet.')}
      <p>Make one with the key that <code>gatekit serve</code> printed:</p>
      <pre tabindex="0"><code>curl ${source.server.url}/v1/customers \\
  -u "$STRIPE_SECRET_KEY:" \\
  -d email=ada@example.com</code></pre>`
    : nothing('No objects yet.')
