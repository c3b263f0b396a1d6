import type { Sabotage, Twin } from '../define.ts'
import { recordOf, wantsSomething } from './record.ts'

/** No server, and the same question over no rows; where none are wanted, one. */
export const sabotageSql: Sabotage = async (options, saboteur) => {
  const expect = recordOf(options.expect)
  const db = saboteur.deadUrl.replace('http', 'postgres')
  const twins: Twin[] = [
    { name: 'unreachable', options: { ...options, db: `${db}/app` }, context: { embeddedDatabase: () => undefined } },
  ]
  const query = String(options.query).replace(/;\s*$/, '')
  if (expect.rows === 0) twins.push({ name: 'one row', options: { ...options, query: 'select 1 as n', params: [] } })
  else if (wantsSomething(expect))
    twins.push({ name: 'zero rows', options: { ...options, query: `select * from (${query}) as q where false` } })
  return twins
}
