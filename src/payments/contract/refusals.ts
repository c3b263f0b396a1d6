import type { Problem } from '../../kernel/errors.ts'
import { isLoopback } from '../../kernel/loopback.ts'
import type { Path, YamlSource } from '../../kernel/place.ts'
import { maskSecretLiterals } from '../../kernel/secret-literals.ts'
import { parseProxy } from './proxy.ts'
import { whyNotReadOnly } from './read-only-sql.ts'
import { writingCommand } from './writing-command.ts'

/** Stripe's keys with real money behind them, stand-ins included: whoever writes one means one. */
const liveKey = /(?<![A-Za-z0-9])[spre]k_live_[A-Za-z0-9]+/g

export interface RefusalSettings {
  /** The environment that the target will inherit. */
  env: Readonly<Record<string, string | undefined>>
  /** Hosts allowed on the command line, besides those of the contract. */
  allow: readonly string[]
}

/**
 * What the gate will not do with a contract, because it could do harm: talk to a host that nobody allowed, handle a live key, observe
 * by writing. Looks at the text as written, so that a mistake elsewhere hides nothing.
 */
export function refusalsOf(source: YamlSource, { env, allow }: RefusalSettings): Problem[] {
  const own = recordOf(source.value)
  const inherited = { ...env, ...recordOf(recordOf(own.target).env) }
  return [
    ...liveKeyProblems(source),
    ...liveVariableProblems(env),
    ...reachProblems(source, own, inherited, allow),
    ...writingProblems(source, recordOf(own.observe)),
  ]
}

function liveKeyProblems(source: YamlSource): Problem[] {
  return [...source.text.matchAll(liveKey)].map((match): Problem => {
    const before = source.text.slice(0, match.index).split('\n')
    const [line, column] = [before.length, before.at(-1)!.length + 1]
    const row = source.text.split(/\r?\n/)[line - 1] ?? ''
    const text = maskSecretLiterals(row.replace(liveKey, (key) => '*'.repeat(key.length)))
    return {
      title: 'refused: a live key stands in the contract',
      place: { file: source.file, line, column, text, length: match[0].length },
      note: 'not shown',
      remedy: 'use test keys only; the live key is known now, so replace it at the provider',
    }
  })
}

/** The target inherits the environment, so a live key anywhere in it would reach the target. */
function liveVariableProblems(env: RefusalSettings['env']): Problem[] {
  return Object.entries(env)
    .filter(([, value]) => value !== undefined && value.search(liveKey) !== -1)
    .map(([name]) => ({
      title: `refused: the environment variable ${name} holds a live key`,
      remedy: `unset ${name}; the gate and what it starts use test keys only`,
    }))
}

function reachProblems(
  source: YamlSource,
  own: Record<string, unknown>,
  env: Record<string, unknown>,
  given: readonly string[],
): Problem[] {
  const target = recordOf(own.target)
  const allow = [...given, ...(Array.isArray(target.allow) ? target.allow.map(String) : [])]
  const stranger = (host: string, port: string, path: Path): Problem[] => {
    if (isLoopback(host) || allow.some((each) => [host, `${host}:${port}`].includes(each.toLowerCase()))) return []
    return [
      {
        title: `refused: ${host} is not on this machine and not on the allow-list`,
        place: source.place(path),
        remedy: `use a loopback address, or add target.allow: [${host}] if it is a test system of yours`,
      },
    ]
  }
  const ofUrl = (value: unknown, path: Path): Problem[] => {
    const text = String(value ?? '')
    if (!/^[a-z]+:\/\//i.test(text) || !URL.canParse(text)) return []
    const { hostname, port, searchParams } = new URL(text)
    const hosts = [hostname, searchParams.get('host') ?? ''].filter((each) => each !== '' && !each.startsWith('/'))
    return hosts.flatMap((host) => stranger(host.toLowerCase(), port, path))
  }
  const observers = Object.entries(recordOf(own.observe)).flatMap(([name, observer]) => {
    const { sql, db } = recordOf(observer)
    if (sql === undefined) return []
    const variable = typeof db === 'string' ? undefined : String(recordOf(db).env ?? 'DATABASE_URL')
    return ofUrl(variable === undefined ? db : env[variable], ['observe', name, 'db'])
  })
  const proxy = parseProxy(String(recordOf(own.control).db_proxy ?? ''))
  const ends = proxy ? [proxy.listen, proxy.forward] : []
  const proxied = ends.flatMap(({ host, port }) => stranger(host, String(port), ['control', 'db_proxy']))
  const replicas = Array.isArray(target.replicas) ? target.replicas : []
  return [
    ...ofUrl(target.base_url, ['target', 'base_url']),
    ...replicas.flatMap((url, index) => ofUrl(url, ['target', 'replicas', index])),
    ...observers,
    ...proxied,
  ]
}

function writingProblems(source: YamlSource, observers: Record<string, unknown>): Problem[] {
  return Object.entries(observers).flatMap(([name, value]) => {
    const observer = recordOf(value)
    const refuse = (key: string, why: string, remedy: string): Problem => ({
      title: `refused: the observer ${name} writes: ${why}`,
      place: source.place(['observe', name, key], 'key'),
      remedy,
    })
    const methods = Object.keys(observer).filter((key) => /^(post|put|patch|delete|connect|trace)$/i.test(key))
    const { method } = observer
    const isWriting = typeof method === 'string' && !/^(get|head)$/i.test(method)
    const reason = typeof observer.sql === 'string' ? whyNotReadOnly(observer.sql) : undefined
    const program = typeof observer.command === 'string' ? writingCommand(observer.command) : undefined
    return [
      ...methods.map((key) => refuse(key, `${key.toUpperCase()} is not a reading method`, 'observe with GET')),
      ...(isWriting ? [refuse('method', `${method} is not a reading method`, 'observe with GET')] : []),
      ...(reason ? [refuse('sql', reason, 'observe with one select')] : []),
      ...(program ? [refuse('command', program, 'observe with a command that only reads')] : []),
    ]
  })
}

const recordOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
