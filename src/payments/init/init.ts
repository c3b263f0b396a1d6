import { setMaxListeners } from 'node:events'
import { refusal } from '../../kernel/errors.ts'
import { isLoopback } from '../../kernel/loopback.ts'
import { ask } from './ask.ts'
import { type Discovery, discover } from './discover.ts'
import { renderContract } from './render.ts'
import { readSurroundings } from './surroundings.ts'

export interface InitSettings {
  /** Where the backend runs. */
  baseUrl: string
  /** The project's folder, where the contract will be. */
  dir: string
  /** Hosts beyond this machine that may be contacted. */
  allow?: readonly string[]
  signal?: AbortSignal
}

export interface InitResult {
  /** The contract, as YAML; it loads as it is. */
  text: string
  found: Discovery
  /** Lines that only a person can get right. */
  open: string[]
}

/** Writes a contract from a running backend's answers and its project's files, as far as these tell. Refuses (exit 6) foreign hosts. */
export async function initContract({ baseUrl, dir, allow = [], signal }: InitSettings): Promise<InitResult> {
  const { hostname, host } = new URL(baseUrl)
  if (!isLoopback(hostname) && !allow.includes(hostname) && !allow.includes(host))
    throw refusal(
      `refused: ${hostname} is not on this machine and not on the allow-list`,
      'add --allow if it is a test system of yours',
    )
  // Every question that is under way listens.
  if (signal) setMaxListeners(0, signal)
  const address = baseUrl.replace(/\/+$/, '')
  const found = await discover((method, path) => ask(address, method, path, signal))
  const text = renderContract(address, found, await readSurroundings(dir))
  const open = text.split('\n').flatMap((line) => {
    const why = /^\s*(?:# )?([\w-]+):.*# CHECK: (.*)$/.exec(line)
    return why ? [`${why[1]}: ${why[2]}`] : []
  })
  return { text, found, open }
}
