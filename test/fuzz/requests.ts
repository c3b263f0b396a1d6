import type { CatalogueOperation } from '../../src/stripe/catalogue/model.ts'
import type { HttpRequest } from '../../src/stripe/http.ts'
import type { Registry } from '../../src/stripe/registry.ts'
import { encodeRequest } from '../conformance/encode.ts'
import type { Dice } from './dice.ts'
import type { Ids } from './ids.ts'
import { mutations } from './mutations.ts'
import { randomParams, type Source } from './values.ts'

/** Who sends, what it owns, and whom it wants to reach. */
export interface Attacker extends Source {
  registry: Registry
  key: string
  victim: { account: string; ids: Ids }
}

/** A request that a server on the internet may get: most of them well-formed with odd values, a third of them garbage. */
export function randomRequest(attacker: Attacker): HttpRequest {
  const request = ordinaryRequest(attacker)
  return attacker.dice.once(3) ? attacker.dice.pick(mutations)(request, attacker) : request
}

function ordinaryRequest(attacker: Attacker): HttpRequest {
  const { schema, ids, dice, key, registry, victim } = attacker
  const { operations } = schema.catalogue
  // Half of them where most of the behaviour is.
  const line = dice.once(2) ? dice.pick(operations) : dice.pick(operations.filter(isBusy))
  const holders = registry.find(line.verb, line.path.replace(/\{\w+\}/g, 'x'))!.value.holders
  let at = 0
  const idAt = (objects: readonly string[]): string => {
    if (dice.once(15)) return victim.ids.any(dice)
    return (dice.once(20) ? undefined : ids.of(objects, dice)) ?? ids.any(dice)
  }
  const path = line.path.replace(/\{\w+\}/g, () => encodeURIComponent(idAt(holders[at++] ?? [])))
  const input = line.in === undefined ? undefined : schema.answerType(schema.code(line.in))
  return encodeRequest(line.verb, path, input ? randomParams(attacker, input) : {}, key)
}

const busy =
  /^\/v1\/(customers|payment_\w+|setup_intents|subscription\w*|invoice\w*|prices|products|refunds|charges|quotes|coupons|promotion_codes|credit_notes|test_helpers|checkout)(\/|$)/

const isBusy = ({ path }: CatalogueOperation): boolean => busy.test(path)

/** That many bytes of anything. */
export const randomBytes = (dice: Dice, length: number): Buffer =>
  Buffer.from(Array.from({ length }, () => dice.number(256)))
