import type { Availability, EngineDefinition, EngineRequest } from './engines/define.ts'
import { engines } from './engines/list.ts'
import { stop } from './findings.ts'

export interface Choice {
  engine: EngineDefinition
  /** Why this one: `local 15.18: the major of the backup`, for the evidence. */
  reason: string
}

type Here = Extract<Availability, { here: true }>

/**
 * The engine that a drill uses. `auto` takes real PostgreSQL of the backup's own major where there is one, then PGlite, then any real
 * PostgreSQL that is at least as new; a given server comes first, because it was given. Throws ENGINE_UNAVAILABLE or EXTENSION_UNAVAILABLE.
 */
export async function chooseEngine(wanted: string | EngineDefinition, request: EngineRequest): Promise<Choice> {
  if (typeof wanted !== 'string') return { engine: wanted, reason: `${wanted.name}: running already` }
  if (wanted !== 'auto') return named(wanted, request)
  if (request.targetUrl) return named('given', request)
  const found: { engine: EngineDefinition; state: Availability }[] = []
  for (const name of ['local', 'embedded', 'pglite']) {
    const engine = await load(name)
    if (engine) found.push({ engine, state: await engine.availability(request) })
  }
  const here = found.flatMap(({ engine, state }) => (state.here ? [{ engine, state }] : []))
  const { major } = request
  const same = here.find(({ engine, state }) => engine.name !== 'pglite' && state.major === major)
  if (same) return { engine: same.engine, reason: `${same.engine.name} ${same.state.version}: the major of the backup` }
  const others = here.filter(({ state }) => major === undefined || state.major >= major)
  const next = others.find(({ engine }) => engine.name === 'pglite') ?? others[0] ?? here[0]
  if (next)
    return { engine: next.engine, reason: `${next.engine.name} ${next.state.version}: ${whyOther(major, next.state)}` }
  throw unavailable(found)
}

const whyOther = (major: number | undefined, state: Here): string =>
  major === undefined
    ? 'the backup does not say its version'
    : state.major === major
      ? 'the major of the backup'
      : `PostgreSQL ${major}, of which the backup is, is not here`

async function named(name: string, request: EngineRequest): Promise<Choice> {
  const engine = await load(name)
  if (!engine) throw stop('ENGINE_UNAVAILABLE', 'preflight', `there is no engine ${name}`, { object: name })
  const state = await engine.availability(request)
  if (!state.here) throw unavailable([{ engine, state }])
  return { engine, reason: `${name}: asked for` }
}

function unavailable(found: readonly { engine: EngineDefinition; state: Availability }[]) {
  const reasons = found.flatMap(({ engine, state }) => (state.here ? [] : [`${engine.name}: ${state.reason}`]))
  const lacks = found.flatMap(({ state }) => (state.here ? [] : (state.lacks ?? [])))
  const code = lacks.length > 0 ? 'EXTENSION_UNAVAILABLE' : 'ENGINE_UNAVAILABLE'
  return stop(code, 'preflight', `no engine can restore this backup: ${reasons.join('; ')}`, { object: lacks[0] })
}

const load = async (name: string): Promise<EngineDefinition | undefined> => engines[name]?.load()
