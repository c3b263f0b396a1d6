import type { Account } from '../accounts.ts'
import type { HttpAnswer, HttpRequest } from '../http.ts'
import type { StripeSandbox } from '../server.ts'
import { renderNotice } from './notice-page.ts'

/** A browser's request for a page. */
export interface PageVisit {
  sandbox: StripeSandbox
  path: string
  query: URLSearchParams
  isPost: boolean
  /** What a form sent; empty without one. */
  form: URLSearchParams
}

/** The largest form that is read, in bytes. */
const formLimit = 16 * 1024

/** The request as a page sees it, or the answer to one that no page takes. */
export function readVisit(request: HttpRequest, sandbox: StripeSandbox): PageVisit | HttpAnswer {
  const { pathname, searchParams } = new URL(request.url, 'http://localhost')
  const isPost = request.method === 'POST'
  if (!isPost && request.method !== 'GET' && request.method !== 'HEAD') return methodNotAllowed()
  if ((request.body?.length ?? 0) > formLimit) return { ...notFound(), status: 413 }
  const form = new URLSearchParams(isPost ? Buffer.from(request.body ?? []).toString('utf8') : '')
  return { sandbox, path: pathname, query: searchParams, isPost, form }
}

/** An id is found in the one account that has it. */
export const ownerOf = ({ accounts }: StripeSandbox, object: string, id: string): Account | undefined => {
  for (const account of accounts.all()) if (account.store.table(object).get(id)) return account
  return undefined
}

export const notFound = (): HttpAnswer =>
  renderNotice({
    title: 'There is nothing here',
    text: 'The address is incomplete, or the sandbox was reset since it was made. Go back to the shop to start again.',
    status: 404,
    symbol: '!',
  })

const methodNotAllowed = (): HttpAnswer => ({
  status: 405,
  headers: { allow: 'GET, HEAD, POST', 'content-type': 'text/plain; charset=utf-8' },
  body: 'use GET or POST\n',
})
