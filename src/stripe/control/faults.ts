import { z } from 'zod'
import { faultRule } from '../faults/rule.ts'
import { bodyOf, type ControlRoutes } from './define.ts'

const rules = z.union([z.array(faultRule), faultRule.transform((rule) => [rule])])

/** What goes wrong, by rule: `{ on: "POST /v1/refunds", nth: 2, then: 429 }`. Clearing the rules lets go what hangs. */
export const faultRoutes: ControlRoutes = {
  'GET /_gatekit/faults': ({ account }) => ({ data: account.faults.list() }),

  'POST /_gatekit/faults'(control) {
    for (const rule of bodyOf(control, rules)) control.account.faults.add(rule)
    return { data: control.account.faults.list() }
  },

  'DELETE /_gatekit/faults'({ account }) {
    account.faults.clear()
    return { data: [] }
  },
}
