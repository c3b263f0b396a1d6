import type { Sabotage } from '../define.ts'
import { type Matcher, mismatch } from '../expect/matcher.ts'
import { recordOf } from './record.ts'

/** More than any threshold allows, and enough for every floor. */
const many = 1e12

/** Nobody there, an application that has counted nothing, and one whose first number is on the wrong side of its threshold. */
export const sabotageMetrics: Sabotage = async (options, { deadUrl, answering }) => {
  const request = recordOf(options.request)
  const towards = (base: string) => {
    const { path: _path, query: _query, ...others } = request
    return { options: { ...options, request: { ...others, url: `${base}/` } } }
  }
  const rule = recordOf(Array.isArray(options.expect) ? options.expect[0] : undefined)
  return [
    { name: 'unreachable', ...towards(deadUrl) },
    { name: 'counted nothing', ...towards(await answering(200)) },
    { name: 'broken threshold', ...towards(await answering(200, pageThatBreaks(rule))) },
  ]
}

/** What an application says whose value for a rule is 0, or where that is allowed as much as can be. */
function pageThatBreaks({ metric, labels, over, quantile, value }: Record<string, unknown>): string {
  const isLow = mismatch(value as Matcher, 0) !== undefined
  const sample = (name: unknown, wanted: unknown, number: number) => `${String(name)}${shown(wanted)} ${number}\n`
  if (quantile !== undefined) {
    const bound = isLow ? 0 : many
    const bucket = `${String(metric)}_bucket${shown({ ...recordOf(labels), le: String(bound) })} ${many}\n`
    return `${sample(`${String(metric)}_count`, labels, many)}${bucket}`
  }
  const divisor = over === undefined ? '' : sample(recordOf(over).metric, recordOf(over).labels, isLow ? many : 1)
  return isLow && over !== undefined ? divisor : `${divisor}${sample(metric, labels, isLow ? 0 : many)}`
}

/** Labels that are wanted word by word; those that are only described are left out, and then there is no such sample. */
function shown(wanted: unknown): string {
  const pairs = Object.entries(recordOf(wanted)).filter(([, value]) => typeof value === 'string')
  return pairs.length === 0 ? '' : `{${pairs.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}}`
}
