import { connect } from 'node:net'
import type { Contract } from '../contract/schema.ts'
import { get } from '../observe/get.ts'

/** Whether the backend is ready: 2xx from `target.ready`, or an open port where the contract names no such path. */
export async function askReady({ target }: Contract, signal?: AbortSignal): Promise<boolean> {
  if (target.ready === undefined) return isPortOpen(target.baseUrl)
  const answer = await get(target.baseUrl + target.ready, { timeoutMs: 5_000, signal }).catch(() => undefined)
  return answer !== undefined && answer.status >= 200 && answer.status < 300
}

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
