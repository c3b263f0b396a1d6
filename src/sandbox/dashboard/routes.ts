import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { html } from '../../report/html/markup.ts'
import {
  addFault,
  clearFaults,
  type Done,
  type Notice,
  notices,
  release,
  resend,
  rollEndpoint,
  setTraffic,
  turnClock,
  Unusable,
} from './actions.ts'
import type { LastRun } from './last-run.ts'
import { type LiveUpdates, revisionOf } from './live.ts'
import { type Page, renderPage, type Surroundings } from './page.ts'
import { apiPage, operationPage } from './pages/api.ts'
import { clockPage } from './pages/clock.ts'
import { eventPage } from './pages/event.ts'
import { eventsPage } from './pages/events.ts'
import { objectPage } from './pages/object.ts'
import { kindPage, objectsPage } from './pages/objects.ts'
import { overviewPage } from './pages/overview.ts'
import { requestPage } from './pages/request.ts'
import { requestsPage } from './pages/requests.ts'
import { webhooksPage } from './pages/webhooks.ts'
import { isSameOrigin } from './same-origin.ts'
import { createView, type Source, type View } from './view.ts'

export interface DashboardParts {
  /** Absent where no Stripe sandbox runs in this process. */
  source?: Source | undefined
  notifyUrl?: string | undefined
  lastRun(): Promise<LastRun | undefined>
  live: LiveUpdates
}

type Path = Record<string, string>
type Shown = Page | { redirect: string } | undefined

const pages: Record<string, (view: View, path: Path) => Shown> = {
  '/': overviewPage,
  '/objects': objectsPage,
  '/objects/:object': (view, { object = '' }) => kindPage(view, object),
  '/objects/:object/:id': (view, { object = '', id = '' }) => objectPage(view, object, id),
  '/events': eventsPage,
  '/events/:id': (view, { id = '' }) => eventPage(view, id),
  '/requests': requestsPage,
  '/requests/:id': (view, { id = '' }) => requestPage(view, id),
  '/webhooks': webhooksPage,
  '/clock': clockPage,
  '/api': apiPage,
  '/api/:sdk': (view, { sdk = '' }) => operationPage(view, sdk),
}

const forms: Record<string, (view: View, path: Path, form: Record<string, string>) => Done | undefined> = {
  '/events/:id/resend': (view, { id = '' }, form) => resend(view, id, form),
  '/clock': (view, _path, form) => turnClock(view, form),
  '/faults': (view, _path, form) => addFault(view, form),
  '/faults/clear': clearFaults,
  '/webhooks/traffic': (view, _path, form) => setTraffic(view, form),
  '/webhooks/roll': (view, _path, form) => rollEndpoint(view, form),
  '/webhooks/release': (view, _path, form) => release(view, form),
}

/** What the pages of the dashboard may do: our stylesheets, our one script, forms to ourselves. */
const policy =
  "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; " +
  "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

const gone: Page = {
  title: 'Not here',
  section: 'objects',
  status: 404,
  main: html`<h1>Not here</h1><p class="lead">There is no such thing in this account. It may belong to another account, or a reset has removed it.</p>`,
}

const idle: Page = {
  title: 'No sandbox',
  section: 'overview',
  main: html`<h1>No sandbox runs here</h1><p class="lead">This server shows what gates wrote. <code>gatekit serve</code> without <code>--only</code> starts the Stripe sandbox beside it.</p>`,
}

/** Registers the pages, the forms and the live updates. */
export function registerDashboard(app: FastifyInstance, parts: DashboardParts): void {
  const { source, live } = parts

  for (const [path, show] of Object.entries(pages))
    app.get(path, async (request, reply) => {
      const view = source && createView(source, queryOf(request))
      const around = await surroundings(parts, view)
      const page = view ? show(view, request.params as Path) : source ? gone : idle
      return send(reply, around, page)
    })

  for (const [path, act] of Object.entries(forms))
    app.post(path, async (request, reply) => {
      const view = source && createView(source, queryOf(request))
      if (!isSameOrigin(request.headers))
        return reply.status(403).type('text/plain').send('forms are taken from the pages of this server only\n')
      try {
        const done = view && act(view, request.params as Path, (request.body ?? {}) as Record<string, string>)
        if (!view || !done) return await send(reply, await surroundings(parts, view), gone)
        if (done.once !== undefined)
          return send(
            reply,
            { ...(await surroundings(parts, view)), notice: { text: done.once, isProblem: false } },
            pageAt(view, done.path, 200),
          )
        return await reply.redirect(view.href(done.path, { done: done.notice }), 303)
      } catch (error) {
        if (!(error instanceof Unusable) || !view) throw error
        const around = await surroundings(parts, view)
        return send(
          reply,
          { ...around, notice: { text: error.message, isProblem: true } },
          pageAt(view, error.path, 422),
        )
      }
    })

  app.get('/live', async (request, reply) => {
    const view = source && createView(source, queryOf(request))
    if (!view) return reply.status(404).send()
    const revision = async () =>
      revisionOf(createView(source, queryOf(request)) ?? view, (await parts.lastRun())?.version)
    reply.hijack()
    reply.raw.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
    if (!live.watch(reply.raw, revision)) reply.raw.end()
    return reply
  })
}

const queryOf = (request: FastifyRequest): URLSearchParams => new URL(request.url, 'http://localhost').searchParams

/** The page that a form was on, to be shown again with what is wrong or what is told once. */
function pageAt(view: View, path: string, status: number): Page | undefined {
  const event = /^\/events\/([^/]+)$/.exec(path)?.[1]
  const page = event === undefined ? pages[path]?.(view, {}) : eventPage(view, decodeURIComponent(event))
  return page && !('redirect' in page) ? { ...page, status } : undefined
}

/** What stands around a page. The revision is that of before the page is made: what happens from then on must count as new. */
async function surroundings({ lastRun, notifyUrl }: DashboardParts, view: View | undefined): Promise<Surroundings> {
  const run = await lastRun()
  const done = view?.query.get('done') as Notice | null | undefined
  const told = done && Object.hasOwn(notices, done) ? notices[done] : undefined
  return {
    view,
    notifyUrl,
    lastRun: run,
    revision: view ? revisionOf(view, run?.version) : '',
    notice: told && { text: told, isProblem: false },
  }
}

function send(reply: FastifyReply, around: Surroundings, shown: Shown): FastifyReply {
  if (shown && 'redirect' in shown) return reply.redirect(shown.redirect, 302)
  const page = shown ?? gone
  return reply
    .status(page.status ?? 200)
    .header('content-security-policy', policy)
    .type('text/html; charset=utf-8')
    .send(renderPage(page, around))
}
