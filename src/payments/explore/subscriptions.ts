import type { History } from '../history/define.ts'
import type { Rig } from '../rig/define.ts'
import { Unmeasurable } from '../rig/stand.ts'
import type { Outcome } from '../verdict.ts'
import { type ProveOptions, prove } from './prove.ts'

/** Proves histories of subscriptions where a plain one works. */
export function proveSubscriptions(rig: Rig, histories: Iterable<History>, options: ProveOptions): Promise<Outcome> {
  if (!rig.subscriptions) throw new Unmeasurable('a plain subscription does not have its effect')
  return prove(rig, histories, options)
}
