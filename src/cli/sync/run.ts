import { GatekitError } from '../../kernel/errors.ts'
import { type ExitCode, exitCodes } from '../../kernel/exit.ts'
import type { CommandContext } from '../define.ts'
import { type SyncRequest, syncRequest } from './request.ts'

/** A backend may have much to do. */
const longestMs = 120_000

/** Sends the request, prints what came of it, and tells by the exit code whether all of it went well. */
export async function runSync(context: CommandContext, what: 'products' | 'usage'): Promise<ExitCode> {
  const { screen } = context
  const request = await syncRequest(context, what)
  const { status, body } = await send(request, context.signal)
  if (status < 200 || status > 299) {
    const title = `the backend answered ${status}${reasonOf(body)}`
    const remedy =
      status === 401 || status === 403 || status === 404 ? 'give the administrator’s --token' : 'see its log'
    throw new GatekitError({ title, remedy }, exitCodes.undecided)
  }
  const answer = recordOf(body)
  const lost = countOf(answer.refused) + countOf(answer.failed) + countOf(answer.left)
  if (screen.json) screen.print(JSON.stringify(body ?? null, null, 2))
  else for (const line of linesOf(answer)) screen.print(line)
  return lost > 0 ? exitCodes.fail : exitCodes.pass
}

async function send(request: SyncRequest, signal: AbortSignal): Promise<{ status: number; body: unknown }> {
  const { url, method, headers, body } = request
  try {
    const answer = await fetch(url, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(longestMs)]),
    })
    return { status: answer.status, body: await answer.json().catch(() => undefined) }
  } catch (error) {
    const problem = {
      title: `no backend answers at ${new URL(url).origin}`,
      remedy: 'start one (gatekit serve), or name it with --base-url or --contract',
    }
    throw new GatekitError(problem, exitCodes.undecided, { cause: error })
  }
}

const recordOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}

const countOf = (value: unknown): number => (Array.isArray(value) ? value.length : Number(value ?? 0) || 0)

function reasonOf(body: unknown): string {
  const { message } = recordOf(recordOf(body).error)
  return typeof message === 'string' ? `: ${message.slice(0, 200)}` : ''
}

/** One line for each thing that was counted, and one for each that was refused. */
function linesOf(answer: Record<string, unknown>): string[] {
  const counted = Object.entries(answer).filter(([, value]) => Array.isArray(value) || typeof value === 'number')
  const refused = Array.isArray(answer.refused) ? answer.refused.map(recordOf) : []
  const lines = [
    ...counted.map(([name, value]) => `${name.padEnd(10)} ${countOf(value)}`),
    ...refused.map(({ id, reason }) => `  ${String(id)}: ${String(reason)}`),
  ]
  return lines.length > 0 ? lines : ['done']
}
