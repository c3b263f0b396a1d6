import { extractLinks } from '../extract.ts'
import { type ContentContext, defineContentCheck } from './define.ts'

const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\]|.*\.(localhost|test|example|invalid))$/

/** Judged by their text only: fetching a link could confirm, unsubscribe, or reach an inner network. */
export const links = defineContentCheck({
  name: 'links',
  summary: 'links are absolute, lead where they may, and are not plain http in live mail',
  example: {
    content: { channel: 'mail', subject: 'x', text: 'http://localhost:3000/verify' },
    context: { mode: 'live' },
  },
  check: (content, context) => [...new Set(extractLinks(content).flatMap(({ href }) => judge(href.trim(), context)))],
})

function judge(href: string, { mode, allowedHosts }: ContentContext): string[] {
  if (/^(mailto|tel|sms|cid):/i.test(href) || href.startsWith('#')) return []
  if (!URL.canParse(href)) return [`${shorten(href)} is relative: a mail has no address of its own`]
  const { protocol, hostname, searchParams } = new URL(href)
  if (!/^https?:$/.test(protocol)) return [`${shorten(href)} is ${protocol}`]
  const faults: string[] = []
  const isLocal = loopback.test(hostname)
  const isAllowed = allowedHosts.some((host) => hostname === host || hostname.endsWith(`.${host}`))
  if (mode === 'live' && isLocal) faults.push(`${shorten(href)} leads to a test host in a live mail`)
  else if (!isLocal && !isAllowed) faults.push(`${shorten(href)} leads to ${hostname}, which is not allowed`)
  if (protocol === 'http:' && !isLocal) faults.push(`${shorten(href)} is not https`)
  const repeated = [...new Set(searchParams.keys())].filter((name) => searchParams.getAll(name).length > 1)
  for (const name of repeated) faults.push(`${shorten(href)} has ${name} ${searchParams.getAll(name).length} times`)
  return faults
}

/** Without the query, which may hold a token. */
const shorten = (href: string): string => href.split(/[?#]/)[0]?.slice(0, 120) ?? ''
