import { connect } from 'node:net'
import type { Contract } from '../contract/schema.ts'
import { get } from '../observe/get.ts'

/** Ready is 2xx from `target.ready`, or an open port where the contract names no such path; `answers`: it says that it is not ready. */
export type Readiness = 'ready' | 'answers' | 'silent'

export async function askReadiness({ target }: Contract, signal?: AbortSignal): Promise<Readiness> {
  if (target.ready === undefined) return (await isPortOpen(target.baseUrl)) ? 'ready' : 'silent'
  const answer = await get(target.baseUrl + target.ready, { timeoutMs: 5_000, signal }).catch(() => undefined)
  if (!answer) return 'silent'
  return answer.status >= 200 && answer.status < 300 ? 'ready' : 'answers'
}

export const askReady = async (contract: Contract, signal?: AbortSignal): Promise<boolean> =>
  (await askReadiness(contract, signal)) === 'ready'

/** Whether something accepts connections at the address of a URL. */
export function isPortOpen(url: string): Promise<boolean> {
  const { hostname, port, protocol } = new URL(url)
  const host = hostname.replace(/^\[|\]$/g, '')
  return new Promise((done) => {
    const socket = connect({ host, port: Number(port || (protocol === 'https:' ? 443 : 80)) })
    const end = (isOpen: boolean) => {
      clearTimeout(timer)
      socket.destroy()
      done(isOpen)
    }
    const timer = setTimeout(() => end(false), 2_000)
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
  })
}
