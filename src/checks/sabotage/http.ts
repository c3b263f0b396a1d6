import type { Sabotage, Twin } from '../define.ts'
import { recordOf, wantsSomething } from './record.ts'

/** Nobody there, another status, and the right status with nothing in it. */
export const sabotageHttp: Sabotage = async (options, saboteur) => {
  const request = recordOf(options.request)
  const expect = recordOf(options.expect)
  const wanted = [expect.status ?? []].flat().map(Number)
  const towards = (baseUrl: string): Partial<Twin> => ({
    options: request.url === undefined ? options : { ...options, request: { ...request, url: baseUrl } },
    context: { environment: { ...saboteur.context.environment, baseUrl } },
  })
  const other = [503, 404, 200, 418].find((status) => !wanted.includes(status)) ?? 599
  const twins: Twin[] = [
    { name: 'unreachable', ...towards(saboteur.deadUrl) },
    { name: `status ${other}`, ...towards(await saboteur.answering(other, '{}')) },
  ]
  const isContent = [expect.json, expect.body, options.export].some(wantsSomething)
  if (isContent) twins.push({ name: 'empty answer', ...towards(await saboteur.answering(wanted[0] ?? 200, '{}')) })
  return twins
}
