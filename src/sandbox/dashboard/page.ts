import { html, type Markup } from '../../report/html/markup.ts'
import { type LastRun, lastRunBar } from './last-run.ts'
import { countObjects, offeredAccounts, type View } from './view.ts'
import { counted } from './words.ts'

export type Section = 'overview' | 'objects' | 'events' | 'requests' | 'webhooks' | 'clock' | 'api'

export interface Page {
  title: string
  section: Section
  main: Markup
  /** 200 when absent. */
  status?: number
}

export interface Surroundings {
  /** Absent where no Stripe sandbox runs in this process. */
  view?: View | undefined
  lastRun: LastRun | undefined
  notifyUrl?: string | undefined
  /** Where the answer to the last form, or what is wrong with it, is told. */
  notice?: { text: string; isProblem: boolean } | undefined
  /** What the page shows; another one means that there is something new. */
  revision: string
}

const sections: [Section, string, string][] = [
  ['overview', '/', 'Overview'],
  ['objects', '/objects', 'Objects'],
  ['events', '/events', 'Events'],
  ['requests', '/requests', 'Requests'],
  ['webhooks', '/webhooks', 'Webhooks'],
  ['clock', '/clock', 'Clock and faults'],
  ['api', '/api', 'API'],
]

/** A whole page of the dashboard. It works without the script; with it the parts marked `data-live` stay up to date. */
export function renderPage(page: Page, around: Surroundings): string {
  const { view, lastRun, notice, notifyUrl, revision } = around
  const document = html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <meta name="robots" content="noindex, nofollow">
  <meta name="referrer" content="same-origin">
  <title>${page.title} · gatekit sandbox</title>
  <link rel="icon" href="data:,">
  <link rel="stylesheet" href="/status.css">
  <link rel="stylesheet" href="/dashboard.css">
  <script src="/live.client.js" defer></script>
</head>
<body class="dashboard" data-live-url="${view?.href('/live')}" data-revision="${revision}">
  <a class="skip" href="#main">Skip to the content</a>
  ${lastRunBar(lastRun)}
  <header class="top">
    <p class="brand">gatekit sandbox</p>
    <nav aria-label="Sandbox">
      ${view && sections.map(([section, path, label]) => html`<a href="${view.href(path)}"${page.section === section && { markup: ' aria-current="page"' }}>${label}</a>`)}
      ${notifyUrl && html`<a href="${notifyUrl}">Inbox <span aria-hidden="true">↗</span><span class="hidden">of the notify sandbox</span></a>`}
    </nav>
  </header>
  ${view && toolbar(view)}
  <main id="main" tabindex="-1">
${notice && html`<p class="notice${notice.isProblem && ' problem'}" role="${notice.isProblem ? 'alert' : 'status'}">${notice.text}</p>`}
${page.main}
  </main>
  <footer class="bottom">
    <p>Everything here is made up and stays on this machine. Times are UTC, on the clock of the account.</p>
  </footer>
</body>
</html>
`
  return document.markup
}

function toolbar(view: View): Markup {
  return html`<div class="toolbar">
    ${accountChoice(view)}
    <form class="search" action="/objects" method="get" role="search">
      ${hiddenAccount(view)}
      <label class="hidden" for="search">Search objects by id, e-mail, name or metadata</label>
      <input id="search" type="search" name="q" value="${view.query.get('q')}" placeholder="Find by id, e-mail, metadata" autocomplete="off" spellcheck="false" aria-keyshortcuts="/">
      <button>Find</button>
    </form>
    <button type="button" id="live-switch" class="plain-button" aria-pressed="true" hidden>Live</button>
  </div>`
}

function accountChoice(view: View): Markup {
  const { source, account } = view
  const offered = offeredAccounts(source, account)
  if (offered.length === 1) return html`<p class="account">Account <code>${account.id}</code></p>`
  return html`<form class="account" action="/" method="get">
      <label for="account">Account</label>
      <select id="account" name="account">${offered.map(
        ({ id, platform, store }) => html`
        <option value="${id}"${id === account.id && { markup: ' selected' }}>${id}${id === source.own ? ' · this server’s key' : platform && ' · connected'} · ${counted(countObjects(store), 'object')}</option>`,
      )}
      </select>
      <button>Show</button>
    </form>`
}

/** The account in a form that is sent with GET, whose address has no query of its own. */
export const hiddenAccount = ({ account, source }: View): Markup | false =>
  account.id !== source.own && html`<input type="hidden" name="account" value="${account.id}">`
